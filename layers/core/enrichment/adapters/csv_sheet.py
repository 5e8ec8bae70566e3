"""CSV files: reading rows without losing a byte of them, and writing rows with cells added in the same dialect.

Each row keeps the text it was read from, so what is written begins with exactly what the owner wrote, quotes and all.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from enrichment.domain.columns import find_columns
from enrichment.domain.job import Dialect
from enrichment.errors import UnreadableFile

_DELIMITERS = ",;\t"
_HEAD_LINES = 50  # lines the header may span, quoted newlines included
_MAX_LINE = 1 << 20  # characters; a text without line ends is refused instead of being held in memory
_MAX_CELL = 131_072  # characters; Excel itself stops at 32,767 a cell
_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    codecs.BOM_UTF16_LE: "text in UTF-16 (Excel calls it “Unicode text”)",
    codecs.BOM_UTF16_BE: "text in UTF-16 (Excel calls it “Unicode text”)",
}
_ADVICE = "Save it as “CSV UTF-8 (comma delimited)” and drop it again."


@dataclass(frozen=True)
class CsvRow:
    """One row: its number as a spreadsheet shows it, its cells, and the text it was read from with its line end."""

    number: int
    cells: list[str]
    text: str


class CsvSheet:
    """One pass over a CSV file: `header`, then the rows below it by iteration. Memory does not grow with the file.

    Lines that are blank are no rows; they count in the numbering, as they do in a spreadsheet.

    Raises:
        UnreadableFile: at construction or while iterating, when the content is not CSV in UTF-8.
    """

    def __init__(self, stream: BinaryIO, dialect: Dialect | None = None) -> None:
        buffered = io.BufferedReader(_Readable(stream), buffer_size=1 << 16)
        start = buffered.peek(1 << 13)[: 1 << 13]
        _refuse_other_formats(start)
        byte_order_mark = start.startswith(codecs.BOM_UTF8)
        text = io.TextIOWrapper(buffered, encoding="utf-8-sig" if byte_order_mark else "utf-8", newline="")
        self._tape = _Tape(text)
        delimiter = dialect.delimiter if dialect else _delimiter(self._tape.head(_HEAD_LINES))
        self.dialect = dialect or Dialect(delimiter=delimiter, byte_order_mark=byte_order_mark)
        self._reader = csv.reader(self._tape, delimiter=delimiter)
        self._number = 0
        csv.field_size_limit(_MAX_CELL)
        header = self._next()
        if header is None:
            raise UnreadableFile("The file is empty: it has no header and no rows.")
        self.header = header
        self._line_end = _line_end(header.text) or "\r\n"

    def __iter__(self) -> Iterator[CsvRow]:
        while (row := self._next()) is not None:
            yield row

    def prologue(self) -> bytes:
        """What a file in this dialect begins with, before its header."""
        return codecs.BOM_UTF8 if self.dialect.byte_order_mark else b""

    def extended(self, row: CsvRow, width: int, cells: Sequence[str]) -> bytes:
        """The row's own text, filled up with empty cells to `width`, and `cells` after it."""
        line_end = _line_end(row.text)
        own = row.text[: len(row.text) - len(line_end)]
        added = io.StringIO()
        # The writer quotes line breaks in cells only when it ends lines itself; that end is then replaced by the row's own.
        csv.writer(added, delimiter=self.dialect.delimiter).writerow([""] * (1 + width - len(row.cells)) + list(cells))
        return (own + added.getvalue().removesuffix("\r\n") + (line_end or self._line_end)).encode()

    def _next(self) -> CsvRow | None:
        while True:
            self._number += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return None
            except csv.Error:
                raise UnreadableFile(
                    f"Row {self._number} cannot be read as CSV: a cell is longer than {_MAX_CELL:,} characters, most often "
                    "because a quotation mark is never closed."
                ) from None
            except UnicodeDecodeError:
                raise UnreadableFile(
                    f"Near row {self._number} the file is not text in UTF-8, so names would come out garbled. {_ADVICE}"
                ) from None
            text = self._tape.cut()
            if self._tape.ended:  # the reader asked for more in the middle of a row
                raise UnreadableFile(f"A quotation mark that opens in row {self._number} is never closed.")
            if cells:
                return CsvRow(self._number, cells, text)


class _Readable(io.RawIOBase):
    """Lets `io` read whatever has `read(size)`, such as the body of an S3 answer."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]  # a buffer; it has a type of its own from 3.12 on
        filled = 0  # a stream may give less than it is asked for; the look at the start of a file needs all of it
        while filled < len(buffer) and (data := self._stream.read(len(buffer) - filled)):
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled


class _Tape:
    """The physical lines of a text, remembering those since the last cut, so that a row's own text can be had."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._head: list[str] = []
        self._taken: list[str] = []
        self.ended = False

    def head(self, lines: int) -> list[str]:
        """The first lines, which are still to come by iteration."""
        while len(self._head) < lines and (line := self._read()):
            self._head.append(line)
        return list(self._head)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._head.pop(0) if self._head else self._read()
        if not line:
            self.ended = True
            raise StopIteration
        self._taken.append(line)
        return line

    def cut(self) -> str:
        """The text of the lines that came since the last cut."""
        text = "".join(self._taken)
        self._taken.clear()
        return text

    def _read(self) -> str:
        try:
            line = self._text.readline(_MAX_LINE + 1)
        except UnicodeDecodeError:
            raise UnreadableFile(f"The file is not text in UTF-8, so names would come out garbled. {_ADVICE}") from None
        if len(line) > _MAX_LINE:
            raise UnreadableFile(f"The file has a line of more than {_MAX_LINE:,} characters; it does not look like rows.")
        return line


def _refuse_other_formats(start: bytes) -> None:
    for signature, name in _SIGNATURES.items():
        if start.startswith(signature):
            raise UnreadableFile(f"The file is {name}, not CSV. {_ADVICE}")
    if b"\0" in start:
        raise UnreadableFile(f"The file is not text. {_ADVICE}")


def _delimiter(head: list[str]) -> str:
    """The delimiter under which the header names most of the columns we know, then the one with most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            header = next((cells for cells in csv.reader(head, delimiter=delimiter) if cells), [])
        except csv.Error:
            return 0, 0
        return len(find_columns(header)), len(header)

    return max(_DELIMITERS, key=score)


def _line_end(text: str) -> str:
    return "\r\n" if text.endswith("\r\n") else text[-1:] if text[-1:] in ("\r", "\n") else ""
