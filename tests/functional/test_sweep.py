"""Whatever event was lost, the sweeper finds its work again; whatever never comes, the deadline
ends.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from enrichment.adapters import bucket
from enrichment.domain.batch import Batch
from enrichment.domain.job import Job, JobState
from enrichment.domain.outcome import RowState
from enrichment.store.batches import Batches
from tests.functional.outputs import states
from tests.functional.world import DEADLINE, Killed, World, contacts

KEY = "incoming/email/leads.csv"


@pytest.mark.moto
@pytest.mark.parametrize("key", [KEY, "estimate/email/leads.csv"])
def test_an_upload_whose_event_was_lost_is_found(world: World, key: str) -> None:
    world.upload("incoming/_columns.json", "{}")
    version, size = world.upload(key, contacts(2))
    world.now = int(world.s3.head_object(Bucket="data", Key=key)["LastModified"].timestamp()) + 301

    world.pipeline.sweep.run()
    world.now += 180
    world.pipeline.sweep.run()

    assert set(world.functions.splits) == {(key, version, size)}


@pytest.mark.moto
def test_an_upload_that_has_its_job_is_left_alone(world: World) -> None:
    job = world.enrich(KEY, contacts(2))
    world.now = int(world.s3.head_object(Bucket="data", Key=KEY)["LastModified"].timestamp()) + 301

    world.pipeline.sweep.run()

    assert world.functions.splits == []
    assert world.job(job).state is JobState.DONE


def test_a_split_that_died_is_started_again(world: World) -> None:
    version, size = world.upload(KEY, contacts(2))

    def die() -> str:
        raise Killed

    split = replace(world.pipeline.split, new_id=die)
    with pytest.raises(Killed):
        split.run(KEY, version, size)

    world.now += 20 * 60
    world.pipeline.sweep.run()

    assert world.functions.splits == [(KEY, version, size)]


def test_lost_messages_are_sent_again(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    assert len(world.messages.take()) == 3  # taken from the queue and lost

    world.now += 600
    world.pipeline.sweep.run()
    world.pipeline.sweep.run()

    assert sorted(world.messages.take()) == [(job, 1), (job, 2), (job, 3)]
    assert world.job(job).state is JobState.RUNNING


def test_lost_stream_records_are_made_up_for(world: World) -> None:
    job = world.drop(KEY, contacts(150))
    world.submit_all()
    for webhook in world.provider.webhooks:
        world.pipeline.webhook.run(json.dumps(webhook).encode())

    world.now += 300
    world.pipeline.sweep.run()
    world.finish()

    assert world.job(job).state is JobState.DONE
    assert set(states(world.enriched(KEY, job))) <= {RowState.FOUND, RowState.NOT_FOUND}


def test_a_compilation_that_died_is_started_again(world: World) -> None:
    job = world.drop(KEY, contacts(2))
    world.submit_all()
    world.deliver()
    world.functions.compiles.clear()  # the start was lost

    world.now += 2 * 60
    world.pipeline.sweep.run()
    world.finish()

    assert world.job(job).state is JobState.DONE


@pytest.mark.moto
def test_compiling_again_writes_the_same_bytes(world: World) -> None:
    job = world.enrich(KEY, contacts(150))
    first = world.enriched(KEY, job), world.report(KEY, job)
    world.dynamodb.update_item(
        TableName="table",
        Key={"pk": {"S": f"JOB#{job}"}, "sk": {"S": "JOB"}},
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"S": JobState.COMPILING}},
    )

    world.pipeline.compile.run(job)

    assert (world.enriched(KEY, job), world.report(KEY, job)) == first


def test_a_single_result_whose_webhook_was_lost_is_polled(world: World) -> None:
    job = world.drop(KEY, contacts(1))
    world.submit_all()

    world.now += 300
    world.pipeline.sweep.run()
    world.finish()

    assert [request.method for request in world.provider.requests] == [
        "GET",  # the balance, before anything is sent
        "POST",
        "GET",
        "GET",  # and the balance afterwards
    ]
    assert states(world.enriched(KEY, job))[0] in (RowState.FOUND, RowState.NOT_FOUND)


def test_a_job_ends_at_its_deadline_with_what_there_is(world: World) -> None:
    job = world.drop(KEY, contacts(150))
    world.submit_all()
    world.deliver(world.provider.webhooks[:30])

    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()

    found = states(world.enriched(KEY, job))
    assert found.count(RowState.TIMED_OUT) == 120
    assert len(found) == 150
    assert world.job(job).state is JobState.DELIVERED


def test_nothing_is_sent_after_the_deadline(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.now += DEADLINE

    world.submit_all()
    world.pipeline.sweep.run()
    world.finish()

    assert world.provider.requests == []
    assert set(states(world.enriched(KEY, job))) == {RowState.NOT_SENT}


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_job_is_compiled_once_however_often_its_last_result_is_told(
    world: World, repeats: int
) -> None:
    job = world.drop(KEY, contacts(2))
    world.submit_all()
    waiting = world.provider.webhooks
    world.deliver()
    for _ in range(repeats):
        world.tell([(job, 1)])
        world.deliver(waiting)
        world.pipeline.sweep.run()

    assert world.functions.compiles == [job]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs of which all batches were read, each time."""
    read: list[str] = []
    of = Batches.of

    def noted(batches: Batches, job: Job) -> list[Batch]:
        read.append(job.id)
        return of(batches, job)

    monkeypatch.setattr(Batches, "of", noted)
    return read


