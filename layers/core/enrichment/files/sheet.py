"""What all files of rows have in common: a header, rows below it, and a way to write them back with
cells added.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from enrichment.domain.found import NOTHING_FOUND, Finder, Found, SampleRow
from enrichment.domain.layout import Layout

# Excel's own limits: columns and links of a sheet, and characters of a cell.
MAX_COLUMNS = 16_384
MAX_LINKS = 65_530
MAX_CELL_TEXT = 32_767

HEAD = 30  # rows among which the header is looked for
_SAMPLE_ROWS = 2_000  # from which it is concluded what columns are
_SAMPLE_CELLS, _SAMPLE_TEXT = 100_000, 4_000_000  # cells and characters, of all of them

R = TypeVar("R", bound="Row", contravariant=True)  # a sheet's copies take the rows of that sheet
C = TypeVar("C")
NO_LINKS: Mapping[int, str] = MappingProxyType({})


@dataclass(slots=True)
class Row:
    """One row: its number as its owner would count it, its cells as text, and the targets of links
    by the cell's position. In a rejected file that came back, `original` is the row of the
    first file that it says to be.

    Nobody changes one; it is not frozen since that makes it take four times as long to create.
    """

    number: int
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=lambda: NO_LINKS)
    original: str = ""


class Sink(Protocol):
    """Where bytes of an answer go."""

    def write(self, data: bytes, /) -> object: ...


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes: ...


class Copy(Protocol[R]):
    """Takes rows of one sheet, in order, and writes each with cells added after its own."""

    def add(self, row: R, cells: Sequence[str]) -> None: ...


class Emptied(Protocol[R]):
    """Takes the rows of one sheet, in order: each stays as it is, or nothing of it is left."""

    def keep(self, row: R) -> None: ...

    def blank(self, row: R, cells: Mapping[int, str]) -> None:
        """Leave a row without its values, but with those of `cells`, by position."""

    def drop(self, row: R) -> None:
        """Leave no row."""


class Sheet(Protocol):
    """One pass over a file of rows: they are iterated once, and given to copies that were opened
    before.

    Iterating raises `UnreadableFile` where the content turns out to be damaged.
    """

    @property
    def layout(self) -> Layout: ...

    @property
    def header(self) -> Sequence[str]: ...

    @property
    def found(self) -> Found:
        """What its columns are, as it was found when the file was first looked at."""

    @property
    def sample(self) -> Sequence[Row]:
        """The first rows."""

    def __iter__(self) -> Iterator[Any]: ...

    def whole(
        self, sink: Sink, width: int, names: Sequence[str], /
    ) -> AbstractContextManager[Copy[Any]]:
        """A copy of everything in the file, in its own format, with columns `names` after the first
        `width`.

        Every row must be added.
        """

    def excerpt(
        self, sink: Sink, width: int, names: Sequence[str], /
    ) -> AbstractContextManager[Copy[Any]]:
        """A file of the header and those rows that are added."""

    def emptied(self, sink: Sink, /) -> AbstractContextManager[Emptied[Any]]:
        """The file as it is, in its own format, but for rows that are emptied.

        Every row must be given. The layout must leave no columns out.
        """


@dataclass(frozen=True)
class Header:
    """Where a header is among the first rows, from 0, and how much it looks like one."""

    position: int
    likeness: float


# Two usual names make a header wherever it stands; less than that may be a row of the table, such
# as somebody whose name is Page, if rows as wide stand above it.
_SURELY_A_HEADER, _LIKE_A_HEADER = 1.4, 0.5


def header_among(rows: Sequence[Sequence[str]], finder: Finder) -> Header:
    """The first row that looks most like a header, else the first that is more than half as wide as
    the widest.

    Titles and notes may stand above it, as in LinkedIn's export of connections, and a row that
    names groups of columns. A text that stands in its column again and again is no header, even if
    it is a word of headers: where leads came from, `Website` or `Email`.
    """
    columns = Counter((at, cell) for cells in rows for at, cell in enumerate(cells) if cell)
    often = {where for where, count in columns.items() if count >= max(3, len(rows) / 5)}
    headers = [
        Header(number, finder.likeness(_without(often, cells), rows[number - 1] if number else ()))
        for number, cells in enumerate(rows)
    ]
    filled = [sum(map(bool, cells)) for cells in rows]
    likely = [
        header
        for header in headers
        if header.likeness >= _SURELY_A_HEADER
        or (
            header.likeness >= _LIKE_A_HEADER
            and filled[header.position] > max(filled[: header.position], default=0)
        )
    ]
    if likely:
        return max(likely, key=lambda header: header.likeness)
    whole = max(filled, default=0) / 2  # a title has fewer cells than the table below it
    return next((header for header in headers if filled[header.position] > whole), Header(0, 0))


def _without(often: Collection[tuple[int, str]], cells: Sequence[str]) -> Sequence[str]:
    return ["" if (at, cell) in often else cell for at, cell in enumerate(cells)]


def is_headless(header: Header, rows: Sequence[Sequence[str]], finder: Finder) -> bool:
    """Whether the first rows of a file are all data, from which it is clear what the columns are.

    `rows` are those in which the header was looked for.
    """
    # Only a file that is opened for the first time pays 8 ms for what tells values.
    from enrichment.domain.header_rows import is_data

    below = [row for row in rows[header.position :] if any(row)]
    if header.likeness >= _LIKE_A_HEADER or not is_data(below):
        return False
    sample = [Row(number=at, cells=list(cells)) for at, cells in enumerate(below, start=1)]
    return len(finder.find([""] * len(below[0]), sample, ()).columns) > 1


def original_of(cells: Sequence[str], ours: Sequence[int]) -> str:
    """What a row says of itself in our column of rows (`Layout.ours`)."""
    return cells[ours[0]] if ours and ours[0] < len(cells) else ""


def kept(cells: Iterable[C], left_out: Collection[int]) -> list[C]:
    """The cells of a row without those of columns that are left out."""
    return [cell for at, cell in enumerate(cells) if at not in left_out]


def unnamed(width: int) -> list[str]:
    """Names for the columns of a file without a header.

    >>> unnamed(3)
    ['Column 1', 'Column 2', 'Column 3']
    """
    return [f"Column {number}" for number in range(1, width + 1)]


def sampled(rows: Iterable[Row]) -> list[Row]:
    """The first rows of a file, as many as tell what its columns are."""
    sample: list[Row] = []
    cells = text = 0
    for row in islice(rows, _SAMPLE_ROWS):
        cells += len(row.cells)
        text += sum(map(len, row.cells))
        if cells > _SAMPLE_CELLS or text > _SAMPLE_TEXT:
            break
        sample.append(Row(number=row.number, cells=row.cells, links=row.links))
    return sample


class Known:
    """For files whose header and columns are known from before."""

    def likeness(self, _cells: Sequence[str], _above: Sequence[str]) -> float:
        return 0.0

    def find(
        self, _header: Sequence[str], _sample: Sequence[SampleRow], _above: Sequence[str]
    ) -> Found:
        return NOTHING_FOUND
