"""The pages of reports in the bucket: of each job its own, and of each path that of its latest job.

A page never goes back. Who writes one that may be overtaken looks first at what lies there, then at
the job, and puts the page only where nothing else lies by then.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrichment.adapters.bucket import Bucket, There
from enrichment.domain.folder import REPORTS, output_key, page_key
from enrichment.domain.job import Job
from enrichment.domain.report import INTERIM, Point, Report
from enrichment.errors import Contention

DATA, PAGE = ".json", ".html"
_TYPES = {DATA: "application/json", PAGE: "text/html; charset=utf-8"}
_MOST_TRIES = 10


@dataclass(frozen=True)
class Looked:
    """What was seen of a job's pages, by their keys, and what its own data say of the job.

    `ended_at` is when the report was written that lies there, if it is of a job that had ended.
    """

    own: dict[str, There]
    history: tuple[Point, ...] = ()
    ended_at: int | None = None
    latest: dict[str, There] = field(default_factory=dict)
    order: tuple[int, str] = (0, "")  # of the job that the path's page is about


@dataclass(frozen=True)
class Pages:
    """Reads and writes pages. `render` makes one of a report."""

    bucket: Bucket
    render: Callable[[Report], str]

    def look(self, job: Job) -> Looked:
        """See what lies at a job's pages now."""
        own = {suffix: _own_key(job.key, job.id, suffix) for suffix in _TYPES}
        there = {key: self.bucket.look(key) for key in own.values()}
        said = _said(there[own[DATA]])
        ended = said.get("status") not in INTERIM
        latest, order = self._look_at_latest(job.key)
        return Looked(
            own=there,
            history=_history(said),
            ended_at=said.get("finished_at") if said and ended else None,
            latest=latest,
            order=order,
        )

    def replace(self, report: Report, looked: Looked) -> bool:
        """Put a report where nothing has changed since it was looked at.

        Returns:
            False where something has: then all is to be looked at anew.
        """
        texts = self._texts(report)
        places = {
            **{_own_key(report.file, report.job, suffix): suffix for suffix in texts},
            **self._latest_places(report, looked.order),
        }
        seen = looked.own | looked.latest
        return all(
            self.bucket.replace(key, _TYPES[suffix], texts[suffix], seen[key], passing=True)
            for key, suffix in places.items()
        )

    def write(self, report: Report) -> None:
        """Write the report of a job that nobody overtakes, and the path's where that is its latest
        job.

        Raises:
            Contention: others wrote the path's at each moment.
        """
        texts = self._texts(report)
        for suffix, text in texts.items():
            key = _own_key(report.file, report.job, suffix)
            with self.bucket.write(key, _TYPES[suffix]) as out:
                out.write(text)
        for _ in range(_MOST_TRIES):
            seen, order = self._look_at_latest(report.file)
            places = self._latest_places(report, order)
            if all(
                self.bucket.replace(key, _TYPES[suffix], texts[suffix], seen[key])
                for key, suffix in places.items()
            ):
                return
        raise Contention(f"the page of the file of job {report.job} found no moment to be written")

    def _texts(self, report: Report) -> dict[str, bytes]:
        return {
            DATA: report.model_dump_json(indent=2).encode(),
            PAGE: self.render(report).encode(),
        }

    def _look_at_latest(self, file: str) -> tuple[dict[str, There], tuple[int, str]]:
        """What lies at the pages of a path, and in which order its job stands among others."""
        keys = [key for suffix in _TYPES if (key := page_key(file, suffix))]
        there = {key: self.bucket.look(key) for key in keys}
        said = _said(there[keys[0]]) if keys else {}
        return there, (said.get("started_at", 0), said.get("job", ""))

    def _latest_places(self, report: Report, order: tuple[int, str]) -> dict[str, str]:
        """The pages of its path that a report goes to, by key; none where a later job has them."""
        if order > (report.started_at, report.job):
            return {}
        return {key: suffix for suffix in _TYPES if (key := page_key(report.file, suffix))}


def _own_key(file: str, job: str, suffix: str) -> str:
    return output_key(REPORTS, file, job, suffix)


def _said(data: There) -> dict[str, Any]:
    """What a report's data say; nothing where there are none."""
    return dict(json.loads(data.body)) if data.etag else {}


def _history(said: Mapping[str, Any]) -> tuple[Point, ...]:
    return tuple(map(Point.model_validate, said.get("history", ())))
