"""What becomes of each row, decided once, row by row, before anything is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from enrichment.domain.batch import MAX_BATCH, cut
from enrichment.domain.cell import said
from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import EnrichmentType, Rejection, contact_from
from enrichment.domain.duplicates import Identity, identity
from enrichment.domain.linkedin import person_urls
from enrichment.domain.plan import PlannedRow, Span
from enrichment.domain.tables import Tables
from enrichment.domain.websites import company_domain
from enrichment.words import rows as words


class FileRow(Protocol):
    """What planning needs of a row of a file: its number, its cells, and where cells link to, by
    position.
    """

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> list[str]: ...
    @property
    def links(self) -> Mapping[int, str]: ...


# Fields for which a cell's link says more than its text, which may be “Profile”.
_LINKED = frozenset({Field.LINKEDIN, Field.SALES_NAVIGATOR, Field.WEBSITE})


def best_cell(field: Field, cells: Sequence[str]) -> str:
    """Of a row's cells for one field, the most trusted first, the first that says something usable:
    a person's page, an address of a company; else the first that says anything.

    >>> best_cell(Field.EMAIL, ["", "jane@gmail.com", "jane@acme.com"])
    'jane@acme.com'
    """
    saying = [cell for cell in cells if said(cell)]
    return next((cell for cell in saying if _is_usable(field, cell)), "".join(saying[:1]))


def _is_usable(field: Field, cell: str) -> bool:
    match field:
        case Field.LINKEDIN | Field.SALES_NAVIGATOR:
            return bool(person_urls(cell))
        case Field.DOMAIN | Field.WEBSITE | Field.EMAIL:
            return company_domain({field: cell}) is not None
        case _:
            return True


class EarlierRows(Protocol):
    """Remembers whom a file has named before."""

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then
        remembered as `row`.
        """


class Planner:
    """Decides row by row, and cuts the contacts into batches as it goes.

    `most_contacts` is how many the file's own cap on credits pays for; None for no cap. Holds no
    more than the contacts of one batch and a little; `rows`, `contacts` and `width` are final when
    `plan` has ended.
    """

    def __init__(
        self,
        header: Sequence[str],
        columns: Columns,
        wanted: EnrichmentType,
        earlier_rows: EarlierRows,
        most_contacts: int | None = None,
        size: int = MAX_BATCH,
    ) -> None:
        self._columns, self._wanted, self._earlier_rows = columns, wanted, earlier_rows
        self._tables = Tables(header, columns)
        self._most_contacts, self._size = most_contacts, size
        self._header_width = len(header)
        self._offset = 0
        self._last_sent = 0
        self.rows = 0
        self.contacts = 0
        self.width = len(header)

    def decide(self, row: FileRow) -> PlannedRow:
        """What becomes of one row: it is sent, rejected with the reason, a duplicate of an earlier
        one, or over budget.
        """
        self.rows += 1
        self.width = max(self.width, len(row.cells))
        if not any(map(str.strip, row.cells)):
            return PlannedRow(row=row.number, rejected=words.EMPTY)
        if reason := self._tables.reason(row.number, row.cells):
            return PlannedRow(row=row.number, rejected=reason)
        if len(row.cells) < self._header_width or any(row.cells[self._header_width :]):
            return PlannedRow(
                row=row.number,
                rejected=words.cells_do_not_fit(len(row.cells), self._header_width),
            )
        contact = contact_from(
            {field: self._cell(row, field, each) for field, each in self._columns.items()},
            self._wanted,
        )
        if isinstance(contact, Rejection):
            return PlannedRow(row=row.number, rejected=contact.reason)
        earlier = self._earlier_rows.first_row(identity(contact), row.number)
        if earlier is not None and earlier <= self._last_sent:
            return PlannedRow(row=row.number, duplicate_of=earlier)
        if self.contacts == self._most_contacts:  # so is a copy of a row that was over budget
            return PlannedRow(row=row.number, over_budget=True)
        self.contacts += 1
        self._last_sent = row.number
        return PlannedRow(row=row.number, contact=contact)

    def _cell(self, row: FileRow, field: Field, columns: tuple[int, ...]) -> str:
        """What the row says of a field: the first of its columns that says something usable, else
        the first that says anything.
        """
        links = row.links if field in _LINKED else {}
        cells = (links.get(at, row.cells[at]) for at in columns)
        return next(cells) if len(columns) == 1 else best_cell(field, list(cells))

    def plan(self, rows: Iterable[FileRow], write: Callable[[bytes], None]) -> Iterator[Span]:
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
