"""The parts of an .xlsx file: what its sheets hold is measured before anything loads them, and cells are added to one in place.

Parts are read as streams by expat, so memory does not grow with a sheet. A document type declaration is refused wherever one
stands: no spreadsheet program writes one, and entities are what XML bombs are made of.
"""

import posixpath
import re
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO
from urllib.parse import unquote
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile, ZipInfo

from enrichment.adapters.files.sheet import MAX_COLUMNS, Readable
from enrichment.adapters.files.unpacking import Part, megabytes, opened_zip, part, poured, too_large
from enrichment.errors import UnreadableFile

MAX_CELLS = 12_000_000  # of a sheet's whole extent. calamine takes about 100 bytes for each: 1,048,576 rows of 10 took 1,034 MB
MAX_ROWS = 1_048_576  # Excel's own
MAX_TEXT = 500_000_000  # bytes of text that are held in memory beside the cells
_MAX_STRINGS = 8_000_000  # different ones
_MAX_SMALL_PART = 50_000_000  # bytes of a part that is neither a sheet nor the shared strings
_MAX_LINKS = 65_530  # Excel's own, of one sheet
_MAX_CELL_TEXT = 32_767  # characters, Excel's own
_MAX_FORMULAS = 1_000_000  # that are looked at for links
_MAX_PIECES = 100  # in which a parser hands over the beginning of a formula
_MAX_DEPTH = 256  # of elements in elements
_MAX_TOKEN = 1 << 22  # bytes of one tag or comment, which parsers hold in memory
_LARGE = 500_000_000  # bytes of a sheet that may grow beyond what a plain zip archive can hold
_BEFORE_ROWS, _IN_ROWS, _AFTER_ROWS = range(3)
_DEPTH_OF_ROWS = 3  # worksheet, sheetData, row
_CHUNK = 1 << 18
_MAX_LETTERS = 3
_LETTERS = re.compile("[A-Z]{1,3}")
_FIRST_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_SPANS = re.compile(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""")
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_LINK_FORMULA = re.compile(r"""\s*HYPERLINK\(\s*"([^"]+)\"""", re.IGNORECASE)
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for an escaped character
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Attributes = dict[str, str]
Follow = Callable[[expat.XMLParserType], None]  # sets the handlers of a parser


@dataclass
class Extent:
    """How far the values of a sheet reach, counted from A1, and where its links lead, by row and by column from 0.

    `filled` is how many columns have values or formulas, `cells` how many have at least a style, and `merged` which ranges
    of cells are one.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)
    links: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def reach(self, row: int) -> int:
        """The number of columns before those in which cells may be added, to `row` and below it."""
        ends = [_FIRST_CELL.fullmatch(reference.rpartition(":")[2]) for reference in self.merged]
        return max([self.filled, *(column_number(end[1]) + 1 for end in ends if end and int(end[2]) >= row)])


