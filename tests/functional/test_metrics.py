"""What metrics say of a job adds up to its report, each thing told once, however often its output
is written; and how things stand is told as each sweep sees it.
"""

from collections import Counter
from typing import Any

import httpx
import pytest

from enrichment.domain.job import JobState
from enrichment.domain.metric import Metric
from enrichment.domain.outcome import RowState
from tests.functional.late import timed_out
from tests.functional.world import DEADLINE, PRICE, World, contacts

KEY = "incoming/email/q3/leads.csv"
QUIET = 600
BROUGHT = (
    *(Metric.ROWS, Metric.SENT, Metric.FOUND, Metric.NOT_FOUND),
    *(Metric.AWAITED, Metric.AMBIGUOUS, Metric.CREDITS),
)


def sweep(world: World, seconds: int = 0) -> dict[str, float]:
    """Sweep some seconds later; what was told of how things stand."""
    world.now += seconds
    before = len(world.metrics.lines)
    world.pipeline.sweep.run()
    told = [values for values, by in world.metrics.lines[before:] if not by]
    return told[-1] if told else {}


def answered(world: World, number: int = 150, came: int = 140) -> str:
    """A job that gave a first answer."""
    job = world.drop(KEY, contacts(number))
    world.submit_all()
    world.deliver(world.provider.webhooks[:came])
    del world.provider.webhooks[:came]
    sweep(world, QUIET)
    world.finish()
    return job


def of_report(world: World, key: str, job: str) -> dict[str, int]:
    """What its report says that a job brought, as metrics name it."""
    report = world.report(key, job)
    own = Counter(report["counts"])
    own.subtract(report["fixed"])
    said = {
        Metric.ROWS: report["rows"],
        Metric.SENT: report["credits"]["contacts_sent"],
        Metric.FOUND: own[RowState.FOUND],
        Metric.NOT_FOUND: own[RowState.NOT_FOUND],
        Metric.AWAITED: own[RowState.AWAITED],
        Metric.AMBIGUOUS: own[RowState.AMBIGUOUS],
        Metric.CREDITS: report["credits"]["settled"],
    }
    return {metric.value: value for metric, value in said.items()}


def told(world: World) -> dict[str, float]:
    """What was told that all jobs brought."""
    return {metric.value: world.metrics.counted[metric] for metric in BROUGHT}


def times(world: World) -> tuple[float, float]:
    """From upload to first and to final answer, as all jobs together took."""
    counted = world.metrics.counted
    return counted["FirstAnswerSeconds"], counted["FinalAnswerSeconds"]


def test_what_a_job_brought_is_told_once(world: World) -> None:
    job = world.enrich(KEY, contacts(250))
    for _ in range(2):  # compile is told of the same job again
        world.pipeline.compile.run(job)

    assert told(world) == of_report(world, KEY, job)
    assert told(world)["Rows"] == 250
    assert world.metrics.counted["CreditsCharged"] == len(world.provider.ledger) * PRICE


def test_of_two_runs_over_one_output_one_tells(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.deliver()
    finish = world.pipeline.jobs.finish_compiling

    def overtaken(*arguments: Any, **named: Any) -> bool:
        if world.functions.compiles:  # as the first run is about to end, a second does
            world.finish()
        return finish(*arguments, **named)

    world.pipeline.jobs.finish_compiling = overtaken  # type: ignore[method-assign]
    world.pipeline.compile.run(job)

    assert not world.functions.compiles
    assert told(world) == of_report(world, KEY, job)


def test_an_amended_output_tells_what_is_new(world: World) -> None:
    job = answered(world)
    first = told(world)
    assert (first["RowsAwaited"], first["Rows"]) == (10, 150)
    assert first == of_report(world, KEY, job)

    world.now += 60
    world.deliver()
    sweep(world, 300)
    world.finish()

    assert told(world) == of_report(world, KEY, job)
    assert told(world)["RowsAwaited"] == 0
    assert times(world) == (QUIET, QUIET + 360)


def test_what_comes_after_the_end_changes_what_is_told_and_not_how_long_it_took(
    world: World,
) -> None:
    job = timed_out(world, 5)
    world.deliver()
    sweep(world, 300)
    world.finish()

    assert told(world) == of_report(world, world.job(job).key, job)
    assert times(world) == (DEADLINE, DEADLINE)


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        (KEY, "q3"),
        ("incoming/email/max_credits=900/q3/march/leads.csv", "q3"),
        ("incoming/email/jane doe/leads.csv", "other"),
        ("incoming/email/leads.csv", "-"),
    ],
)
def test_only_folders_that_were_chosen_are_told_apart(world: World, key: str, folder: str) -> None:
    world.enrich(key, contacts(3))

    [by] = [by for values, by in world.metrics.lines if "Rows" in values]
    assert by == {"Type": "email", "Folder": folder}


