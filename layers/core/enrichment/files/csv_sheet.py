"""CSV files: reading rows without losing a byte of them, and writing rows with cells added in the
same dialect.

Each row keeps the text it was read from, so what is written begins with exactly what the owner
wrote, quotes and all.
"""

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from enrichment.domain.characters import harmless
from enrichment.domain.found import Finder, Found
from enrichment.domain.layout import FileFormat, Layout
from enrichment.errors import UnreadableFile
from enrichment.files.sheet import (
    HEAD,
    MAX_COLUMNS,
    NO_LINKS,
    Header,
    Row,
    Sink,
    header_among,
    is_headless,
    kept,
    original_of,
    sampled,
    unnamed,
)
from enrichment.words import files as words

_DELIMITERS = ",;\t|"
_HEAD_LINES = 200  # lines that the first rows may span, quoted newlines included
_MAX_LINE = (
    1 << 20
)  # characters; a text without line ends is refused instead of being held in memory
_OFTEN = 256  # cells that are added, of which it is remembered how they are written
_ADDRESS = re.compile(r"[a-z0-9][\w.-]*@[\w.-]+", re.ASCII | re.IGNORECASE)
_MAX_SURPLUS = (
    1_000  # cells of a row beyond the header's: all other rows are filled up to the same width
)
_MAX_CELL = 131_072  # characters; Excel itself stops at 32,767 a cell
_SEPARATOR_LINE = re.compile(
    r'"?sep=([^"\r\n])"?[\r\n]*', re.IGNORECASE
)  # how Excel is told the delimiter, in a line of its own


@dataclass(slots=True)
class TextRow(Row):
    """A row and the text it was read from with its line end; `before` is what stands between it and
    the row above it.
    """

    text: str = ""
    before: str = ""


class DelimitedSheet:
    """One pass over a CSV file: `header`, then the rows below it by iteration. Memory does not grow
    with the file.

    Lines that are blank are no rows; they count in the numbering, as they do in a spreadsheet, and
    are copied.

    Args:
        text: the file, opened by `open_text`.
        layout: as `looked_at` found it, or as it was stored.
        finder: tells what the columns are.

    Raises:
        UnreadableFile: at construction or while iterating, when the content is not CSV.
    """

    def __init__(self, text: TextIO, layout: Layout, finder: Finder) -> None:
        start = text.tell()
        self._open(text, layout)
        self.sample = sampled(self._rows)
        self.found: Found = finder.find(self.header, self.sample, self._groups)
        text.seek(start)
        self._open(text, layout)

    def _open(self, text: TextIO, layout: Layout) -> None:
        """Read as far as the header."""
        csv.field_size_limit(_MAX_CELL)
        self.layout = layout
        self._tape = _Tape(text)
        self._reader = csv.reader(self._tape, delimiter=layout.delimiter)
        self._widest = sys.maxsize  # cells of a row, until the header is known
        self._rows = self._records()
        self._above, self._groups = "", list[str]()
        for row in self._rows:
            if layout.header_row in (0, row.number):
                self._head = row
                break
            self._above += row.before + row.text
            self._groups = row.cells
        else:
            raise UnreadableFile(words.EMPTY_FILE)
        self._line_end = _line_end(self._head.text) or "\r\n"
        self.header = self._head.cells
        if layout.headless:
            self.header = unnamed(len(self._head.cells))
            self._rows = chain([self._head], self._rows)
        else:
            self._above += self._head.before
        if len(self.header) > MAX_COLUMNS:
            raise UnreadableFile(words.too_many_columns(len(self.header), MAX_COLUMNS))
        self._widest = len(self.header) + _MAX_SURPLUS

    def __iter__(self) -> Iterator[TextRow]:
        return self._rows

    @contextmanager
    def whole(self, sink: Sink, width: int, names: Sequence[str]) -> Iterator["_Copy"]:
        copy = _Copy(self.layout, sink, width, self._line_end)
        copy.begin(self._above)
        if not self.layout.headless:
            copy.write(self._head, names)
        yield copy
        copy.verbatim(self._tape.rest())

    @contextmanager
    def excerpt(self, sink: Sink, width: int, names: Sequence[str]) -> Iterator["_Copy"]:
        copy = _Copy(self.layout, sink, width, self._line_end, with_gaps=False)
        separator = _SEPARATOR_LINE.match(self._above)
        copy.begin(separator[0] if separator else "")
        if not self.layout.headless:
            copy.write(self._head, names)
        yield copy

    @contextmanager
    def emptied(self, sink: Sink) -> Iterator["_Emptied"]:
        copy = _Copy(self.layout, sink, len(self.header), self._line_end)
        copy.begin(self._above)
        if not self.layout.headless:
            copy.verbatim(self._head.text)
        yield _Emptied(copy, self.layout.delimiter)
        copy.verbatim(self._tape.rest())

    def _records(self) -> Iterator[TextRow]:
        """The rows that are not blank."""
        layout, tape, before, number = self.layout, self._tape, "", 0
        try:
            for number, cells in enumerate(self._reader, start=1):
                text = tape.cut()
                if tape.ended:  # the reader asked for more in the middle of a row
                    raise UnreadableFile(words.unclosed_quote(number))
                if len(cells) > self._widest:
                    raise UnreadableFile(
                        words.too_many_cells_in_row(number, len(cells), len(self.header))
                    )
                if cells and not (number == 1 and _SEPARATOR_LINE.fullmatch(text)):
                    row = TextRow(number, cells, NO_LINKS, "", text, before)
                    before = ""
                    yield _without(row, layout) if layout.ours else row
                else:
                    before += text
                    if len(before) > _MAX_LINE:
                        raise UnreadableFile(words.too_many_blank_lines(_MAX_LINE, number))
        except csv.Error:
            raise UnreadableFile(words.too_long_cell(number + 1, _MAX_CELL)) from None
        tape.give_back(before)


