"""Reports: put together in one place, and written as a page and as data, beside each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import Job
from enrichment.domain.report import Cap, Credits, Earlier, Report, Status
from enrichment.domain.row_counts import RowCounts
from enrichment.files.sheet import Columns, Sheet


class Details(TypedDict, total=False):
    """What only some reports have; see `Report`."""

    rows: int
    credits: Credits
    caps: tuple[Cap, ...]
    earlier: Earlier | None
    enriched: str | None
    rejected: str | None


@dataclass(frozen=True)
class PublishReport:
    """Writes `reports/…-<job>.json` and `.html`.

    `page` renders a report as a self-contained HTML page.
    """

    bucket: Bucket
    page: Callable[[Report], str]
    clock: Clock

    def run(
        self,
        job: Job,
        status: Status,
        message: str,
        sheet: Sheet | None = None,
        columns: Columns | None = None,
        counted: RowCounts | None = None,
        **details: Unpack[Details],
    ) -> Report:
        """Report on a job as it stands.

        Args:
            job: the job.
            status: what the report is about.
            message: what the owner should know or do, in words.
            sheet: how the file was read, where it was.
            columns: which of its columns were taken for what.
            counted: its rows, where they were looked at.
            details: what only some reports have.
        """
        report = Report(
            job=job.id,
            file=job.key,
            status=status,
            message=message,
            type=job.wanted,
            countries=job.countries,
            started_at=job.created_at,
            finished_at=self.clock(),
            **_as_read(sheet, columns or {}),
            **_as_counted(counted),
            **details,
        )
        for suffix, content_type, text in (
            (".json", "application/json", report.model_dump_json(indent=2)),
            (".html", "text/html; charset=utf-8", self.page(report)),
        ):
            key = output_key(REPORTS, report.file, report.job, suffix)
            with self.bucket.write(key, content_type) as out:
                out.write(text.encode())
        return report


class _AsRead(TypedDict, total=False):
    read_as: str
    columns: dict[str, str]
    columns_seen: tuple[str, ...]


def _as_read(sheet: Sheet | None, columns: Columns) -> _AsRead:
    if sheet is None:
        return {}
    return {
        "read_as": sheet.layout.words(),
        "columns": {field: sheet.header[position] for field, position in columns.items()},
        "columns_seen": tuple(sheet.header),
    }


def _as_counted(counted: RowCounts | None) -> dict[str, Any]:
    if counted is None:
        return {}
    return {
        "rows": counted.rows,
        "counts": counted.counts(),
        "reasons": counted.reasons(),
        "email_quality": counted.email_quality(),
        "sample": counted.sample(),
        "ambiguous_rows": counted.ambiguous_rows(),
    }
