"""What an OpenDocument spreadsheet may hold, measured before it is loaded.

A row or a cell may stand for a million equal ones there, so that a small file can fill any memory.
"""

from pathlib import Path
from xml.parsers import expat

from enrichment.adapters.files.package import MAX_CELLS, Attributes, read_xml, too_many_cells
from enrichment.adapters.files.unpacking import opened_zip, part, too_large
from enrichment.errors import UnreadableFile

_MOST_SPACES = 32_767  # in one element; as many as a cell may hold


def check_open_document(path: Path, most: int) -> None:
    """Refuse an .ods file whose sheets cannot be held in memory.

    Raises:
        UnreadableFile: it is damaged, too large, or protected by a password.
    """
    with opened_zip(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > most:
            raise UnreadableFile(too_large(most))
        for member in archive.infolist():
            if member.filename in ("content.xml", "META-INF/manifest.xml"):
                measure = _Measure()
                with part(archive, member, most) as source:
                    read_xml(source, measure.follow)


class _Measure:
    """Follows the elements of the content, which names a table before its rows, and a row before its cells."""

    def __init__(self) -> None:
        self._sheet = ""
        self._rows = self._columns = 0
        self._row_repeats = self._cell_repeats = self._width = 0

    def follow(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "table:table":
                self._sheet, self._rows, self._columns = attributes.get("table:name", ""), 0, 0
            case "table:table-row":
                self._row_repeats, self._width = _count(attributes, "table:number-rows-repeated"), 0
                self._rows += 1
            case "table:table-cell" | "table:covered-table-cell":
                self._cell_repeats = _count(attributes, "table:number-columns-repeated")
                self._width += self._cell_repeats
                if "office:value-type" in attributes:
                    self._holds_something()
            case "text:p":
                self._holds_something()
            case "text:s" if _count(attributes, "text:c") > _MOST_SPACES:
                raise UnreadableFile("The spreadsheet has a cell of more than 32,767 spaces. Delete it.")
            case "manifest:encryption-data":
                raise UnreadableFile("The spreadsheet is protected by a password. Save it without one and drop it again.")

    def _holds_something(self) -> None:
        self._columns = max(self._columns, self._width)
        self._rows += self._row_repeats - 1
        self._row_repeats = 1
        if self._rows * self._columns > MAX_CELLS:
            raise too_many_cells(self._sheet, self._rows, self._columns)


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 1
