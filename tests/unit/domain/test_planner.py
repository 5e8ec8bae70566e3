"""What becomes of each row is decided once, and batches are ranges of the plan's bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.finding import find_columns
from enrichment.domain.plan import PlannedRow, Span, planned_row
from enrichment.domain.planner import Planner
from enrichment.words import rows as words
from tests.unit.builders import TEXT

HEADER = ["First name", "Last name", "Company"]


@dataclass(frozen=True)
class Row:
    number: int
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=dict)


def planner(size: int = 100, most_contacts: int | None = None, check: bool = True) -> Planner:
    return Planner(
        HEADER,
        find_columns(HEADER).columns,
        EnrichmentType.EMAIL,
        EarlierRows(),
        most_contacts,
        size,
        check=check,
    )


def planned(
    rows: list[Row], size: int, most_contacts: int | None = None
) -> tuple[Planner, bytes, list[Span]]:
    lines = bytearray()
    deciding = planner(size, most_contacts)
    spans = list(deciding.plan(rows, lines.extend))
    return deciding, bytes(lines), spans


PEOPLE = st.lists(st.sampled_from("ABCDEFGHIJKLMNOP"), min_size=1, max_size=2).map(
    lambda name: ["".join(name), "Doe", "Acmé"]
)
CELLS = st.one_of(PEOPLE, PEOPLE, PEOPLE, st.just(["", "Doe", "Acme"]), st.lists(TEXT, max_size=5))
ROWS = st.lists(st.tuples(st.integers(1, 3), CELLS), max_size=60).map(
    lambda drawn: [
        Row(2 + sum(step for step, _ in drawn[:at]), cells) for at, (_, cells) in enumerate(drawn)
    ]
)


@given(rows=ROWS, size=st.integers(3, 9), most=st.none() | st.integers(0, 20))
def test_every_row_has_one_line_in_order_and_every_contact_stands_in_one_batch(
    rows: list[Row], size: int, most: int | None
) -> None:
    deciding, plan, spans = planned(rows, size, most)

    decided = [planned_row(line) for line in plan.splitlines()]
    assert [line.row for line in decided] == [row.number for row in rows]
    for line in decided:
        assert [line.contact, *ends(line)].count(None) == 4
    sent = {line.row for line in decided if line.contact}
    unpaid = {line.row for line in decided if line.over_budget}
    assert {line.duplicate_of for line in decided if line.duplicate_of} <= sent | unpaid
    assert most is None or len(sent) <= most
    assert not unpaid or len(sent) == most

    batched: list[int] = []
    for span in spans:
        within = [planned_row(line) for line in plan[span.start : span.end].splitlines()]
        contacts = [line.row for line in within if line.contact]
        assert len(contacts) == span.size
        assert (
            (contacts[0], contacts[-1])
            == (span.first_row, span.last_row)
            == (within[0].row, within[-1].row)
        )
        batched += contacts
    assert batched == sorted(sent)
    assert (deciding.rows, deciding.contacts) == (len(rows), len(sent))
    assert deciding.width == max(len(HEADER), *(len(row.cells) for row in rows), 0)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["Jane", "Doe"], "The row has 2 cells where the header has 3"),
        (["Jane", "Doe", "Acme", "", "x"], "The row has 5 cells where the header has 3"),
        (["Jane", "", "Acme"], "The last name is missing"),
    ],
)
def test_a_row_that_cannot_be_sent_is_planned_as_rejected_with_its_reason(
    cells: list[str], reason: str
) -> None:
    assert planner().decide(Row(7, cells)) == PlannedRow(row=7, rejected=reason)


def test_empty_cells_beyond_the_header_do_no_harm() -> None:
    deciding = planner()
    decided = deciding.decide(Row(2, ["Jane", "Doe", "Acme", "", ""]))
    assert decided.contact
    assert decided.contact.company_name == "Acme"
    assert deciding.width == 5


def test_the_second_row_of_a_person_names_the_first_and_is_not_counted_as_a_contact() -> None:
    deciding = planner()
    rows = [Row(2, ["Jane", "Doe", "Acme"]), Row(5, ["JANE", "Doe ", "acme"])]
    assert [deciding.decide(row).duplicate_of for row in rows] == [None, 2]
    assert deciding.contacts == 1


def test_a_rejected_row_does_not_make_a_later_one_a_duplicate() -> None:
    deciding = planner()
    rows = [Row(2, ["Jane", "Doe", "Acme", "too much"]), Row(3, ["Jane", "Doe", "Acme"])]
    assert [deciding.decide(row).duplicate_of for row in rows] == [None, None]


def test_a_row_that_is_not_worth_a_credit_is_sent_only_if_nothing_is_checked() -> None:
    for cells in (["Test", "Test", "Acme"], ["Jane", "Doe", "Self-employed"]):
        checked, unchecked = planner(), planner(check=False)
        assert checked.decide(Row(2, cells)).not_worth
        assert checked.contacts == 0
        assert unchecked.decide(Row(2, cells)).contact


def test_cells_that_were_encoded_twice_are_mended_for_sending() -> None:
    cells = ["JosÃ©", "Doe", "CrÃ©dit Agricole"]
    contact = planner().decide(Row(2, cells)).contact
    assert contact
    assert (contact.firstname, contact.company_name) == ("José", "Crédit Agricole")
    assert cells[0] == "JosÃ©"


def test_rows_beyond_the_files_own_cap_are_over_budget_while_others_are_decided_as_ever() -> None:
    deciding = planner(most_contacts=1)
    rows = [
        ["Jane", "Doe", "Acme"],
        ["John", "Doe", "Acme"],
        ["", "Doe", "Acme"],
        ["jane", "doe", "acme"],
    ]
    decided = [deciding.decide(Row(2 + at, cells)) for at, cells in enumerate(rows)]
    assert decided[1:] == [
        PlannedRow(row=3, over_budget=True),
        PlannedRow(row=4, rejected="The first name is missing"),
        PlannedRow(row=5, duplicate_of=2),
    ]
    assert deciding.contacts == 1


def test_an_error_about_a_stored_line_does_not_carry_what_the_line_holds() -> None:
    with pytest.raises(ValueError, match="lastname") as error:
        planned_row(b'{"row": 2, "contact": {"firstname": "Zenobia"}}')
    assert "Zenobia" not in str(error.value)


ANY = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.builds(PlannedRow, st.integers(1), st.builds(Contact, *[ANY] * 2, *[st.none() | ANY] * 3))
)
def test_a_contacts_line_is_the_one_that_a_library_writes(row: PlannedRow) -> None:
    assert row.line() == TypeAdapter(PlannedRow).dump_json(row, exclude_none=True) + b"\n"
    assert planned_row(row.line()) == row


def ends(line: PlannedRow) -> list[object]:
    return [line.rejected, line.not_worth, line.duplicate_of, line.over_budget]


def reasons(rows: list[list[str]]) -> list[str | None]:
    decide = planner().decide
    return [decide(Row(number, cells)).not_worth for number, cells in enumerate(rows, start=2)]


JANE, JOHN = ["Jane", "Doe", "Acme"], ["John", "Roe", "Acme"]


@pytest.mark.parametrize("again", [HEADER, [" FIRST NAME", "last_name", "Company:"]])
def test_a_header_in_the_middle_is_not_sent_and_the_rows_below_it_are(again: list[str]) -> None:
    assert reasons([JANE, again, JOHN]) == [None, words.REPEATED_HEADER, None]


@pytest.mark.parametrize("total", [["Total", "", "2"], ["Summe:", "", ""], ["", "", "Grand total"]])
def test_a_row_of_totals_is_not_sent(total: list[str]) -> None:
    assert reasons([JANE, total, JOHN]) == [None, words.TOTAL, None]


def test_another_table_below_is_not_sent_until_the_first_goes_on() -> None:
    other = ["Company", "Website", ""]
    rows = [JANE, other, ["Acme", "acme.example", ""], HEADER, JOHN]
    of_other = words.of_another_table(3)
    assert reasons(rows) == [None, of_other, of_other, words.REPEATED_HEADER, None]


@pytest.mark.parametrize("row", [["Total", "Gomez", "Acme"], ["Email", "Gomez", "Acme"]])
def test_people_whose_names_are_words_of_headers_are_sent(row: list[str]) -> None:
    assert reasons([row]) == [None]


def test_of_several_columns_the_first_that_says_something_usable_wins() -> None:
    columns = {
        Field.FULL_NAME: (0,),
        Field.COMPANY: (1, 2),
        Field.EMAIL: (3, 4),
        Field.LINKEDIN: (5, 6),
    }
    header = ["Name", "Company", "Employer", "Work e-mail", "E-mail", "LinkedIn", "Profile"]
    deciding = Planner(header, columns, EnrichmentType.EMAIL, EarlierRows())
    company_page, page = "linkedin.com/company/acme", "linkedin.com/in/jane-doe"
    cells = ["Jane Doe", "n/a", "Acme", "jane@gmail.com", "jane@acme.example", company_page, page]

    contact = deciding.decide(Row(2, cells)).contact

    assert contact
    assert (contact.company_name, contact.domain) == ("Acme", "acme.example")
    assert contact.linkedin_url == "https://www.linkedin.com/in/jane-doe"
