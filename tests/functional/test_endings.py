"""Every stage ends: what kills a compilation, what waits in a queue, and what pauses a job."""

from dataclasses import replace

import httpx
import pytest

from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.folder import ENRICHED, output_key
from enrichment.domain.job import Halt, JobState
from enrichment.domain.operating import Action
from enrichment.domain.outcome import RowState
from enrichment.store.results import Came
from enrichment.store.results_by_batch import ResultsByBatch
from tests.functional.late import timed_out, versions
from tests.functional.outputs import states
from tests.functional.world import DEADLINE, World, contacts

KEY = "incoming/email/leads.csv"


def sweep(world: World, seconds: int = 0) -> None:
    world.now += seconds
    world.pipeline.sweep.run()


# A compilation that dies


def die(*_: object) -> None:
    raise MemoryError


def poisoned(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.deliver()
    with monkeypatch.context() as patch:
        patch.setattr(ResultsByBatch, "of", die)
        for _ in range(3):
            with pytest.raises(MemoryError):
                world.finish()
            sweep(world, 1200)
    world.finish()
    return job


def test_an_output_that_cannot_be_written_ends_in_a_report(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = poisoned(world, monkeypatch)

    assert world.job(job).state is JobState.FAILED
    assert world.report(KEY, job)["status"] == "failed"
    assert world.metrics.counted["PoisonedJobs"] == 1
    assert list(world.pipeline.jobs.open()) == []


def test_an_operator_has_a_failed_output_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = poisoned(world, monkeypatch)
    world.pipeline.operate.run(job, Action.COMPILE)
    world.finish()

    assert world.job(job).state is JobState.DONE
    assert world.job(job).compile_attempts == 0
    assert set(states(world.enriched(KEY, job))) <= {RowState.FOUND, RowState.NOT_FOUND}


def test_a_start_that_comes_thrice_at_once_is_no_death(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.deliver()
    world.pipeline.jobs.change(job, compile_attempts=3, compile_began_at=world.now - 60)
    world.finish()

    assert world.job(job).state is JobState.DONE


@pytest.mark.parametrize(
    "file",
    [
        r'{"first name": "Jane", "last name": "Doe", "company": "Acme \ud83d"}',
        r'{"first name": "Jane", "last name": "", "company": "Acme \ud83d", "\udc00 x": "1"}',
    ],
)
def test_half_an_emoji_in_a_cell_does_no_harm(world: World, file: str) -> None:
    key = "incoming/email/leads.jsonl"
    good = r'{"first name": "Joe", "last name": "Roe", "company": "Acme"}'
    job = world.enrich(key, f"{file}\n{good}\n")

    assert world.job(job).state is JobState.DONE
    assert world.report(key, job)["rows"] == 2


def test_half_an_emoji_in_a_mapping_does_no_harm(world: World) -> None:
    world.upload("incoming/_columns.json", rb'{"Firma \ud83d": "firma \ud83d"}')
    job = world.enrich(KEY, contacts(2))

    assert world.job(job).state is JobState.REFUSED
    assert "Firma" in world.report(KEY, job)["message"]


# A queue that is long


def test_batches_that_wait_their_turn_are_not_asked_for_again(world: World) -> None:
    world.drop(KEY, contacts(500))
    for _ in range(12):
        sweep(world, 200)

    assert len(world.messages.take()) == 5


def test_a_lost_message_is_found_within_two_ticks_of_an_empty_queue(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    world.messages.take()
    sweep(world, 60)
    sweep(world, 60)

    assert sorted(world.messages.take()) == [(job, 1), (job, 2), (job, 3)]


def test_lost_messages_are_found_behind_a_queue_that_never_empties(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    world.messages.take()
    world.pipeline.submit_queue.send([("another", 1)], delay=900)
    sweep(world, 600)

    assert sorted(world.messages.take()) == [(job, 1), (job, 2), (job, 3)]


# Results are read once


def noted_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the batches whose results are read from here on."""
    read: list[int] = []
    of = ResultsByBatch.of

    def noted(results: ResultsByBatch, batch: Batch) -> dict[int, Came]:
        read.append(batch.number)
        return of(results, batch)

    monkeypatch.setattr(ResultsByBatch, "of", noted)
    return read


def test_each_batch_is_read_once_whatever_the_copies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = contacts(5000).splitlines()
    copies = first[1:][:1500]
    read = noted_reads(monkeypatch)
    job = world.drop(KEY, "\r\n".join([*first, *reversed(copies)]) + "\r\n")
    world.now += DEADLINE
    sweep(world)
    world.finish()

    assert world.job(job).batches == 50
    assert sorted(read) == list(range(1, 51))


# A compilation whose time is up


@pytest.mark.parametrize(
    ("most_at_once", "reads"),
    [(449, [1, 2, 3, 4, 5]), (450, [1, 2, 1, 2, 3, 4, 5])],
    ids=["large", "small"],
)
def test_a_compilation_that_runs_out_of_time_goes_on_and_writes_the_same_bytes(
    world: World, monkeypatch: pytest.MonkeyPatch, most_at_once: int, reads: list[int]
) -> None:
    pipeline = world.pipeline
    pipeline.compile = replace(pipeline.compile, most_at_once=most_at_once)
    whole = world.enrich(KEY, contacts(450))
    again = "incoming/email/force=true/leads.csv"
    job = world.drop(again, contacts(450))
    world.submit_all()
    world.deliver()
    read = noted_reads(monkeypatch)
    runs = 0
    while world.functions.compiles and runs < 5:
        enough = len(read) + 2  # batches for which this run has time
        started = world.functions.compiles.pop(0)
        pipeline.compile.run(started, lambda: 900.0 if len(read) < enough else 1.0)  # noqa: B023
        assert world.job(job).compile_attempts == 0
        runs += 1
        sweep(world, 120)

    assert (runs, read) == (-(-len(reads) // 2), reads)
    assert world.enriched(again, job) == world.enriched(KEY, whole)


def test_a_compilation_without_time_for_one_batch_ends_in_a_report(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.deliver()
    for _ in range(3):
        world.pipeline.compile.run(job, lambda: 1.0)
        sweep(world, 1200)
    world.functions.compiles.clear()
    world.pipeline.compile.run(job)

    assert world.job(job).state is JobState.FAILED


# Pauses that look for their end


def paused(world: World, status: int, body: dict[str, object], key: str = KEY) -> str:
    world.provider.answers.append(httpx.Response(status, json=body))
    job = world.drop(key, contacts(250))
    world.pipeline.submit.run(*world.messages.take()[0])
    world.inform()
    assert world.job(job).state is JobState.PAUSED
    return job


def test_a_job_whose_key_is_mended_goes_on_by_itself(world: World) -> None:
    job = paused(world, 401, {"error": "Invalid API key"})
    message = world.report(KEY, job)["message"]
    assert "So far 0 of 3 batches are done" in message
    assert "It waits until 15 January 2027, 09:00 UTC" in message
    for _ in range(14):
        sweep(world, 60)
        assert world.job(job).state is JobState.PAUSED
    sweep(world, 60)

    assert world.job(job).state is JobState.RUNNING
    looks = [each.method for each in world.provider.requests]
    assert looks == ["GET", "POST", "GET"]  # the balance before, the refusal, and after 15 minutes


def test_a_job_without_consent_tries_one_batch(world: World) -> None:
    world.provider.behaviour.consent = False
    key = "incoming/personal_email/leads.csv"
    linkedin = "First Name,Last Name,LinkedIn\r\n" + "".join(
        f"Jane{n},Doe,https://www.linkedin.com/in/jane-doe-{n}\r\n" for n in range(250)
    )
    job = world.drop(key, linkedin)
    world.submit_all()
    assert world.job(job).halt is Halt.NO_CONSENT

    for _ in range(2):
        asked = len(world.provider.requests)
        sweep(world, 900)
        world.submit_all()
        assert len(world.provider.requests) == asked + 1
        assert world.job(job).state is JobState.PAUSED

    world.provider.behaviour.consent = True
    sweep(world, 900)
    world.submit_all()
    sweep(world, 120)
    world.submit_all()
    assert {batch.state for batch in world.pipeline.batches.of(world.job(job))} == {
        BatchState.ACCEPTED
    }


@pytest.mark.moto
def test_a_job_without_a_key_goes_on_once_there_is_one(world: World) -> None:
    world.secrets.put_secret_value(SecretId="api-key", SecretString=" ")
    job = world.drop(KEY, contacts(250))
    world.submit_all()
    assert world.job(job).halt is Halt.NO_KEY

    world.now += 900
    assert world.another().sweep.run().problems == []
    assert world.job(job).state is JobState.PAUSED

    key = world.provider.behaviour.api_key
    world.secrets.put_secret_value(SecretId="api-key", SecretString=key)
    world.now += 900
    world.another().sweep.run()
    assert world.job(job).state is JobState.RUNNING


def test_a_job_at_its_plans_limit_tries_one_batch(world: World) -> None:
    message = "You have reached the import limits of your plan"
    job = paused(world, 422, {"error": 422, "message": message})
    assert world.job(job).halt is Halt.PLAN_LIMIT
    world.messages.take()

    sweep(world, 900)

    assert world.job(job).state is JobState.RUNNING
    assert len(world.messages.take()) == 1


def test_a_final_file_promises_nothing_that_is_over(world: World) -> None:
    job = paused(world, 422, {"error": "Insufficient enrichment credits"})
    world.provider.behaviour.balance = 0
    sweep(world, DEADLINE)
    world.finish()

    assert states(world.enriched(KEY, job)) == [RowState.NOT_SENT] * 250
    assert "goes on" not in world.enriched(KEY, job) + world.report(KEY, job)["message"]


def test_a_job_that_an_operator_ended_says_so(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    world.pipeline.submit.run(*world.messages.take()[0])
    world.pipeline.operate.run(job, Action.GIVE_UP)
    world.finish()

    report = world.report(KEY, job)
    assert report["status"] == "ended"
    assert "The platform team ended this job" in report["message"]
    assert "The platform team ended the job before this row was sent" in world.enriched(KEY, job)


# Deleted stays deleted


@pytest.mark.moto
def test_an_answer_that_was_deleted_is_not_written_anew(world: World) -> None:
    job = timed_out(world, 5)
    world.s3.delete_object(Bucket="data", Key=output_key(ENRICHED, KEY, job, ".csv"))
    world.deliver()
    sweep(world, 300)
    world.finish()

    assert versions(world, job) == 1
    assert world.job(job).state is JobState.DONE


def test_one_sweep_finds_the_lost_messages_of_every_job(world: World) -> None:
    jobs = {world.drop(f"incoming/email/{size}.csv", contacts(size)) for size in (2, 3)}
    world.messages.take()  # and lose them

    world.now += 180
    world.pipeline.sweep.run()

    assert {job for job, _ in world.messages.take()} == jobs
