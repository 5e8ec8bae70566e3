"""How large a workbook's sheets and texts are, found out before calamine holds them in memory."""

import re
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from enrichment.errors import UnreadableFile
from enrichment.files.archives import megabytes
from enrichment.files.sheet import MAX_COLUMNS, MAX_LINKS
from enrichment.files.workbook.ranges import column_letters, column_number
from enrichment.files.workbook.xml import MAX_DEPTH, Attributes, attribute, damaged, local_name
from enrichment.words import files as words

# of a sheet's whole extent. calamine takes about 100 bytes for each: 1,048,576 rows of 10 took
# 1,034 MB
MAX_CELLS = 12_000_000
MAX_ROWS = 1_048_576  # Excel's own
MAX_TEXT = 500_000_000  # bytes of text that are held in memory beside the cells
_MAX_STRINGS = 8_000_000  # different ones
_MAX_FORMULAS = 1_000_000  # that are looked at for links
_MAX_PIECES = 100  # in which a parser hands over the beginning of a formula
_BEFORE_ROWS, _IN_ROWS, _AFTER_ROWS = range(3)
_DEPTH_OF_ROWS = 3  # worksheet, sheetData, row
_MAX_LETTERS = 3
_LETTERS = re.compile("[A-Z]{1,3}")
FIRST_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_LINK_FORMULA = re.compile(r"""\s*HYPERLINK\(\s*"([^"]+)\"""", re.IGNORECASE)


@dataclass
class Extent:
    """How far the values of a sheet reach, counted from A1, and where its links lead, by row and by
    column from 0.

    `filled` is how many columns have values or formulas, `cells` how many have at least a style,
    and `merged` which ranges of cells are one.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)
    links: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def merges(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """The merged cells: first and last row, from 1, each with a column, from 0."""
        corners = (map(_cell_of, reference.split(":")) for reference in self.merged)
        pairs = (tuple(pair) for pair in corners)
        return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair[0] and pair[1]]

    def reach(self, row: int) -> int:
        """The number of columns before those in which cells may be added, to `row` and below it."""
        ends = [FIRST_CELL.fullmatch(reference.rpartition(":")[2]) for reference in self.merged]
        return max(
            [
                self.filled,
                *(column_number(end[1]) + 1 for end in ends if end and int(end[2]) >= row),
            ]
        )


def _cell_of(reference: str) -> tuple[int, int] | None:
    """The row, from 1, and the column, from 0, of a cell."""
    match = FIRST_CELL.fullmatch(reference)
    return (int(match[2]), column_number(match[1])) if match else None


class Measure:
    """Follows the elements of a sheet, and notices where another reader could take them for
    something else.
    """

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
        if self._depth > MAX_DEPTH:
            raise damaged()
        local = local_name(name)
        if self._state == _IN_ROWS and local != "sheetData":  # nearly all
            self._start_in_rows(local, attributes)
        elif local == "sheetData":
            if self._state != _BEFORE_ROWS:
                raise damaged()
            self._state = _IN_ROWS
        elif local == "hyperlink" and len(self.links) < MAX_LINKS:
            self.links.append((attributes.get("ref", ""), attribute(attributes, "id")))
        elif local == "mergeCell" and len(self.extent.merged) < MAX_LINKS:
            self.extent.merged.append(attributes.get("ref", ""))

    def _start_in_rows(self, local: str, attributes: Attributes) -> None:
        match local:
            case "c":
                self._column = column = column_of(attributes, self._row, self._column)
                if column >= self.extent.cells:
                    self.extent.cells = column + 1
                if attributes.get("t") == "s":
                    self.shared += 1
            case "v" | "is":
                self._cells += 1
                self.extent.rows = self._row
                if self._column >= self.extent.columns:
                    self._reach()
            case "row":
                if self._depth != _DEPTH_OF_ROWS:
                    raise damaged()
                self._row, self._column = row_of(attributes, self._row), -1
                if max(self._cells, self.extent.rows * self.extent.columns) > MAX_CELLS:
                    raise too_many_cells(self._sheet, self.extent.rows, self.extent.columns)
            case "f":
                self._start_formula()

    def _start_formula(self) -> None:
        self._formulas += 1
        self.extent.filled = max(self.extent.filled, self._column + 1)
        if self._formulas <= _MAX_FORMULAS and self._formula_links < MAX_LINKS:
            self._texts.clear()
            self._parser.CharacterDataHandler = self._text

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
        elif (
            self._depth < _DEPTH_OF_ROWS
            and self._state == _IN_ROWS
            and local_name(name) == "sheetData"
        ):
            self._state = _AFTER_ROWS

    def _reach(self) -> None:
        self.extent.columns = self._column + 1
        self.extent.filled = max(self.extent.filled, self._column + 1)


class Strings:
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
        if self._depth > MAX_DEPTH:
            raise damaged()

    def _end(self, name: str) -> None:
        self._depth -= 1
        if local_name(name) == "si":
            self.lengths.append(self._length)
            self._length = 0
            if len(self.lengths) > _MAX_STRINGS:
                raise UnreadableFile(words.too_many_strings(_MAX_STRINGS))

    def _text(self, text: str) -> None:
        self._length += bytes_of(text)


class Weigh:
    """Follows the cells of a sheet, and adds up their texts: a shared string is loaded once for
    each cell that has it.
    """

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
        match local_name(name):
            case "c":
                self._is_shared = attributes.get("t") == "s"
            case "v" | "is":
                self._texts.clear()
                self._parser.CharacterDataHandler = self._texts.append

    def _end(self, name: str) -> None:
        if local_name(name) in ("v", "is"):
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


def out_of_order() -> UnreadableFile:
    """The refusal of a sheet whose rows or cells are not where they say that they are."""
    return UnreadableFile(words.OUT_OF_ORDER)


def too_much_text(sheet: str, most: int = MAX_TEXT) -> UnreadableFile:
    """The refusal of a sheet whose texts cannot be held in memory."""
    return UnreadableFile(words.too_much_text(sheet, megabytes(most)))


def too_many_cells(sheet: str, rows: int, columns: int, most: int = MAX_CELLS) -> UnreadableFile:
    """The refusal of a sheet that cannot be held in memory."""
    return UnreadableFile(words.too_many_cells(sheet, rows, column_letters(columns - 1), most))


def bytes_of(text: str) -> int:
    """How much a text takes where it is held in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def row_of(attributes: Attributes, previous: int) -> int:
    """A row's number, which a writer may leave out where it is the next one."""
    text = attributes.get("r", str(previous + 1))
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
    if not previous < number <= MAX_ROWS:
        raise out_of_order()
    return number


def column_of(attributes: Attributes, row: int, previous: int) -> int:
    """A cell's column from 0, which a writer may leave out where it is the next one.

    calamine overlooks a reference that is written with entities, and takes the next column. Since
    columns only go up, that is never one further to the right.
    """
    text = attributes.get("r")
    if text is None:
        column = previous + 1
    else:
        letters = text.rstrip("0123456789")
        column = (
            _known_column(letters)
            if len(letters) <= _MAX_LETTERS and text == f"{letters}{row}"
            else -1
        )
    if not previous < column < MAX_COLUMNS:
        raise out_of_order()
    return column


@lru_cache(MAX_COLUMNS)
def _known_column(letters: str) -> int:
    return column_number(letters) if _LETTERS.fullmatch(letters) else -1
