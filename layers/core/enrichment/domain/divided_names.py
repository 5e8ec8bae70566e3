"""How names of a file were divided into a first and a last name, by the first rows that show it."""

from collections.abc import Sequence

from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import Contact
from enrichment.domain.plan import contact_start, named_start
from enrichment.domain.report import NameAsSent

_MOST = 20
_PARTS = 2  # of a name that is sent
_LONGEST = 200  # characters of a name as it is written
_NAMES = (
    Field.FULL_NAME,
    Field.FULL_NAME_FAMILY_FIRST,
    Field.FIRST_NAME,
    Field.NAME_PREFIX,
    Field.LAST_NAME,
    Field.SECOND_LAST_NAME,
)


class DividedNames:
    """Gathers names as they are written and as they are sent, until there are enough.

    Args:
        columns: where the names of a file stand.
    """

    def __init__(self, columns: Columns) -> None:
        self._positions = [at for field in _NAMES for at in columns.get(field, ())]
        self._pair = self._positions if len(self._positions) == _PARTS else None
        self._last = max(self._positions, default=0)
        self._names: list[NameAsSent] = []

    @property
    def is_full(self) -> bool:
        """Whether no more names are taken."""
        return len(self._names) == _MOST

    def add(self, row: int, cells: Sequence[str], contact: Contact) -> None:
        """Note a row's name."""
        self._add(row, self._written(cells), contact)

    def add_if_changed(self, row: int, cells: Sequence[str], contact: Contact) -> None:
        """Note a row's name unless its cells are just the two parts that are sent."""
        if self.is_full:
            return
        written = self._written(cells)
        if written != [contact.firstname, contact.lastname]:
            self._add(row, written, contact)

    def line_start(self, row: int, cells: Sequence[str]) -> bytes | None:
        """How the line of a row in the plan begins if it is a contact of whose name nothing would
        be noted; None where that cannot be told.
        """
        if len(self._names) == _MOST:  # `is_full`, for each row of a file
            return contact_start(row)
        if self._pair and len(cells) > self._last:
            at_first, at_last = self._pair  # without a list of what is written: half of the time
            first, last = cells[at_first].strip(), cells[at_last].strip()
            return named_start(row, first, last) if first and last else None
        written = self._written(cells)
        return named_start(row, *written) if len(written) == _PARTS else None

    def names(self) -> tuple[NameAsSent, ...]:
        """The names, in the order of the rows."""
        return tuple(self._names)

    def _written(self, cells: Sequence[str]) -> list[str]:
        width = len(cells)
        return [cell for at in self._positions if at < width and (cell := cells[at].strip())]

    def _add(self, row: int, written: Sequence[str], contact: Contact) -> None:
        if not self.is_full:
            text = " | ".join(written)[:_LONGEST]
            self._names.append(
                NameAsSent(row=row, written=text, first=contact.firstname, last=contact.lastname)
            )