class _Copy:
    """Writes rows with their own text, filled up with empty cells to a width, and cells after
    it.
    """

    def __init__(
        self, layout: Layout, sink: Sink, width: int, line_end: str, with_gaps: bool = True
    ) -> None:
        self._layout, self._sink, self._width = layout, sink, width
        self._line_end, self._with_gaps = line_end, with_gaps
        self._encoding, self._delimiter = layout.encoding, layout.delimiter
        self._cell = _Cells(layout.delimiter).__getitem__

    def begin(self, above: str) -> None:
        if self._layout.byte_order_mark:
            self.verbatim("\ufeff")
        self.verbatim(above)

    def verbatim(self, text: str) -> None:
        self._sink.write(text.encode(self._layout.encoding))

    def add(self, row: TextRow, cells: Sequence[str]) -> None:
        self.write(row, cells, row.before if self._with_gaps else "")

    def write(self, row: TextRow, cells: Sequence[str], before: str = "") -> None:
        own = row.text.rstrip("\r\n")  # it has a quote before a line break of its own
        line_end = row.text[len(own) :] or self._line_end
        filling = self._delimiter * (1 + self._width - len(row.cells))
        added = self._delimiter.join(map(self._cell, cells))
        text = f"{before}{own}{filling}{added}{line_end}"
        # The provider's words may have characters that the owner's encoding lacks; the owner's own
        # cells never do.
        self._sink.write(text.encode(self._encoding, "replace"))


class _Cells(dict[str, str]):
    """How cells are written: as no formulas, and in quotes where they have to be. It remembers
    those that may come again, which a plain address is not.
    """

    def __init__(self, delimiter: str) -> None:
        super().__init__()
        self._delimiter = delimiter
        self._delimited = csv.writer(_Text(), delimiter=delimiter).writerow

    def __missing__(self, cell: str) -> str:
        if _ADDRESS.fullmatch(cell) and self._delimiter not in cell:
            return cell
        if len(self) == _OFTEN:
            self.clear()
        # The writer quotes line breaks in cells only when it ends lines itself; it quotes a row's
        # only cell where it is empty.
        text = str(self._delimited((harmless(cell),))).removesuffix("\r\n") if cell else ""
        return self.setdefault(cell, text)


class _Text:
    """Hands each row of a `csv.writer` back as its text."""

    def write(self, text: str) -> str:
        return text


