"""A sample is spread evenly over the contacts of a file."""

from itertools import pairwise
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.finding import find_columns
from enrichment.domain.holdings import Holdings
from enrichment.domain.plan import PlannedRow, planned_row
from enrichment.domain.planner import Planner
from enrichment.domain.sampling import Sample, Spread
from enrichment.files.sheet import Row

HEADER = ["First name", "Last name", "Company", "Email"]
FOUND = find_columns(HEADER)
SIZES = st.integers(1, 1_000)


def taken(size: int, contacts: int) -> list[int]:
    spread = Spread(size, contacts)
    return [number for number in range(contacts) if spread.takes(number)]


@given(size=SIZES, contacts=st.integers(1, 3_000))
def test_as_many_are_taken_as_were_asked_for_without_a_large_gap(size: int, contacts: int) -> None:
    sample = taken(size, contacts)

    assert len(sample) == min(size, contacts)
    largest = ceil(contacts / len(sample))
    assert all(after - before <= largest for before, after in pairwise(sample))
    assert sample[0] < largest
    assert contacts - sample[-1] <= largest


@given(size=SIZES, contacts=st.integers(0, 300))
def test_more_contacts_than_were_counted_are_not_taken(size: int, contacts: int) -> None:
    spread = Spread(size, contacts)
    assert not any(spread.takes(number) for number in range(contacts, contacts + 50))


PEOPLE = st.lists(
    st.builds(
        lambda letter, email: [letter * 3, "Doe", "Acme", email],
        st.sampled_from("ABCDEFGHIJ"),
        st.sampled_from(["", "", "someone@acme.example"]),
    )
    | st.just(["", "Doe", "Acme", ""]),
    max_size=40,
)


def planner(
    size: int | None, contacts: int = 0, earlier_rows: EarlierRows | None = None
) -> Planner:
    return Planner(
        HEADER,
        FOUND.columns,
        EnrichmentType.EMAIL,
        earlier_rows or EarlierRows(),
        check=False,
        holdings=Holdings(FOUND, EnrichmentType.EMAIL),
        sample=Sample(Spread(size, contacts)) if size else None,
    )


@given(people=PEOPLE, size=st.integers(1, 20), begun=st.integers(0, 40))
def test_a_sampled_plan_is_the_whole_one_with_contacts_left_out(
    people: list[list[str]], size: int, begun: int
) -> None:
    rows = [Row(number=2 + 3 * at, cells=cells) for at, cells in enumerate(people)]
    whole = planner(None)
    decided = [whole.decide(row) for row in rows]
    deciding = planner(size, whole.contacts)
    lines: list[bytes] = []
    list(deciding.plan(rows, lines.append))
    sampled = [planned_row(line) for line in lines]

    assert deciding.contacts == min(size, whole.contacts)
    answered = {row.row for row in sampled if row.contact or row.spared}
    for full, part in zip(decided, sampled, strict=True):
        first = full.row if full.contact else full.duplicate_of
        left_out = first is not None and first not in answered
        assert part == (PlannedRow(row=full.row, not_sampled=first) if left_out else full)

    known = EarlierRows()
    stopped = planner(size, whole.contacts, known)
    for row in rows[:begun]:
        stopped.decide(row)
    again: list[bytes] = []
    list(planner(size, whole.contacts, known).plan(rows, again.append, begun=lines[:begun]))
    assert again == lines