def test_a_file_that_is_refused_or_lost_brings_nothing(world: World) -> None:
    refused = world.drop("incoming/email/q3/none.csv", "nothing\r\nto read\r\n")
    lost = world.drop(KEY, contacts(3))
    world.submit_all()
    world.deliver()
    world.s3.delete_object(Bucket="data", Key=KEY, VersionId=world.job(lost).version)
    world.finish()

    assert world.job(refused).state is JobState.REFUSED
    assert world.report(KEY, lost)["status"] == "refused"
    assert not any(told(world).values())
    assert times(world) == (0, 0)


def test_batches_that_are_sent_once_more_are_counted(world: World) -> None:
    world.provider.answers = [httpx.Response(429, headers={"Retry-After": "30"})]
    world.provider.invalid = {"Jane3"}
    world.drop(KEY, contacts(4))
    for _ in range(4):
        world.submit_all()
        world.now += 60

    assert world.metrics.counted["BatchesReleased"] == 1
    assert world.metrics.counted["BatchesDivided"] == 2  # four, two, and the one alone

    world.drop("incoming/email/other.csv", contacts(250))
    world.messages.take()  # and lost
    assert sweep(world, 130)["BatchesRequeued"] == 3


def test_how_things_stand(world: World) -> None:
    assert sweep(world) == {}
    world.drop(KEY, contacts(150))
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.pipeline.submit.run(*world.messages.take()[0])

    assert sweep(world, 60) == {"OpenJobs": 1, "OldestUnsentSeconds": 60}
    stands = sweep(world, 540)
    assert stands.pop("BatchesRequeued") == 1
    assert stands == {"OpenJobs": 1, "UnknownBatches": 1, "OldestUnsentSeconds": 600}

    world.provider.answers = [httpx.Response(401, json={"error": "Invalid API key"})]
    world.submit_all()
    stands = sweep(world, 2990)
    assert (stands["JobsOnHold"], stands["OldestUnsentSeconds"]) == (1, 3590)

    sweep(world, 10)  # the deadline
    assert sweep(world, 60)["OpenJobs"] == 1  # its answer is being written
    world.finish()
    assert "OpenJobs" not in sweep(world, 60)


def test_batches_in_doubt_are_told_by_each_sweep_also_where_it_does_not_look(world: World) -> None:
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.drop(KEY, contacts(150))
    world.submit_all()
    assert [sweep(world, 60).get("UnknownBatches") for _ in range(9)] == [None] * 9
    # The tenth minute without progress brings a look, and a first answer.
    assert [sweep(world, 60).get("UnknownBatches") for _ in range(2)] == [1, None]
    world.finish()
    assert [sweep(world, 60).get("UnknownBatches") for _ in range(20)] == [1] * 20


def test_a_job_whose_answer_does_not_come_is_overdue(world: World) -> None:
    world.drop(KEY, contacts(5))
    sweep(world, DEADLINE)
    assert "OverdueJobs" not in sweep(world, 3500)
    assert sweep(world, 100)["OverdueJobs"] == 1


def test_hours_since_the_last_upload_are_told(world: World) -> None:
    world.enrich(KEY, contacts(2))
    assert sweep(world, 3 * 3600 + 5)["HoursSinceUpload"] == 3


def test_the_used_part_of_the_months_cap_is_told() -> None:
    world = World(environment={"CREDITS_PER_MONTH": "500"})
    world.drop(KEY, contacts(100))
    assert "BudgetUsedPercent" not in sweep(world)
    world.submit_all()
    assert sweep(world)["BudgetUsedPercent"] == 40
