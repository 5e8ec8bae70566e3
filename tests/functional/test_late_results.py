"""Results that come after the output was written amend it, batched, and none is lost."""

import json

import pytest

from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from tests.functional.late import KEY, timed_out, versions
from tests.functional.outputs import states
from tests.functional.world import DEADLINE, World, batch_of, contacts

DONE = {RowState.FOUND, RowState.NOT_FOUND}


def test_many_late_results_rewrite_the_output_once(world: World) -> None:
    job = timed_out(world, 150)
    for webhook in world.provider.webhooks:
        world.deliver([webhook])
        world.now += 1
        world.pipeline.sweep.run()
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()
    world.pipeline.sweep.run()

    assert set(states(world.enriched(KEY, job))) <= DONE
    assert world.report(KEY, job)["counts"]["timed_out"] == 0
    assert versions(world, job) == 2
    assert world.functions.compiles == []


def test_late_results_that_no_event_told_of_are_found(world: World) -> None:
    job = timed_out(world, 5)
    for webhook in world.provider.webhooks:
        world.pipeline.webhook.run(json.dumps(webhook).encode())

    world.now += 3600
    world.pipeline.sweep.run()
    world.finish()

    assert set(states(world.enriched(KEY, job))) <= DONE


def test_a_result_that_comes_while_the_output_is_written_amends_it(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.deliver()  # the job is COMPILING; suppose its results were read already
    assert world.job(job).late_at
    world.finish()
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()

    assert set(states(world.enriched(KEY, job))) <= DONE
    assert world.job(job).state is JobState.DONE


def test_a_job_with_all_its_results_is_let_be(world: World) -> None:
    world.enrich(KEY, contacts(5))
    assert list(world.pipeline.jobs.open()) == []


def test_a_job_that_misses_results_is_let_be_a_week_after_its_deadline(world: World) -> None:
    job = timed_out(world, 5)
    assert [found.id for found in world.pipeline.jobs.open()] == [job]

    world.now += 8 * 86_400
    world.pipeline.sweep.run()

    assert list(world.pipeline.jobs.open()) == []
    assert world.job(job).state is JobState.DONE


@pytest.mark.moto
def test_a_result_for_a_job_that_is_gone_is_kept_and_counted(world: World) -> None:
    job = world.drop(KEY, contacts(2))
    world.submit_all()
    world.dynamodb.delete_item(
        TableName="table", Key={"pk": {"S": f"JOB#{job}"}, "sk": {"S": "JOB"}}
    )

    world.deliver()

    assert world.metrics.counted["StrayResults"] == 1
    assert sum(item["pk"]["S"].startswith("RESULT#") for item in world.items()) == 2


@pytest.mark.parametrize("unanswered", [0, 3])
def test_an_old_record_of_the_stream_is_no_news(world: World, unanswered: int) -> None:
    job = timed_out(world, 5)
    come = world.provider.webhooks[unanswered:]
    for news in (come, []):
        world.deliver(news)
        world.tell([batch_of(come[0])])
        world.now += 300
        world.pipeline.sweep.run()
        world.finish()

        assert versions(world, job) == 2
        end = JobState.DELIVERED if unanswered else JobState.DONE
        assert world.job(job).state is end


def test_a_job_that_an_operator_reopened_is_not_compiled_by_who_read_it_before(
    world: World,
) -> None:
    job = timed_out(world, 5)
    world.pipeline.jobs.change(job, state=JobState.LATE)
    read = world.job(job)
    world.pipeline.jobs.change(job, state=JobState.RUNNING)
    assert not world.pipeline.completion.compile(read)
    assert world.job(job).state is JobState.RUNNING
    assert world.pipeline.completion.compile(world.job(job))
