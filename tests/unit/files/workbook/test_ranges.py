"""Tables and filters grow over the columns that are added, so that sorting in Excel moves whole
rows.
"""

import io

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from tests.unit.files.reading import read

NAMES = ["enrichment_status", 'says "A & B"']
ADDED = ["found", "jane@acme.example"]


def book_with(reference: str, table: bool, header_row: int = 2) -> bytes:
    book = openpyxl.Workbook()
    page = book.create_sheet("Leads & Co")
    for _ in range(header_row - 1):
        page.append(["Leads of November"])
    for row in (
        ["First name", "Last name", "Company"],
        ["Jane", "Doe", "Acme"],
        ["John", "Doe", "Acme"],
    ):
        page.append(row)
    if table:
        page.add_table(Table(displayName="Leads", ref=reference))
    else:
        page.auto_filter.ref = reference
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_table_gets_a_column_for_each_that_is_added() -> None:
    answer = openpyxl.load_workbook(
        io.BytesIO(read(book_with("A2:C4", table=True), NAMES, ADDED).whole)
    )["Leads & Co"]

    table = answer.tables["Leads"]
    assert (table.ref, table.autoFilter.ref) == ("A2:E4", "A2:E4")
    assert [column.name for column in table.tableColumns] == [cell.value for cell in answer[2]]
    assert len({column.id for column in table.tableColumns}) == 5
    assert [cell.value for cell in answer[3]] == ["Jane", "Doe", "Acme", *ADDED]


def test_a_filter_grows_and_so_does_the_name_that_excel_gives_to_it() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(read(book_with("A2:C4", table=False), NAMES, ADDED).whole)
    )
    assert book["Leads & Co"].auto_filter.ref == "A2:E4"
    assert [name.attr_text for name in book["Leads & Co"].defined_names.values()] in (
        [],
        ["'Leads & Co'!$A$2:$E$4"],
    )


@pytest.mark.parametrize(
    ("reference", "table"),
    [("A2:B4", True), ("A3:C4", True), ("A2:B4", False), ("A1:C4", False), ("A3:C4", False)],
)
def test_what_ends_before_the_added_columns_or_has_another_header_stays_as_it_is(
    reference: str, table: bool
) -> None:
    content = book_with(reference, table)
    answer = openpyxl.load_workbook(io.BytesIO(read(content, NAMES, ADDED).whole))["Leads & Co"]
    assert (answer.tables["Leads"].ref if table else answer.auto_filter.ref) == reference
