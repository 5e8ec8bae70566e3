"""Excel workbooks: every cell is read, and a copy differs from its original in nothing but what was
added.

What is written is read by openpyxl, which had no part in writing it.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from enrichment.domain.layout import FileFormat
from enrichment.errors import UnreadableFile
from enrichment.files.workbook import added_cells, package, ranges, sizes, xml
from tests.unit.files import archives
from tests.unit.files.archives import sheet, text_cell, workbook
from tests.unit.files.reading import Reading, read, sheet_of

CORPUS = Path("tests/corpus/files/spreadsheets")
HEADER = ["First name", "Last name", "Company", "Note"]
NAMES = ["status", "=note"]
ADDED = ["+33612345678; =1+1 _x0041_ <é&😀>", " two\nlines "]

# What XML can hold, as Excel does: control characters are escaped there, and a carriage return
# becomes a line feed.
LETTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
)
TEXTS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.text(alphabet="aé _x0041\n\t=+-@'\"<>&;😀\u2028\u00a0", max_size=12),
    st.sampled_from(
        [
            "=1+1",
            "+33612345678",
            "0033612345678",
            "12345678901234567890",
            " x ",
            "_x0041_",
            "#N/A",
            "TRUE",
            "1e5",
        ]
    ),
).filter(lambda text: "x005F_" not in text)  # openpyxl takes that out, wherever it stands
# Seconds are as exact as Excel's numbers are.
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**14), 10**14),
    st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    st.booleans(),
    MOMENTS,
    MOMENTS.map(datetime.date),
    MOMENTS.map(datetime.time),
)
ROWS = st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=6)


def by_openpyxl(rows: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    page = first_of(book)
    for number, row in enumerate([HEADER, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text, even if it begins as a formula does
    return saved(book)


def by_xlsxwriter(rows: Sequence[Sequence[Any]], are_inline: bool) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": are_inline})
    dates = {kind: book.add_format({"num_format": text}) for kind, text in DATES.items()}
    page = book.add_worksheet()
    for number, row in enumerate([HEADER, *rows]):
        for column, value in enumerate(row):
            match value:
                case str():
                    page.write_string(number, column, value)
                case date() | time():
                    page.write_datetime(number, column, value, dates[type(value)])
                case None:
                    pass
                case _:
                    page.write(number, column, value)
    book.close()
    return out.getvalue()


DATES = {datetime: "yyyy-mm-dd hh:mm:ss", date: "dd/mm/yyyy", time: "hh:mm"}


def first_of(book: openpyxl.Workbook) -> Worksheet:
    page = book.active
    assert isinstance(page, Worksheet)
    return page


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reread(content: bytes, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values, rich_text=True)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def cells(content: bytes, name: str, values: bool = False) -> dict[str, tuple[Any, ...]]:
    """Every cell of a sheet that has a value: its value, its type and what it looks like."""
    page = reread(content, values)[name]
    return {
        cell.coordinate: (
            cell.value,
            cell.data_type,
            cell.number_format,
            cell.style_id,
            cell.hyperlink and cell.hyperlink.target,
        )
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }


def check_whole(
    content: bytes, reading: Reading, names: Sequence[str] = NAMES, added: Sequence[str] = ADDED
) -> None:
    """Nothing is different in a copy but the cells that were added, which are texts, and the ranges
    that grew over them.
    """
    before, after = parts(content), parts(reading.whole)
    assert sorted(before) == sorted(after)
    changed = {name for name in before if before[name] != after[name]}
    (sheet,) = {name for name in changed if "/worksheets/" in name}
    check_order(after[sheet])
    growth = ranges.Growth(reading.layout.header_row, len(reading.header), names)
    for part in changed - {sheet}:
        position = reread(content).sheetnames.index(reading.layout.sheet)
        assert after[part] in (
            growth.of_table(before[part]),
            growth.of_names(before[part], position),
        )

    name = reading.layout.sheet
    width = len(reading.header)
    for values in (False, True):
        was, is_now = cells(content, name, values), cells(reading.whole, name, values)
        more = {place: is_now[place][:2] for place in is_now if place not in was}
        assert {place: is_now[place] for place in was} == was
        expected = {
            f"{ranges.column_letters(width + at)}{number}": (text, "s")
            for number, texts in [
                (reading.layout.header_row, names),
                *((number, added) for number in reading.numbers),
            ]
            for at, text in enumerate(texts)
            if text
        }
        assert more == expected
    assert read(reading.whole, [], []).rows == [[*row, *added] for row in reading.rows]


def check_order(xml: bytes) -> None:
    """What Excel insists on: rows go up, cells go up in each, and each says where it is."""
    last = 0
    for row in re.finditer(rb"<(?:\w+:)?row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)", xml, re.DOTALL):
        number = re.search(rb'\br="(\d+)"', row[1])
        if number:
            assert int(number[1]) > last
            last = int(number[1])
        places = [
            match.decode()
            for match in re.findall(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)\d+"', row[2] or b"")
        ]
        columns = [ranges.column_number(place) for place in places]
        assert columns == sorted(set(columns))


def shown(value: Any) -> str:
    """A value as a cell of a row."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime() if value.time() == time():
            return str(value.date())
        case float() if value.is_integer():
            return f"{value:.0f}"
        case _:
            return str(value)


