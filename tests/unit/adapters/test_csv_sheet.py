"""Reading CSV files without losing a byte of a row, and writing rows with cells added."""

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.adapters.csv_sheet import CsvSheet
from enrichment.domain.job import Dialect
from enrichment.errors import UnreadableFile
from tests.unit.builders import TEXT

HEADER = ["First name", "Last name", "Company", "Note"]


@dataclass(frozen=True)
class Written:
    """A file as a program writes it, and the table that went into it."""

    rows: list[list[str]]
    delimiter: str
    content: bytes
    byte_order_mark: bool


def written(rows: list[list[str]], delimiter: str, line_end: str, quote_all: bool, mark: bool, ended: bool) -> Written:
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    writer.writerows([HEADER, *rows])
    content = text.getvalue() if ended else text.getvalue().removesuffix(line_end)
    return Written(rows, delimiter, (codecs.BOM_UTF8 if mark else b"") + content.encode(), mark)


# csv.writer leaves a lone carriage return unquoted in a file of \n lines, which no reader could tell from a line end.
CELLS = (TEXT | st.text(alphabet='"\n,;\t', max_size=4)).map(lambda text: text.replace("\0", "").replace("\r", "\n"))
TABLES = st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8)
FILES = st.builds(
    written, TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(), st.booleans()
)


