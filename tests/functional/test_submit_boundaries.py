"""Whatever dies, is lost or comes twice between two requests of `submit`, no contact is accepted a second time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import count
from typing import Any, TypeVar

import httpx
import pytest
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from enrichment.adapters.secrets import Secrets
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from enrichment.errors import SettingsError
from enrichment.usecases.completion import Completion
from enrichment.usecases.operate import Action
from tests.functional.test_enrichment import states
from tests.functional.world import DEADLINE, PRICE, Killed, World, contacts

Answer = TypeVar("Answer")
Row = tuple[str, int]  # a job and a row's number

ROWS = 6
STEP = 1200  # seconds between two sweeps: enough for each to find what the one before left undone
ROOM = 10**9  # credits; a cap that is never reached
DEATHS = (Killed, ClientError, GetParameterError, SettingsError)


class Fault(Enum):
    """What goes wrong at one request."""

    KILLED = auto()  # the process dies before the request leaves
    ANSWER_LOST = auto()  # the request is carried out, and the process dies or is told that it failed
    SENT_TWICE = auto()  # the SDK repeats it, because the first answer was lost
    SECOND_DELIVERY = auto()  # just before it, the same message is delivered to another process, which runs to its end


@dataclass(frozen=True)
class Kind:
    """What a fault at a request depends on."""

    by_the_sdk: bool  # which repeats requests and raises its own errors, unlike the provider's client
    writes: bool


class Boundary:
    """Everything that the submitter asks of the outside passes here; one fault happens at one request, once."""

    def __init__(self) -> None:
        self._fault: Fault | None = None
        self._left = 0
        self._deliver_again: Callable[[], object] = lambda: None

    def arm(self, fault: Fault, at: int) -> None:
        self._fault, self._left = fault, at

    def disarm(self) -> bool:
        """Let everything pass from now on; True if the fault had not happened yet."""
        waiting, self._fault = self._fault is not None, None
        return waiting

    def deliver(self, run: Callable[[], object]) -> None:
        """Deliver a message; after a death twice more, as its queue does, and once more after any fault."""
        self._deliver_again = run
        armed = self._fault is not None
        try:
            run()
        except DEATHS:
            assert armed
            run()
            run()
        else:
            if armed and self._fault is None:
                run()

    def request(self, kind: Kind, send: Callable[[], Answer]) -> Answer:
        fault = self._fault
        if fault is None or not happens(fault, kind):
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
                raise unavailable() if kind.by_the_sdk else Killed
            case Fault.SENT_TWICE:
                send()
            case Fault.SECOND_DELIVERY:
                self._deliver_again()
        return send()


def happens(fault: Fault, kind: Kind) -> bool:
    """Whether a fault can make a difference: a read that was carried out is as good as one that was not."""
    match fault:
        case Fault.ANSWER_LOST:
            return kind.writes
        case Fault.SENT_TWICE:
            return kind.writes and kind.by_the_sdk
    return True


def unavailable() -> ClientError:
    return ClientError({"Error": {"Code": "InternalServerError", "Message": "try again"}}, "Anything")


class Through:
    """An adapter whose every method is one writing request that passes a boundary."""

    def __init__(self, adapter: object, boundary: Boundary, by_the_sdk: bool = True) -> None:
        self._adapter, self._boundary, self._kind = adapter, boundary, Kind(by_the_sdk, writes=True)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._adapter, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._boundary.request(self._kind, lambda: method(*arguments, **named))

        return call


def interpose(client: Any, request: Callable[[str, Callable[[], Any]], Any]) -> None:
    """Let every request of a boto3 client, those of its paginators too, pass through `request` with its operation's name."""
    send = client._make_api_call
    client._make_api_call = lambda operation, parameters: request(operation, lambda: send(operation, parameters))


def nothing(_: World) -> None:
    """The provider does as it should."""


def answers(make: Callable[[], httpx.Response | Exception], accepted: bool) -> Callable[[World], None]:
    def begin(world: World) -> None:
        world.provider.answers, world.provider.accept_before_answer = [make()], accepted

    return begin


def has_an_invalid_contact(world: World) -> None:
    world.provider.invalid = {"Jane3"}


def has_no_credits(world: World) -> None:
    world.provider.behaviour.balance = 0


def has_another_key(world: World) -> None:
    world.provider.behaviour.api_key = "another key"


def allows_no_credits(world: World) -> None:
    world.submit = replace(world.submit, month_cap=world.table.reserved("2027-01") + ROWS * PRICE - 1)


@dataclass(frozen=True)
class Scenario:
    """How the provider takes a job at first, and the states in which that may leave a row in the end, whatever else happens."""

    begin: Callable[[World], None]
    ends: frozenset[RowState]


ANSWERED = frozenset({RowState.FOUND, RowState.NOT_FOUND, RowState.TIMED_OUT})
PERHAPS = ANSWERED | {RowState.AMBIGUOUS}

SCENARIOS = {
    "202": Scenario(nothing, PERHAPS),
    "422 for one contact": Scenario(has_an_invalid_contact, PERHAPS | {RowState.REJECTED}),
    "422 for credits": Scenario(has_no_credits, PERHAPS),
    "401": Scenario(has_another_key, PERHAPS),
    "429": Scenario(answers(lambda: httpx.Response(429, headers={"Retry-After": "7"}), accepted=False), PERHAPS),
    "404, though accepted": Scenario(answers(lambda: httpx.Response(404), accepted=True), PERHAPS),
    "no answer, though accepted": Scenario(answers(lambda: httpx.ReadTimeout("slow"), accepted=True), PERHAPS),
    "500, though accepted": Scenario(answers(lambda: httpx.Response(500), accepted=True), PERHAPS),
    "the month's credits used up": Scenario(allows_no_credits, frozenset({RowState.OVER_BUDGET})),
}


