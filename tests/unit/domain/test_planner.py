"""What becomes of each row is decided once, and batches are ranges of the plan's bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.finding import find_columns
from enrichment.domain.holdings import Holdings
from enrichment.domain.mapping import ByMapping
from enrichment.domain.plan import (
    PlannedRow,
    Span,
    contact_start,
    contacts_of,
    named_row,
    named_start,
    planned_row,
)
from enrichment.domain.planner import Planner
from enrichment.domain.sampling import Sample, Spread
from enrichment.words import rows as words
from tests.unit.builders import TEXT

HEADER = ["First name", "Last name", "Company"]


@dataclass(frozen=True)
class Row:
    number: int
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=dict)


def planner(size: int = 100, check: bool = True) -> Planner:
    return Planner(
        HEADER,
        find_columns(HEADER).columns,
        EnrichmentType.EMAIL,
        EarlierRows(),
        size,
        check=check,
    )


def planned(rows: list[Row], size: int) -> tuple[Planner, bytes, list[Span]]:
    lines = bytearray()
    deciding = planner(size)
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


@given(rows=ROWS, size=st.integers(3, 9))
def test_every_row_has_one_line_in_order_and_every_contact_stands_in_one_batch(
    rows: list[Row], size: int
) -> None:
    deciding, plan, spans = planned(rows, size)

    decided = [planned_row(line) for line in plan.splitlines()]
    assert [line.row for line in decided] == [row.number for row in rows]
    for line in decided:
        assert [line.contact, *ends(line)].count(None) == 4
    sent = {line.row for line in decided if line.contact}
    assert {line.duplicate_of for line in decided if line.duplicate_of} <= sent

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


def test_an_error_about_a_stored_line_does_not_carry_what_the_line_holds() -> None:
    with pytest.raises(ValueError, match="lastname") as error:
        planned_row(b'{"row": 2, "contact": {"firstname": "Zenobia"}}')
    assert "Zenobia" not in str(error.value)


ANY = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.builds(PlannedRow, st.integers(1), st.builds(Contact, *[ANY] * 2, *[st.none() | ANY] * 3))
    | st.builds(
        PlannedRow,
        st.integers(1),
        already=st.lists(ANY, min_size=1).map(tuple),
        spared=st.sampled_from([None, True]),
    )
)
def test_a_rows_line_is_the_one_that_a_library_writes(row: PlannedRow) -> None:
    assert row.line() == TypeAdapter(PlannedRow).dump_json(row, exclude_none=True) + b"\n"
    assert planned_row(row.line()) == row
    named = named_row(row.line())
    assert named in (row, replace(row, contact=named.contact))
    if row.contact and named.contact:
        assert named.contact.firstname == row.contact.firstname
        assert named.contact.lastname == row.contact.lastname


NAMES = st.text(st.sampled_from('ab",:\\ué'), max_size=4) | st.sampled_from(
    ['a","lastname":"b', 'b","domain":"c', "\ud800", "\\ud800"]
)


@given(
    planned=st.builds(
        PlannedRow, st.integers(1, 30), st.builds(Contact, NAMES, NAMES, st.none() | NAMES)
    )
    | st.builds(PlannedRow, st.integers(1, 30), rejected=NAMES),
    row=st.integers(1, 30),
    first=NAMES,
    last=NAMES,
)
def test_a_line_begins_as_that_of_a_contact_only_if_it_is_one(
    planned: PlannedRow, row: int, first: str, last: str
) -> None:
    try:
        line = planned.line()
    except (UnicodeError, PydanticSerializationError):  # half characters
        return
    for number, one, other in ((row, first, last), (planned.row, first, last)):
        contact = planned.contact if planned.row == number else None
        assert line.startswith(contact_start(number)) is (contact is not None)
        is_named = contact is not None and (contact.firstname, contact.lastname) == (one, other)
        assert line.startswith(named_start(number, one, other)) is is_named
    if contact := planned.contact:
        assert line.startswith(named_start(planned.row, contact.firstname, contact.lastname))


def ends(line: PlannedRow) -> list[object]:
    return [line.rejected, line.not_worth, line.already, line.duplicate_of]


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


FULL = ["First name", "Last name", "Company", "LinkedIn", "E-mail", "enriched_email", "Mobile"]
FULL_FOUND = ByMapping().find(FULL)


def sparing(wanted: EnrichmentType, refresh: bool = False, sample: Sample | None = None) -> Planner:
    holdings = None if refresh else Holdings(FULL_FOUND, wanted)
    return Planner(
        FULL,
        FULL_FOUND.columns,
        wanted,
        EarlierRows(),
        size=3,
        holdings=holdings,
        sample=sample,
    )


def full(first: str, mail: str = "", ours: str = "", mobile: str = "", page: str = "") -> list[str]:
    return [first, "Doe", "Acme", page or f"linkedin.com/in/{first}-doe", mail, ours, mobile]


def test_of_a_person_who_has_it_later_rows_are_copies_and_earlier_ones_are_sent() -> None:
    there = full("Jane", ours="jane@acme.example")
    rows = [full("John"), there, full("Jane"), there, full("John", ours="john@acme.example")]
    deciding = sparing(EnrichmentType.EMAIL)

    sent, *decided = [deciding.decide(Row(2 + at, cells)) for at, cells in enumerate(rows)]

    assert sent.contact
    assert decided == [
        PlannedRow(row=3, already=("jane@acme.example",), spared=True),
        PlannedRow(row=4, duplicate_of=3),
        PlannedRow(row=5, already=("jane@acme.example",)),
        PlannedRow(row=6, already=("john@acme.example",)),
    ]
    assert deciding.contacts == 1


def test_a_row_that_could_not_be_sent_may_have_it_already() -> None:
    phone = sparing(EnrichmentType.PHONE)
    mobile = "+33 6 12 34 56 78"

    assert phone.decide(Row(2, full("Jane", mobile=mobile, page="none"))) == PlannedRow(
        row=2, already=("+33612345678",)
    )
    assert phone.decide(Row(3, full("", mobile=mobile))).already
    assert phone.decide(Row(4, full("Test", mobile=mobile))).not_worth
    assert phone.decide(Row(5, ["", "", "", "", "", "", mobile, "too much"])).rejected


def test_with_a_sample_copies_of_a_row_that_has_it_are_copies_all_the_same() -> None:
    rows = [full("Jane", ours="jane@acme.example"), full("Joan"), full("John"), full("Jane")]
    deciding = sparing(EnrichmentType.EMAIL, sample=Sample(Spread(1, 2)))

    there, sent, left_out, copy = (
        deciding.decide(Row(2 + at, cells)) for at, cells in enumerate(rows)
    )

    assert there.spared
    assert sent.contact
    assert left_out == PlannedRow(row=4, not_sampled=4)
    assert copy == PlannedRow(row=5, duplicate_of=2)


VALUES = st.sampled_from(["", "jane@acme.example", "j@gmail.com", "+33 6 12 34 56 78", "x12", "no"])
FULL_ROWS = st.lists(
    st.builds(full, st.sampled_from(["Jane", "John", "Joan", "Test", ""]), VALUES, VALUES, VALUES),
    max_size=12,
)


@given(rows=FULL_ROWS, wanted=st.sampled_from(EnrichmentType))
def test_who_has_it_is_in_no_batch_and_with_refresh_nothing_is_there(
    rows: list[list[str]], wanted: EnrichmentType
) -> None:
    numbered = [Row(2 + at, cells) for at, cells in enumerate(rows)]
    lines = bytearray()
    spans = list(sparing(wanted).plan(numbered, lines.extend))

    decided = [planned_row(line) for line in bytes(lines).splitlines()]
    batched = b"".join(lines[span.start : span.end] for span in spans)
    contacts = [row.row for row in contacts_of(batched, 0)]
    assert contacts == [row.row for row in decided if row.contact]
    assert not {row.row for row in decided if row.already} & set(contacts)
    firsts = {row.row for row in decided if row.contact or row.spared}
    assert {row.duplicate_of for row in decided if row.duplicate_of} <= firsts

    def refreshed(rows: list[Row]) -> list[PlannedRow]:
        return list(map(sparing(wanted, refresh=True).decide, rows))

    emptied = [Row(row.number, [*row.cells[:5], "", ""]) for row in numbered]
    assert refreshed(numbered) == refreshed(emptied)


def test_a_plan_that_is_gone_on_with_knows_who_has_it() -> None:
    rows = [Row(2, full("Jane", ours="jane@acme.example")), Row(3, full("Jane"))]
    begun = sparing(EnrichmentType.EMAIL)
    first = begun.decide(rows[0])
    lines = bytearray()
    planner = sparing(EnrichmentType.EMAIL)
    planner.decide(rows[0])  # as what is restored knows it

    list(planner.plan(rows, lines.extend, [first.line()]))

    assert [planned_row(line) for line in bytes(lines).splitlines()] == [
        first,
        PlannedRow(row=3, duplicate_of=2),
    ]
