"""Whatever dies, is lost or comes twice between two requests of `submit`, no contact is accepted a
second time.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from itertools import count
from typing import Any, TypeVar

import httpx
import pytest
from botocore.exceptions import ClientError

from enrichment.domain.job import WRITTEN
from enrichment.domain.operating import Action
from enrichment.domain.outcome import RowState
from tests.functional.outputs import states
from tests.functional.tokens import Row, row_of
from tests.functional.world import DEADLINE, PRICE, Killed, World, contacts
from tests.simulation.aws import READS

Answer = TypeVar("Answer")
ROWS = 6
LOST_BY_NOW = 1200  # seconds after which the sweeper has given up waiting for whatever died
DELIVERED = {2, 5}  # rows whose webhooks come
MONTH = "2027-01"  # in which the world's clock begins


class Fault(Enum):
    """What goes wrong at one request that changes something. At a read it would leave behind what
    it does at the next write.
    """

    KILLED = auto()  # the process dies before the request leaves
    ANSWER_LOST = (
        auto()
    )  # the request is carried out, and the process dies or is told that it failed
    SENT_TWICE = (
        auto()
    )  # the SDK repeats it, its first answer lost; in between comes a rival that dies as below
    RIVAL_ENDS = (
        auto()
    )  # just before it, the same message is delivered to another process, which runs to its end
    RIVAL_DIES = auto()  # and here, which dies once the provider has answered it


class Boundary:
    """Everything that the submitter asks of the outside passes here; one fault happens at one
    request, once.
    """

    def __init__(self) -> None:
        self._fault: Fault | None = None
        self._left = 0
        self._rival_dies = False
        self._deliver_again: Callable[[], object] = lambda: None

    def arm(self, fault: Fault, at: int) -> None:
        self._fault, self._left = fault, at

    def disarm(self) -> bool:
        """Let everything pass from now on; True if the fault had not happened yet."""
        waiting, self._fault = self._fault is not None, None
        return waiting

    def deliver(self, run: Callable[[], object]) -> None:
        """Deliver a message; after a death twice more, as its queue does, and once more after any
        fault.
        """
        self._deliver_again = run
        armed = self._fault is not None
        try:
            run()
        except (Killed, ClientError):
            assert armed
            run()
            run()
        else:
            if armed and self._fault is None:
                run()

    def request(self, send: Callable[[], Answer], by_the_sdk: bool = True) -> Answer:
        """Send a request that changes something.

        Args:
            send: does so.
            by_the_sdk: whether its client repeats requests and raises errors of its own, unlike the
                provider's.
        """
        if self._rival_dies and not by_the_sdk:
            self._rival_dies = False
            send()
            raise Killed
        fault = self._fault
        if fault is None or (fault is Fault.SENT_TWICE and not by_the_sdk):
            return send()
        if self._left:
            self._left -= 1
            return send()
        self._fault = None
        match fault:
            case Fault.KILLED:
                raise Killed
            case Fault.ANSWER_LOST:
                send()
                raise unavailable() if by_the_sdk else Killed
            case Fault.SENT_TWICE:
                send()
                self._rival(dies=True)
            case Fault.RIVAL_ENDS | Fault.RIVAL_DIES:
                self._rival(dies=fault is Fault.RIVAL_DIES)
        return send()

    def _rival(self, dies: bool) -> None:
        self._rival_dies = dies
        with suppress(Killed):
            self._deliver_again()
        self._rival_dies = False


def unavailable() -> ClientError:
    return ClientError(
        {"Error": {"Code": "InternalServerError", "Message": "try again"}}, "Anything"
    )


class Through:
    """An adapter whose every method is one changing request that passes a boundary."""

    def __init__(self, adapter: object, boundary: Boundary, by_the_sdk: bool = True) -> None:
        self._adapter, self._boundary, self._by_the_sdk = adapter, boundary, by_the_sdk

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._adapter, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._boundary.request(lambda: method(*arguments, **named), self._by_the_sdk)

        return call


def nothing(_: World) -> None:
    """The provider does as it should."""


def answers(
    make: Callable[[], httpx.Response | Exception], accepted: bool
) -> Callable[[World], None]:
    def begin(world: World) -> None:
        world.provider.answers, world.provider.accept_before_answer = [make()], accepted

    return begin


def has_an_invalid_contact(world: World) -> None:
    world.provider.invalid = {"Jane3"}


def has_no_credits(world: World) -> None:
    world.provider.behaviour.balance = 0


def has_another_key(world: World) -> None:
    world.provider.behaviour.api_key = "another key"


def months_cap(contacts_left: int) -> Callable[[World], None]:
    def begin(world: World) -> None:
        counted = world.pipeline.budget.month(MONTH).reserved
        world.allow_in_a_month(counted + contacts_left * PRICE)

    return begin


@dataclass(frozen=True)
class Scenario:
    """How the provider takes a job at first, and the states in which that may leave a row in the
    end, whatever else happens.
    """

    begin: Callable[[World], None]
    ends: frozenset[RowState]


ANSWERED = frozenset({RowState.FOUND, RowState.NOT_FOUND, RowState.TIMED_OUT})
PERHAPS = ANSWERED | {RowState.AMBIGUOUS}

SCENARIOS = {
    "202": Scenario(nothing, PERHAPS),
    "422 for one contact": Scenario(has_an_invalid_contact, PERHAPS | {RowState.REJECTED}),
    "422 for credits": Scenario(has_no_credits, PERHAPS),
    "401": Scenario(has_another_key, PERHAPS),
    "429": Scenario(
        answers(lambda: httpx.Response(429, headers={"Retry-After": "7"}), accepted=False), PERHAPS
    ),
    "404, though accepted": Scenario(answers(lambda: httpx.Response(404), accepted=True), PERHAPS),
    "no answer, though accepted": Scenario(
        answers(lambda: httpx.ReadTimeout("slow"), accepted=True), PERHAPS
    ),
    "500, though accepted": Scenario(answers(lambda: httpx.Response(500), accepted=True), PERHAPS),
    "the month's last credits": Scenario(months_cap(ROWS), PERHAPS | {RowState.OVER_BUDGET}),
    "too few credits in the month": Scenario(
        months_cap(ROWS - 1), PERHAPS | {RowState.OVER_BUDGET, RowState.NOT_SENT}
    ),
}


class Trial:
    """Jobs in one world, one for each fault at each request. They share the clock, and so the
    sweeps.
    """

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.world, self.scenario = world, scenario
        self.boundary = Boundary()
        self.jobs: dict[str, str] = {}  # the key of each
        self.delivered: set[Row] = set()
        world.dynamodb.guard = world.s3.guard = self._request
        queue: Any = Through(world.pipeline.submit_queue, self.boundary)
        starter: Any = Through(world.pipeline.compile_starter, self.boundary)
        provider: Any = Through(world.pipeline.provider, self.boundary, by_the_sdk=False)
        completion = replace(world.pipeline.completion, compile_starter=starter)
        world.pipeline.submit = replace(
            world.pipeline.submit, queue=queue, provider=provider, completion=completion
        )

    def _request(self, operation: str, send: Callable[[], Any]) -> Any:
        return send() if operation in READS else self.boundary.request(send)

    def hurt(self, fault: Fault) -> None:
        """Run a new job with the fault at its first request, another with it at the second, until
        one gets through without.
        """
        for at in count():
            key = f"incoming/email/force=true/{fault.name}/{at}.csv"
            job = self.world.drop(key, contacts(ROWS))
            self.jobs[job] = key
            self.scenario.begin(self.world)
            self.boundary.arm(fault, at)
            self.submit()
            self.world.provider.answers.clear()
            if self.boundary.disarm():
                return

    def submit(self) -> None:
        while due := self.world.messages.take():
            for message in due:
                self.boundary.deliver(partial(self.world.pipeline.submit.run, *message))

    def mend(self) -> None:
        """Take the cause away, and let every paused job go on."""
        self.world.provider.behaviour.balance = 10**9
        self.world.provider.behaviour.api_key = "local-api-key"
        for job in self.jobs:
            if self.world.job(job).halt:
                self.world.pipeline.operate.run(job, Action.RESUME)
        self.submit()

    def sweep(self) -> None:
        assert self.world.pipeline.sweep.run().problems == []
        self.submit()
        self.world.finish()

    def deliver(self) -> None:
        """Deliver the webhooks of some rows of every job, if they were accepted."""
        chosen = [
            webhook for webhook in self.world.provider.webhooks if row_of(webhook)[1] in DELIVERED
        ]
        self.world.deliver(chosen)
        self.delivered = {row_of(webhook) for webhook in chosen}

    def end(self) -> None:
        """Sweep once for what was lost and once at the deadline; between them come all the results
        that ever come.
        """
        deadline = self.world.now + DEADLINE
        self.mend()
        self.world.now += LOST_BY_NOW
        self.submit()
        self.sweep()
        self.deliver()
        self.world.now = deadline
        self.sweep()

    def ends(self) -> dict[Row, str]:
        """The state of every row in the output."""
        found = {job: states(self.world.enriched(key, job)) for job, key in self.jobs.items()}
        assert {len(rows) for rows in found.values()} == {ROWS}
        return {
            (job, row): state
            for job, rows in found.items()
            for row, state in enumerate(rows, start=2)
        }


def groups(name: str) -> list[tuple[Fault, ...]]:
    """Faults that share a world; each alone where a job takes seven batches, since moto copies its
    table for a transaction.
    """
    return [(fault,) for fault in Fault] if name == "422 for one contact" else [tuple(Fault)]


@pytest.mark.parametrize(
    ("scenario", "faults"),
    [
        pytest.param(scenario, faults, id=f"{name}, {faults[0].name}" if len(faults) == 1 else name)
        for name, scenario in SCENARIOS.items()
        for faults in groups(name)
    ],
)
def test_no_contact_is_accepted_twice_whatever_happens_at_any_request(
    world: World, scenario: Scenario, faults: tuple[Fault, ...]
) -> None:
    check(Trial(world, scenario), faults)


@pytest.mark.parametrize("name", ["202", "401", "429"])
def test_none_is_in_a_lane_either_where_a_run_records_one_batch_and_takes_another_meanwhile(
    world: World, name: str
) -> None:
    world.pipeline.batch_size = 2
    world.pipeline.split = replace(world.pipeline.split, lanes=1)
    check(Trial(world, SCENARIOS[name]), tuple(Fault))


def check(trial: Trial, faults: tuple[Fault, ...]) -> None:
    """Let each fault happen at each request, and see how all rows end."""
    world, scenario = trial.world, trial.scenario
    for fault in faults:
        trial.hurt(fault)
    trial.end()

    accepted = Counter(map(row_of, world.provider.charged))
    ends = trial.ends()
    assert max(accepted.values(), default=1) == 1
    assert {world.job(job).state for job in trial.jobs} <= WRITTEN
    assert set(ends.values()) <= scenario.ends
    for row, state in ends.items():
        if row in trial.delivered:
            assert state in (RowState.FOUND, RowState.NOT_FOUND), (row, state)
        elif accepted[row]:
            assert state in (RowState.TIMED_OUT, RowState.AMBIGUOUS), (row, state)
        else:
            assert state not in ANSWERED, (row, state)
    assert {row for row, state in ends.items() if state == RowState.REJECTED} <= {
        (job, 4) for job in trial.jobs
    }
    assert (
        world.pipeline.budget.month_cap is None
        or world.pipeline.budget.month(MONTH).reserved <= world.pipeline.budget.month_cap
    )


def test_what_nobody_died_of_leaves_no_row_behind(world: World) -> None:
    trial = Trial(world, SCENARIOS["202"])
    for fault in (Fault.SENT_TWICE, Fault.RIVAL_ENDS):
        trial.hurt(fault)
    trial.end()

    assert Counter(map(row_of, world.provider.charged)) == dict.fromkeys(trial.ends(), 1)
    assert set(trial.ends().values()) <= ANSWERED
