"""Reports from which people are erased: they show values of the file as examples."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from enrichment.adapters.bucket import Bucket, Version
from enrichment.domain.erasees import Candidate, Search
from enrichment.domain.receipt import ErasedObject
from enrichment.domain.report import Report
from enrichment.steps.erasing_rows import among
from enrichment.steps.pages import DATA, PAGE
from enrichment.words import erasure as words

_LISTS = ("sample", "names", "first_rows", "reasons")
_WITH_EXAMPLES = ("taken", "held", "unused")


@dataclass(frozen=True)
class EraseFromReports:
    """Searches reports, and writes them anew without any value of the file: which of the examples
    is whose is not told there. `page` renders a report.
    """

    bucket: Bucket
    page: Callable[[Report], str]

    def look(self, report: Version, search: Search) -> list[Candidate]:
        """Whom a version of a report's data may name."""
        return among(self._read(report), search)

    def shows_values(self, report: Version) -> bool:
        """Whether a version of a report's data shows values of the file."""
        return _values(self._read(report)) > 0

    def empty(self, data: Version) -> list[ErasedObject]:
        """Write a report anew, its page too, without values; what became of them. The page of a
        report of an earlier version, which cannot be read any more, is left to be deleted.
        """
        told = self._read(data)
        before = _values(told)
        emptied = _without_values(told)
        self._write(data.key, "application/json", json.dumps(emptied, indent=2))
        after = _values(self._read(Version(data.key, "", is_latest=True)))
        done = ErasedObject(
            key=data.key,
            rows_before=before,
            rows_erased=before - _values(emptied),
            rows_after=after,
        )
        try:
            report = Report.model_validate(emptied)
        except ValidationError:  # one of an earlier version
            return [done]
        key = data.key.removesuffix(DATA) + PAGE
        self._write(key, "text/html; charset=utf-8", self.page(report))
        return [done, done.model_copy(update={"key": key})]

    def _write(self, key: str, content_type: str, text: str) -> None:
        with self.bucket.rewrite(key, content_type) as out:
            out.write(text.encode())

    def _read(self, report: Version) -> Any:
        stream = self.bucket.read(report.key, report.id or None)
        try:
            return json.loads(stream.read()) if stream else {}
        except ValueError:
            return {}


def _values(report: Any) -> int:
    """How many values of its file a report shows; reasons and the message may quote some."""
    if not isinstance(report, dict):
        return 0
    examples = sum(
        len(each.get("examples", ())) for name in _WITH_EXAMPLES for each in report.get(name) or ()
    )
    listed = sum(len(report.get(name) or ()) for name in _LISTS)
    return examples + listed + (report.get("message") not in ("", None, words.REPORT_EMPTIED))


def _without_values(report: dict[str, Any]) -> dict[str, Any]:
    def bare(columns: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "examples": []} for each in columns]

    emptied = {name: bare(report.get(name) or ()) for name in _WITH_EXAMPLES}
    return report | emptied | {name: [] for name in _LISTS} | {"message": words.REPORT_EMPTIED}
