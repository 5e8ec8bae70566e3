"""Rejected files that come back are read past the columns that we added to them."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.outcome import REASON_COLUMN, ROW_COLUMN
from enrichment.files.sheet import Row
from tests.unit.builders import TEXT
from tests.unit.files.reading import read, sheet_of

NAMES = [REASON_COLUMN, ROW_COLUMN]
SPREADSHEETS = Path("tests/corpus/files/spreadsheets")
HEADER = ["First name", "Last name", "Company"]
CELLS = (TEXT | st.text(alphabet='"\n,;\t|', max_size=4)).map(
    lambda text: text.replace("\0", "").replace("\r", "\n")
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)


def rows_of(content: bytes) -> list[Row]:
    with sheet_of(content) as sheet:
        return list(sheet)


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    is_quoted=st.booleans(),
    reason=CELLS,
)
def test_a_csv_file_comes_out_as_if_the_columns_had_never_been_added(
    rows: list[list[str]], delimiter: str, is_quoted: bool, reason: str
) -> None:
    text = io.StringIO()
    written = csv.writer(text, delimiter=delimiter, quoting=1 if is_quoted else 0)
    written.writerows([HEADER, *rows])
    original = read(text.getvalue())
    returned = read(text.getvalue(), NAMES, [reason, "7"]).whole

    again = read(returned)

    assert (again.header, again.rows) == (original.header, original.rows)
    assert (again.whole, again.excerpt) == (original.whole, original.excerpt)
    assert {row.original for row in rows_of(returned)} == {"7"}


def test_the_columns_are_found_wherever_their_owner_moved_them() -> None:
    content = (
        '\ufeffRejected_Row;First name;"rejection_reason";"Last ""name""";Company\r\n'
        '3;"Ja;ne";The last name is missing;"Do"e;Acme\r\n'
        ';"";"a\r\nb"\r\n'
    )
    reading = read(content, ["status"], ["x"])

    assert reading.header == ["First name", 'Last "name"', "Company"]
    assert reading.rows == [["Ja;ne", "Doe", "Acme"], [""]]
    assert [row.original for row in rows_of(content.encode())] == ["3", ""]
    assert reading.whole.decode() == (
        '\ufeffFirst name;"Last ""name""";Company;status\r\n"Ja;ne";"Do"e;Acme;x\r\n"";;;x\r\n'
    )


@pytest.mark.parametrize(
    "header",
    [
        "First name,Last name,Company,rejection_reason",
        "First name,Last name,Company,rejected_row",
        "First name,Last name,rejected_row_x,rejection_reason",
    ],
)
def test_one_column_alone_is_the_owners_own(header: str) -> None:
    reading = read(f"{header}\nJane,Doe,Acme,5\n")
    assert len(reading.header) == 4
    assert reading.rows == [["Jane", "Doe", "Acme", "5"]]


def test_of_several_columns_of_a_name_the_one_that_was_added_last_is_ours() -> None:
    header = ["First name", "Last name", "Company", *NAMES, "rejection_reason_2", "rejected_row_2"]
    content = ",".join(header) + "\nJane,Doe,Acme,old,1,new,2\n"
    reading = read(content)
    assert reading.header == header[:5]
    assert reading.rows == [["Jane", "Doe", "Acme", "old", "1"]]
    assert rows_of(content.encode())[0].original == "2"


OBJECTS = st.dictionaries(
    TEXT.filter(lambda key: key.strip().casefold() not in NAMES),
    TEXT | st.integers() | st.none() | st.lists(st.booleans(), max_size=2),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("indent", ["", "\n  "])
@pytest.mark.parametrize("is_array", [True, False])
@given(objects=st.lists(OBJECTS, min_size=1, max_size=4))
def test_objects_come_out_as_if_the_members_had_never_been_added(
    indent: str, is_array: bool, objects: list[dict[str, object]]
) -> None:
    texts = [json.dumps(each, indent=2 if indent else None) for each in objects]
    content = f"[{','.join(texts)}]" if is_array else "\n".join(texts)
    original = read(content)
    returned = read(content, NAMES, ["why", "7"]).whole

    again = read(returned)

    assert (again.header, again.rows) == (original.header, original.rows)
    assert (again.whole, again.excerpt) == (original.whole, original.excerpt)
    assert {row.original for row in rows_of(returned)} == {"7"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"rejected_row":"7","a":1,"rejection_reason":"x"}', '{"a":1, "status": "x"}'),
        ('{ "rejection_reason": "x" , "a" : 1 ,"rejected_row":7 }', '{ "a" : 1, "status": "x" }'),
        (
            '{"a": 1.50, "rejected_row": 7, "b": {}, "rejection_reason": null}',
            '{"a": 1.50, "b": {}, "status": "x"}',
        ),
    ],
)
def test_members_are_left_out_wherever_they_stand(text: str, left: str) -> None:
    assert read(text, ["status"], ["x"]).whole.decode() == left


@pytest.mark.parametrize("name", ["libre.ods", "old.xls", "table.xlsx"])
def test_a_workbook_comes_back_as_a_new_one_with_its_values(name: str) -> None:
    original = read((SPREADSHEETS / name).read_bytes())
    returned = read((SPREADSHEETS / name).read_bytes(), NAMES, ["why", "7"]).excerpt

    again = read(returned, ["status"], ["x"])

    assert again.layout.suffix("leads.xlsm") == ".xlsx"
    assert again.header == original.header
    assert again.rows == original.rows[::2]
    assert {row.original for row in rows_of(returned)} == {"7"}
    sheet = openpyxl.load_workbook(io.BytesIO(again.whole)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*original.header, "status"]
    assert {row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"x"}