class Trial:
    """Jobs in one world, one for each fault at each request. They share the clock, and so the sweeps."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self.world, self.scenario = world, scenario
        self.boundary = Boundary()
        self.jobs: dict[str, str] = {}  # the key of each
        self.delivered: set[Row] = set()
        for client in (world.dynamodb, world.s3, world.secretsmanager):
            interpose(client, self._request)
        queue: Any = Through(world.messages, self.boundary)
        starter: Any = Through(world.starts, self.boundary)
        provider: Any = Through(world.pronto, self.boundary, by_the_sdk=False)
        completion = Completion(world.table, starter, world.clock)
        world.submit = replace(world.submit, queue=queue, provider=provider, completion=completion, month_cap=ROOM)

    def _request(self, operation: str, send: Callable[[], Any]) -> Any:
        return self.boundary.request(Kind(by_the_sdk=True, writes=not operation.startswith(("Get", "Query"))), send)

    def hurt(self, fault: Fault) -> int:
        """Run a new job with the fault at its first request, the next one with it at its second, and so on; how many there are."""
        for at in count():
            key = f"incoming/email/{fault.name}/{at}.csv"
            job = self.world.drop(key, contacts(ROWS))
            self.jobs[job] = key
            self.scenario.begin(self.world)
            # A process of its own, which has read no secret yet.
            secrets = Secrets(SecretsProvider(boto3_client=self.world.secretsmanager), "api-key", "signing-key")
            self.world.submit = replace(self.world.submit, secrets=secrets)
            self.boundary.arm(fault, at)
            self.submit()
            self.world.provider.answers.clear()
            if self.boundary.disarm():
                return at
        raise AssertionError("counting does not end")

    def submit(self) -> None:
        while due := self.world.messages.take():
            for job, number in due:
                self.boundary.deliver(lambda job=job, number=number: self.world.submit.run(job, number))  # type: ignore[misc]

    def mend(self) -> None:
        """Take the cause away, and let every paused job go on."""
        self.world.provider.behaviour.balance = ROOM
        self.world.provider.behaviour.api_key = "local-api-key"
        for job in self.jobs:
            if self.world.job(job).halt:
                self.world.operate.run(job, Action.RESUME)
        self.submit()

    def sweep(self) -> None:
        assert self.world.sweep.run().problems == []
        self.submit()
        self.world.finish()

    def deliver(self, share: Callable[[Row], bool]) -> None:
        """Deliver the webhooks of some rows."""
        waiting = self.world.provider.webhooks
        chosen = [webhook for webhook in waiting if share(row_of(webhook))]
        self.world.provider.webhooks = [webhook for webhook in waiting if webhook not in chosen]
        self.world.deliver(chosen)
        self.world.finish()
        self.delivered |= {row_of(webhook) for webhook in chosen}

    def end(self) -> None:
        """Sweep until all jobs are over. Some results come in time, some late, those of row 4 never."""
        deadline = self.world.now + DEADLINE
        self.mend()
        while self.world.now + STEP < deadline:
            self.world.now += STEP
            self.sweep()
        self.deliver(lambda row: row[1] in (2, 5))
        self.world.now = deadline
        self.sweep()
        self.deliver(lambda row: row[1] != 4)
        self.world.now += STEP
        self.sweep()

    def ends(self) -> dict[Row, str]:
        """The state of every row in the output."""
        found = {job: states(self.world.enriched(key, job)) for job, key in self.jobs.items()}
        assert {len(rows) for rows in found.values()} == {ROWS}
        return {(job, row): state for job, rows in found.items() for row, state in enumerate(rows, start=2)}


def row_of(contact: dict[str, Any]) -> Row:
    """The row that a contact's token names."""
    _, _, job, _, row, _ = contact["custom"]["token"].split(".")
    return job, int(row)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_no_contact_is_accepted_twice_whatever_happens_at_any_request(world: World, scenario: Scenario) -> None:
    trial = Trial(world, scenario)
    requests = {fault: trial.hurt(fault) for fault in Fault}
    print(requests)
    trial.end()

    accepted = Counter(map(row_of, world.provider.charged))
    ends = trial.ends()
    assert max(accepted.values(), default=1) == 1
    assert {world.job(job).state for job in trial.jobs} == {JobState.DONE}
    assert set(ends.values()) <= scenario.ends
    for row, state in ends.items():
        if row in trial.delivered:
            assert state in (RowState.FOUND, RowState.NOT_FOUND), (row, state)
        elif accepted[row]:
            assert state in (RowState.TIMED_OUT, RowState.AMBIGUOUS), (row, state)
        else:
            assert state in (RowState.AMBIGUOUS, RowState.REJECTED, RowState.OVER_BUDGET), (row, state)
    assert {row for row, state in ends.items() if state == RowState.REJECTED} <= {(job, 4) for job in trial.jobs}
    assert world.table.reserved("2027-01") >= PRICE * accepted.total()
