"""What workbooks that are no .xlsx files may hold, before they are loaded.

In an OpenDocument spreadsheet a row or a cell may stand for a million equal ones, so that a small
file can fill any memory. In an old Excel workbook two cells far apart do. The first is measured;
the second, which is rare, is loaded on trial.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipFile

from enrichment.errors import UnreadableFile
from enrichment.files.archives import opened_zip, part, poured, too_large
from enrichment.files.sheet import MAX_CELL_TEXT
from enrichment.files.workbook.sizes import (
    MAX_CELLS,
    MAX_TEXT,
    bytes_of,
    too_many_cells,
    too_much_text,
)
from enrichment.files.workbook.xml import MAX_DEPTH, Attributes, damaged, read_xml
from enrichment.words import files as words

_MAX_CELLS = (
    MAX_CELLS // 3
)  # calamine has each cell of an OpenDocument spreadsheet three times while it loads it
_MAX_TEXT = MAX_TEXT // 3

# What one process may take to load an old workbook: the largest, 65,536 rows of 256 cells, need not
# be read.
_TRIAL_MEMORY = 1_000_000_000  # bytes
_TRIAL_SECONDS = 60
_TRIAL = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({_TRIAL_MEMORY}, {_TRIAL_MEMORY}))
resource.setrlimit(resource.RLIMIT_CPU, ({_TRIAL_SECONDS}, {_TRIAL_SECONDS}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineError, CalamineWorkbook
try:
    workbook = CalamineWorkbook.from_path(sys.argv[1])
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name)
except CalamineError:
    pass  # which is told in words where it happens again
"""


def check_loading(path: Path) -> None:
    """Load a workbook in a process of its own, since calamine ends the process where there is too
    little memory.

    Raises:
        UnreadableFile: it cannot be loaded.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _TRIAL, str(path)]
    try:
        subprocess.run(  # noqa: S603  # our own program, and a path of our own
            command, env=environment, check=True, capture_output=True, timeout=2 * _TRIAL_SECONDS
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise UnreadableFile(words.OLD_WORKBOOK_CANNOT_BE_LOADED) from None


def measured_open_document(path: Path, target: Path, most: int) -> None:
    """Write what calamine reads of an .ods file to `target`, unless its sheets cannot be held in
    memory.

    Raises:
        UnreadableFile: it is damaged, too large, or protected by a password.
    """
    with opened_zip(path) as archive, ZipFile(target, "w") as out:
        if sum(member.file_size for member in archive.infolist()) > most:
            raise UnreadableFile(too_large(most))
        for name in ("mimetype", "META-INF/manifest.xml", "content.xml"):
            if archive.namelist().count(name) != 1:
                raise damaged()
            with (
                part(archive, archive.getinfo(name), most) as source,
                out.open(name, "w", force_zip64=True) as copy,
            ):
                if name == "mimetype":
                    poured(source, copy)
                else:
                    read_xml(source, _Measure().follow, copy)


class _Measure:
    """Follows the elements of the content, which names a table before its rows, and a row before
    its cells.
    """

    def __init__(self) -> None:
        self._sheet = ""
        self._sheets_before = 0  # cells
        self._rows = self._rows_before = self._columns = 0
        self._row_repeats = self._cell_repeats = 1
        self._width = self._bytes = self._depth = 0
        self._is_filled = False  # whether we are in a cell that holds something

    def follow(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise damaged()
        match name:
            case "table:table":
                self._sheets_before += self._rows * self._columns
                self._sheet, self._rows, self._columns = attributes.get("table:name", ""), 0, 0
                self._rows_before, self._row_repeats = 0, 0
            case "table:table-row":
                self._rows_before += self._row_repeats
                self._row_repeats, self._width = _count(attributes, "table:number-rows-repeated"), 0
            case "table:table-cell" | "table:covered-table-cell":
                self._cell_repeats = _count(attributes, "table:number-columns-repeated")
                self._width += self._cell_repeats
                values = [
                    value
                    for key, value in attributes.items()
                    if key.startswith("office:") or key == "table:formula"
                ]
                self._is_filled = False
                if values:
                    self._holds_something()
                    self._weighs(sum(map(bytes_of, values)))
            case "text:p":
                self._holds_something()
                self._weighs(1)
            case "text:s":
                spaces = _count(attributes, "text:c")
                if spaces > MAX_CELL_TEXT:
                    raise UnreadableFile(words.too_many_spaces(MAX_CELL_TEXT))
                self._weighs(spaces)
            case "manifest:encryption-data":
                raise UnreadableFile(words.LOCKED_WORKBOOK)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name in ("table:table-cell", "table:covered-table-cell"):
            self._is_filled = False

    def _text(self, text: str) -> None:
        if self._is_filled:
            self._weighs(bytes_of(text))

    def _weighs(self, size: int) -> None:
        """Count a text of the cell, which is loaded once for each of those that the cell stands
        for.
        """
        self._bytes += size * self._cell_repeats * self._row_repeats
        if self._bytes > _MAX_TEXT:
            raise too_much_text(self._sheet, _MAX_TEXT)

    def _holds_something(self) -> None:
        self._is_filled = True
        self._columns = max(self._columns, self._width)
        self._rows = self._rows_before + self._row_repeats
        if self._sheets_before + self._rows * self._columns > _MAX_CELLS:
            raise too_many_cells(self._sheet, self._rows, self._columns, _MAX_CELLS)


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise damaged()
    return int(text)
