"""Whether answers name the paths of other files, maybe another team's, is a parameter."""

import pytest

from enrichment.domain.job import JobState
from enrichment.store.jobs import Jobs
from tests.functional.outputs import rows_of
from tests.functional.world import REUSE, World, contacts

OURS, THEIRS = "incoming/email/ours/leads.csv", "incoming/email/secret-team/fair.csv"
ESTIMATE = "estimate/email/ours/leads.csv"
NAMES = ("secret-team", "fair")
FILE = contacts(3)


@pytest.fixture
def discreet() -> World:
    """A world in which no paths are named, and THEIRS was enriched."""
    world = World(environment={**REUSE, "NAME_PATHS": "no"})
    world.enrich(THEIRS, FILE)
    return world


def everything(world: World, key: str, job: str) -> str:
    """All that was answered to a file."""
    answers = [each for each in world.keys("") if job in each]
    assert any(each.startswith("reports/") for each in answers), key
    return "\n".join(world.content(each).decode() for each in answers)


def test_by_default_a_repeated_file_is_told_where_it_was(world: World) -> None:
    world.enrich(THEIRS, FILE)
    assert THEIRS in world.report(OURS, world.enrich(OURS, FILE))["message"]


@pytest.mark.parametrize("key", [OURS, ESTIMATE])
def test_no_answer_to_a_repeated_file_names_the_other(discreet: World, key: str) -> None:
    job = discreet.enrich(key, FILE)

    report, told = discreet.report(key, job), everything(discreet, key, job)
    assert report["message"].startswith("The same file was enriched before")
    assert report["earlier"] is None
    assert [name for name in NAMES if name in told] == []


def test_nor_of_one_whose_output_could_not_be_written(discreet: World) -> None:
    [first] = [job for job in map(discreet.job, all_jobs(discreet)) if job.key == THEIRS]
    Jobs(discreet.pipeline.table).change(first.id, state=JobState.FAILED)

    job = discreet.enrich(OURS, FILE)

    assert "could not be written" in discreet.report(OURS, job)["message"]
    assert [name for name in NAMES if name in everything(discreet, OURS, job)] == []


def test_no_answer_names_the_file_from_which_a_result_is_used_again(discreet: World) -> None:
    job = discreet.enrich(OURS, contacts(4))

    details = [row[-1] for row in rows_of(discreet.enriched(OURS, job))[1:]]
    assert ["from another file, 15 January 2027" in detail for detail in details] == [
        *[True] * 3,
        False,
    ]
    assert [name for name in NAMES if name in everything(discreet, OURS, job)] == []


def all_jobs(world: World) -> list[str]:
    return [item["id"]["S"] for item in world.items() if item["sk"]["S"] == "JOB"]
