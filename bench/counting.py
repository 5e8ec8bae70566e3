"""What a contact takes of the table, counted in the units that DynamoDB charges for, and what one
tick of the sweeper does while a large job waits or runs as it should.

The job lives in a world in memory. Its batches are sent at once; the results of each come spread
over some minutes, in an order that a seed chooses, and the stream tells of them in the windows that
the template asks for. The sweeper looks each minute.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

from bench.watching import InParts, quiet
from enrichment.clock import Clock
from tests.functional.accounts import InMemory
from tests.functional.world import World, contacts
from tests.simulation.metered import Metered

CONTACTS = 10_000
WAITING = 1_000  # batches
SPREADS = (0, 5, 30)  # minutes
_KEY = "incoming/email/q3/leads.csv"
_TOLD_EACH = 1  # seconds
_TICKS = 15
_INTO_THE_WINDOW = 780  # seconds, at which results begin to come, so that a window ends meanwhile


class Calls:
    """Counts the calls of a client, by service."""

    def __init__(self, calls: Counter[str], service: str) -> None:
        self.calls, self._service = calls, service

    def __call__(self, _: str, act: Callable[[], Any]) -> Any:
        self.calls[self._service] += 1
        return act()


class Counted(InMemory):
    """An account whose calls are counted by service, and whose table counts units."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        calls: Counter[str] = Counter()
        self.s3 = InParts(clock)
        self.s3.guard = Calls(calls, "bucket")
        self.dynamodb = Metered(Calls(calls, "table"))


def counted() -> dict[str, Any]:
    """All of it, as `results.json` has it."""
    with quiet():
        return {
            "contacts": CONTACTS,
            "spreads": {str(minutes): contact(CONTACTS, minutes) for minutes in SPREADS},
            "batches": WAITING,
            "waiting": ticks(WAITING, is_sent=False),
            "sent": ticks(WAITING, is_sent=True),
        }


def contact(number: int, minutes: int) -> dict[str, float]:
    """What the results of a job take, for each contact: reads and writes from the first result to
    the start of `compile`, without what storing the results takes; runs of `compile`; and messages
    for each batch.
    """
    world = World(account=Counted)
    messages = _count_messages(world)
    job = world.drop(_KEY, contacts(number))
    world.submit_all()
    reads, writes, runs = _come(world, minutes)
    if job not in runs:
        raise RuntimeError("the job is not done, so this is not all of it")
    return {
        "reads": round(reads / number, 3),
        "writes": round(writes / number, 3),
        "compiles": len(runs),
        "messages": messages["sent"] / world.job(job).batches,
    }


def _come(world: World, minutes: int) -> tuple[float, float, list[str]]:
    """The units that `tally` takes, with a write for each result, and the runs of `compile`."""
    table: Metered = world.dynamodb
    webhooks, world.provider.webhooks = world.provider.webhooks, []
    chance = random.Random(minutes)
    due = sorted((chance.randrange(60 * minutes + 30), at) for at in range(len(webhooks)))
    reads = writes = 0.0
    runs: list[str] = []
    began = swept = world.now = world.now + _INTO_THE_WINDOW
    for window, told in groupby(due, lambda each: each[0] // _TOLD_EACH):
        world.now = began + window * _TOLD_EACH
        then = table.reads, table.writes
        world.deliver([webhooks[at] for _, at in told])
        reads, writes = reads + table.reads - then[0], writes + table.writes - then[1]
        while world.now - swept >= 60:
            swept += 60
            world.pipeline.sweep.run()
        runs += world.functions.compiles
        world.finish()
    for _ in range(_TICKS):
        world.now += 60
        world.pipeline.sweep.run()
        runs += world.functions.compiles
        world.finish()
    return reads, writes, runs


def ticks(batches: int, is_sent: bool) -> dict[str, float]:
    """What ticks do while a job of so many batches waits for its turn, or is sent and its results
    come, one a minute.
    """
    world = World(account=Counted)
    calls, table = world.s3.guard.calls, world.dynamodb
    world.drop(_KEY, contacts(100 * batches))
    if is_sent:
        world.submit_all()
    messages = _count_messages(world)
    seen: list[Counter[str]] = []
    for _ in range(_TICKS):
        world.now += 60
        if is_sent:
            world.deliver([world.provider.webhooks.pop()])
        calls.clear()
        before = table.reads
        world.pipeline.sweep.run()
        seen.append(calls + Counter({"reads": math.ceil(table.reads - before)}))
    return {
        "ticks": _TICKS,
        "usual_reads": sorted(tick["reads"] for tick in seen)[_TICKS // 2],
        "most_reads": max(tick["reads"] for tick in seen),
        "most_calls": max(tick["table"] for tick in seen),
        "listings": sum(tick["bucket"] for tick in seen),
        "messages": messages["sent"],
    }


def _count_messages(world: World) -> Counter[str]:
    """The messages that are asked for from here on, as `sent`."""
    counted: Counter[str] = Counter()
    send = world.messages.send_message_batch

    def sent(QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        counted["sent"] += len(Entries)
        return send(QueueUrl=QueueUrl, Entries=Entries)

    world.messages.send_message_batch = sent  # type: ignore[method-assign]
    return counted
