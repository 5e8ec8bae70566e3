"""What a row says of each field."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from enrichment.domain.cell import said
from enrichment.domain.columns import Columns, Field
from enrichment.domain.linkedin import person_urls
from enrichment.domain.mending import mended
from enrichment.domain.websites import company_domain


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


class RowCells:
    """Takes the text of each field from the rows of a file, mended where it was encoded twice.

    Where a field has several columns, the first that says something usable counts.
    """

    def __init__(self, columns: Columns) -> None:
        self._single = tuple((field, at[0]) for field, at in columns.items() if len(at) == 1)
        self._several = tuple((field, at) for field, at in columns.items() if len(at) > 1)
        self._linked = tuple((field, at) for field, at in self._single if field in _LINKED)
        self.width = 1 + max((at for each in columns.values() for at in each), default=-1)

    def of(self, row: FileRow) -> Mapping[Field, str]:
        """The text of a row of at least `width` cells, by field."""
        cells, links = row.cells, row.links
        found = {field: cells[at] for field, at in self._single}
        if links:
            found |= {field: links[at] for field, at in self._linked if at in links}
        for field, positions in self._several:
            found[field] = best_cell(field, [_text(row, field, at) for at in positions])
        return mended(found)


def _text(row: FileRow, field: Field, at: int) -> str:
    return row.links.get(at, row.cells[at]) if field in _LINKED else row.cells[at]


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
