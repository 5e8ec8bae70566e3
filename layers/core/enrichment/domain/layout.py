"""How a file is written: found out once and stored with its job, so that it is read the same way
again and answered in kind.
"""

import re
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from enrichment.words import jobs as words


class FileFormat(StrEnum):
    """What a file of rows can be."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"


class Packing(StrEnum):
    """What a file of rows can be packed in."""

    NONE = ""
    GZIP = "gz"
    ZIP = "zip"


# The endings under which a file of each format may come back; the first is for one whose own ending
# says something else. Old Excel and OpenDocument files are answered as .xlsx: the same rows and
# values, in the format that is still written.
_SUFFIXES: MappingProxyType[FileFormat, tuple[str, ...]] = MappingProxyType(
    {
        FileFormat.CSV: (".csv", ".tsv", ".tab", ".txt"),
        FileFormat.XLSX: (".xlsx", ".xlsm"),
        FileFormat.XLS: (".xlsx",),
        FileFormat.ODS: (".xlsx",),
        FileFormat.JSON_LINES: (".jsonl", ".ndjson", ".json"),
        FileFormat.JSON_ARRAY: (".json",),
    }
)
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMES = {
    FileFormat.CSV: "CSV",
    FileFormat.XLSX: "Excel workbook (.xlsx)",
    FileFormat.XLS: "old Excel workbook (.xls)",
    FileFormat.ODS: "OpenDocument spreadsheet (.ods)",
    FileFormat.JSON_LINES: "JSON Lines",
    FileFormat.JSON_ARRAY: "JSON array",
}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "mac-roman": "Mac Roman",
    "cp850": "MS-DOS (850)",
    "cp437": "MS-DOS (437)",
    "cp932": "Shift JIS",
    "cp949": "Korean (CP949)",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "koi8-r": "KOI8-R",
}
_PACKED = {Packing.GZIP: ", packed with gzip", Packing.ZIP: ", packed in a zip archive"}


_MAX_SHEET_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")


def sheet_name(name: str) -> str:
    """The name of a sheet as Excel takes it."""
    return _NOT_IN_NAMES.sub(" ", name)[:_MAX_SHEET_NAME]


class Layout(BaseModel):
    """Where the table is in a file, and how it is written.

    `encoding` is a Python codec, without a byte-order mark; `delimiter` is one character, of CSV
    only; `header_row` is the number of the header's row from 1, and 0 for the first that is not
    blank; where the file is `headless`, it is that of the first row. `member` is the file's name
    inside a zip archive, and `other_sheets` are those that have columns of contacts as well. In a
    rejected file that came back, `ours` are the columns that we added to it (`our_columns`): they
    are read past, and not written again.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    format: FileFormat
    packing: Packing = Packing.NONE
    member: str = ""
    encoding: str = "utf-8"
    byte_order_mark: bool = False
    delimiter: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    header_row: int = 0
    headless: bool = False
    ours: tuple[int, ...] = ()

    def words(self) -> str:
        """How the file was read, for its owner."""
        return f"{_NAMES[self.format]}{self._details()}{_PACKED.get(self.packing, '')}"

    def _details(self) -> str:
        encoding = _ENCODINGS.get(self.encoding) or self.encoding.replace(
            "cp", "Windows-" if "cp125" in self.encoding else "CP"
        )
        match self.format:
            case FileFormat.CSV:
                delimiter = _DELIMITERS.get(self.delimiter, f"“{self.delimiter}” between cells")
                return f" with {delimiter}, in {encoding}, {self._header()}"
            case FileFormat.JSON_LINES | FileFormat.JSON_ARRAY:
                return f", in {encoding}"
            case _:
                return f", sheet “{self.sheet}”, {self._header()}"

    def _header(self) -> str:
        return "without a header" if self.headless else f"header in row {self.header_row}"

    def note(self) -> str:
        """What the file's owner should know about how it was read and is answered; empty if there
        is nothing.
        """
        notes = [words.NO_HEADER] if self.headless else []
        if self.is_written_anew:
            notes.append(words.ANOTHER_FORMAT)
        if self.other_sheets:
            others = ", ".join(f"“{name}”" for name in self.other_sheets)
            notes.append(words.other_sheets(self.sheet, others))
        return " ".join(notes)

    @property
    def is_written_anew(self) -> bool:
        """Whether the answer is a new workbook: nobody writes the old formats, and in place columns
        can be added, but not left out.
        """
        anew = (FileFormat.XLS, FileFormat.ODS)
        return self.format in anew or (self.format is FileFormat.XLSX and bool(self.ours))

    @property
    def rewritten(self) -> "Layout":
        """How a file of this layout is written anew: workbooks of the old formats become .xlsx."""
        if self.format in (FileFormat.XLS, FileFormat.ODS):
            return self.model_copy(
                update={"format": FileFormat.XLSX, "sheet": sheet_name(self.sheet)}
            )
        return self

    def suffix(self, name: str) -> str:
        """The ending of the answer to a file of this name: its own where that fits the format,
        `.gz` or `.zip` after packed ones.

        >>> Layout(format=FileFormat.CSV, packing=Packing.GZIP).suffix("leads.tsv.gz")
        '.tsv.gz'
        """
        if self.packing is Packing.ZIP:
            return ".zip"
        packed = ".gz" if self.packing is Packing.GZIP else ""
        return self.inner_suffix(name.lower().removesuffix(packed)) + packed

    def inner_suffix(self, name: str) -> str:
        """The ending of the file of rows itself."""
        own = PurePosixPath(name.lower()).suffix
        if self.is_written_anew:
            return _SUFFIXES[FileFormat.XLSX][0]
        return own if own in _SUFFIXES[self.format] else _SUFFIXES[self.format][0]

    @property
    def content_type(self) -> str:
        match self.packing, self.format:
            case Packing.GZIP, _:
                return "application/gzip"
            case Packing.ZIP, _:
                return "application/zip"
            case _, FileFormat.CSV:
                charset = (
                    "utf-16"
                    if self.encoding.startswith("utf-16")
                    else self.encoding.replace("cp125", "windows-125")
                )
                return f"text/csv; charset={charset}"
            case _, FileFormat.JSON_LINES:
                return "application/x-ndjson"
            case _, FileFormat.JSON_ARRAY:
                return "application/json"
            case _:
                return _WORKBOOK
