"""What the stream told of results is counted from run to run."""

import json

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.window import MOST_BATCHES, OfJob, Window


def test_a_batch_is_looked_at_first_and_when_it_may_be_complete() -> None:
    known = OfJob()
    assert known.count(1, 1)
    known.left[1] = 3
    assert [known.count(1, 1) for _ in range(3)] == [False, False, True]
    assert not known.count(1, 1)  # it is complete, for all that is known


@given(st.lists(st.integers(1, 5), min_size=1), st.integers(0, 40))
def test_a_batch_that_may_be_complete_is_never_passed_over(told: list[int], left: int) -> None:
    """However records come, also twice: once as many were told as were to come, it was due."""
    known = OfJob(left={1: left + 1})
    due = [known.count(1, results) for results in told]
    assert any(due) == (sum(told) > left)


def test_what_is_not_complete_is_forgotten_to_be_looked_at_again() -> None:
    known = OfJob(left={3: 1, 1: 2, 2: 0})
    assert known.forget_incomplete() == [1, 3]
    assert known.left == {2: 0}


def test_a_state_says_all_of_it_and_stays_below_a_megabyte() -> None:
    left = dict.fromkeys(range(1, MOST_BATCHES + 1), 100)
    window = Window({"k" * 16: OfJob(1_800_000_000, 1_800_000_300, left)})
    state = json.dumps(window.state())
    assert Window.from_state(json.loads(state)) == window
    assert len(state) < 1_000_000

    window.of("another").left[1] = 1
    assert window.state() == {}