def test_what_goes_as_it_should_is_not_looked_at(world: World, looks: list[str]) -> None:
    world.drop(KEY, contacts(600))
    for _ in range(20):
        world.now += 60
        world.pipeline.sweep.run()
    world.submit_all()
    for webhook in world.provider.webhooks[:9]:
        world.deliver([webhook])
        world.now += 60
        world.pipeline.sweep.run()
    assert looks == []


def test_a_message_that_was_lost_among_others_is_sent_though_the_queue_is_not_empty(
    world: World,
) -> None:
    job = world.drop(KEY, contacts(600))
    _, *others = world.messages.take()
    _ask(world, job, [number for _, number in others])
    world.now += 300
    world.pipeline.sweep.run()
    world.submit_all()
    assert world.messages.take() == []
    assert len(world.provider.posts) == len(others) + 1


def listings(world: World) -> list[str]:
    """The folders of the pages that are listed from here on."""
    listed: list[str] = []
    page = world.s3.list_object_versions

    def noted(**request: Any) -> Any:
        listed.append(request["Prefix"])
        return page(**request)

    world.s3.list_object_versions = noted
    return listed


def sweep_each_minute(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.now += 60
        world.pipeline.sweep.run()


def test_a_folder_is_listed_twice_an_hour_and_a_full_one_a_page_each_third_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "_PAGE", 10)
    listed = listings(world)
    sweep_each_minute(world, 60)
    assert Counter(listed) == {"incoming/": 2, "estimate/": 2, "erase/": 2}

    for number in range(900):
        world.upload(f"incoming/email/{number}.csv", "")
    listed.clear()
    sweep_each_minute(world, 600)
    assert Counter(listed) == {"incoming/": 160, "estimate/": 20, "erase/": 20}


@pytest.mark.parametrize("minutes", [0, 50, 120])
def test_a_lost_upload_is_found_wherever_the_listing_is_and_by_any_process(
    world: World, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    monkeypatch.setattr(bucket, "_PAGE", 3)
    for number in range(60):
        world.drop(f"incoming/email/{number:02}.csv", f"nothing {number}")
    sweep_each_minute(world, 31 + minutes)
    lost = [world.upload(f"incoming/email/{number:02}.csv", "new") for number in (0, 30, 59)]
    for _ in range(30 * 3 * 10 // 8 + 35):  # two keys a page, and eight pages of ten
        world.pipeline = world.another()
        sweep_each_minute(world, 1)
    assert {(version, size) for _, version, size in world.functions.splits} == set(lost)


def test_a_file_with_more_versions_than_a_page_keeps_no_other_from_being_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "_PAGE", 3)
    for _ in range(8):
        world.upload("incoming/email/a.csv", "")
    world.upload("incoming/email/b.csv", contacts(2))
    world.now += 600
    sweep_each_minute(world, 15)
    assert {key for key, _, _ in world.functions.splits} == {
        "incoming/email/a.csv",
        "incoming/email/b.csv",
    }


def test_what_was_lost_while_nobody_looked_is_found_for_two_weeks(world: World) -> None:
    sweep_each_minute(world, 1)
    world.upload("incoming/email/old.csv", contacts(2))
    world.now += 5 * 86_400
    world.upload("incoming/email/new.csv", contacts(2))
    world.now += 11 * 86_400
    sweep_each_minute(world, 10)
    assert [key for key, _, _ in world.functions.splits] == ["incoming/email/new.csv"]


@pytest.mark.parametrize("lost", [(), (3,)])
def test_of_a_queue_that_takes_hours_only_what_was_passed_over_is_asked_for_again(
    lost: tuple[int, ...],
) -> None:
    world = World(environment={"DEADLINE_MINUTES": "1440"})
    job = world.drop(KEY, contacts(1500))
    world.pipeline.jobs.change(job, lanes=0, cut=0)  # as an earlier version left it
    world.messages.take()
    waiting = [number for number in range(1, 16) if number not in lost]
    asked: list[int] = []
    for _ in range(15):
        world.pipeline.submit.run(job, waiting.pop(0))
        _ask(world, job, waiting)
        for _ in range(8):
            world.now += 60
            world.pipeline.sweep.run()
        there = [number for _, number in world.messages.take()]
        asked += there[len(waiting) :]
        waiting = there

    assert asked == list(lost)


def _ask(world: World, job: str, numbers: Iterable[int]) -> None:
    """Put messages for batches into the queue."""
    bodies = [json.dumps({"job": job, "batch": number}) for number in numbers]
    world.messages.send_message_batch("", [{"MessageBody": body} for body in bodies])
