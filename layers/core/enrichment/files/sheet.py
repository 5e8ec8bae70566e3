"""What all files of rows have in common: a header, rows below it, and a way to write them back with
cells added.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from enrichment.domain.columns import Field
from enrichment.domain.layout import Layout

# Excel's own limits: columns and links of a sheet, and characters of a cell.
MAX_COLUMNS = 16_384
MAX_LINKS = 65_530
MAX_CELL_TEXT = 32_767

HEAD = 30  # rows among which the header is looked for

R = TypeVar("R", bound="Row", contravariant=True)  # a sheet's copies take the rows of that sheet
Columns = Mapping[Field, int]
"""The position of each field's column, from 0."""

FindColumns = Callable[[Sequence[str]], Columns]
"""What the cells of a row are, if it is the header: the vocabulary's words and the folder's own."""

NO_LINKS: Mapping[int, str] = MappingProxyType({})


@dataclass(kw_only=True, slots=True)
class Row:
    """One row: its number as its owner would count it, its cells as text, and the targets of links
    by the cell's position.

    Nobody changes one; it is not frozen since that makes it take four times as long to create.
    """

    number: int
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=lambda: NO_LINKS)


class Sink(Protocol):
    """Where bytes of an answer go."""

    def write(self, data: bytes, /) -> object: ...


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes: ...


class Copy(Protocol[R]):
    """Takes rows of one sheet, in order, and writes each with cells added after its own."""

    def add(self, row: R, cells: Sequence[str]) -> None: ...


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
    def columns(self) -> Columns:
        """What the header's columns are, as they were found when the file was first looked at."""

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


@dataclass(frozen=True)
class Header:
    """Where a header is among the first rows, from 0, and what its columns are."""

    position: int
    columns: Columns


def header_among(rows: Sequence[Sequence[str]], find_columns: FindColumns) -> Header:
    """The first row that names the most known fields, else the first that is not blank.

    Titles and notes may stand above it, as in LinkedIn's export of connections.
    """
    headers = [Header(position, find_columns(cells)) for position, cells in enumerate(rows)]
    best = max(headers, key=lambda header: len(header.columns), default=Header(0, {}))
    if best.columns:
        return best
    return next((header for header in headers if any(rows[header.position])), Header(0, {}))
