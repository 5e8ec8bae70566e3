"""The plan of a job: what becomes of each row, decided once, stored before anything is sent.

It is a file of JSON lines, one a row and in the file's order, so that a batch is a range of its bytes and compiling reads it
beside the original. Rows are numbered as a spreadsheet shows them: the header is row 1 where the file starts with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from enrichment.domain.batch import MAX_BATCH, cut
from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection, contact_from
from enrichment.domain.duplicates import Identity, identity


class PlannedRow(BaseModel):
    """One line of the plan; exactly one of the three fields after `row` is set."""

    model_config = ConfigDict(frozen=True)

    row: int
    contact: Contact | None = None
    rejected: str | None = None
    duplicate_of: int | None = None

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
    """What planning needs of a row of a file: its number and its cells."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> list[str]: ...


class Seen(Protocol):
    """Remembers whom a file has named before."""

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then remembered as `row`."""


class Planner:
    """Decides row by row, and cuts the contacts into batches as it goes.

    Holds no more than the contacts of one batch and a little; `rows`, `contacts` and `width` are final when `plan` has ended.
    """

    def __init__(
        self, header: Sequence[str], columns: Mapping[Field, int], wanted: EnrichmentType, seen: Seen, size: int = MAX_BATCH
    ) -> None:
        self._columns, self._wanted, self._seen, self._size = columns, wanted, seen, size
        self._header_width = len(header)
        self._offset = 0
        self.rows = 0
        self.contacts = 0
        self.width = len(header)

    def decide(self, row: Row) -> PlannedRow:
        """What becomes of one row: it is sent, rejected with the reason, or a duplicate of an earlier one."""
        self.rows += 1
        self.width = max(self.width, len(row.cells))
        if len(row.cells) < self._header_width or any(row.cells[self._header_width :]):
            return PlannedRow(
                row=row.number,
                rejected=f"The row has {len(row.cells)} cells where the header has {self._header_width}",
            )
        contact = contact_from({field: row.cells[at] for field, at in self._columns.items()}, self._wanted)
        if isinstance(contact, Rejection):
            return PlannedRow(row=row.number, rejected=contact.reason)
        earlier = self._seen.first_row(identity(contact), row.number)
        if earlier is not None:
            return PlannedRow(row=row.number, duplicate_of=earlier)
        self.contacts += 1
        return PlannedRow(row=row.number, contact=contact)

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
