"""What each function does for a job, counted and measured in a world in memory: its calls by kind,
its seconds of CPU without them, and the units of the table. Of all that there is a part that each
job takes, and a part that each batch of a hundred contacts takes.

Results come in a random order within the time that the provider is told to take, and the stream
tells of them as often as the template asks for. People are entered in the ledger.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from time import process_time
from typing import Any

from bench.scale.figures import Figures
from bench.scale.given import given
from bench.watching import InParts, quiet
from enrichment.clock import Clock
from tests.functional.accounts import InMemory
from tests.functional.world import REUSE, World, contacts
from tests.simulation.metered import Metered

SMALL, LARGE = 20, 120  # batches; few of them are settled in parts
_BATCH = 100
_KEY = "incoming/email/q3/leads.csv"


class _Watch:
    """Counts calls by their kind, and the CPU time that what answers them takes."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.inside = 0.0

    def __call__(self, kind: str, act: Callable[[], Any]) -> Any:
        self.counted[kind] += 1
        before = process_time()
        try:
            return act()
        finally:
            self.inside += process_time() - before


class _Table(Metered):
    """A metered table that counts what its two indexes take when a job changes, too: one has the
    whole of it, the other a little.
    """

    def update_item(self, **request: Any) -> dict[str, Any]:
        self._index(request["Key"])
        return super().update_item(**request)

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for action in TransactItems:
            ((_, request),) = action.items()
            self._index(request.get("Key") or request["Item"])
        return super().transact_write_items(TransactItems)

    def _index(self, key: Any) -> None:
        if key["sk"]["S"] == "JOB":
            self.writes += self._units_at(key, 1024) + 1


class _Account(InMemory):
    def __init__(self, api_key: str, clock: Clock) -> None:
        super().__init__(api_key, clock)
        self.watch = _Watch()
        self.s3 = InParts(clock)
        self.s3.guard = self.watch
        self.secrets.guard = self.watch
        self.dynamodb = _Table(self.watch)


class _Life:
    """The life of one job, and what each function took for it."""

    def __init__(self, batches: int, figures: Figures) -> None:
        self.took: dict[str, dict[str, Any]] = {}
        self._world = World(account=_Account, environment=REUSE)
        self._account: Any = self._world.account
        send = self._world.messages.send_message_batch
        self._world.messages.send_message_batch = (  # type: ignore[method-assign]
            lambda **asked: self._account.watch("send", lambda: send(**asked))
        )
        self._batches, self._figures = batches, figures

    def lived(self) -> dict[str, dict[str, Any]]:
        """All of it, by function."""
        world = self._world
        with self._of("split"):
            job = world.drop(_KEY, contacts(self._batches * _BATCH))
        with self._of("submit"):
            while world.submit_all():
                pass
        self._results()
        with self._of("compile"):
            world.finish()
        if not world.job(job).finished_at:
            raise RuntimeError("the job is not done, so this is not all of it")
        return self.took

    def _results(self) -> None:
        first, last = given()["provider"]["results"]
        window, began = self._figures.window("tally"), self._world.now
        chance = random.Random(self._batches)
        webhooks, self._world.provider.webhooks = self._world.provider.webhooks, []
        due = sorted((chance.uniform(first, last), at) for at in range(len(webhooks)))
        for number, told in groupby(due, lambda each: int(each[0] // window)):
            self._world.now = began + (number + 1) * window
            self._store([webhooks[at] for _, at in told])

    def _store(self, webhooks: list[dict[str, Any]]) -> None:
        told: list[tuple[str, int]] = []
        tell = self._world.tell
        self._world.tell = told.extend  # type: ignore[method-assign, assignment]
        with self._of("webhook"):
            self._world.deliver(webhooks)
        self._world.tell = tell  # type: ignore[method-assign]
        with self._of("tally"):
            self._world.tell(told)

    @contextmanager
    def _of(self, function: str) -> Iterator[None]:
        """What happens meanwhile is a function's work."""
        watch, table = self._account.watch, self._account.dynamodb
        watch.counted.clear()
        before = process_time() - watch.inside, table.reads, table.writes
        yield
        took = self.took.setdefault(
            function, {"cpu": 0.0, "reads": 0.0, "writes": 0.0, "calls": Counter()}
        )
        took["cpu"] += process_time() - watch.inside - before[0]
        took["reads"] += table.reads - before[1]
        took["writes"] += table.writes - before[2]
        took["calls"] += watch.counted


def lived(batches: int) -> dict[str, dict[str, float]]:
    """What each function took for one job of so many batches."""
    with quiet():
        took = _Life(batches, Figures()).lived()
    return {name: _flat(each) for name, each in took.items()}


def counted(small: int = SMALL, large: int = LARGE) -> dict[str, dict[str, Any]]:
    """Of each function, what a `job` takes and what each `batch` takes."""
    one, other = lived(small), lived(large)
    return {name: _apart(took, other[name], small, large) for name, took in one.items()}


def _flat(took: dict[str, Any]) -> dict[str, float]:
    return {**took["calls"], **{name: took[name] for name in ("cpu", "reads", "writes")}}


def _apart(
    one: dict[str, float], other: dict[str, float], small: int, large: int
) -> dict[str, dict[str, float]]:
    """What two jobs of different size took, as what each batch takes and what is left."""
    each = {
        name: max(0.0, (took - one.get(name, 0)) / (large - small)) for name, took in other.items()
    }
    job = {name: max(0.0, took - each[name] * large) for name, took in other.items()}
    return {
        part: {name: round(value, 6) for name, value in sorted(values.items()) if value}
        for part, values in (("job", job), ("batch", each))
    }
