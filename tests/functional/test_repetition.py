"""The same file again is not paid for again; its owner is shown to what was found before."""

import gzip
from typing import Any

import pytest

from enrichment.domain.job import JobState
from tests.functional.world import World, contacts

FILE = contacts(3)
KEY = "incoming/email/leads.csv"


def drop_again(
    world: World, key: str = "incoming/email/copy.csv", content: str | bytes = FILE
) -> dict[str, Any]:
    return world.report(key, world.enrich(key, content))


@pytest.mark.parametrize(
    "key", [KEY, "incoming/email/q3/copy.csv", "incoming/email/max_credits=2/leads.csv"]
)
def test_the_same_content_is_answered_with_the_earlier_output(world: World, key: str) -> None:
    first = world.enrich(KEY, FILE)
    paid = len(world.provider.requests)

    report = drop_again(world, key)

    assert report["status"] == "repeated"
    assert report["earlier"]["job"] == first
    assert world.content(report["earlier"]["enriched"]).decode() == world.enriched(KEY, first)
    assert world.content(report["earlier"]["report"]).startswith(b"<!doctype html>")
    assert world.job(report["job"]).state is JobState.REPEATED
    assert len(world.provider.requests) == paid


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("incoming/email/copy.csv", FILE + "Joan,Doe,a.example\r\n"),
        ("incoming/email/force=true/copy.csv", FILE),
        ("incoming/email/copy.csv.gz", gzip.compress(FILE.encode(), mtime=0)),
    ],
)
def test_what_is_not_the_same_or_is_forced_is_enriched(
    world: World, key: str, content: str | bytes
) -> None:
    world.enrich(KEY, FILE)
    assert drop_again(world, key, content)["status"] == "done"


def test_another_type_or_other_countries_are_not_the_same(world: World) -> None:
    file = (
        "First Name,Last Name,Domain,LinkedIn URL\r\n"
        + "Jane,Doe,a.example,linkedin.com/in/jane\r\n"
    )
    keys = [
        "incoming/email/a.csv",
        "incoming/phone/a.csv",
        "incoming/phone/countries=FR/a.csv",
        "incoming/phone/countries=FR,BE/a.csv",
    ]
    assert [drop_again(world, key, file)["status"] for key in keys] == ["done"] * 4
    assert drop_again(world, "incoming/phone/countries=BE,FR/a.csv", file)["status"] == "repeated"


def test_two_copies_at_the_same_time_are_paid_for_once(world: World) -> None:
    first, second = world.drop(KEY, FILE), world.drop("incoming/email/copy.csv", FILE)
    assert world.job(first).state is JobState.RUNNING
    assert world.job(second).state is JobState.REPEATED
    assert "is being enriched already" in world.report("incoming/email/copy.csv", second)["message"]


def test_a_split_that_meets_the_other_only_when_it_starts_its_job_is_answered_too(
    world: World,
) -> None:
    """Both have looked for an earlier job before either has started one."""
    version, size = world.upload("incoming/email/copy.csv", FILE)
    new_id, others = world.pipeline.split.new_id, []

    def while_another_starts() -> str:
        object.__setattr__(world.pipeline.split, "new_id", new_id)
        others.append(world.drop(KEY, FILE))
        return new_id()

    object.__setattr__(world.pipeline.split, "new_id", while_another_starts)
    job = world.pipeline.split.run("incoming/email/copy.csv", version, size) or ""

    assert [world.job(each).state for each in (*others, job)] == [
        JobState.RUNNING,
        JobState.REPEATED,
    ]


def test_after_the_retention_time_it_is_enriched_again(world: World) -> None:
    world.enrich(KEY, FILE)
    world.now += 91 * 86_400
    assert drop_again(world)["status"] == "done"


def test_a_file_for_which_nothing_was_paid_may_be_dropped_again(world: World) -> None:
    world.drop(KEY, FILE)
    world.now += 10_000_000  # past the deadline, with nothing sent
    world.pipeline.sweep.run()
    world.finish()
    assert drop_again(world)["status"] == "done"
