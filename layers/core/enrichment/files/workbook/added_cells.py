"""Adding cells to a sheet in place: everything else of its XML stays as it is."""

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from enrichment.files.sheet import MAX_CELL_TEXT, MAX_COLUMNS, Readable
from enrichment.files.workbook.ranges import Growth, column_letters
from enrichment.files.workbook.sizes import column_of, row_of
from enrichment.files.workbook.xml import CHUNK, Attributes, XmlStream, damaged, local_name, tag_at

_OF_CELLS = frozenset({"c", "f", "is", "t", "v"})  # nearly all elements of a sheet
_SPANS = re.compile(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for an escaped character
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class _Change:
    """A piece of a sheet's XML, from byte `start` to `end`, that is replaced where cells are added
    to its row.

    Row 0 stands for the sheet itself. At the end of a row, `prefix` is that of its elements.
    """

    row: int
    start: int
    end: int
    replacement: bytes = b""
    prefix: str | None = None


class Added:
    """A sheet's XML on its way from `source` to `write`, to which cells are added at the end of
    rows.

    Cells that stand there already have no value, but a style: they make room. `cells` is how many
    columns have a cell at all.
    """

    def __init__(
        self,
        source: Readable,
        write: Callable[[bytes], object],
        growth: Growth,
        cells: int = MAX_COLUMNS,
    ) -> None:
        self._write, self._growth, self._column = write, growth, growth.column
        self._followed = {"row", "sheetData", "dimension", "autoFilter"} | (
            {"c"} if cells > growth.column else set()
        )
        self._passed = _OF_CELLS - self._followed
        self._stream = XmlStream(source)
        self._stream.parser.StartElementHandler = self._start
        self._stream.parser.EndElementHandler = self._end
        self._changes: deque[_Change] = deque()
        self._data = b""  # what was read and not yet written; its first byte is at `_at`
        self._at = self._written = 0
        self._opened: int | None = None  # where an element began that may be left out
        self._row, self._cell = 0, -1
        self._is_in_rows = False
        self._out = bytearray()

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Add cells to a row that has some; rows come in order.

        Raises:
            UnreadableFile: there is no such row.
        """
        prefix = self._go_to(row)
        if prefix is None:
            raise damaged()
        self._put(_cells_xml(prefix, row, self._column, cells))

    def finish(self) -> None:
        """Copy what is left."""
        self._go_to(None)
        self._copy_to(self._at + len(self._data))
        self._flush()

    def _put(self, data: bytes) -> None:
        """Write, as soon as there is much of it: each write to an archive costs as much as a row's
        cells.
        """
        self._out += data
        if len(self._out) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        self._write(bytes(self._out))
        self._out.clear()

    def _go_to(self, row: int | None) -> str | None:
        """Copy everything up to the end of a row; the prefix of its elements, or None where the
        sheet ends before it.
        """
        while True:
            while not self._changes:
                if not self._read():
                    return None
            change = self._changes.popleft()
            if change.row in (0, row):
                self._copy_to(change.start)
                self._put(change.replacement)
                self._written = change.end
                if change.prefix is not None:
                    return change.prefix

    def _read(self) -> bool:
        self._data = self._data[self._written - self._at :]
        self._at = self._written
        data = self._stream.read()
        self._data += data
        self._stream.parse(data)
        if not self._changes:
            settled = self._stream.parser.CurrentByteIndex
            self._copy_to(max(self._written, settled if self._opened is None else self._opened))
        return bool(data)

    def _copy_to(self, byte: int) -> None:
        self._put(self._data[self._written - self._at : byte - self._at])
        self._written = byte

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in self._passed:
            return
        local = local_name(name)
        if local not in self._followed:
            return
        here = self._stream.parser.CurrentByteIndex
        if local == "dimension":  # how far the sheet reaches; it may be left out
            self._opened = here
        elif local == "sheetData":
            self._is_in_rows = True
        elif local == "autoFilter":
            tag = self._tag(here)
            self._changes.append(_Change(0, here, here + len(tag), self._growth.of_tag(tag)))
        elif self._is_in_rows and local == "row":
            self._row, self._cell = row_of(attributes, self._row), -1
            if "spans" in attributes:  # how far the row reaches, which is now further
                tag = self._tag(here)
                self._changes.append(
                    _Change(self._row, here, here + len(tag), _SPANS.sub(b"", tag))
                )
        elif self._is_in_rows:
            self._cell = column_of(attributes, self._row, self._cell)
            if self._cell >= self._column:
                self._opened = here

    def _end(self, name: str) -> None:
        if name in self._passed:
            return
        local = local_name(name)
        if (
            local not in self._followed
            or local == "autoFilter"
            or (local == "c" and self._opened is None)
        ):
            return
        here = self._stream.parser.CurrentByteIndex
        closing = self._tag(here) if self._data.startswith(b"</", here - self._at) else b""
        if local == "sheetData":
            self._is_in_rows = False
        elif local == "row":
            if self._is_in_rows and closing:
                self._changes.append(
                    _Change(self._row, here, here, prefix=name.removesuffix("row"))
                )
        elif self._opened is not None:
            self._changes.append(_Change(self._row, self._opened, here + len(closing)))
            self._opened = None

    def _tag(self, byte: int) -> bytes:
        return tag_at(self._data, byte - self._at)


def _cells_xml(prefix: str, row: int, column: int, cells: Sequence[str]) -> bytes:
    """Text cells; in ASCII, so that they fit whatever encoding the part has."""
    xml = "".join(
        f'<{prefix}c r="{column_letters(column + offset)}{row}" t="inlineStr">'
        f"<{prefix}is><{prefix}t"
        f' xml:space="preserve">{escape(_excel_text(cell))}</{prefix}t></{prefix}is></{prefix}c>'
        for offset, cell in enumerate(cells)
        if cell
    )
    return xml.replace("\r", "&#13;").encode("ascii", errors="xmlcharrefreplace")


def _excel_text(text: str) -> str:
    return _ESCAPED.sub("_x005F_", _NOT_IN_XML.sub(" ", text)[:MAX_CELL_TEXT])
