"""The parts of an .xlsx file: what its sheets hold is measured before anything loads them, and cells are added to one in place.

Parts are read as streams by expat, so memory does not grow with a sheet. A document type declaration is refused wherever one
stands: no spreadsheet program writes one, and entities are what XML bombs are made of.
"""

import posixpath
import re
import shutil
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import unquote
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile, ZipInfo

from enrichment.adapters.files.unpacking import opened_zip, part, too_large
from enrichment.errors import UnreadableFile

MAX_CELLS = 12_000_000  # of a sheet's whole extent. calamine takes about 100 bytes for each: 1,048,576 rows of 10 took 1,034 MB
MAX_ROWS = 1_048_576  # Excel's own
_MAX_SMALL_PART = 50_000_000  # bytes of a part that is neither a sheet nor the shared strings
_MAX_LINKS = 65_530  # Excel's own, of one sheet
_CHUNK = 1 << 18
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_SPANS = re.compile(rb"""\sspans=("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(rb"""\sref=("[^"]*"|'[^']*')""")
_LINK_FORMULA = re.compile(r"""\s*HYPERLINK\(\s*"([^"]+)\"""", re.IGNORECASE)
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would take for an escaped character
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Attributes = dict[str, str]
Follow = Callable[[expat.XMLParserType], None]  # sets the handlers of a parser


