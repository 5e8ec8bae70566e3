"""Whatever goes wrong, no promise is broken; and the simulation would notice."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.history import History, run_history
from tests.simulation.hub import Violation
from tests.simulation.planted import BUGS
from tests.simulation.stories import PAGE, told

HISTORIES = 150


@pytest.mark.parametrize("part", range(5))
def test_no_history_breaks_a_promise(part: int) -> None:
    size = HISTORIES // 5
    for seed in range(part * size, (part + 1) * size):
        run_history(seed)


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 50),
    script=st.dictionaries(st.integers(1, 300), st.integers(0, 23), max_size=10),
)
def test_whatever_few_calls_go_wrong_no_promise_is_broken(
    seed: int, script: dict[int, int]
) -> None:
    """Hypothesis chooses which calls go wrong and how; of a history that breaks a promise it leaves
    the fewest faults that do.
    """
    History(random.Random(seed), script=script).run()


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_as_the_documentation_tells(bug: str) -> None:
    page = PAGE.read_text()
    seed = re.search(rf"^### `{bug}`: seed (\d+)$", page, re.MULTILINE)
    assert seed
    with pytest.raises(Violation) as violation:
        run_history(int(seed[1]), BUGS[bug])
    assert told(bug, int(seed[1]), str(violation.value)) in page


def test_a_seed_is_a_history() -> None:
    first, again = run_history(7), run_history(7)
    assert first.hub.story == again.hub.story
    assert first.world.dynamodb.items == again.world.dynamodb.items
    assert first.world.s3.objects == again.world.s3.objects
