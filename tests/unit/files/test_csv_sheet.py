"""Reading CSV files without losing a byte of a row, and writing rows with cells added."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain.characters import harmless
from enrichment.domain.layout import FileFormat, Layout
from enrichment.errors import UnreadableFile
from tests.unit.builders import TEXT
from tests.unit.files.reading import read, sheet_of

HEADER = ["First name", "Last name", "Company", "Note"]
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@dataclass(frozen=True)
class Written:
    """A file as a program writes it, and the table that went into it."""

    rows: list[list[str]]
    delimiter: str
    content: bytes
    codec: str
    is_marked: bool


def written(
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
    quoting: int,
    codec: str,
    is_marked: bool,
    is_ended: bool,
) -> Written:
    text = io.StringIO(newline="")
    style: Any = {"delimiter": delimiter, "lineterminator": line_end, "quoting": quoting}
    csv.writer(text, **style).writerows([HEADER, *rows])
    content = text.getvalue() if is_ended else text.getvalue().removesuffix(line_end)
    is_marked = is_marked or codec != "utf-8"
    return Written(
        rows,
        delimiter,
        (MARKS[codec] if is_marked else b"") + content.encode(codec),
        codec,
        is_marked,
    )


# csv.writer leaves a lone carriage return unquoted in a file of \n lines, which no reader could
# tell from a line end.
CELLS = (TEXT | st.text(alphabet='"\n,;\t|', max_size=4)).map(
    lambda text: text.replace("\0", "").replace("\r", "\n")
)
TABLES = st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8)
FILES = st.builds(
    written,
    TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(sorted(MARKS)),
    st.booleans(),
    st.booleans(),
)


def reread(content: bytes, file: Written) -> list[list[str]]:
    """The cells of a copy, by the standard library alone."""
    mark = MARKS[file.codec] if file.is_marked else b""
    assert content.startswith(mark)
    text = content[len(mark) :].decode(file.codec)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=file.delimiter))


@given(file=FILES, added=st.lists(CELLS, min_size=2, max_size=2))
@example(
    file=written(
        [["Jane", "Doe", "Acme", ""]], ",", "\r\n", csv.QUOTE_MINIMAL, "utf-8", False, True
    ),
    added=["one\ntwo", ""],
)
def test_whatever_was_written_comes_back_cell_by_cell_and_is_copied_with_cells_added(
    file: Written, added: list[str]
) -> None:
    reading = read(file.content, ["status", "note"], added)

    assert (reading.layout.delimiter, reading.layout.encoding) == (file.delimiter, file.codec)
    assert (reading.header, reading.rows) == (HEADER, file.rows)
    more = list(map(harmless, added))
    assert reread(reading.whole, file) == [
        [*HEADER, "status", "note"],
        *([*row, *more] for row in file.rows),
    ]
    assert reread(reading.excerpt, file) == [
        [*HEADER, "status", "note"],
        *([*row, *more] for row in file.rows[::2]),
    ]


@given(file=FILES)
def test_a_copy_begins_each_row_with_the_rows_own_bytes(file: Written) -> None:
    content, whole = (
        file.content.decode(file.codec),
        read(file.content, [""], [""]).whole.decode(file.codec),
    )
    # Without the one delimiter that is added to each row, and the line end that the last row may
    # have lacked, nothing differs.
    assert len(whole) - len(content) - (len(file.rows) + 1) in (0, 1, 2)
    header = content.splitlines()[0]
    assert whole.startswith(header + file.delimiter)


@given(
    delimiter=st.sampled_from([*",;\t|", "x", " ", "=", "."]),
    added=st.lists(
        CELLS | st.sampled_from(["\r", "=1+1", "+33612345678", " @x", "x@acme.com", "@x.com\n"]),
        min_size=1,
    ),
    wider=st.integers(0, 2),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_are_added_as_the_library_writes_a_whole_row(
    delimiter: str, added: list[str], wider: int, end: str
) -> None:
    layout = Layout(format=FileFormat.CSV, delimiter=delimiter)
    own = delimiter.join(["Jane", '"D""oe"'])
    names = [f"name {number}" for number, _ in enumerate(added)]
    out, expected = io.BytesIO(), io.StringIO(newline="")
    with (
        sheet_of(f"First{delimiter}Last{end}{own}{end}", layout) as sheet,
        sheet.whole(out, 2 + wider, names) as copy,
    ):
        for row in sheet:
            copy.add(row, added)
    for own_cells, more in ((f"First{delimiter}Last", names), (own, map(harmless, added))):
        expected.write(own_cells)
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerow(["", *[""] * wider, *more])
        expected.write(text.getvalue().removesuffix("\r\n") + end)
    assert out.getvalue().decode() == expected.getvalue()


def test_a_note_above_the_header_blank_lines_and_the_separator_line_are_copied_as_they_are() -> (
    None
):
    above = 'sep=;\r\nNotes:\r\n"When you export; you may\r\nnotice something"\r\n\r\n'
    rows = "First name;Company\r\nJane;Acme\r\n\r\nJohn;Acme\r\n\r\n"

    reading = read(above + rows, ["status"], ["x"])

    assert reading.layout.header_row == 5
    assert reading.numbers == [6, 8]
    marked = rows.replace("Company", "Company;status").replace("Acme", "Acme;x")
    assert reading.whole.decode() == above + marked
    assert reading.excerpt.decode() == "sep=;\r\nFirst name;Company;status\r\nJane;Acme;x\r\n"


def test_short_rows_are_filled_up_so_that_added_cells_stand_below_their_header() -> None:
    reading = read("First name,Last name,Company\nJane\nJohn,Doe,Acme\n", ["status"], ["x"])
    assert reading.whole == b"First name,Last name,Company,status\nJane,,,x\nJohn,Doe,Acme,x\n"


def test_the_last_row_gets_the_line_end_that_it_lacks() -> None:
    assert read("First name;Company\r\nJane;Acme", ["status"], ["x"]).whole.endswith(
        b"Jane;Acme;x\r\n"
    )


def test_quoted_line_ends_stay_in_their_cell_and_make_one_row() -> None:
    reading = read('First name,Note\r\nJane,"one\r\ntwo\nthree"\r\nJohn,x\r\n')
    assert reading.rows == [["Jane", "one\r\ntwo\nthree"], ["John", "x"]]
    assert reading.numbers == [2, 3]


def test_line_ends_may_be_single_carriage_returns() -> None:
    assert read("First name,Company\rJane,Acme\rJohn,Acme\r").rows == [
        ["Jane", "Acme"],
        ["John", "Acme"],
    ]


def test_a_separator_inside_quotes_does_not_decide_the_delimiter() -> None:
    assert (
        read(
            'First name;Last name;"Company, or account, or employer"\nJane;Doe;Acme\n'
        ).layout.delimiter
        == ";"
    )


def test_what_an_encoding_lacks_is_only_replaced_in_what_is_added() -> None:
    reading = read(
        "Prénom;Nom;Société\nJérôme;Lefèvre;Crédit\n".encode("cp1252"), ["status"], ["Łódź"]
    )
    assert reading.whole.decode("cp1252").splitlines()[1] == "Jérôme;Lefèvre;Crédit;?ód?"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("+33612345678", "+33612345678"),
        ("+33612345678; +12015550123", "+33612345678; +12015550123"),
        ("jane@acme.example", "jane@acme.example"),
        ("catch-all", "catch-all"),
        ("", ""),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("  =1+1", "'  =1+1"),
        ("+33 6 12", "'+33 6 12"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
    ],
)
def test_only_phone_numbers_may_begin_as_a_formula_does(cell: str, written: str) -> None:
    assert harmless(cell) == written


@given(st.text() | st.text(alphabet=" =+-@\t\r\n\uff1d\uff0b\uff0d\uff20a7é", max_size=4))
def test_only_what_may_start_a_formula_is_changed(cell: str) -> None:
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    is_a_formula = cell.lstrip(" ").startswith(starts) and not re.fullmatch(r"\+[1-9]\d+", cell)
    assert harmless(cell) == ("'" + cell if is_a_formula else cell)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (codecs.BOM_UTF8, "The file is empty"),
        (b"\n\r\n\n", "The file is empty"),
        (b"First name,Company\nJa\0ne,Acme\n", "zero bytes"),
        (b"\0" * 10_000, "zero bytes"),
        (b'First name,"Company\n', "A quotation mark that opens in row 1 is never closed"),
        (b"First name," + b"x" * (1 << 20) + b"\n", "a line of more than 1,048,576 characters"),
        (
            b"First name," + b"x" * 140_000 + b"\n",
            "Row 1 cannot be read as CSV: a cell is longer than 131,072 characters",
        ),
        (b"First name,Company\n" + b"\n" * 1_100_000, "blank lines follow each other"),
        (b"First name" + b",x" * 20_000 + b"\nJane\n", "The file has 20,001 columns"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read(content)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (b'Jane,"Acme\nJohn,Acme\n', "A quotation mark that opens in row 3002 is never closed"),
        (b'Jane,"' + b"Acme\n" * 40_000, "Row 3002 cannot be read as CSV"),
        (b"Jane," + b"x" * (1 << 20), "a line of more than 1,048,576 characters"),
    ],
)
def test_a_file_that_breaks_later_is_refused_when_that_row_is_reached(
    rest: bytes, words: str
) -> None:
    with sheet_of(b"First name,Company\n" + b"Jane,Acme\n" * 3000 + rest) as sheet:
        rows = iter(sheet)
        assert next(rows).cells == ["Jane", "Acme"]
        with pytest.raises(UnreadableFile) as raised:
            list(rows)
    assert words in str(raised.value)
    assert "Jane" not in str(raised.value)