class _Emptied:
    """Writes rows with their own text, or as many empty cells as they had."""

    def __init__(self, copy: _Copy, delimiter: str) -> None:
        self._copy, self._delimiter = copy, delimiter

    def keep(self, row: TextRow) -> None:
        self._copy.verbatim(row.before + row.text)

    def blank(self, row: TextRow, cells: Mapping[int, str]) -> None:
        left = [cells.get(at, "") for at in range(len(row.cells))]
        text = self._delimiter.join(left) or '""'  # a blank line is no row
        self._copy.verbatim(row.before + text + _line_end(row.text))

    def drop(self, row: TextRow) -> None:
        self._copy.verbatim(row.before)


def _without(row: TextRow, layout: Layout) -> TextRow:
    """A row without the columns that are ours."""
    line_end = _line_end(row.text)
    texts = _fields(row.text[: len(row.text) - len(line_end)], layout.delimiter)
    return TextRow(
        number=row.number,
        cells=kept(row.cells, layout.ours),
        original=original_of(row.cells, layout.ours),
        text=layout.delimiter.join(kept(texts, layout.ours)) + line_end,
        before=row.before,
    )


def _fields(text: str, delimiter: str) -> Iterator[str]:
    """The fields of a row as they are written, with their quotes."""
    until = re.escape(delimiter)
    field = re.compile(rf'"(?:[^"]|"")*+"[^{until}]*+|[^{until}]*+')
    at = 0
    while match := field.match(text, at):
        yield match[0]
        if match.end() == len(text):
            return
        at = match.end() + 1


class _Tape:
    """The physical lines of a text, remembering those since the last cut, so that a row's own text
    can be had.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._taken: list[str] = []
        self._left = ""
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        read, take = self._text.readline, self._taken.append
        while line := read(_MAX_LINE + 1):
            if len(line) > _MAX_LINE:  # it cannot be a line of rows
                raise UnreadableFile(words.too_long_line(_MAX_LINE))
            take(line)
            yield line
        self.ended = True

    def cut(self) -> str:
        """The text of the lines that came since the last cut."""
        text = "".join(self._taken)
        self._taken.clear()
        return text

    def give_back(self, text: str) -> None:
        """Keep text that belongs to no row."""
        self._left += text

    def rest(self) -> str:
        """What was given back."""
        return self._left


@contextmanager
def open_text(path: Path, layout: Layout) -> Iterator[TextIO]:
    """The characters of a text file, without a byte-order mark and with its line ends as they
    are.
    """
    with path.open(encoding=layout.encoding, newline="") as text:
        if layout.byte_order_mark:
            text.read(1)
        yield text


def looked_at(path: Path, layout: Layout, finder: Finder) -> Layout:
    """The delimiter and the header, decided together."""
    with open_text(path, layout) as text:
        lines = list(islice(_Tape(text), _HEAD_LINES))
    separator = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    heads = [
        _Head(delimiter, rows, header_among(rows, finder))
        for delimiter in (separator[1] if separator else _DELIMITERS)
        for rows in [_head(lines, delimiter)]
    ]
    best = max(heads, key=_Head.fitness)
    found = {
        "delimiter": best.delimiter,
        "header_row": 1 + best.header.position,
        "headless": is_headless(best.header, best.rows, finder),
    }
    return layout.model_copy(update={"format": FileFormat.CSV} | found)


@dataclass(frozen=True)
class _Head:
    """The first rows of a text, as a delimiter divides them."""

    delimiter: str
    rows: list[list[str]]
    header: Header

    def fitness(self) -> tuple[float, int]:
        """How well the delimiter fits: columns that are known, then columns at all."""
        cells = len(self.rows[self.header.position]) if self.rows else 0
        return self.header.likeness, cells


def _head(lines: list[str], delimiter: str) -> list[list[str]]:
    """The first records, blank ones too; none where the lines cannot be read with the delimiter."""
    csv.field_size_limit(_MAX_CELL)
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), HEAD))
    except csv.Error:
        return []
    return [[], *rows[1:]] if lines and _SEPARATOR_LINE.fullmatch(lines[0]) else rows


def _line_end(text: str) -> str:
    return "\r\n" if text.endswith("\r\n") else text[-1:] if text[-1:] in ("\r", "\n") else ""
