"""What people get back beside the report: all rows with their results, and those that were not
sent, to be fixed.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any, Self

from enrichment.adapters.bucket import Bucket
from enrichment.domain.folder import ENRICHED, REJECTED, output_key
from enrichment.domain.job import Job
from enrichment.domain.layout import Layout
from enrichment.domain.outcome import (
    REASON_COLUMN,
    RESULT_COLUMNS,
    ROW_COLUMN,
    TO_FIX,
    UNSENT,
    Outcome,
    fresh,
)
from enrichment.domain.reading import Reading
from enrichment.domain.row_counts import RowCounts
from enrichment.files.archives import packed
from enrichment.files.sheet import Copy, Row, Sheet


def enriched_key(job: Job, layout: Layout) -> str:
    """Where the output of a job goes."""
    return output_key(ENRICHED, job.key, job.id, layout.suffix(job.key))


def rejected_key(job: Job, layout: Layout) -> str:
    """Where the rows of a job that were not sent go. They are written into a new workbook, which
    has no macros.
    """
    suffix = ".xlsx" if layout.suffix(job.key) == ".xlsm" else layout.suffix(job.key)
    return output_key(REJECTED, job.key, job.id, suffix)


def is_deleted(bucket: Bucket, job: Job, reading: Reading | None) -> bool:
    """Whether somebody deleted the output that a job has already. What is still to come of one
    whose file was deleted is delivered all the same: it was paid for.
    """
    if job.finished_at is None or reading is None:
        return False
    return bucket.is_deleted(enriched_key(job, reading.layout))


class Outputs:
    """Writes the outputs of one file while the outcomes of its rows are counted.

    They appear when the block ends without error.

    Args:
        bucket: where they go.
        job: whose they are.
        sheet: of which every row will be added, in order.
        columns: the positions that were looked at.
        width: the number of columns before those that are added.
        whole: whether to write the enriched file too, and not only the rows that were not sent.
    """

    def __init__(
        self,
        bucket: Bucket,
        job: Job,
        sheet: Sheet,
        columns: Sequence[int],
        width: int,
        whole: bool = True,
    ) -> None:
        self._bucket, self._job, self._sheet, self._width = bucket, job, sheet, width
        self.enriched = enriched_key(job, sheet.layout) if whole else None
        self.counted = RowCounts({at: sheet.header[at] for at in sorted(columns)})
        self._open = ExitStack()
        self._returned = (
            UNSENT if whole else TO_FIX
        )  # an estimate sent nothing, so only bad rows are worth fixing
        self._whole: Copy[Any] | None = None
        self._unsent: Copy[Any] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._open = opening
            if self.enriched:
                sink = self._sink(self.enriched)
                names = fresh(RESULT_COLUMNS, self._sheet.header)
                self._whole = opening.enter_context(self._sheet.whole(sink, self._width, names))
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add(self, row: Row, outcome: Outcome) -> None:
        """Write one row and count it."""
        self.counted.count(row.number, row.cells, outcome)
        if self._whole:
            self._whole.add(row, outcome.cells())
        if outcome.state in self._returned:
            self._unsent = self._unsent or self._begin_unsent()
            self._unsent.add(row, [outcome.detail, str(row.number)])

    def leave_none_rejected(self) -> None:
        """Write the file of rows that were not sent without any, in place of one that lies there
        from before; nothing where there are some.
        """
        if not self._unsent:
            self._begin_unsent()

    @property
    def rejected(self) -> str | None:
        """The key of the rows that were not sent; None if there are none."""
        return rejected_key(self._job, self._sheet.layout) if self._unsent else None

    def _begin_unsent(self) -> Copy[Any]:
        names = fresh([REASON_COLUMN, ROW_COLUMN], self._sheet.header)
        return self._open.enter_context(
            self._sheet.excerpt(
                self._sink(rejected_key(self._job, self._sheet.layout)), self._width, names
            )
        )

    def _sink(self, key: str) -> Any:
        layout = self._sheet.layout
        out = self._open.enter_context(self._bucket.write(key, layout.content_type))
        name = PurePosixPath(layout.member).stem + layout.inner_suffix(layout.member)
        return self._open.enter_context(packed(out, layout.packing, name))
