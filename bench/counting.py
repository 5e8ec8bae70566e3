"""What a contact takes of the table, counted in the units that DynamoDB charges for, and what one
tick of the sweeper does while a large job waits or runs as it should.

The job lives in a world in memory. Its batches are sent at once; the results of each come spread
over some minutes, in an order that a seed chooses, and the stream tells of them in the windows that
the template asks for. The sweeper looks each minute.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from bench.watching import InParts, quiet
from enrichment.clock import Clock
from tests.functional.accounts import InMemory
from tests.functional.world import World, contacts
from tests.simulation.dynamodb import DynamoDB

CONTACTS = 10_000
WAITING = 1_000  # batches
SPREADS = (0, 5, 30)  # minutes
_KEY = "incoming/email/q3/leads.csv"
_TOLD_EACH = 1  # seconds
_TICKS = 15
_INTO_THE_WINDOW = 780  # seconds, at which results begin to come, so that a window ends meanwhile


class Metered(DynamoDB):
    """A table that counts units: of 1 kB for a write, two of them in a transaction, also where its
    condition fails; of 4 kB for a consistent read, each item for itself unless they are queried,
    and half of that from an index. `requests` counts the calls.
    """

    def __init__(self, guard: Callable[[str, Callable[[], Any]], Any]) -> None:
        super().__init__(guard, lambda *_: None)
        self.writes = self.reads = 0.0

    def put_item(self, **request: Any) -> dict[str, Any]:
        self.writes += _units(_size(request["Item"]), 1024)
        return super().put_item(**request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        answer = super().update_item(**request)
        self.writes += self._units_at(request["Key"], 1024)
        return answer

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for action in TransactItems:
            ((kind, request),) = action.items()
            put = kind == "Put"
            each = (
                _units(_size(request["Item"]), 1024)
                if put
                else self._units_at(request["Key"], 1024)
            )
            self.writes += 2 * each
        return super().transact_write_items(TransactItems)

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.reads += self._units_at(request["Key"], 4096)
        return super().get_item(**request)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        for request in RequestItems.values():
            self.reads += sum(self._units_at(key, 4096) for key in request["Keys"])
        return super().batch_get_item(RequestItems)

    def _query(self, **request: Any) -> dict[str, Any]:
        answer = super()._query(**request)
        units = _units(sum(map(_size, answer["Items"])), 4096)
        self.reads += units / 2 if request.get("IndexName") else units
        return answer

    def _units_at(self, key: Mapping[str, Any], unit: int) -> int:
        return _units(_size(self._wired((key["pk"]["S"], key["sk"]["S"])) or {}), unit)


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


def _units(size: int, unit: int) -> int:
    return max(1, math.ceil(size / unit))


def _size(item: Mapping[str, Any]) -> int:
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
