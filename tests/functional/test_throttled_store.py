"""DynamoDB throttles for minutes under load: what was acknowledged is in the output, what was not
is never made up.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from enrichment.domain.job import WRITTEN
from enrichment.domain.outcome import RowState
from enrichment.usecases.webhook import Received
from tests.functional.outputs import rows_of
from tests.functional.tokens import Row, row_of
from tests.functional.world import DEADLINE, World, batch_of, contacts

KEYS = ("incoming/email/before.csv", "incoming/email/force=true/during.csv")
ROWS = 120  # of each: two batches
AT_ONCE = 8  # webhooks between two minutes


class Store:
    """A DynamoDB that refuses a share of the requests, and loses the answers to a share of those
    that it carries out.
    """

    def __init__(self, dice: random.Random, refuses: float, loses: float) -> None:
        self._dice, self._refuses, self._loses = dice, refuses, loses
        self.throttling = False
        self.refused = self.lost = 0

    def request(self, operation: str, send: Callable[[], Any]) -> Any:
        if not self.throttling:
            return send()
        if self._dice.random() < self._refuses:
            self.refused += 1
            raise ClientError(
                {
                    "Error": {
                        "Code": "ProvisionedThroughputExceededException",
                        "Message": "slow down",
                    }
                },
                operation,
            )
        answer = send()
        if self._dice.random() < self._loses:
            self.lost += 1
            raise ClientError(
                {"Error": {"Code": "InternalServerError", "Message": "lost"}}, operation
            )
        return answer


def attempt(run: Callable[[], object]) -> bool:
    """Run something once; whether it was acknowledged."""
    try:
        run()
    except ClientError:
        return False
    return True


def submit(world: World) -> None:
    """Submit what is due; a message whose run failed comes again a minute later."""
    for message in world.messages.take():
        if not attempt(partial(world.pipeline.submit.run, *message)):
            world.pipeline.submit_queue.send([message], delay=60)


def finish(world: World) -> None:
    """Run the compilations that were started. One that fails is lost, as after its last retry."""
    while world.functions.compiles:
        attempt(partial(world.pipeline.compile.run, world.functions.compiles.pop(0)))


def minute(world: World) -> None:
    world.now += 60
    attempt(world.pipeline.sweep.run)
    submit(world)
    finish(world)


def receive(world: World, webhook: dict[str, Any]) -> None:
    assert world.pipeline.webhook.run(json.dumps(webhook).encode()) is Received.STORED


def deliver(world: World, webhooks: list[dict[str, Any]]) -> dict[Row, str]:
    """Post some webhooks, each once, and let the stream tell of them, once; the e-mails that were
    acknowledged.
    """
    acknowledged = [webhook for webhook in webhooks if attempt(partial(receive, world, webhook))]
    attempt(partial(world.tell, [batch_of(webhook) for webhook in webhooks]))
    return {row_of(webhook): webhook["email"] for webhook in acknowledged}


@pytest.mark.parametrize(("refuses", "loses"), [(0.3, 0.1), (0.6, 0.0), (0.1, 0.4)])
@pytest.mark.parametrize("seed", range(2))
def test_every_acknowledged_result_is_in_the_output(
    world: World, seed: int, refuses: float, loses: float
) -> None:
    """One job was sent before the throttling and one is sent during it; it lasts beyond the
    deadline of both.
    """
    world.provider.behaviour.find_rate = 1
    dice = random.Random(seed)
    store = Store(dice, refuses, loses)
    world.dynamodb.guard = store.request
    jobs = {world.drop(KEYS[0], contacts(ROWS)): KEYS[0]}
    world.submit_all()
    jobs[world.drop(KEYS[1], contacts(ROWS))] = KEYS[1]

    store.throttling = True
    for _ in range(10):
        minute(world)
    acknowledged: dict[Row, str] = {}
    waiting = world.provider.webhooks
    dice.shuffle(waiting)
    for start in range(0, len(waiting), AT_ONCE):
        acknowledged |= deliver(world, waiting[start : start + AT_ONCE])
        minute(world)
        if start == ROWS // AT_ONCE // 2 * AT_ONCE:
            world.now += DEADLINE
    store.throttling = False
    for _ in range(4):  # a compilation that was lost is found, then what came after its output
        world.now += 3600
        minute(world)

    assert store.refused + store.lost > 50
    assert {world.job(job).state for job in jobs} <= WRITTEN
    accepted = Counter(map(row_of, world.provider.charged))
    assert max(accepted.values()) == 1
    assert ROWS / 4 < len(acknowledged) < len(waiting) == len(accepted)
    for job, key in jobs.items():
        header, *rows = rows_of(world.enriched(key, job))
        assert len(rows) == ROWS
        for number, cells in enumerate(rows, start=2):
            row = dict(zip(header, cells, strict=True))
            if email := acknowledged.get((job, number)):
                assert (row["enrichment_status"], row["enriched_email"]) == (RowState.FOUND, email)
            elif not accepted[job, number]:
                assert row["enrichment_status"] in (RowState.NOT_SENT, RowState.AMBIGUOUS)
