"""When all is quiet, people get what there is; what comes later amends it, until the deadline."""

import json

import pytest

from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from tests.functional.outputs import rows_of, states
from tests.functional.world import DEADLINE, PRICE, World, contacts

KEY = "incoming/email/leads.csv"
QUIET = 600


def sweep(world: World, seconds: int = 0) -> None:
    world.now += seconds
    world.pipeline.sweep.run()
    world.finish()


def answered(world: World, number: int = 150, came: int = 140) -> str:
    """A job of which some results came, and then nothing for long."""
    job = world.drop(KEY, contacts(number))
    world.submit_all()
    world.deliver(world.provider.webhooks[:came])
    del world.provider.webhooks[:came]
    sweep(world, QUIET)
    return job


def test_when_all_is_quiet_the_file_is_delivered_with_what_there_is(world: World) -> None:
    job = answered(world)

    report = world.report(KEY, job)
    assert world.job(job).state is JobState.DELIVERED
    assert states(world.enriched(KEY, job)).count(RowState.AWAITED) == 10
    assert (report["status"], report["counts"]["awaited"]) == ("first_answer", 10)
    found = report["counts"]["found"] * PRICE
    assert (report["credits"]["settled"], report["credits"]["possibly_charged"]) == (
        found,
        10 * PRICE,
    )
    assert (
        "10 rows still wait for an answer, which may come until 15 January 2027, 09:00 UTC"
        in (report["message"])
    )


def test_as_long_as_results_come_nothing_is_delivered(world: World) -> None:
    job = world.drop(KEY, contacts(150))
    world.submit_all()
    for _ in range(5):
        world.deliver([world.provider.webhooks.pop()])
        sweep(world, QUIET - 1)

    assert world.job(job).state is JobState.RUNNING


def test_a_job_with_a_batch_that_was_not_sent_is_not_quiet(world: World) -> None:
    job = world.drop(KEY, contacts(150))
    world.pipeline.submit.run(*world.messages.take()[0])
    sweep(world, QUIET)

    assert world.job(job).state is JobState.RUNNING


def test_a_result_after_a_first_answer_amends_it_and_the_last_completes_it(world: World) -> None:
    job = answered(world)
    world.deliver([world.provider.webhooks.pop()])
    sweep(world, 300)
    assert world.report(KEY, job)["counts"]["awaited"] == 9

    world.deliver()
    sweep(world, 300)
    assert world.report(KEY, job)["status"] == "done"
    assert world.job(job).state is JobState.DONE


def test_a_result_after_a_first_answer_of_which_no_event_told_is_found(world: World) -> None:
    job = answered(world)
    for webhook in world.provider.webhooks:
        world.pipeline.webhook.run(json.dumps(webhook).encode())
    sweep(world, 300)

    assert world.job(job).state is JobState.DONE


def test_at_the_deadline_the_last_rows_time_out(world: World) -> None:
    job = answered(world)
    sweep(world, DEADLINE)

    report = world.report(KEY, job)
    assert (report["status"], report["counts"]["awaited"]) == ("done", 0)
    assert report["counts"]["timed_out"] == 10
    assert world.job(job).state is JobState.DELIVERED


def test_results_write_their_time_to_the_job_once_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = world.drop(KEY, contacts(50))
    world.submit_all()
    world.deliver([world.provider.webhooks.pop()])
    noted = world.job(job).last_result_at
    written: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(world.pipeline.jobs, "change", lambda job, **_: written.append(job))
        for _ in range(10):
            world.now += 5
            world.deliver([world.provider.webhooks.pop()])
    assert written == []

    world.now += 10
    world.deliver([world.provider.webhooks.pop()])
    assert (world.job(job).last_result_at or 0) - (noted or 0) == 60


def test_the_last_records_of_a_finished_job_are_no_news(world: World) -> None:
    job = world.enrich(KEY, contacts(150))
    world.tell([(job, 1), (job, 2)])

    assert world.job(job).state is JobState.DONE


def test_a_row_whose_twin_was_not_sent_is_not_sent_and_returned_too(world: World) -> None:
    lines = contacts(2).splitlines()
    job = world.drop(KEY, "\r\n".join([*lines, lines[1]]) + "\r\n")
    sweep(world, DEADLINE)

    assert states(world.enriched(KEY, job)) == [RowState.NOT_SENT] * 3
    returned = rows_of(world.rejected(KEY, job) or "")
    assert returned[3][-2].startswith("The same person as in row 2, which was not sent: ")
    assert [each["rows"] for each in world.report(KEY, job)["reasons"]] == [3]