@dataclass
class Extent:
    """How far the values of a sheet reach, counted from A1, and where its links lead, by row and by column from 0."""

    rows: int = 0
    columns: int = 0
    links: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


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
        self._members = {member.filename.lstrip("/"): member for member in self._archive.infolist()}
        self._most = most
        if sum(member.file_size for member in self._members.values()) > most:
            raise UnreadableFile(too_large(most))
        self._check_small_parts()
        workbook = self._workbook_part()
        targets = self._relations(workbook)
        self.sheets: dict[str, str] = {}

        def start(name: str, attributes: Attributes) -> None:
            if _local(name) == "sheet":
                target, _ = targets.get(_attribute(attributes, "id"), ("", False))
                self.sheets[attributes.get("name", "")] = target

        self._walk(workbook, on_start(start))

    def close(self) -> None:
        self._archive.close()

    def extent(self, sheet: str) -> Extent:
        """Measure a sheet.

        Raises:
            UnreadableFile: it is too large to be loaded, or damaged.
        """
        name = self.sheets.get(sheet, "")
        if name not in self._members:
            return Extent()
        measured = _Measure(sheet)
        self._walk(name, measured.follow)
        extent = measured.extent
        if extent.rows * extent.columns > MAX_CELLS:
            raise too_many_cells(sheet, extent.rows, extent.columns)
        targets = self._relations(name)
        for reference, relation in measured.links:
            target, is_external = targets.get(relation, ("", False))
            first = _CELL.match(reference)
            if first and is_external:
                extent.links[int(first[2])].setdefault(column_number(first[1]), target)
        return extent

    def check_strings(self) -> None:
        """Count the shared strings, which are loaded whole.

        Raises:
            UnreadableFile: there are too many, or the part is damaged.
        """
        count = 0

        def start(_name: str, _attributes: Attributes) -> None:
            nonlocal count
            count += 1
            if count > 3 * MAX_CELLS:
                raise UnreadableFile(f"The workbook has more than {MAX_CELLS:,} texts. Save its sheet as CSV, or divide it.")

        for name in self._members:
            if name.endswith("sharedStrings.xml"):
                self._walk(name, on_start(start))

    @contextmanager
    def with_cells(self, sheet: str, column: int, target: Path) -> Iterator["Added"]:
        """Write the workbook to `target`, with cells in columns from `column` (from 0) on that are added to its sheet."""
        name = self.sheets[sheet]
        with ZipFile(target, "w") as out:
            for other, member in self._members.items():
                if other != name:
                    with part(self._archive, member, self._most) as source, out.open(_like(member), "w") as copy:
                        shutil.copyfileobj(source, copy, _CHUNK)
            member = self._members[name]
            with part(self._archive, member, self._most) as source, out.open(_like(member), "w", force_zip64=True) as copy:
                added = Added(source, copy.write, column)
                yield added
                added.finish()

    def _check_small_parts(self) -> None:
        for name, member in self._members.items():
            is_large_kind = "/worksheets/" in name or name.endswith("sharedStrings.xml") or "/media/" in name
            if name.endswith((".xml", ".rels")) and not is_large_kind:
                if member.file_size > _MAX_SMALL_PART:
                    raise UnreadableFile("The workbook has a part that is far too large. Copy the contacts into a new workbook.")
                self._walk(name, lambda _: None)

    def _workbook_part(self) -> str:
        names = [target for target, _ in self._relations("").values() if target in self._members and "workbook" in target]
        if not names:
            raise UnreadableFile("The file is not an Excel workbook, although it is packed like one.")
        return names[0]

    def _relations(self, name: str) -> dict[str, tuple[str, bool]]:
        """The targets that a part refers to by id, and whether each lies outside of the package."""
        folder, base = posixpath.split(name)
        relations: dict[str, tuple[str, bool]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if _local(element) == "Relationship":
                target, is_external = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
                inside = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
                relations[attributes.get("Id", "")] = (target if is_external else inside, is_external)

        rels = posixpath.join(folder, "_rels", f"{base}.rels").lstrip("/")
        if rels in self._members:
            self._walk(rels, on_start(start))
        return relations

    def _walk(self, name: str, follow: Follow) -> None:
        with part(self._archive, self._members[name], self._most) as source:
            read_xml(source, follow)


class _Measure:
    """Follows the elements of a sheet."""

    def __init__(self, sheet: str) -> None:
        self.extent = Extent()
        self.links: list[tuple[str, str]] = []
        self._sheet = sheet
        self._row = self._column = 0
        self._cells = 0
        self._texts: list[str] = []

    def follow(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        match _local(name):
            case "c":
                self._column = _column_of(attributes, self._column)
            case "v" | "is":
                self._cells += 1
                if self._column >= self.extent.columns:
                    self.extent.columns = self._column + 1
                self.extent.rows = max(self.extent.rows, self._row)
                if self._cells > MAX_CELLS:
                    raise too_many_cells(self._sheet, self.extent.rows, self.extent.columns)
            case "row":
                self._row = _row_of(attributes, self._row)
                self._column = -1
            case "f":
                self._texts.clear()
                self._parser.CharacterDataHandler = self._texts.append
                self._parser.EndElementHandler = self._end_formula
            case "hyperlink" if len(self.links) < _MAX_LINKS:
                self.links.append((attributes.get("ref", ""), _attribute(attributes, "id")))

    def _end_formula(self, _name: str) -> None:
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None
        link = _LINK_FORMULA.match("".join(self._texts))
        if link:
            self.extent.links[self._row][self._column] = link[1]


class Added:
    """A sheet's XML on its way from `source` to `write`, to which cells are added at the end of rows."""

    def __init__(self, source: IO[bytes], write: Callable[[bytes], object], column: int) -> None:
        self._source, self._write, self._column = source, write, column
        self._parser = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._events: deque[tuple[int, int, str]] = deque()  # byte, row or 0 for a tag to mend, prefix of element names
        self._held = b""  # what was read and not yet written; its first byte is at `_at`
        self._at = 0
        self._row = 0

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Add cells to a row that has some; rows come in order."""
        while True:
            byte, number, prefix = self._next()
            if number == row:
                self._copy_to(byte)
                self._write(_cells_xml(prefix, row, self._column, cells))
                return

    def finish(self) -> None:
        """Copy what is left."""
        while self._events or self._read():
            if self._events:
                self._next()
        self._copy_to(self._at + len(self._held))

    def _next(self) -> tuple[int, int, str]:
        """The next end of a row; tags before it are mended on the way."""
        while True:
            while not self._events:
                if not self._read():
                    return self._at + len(self._held), 0, ""
            byte, number, prefix = self._events.popleft()
            if number:
                return byte, number, prefix
            self._mend(byte)

    def _read(self) -> bool:
        data = self._source.read(_CHUNK)
        self._held += data
        parse(self._parser, data, final=not data)
        return bool(data)

    def _copy_to(self, byte: int) -> None:
        self._write(self._held[: byte - self._at])
        self._held = self._held[byte - self._at :]
        self._at = byte

    def _mend(self, byte: int) -> None:
        """Leave out what a tag says about how far the sheet, or one row of it, reaches: it now reaches further."""
        self._copy_to(byte)
        end = self._held.index(b">") + 1
        tag = self._held[:end]
        self._write(_SPANS.sub(b"", tag) if b"row" in tag[:20] else _REFERENCE.sub(b"", tag))
        self._held = self._held[end:]
        self._at += end

    def _start(self, name: str, attributes: Attributes) -> None:
        local = _local(name)
        if local == "row":
            self._row = _row_of(attributes, self._row)
        if (local == "row" and "spans" in attributes) or local == "dimension":
            self._events.append((self._parser.CurrentByteIndex, 0, ""))

    def _end(self, name: str) -> None:
        if _local(name) == "row":
            self._events.append((self._parser.CurrentByteIndex, self._row, name.removesuffix("row")))


def read_xml(source: IO[bytes], follow: Follow) -> None:
    """Read an XML document as a stream.

    Raises:
        UnreadableFile: it is not well-formed, or it declares a document type.
    """
    parser = new_parser()
    follow(parser)
    while data := source.read(_CHUNK):
        parse(parser, data)
    parse(parser, b"", final=True)


def new_parser() -> expat.XMLParserType:
    """A parser that refuses document types."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def parse(parser: expat.XMLParserType, data: bytes, final: bool = False) -> None:
    try:
        parser.Parse(data, final)
    except expat.ExpatError:
        raise UnreadableFile(
            "The workbook is damaged: a part of it is not well-formed. Open it in Excel and save it again."
        ) from None


def on_start(start: Callable[[str, Attributes], None]) -> Follow:
    def follow(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = start

    return follow


def too_many_cells(sheet: str, rows: int, columns: int) -> UnreadableFile:
    """The refusal of a sheet that cannot be held in memory."""
    return UnreadableFile(
        f"The sheet “{sheet}” reaches down to row {rows:,} and to column {column_letters(columns - 1)}, which is more than the "
        f"{MAX_CELLS:,} cells that can be read. If cells far outside of the table hold something by accident, delete their rows "
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
    return xml.encode("ascii", errors="xmlcharrefreplace")


def _excel_text(text: str) -> str:
    return _ESCAPED.sub("_x005F_", _NOT_IN_XML.sub(" ", text))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _attribute(attributes: Mapping[str, str], local: str) -> str:
    """The value of an attribute whatever its prefix."""
    return next((value for name, value in attributes.items() if _local(name) == local), "")


def _row_of(attributes: Attributes, previous: int) -> int:
    """A row's number, which a writer may leave out where it is the next one."""
    text = attributes.get("r", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else previous + 1
    if not previous < number <= MAX_ROWS:
        raise UnreadableFile("The workbook is damaged: the rows of a sheet are out of order. Open it in Excel and save it again.")
    return number


def _column_of(attributes: Attributes, previous: int) -> int:
    match = _CELL.fullmatch(attributes.get("r", ""))
    return column_number(match[1]) if match else previous + 1


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