@settings(max_examples=60)
@given(rows=ROWS)
def test_every_cell_is_read_and_none_is_lost_in_a_copy_of_what_openpyxl_wrote(
    rows: list[list[Any]],
) -> None:
    content = by_openpyxl(rows)
    check_whole(content, read(content, NAMES, ADDED))


@settings(max_examples=60)
@given(rows=ROWS, are_inline=st.booleans())
def test_every_cell_is_read_and_none_is_lost_in_a_copy_of_what_xlsxwriter_wrote(
    rows: list[list[Any]], are_inline: bool
) -> None:
    content = by_xlsxwriter(rows, are_inline)
    reading = read(content, NAMES, ADDED)

    kept = [row for row in rows if any(value not in (None, "") for value in row)]
    assert [row[:4] for row in reading.rows] == [[*map(shown, row)] for row in kept]
    check_whole(content, reading)
    excerpt = reread(reading.excerpt).active
    assert excerpt is not None
    found = [[cell.value for cell in row] for row in excerpt.iter_rows(min_row=2)]
    assert [row[:4] for row in found] == [[in_excel(value) for value in row] for row in kept[::2]]


def in_excel(value: Any) -> Any:
    """A value as openpyxl reads it again."""
    match value:
        case "":
            return None
        case str():
            return value
        case bool() | datetime():
            return value
        case date():
            return datetime.combine(value, time())
        case _:
            return value


