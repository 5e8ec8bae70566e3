"""The page of a file, from its upload to its answer, and the list of all jobs."""

import json
from dataclasses import replace
from typing import Any

import pytest

from enrichment.domain.job import Job, JobState
from enrichment.domain.limits import Limits
from enrichment.steps.intake import Intake
from enrichment.store.jobs import Jobs
from enrichment.usecases.split import SplitUpload
from tests.functional.world import PRICE, Killed, World, contacts

KEY = "incoming/email/q3/leads.csv"
BY_PATH = "reports/email/q3/leads.csv.json"


class Dying(Intake):
    """A run that dies when it opens the file."""

    def opened(self, job: Job) -> Any:  # noqa: ARG002
        raise Killed


def dying(world: World) -> SplitUpload:
    return replace(world.pipeline.split, intake=Dying(world.pipeline.bucket, Limits(1, 1, 1)))


def status(world: World, key: str = BY_PATH) -> dict[str, Any]:
    return dict(json.loads(world.read(key) or "{}"))


def test_a_page_follows_its_file_from_the_first_second_to_the_answer(world: World) -> None:
    seen = []

    def look() -> None:
        told = status(world)
        seen.append((told["status"], (told["progress"] or {}).get("sent"), len(told["history"])))

    version, size = world.upload(KEY, contacts(250))
    with pytest.raises(Killed):
        dying(world).run(KEY, version, size)
    look()
    world.inform()
    look()
    job = world.pipeline.split.run(KEY, version, size) or ""
    world.inform()
    look()
    for job_id, number in world.messages.take():
        world.now += 20
        world.pipeline.submit.run(job_id, number)
        world.inform()
        look()
    for webhook in world.provider.webhooks[:100]:
        world.deliver([webhook])
    world.now += 20
    world.inform()
    look()
    world.deliver()
    world.inform()
    look()
    world.finish()
    world.inform()
    look()

    assert seen == [
        ("received", None, 0),
        ("reading", None, 0),
        ("sending", 0, 1),
        ("sending", 100, 2),
        ("sending", 200, 2),
        ("waiting", 250, 2),
        ("waiting", 250, 3),
        ("writing", 250, 3),
        ("done", None, 3),
    ]
    assert world.job(job).state is JobState.DONE
    assert status(world) == world.report(KEY, job)
    assert "http-equiv" in (world.read(BY_PATH.replace(".json", ".html")) or "")


def test_progress_tells_what_was_counted_and_when_it_will_be_ready(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    world.inform()
    first, *_ = world.messages.take()
    world.pipeline.submit.run(*first)
    world.now += 60
    world.deliver()
    world.inform()

    told = status(world)["progress"]
    answered = world.job(job)
    assert (told["sent"], told["answered"], told["credits"]) == (100, 100, answered.charged)
    assert told["found"] * PRICE == told["credits"]
    assert (told["settled"], told["batches"]) == (1, 3)
    assert (told["a_minute"], told["ready_at"]) == (100, world.now + 90)
    assert told["ends_at"] == answered.deadline_at
    assert told["again_after"] == 15


def test_the_page_of_a_path_is_that_of_its_latest_job(world: World) -> None:
    first = world.drop(KEY, contacts(3))
    world.submit_all()
    world.now += 10
    second = world.drop(KEY, contacts(5))
    world.inform()
    assert status(world)["job"] == second

    world.deliver()
    world.finish()

    assert world.report(KEY, first)["status"] == "done"
    assert status(world)["job"] == second


def test_a_look_that_is_overtaken_by_the_answer_does_not_hide_it(world: World) -> None:
    """A slow run saw the job RUNNING; meanwhile its answer is written."""
    job = world.drop(KEY, contacts(3))
    world.submit_all()
    late = [world.deliver, world.finish]

    class Slow(Jobs):
        def get(self, job_id: str) -> Job | None:
            found = super().get(job_id)
            while late:
                late.pop(0)()
            return found

    slow = replace(world.pipeline.progress, jobs=Slow(world.pipeline.table))
    slow.run(world.job(job))

    assert status(world)["status"] == "done"


@pytest.mark.parametrize("known", [True, False], ids=["counted", "of an earlier version"])
def test_a_job_that_an_earlier_version_began_does_not_tell_what_it_did_not_count(
    world: World, known: bool
) -> None:
    job = world.drop(KEY, contacts(3))
    world.pipeline.jobs.change(job, counts=known)
    world.submit_all()
    world.inform()

    assert (status(world)["progress"]["sent"] is not None) == known


def test_a_paused_job_says_why_and_what_happens_next(world: World) -> None:
    world.provider.behaviour.balance = 0
    world.drop(KEY, contacts(3))
    world.submit_all()
    world.inform()

    assert status(world)["status"] == "paused"
    assert "too few credits" in status(world)["message"]


def test_the_list_has_every_job_with_its_state_and_the_way_to_its_page(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    world.drop("incoming/email/a & b.csv", "nothing")
    world.inform()
    page = world.read("reports/index.html") or ""

    assert f'<a href="email/q3/leads-{job}.html">leads.csv</a>' in page
    assert "a &amp; b.csv" in page
    assert page.index("Not processed") < page.index("Being sent")
    assert "1 job under way" in page


def test_the_list_says_how_an_answer_turned_out_as_its_page_does(world: World) -> None:
    world.enrich(KEY, contacts(1) + ",Doe,company8.example\r\n,Doe,company9.example\r\n")
    world.inform()

    assert "Mostly unanswered" in (world.read("reports/index.html") or "")
    assert "Mostly unanswered" in (world.read(BY_PATH.replace(".json", ".html")) or "")


def test_people_who_are_erased_leave_the_page_of_the_path_too(world: World) -> None:
    world.drop(KEY, contacts(3) + ",Zaphod,company9.example\r\n")
    world.submit_all()
    world.deliver()
    world.finish()
    assert "Zaphod" in (world.read(BY_PATH) or "")
    assert "Jane1" in "".join(
        body.decode()
        for (key, _), body in world.versions("reports/").items()
        if key.startswith("reports/email/q3/leads.csv")
    )

    world.erase("erase/people.csv", "First Name,Last Name,Domain\nJane1,Doe,company1.example\n")

    left = {key: body.decode() for (key, _), body in world.versions("reports/").items()}
    assert not [key for key, text in left.items() if "Jane1" in text]
    assert status(world)["status"] == "done"
