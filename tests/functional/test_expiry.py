"""What is expired is read as absent, though DynamoDB may keep it for days."""

from typing import Any

import pytest

from enrichment.domain.person import Entry
from enrichment.domain.token import RowRef
from enrichment.parallel import side_by_side
from enrichment.store.batches import Batches
from enrichment.store.contents import Contents
from enrichment.store.fixes import Fixes
from enrichment.store.jobs import Jobs, Run
from enrichment.store.persons import Persons
from enrichment.store.results import Results, Stored
from enrichment.store.table import Table
from tests.simulation.dynamodb import DynamoDB
from tests.unit.builders import a_batch, a_job, a_reading

CREATED, RETENTION = 1_000, 500
JOB = a_job(created_at=CREATED, deadline_at=CREATED + 100, content="content", plan="plan")
ROW = RowRef(JOB.id, 1, 2)
ENTRY = Entry(job=JOB.id, batch=1, row=2, claim="a", marks=("",), expires_at=CREATED + RETENTION)


class Time:
    """A clock that tests turn."""

    now = CREATED

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def table(time: Time) -> Table:
    """A table with one of everything, which expires after `RETENTION` seconds."""
    client: Any = DynamoDB(lambda _, act: act(), lambda *_: None)
    table = Table(client, "table", RETENTION, time)
    Jobs(table).create(JOB)
    Jobs(table).run(JOB, a_reading(), CREATED, force=False, plan="plan", batches=1)
    Batches(table).add([a_batch(job=JOB.id, plan="plan", number=1, queued_at=CREATED)])
    Results(table).put(ROW, {"email": "jane@acme.example"}, CREATED)
    Persons(table).add("key", ENTRY)
    Fixes(table).add(a_job(id="fix", mends=JOB.id, created_at=CREATED))
    return table


def test_everything_is_there_until_it_expires(table: Table, time: Time) -> None:
    time.now = CREATED + RETENTION - 1
    assert Jobs(table).get(JOB.id)
    assert Jobs(table).reading(JOB.id)
    assert list(Jobs(table).open())
    assert Batches(table).of(JOB)
    assert Contents(table).job_of("content") == JOB.id
    assert Results(table).of_rows([ROW], side_by_side)
    assert Persons(table).of(["key"])
    assert list(Fixes(table).of(JOB.id))


def test_nothing_is_there_once_it_expired(table: Table, time: Time) -> None:
    time.now = CREATED + RETENTION
    assert Jobs(table).get(JOB.id) is None
    assert Jobs(table).reading(JOB.id) is None
    assert list(Jobs(table).open()) == []
    assert Batches(table).of(JOB) == []
    assert Contents(table).job_of("content") is None
    assert Results(table).of_rows([ROW], side_by_side) == {}
    assert Persons(table).of(["key"]) == {}
    assert list(Fixes(table).of(JOB.id)) == []


def test_what_expired_takes_no_place(table: Table, time: Time) -> None:
    time.now = CREATED + RETENTION
    later = ENTRY.model_copy(update={"claim": "b", "expires_at": time.now + RETENTION})
    assert Persons(table).add("key", later) is None
    assert Results(table).put(ROW, {"email": None}, time.now) is Stored.FIRST
    again = a_job(id="again", created_at=time.now, content="content")
    assert Jobs(table).create(again)
    assert Jobs(table).run(again, a_reading(), time.now, force=False, plan="other") is Run.STARTED


def test_a_mark_of_an_erasure_takes_the_place_of_a_result_that_expired(
    table: Table, time: Time
) -> None:
    time.now = CREATED + RETENTION
    assert not Results(table).erase(ROW, time.now)
    assert Results(table).put(ROW, {"email": "jane@acme.example"}, time.now) is Stored.ERASED


def test_what_has_no_end_stays(table: Table, time: Time) -> None:
    month = {"pk": "BUDGET#2026-11", "sk": "BUDGET"}
    table.put(month)
    time.now = 10**10
    assert table.get(month) == month