def rich_book() -> bytes:
    """A workbook with something of everything that people put into one."""
    book = openpyxl.Workbook()
    page = first_of(book)
    page.title = "It's “ours” 😀"
    page.append(["Our contacts", None, None, None])
    page.append([])
    page.append(["First name", "Last name", "Salary", "Since", "Twice", "Link"])
    for number in range(4, 8):
        page.append(
            ["Jane", f"Doe {number}", 1234.5, datetime(2024, 5, number), f"=C{number}*2", "profile"]
        )
        page.cell(number, 3).number_format = '#,##0.00 "€"'
        page.cell(number, 6).hyperlink = f"https://www.linkedin.com/in/jane-{number}/"
    page.merge_cells("A1:J1")
    page["A3"].font = Font(bold=True, color="FF0000")
    page["A4"].comment = Comment("a note", "somebody")
    page.column_dimensions["A"].width = 42
    page.freeze_panes = "A4"
    page.auto_filter.ref = "A3:F7"
    other = book.create_sheet("Other")
    for row in [["Name", "Count"], ["a", 1], ["b", 2]]:
        other.append(row)
    other.add_table(Table(displayName="Counts", ref="A1:B3"))
    chart = BarChart()
    chart.add_data(Reference(other, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    page.add_chart(chart, "H10")
    hidden = book.create_sheet("Hidden", 0)
    hidden.append(["First name", "Last name", "Company", "Email", "Website"])
    hidden.sheet_state = "hidden"
    return saved(book)


def test_what_people_put_into_a_workbook_stays_there() -> None:
    content = rich_book()
    reading = read(content, NAMES, ADDED)

    assert (reading.layout.sheet, reading.layout.header_row) == ("It's “ours” 😀", 3)
    assert reading.header[:6] == ["First name", "Last name", "Salary", "Since", "Twice", "Link"]
    assert reading.numbers == [4, 5, 6, 7]
    check_whole(content, reading)
    before, after = (
        reread(content)[reading.layout.sheet],
        reread(reading.whole)[reading.layout.sheet],
    )
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert after.column_dimensions["A"].width == 42
    assert (after.freeze_panes, after.auto_filter.ref) == ("A4", "A3:H7")
    assert after["A4"].comment is not None
    with sheet_of(content) as opened:
        assert [row.links[5] for row in opened] == [
            f"https://www.linkedin.com/in/jane-{number}/" for number in range(4, 8)
        ]


def test_an_excerpt_keeps_dates_numbers_and_links() -> None:
    page = reread(read(rich_book(), NAMES, ADDED).excerpt).active
    assert isinstance(page, Worksheet)
    first = page[2]
    assert [cell.value for cell in first][:4] == [
        "Jane",
        "Doe 4",
        1234.5,
        datetime(2024, 5, 4),
    ]
    assert first[5].hyperlink is not None
    assert first[5].hyperlink.target == "https://www.linkedin.com/in/jane-4/"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xlsx")), ids=lambda path: path.name)
def test_workbooks_of_the_corpus_are_copied_whole(path: Path) -> None:
    content = path.read_bytes()
    check_whole(content, read(content, NAMES, ADDED))


@pytest.mark.parametrize("size", [1, 2, 7, 50, 1000])
def test_where_the_pieces_end_in_which_a_sheet_is_read_makes_no_difference(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [rich_book(), ODD, (CORPUS / "formulas.xlsx").read_bytes()]
    at_once = [read(content, NAMES, ADDED) for content in contents]
    monkeypatch.setattr(xml, "CHUNK", size)
    assert [read(content, NAMES, ADDED) for content in contents] == at_once


def row(number: int, *texts: str, attributes: str = "") -> str:
    inside = "".join(
        text_cell(f"{ranges.column_letters(at)}{number}", text) for at, text in enumerate(texts)
    )
    return f'<row r="{number}"{attributes}>{inside}</row>'


HEAD = row(1, "First name", "Last name")
ODD = workbook(
    sheet(
        HEAD
        + "<!-- <row r='9'> --><?go on?>"
        + """<row r="2" spans='1:2' x:a="a > b" xmlns:x="x">"""
        + text_cell("A2", "Jane")
        + '<c r="B2" t="str"><f>"D"&amp;"oe"</f><v>Doe</v></c><c r="C2" s="0"/><c r="D2" s="0"></c'
        " ></row >" + '<row r="3"/><row r="4" ht="1"></row>' + row(5, "John", "Doe"),
        "<!-- </sheetData> -->",
    )
)


def test_comments_gaps_and_cells_that_only_have_a_style_are_no_hindrance() -> None:
    reading = read(ODD, NAMES, ADDED)
    assert (reading.rows, reading.numbers) == ([["Jane", "Doe"], ["John", "Doe"]], [2, 5])
    check_whole(ODD, reading)


def test_cells_that_only_have_a_style_make_room_in_rows_that_have_values() -> None:
    book = openpyxl.Workbook()
    page = first_of(book)
    page.append(["First name", "Last name"])
    page.append(["Jane", "Doe"])
    for number in range(1, 5):
        for letter in "CDEFG":
            page[f"{letter}{number}"].font = Font(bold=True)
    content = saved(book)
    check_whole(content, read(content, NAMES, ADDED))


def test_nothing_is_written_over_formulas_without_a_value_or_into_merged_cells() -> None:
    book = openpyxl.Workbook()
    page = first_of(book)
    page.append(["First name", "Last name"])
    page.append(["Jane", "Doe", None, "=A2&B2"])
    page.append(["John", "Doe"])
    page.merge_cells("B3:E3")
    content = saved(book)

    reading = read(content, NAMES, ADDED)

    assert len(reading.header) == 5
    check_whole(content, reading)


VARIANTS = {
    "rows and cells without places": sheet(
        "<row><c t='inlineStr'><is><t>First name</t></is></c><c t='inlineStr'><is><t>Last"
        " name</t></is></c></row><row><c t='inlineStr'><is><t>Jane</t></is></c><c"
        " t='inlineStr'><is><t>Doe</t></is></c></row>"
    ),
    "a prefix": (
        b'<?xml version="1.0"?><x:worksheet xmlns:x="%b"><x:dimension ref="A1:B2"/><x:sheetData>'
        % archives.MAIN
        + re.sub(
            "<(/?)", r"<\1x:", HEAD + row(2, "Jane", "Doe", attributes=' spans="1:2"')
        ).encode()
        + b"</x:sheetData></x:worksheet>"
    ),
    "the namespace of strict files": (
        sheet(HEAD + row(2, "Jane", "Doe")).replace(
            archives.MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        )
    ),
    "a mark of UTF-8": b"\xef\xbb\xbf" + sheet(HEAD + row(2, "Jane", "Doe")),
    "a dimension that is too small": (
        sheet(HEAD + row(2, "Jane", "Doe")).replace(
            b"<sheetData>", b'<dimension ref="A1"></dimension><sheetData>'
        )
    ),
    "a table that does not begin in A1": sheet(
        '<row r="4">'
        + text_cell("C4", "First name")
        + text_cell("D4", "Last name")
        + '</row><row r="6">'
        + text_cell("C6", "Jane")
        + text_cell("D6", "Doe")
        + "</row>"
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_sheet_may_be_written_in_many_ways(name: str) -> None:
    content = workbook(VARIANTS[name])
    reading = read(content, NAMES, ADDED)
    assert [[cell for cell in cells if cell] for cells in [reading.header, *reading.rows]] == [
        ["First name", "Last name"],
        ["Jane", "Doe"],
    ]
    again = read(reading.whole, [], [])
    assert [[cell for cell in cells if cell] for cells in again.rows] == [["Jane", "Doe", *ADDED]]
    assert not any(b"spans=" in xml for xml in parts(reading.whole).values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "damaged"),
        (lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16-le"), "damaged"),
        (lambda xml: xml.replace(b"UTF-8", b"ISO-8859-1").replace(b"Jane", b"Ren\xe9e"), "damaged"),
        (lambda xml: xml.replace(b'r="2"', b'r="1"'), "out of order"),
        (lambda xml: xml.replace(b'r="B2"', b'r="A2"'), "out of order"),
        (lambda xml: xml.replace(b'r="B2"', b'r="B7"'), "out of order"),
        (lambda xml: xml.replace(b'r="B2"', b'r="b2"'), "out of order"),
        (lambda xml: xml.replace(b'r="B2"', b'r="XFE2"'), "out of order"),
        (lambda xml: xml.replace(b'<row r="2"', b'<row r="+2"'), "out of order"),
        (lambda xml: xml.replace(b"</row></sheetData>", b"<row/></row></sheetData>"), "damaged"),
        (lambda xml: xml.replace(b"Doe<", b"Doe<sheetData/><"), "damaged"),
        (
            lambda xml: xml.replace(b"</sheetData>", b"</sheetData><sheetData></sheetData>"),
            "damaged",
        ),
        (lambda xml: xml.replace(b"</sheetData>", b""), "damaged"),
        (lambda xml: xml[:-20], "damaged"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused_in_words(change: Any, words: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read(workbook(change(sheet(HEAD + row(2, "Jane", "Doe")))))
    assert words in str(raised.value)


def test_a_row_that_is_not_in_the_sheet_is_no_endless_search() -> None:
    source = io.BytesIO(sheet(HEAD))
    with pytest.raises(UnreadableFile):
        added_cells.Added(source, lambda _: None, ranges.Growth(1, 2, ["x"])).add(7, ["x"])


def test_dates_that_count_from_1904_are_those_that_were_meant() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = first_of(book)
    page.append(["First name", "Since"])
    page.append(["Jane", datetime(2024, 2, 29)])
    content = saved(book)
    reading = read(content, NAMES, ADDED)
    assert reading.rows == [["Jane", "2024-02-29"]]
    check_whole(content, reading)


def test_a_sheet_of_contacts_is_found_behind_charts_and_empty_sheets() -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart", 0).add_chart(BarChart())
    page = book.create_sheet("People 'n' <Co> & 😀")
    page.append(["First name", "Last name"])
    page.append(["Jane", "Doe"])
    content = saved(book)
    reading = read(content, NAMES, ADDED)
    assert reading.layout.sheet == "People 'n' <Co> & 😀"
    check_whole(content, reading)


@pytest.mark.parametrize(
    "path", sorted([*CORPUS.glob("*.xls"), *CORPUS.glob("*.ods")]), ids=lambda path: path.name
)
def test_other_spreadsheets_are_answered_as_a_new_workbook(path: Path) -> None:
    content = path.read_bytes()
    reading = read(content, NAMES, ADDED)
    assert reading.layout.format in (FileFormat.XLS, FileFormat.ODS)

    again = read(reading.whole, [], [])
    assert again.numbers == reading.numbers
    width = max(map(len, [reading.header, *reading.rows]))
    assert [cells[:width] for cells in again.rows] == reading.rows
    assert {tuple(cells[width:]) for cells in again.rows} == {tuple(ADDED)}


def test_values_that_excel_has_no_number_for_are_written_as_text() -> None:
    content = archives.open_document(
        b"<table:table table:name='A'><table:table-row><table:table-cell"
        b" office:value-type='string'><text:p>First"
        b" name</text:p></table:table-cell></table:table-row>"
        + b"".join(
            b"<table:table-row><table:table-cell office:value-type='%b'/></table:table-row>" % each
            for each in (
                b"date' office:date-value='1799-05-01",
                b"float' office:value='1e999",
                b"time' office:time-value='-PT5M",
                b"date' office:date-value='2024-05-01",
            )
        )
        + b"</table:table>"
    )
    page = first_of(reread(read(content).whole))
    assert all(cell.data_type != "f" for (cell,) in page.iter_rows(min_row=2, max_col=1))


def test_the_same_rows_are_the_same_bytes() -> None:
    for content in (rich_book(), (CORPUS / "old.xls").read_bytes()):
        first, second = read(content, NAMES, ADDED), read(content, NAMES, ADDED)
        assert (first.whole, first.excerpt) == (second.whole, second.excerpt)


def test_what_is_longer_than_a_cell_can_be_is_cut() -> None:
    content = workbook(sheet(HEAD + row(2, "Jane", "Doe")))
    page = reread(read(content, ["status", "note"], ["x" * 40_000, ""]).whole).active
    assert isinstance(page, Worksheet)
    assert page["C2"].value == "x" * 32_767


def test_of_two_sheets_of_contacts_the_other_is_named() -> None:
    book = openpyxl.Workbook()
    for name in ("2025", "2026", "Companies"):
        book.create_sheet(name).append(
            ["Company", "Website"]
            if name == "Companies"
            else ["First name", "Last name", "Company"]
        )
        book[name].append(["Jane", "Doe", "Acme"])
    reading = read(saved(book), NAMES, ADDED)
    assert (reading.layout.sheet, reading.layout.other_sheets) == ("2025", ("2026",))
    assert "“2026”" in reading.layout.note()


def test_the_texts_of_a_sheet_are_weighed_where_they_may_be_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strings = archives.STRINGS.replace(
        b"</sst>", b"<si><t>First name</t></si><si><t>" + b"x" * 500 + b"</t></si></sst>"
    )
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + "".join(
        f'<row r="{number}"><c r="A{number}" t="s"><v>{number % 2}</v></c></row>'
        for number in range(2, 12)
    )
    for content, needed in (
        (workbook(sheet(cells), strings=strings), 3_070),
        (by_xlsxwriter([["x" * 900] * 3], True), 2_730),
    ):
        for module in (package, sizes):
            monkeypatch.setattr(module, "MAX_TEXT", needed)
        read(content)
        for module in (package, sizes):
            monkeypatch.setattr(module, "MAX_TEXT", needed - 1)
        with pytest.raises(UnreadableFile) as raised:
            read(content)
        assert "of text, which is more than can be read" in str(raised.value)
