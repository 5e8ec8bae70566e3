"""The plan of a job: what becomes of each row, decided once, stored before anything is sent.

It is a file of JSON lines, one a row and in the file's order, so that a batch is a range of its bytes and compiling reads it
beside the original. Rows are numbered as a spreadsheet shows them: the header is row 1 where the file starts with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from enrichment.domain.batch import MAX_BATCH, Batch, cut
from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection, contact_from
from enrichment.domain.duplicates import Identity, identity


class PlannedRow(BaseModel):
    """One line of the plan; exactly one of the fields after `row` is set."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    row: int
    contact: Contact | None = None
    rejected: str | None = None
    duplicate_of: int | None = None
    over_budget: bool | None = None

    def line(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode() + b"\n"


@dataclass(frozen=True)
class Span:
    """Where one batch stands in a plan: its number of contacts, its first and last row, and its bytes (`end` exclusive)."""

    size: int
    first_row: int
    last_row: int
    start: int
    end: int


class Row(Protocol):
    """What planning needs of a row of a file: its number, its cells, and where cells link to, by position."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> list[str]: ...
    @property
    def links(self) -> Mapping[int, str]: ...


# Fields for which a cell's link says more than its text, which may be “Profile”.
_LINKED = frozenset({Field.LINKEDIN, Field.SALES_NAVIGATOR, Field.WEBSITE})


class Seen(Protocol):
    """Remembers whom a file has named before."""

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then remembered as `row`."""


class Planner:
    """Decides row by row, and cuts the contacts into batches as it goes.

    `most_contacts` is how many the file's own cap on credits pays for; None for no cap.
    Holds no more than the contacts of one batch and a little; `rows`, `contacts` and `width` are final when `plan` has ended.
    """

    def __init__(
        self,
        header: Sequence[str],
        columns: Mapping[Field, int],
        wanted: EnrichmentType,
        seen: Seen,
        most_contacts: int | None = None,
        size: int = MAX_BATCH,
    ) -> None:
        self._columns, self._wanted, self._seen = columns, wanted, seen
        self._most_contacts, self._size = most_contacts, size
        self._header_width = len(header)
        self._offset = 0
        self._last_sent = 0
        self.rows = 0
        self.contacts = 0
        self.width = len(header)

    def decide(self, row: Row) -> PlannedRow:
        """What becomes of one row: it is sent, rejected with the reason, a duplicate of an earlier one, or over budget."""
        self.rows += 1
        self.width = max(self.width, len(row.cells))
        if not any(map(str.strip, row.cells)):
            return PlannedRow(row=row.number, rejected="The row is empty")
        if len(row.cells) < self._header_width or any(row.cells[self._header_width :]):
            return PlannedRow(
                row=row.number,
                rejected=f"The row has {len(row.cells)} cells where the header has {self._header_width}",
            )
        contact = contact_from({field: self._cell(row, field, at) for field, at in self._columns.items()}, self._wanted)
        if isinstance(contact, Rejection):
            return PlannedRow(row=row.number, rejected=contact.reason)
        earlier = self._seen.first_row(identity(contact), row.number)
        if earlier is not None and earlier <= self._last_sent:
            return PlannedRow(row=row.number, duplicate_of=earlier)
        if self.contacts == self._most_contacts:  # so is a copy of a row that was over budget
            return PlannedRow(row=row.number, over_budget=True)
        self.contacts += 1
        self._last_sent = row.number
        return PlannedRow(row=row.number, contact=contact)

    def _cell(self, row: Row, field: Field, at: int) -> str:
        return row.links.get(at, row.cells[at]) if field in _LINKED else row.cells[at]

    def plan(self, rows: Iterable[Row], write: Callable[[bytes], None]) -> Iterator[Span]:
        """Write the plan's lines and yield where its batches stand in it."""

        def sent() -> Iterator[tuple[int, int, int]]:
            for row in rows:
                decided = self.decide(row)
                line = decided.line()
                write(line)
                start, self._offset = self._offset, self._offset + len(line)
                if decided.contact:
                    yield decided.row, start, self._offset

        for lines in cut(sent(), self._size):
            (first_row, start, _), (last_row, _, end) = lines[0], lines[-1]
            yield Span(len(lines), first_row, last_row, start, end)


@dataclass(frozen=True)
class PlannedContact:
    """One contact of a plan, and where its line stands in it (`end` exclusive)."""

    row: int
    contact: Contact
    start: int
    end: int


def contacts_of(lines: bytes, start: int) -> list[PlannedContact]:
    """The contacts in a part of a plan that begins at byte `start`; lines of rows that are not sent are passed over."""
    contacts = []
    for line in lines.splitlines(keepends=True):
        planned = PlannedRow.model_validate_json(line)
        if planned.contact:
            contacts.append(PlannedContact(planned.row, planned.contact, start, start + len(line)))
        start += len(line)
    return contacts


def halves(batch: Batch, contacts: Sequence[PlannedContact], known: int, now: int) -> tuple[Batch, Batch]:
    """Two planned batches in place of one of more than one contact, numbered after the `known` ones of the job."""
    middle = (len(contacts) + 1) // 2

    def half(number: int, part: Sequence[PlannedContact]) -> Batch:
        return Batch(
            job=batch.job,
            plan=batch.plan,
            number=number,
            size=len(part),
            first_row=part[0].row,
            last_row=part[-1].row,
            start=part[0].start,
            end=part[-1].end,
            queued_at=now,
            doubted=batch.doubted,
        )

    return half(known + 1, contacts[:middle]), half(known + 2, contacts[middle:])
