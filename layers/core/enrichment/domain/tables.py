"""Rows of a sheet that are no contacts but parts of tables: a header that is repeated, totals, and
other tables below the first.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from enrichment import vocabulary
from enrichment.domain.columns import HEADERS, Columns, normalised
from enrichment.domain.evidence import ValueKind, look
from enrichment.domain.header_rows import likeness_of
from enrichment.domain.header_words import is_known
from enrichment.words import rows as words

_LIKE_A_HEADER = 1.4  # of a row in the middle: two columns of usual names


class Tables:
    """Follows the rows of a file in order, and tells which are no contacts.

    `other` is the row with the header of another table while its rows come, 0 otherwise.
    """

    def __init__(self, header: Sequence[str], columns: Columns) -> None:
        self._used = sorted(at for positions in columns.values() for at in positions)
        self._header = {at: normalised(header[at]) for at in self._used}
        self._words = (_usual_words() | {_plain(header[at]) for at in self._used}) - {""}
        self.other = 0

    def reason(self, number: int, cells: Sequence[str]) -> str | None:
        """Why a row is not sent; None for one that may be a contact."""
        if _plain(self._first(cells)) in self._words:
            if all(
                at < len(cells) and normalised(cells[at]) == self._header[at] for at in self._used
            ):
                self.other = 0
                return words.REPEATED_HEADER
            if _is_header(cells):
                self.other = number
            elif _is_total([cells[at] for at in self._used if at < len(cells)]):
                return words.TOTAL
        return words.of_another_table(self.other) if self.other else None

    def _first(self, cells: Sequence[str]) -> str:
        """The first cell of those used that is not empty."""
        for at in self._used:
            if at < len(cells) and cells[at]:
                return cells[at]
        return ""


@lru_cache(16_384)  # the first names of a file come again and again
def _plain(cell: str) -> str:
    return cell.strip(" :*").casefold()


@cache
def _usual_words() -> frozenset[str]:
    """All words with which a header or a row of totals may begin."""
    names = {_plain(name) for names in HEADERS.values() for name in names}
    ambiguous = (vocabulary.words("headers", table) for table in ("name", "person_name", "contact"))
    names.update(_plain(name) for table in ambiguous for name in table)
    return frozenset(names | vocabulary.word_set("cells", "total"))


def _is_header(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    return len(said) > 1 and all(map(is_known, said)) and likeness_of(said) >= _LIKE_A_HEADER


def _is_total(used: Sequence[str]) -> bool:
    first, *others = [cell for cell in used if cell.strip()]
    is_total = _plain(first) in vocabulary.word_set("cells", "total")
    return is_total and all(look(cell).kind is ValueKind.NUMBER for cell in others)