class Package:
    """An .xlsx file as the archive that it is.

    Args:
        path: the file.
        most: the most bytes that it may unpack to.

    Raises:
        UnreadableFile: it is damaged, too large, or no Excel workbook.
    """

    def __init__(self, path: Path, most: int) -> None:
        self._archive = opened_zip(path)
        self._most = most
        self._cells: dict[str, int] = {}
        with ExitStack() as opening:
            opening.callback(self._archive.close)
            self._members = _distinct(self._archive)
            if sum(member.file_size for member in self._members.values()) > most:
                raise UnreadableFile(too_large(most))
            self._check_parts()
            self._workbook = self._workbook_part()
            self._read_sheets()
            self._lengths = self._lengths_of_strings()
            opening.pop_all()

    def close(self) -> None:
        self._archive.close()

    @property
    def visible(self) -> list[str]:
        """The sheets that a person sees, or all where none is to be seen."""
        return [name for name in self._sheets if name not in self._hidden] or list(self._sheets)

    def measured(self, sheets: Sequence[str], target: Path) -> dict[str, Extent]:
        """Measure sheets, and write what calamine reads of the workbook to `target`: what was measured, and nothing else.

        The file itself may say one thing to one reader and another to the next, as where the size of a part is a lie.

        Raises:
            UnreadableFile: one of them is too large to be loaded, or damaged.
        """
        extents: dict[str, Extent] = {}
        with ZipFile(target, "w") as out:
            around = ["[Content_Types].xml", _relations_of(""), self._workbook, _relations_of(self._workbook)]
            for name in dict.fromkeys([*around, *self._strings(), *self._named("styles.xml")]):
                if name in self._members:
                    with self._open(name) as source, out.open(name, "w") as copy:
                        poured(source, copy)
            for sheet in sheets:
                name = self._sheets.get(sheet, "")
                if name in self._members and name not in out.namelist():
                    with out.open(name, "w", force_zip64=True) as copy:
                        extents[sheet] = self._extent(sheet, name, copy)
        return extents

    def _extent(self, sheet: str, name: str, copy: IO[bytes]) -> Extent:
        measured = Measure(sheet)
        with self._open(name) as source:
            read_xml(source, measured.follow, copy)
        extent = measured.extent
        self._cells[sheet] = extent.cells
        if extent.rows * extent.columns > MAX_CELLS:
            raise too_many_cells(sheet, extent.rows, extent.columns)
        size = self._members[name].file_size + sum(self._lengths) + measured.shared * max(self._lengths, default=0)
        if size > MAX_TEXT:
            weighed = _Weigh(sheet, self._lengths)
            self._walk(name, weighed.follow)
        targets = self._relations(name)
        for reference, relation in measured.links:
            target, is_external = targets.get(relation, ("", False))
            first = _FIRST_CELL.match(reference)
            if first and is_external:
                extent.links[int(first[2])].setdefault(column_number(first[1]), target)
        return extent

    @contextmanager
    def with_cells(self, sheet: str, column: int, target: Path) -> Iterator["Added"]:
        """Write the workbook to `target`, with cells in columns from `column` (from 0) on that are added to its sheet."""
        name = self._sheets.get(sheet, "")
        if name not in self._members:
            raise damaged()
        with ZipFile(target, "w") as out:
            for other, member in self._members.items():
                if other != name:
                    with self._open(other) as source, out.open(_like(member), "w") as copy:
                        poured(source, copy)
            member = self._members[name]
            is_large = member.file_size > _LARGE
            with self._open(name) as source, out.open(_like(member), "w", force_zip64=is_large) as copy:
                added = Added(source, copy.write, column, self._cells.get(sheet, MAX_COLUMNS))
                yield added
                added.finish()

    def _check_parts(self) -> None:
        """See that every part can be copied, and that those are well-formed that readers hold in memory."""
        for name, member in self._members.items():
            if name.endswith((".xml", ".rels", ".vml")) and "/worksheets/" not in name and not name.endswith("sharedStrings.xml"):
                if member.file_size > _MAX_SMALL_PART:
                    raise UnreadableFile("The workbook has a part that is far too large. Copy the contacts into a new workbook.")
                self._walk(name, on_start(lambda _name, _attributes: None))
            else:
                with self._open(name) as source:
                    while source.read(_CHUNK):
                        pass

    def _workbook_part(self) -> str:
        names = [target for target, _ in self._relations("").values() if target in self._members and "workbook" in target]
        if not names:
            raise UnreadableFile("The file is not an Excel workbook, although it is packed like one. Save it in Excel again.")
        return names[0]

    def _read_sheets(self) -> None:
        targets = self._relations(self._workbook)
        self._sheets: dict[str, str] = {}
        self._hidden: set[str] = set()

        def start(name: str, attributes: Attributes) -> None:
            if _local(name) == "sheet":
                sheet = attributes.get("name", "")
                target, _ = targets.get(_attribute(attributes, "id"), ("", False))
                if sheet in self._sheets:
                    raise damaged()
                self._sheets[sheet] = target
                if attributes.get("state", "visible") != "visible":
                    self._hidden.add(sheet)

        self._walk(self._workbook, on_start(start))

    def _lengths_of_strings(self) -> "array[int]":
        """How long each of the shared strings is, which are loaded whole."""
        strings = _Strings()
        for name in self._strings():
            self._walk(name, strings.follow)
        return strings.lengths

    def _strings(self) -> list[str]:
        return self._named("sharedStrings.xml")

    def _named(self, base: str) -> list[str]:
        return [name for name in self._members if name.lower().endswith(base.lower())]

    def _relations(self, name: str) -> dict[str, tuple[str, bool]]:
        """The targets that a part refers to by id, and whether each lies outside of the package."""
        folder = posixpath.dirname(name)
        relations: dict[str, tuple[str, bool]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if _local(element) == "Relationship":
                target, is_external = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
                inside = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
                relations[attributes.get("Id", "")] = (target if is_external else inside, is_external)

        rels = _relations_of(name)
        if rels in self._members:
            self._walk(rels, on_start(start))
        return relations

    def _open(self, name: str) -> AbstractContextManager[Part]:
        return part(self._archive, self._members[name], self._most)

    def _walk(self, name: str, follow: Follow) -> None:
        with self._open(name) as source:
            read_xml(source, follow)


class Measure:
    """Follows the elements of a sheet, and notices where another reader could take them for something else."""

    def __init__(self, sheet: str) -> None:
        self.extent = Extent()
        self.links: list[tuple[str, str]] = []
        self.shared = 0  # cells whose text is a shared string
        self._sheet = sheet
        self._row = self._cells = self._formulas = self._formula_links = self._depth = 0
        self._column = -1
        self._state = _BEFORE_ROWS
        self._texts: list[str] = []

    def follow(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise damaged()
        local = _local(name)
        if local == "sheetData":
            if self._state != _BEFORE_ROWS:
                raise damaged()
            self._state = _IN_ROWS
        elif self._state == _IN_ROWS:
            if local == "c":
                self._column = column = _column_of(attributes, self._row, self._column)
                if column >= self.extent.cells:
                    self.extent.cells = column + 1
                if attributes.get("t") == "s":
                    self.shared += 1
            elif local in ("v", "is"):
                self._cells += 1
                self._reach()
            elif local == "row":
                if self._depth != _DEPTH_OF_ROWS:
                    raise damaged()
                self._row, self._column = _row_of(attributes, self._row), -1
                if max(self._cells, self.extent.rows * self.extent.columns) > MAX_CELLS:
                    raise too_many_cells(self._sheet, self.extent.rows, self.extent.columns)
            elif local == "f":
                self._formulas += 1
                self.extent.filled = max(self.extent.filled, self._column + 1)
                if self._formulas <= _MAX_FORMULAS and self._formula_links < _MAX_LINKS:
                    self._texts.clear()
                    self._parser.CharacterDataHandler = self._text
        elif local == "hyperlink" and len(self.links) < _MAX_LINKS:
            self.links.append((attributes.get("ref", ""), _attribute(attributes, "id")))
        elif local == "mergeCell" and len(self.extent.merged) < _MAX_LINKS:
            self.extent.merged.append(attributes.get("ref", ""))

    def _text(self, text: str) -> None:
        if len(self._texts) < _MAX_PIECES:
            self._texts.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._parser.CharacterDataHandler:
            self._parser.CharacterDataHandler = None
            link = _LINK_FORMULA.match("".join(self._texts))
            if link:
                self.extent.links[self._row][self._column] = link[1]
                self._formula_links += 1
        elif self._depth < _DEPTH_OF_ROWS and self._state == _IN_ROWS and _local(name) == "sheetData":
            self._state = _AFTER_ROWS

    def _reach(self) -> None:
        if self._column >= self.extent.columns:
            self.extent.columns = self._column + 1
            self.extent.filled = max(self.extent.filled, self._column + 1)
        self.extent.rows = self._row


class _Strings:
    """Follows the shared strings, and notes how many characters each has."""

    def __init__(self) -> None:
        self.lengths = array("Q")
        self._length = self._depth = 0

    def follow(self, parser: expat.XMLParserType) -> None:
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, _name: str, _attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise damaged()

    def _end(self, name: str) -> None:
        self._depth -= 1
        if _local(name) == "si":
            self.lengths.append(self._length)
            self._length = 0
            if len(self.lengths) > _MAX_STRINGS:
                raise UnreadableFile(f"The workbook has more than {_MAX_STRINGS:,} texts. Save its sheet as CSV, or divide it.")

    def _text(self, text: str) -> None:
        self._length += bytes_of(text)


class _Weigh:
    """Follows the cells of a sheet, and adds up their texts: a shared string is loaded once for each cell that has it."""

    def __init__(self, sheet: str, lengths: "array[int]") -> None:
        self._sheet, self._lengths = sheet, lengths
        self._bytes = sum(lengths)
        self._is_shared = False
        self._texts: list[str] = []

    def follow(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        match _local(name):
            case "c":
                self._is_shared = attributes.get("t") == "s"
            case "v" | "is":
                self._texts.clear()
                self._parser.CharacterDataHandler = self._texts.append

    def _end(self, name: str) -> None:
        if _local(name) in ("v", "is"):
            self._parser.CharacterDataHandler = None
            text = "".join(self._texts)
            self._bytes += self._shared(text) if self._is_shared else bytes_of(text)
            if self._bytes > MAX_TEXT:
                raise too_much_text(self._sheet)

    def _shared(self, text: str) -> int:
        try:
            return self._lengths[int(text)]
        except (ValueError, IndexError):
            raise damaged() from None


@dataclass(frozen=True)
class _Change:
    """A piece of a sheet's XML, from byte `start` to `end`, that is replaced where cells are added to its row.

    Row 0 stands for the sheet itself. At the end of a row, `prefix` is that of its elements.
    """

    row: int
    start: int
    end: int
    replacement: bytes = b""
    prefix: str | None = None


class Added:
    """A sheet's XML on its way from `source` to `write`, to which cells are added at the end of rows.

    Cells that stand there already have no value, but a style: they make room. `cells` is how many columns have a cell at all.
    """

    def __init__(self, source: Readable, write: Callable[[bytes], object], column: int, cells: int = MAX_COLUMNS) -> None:
        self._write, self._column = write, column
        self._followed = {"row", "sheetData", "dimension"} | ({"c"} if cells > column else set())
        self._stream = XmlStream(source)
        self._stream.parser.StartElementHandler = self._start
        self._stream.parser.EndElementHandler = self._end
        self._changes: deque[_Change] = deque()
        self._data = b""  # what was read and not yet written; its first byte is at `_at`
        self._at = self._written = 0
        self._opened: int | None = None  # where an element began that may be left out
        self._row, self._cell = 0, -1
        self._is_in_rows = False

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Add cells to a row that has some; rows come in order.

        Raises:
            UnreadableFile: there is no such row.
        """
        prefix = self._go_to(row)
        if prefix is None:
            raise damaged()
        self._write(_cells_xml(prefix, row, self._column, cells))

    def finish(self) -> None:
        """Copy what is left."""
        self._go_to(None)
        self._copy_to(self._at + len(self._data))

    def _go_to(self, row: int | None) -> str | None:
        """Copy everything up to the end of a row; the prefix of its elements, or None where the sheet ends before it."""
        while True:
            while not self._changes:
                if not self._read():
                    return None
            change = self._changes.popleft()
            if change.row in (0, row):
                self._copy_to(change.start)
                self._write(change.replacement)
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
        self._write(self._data[self._written - self._at : byte - self._at])
        self._written = byte

    def _start(self, name: str, attributes: Attributes) -> None:
        local = _local(name)
        if local not in self._followed:
            return
        here = self._stream.parser.CurrentByteIndex
        if local == "dimension":  # how far the sheet reaches; it may be left out
            self._opened = here
        elif local == "sheetData":
            self._is_in_rows = True
        elif self._is_in_rows and local == "row":
            self._row, self._cell = _row_of(attributes, self._row), -1
            if "spans" in attributes:  # how far the row reaches, which is now further
                tag = self._tag(here)
                self._changes.append(_Change(self._row, here, here + len(tag), _SPANS.sub(b"", tag)))
        elif self._is_in_rows:
            self._cell = _column_of(attributes, self._row, self._cell)
            if self._cell >= self._column:
                self._opened = here

    def _end(self, name: str) -> None:
        local = _local(name)
        if local not in self._followed or (local == "c" and self._opened is None):
            return
        here = self._stream.parser.CurrentByteIndex
        closing = self._tag(here) if self._data.startswith(b"</", here - self._at) else b""
        if local == "sheetData":
            self._is_in_rows = False
        elif local == "row":
            if self._is_in_rows and closing:
                self._changes.append(_Change(self._row, here, here, prefix=name.removesuffix("row")))
        elif self._opened is not None:
            self._changes.append(_Change(self._row, self._opened, here + len(closing)))
            self._opened = None

    def _tag(self, byte: int) -> bytes:
        match = _TAG.match(self._data, byte - self._at)
        if not match:
            raise damaged()
        return match[0]


class XmlStream:
    """Feeds a source to a parser that refuses what spreadsheet programs do not write, and what would fill the memory.

    Only UTF-8 is read, as calamine does; a zero byte tells that it is UTF-16.
    """

    def __init__(self, source: Readable) -> None:
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self._source = source
        self._fed = 0

    def read(self) -> bytes:
        return self._source.read(_CHUNK)

    def parse(self, data: bytes) -> None:
        """Parse what was read; nothing means that it was the end.

        Raises:
            UnreadableFile: it is not well-formed.
        """
        if b"\0" in data:
            raise damaged()
        try:
            self.parser.Parse(data, not data)
        except expat.ExpatError:
            raise damaged() from None
        self._fed += len(data)
        if self._fed - self.parser.CurrentByteIndex > _MAX_TOKEN:
            raise UnreadableFile(
                f"The workbook has a single text or tag of more than {_MAX_TOKEN:,} bytes in it. Copy the contacts "
                "into a new workbook and drop that."
            )


def read_xml(source: Readable, follow: Follow, copy: IO[bytes] | None = None) -> None:
    """Read an XML document as a stream, copying it on the way.

    Raises:
        UnreadableFile: it is not well-formed, or it declares a document type.
    """
    stream = XmlStream(source)
    follow(stream.parser)
    while data := stream.read():
        stream.parse(data)
        if copy:
            copy.write(data)
    stream.parse(b"")


def on_start(start: Callable[[str, Attributes], None]) -> Follow:
    """Calls `start` with each element, as long as they are not nested so deeply that their names alone would fill the memory."""

    def follow(parser: expat.XMLParserType) -> None:
        depth = 0

        def begin(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth > _MAX_DEPTH:
                raise damaged()
            start(name, attributes)

        def end(_name: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler = begin
        parser.EndElementHandler = end

    return follow


def damaged() -> UnreadableFile:
    """The refusal of a workbook whose parts cannot be read."""
    return UnreadableFile(
        "The workbook is damaged, or was not uploaded completely. Open it in Excel, save it again and drop that."
    )


def out_of_order() -> UnreadableFile:
    """The refusal of a sheet whose rows or cells are not where they say that they are."""
    return UnreadableFile(
        "The workbook is damaged: the rows or cells of a sheet are out of order. Open it in Excel, save it again and drop that."
    )


def too_much_text(sheet: str, most: int = MAX_TEXT) -> UnreadableFile:
    """The refusal of a sheet whose texts cannot be held in memory."""
    return UnreadableFile(
        f"The sheet “{sheet}” holds more than {megabytes(most)} of text, which is more than can be read. Save it as "
        "CSV, which may be of any length, or divide it."
    )


def too_many_cells(sheet: str, rows: int, columns: int, most: int = MAX_CELLS) -> UnreadableFile:
    """The refusal of a sheet that cannot be held in memory."""
    return UnreadableFile(
        f"The sheet “{sheet}” reaches down to row {rows:,} and to column {column_letters(columns - 1)}, which is more than the "
        f"{most:,} cells that can be read. If cells far outside of the table hold something by accident, delete their rows "
        "and columns; otherwise save the sheet as CSV, which may have any number of cells."
    )


def column_letters(column: int) -> str:
    """A column's name.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A column's position from 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _cells_xml(prefix: str, row: int, column: int, cells: Sequence[str]) -> bytes:
    """Text cells; in ASCII, so that they fit whatever encoding the part has."""
    xml = "".join(
        f'<{prefix}c r={quoteattr(f"{column_letters(column + offset)}{row}")} t="inlineStr"><{prefix}is>'
        f'<{prefix}t xml:space="preserve">{escape(_excel_text(cell))}</{prefix}t></{prefix}is></{prefix}c>'
        for offset, cell in enumerate(cells)
        if cell
    )
    return xml.replace("\r", "&#13;").encode("ascii", errors="xmlcharrefreplace")


def _excel_text(text: str) -> str:
    return _ESCAPED.sub("_x005F_", _NOT_IN_XML.sub(" ", text)[:_MAX_CELL_TEXT])


def _distinct(archive: ZipFile) -> dict[str, ZipInfo]:
    """The parts by name. Excel takes none whose names differ in case only, and readers would not agree about which is which."""
    members = {member.filename.lstrip("/"): member for member in archive.infolist()}
    if len({name.lower() for name in members}) < len(archive.infolist()):
        raise damaged()
    return members


def _relations_of(name: str) -> str:
    """The part that says where a part's references lead."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def bytes_of(text: str) -> int:
    """How much a text takes where it is held in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def _local(name: str) -> str:
    return name if ":" not in name else name.partition(":")[2] or name


def _attribute(attributes: Mapping[str, str], local: str) -> str:
    """The value of an attribute whatever its prefix."""
    return next((value for name, value in attributes.items() if _local(name) == local), "")


def _row_of(attributes: Attributes, previous: int) -> int:
    """A row's number, which a writer may leave out where it is the next one."""
    text = attributes.get("r", str(previous + 1))
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    if not previous < number <= MAX_ROWS:
        raise out_of_order()
    return number


def _column_of(attributes: Attributes, row: int, previous: int) -> int:
    """A cell's column from 0, which a writer may leave out where it is the next one.

    calamine overlooks a reference that is written with entities, and takes the next column. Since columns only go up, that is
    never one further to the right.
    """
    text = attributes.get("r")
    if text is None:
        column = previous + 1
    else:
        letters = text.rstrip("0123456789")
        column = _known_column(letters) if len(letters) <= _MAX_LETTERS and text == f"{letters}{row}" else -1
    if not previous < column < MAX_COLUMNS:
        raise out_of_order()
    return column


@lru_cache(MAX_COLUMNS)
def _known_column(letters: str) -> int:
    return column_number(letters) if _LETTERS.fullmatch(letters) else -1


def _like(member: ZipInfo) -> ZipInfo:
    """The entry of a copied part."""
    copy = ZipInfo(member.filename, member.date_time)
    copy.compress_type, copy.external_attr = member.compress_type, member.external_attr
    return copy


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile(
        "The workbook has a document type declaration in it, which no spreadsheet program writes. Copy the contacts into a new "
        "workbook and drop that."
    )
