"""The table in memory does what moto's does, for whatever the store sends."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.credits import Charge
from enrichment.domain.job import ENDED_AT_ONCE, Halt, Job, JobState
from enrichment.domain.origin import Origin
from enrichment.domain.person import Entry
from enrichment.domain.token import RowRef
from enrichment.errors import BrokenInvariant
from enrichment.store.attributes import plain
from enrichment.store.batches import Batches
from enrichment.store.budget import Budget
from enrichment.store.contents import Contents
from enrichment.store.erasures import Erasures
from enrichment.store.jobs import Jobs
from enrichment.store.movements import Room
from enrichment.store.persons import Persons
from enrichment.store.results import Results
from enrichment.store.table import Table
from tests.functional.accounts import table_of_the_template
from tests.functional.moto_mends import quick_transactions
from tests.simulation.dynamodb import DynamoDB
from tests.unit.builders import a_batch, a_job, a_reading

CAP = 7
MONTH, AT = "2026-11", 1_795_000_000
RETENTION = 90
JOB = a_job(created_at=1, deadline_at=100, content="content", wanted="email", most_each=2)
READING = a_reading()
OTHER = a_job(id="other", created_at=50, deadline_at=150, content="content")
jobs = st.sampled_from([JOB, OTHER])
numbers = st.integers(1, 4)
held = st.sampled_from([{}, {"month": MONTH, "reserved": 4}])  # what a batch holds, as it was read
times = st.integers(1, 200)
KEYS = ("one", "two")
keys = st.sampled_from(KEYS)
entries = st.builds(
    Entry,
    job=st.just("job"),
    batch=numbers,
    row=st.integers(1, 3),
    claim=st.sampled_from("ab"),
    marks=st.sampled_from([("",), ("page",)]),
    expires_at=times,
)


def batch(number: int, **fields: object) -> Batch:
    return a_batch(number=number, first_row=number, last_row=number, **fields)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


class Store:
    """All that is kept in one table."""

    def __init__(self, client: Any, clock: Clock) -> None:
        table = Table(client, "table", RETENTION, clock)
        self.jobs, self.batches, self.results = Jobs(table), Batches(table), Results(table)
        self.budget, self.contents = Budget(table, CAP), Contents(table)
        self.persons, self.erasures = Persons(table), Erasures(table)


def by_key(items: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(item["pk"]["S"], item["sk"]["S"]): plain(item) for item in items}


class BothTables(RuleBasedStateMachine):
    """Does the same to both, and compares what they return and what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self._mock = ExitStack()
        self._mock.enter_context(mock_aws())
        self._mock.enter_context(quick_transactions())
        self._client = boto3.client("dynamodb", "us-east-1")
        self._client.create_table(TableName="table", **table_of_the_template())
        self._memory = DynamoDB(lambda _, act: act(), lambda *_: None)
        self._now = 0
        self._stores = tuple(
            Store(client, lambda: self._now) for client in (self._client, self._memory)
        )

    def teardown(self) -> None:
        self._mock.close()

    def both(self, act: Callable[[Store], Any]) -> None:
        first, second = map(act, self._stores)
        assert first == second

    @rule(now=times)
    def pass_time(self, now: int) -> None:
        """To a time at which some items are expired, or back."""
        self._now = now

    # Jobs and their contents

    @initialize(state=st.sampled_from(JobState))
    def begin(self, state: JobState) -> None:
        """Begin with a job in any state, since few walks would lead into the last ones."""
        job = JOB.model_copy(update={"state": state})
        self.both(lambda store: store.jobs.create(job))

    @rule(job=jobs)
    def create(self, job: Job) -> None:
        self.both(lambda store: store.jobs.create(job))

    @rule(job=jobs, now=times, force=st.booleans())
    def run(self, job: Job, now: int, force: bool) -> None:
        self.both(lambda store: store.jobs.run(job, READING, now, force, plan="plan", batches=4))

    @rule(job=jobs, key=st.sampled_from([JOB.key, "work/source"]))
    def read_anew(self, job: Job, key: str) -> None:
        self.both(lambda store: store.jobs.read_anew(job, key, "2", READING.layout))
        self.both(lambda store: store.jobs.reading(job.id))

    @rule(job=jobs, now=times, planned=st.integers(1, 3))
    def hand_on(self, job: Job, now: int, planned: int) -> None:
        self.both(lambda store: store.jobs.hand_on(job, now, "plan", planned, "rules"))

    @rule(job=jobs, to=st.sampled_from(ENDED_AT_ONCE), now=times)
    def end_at_once(self, job: Job, to: JobState, now: int) -> None:
        self.both(lambda store: store.jobs.end_at_once(job.id, to, now))

    @rule(job=jobs, halt=st.sampled_from(Halt))
    def pause(self, job: Job, halt: Halt) -> None:
        self.both(lambda store: store.jobs.pause(job.id, halt, "words"))

    @rule(job=jobs)
    def resume(self, job: Job) -> None:
        self.both(lambda store: store.jobs.resume(job.id))

    @rule(job=jobs, now=times)
    def begin_compiling(self, job: Job, now: int) -> None:
        self.both(lambda store: store.jobs.begin_compiling(job.id, now, whole=False))

    @rule(job=jobs, now=times)
    def change(self, job: Job, now: int) -> None:
        if self._stores[0].jobs.get(job.id):  # only a job that exists is changed
            self.both(lambda store: store.jobs.change(job.id, compile_began_at=now))

    @rule(job=jobs, now=times, awaits_more=st.booleans())
    def finish_compiling(self, job: Job, now: int, awaits_more: bool) -> None:
        self.both(lambda store: store.jobs.finish_compiling(job.id, now, 3, awaits_more))

    @rule(job=jobs, now=times)
    def note_late_result(self, job: Job, now: int) -> None:
        self.both(lambda store: store.jobs.note_late_result(job.id, now))

    @rule(job=jobs)
    def close(self, job: Job) -> None:
        self.both(lambda store: store.jobs.close(job.id))

    @rule(job=jobs, deadline_at=times)
    def reopen(self, job: Job, deadline_at: int) -> None:
        self.both(lambda store: store.jobs.reopen(job.id, 5, deadline_at))

    @rule(job=jobs)
    def free(self, job: Job) -> None:
        self.both(lambda store: store.contents.free(job))

    @rule()
    def job_of(self) -> None:
        self.both(lambda store: store.contents.job_of("content"))

    # Batches and results

    @rule()
    def plan(self) -> None:
        def act(store: Store) -> int | None:
            try:
                return store.batches.add(batch(number) for number in range(1, 5))
            except BrokenInvariant:  # they are there already, and stay as they are
                return None

        self.both(act)

    @rule(number=numbers, claim=st.sampled_from("ab"), look=st.booleans())
    def claim(self, number: int, claim: str, look: bool) -> None:
        def act(store: Store) -> Any:
            job = store.jobs.get(JOB.id) or JOB
            room = store.budget.room(job, MONTH) if look else Room()
            return room, store.batches.claim(job, batch(number), claim, AT, room)

        self.both(act)

    @rule(number=numbers, claim=st.sampled_from("ab"), held=held)
    def release(self, number: int, claim: str, held: dict[str, Any]) -> None:
        of_claim = batch(number, claim=claim, **held)
        self.both(lambda store: store.batches.release(JOB, of_claim, AT, 9))

    @rule(number=numbers, to=st.sampled_from([BatchState.ACCEPTED, BatchState.UNKNOWN]))
    def move(self, number: int, to: BatchState) -> None:
        self.both(lambda store: store.batches.move(batch(number), to, accepted_at=6))

    @rule(
        number=numbers,
        to=st.sampled_from([BatchState.REJECTED, BatchState.OVER_BUDGET]),
        held=held,
    )
    def end_unsent(self, number: int, to: BatchState, held: dict[str, Any]) -> None:
        self.both(lambda store: store.batches.end_unsent(JOB, batch(number, **held), to, AT))

    @rule(number=numbers, answered=st.integers(0, 2), then=st.integers(0, 1), held=held)
    def settle(self, number: int, answered: int, then: int, held: dict[str, Any]) -> None:
        of_then, charge = batch(number, answered=then, **held), Charge(answered, 1, 2, 4)
        self.both(lambda store: store.batches.settle(JOB, of_then, charge, AT))

    @rule(number=numbers, known=st.integers(4, 6), state=st.sampled_from(["PLANNED", "SENDING"]))
    def divide(self, number: int, known: int, state: str) -> None:
        job, halves = (
            JOB.model_copy(update={"batches": known}),
            (batch(known + 1), batch(known + 2)),
        )
        self.both(
            lambda store: store.batches.divide(job, batch(number, state=state), halves, AT, "words")
        )

    @rule(over=st.booleans())
    def state_month(self, over: bool) -> None:
        self.both(lambda store: store.budget.note_over(JOB, [MONTH], over))
        self.both(lambda store: store.budget.note_stated(MONTH, store.budget.month(MONTH), AT))

    @rule(number=numbers)
    def resend(self, number: int) -> None:
        self.both(lambda store: store.batches.resend(batch(number), 7))

    @rule(
        number=numbers,
        row=st.integers(1, 12),
        email=st.sampled_from("xy"),
        origin=st.sampled_from([None, Origin(job="other", file="a.csv", at=3)]),
    )
    def result(self, number: int, row: int, email: str, origin: Origin | None) -> None:
        ref, payload = RowRef("job", number, row), {"email": email}
        self.both(lambda store: store.results.put(ref, payload, 5, origin))
        self.both(lambda store: store.results.set_aside(ref, payload, "why", 5))
        self.both(lambda store: store.results.of(batch(number)))

    @rule(number=numbers, rows=st.sets(st.integers(1, 12), max_size=12))
    def results_of_rows(self, number: int, rows: set[int]) -> None:
        refs = [RowRef("job", number, row) for row in rows] + [RowRef("job", 1, 1)]
        self.both(lambda store: store.results.of_rows(refs, map))

    @rule(number=numbers, row=st.integers(1, 12))
    def erase_result(self, number: int, row: int) -> None:
        ref = RowRef("job", number, row)
        self.both(lambda store: store.results.erase(ref, 6))

    @rule(row=st.integers(1, 12))
    def erase_aside(self, row: int) -> None:
        self.both(lambda store: sorted(at for at, _ in store.results.aside("job")))
        self.both(lambda store: store.results.erase_aside("job", lambda at, _: at == row))

    # Erasures

    @rule(now=times, longest=st.integers(1, 3))
    def begin_erasure(self, now: int, longest: int) -> None:
        self.both(lambda store: store.erasures.begin("erasure", now, longest))
        self.both(lambda store: store.erasures.is_idle("erasure", now, longest))

    @rule(now=times, went_on=st.booleans(), is_done=st.booleans())
    def end_erasure(self, now: int, went_on: bool, is_done: bool) -> None:
        if is_done:
            self.both(lambda store: store.erasures.finish("erasure", now))
        self.both(lambda store: store.erasures.leave("erasure", went_on))
        self.both(lambda store: store.erasures.is_finished("erasure"))

    # Persons

    @rule(key=keys)
    def forget_person(self, key: str) -> None:
        self.both(lambda store: store.persons.forget(key))

    @rule(key=keys, entry=entries)
    def add_person(self, key: str, entry: Entry) -> None:
        self.both(lambda store: store.persons.add(key, entry))

    @rule(key=keys, there=entries, entry=entries)
    def replace_person(self, key: str, there: Entry, entry: Entry) -> None:
        self.both(lambda store: store.persons.replace(key, there, entry))

    @rule(key=keys, entry=entries)
    def enter_person(self, key: str, entry: Entry) -> None:
        self.both(lambda store: store.persons.enter(key, entry))

    # What they hold

    @rule()
    def read(self) -> None:
        planned = JOB.model_copy(update={"plan": "plan"})
        for job in (JOB, OTHER):
            self.both(lambda store, job=job: store.jobs.get(job.id))  # type: ignore[misc]
        self.both(lambda store: sorted(job.id for job in store.jobs.open()))
        self.both(lambda store: store.batches.of(planned))
        self.both(lambda store: (store.budget.month(MONTH), list(store.budget.lines(MONTH))))
        self.both(lambda store: store.persons.of(KEYS))

    @invariant()
    def the_same_is_stored(self) -> None:
        # A scan would take moto longer than all the rest.
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].get_table("table")
        found = [item.to_json()["Attributes"] for item in table.all_items()]
        assert by_key(found) == by_key(self._memory.sent())


TestBothTables = BothTables.TestCase
TestBothTables.settings = settings(max_examples=15, stateful_step_count=40, deadline=None)
