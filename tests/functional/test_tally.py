"""Results are counted as the stream tells of them, with few looks at the table."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from enrichment.domain.job import JobState
from enrichment.domain.window import Window
from tests.functional.world import WINDOW, World, batch_of, contacts

KEY = "incoming/email/leads.csv"


@pytest.fixture
def large(world: World) -> tuple[World, str]:
    """A job of more batches than are settled in parts, all of them sent."""
    job = world.drop(KEY, contacts(1200))
    world.submit_all()
    return world, job


def calls_of(world: World, act: Callable[[], None]) -> Counter[str]:
    """The calls to the table that something makes."""
    calls: Counter[str] = Counter()

    def counting(name: str, call: Callable[[], Any]) -> Any:
        calls[name] += 1
        return call()

    guard, world.dynamodb.guard = world.dynamodb.guard, counting
    act()
    world.dynamodb.guard = guard
    return calls


def store(world: World, webhooks: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Store results, of which the stream does not tell yet; their batches."""
    for webhook in webhooks:
        world.pipeline.webhook.run(json.dumps(webhook).encode())
    return list(map(batch_of, webhooks))


def test_a_batch_is_looked_at_twice_and_settled_once_however_its_results_come(
    large: tuple[World, str],
) -> None:
    world, job = large
    of_one = [webhook for webhook in world.provider.webhooks if batch_of(webhook) == (job, 1)]

    def come() -> None:
        for webhook in of_one:
            world.tell(store(world, [webhook]))

    calls = calls_of(world, come)
    # The job and the batch twice, the job once more to see whether it is complete; and its time.
    assert {name: calls[name] for name in ("get", "query", "transact", "update")} == {
        "get": 5,
        "query": 2,
        "transact": 1,
        "update": 1,
    }
    assert world.job(job).settled == 1


def test_a_result_that_came_while_nobody_looked_is_noted_when_the_window_ends(
    large: tuple[World, str],
) -> None:
    world, job = large
    first, second, *_ = world.provider.webhooks
    world.tell(store(world, [first]))
    world.pipeline.completion.compile(world.job(job))
    world.finish()
    assert world.job(job).state is JobState.DELIVERED

    world.tell(store(world, [second]))
    assert world.job(job).state is JobState.DELIVERED
    world.now += WINDOW
    world.tell([])
    assert world.job(job).state is JobState.LATE


def test_a_run_that_knows_nothing_looks_at_the_table(large: tuple[World, str]) -> None:
    world, job = large
    results = store(world, world.provider.webhooks)
    for place in dict.fromkeys(results):
        world.pipeline.tally.run([place], Window())
    world.finish()

    assert world.job(job).state is JobState.DONE
    assert world.functions.compiles == []
