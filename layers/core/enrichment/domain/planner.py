"""What becomes of each row, decided once, row by row, before anything is sent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from enrichment.domain.batch import MAX_BATCH, cut
from enrichment.domain.columns import Columns
from enrichment.domain.contact import Contact, EnrichmentType, Rejection, contact_from
from enrichment.domain.duplicates import identity
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.plain_rows import PlainRows
from enrichment.domain.plan import PlannedRow, Span, planned_row
from enrichment.domain.row_cells import FileRow, RowCells
from enrichment.domain.tables import Tables
from enrichment.domain.worth import is_no_company, not_worth
from enrichment.errors import BrokenInvariant
from enrichment.words import rows as words


class Planner:
    """Decides row by row, and cuts the contacts into batches as it goes.

    `most_contacts` is how many the file's own cap on credits pays for; None for no cap. `manner` is
    how full names stand in the file; without `check`, nothing is held to be not worth it. Holds no
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
        manner: Manner = WESTERN,
        check: bool = True,
    ) -> None:
        self._wanted, self._earlier_rows = wanted, earlier_rows
        self._cells, self._tables = RowCells(columns), Tables(header, columns)
        self._plain_rows = PlainRows(len(header), columns, wanted)
        self._most_contacts, self._size = most_contacts, size
        self._manner, self._check = manner, check
        self._header_width = len(header)
        self._offset = 0
        self._last_sent = 0
        self.rows = 0
        self.contacts = 0
        self.width = len(header)

    def _repeated(self, begun: Iterable[bytes], rows: Iterator[FileRow]) -> Iterator[PlannedRow]:
        """What was decided before of the first rows."""
        for line, row in zip(begun, rows, strict=False):
            decided = planned_row(line)
            if decided.row != row.number:
                raise BrokenInvariant(f"row {row.number} stands in its plan as row {decided.row}")
            self._count(row)
            if self._check:
                self._tables.reason(row.number, row.cells)  # which table the rows belong to
            if decided.contact:
                self.contacts += 1
                self._last_sent = row.number
            yield decided

    def _count(self, row: FileRow) -> None:
        self.rows += 1
        if len(row.cells) > self.width:
            self.width = len(row.cells)

    def decide(self, row: FileRow) -> PlannedRow:
        """What becomes of one row: it is sent, rejected or not worth it with the reason, a
        duplicate of an earlier one, or over budget.
        """
        self._count(row)
        of_table = self._tables.reason(row.number, row.cells) if self._check else None
        if of_table is None and (contact := self._plain_rows.contact(row)):
            return self._of_contact(row.number, contact)
        return self._at_length(row, of_table)

    def _at_length(self, row: FileRow, of_table: str | None) -> PlannedRow:
        """What becomes of a row that may be anything; `of_table` is why it is no contact but a part
        of a table.
        """
        cells, width = row.cells, self._header_width
        if not any(map(str.strip, cells)):
            return PlannedRow(row=row.number, rejected=words.EMPTY)
        if of_table:
            return PlannedRow(row=row.number, not_worth=of_table)
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            return PlannedRow(row=row.number, rejected=words.cells_do_not_fit(len(cells), width))
        said = self._cells.of(row)
        if self._check and (reason := not_worth(said)):
            return PlannedRow(row=row.number, not_worth=reason)
        contact = contact_from(said, self._wanted, self._manner)
        if isinstance(contact, Rejection):
            return PlannedRow(row=row.number, rejected=contact.reason)
        if self._check and (reason := self._without_company(contact)):
            return PlannedRow(row=row.number, not_worth=reason)
        return self._of_contact(row.number, contact)

    def _of_contact(self, row: int, contact: Contact) -> PlannedRow:
        earlier = self._earlier_rows.first_row(identity(contact), row)
        if earlier is not None and earlier <= self._last_sent:
            return PlannedRow(row=row, duplicate_of=earlier)
        if self.contacts == self._most_contacts:  # so is a copy of a row that was over budget
            return PlannedRow(row=row, over_budget=True)
        self.contacts += 1
        self._last_sent = row
        return PlannedRow(row, contact)

    def _without_company(self, contact: Contact) -> str | None:
        company = contact.company_name or ""
        is_needed = self._wanted is EnrichmentType.EMAIL and not contact.domain
        return words.no_company(company) if is_needed and is_no_company(company) else None

    def plan(
        self,
        rows: Iterable[FileRow],
        write: Callable[[bytes], None],
        begun: Iterable[bytes] = (),
    ) -> Iterator[Span]:
        """Write the plan's lines and yield where its batches stand in it.

        Args:
            rows: all rows of the file.
            write: takes a line.
            begun: the first lines of the plan, without their ends, if it was begun before; the
                planner's `EarlierRows` know whom they name.
        """
        left = iter(rows)

        def sent() -> Iterator[tuple[int, int, int]]:
            for decided in chain(self._repeated(begun, left), map(self.decide, left)):
                line = decided.line()
                write(line)
                start, self._offset = self._offset, self._offset + len(line)
                if decided.contact:
                    yield decided.row, start, self._offset

        for lines in cut(sent(), self._size):
            (first_row, start, _), (last_row, _, end) = lines[0], lines[-1]
            yield Span(len(lines), first_row, last_row, start, end)