def sheet_of(content: bytes | str) -> CsvSheet:
    return CsvSheet(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


class Trickle(io.BytesIO):
    """A stream that returns a few bytes at a time, as a network may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(2 if size is None or size < 0 else min(size, 2))


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
@given(file=FILES)
def test_every_cell_of_a_written_file_comes_back(stream: Callable[[bytes], io.BytesIO], file: Written) -> None:
    sheet = CsvSheet(stream(file.content))

    assert sheet.dialect == Dialect(delimiter=file.delimiter, byte_order_mark=file.byte_order_mark)
    assert sheet.header.cells == HEADER
    assert [row.cells for row in sheet] == file.rows


@given(file=FILES, more=st.integers(0, 3), added=st.lists(CELLS, min_size=1, max_size=4))
@example(file=written([["Jane", "Doe", "Acme", ""]], ",", "\r\n", False, False, True), more=0, added=["one\ntwo"])
@example(file=written([["Jane", "Doe", "Acme", ""]], ",", "\n", False, False, True), more=0, added=["one\rtwo"])
def test_an_extended_row_begins_with_its_own_bytes_and_ends_with_the_added_cells(
    file: Written, more: int, added: list[str]
) -> None:
    sheet = sheet_of(file.content)
    width = len(HEADER) + more
    rows = [sheet.header, *sheet]
    lines = [sheet.extended(row, width, added) for row in rows]

    for row, line in zip(rows, lines, strict=True):
        assert line.startswith(row.text.rstrip("\r\n").encode())
    output = b"".join(lines).decode()
    reread = list(csv.reader(io.StringIO(output, newline=""), delimiter=file.delimiter))
    assert reread == [row.cells + [""] * more + added for row in rows]
    assert (sheet.prologue() + output.encode()).startswith(file.content.splitlines()[0].rstrip(b"\r\n"))


@given(file=FILES)
def test_the_texts_of_the_rows_are_the_whole_file(file: Written) -> None:
    sheet = sheet_of(file.content)
    texts = [sheet.header.text, *(row.text for row in sheet)]
    assert sheet.prologue() + "".join(texts).encode() == file.content


def test_a_stored_dialect_is_used_as_it_is() -> None:
    dialect = Dialect(delimiter=";", byte_order_mark=False)
    assert CsvSheet(io.BytesIO(b"a,b;c\n"), dialect).header.cells == ["a,b", "c"]


def test_short_rows_are_filled_up_so_that_added_cells_stand_below_their_header() -> None:
    sheet = sheet_of("First name,Last name,Company\nJane\nJohn,Doe,Acme\n")
    rows = list(sheet)
    assert sheet.extended(rows[0], 3, ["rejected"]) == b"Jane,,,rejected\n"
    assert sheet.extended(rows[1], 3, ["found"]) == b"John,Doe,Acme,found\n"


def test_the_last_row_gets_the_line_end_that_it_lacks() -> None:
    sheet = sheet_of("First name;Company\r\nJane;Acme")
    (row,) = sheet
    assert sheet.extended(row, 2, ["found"]) == b"Jane;Acme;found\r\n"


def test_quoted_line_ends_stay_in_their_cell_and_make_one_row() -> None:
    sheet = sheet_of('First name,Note\r\nJane,"one\r\ntwo\nthree"\r\nJohn,x\r\n')
    rows = list(sheet)
    assert [(row.number, row.cells) for row in rows] == [(2, ["Jane", "one\r\ntwo\nthree"]), (3, ["John", "x"])]
    assert rows[0].text == 'Jane,"one\r\ntwo\nthree"\r\n'


def test_blank_lines_are_no_rows_but_count_in_the_numbering() -> None:
    sheet = sheet_of("\n\nFirst name,Company\n\nJane,Acme\n\n\nJohn,Acme\n\n")
    assert sheet.header.number == 3
    assert [(row.number, row.cells[0], row.text) for row in sheet] == [(5, "Jane", "Jane,Acme\n"), (8, "John", "John,Acme\n")]


def test_a_separator_inside_quotes_does_not_decide_the_delimiter() -> None:
    sheet = sheet_of('First name;Last name;"Company, or account, or employer"\nJane;Doe;Acme\n')
    assert sheet.dialect.delimiter == ";"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (codecs.BOM_UTF8, "The file is empty"),
        (b"\n\r\n\n", "The file is empty"),
        (b"PK\x03\x04" + bytes(100), "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"%PDF-1.7", "a PDF"),
        ("First name\tCompany\r\n".encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + "First name\tCompany\r\n".encode("utf-16-be"), "UTF-16"),
        ("First name\tCompany\r\n".encode("utf-16-le"), "not text"),
        (b"First name,Company\nJa\0ne,Acme\n", "not text"),
        ("First name,Société\n".encode("cp1252"), "not text in UTF-8"),
        (b'First name,"Company\n', "A quotation mark that opens in row 1 is never closed"),
        (b"First name," + b"x" * (1 << 20) + b"\n", "a line of more than 1,048,576 characters"),
        (b"First name," + b"x" * 140_000 + b"\n", "Row 1 cannot be read as CSV: a cell is longer than 131,072 characters"),
    ],
)
@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
def test_a_file_that_is_no_csv_is_refused_in_words(stream: Callable[[bytes], io.BytesIO], content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        CsvSheet(stream(content))
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("Émile,Acme\n".encode("cp1252"), "not text in UTF-8"),
        (b"Jane,\xff\xfe\n", "not text in UTF-8"),
        (b'Jane,"Acme\nJohn,Acme\n', "A quotation mark that opens in row 1002 is never closed"),
        (b'Jane,"' + b"Acme\n" * 40_000, "Row 1002 cannot be read as CSV"),
        (b"Jane," + b"x" * (1 << 20), "a line of more than 1,048,576 characters"),
    ],
)
def test_a_file_that_breaks_later_is_refused_when_that_row_is_reached(rest: bytes, words: str) -> None:
    rows = iter(sheet_of(b"First name,Company\n" + b"Jane,Acme\n" * 1000 + rest))
    assert next(rows).cells == ["Jane", "Acme"]
    with pytest.raises(UnreadableFile) as raised:
        list(rows)
    assert words in str(raised.value)
    assert "Jane" not in str(raised.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    try:
        sheet = sheet_of(content)
        rows = [sheet.header, *sheet]
    except UnreadableFile:
        return
    assert all(row.cells for row in rows)
    assert [row.number for row in rows] == sorted({row.number for row in rows})


def test_only_what_is_asked_for_is_read_of_a_large_file() -> None:
    stream = io.BytesIO(b"First name,Company\n" + b"Jane,Acme\n" * 200_000)
    next(iter(CsvSheet(stream)))
    assert stream.tell() < 200_000
