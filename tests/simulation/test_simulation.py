"""Whatever goes wrong, no promise is broken; and the simulation would notice."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation.history import History, Violation, run_history
from tests.simulation.planted import BUGS

HISTORIES = 500


@pytest.mark.parametrize("part", range(5))
def test_no_history_breaks_a_promise(part: int) -> None:
    size = HISTORIES // 5
    for seed in range(part * size, (part + 1) * size):
        run_history(seed)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_no_history_that_hypothesis_thinks_of_breaks_a_promise(chance: random.Random) -> None:
    History(chance).run()


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str) -> None:
    for seed in range(HISTORIES):
        try:
            run_history(seed, BUGS[bug])
        except Violation:
            return
    pytest.fail(f"{HISTORIES} histories did not find it")


def test_a_seed_is_a_history() -> None:
    first, again = run_history(7), run_history(7)
    assert first.story == again.story
    assert first.dynamodb.items == again.dynamodb.items
    assert first.s3.objects == again.s3.objects
