"""Reports: put together in one place, and written as a page and as data, beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict, Unpack

from enrichment.clock import Clock
from enrichment.domain.columns import Field, Held
from enrichment.domain.found import Found, HeldColumn, TakenColumn
from enrichment.domain.job import Job
from enrichment.domain.report import (
    Again,
    Balance,
    Cap,
    Credits,
    Earlier,
    FixedFile,
    NameAsSent,
    OperatorAction,
    Point,
    Progress,
    Report,
    RowAsSent,
    Saved,
    Status,
    Taken,
    Trial,
    Unused,
)
from enrichment.domain.row_counts import RowCounts
from enrichment.files.sheet import Sheet
from enrichment.steps.pages import Pages
from enrichment.words.columns import EARLIER_ANSWER

_FULL_NAMES = frozenset({Field.FULL_NAME, Field.FULL_NAME_FAMILY_FIRST})
_EXAMPLES = 3
_LONGEST_EXAMPLE = 200  # characters


class Details(TypedDict, total=False):
    """What only some reports have; see `Report`."""

    rows: int
    credits: Credits
    known: Saved | None
    again: Again | None
    trial: Trial | None
    already_there: Saved | None
    balance: Balance | None
    caps: tuple[Cap, ...]
    names: tuple[NameAsSent, ...]
    first_rows: tuple[RowAsSent, ...]
    earlier: Earlier | None
    mends: Earlier | None
    fixed_by: tuple[FixedFile, ...]
    enriched: str | None
    rejected: str | None
    progress: Progress | None
    history: tuple[Point, ...]


@dataclass(frozen=True)
class PublishReport:
    """Puts reports together and writes them. `bucket` is the name of that which all keys are in,
    `region` where it is.
    """

    pages: Pages
    bucket: str
    region: str
    clock: Clock

    def run(
        self,
        job: Job,
        status: Status,
        message: str,
        sheet: Sheet | None = None,
        found: Found | None = None,
        counted: RowCounts | None = None,
        **details: Unpack[Details],
    ) -> Report:
        """Report on a job that has ended, as `report` puts it."""
        report = self.report(job, status, message, sheet, found, counted, **details)
        self.pages.write(report)
        return report

    def report(
        self,
        job: Job,
        status: Status,
        message: str,
        sheet: Sheet | None = None,
        found: Found | None = None,
        counted: RowCounts | None = None,
        **details: Unpack[Details],
    ) -> Report:
        """A report on a job as it stands.

        Args:
            job: the job.
            status: what the report is about.
            message: what the owner should know or do, in words.
            sheet: how the file was read, where it was.
            found: what its columns were taken for, if they were.
            counted: its rows, where they were looked at.
            details: what only some reports have.
        """
        return Report(
            job=job.id,
            file=job.key,
            status=status,
            message=message,
            type=job.wanted,
            countries=job.countries,
            notify=job.notify,
            not_notified=job.not_notified,
            bucket=self.bucket,
            region=self.region,
            started_at=job.created_at,
            finished_at=self.clock(),
            actions=tuple(
                OperatorAction(action=each.action, by=each.who, at=each.at) for each in job.actions
            ),
            **_as_read(sheet, found),
            **_as_counted(counted),
            **details,
        )


def _as_read(sheet: Sheet | None, found: Found | None) -> dict[str, Any]:
    if sheet is None:
        return {}
    found = found or sheet.found.with_held_only(None)
    return {
        "read_as": sheet.layout.words(),
        "columns": {
            field: sheet.header[positions[0]] for field, positions in found.columns.items()
        },
        "columns_seen": tuple(sheet.header),
        "taken": tuple(_taken(sheet, each.field, each) for each in found.taken),
        "held": tuple(_taken(sheet, each.held, each) for each in found.held),
        "unused": tuple(
            Unused(
                looks_like=each.field,
                header=sheet.header[each.position],
                why=each.why,
                examples=_examples(sheet, each.position),
            )
            for each in found.unused
        ),
        "mapping": _mapping(sheet.header, found),
    }


def _taken(sheet: Sheet, name: str, column: TakenColumn | HeldColumn) -> Taken:
    return Taken(
        field=name,
        header=sheet.header[column.position],
        sure=column.sure,
        why=column.why,
        examples=_examples(sheet, column.position),
    )


def _examples(sheet: Sheet, position: int) -> tuple[str, ...]:
    """The first different values of a column."""
    cells = (row.cells[position] for row in sheet.sample if position < len(row.cells))
    values = dict.fromkeys(cell.strip()[:_LONGEST_EXAMPLE] for cell in cells if cell.strip())
    return tuple(islice(values, _EXAMPLES))


def _mapping(header: Sequence[str], found: Found) -> dict[str, str | None]:
    """A `_columns.json` that takes the columns as they were taken, and in place of what is lacking
    those that look right; null for those that only look like what others are.
    """
    known: set[Field | Held] = set(found.columns)
    if {Field.FIRST_NAME, Field.LAST_NAME} <= known or known & _FULL_NAMES:
        known |= {Field.FIRST_NAME, Field.LAST_NAME, *_FULL_NAMES}
    columns: list[tuple[int, str | None]] = [(each.position, each.field) for each in found.taken]
    columns += [(each.position, each.held) for each in found.held if each.why != EARLIER_ANSWER]
    known |= set(Held)
    columns += [
        (each.position, None if each.field in known else each.field) for each in found.unused
    ]
    mapping: dict[str, str | None] = {}
    for position, field in columns:
        if name := header[position].strip():
            mapping.setdefault(name, field)
    return mapping


def _as_counted(counted: RowCounts | None) -> dict[str, Any]:
    if counted is None:
        return {}
    return {
        "rows": counted.rows,
        "counts": counted.counts(),
        "fixed": counted.fixed(),
        "reasons": counted.reasons(),
        "email_quality": counted.email_quality(),
        "with_quality": counted.with_quality(),
        "sample": counted.sample(),
        "ambiguous_rows": counted.ambiguous_rows(),
    }
