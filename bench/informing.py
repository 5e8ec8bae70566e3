"""What it costs to show how far a job is: calls and read units of `inform`, counted, and what AWS
takes for them.

The results of the job come within an hour, and its pages are written as often as they may be. It
is one of as many jobs as the list has room for.
"""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.prices import EVENTS, GETS, INVOCATIONS, MESSAGES, PRICED, PUTS, READ_UNITS, WRITE_UNITS
from bench.watching import Large, quiet
from enrichment.clock import Clock
from enrichment.store.attributes import wire
from enrichment.store.items import job_key
from tests.functional.world import World, contacts
from tests.simulation.metered import Metered

ROWS = 100_000
PERIOD = 15  # seconds
_KEY = "incoming/email/q3/leads.csv"
_SECONDS = 3600
_OTHER_JOBS = 499
_PRICES = {
    "put_object": PUTS,
    "get_object": GETS,
    "read_units": READ_UNITS,
    "write_units": WRITE_UNITS,
    "put_events": EVENTS,
    "publish": MESSAGES,
    "runs": INVOCATIONS,
}


class _Counted:
    """A client whose calls are counted."""

    def __init__(self, real: Any, calls: Counter[str]) -> None:
        self._real, self._calls = real, calls
        self.exceptions = getattr(real, "exceptions", None)
        self.get_paginator = getattr(real, "get_paginator", None)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            self._calls[name] += 1
            return getattr(self._real, name)(**given)

        return call


class _Account(Large):
    """An account for a large file, whose table counts units."""

    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.dynamodb = Metered()


def counted(rows: int = ROWS) -> dict[str, Any]:
    """What the pages of one job of so many rows cost, in USD."""
    world = World(account=_Account, environment={"STATUS_SECONDS": str(PERIOD)})
    calls: Counter[str] = Counter()
    with quiet():
        units = _live(world, rows, calls)
    named = {name: units.get(name, calls[name]) for name in _PRICES}
    usd = sum(named[name] * price for name, price in _PRICES.items())
    return {"rows": rows, "calls": named, "usd": round(usd, 4), "priced": PRICED}


def _live(world: World, rows: int, calls: Counter[str]) -> dict[str, int]:
    """The whole life of a job, seen by an `inform` whose calls are counted; the units it takes."""
    key = world.drop(_KEY, contacts(rows))
    _others(world, key)
    informer, table = _informer(world, calls), world.dynamodb
    reads = writes = 0.0
    each = -(-rows * PERIOD // (_SECONDS - 120))
    for _ in range(0, _SECONDS, PERIOD):
        world.submit_all()
        world.now += PERIOD
        come = world.provider.webhooks[:each]
        del world.provider.webhooks[:each]
        world.deliver(come)
        world.finish()
        then = table.reads, table.writes
        calls["runs"] += 1
        informer([key])
        reads, writes = reads + table.reads - then[0], writes + table.writes - then[1]
    if list(world.pipeline.jobs.open()):
        raise RuntimeError("the job is not done, so this is not all of it")
    return {"read_units": math.ceil(reads), "write_units": math.ceil(writes)}


def _informer(world: World, calls: Counter[str]) -> Callable[[list[str]], int]:
    clients = {name: vars(world)[name] for name in ("s3", "dynamodb", "bus")}
    vars(world).update({name: _Counted(client, calls) for name, client in clients.items()})
    pipeline = world.another(STATUS_SECONDS=str(PERIOD))
    vars(world).update(clients)
    return pipeline.inform.run


def _others(world: World, job: str) -> None:
    """Other jobs in the list, which are over."""
    key = wire(job_key(job))
    [item] = [item for item in world.items() if key.items() <= item.items()]
    for number in range(_OTHER_JOBS):
        other = {name: value for name, value in item.items() if name != "open"}
        other |= {
            "pk": {"S": f"JOB#{number}"},
            "id": {"S": f"{number:016}"},
            "state": {"S": "DONE"},
        }
        world.dynamodb.put_item(TableName="table", Item=other)
