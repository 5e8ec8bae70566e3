"""How contacts are cut into batches, and the states of a batch."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import (
    BATCH_TRANSITIONS,
    MAX_BATCH,
    MIN_BATCH,
    OPERATOR_TRANSITIONS,
    BatchesByRow,
    BatchState,
    before,
    cut,
)
from tests.unit.builders import a_batch

# With a size of 2, three items cannot be cut into batches of two; every larger size can cut any
# number.
SIZES = st.integers(3, MAX_BATCH)


@given(total=st.integers(0, 700), size=SIZES)
def test_every_item_comes_once_and_in_order_in_batches_of_two_to_size(
    total: int, size: int
) -> None:
    batches = list(cut(range(total), size))

    assert [item for batch in batches for item in batch] == list(range(total))
    if total == 1:
        assert batches == [[0]]
    else:
        assert all(MIN_BATCH <= len(batch) <= size for batch in batches)
    assert len(batches) == -(-total // size)


@pytest.mark.parametrize(
    ("total", "sizes"),
    [
        (0, []),
        (1, [1]),
        (2, [2]),
        (100, [100]),
        (101, [51, 50]),
        (102, [100, 2]),
        (200, [100, 100]),
        (201, [100, 51, 50]),
        (202, [100, 100, 2]),
    ],
)
def test_batches_are_full_but_the_last_and_none_is_left_with_one(
    total: int, sizes: list[int]
) -> None:
    assert [len(batch) for batch in cut(range(total))] == sizes


@given(
    firsts=st.sets(st.integers(2, 30), min_size=1),
    listed=st.lists(st.integers(2, 30), max_size=4, unique=True),
    rows=st.lists(st.integers(1, 40)),
)
def test_the_own_rows_of_a_batch_are_those_that_it_is_found_by(
    firsts: set[int], listed: list[int], rows: list[int]
) -> None:
    starts = sorted(firsts)
    spans = [
        a_batch(number=number, first_row=first, last_row=first)
        for number, first in enumerate(starts)
    ]
    apart = a_batch(number=99, first_row=2, last_row=30, rows=tuple(listed))
    by_row = BatchesByRow([*spans, apart])
    for batch in spans:
        own = [row for row in rows if row >= starts[0] and by_row.of(row) is batch]
        assert by_row.own(batch, rows) == own
    assert by_row.own(apart, rows) == []


@given(total=st.integers(0, 400), size=SIZES)
def test_cutting_holds_at_most_one_item_more_than_a_batch(total: int, size: int) -> None:
    handed_out, most_held = 0, 0

    def counted() -> Iterator[int]:
        nonlocal most_held
        for item in range(total):
            most_held = max(most_held, item - handed_out)
            yield item

    for batch in cut(counted(), size):
        handed_out += len(batch)

    assert most_held <= size + 1


def reachable(start: BatchState) -> set[BatchState]:
    found, ahead = set[BatchState](), {start}
    while ahead:
        following = BATCH_TRANSITIONS[ahead.pop()] - found
        found |= following
        ahead |= following
    return found


def test_every_state_has_its_transitions_and_is_reached_from_planned() -> None:
    assert set(BATCH_TRANSITIONS) == set(BatchState)
    assert reachable(BatchState.PLANNED) | {BatchState.PLANNED} == set(BatchState)


SETTLED = [BatchState.REJECTED, BatchState.DIVIDED, BatchState.OVER_BUDGET, BatchState.COMPLETE]


def test_a_settled_batch_awaits_nothing_and_every_other_goes_on() -> None:
    assert {state for state in BatchState if not BATCH_TRANSITIONS[state]} == set(SETTLED)


@pytest.mark.parametrize("state", [BatchState.UNKNOWN, BatchState.ACCEPTED, *SETTLED])
def test_what_may_have_been_charged_or_was_refused_is_never_sent_again(state: BatchState) -> None:
    assert reachable(state).isdisjoint({BatchState.PLANNED, BatchState.SENDING})


def test_a_batch_is_sent_only_from_planned_and_goes_back_there_only_from_sending() -> None:
    assert before(BatchState.SENDING) == [BatchState.PLANNED]
    assert before(BatchState.PLANNED) == [BatchState.SENDING]


def test_only_an_operator_may_have_an_unknown_batch_sent_again() -> None:
    assert {BatchState.UNKNOWN: {BatchState.PLANNED}} == OPERATOR_TRANSITIONS


@pytest.mark.parametrize("state", BatchState)
def test_before_is_the_inverse_of_the_transitions(state: BatchState) -> None:
    assert sorted(before(state)) == sorted(
        source for source in BatchState if state in BATCH_TRANSITIONS[source]
    )
