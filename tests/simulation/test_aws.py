"""The table in memory does what moto's does, for whatever the adapters send."""

import random
from typing import Any

import boto3
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from moto import mock_aws

from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Halt, Job, JobState
from enrichment.domain.token import RowRef
from tests.functional.world import table_of_the_template
from tests.simulation.aws import DynamoDB
from tests.unit.builders import a_job

CAP = 7
JOB = Job(id="job", key="incoming/email/a.csv", version="1", size=1, created_at=1, deadline_at=100)
states = st.sampled_from(BatchState)
numbers = st.integers(1, 4)


def batch(number: int, **changes: Any) -> Batch:
    return Batch(job="job", plan="plan", number=number, size=2, first_row=number, last_row=number, start=0, end=1, **changes)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


class BothTables(RuleBasedStateMachine):
    """Does the same to both, and compares what they answer and what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self._mock = mock_aws()
        self._mock.start()
        client = boto3.client("dynamodb", "us-east-1")
        client.create_table(TableName="table", **table_of_the_template())
        memory = DynamoDB(lambda _, act: act(), lambda *_: None)
        self._client, self._memory = client, memory
        self._tables = JobTable(client, "table", 90), JobTable(memory, "table", 90)  # type: ignore[arg-type]

    def teardown(self) -> None:
        self._mock.stop()

    def both(self, method: str, *arguments: Any, **named: Any) -> None:
        first, second = (getattr(table, method)(*arguments, **named) for table in self._tables)
        assert first == second, method

    @rule()
    def create(self) -> None:
        self.both("create_job", JOB)

    @rule(now=st.integers(1, 200))
    def step(self, now: int) -> None:
        method, arguments = random.Random(now).choice(
            [
                ("run_job", (a_job(content="content"), now, bool(now % 2))),
                ("run_job", (a_job(id="other", content="content"), now, bool(now % 2))),
                ("answer_job", ("job", JobState.REFUSED, now)),
                ("job_of_content", ("content", now)),
                ("free_content", (a_job(content="content"),)),
                ("compile_job", ("job", now)),
                ("note_late_result", ("job", now)),
                ("close_job", ("job",)),
                ("reopen_job", ("job", now)),
                ("resume_job", ("job",)),
                ("halt_job", ("job", Halt.NO_CREDITS, "words")),
                ("finish_job", ("job", now, 3, bool(now % 2))),
            ]
        )
        named = {"plan": "plan", "batches": 4} if method == "run_job" else {}
        self.both(method, *arguments, **named)

    @rule()
    def plan(self) -> None:
        self.both("add_batches", [batch(number) for number in range(1, 5)])

    @rule(number=numbers, claim=st.sampled_from("ab"), cap=st.sampled_from([None, CAP, 1]))
    def claim(self, number: int, claim: str, cap: int | None) -> None:
        self.both("claim_batch", batch(number), claim, 5, "2026-11", 2, cap)

    @rule(number=numbers, claim=st.sampled_from("ab"), month=st.sampled_from([None, "2026-11"]))
    def release(self, number: int, claim: str, month: str | None) -> None:
        self.both("release_batch", batch(number, month=month), claim, 2, 9)

    @rule(number=numbers, to=states)
    def move(self, number: int, to: BatchState) -> None:
        if to is not BatchState.PLANNED:
            self.both("settle_batch" if to in (BatchState.COMPLETE, BatchState.REJECTED) else "move_batch", batch(number), to)

    @rule(number=numbers, known=st.integers(4, 6))
    def divide(self, number: int, known: int) -> None:
        self.both("divide_batch", batch(number), (batch(known + 1), batch(known + 2)), known, 2, "words")

    @rule(number=numbers)
    def resend(self, number: int) -> None:
        self.both("resend_batch", batch(number), 7)

    @rule(number=numbers, row=st.integers(1, 3), email=st.sampled_from("xy"))
    def result(self, number: int, row: int, email: str) -> None:
        ref = RowRef("job", number, row)
        self.both("put_result", ref, {"email": email}, 5)
        self.both("set_aside", ref, {"email": email}, "why", 5)
        self.both("count_results", batch(number))
        self.both("results", batch(number))

    @invariant()
    def the_same_is_stored(self) -> None:
        scanned = self._client.scan(TableName="table")["Items"]
        found = {(item["pk"]["S"], item["sk"]["S"]): item for item in scanned}
        assert found.keys() == self._memory.items.keys()
        job = self._tables[0].job("job")
        assert job == self._tables[1].job("job")
        assert list(self._tables[0].open_jobs()) == list(self._tables[1].open_jobs())
        planned = JOB.model_copy(update={"plan": "plan"})
        assert self._tables[0].batches(planned) == self._tables[1].batches(planned)
        assert self._tables[0].reserved("2026-11") == self._tables[1].reserved("2026-11")


TestBothTables = BothTables.TestCase
TestBothTables.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
