"""A file that is deleted while its job runs: nothing more is sent, what was paid for comes back."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from enrichment.store.budget import Budget
from enrichment.usecases.cancel import Deletion
from tests.functional.outputs import states
from tests.functional.world import World, contacts

KEY = "incoming/email/leads.csv"


def test_deleting_an_upload_stops_its_job_and_delivers_what_was_paid_for(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    first = world.messages.take()[0]
    world.pipeline.submit.run(*first)

    assert delete(world) == [job]
    world.pipeline.submit.run(job, 2)
    world.finish()

    assert len(world.provider.posts) == 1
    report = world.report(KEY, job)
    assert (report["status"], report["counts"]["awaited"], report["counts"]["not_sent"]) == (
        "cancelled",
        100,
        150,
    )
    assert "deleted while its job ran" in report["message"]
    assert "still wait" in report["message"]

    world.deliver()
    world.now += 600
    world.pipeline.sweep.run()
    world.finish()
    assert world.job(job).state is JobState.DONE
    found = states(world.enriched(KEY, job))
    assert set(found[:100]) == {RowState.FOUND, RowState.NOT_FOUND}
    assert set(found[100:]) == {RowState.NOT_SENT}
    assert world.report(KEY, job)["status"] == "cancelled"


def test_no_batch_is_claimed_that_was_looked_at_before_the_file_was_deleted(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    room = world.pipeline.budget.room
    world.pipeline.submit = replace(
        world.pipeline.submit,
        budget=cast(Budget, SimpleNamespace(room=lambda *asked: delete(world) and room(*asked))),
    )

    assert world.pipeline.submit.run(job, 1) == "job sends nothing now"
    assert not world.provider.posts


def test_a_file_that_is_deleted_before_it_is_read_is_refused(world: World) -> None:
    version, size = world.upload(KEY, contacts(3))
    delete(world)

    job = world.pipeline.split.run(KEY, version, size) or ""

    assert world.job(job).state is JobState.REFUSED
    assert "deleted before it could be read" in world.report(KEY, job)["message"]


def test_a_file_that_took_the_place_of_a_deleted_one_goes_on(world: World) -> None:
    deleted_at = world.now
    world.now += 60
    job = world.drop(KEY, contacts(3))

    assert world.pipeline.cancel.run(Deletion(KEY, "mark", marked=True, at=deleted_at)) == []
    assert world.job(job).state is JobState.RUNNING


def test_a_version_that_is_deleted_for_good_cancels_the_job_that_reads_it(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    version = world.job(job).version

    assert not world.pipeline.cancel.run(Deletion(KEY, "another", marked=False, at=world.now))
    assert world.pipeline.cancel.run(Deletion(KEY, version, marked=False, at=world.now)) == [job]
    assert not world.pipeline.cancel.run(Deletion(KEY, version, marked=False, at=world.now))


def test_the_version_that_an_erasure_deletes_cancels_nothing(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    before = world.job(job).version
    world.erase("erase/people.csv", "First Name,Last Name,Domain\nJane1,Doe,company1.example\n")
    assert world.job(job).version != before

    assert not world.pipeline.cancel.run(Deletion(KEY, before, marked=False, at=world.now))


@pytest.mark.parametrize("waits", [False, True], ids=["running", "paused"])
def test_the_sweeper_sees_a_deletion_that_nobody_told_of(world: World, waits: bool) -> None:
    if waits:
        world.provider.behaviour.balance = 0
    job = world.drop(KEY, contacts(3))
    world.submit_all() if waits else None
    world.s3.delete_object(Bucket="data", Key=KEY)
    world.now += 300

    swept = world.pipeline.sweep.run()
    world.finish()

    assert swept.jobs_cancelled == 1
    assert world.report(KEY, job)["status"] == "cancelled"
    assert not world.provider.charged


def delete(world: World) -> list[str]:
    """Delete the file as people do, and let S3 tell of it."""
    world.s3.delete_object(Bucket="data", Key=KEY)
    return world.pipeline.cancel.run(Deletion(KEY, "mark", marked=True, at=world.now))
