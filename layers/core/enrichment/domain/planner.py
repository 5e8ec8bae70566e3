"""What becomes of each row, decided once, row by row, before anything is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from enrichment.domain.batch import MAX_BATCH, cut
from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection
from enrichment.domain.duplicates import Identity, identity
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.holdings import Holdings
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.plain_rows import PlainRows
from enrichment.domain.plan import PlannedRow, Span, planned_row
from enrichment.domain.row_cells import FileRow, RowCells
from enrichment.domain.row_contact import contact_from
from enrichment.domain.sampling import Sample
from enrichment.domain.tables import Tables
from enrichment.domain.websites import company_domain
from enrichment.domain.worth import is_no_company, not_worth
from enrichment.errors import BrokenInvariant
from enrichment.words import rows as words


class Planner:
    """Decides row by row, and cuts the contacts into batches as it goes.

    `manner` is how full names stand in the file; without `check`, nothing is held to be not worth
    it; without `holdings`, rows are sent that have already what is looked for; with a `sample`,
    only its contacts are sent. Holds no more than the contacts of one batch and a little; `rows`,
    `contacts` and `width` are final when `plan` has ended.
    """

    def __init__(
        self,
        header: Sequence[str],
        columns: Columns,
        wanted: EnrichmentType,
        earlier_rows: EarlierRows,
        size: int = MAX_BATCH,
        manner: Manner = WESTERN,
        check: bool = True,
        holdings: Holdings | None = None,
        sample: Sample | None = None,
    ) -> None:
        self._wanted, self._earlier_rows = wanted, earlier_rows
        self._cells, self._tables = RowCells(columns), Tables(header, columns)
        self._plain_rows = PlainRows(len(header), columns, wanted)
        self._size = size
        self._manner, self._check = manner, check
        self._holdings, self._sample = holdings, sample
        self._header_width = len(header)
        self._offset = 0
        self.rows = 0
        self.contacts = 0
        self.width = len(header)

    def _repeated(self, begun: Iterable[bytes], rows: Iterator[FileRow]) -> Iterator[PlannedRow]:
        """What was decided before of the first rows."""
        for line, row in zip(begun, rows, strict=False):
            decided = planned_row(line)
            if decided.row != row.number:
                raise BrokenInvariant(f"row {row.number} stands in its plan as row {decided.row}")
            self.rows, self.width = self.rows + 1, max(self.width, len(row.cells))
            if self._check:
                self._tables.reason(row.number, row.cells)  # which table the rows belong to
            if decided.contact:
                self.contacts += 1
            if self._sample:
                self._sample.note(decided)
            yield decided

    def decide(self, row: FileRow) -> PlannedRow:
        """What becomes of one row: it is sent, rejected or not worth it with the reason, has
        already what is looked for, is a duplicate of an earlier one, or not in the sample.
        """
        self.rows += 1
        if len(row.cells) > self.width:
            self.width = len(row.cells)
        of_table = self._tables.reason(row.number, row.cells) if self._check else None
        plain = self._plain_rows.contact(row) if of_table is None else None
        if plain is None:
            return self._at_length(row, of_table)
        contact, who = plain
        if self._holdings and (has := self._holdings.of(row.cells, contact.domain)):
            return self._already(row.number, who, has)
        return self._of_contact(row.number, contact, who)

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
        if self._check and (reason := self._without_company(contact)):
            return PlannedRow(row=row.number, not_worth=reason)
        has = self._holdings and self._holdings.of(cells, _domain(said, contact))
        if isinstance(contact, Rejection):
            if has:
                return PlannedRow(row=row.number, already=has)
            return PlannedRow(row=row.number, rejected=contact.reason)
        who = identity(contact)
        if has:
            return self._already(row.number, who, has)
        return self._of_contact(row.number, contact, who)

    def _already(self, row: int, who: Identity, has: tuple[str, ...]) -> PlannedRow:
        """A row that has what is looked for; later rows of its person are its copies."""
        first = self._earlier_rows.first_row(who, row)
        decided = PlannedRow(row=row, already=has, spared=True if first is None else None)
        if self._sample:
            self._sample.note(decided)
        return decided

    def _of_contact(self, row: int, contact: Contact, who: Identity) -> PlannedRow:
        earlier = self._earlier_rows.first_row(who, row)
        if self._sample and (left_out := self._sample.left_out(row, earlier)):
            return PlannedRow(row=row, not_sampled=left_out)
        if earlier is not None:
            return PlannedRow(row=row, duplicate_of=earlier)
        self.contacts += 1
        return PlannedRow(row, contact)

    def _without_company(self, contact: Contact | Rejection) -> str | None:
        if isinstance(contact, Rejection):
            return None
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


def _domain(said: Mapping[Field, str], contact: Contact | Rejection) -> str | None:
    """The company's domain, also of a row that cannot be sent."""
    return contact.domain if isinstance(contact, Contact) else company_domain(said)
