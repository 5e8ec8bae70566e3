"""A file that one run of split has no time for goes on in the next, from where it stood."""

import json

import pytest

from enrichment.domain.folder import plan_key
from enrichment.domain.job import JobState
from enrichment.domain.plan import PlannedRow
from enrichment.domain.planner import Planner
from enrichment.domain.row_cells import FileRow
from tests.functional.runs import time_for
from tests.functional.world import World, contacts

KEY = "incoming/email/leads.csv"
ROWS = 250  # a run looks at its time before each hundred rows


def split(world: World, rows: int) -> str:
    """A run that has time for so many rows, over the file that is there."""
    [version] = world.s3.list_object_versions(Bucket="data", Prefix=KEY)["Versions"]
    run = world.pipeline.split.run
    return run(KEY, version["VersionId"], version["Size"], time_for(rows)) or ""


def test_each_run_goes_on_where_the_one_before_stood(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    decide = Planner.decide

    def noted(planner: Planner, row: FileRow) -> PlannedRow:
        judged.append(row.number)
        return decide(planner, row)

    monkeypatch.setattr(Planner, "decide", noted)
    version, size = world.upload(KEY, contacts(ROWS))

    job = world.job(split(world, 100))
    assert (job.state, job.planned, job.attempts) == (JobState.SPLITTING, 100, 0)
    job = world.job(split(world, 200))
    assert (job.state, job.planned, job.attempts) == (JobState.SPLITTING, 200, 0)
    assert world.functions.splits == [(KEY, version, size)] * 2

    job = world.job(split(world, 300))
    assert (job.state, job.rows, job.batches) == (JobState.RUNNING, ROWS, 3)
    assert judged == list(range(2, ROWS + 2))
    world.submit_all()
    world.deliver()
    world.finish()
    assert world.job(job.id).state is JobState.DONE


def test_a_copy_in_a_later_part_is_found(world: World) -> None:
    header, first, *rest = contacts(ROWS).splitlines(keepends=True)
    world.upload(KEY, "".join([header, first, *rest, first]))
    split(world, 200)
    job = world.job(split(world, 300))

    *_, last = world.pipeline.bucket.lines(plan_key(job.id, job.plan))
    assert json.loads(last) == {"row": ROWS + 2, "duplicate_of": 2}


def test_a_run_that_comes_no_further_counts_as_an_attempt(world: World) -> None:
    world.upload(KEY, contacts(ROWS))
    split(world, 100)

    for attempt in (1, 2, 3):
        job = world.job(split(world, 100))
        assert (job.state, job.attempts) == (JobState.SPLITTING, attempt)
    assert len(world.functions.splits) == 1
    assert world.job(split(world, 300)).state is JobState.REFUSED


def test_a_start_of_the_next_run_that_is_lost_is_found(world: World) -> None:
    version, size = world.upload(KEY, contacts(ROWS))
    world.now += 19 * 60  # as if the first run had waited so long for its turn
    split(world, 100)
    world.functions.splits.clear()

    world.now += 19 * 60
    world.pipeline.sweep.run()
    assert world.functions.splits == []
    world.now += 60
    world.pipeline.sweep.run()
    assert world.functions.splits == [(KEY, version, size)]


def test_a_plan_by_other_rules_is_not_gone_on_with(world: World) -> None:
    """A deploy between two runs must not mix two versions of the rules in one plan."""
    world.upload(KEY, contacts(ROWS))
    before = world.job(split(world, 100))
    world.pipeline.jobs.change(before.id, planned_by="another version")

    assert world.job(split(world, 200)).planned == 200
    assert world.job(split(world, 300)).state is JobState.RUNNING


def test_a_job_that_an_earlier_version_began_to_split_goes_on_in_parts(world: World) -> None:
    world.upload(KEY, contacts(ROWS))
    split(world, 0)
    [item] = [item for item in world.items() if item["sk"]["S"] == "JOB"]
    new = {"unfinished", "planned", "planned_by", "handed_on_at"}
    old = {name: value for name, value in item.items() if name not in new}
    world.dynamodb.put_item(TableName="table", Item=old)

    assert world.job(split(world, 200)).planned == 200
    assert world.job(split(world, 300)).state is JobState.RUNNING
