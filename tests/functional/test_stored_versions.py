"""Jobs that an earlier version of the code began are finished by this one.

`stored/v<n>.json` is what version n left in the middle of a job: its file, its plan, its items, and
the webhooks to come. Such a file is never changed; a change of what is stored adds the next one.
"""

import json
from pathlib import Path

import pytest

from enrichment.domain.columns import Field
from enrichment.domain.credits import month_of
from enrichment.domain.job import PLAN_VERSION, JobState
from enrichment.domain.outcome import RowState
from tests.functional.outputs import rows_of, states
from tests.functional.world import REUSE, World, contacts

STORED = Path(__file__).with_name("stored")
VERSIONS = sorted(STORED.glob("v*.json"))


def test_the_newest_version_is_among_those_stored() -> None:
    assert [path.stem for path in VERSIONS][-1] == f"v{PLAN_VERSION}"


@pytest.mark.moto
@pytest.mark.parametrize("stored", VERSIONS, ids=lambda path: path.stem)
def test_a_job_that_an_earlier_version_began_is_finished(world: World, stored: Path) -> None:
    left = json.loads(stored.read_text())
    version, _ = world.upload(left["key"], left["file"])
    world.upload(left["plan_key"], left["plan"])
    for item in left["items"]:
        if item["sk"]["S"] == "JOB":
            item["version"]["S"] = version
        world.dynamodb.put_item(TableName="table", Item=item)

    world.inform()
    world.pipeline.submit.run(left["job"], 2)
    world.deliver()
    world.deliver(left["webhooks"])
    world.finish()
    world.inform()

    job = world.job(left["job"])
    assert job.state is JobState.DONE
    assert world.metrics.counted["Rows"] == job.rows  # nothing was told of it before
    told_before = [item for item in left["items"] if "told" in item]
    news = ["done"] if told_before else ["started", "done"]
    assert [told["change"] for told in world.bus.told] == news
    file = rows_of(left["file"])
    rows = rows_of(world.enriched(left["key"], job.id))
    assert [row[: len(file[0])] for row in rows] == file
    found = states(world.enriched(left["key"], job.id))
    assert found[-2:] == [RowState.REJECTED, RowState.DUPLICATE_OF]
    known = {RowState.NOT_WORTH: "not_worth", RowState.ALREADY_THERE: "already"}
    unsent = {state for state, field in known.items() if f'"{field}"' in left["plan"]}
    assert set(found[:-2]) == {RowState.FOUND, RowState.NOT_FOUND} | unsent
    month = world.pipeline.budget.month(month_of(world.now))
    lines = list(world.pipeline.budget.lines(month_of(world.now)))
    assert month.reserved == month.charged == sum(line.charged for line in lines)


def test_a_job_that_was_paused_beside_its_state_is_paused_and_goes_on(world: World) -> None:
    """Before PAUSED was a state, a running job with a `halt` was one."""
    job = world.drop("incoming/email/leads.csv", contacts(3))
    world.provider.behaviour.balance = 0
    world.submit_all()
    item = next(item for item in world.items() if item["sk"]["S"] == "JOB")
    world.dynamodb.put_item(TableName="table", Item=item | {"state": {"S": "RUNNING"}})
    world.provider.behaviour.balance = 100

    assert world.job(job).state is JobState.PAUSED
    world.now += 300
    world.pipeline.sweep.run()
    world.submit_all()
    world.deliver()
    world.finish()

    assert world.job(job).state is JobState.DONE


def test_a_job_that_knew_one_column_for_each_field_is_finished_and_reported(world: World) -> None:
    """Before several columns could be one field, `columns` had one position for each."""
    key = "incoming/email/leads.csv"
    job = world.drop(key, contacts(3))
    item = next(item for item in world.items() if item["sk"]["S"] == "READING")
    columns = {"first name": {"N": "0"}, "last name": {"N": "1"}, "domain": {"N": "2"}}
    left = {name: value for name, value in item.items() if name != "found"}
    world.dynamodb.put_item(TableName="table", Item=left | {"columns": {"M": columns}})
    world.submit_all()
    world.deliver()
    world.finish()

    reading = world.pipeline.jobs.reading(job)
    assert reading
    assert reading.columns == {
        Field.FIRST_NAME: (0,),
        Field.LAST_NAME: (1,),
        Field.DOMAIN: (2,),
    }
    report = world.report(key, job)
    assert report["columns"]["domain"] == "Domain"
    assert [(each["header"], each["sure"]) for each in report["taken"]] == [
        ("First Name", None),
        ("Last Name", None),
        ("Domain", None),
    ]


@pytest.mark.parametrize("days", [1, 91])
def test_an_entry_of_a_person_that_remembers_no_row_before_is_read(days: int) -> None:
    """Before entries remembered in whose place they were put, they had no `before`."""
    world = World(environment=REUSE)
    world.enrich("incoming/email/leads.csv", contacts(3))
    for item in world.items():
        if item["pk"]["S"].startswith("PERSON#"):
            left = {name: value for name, value in item.items() if name != "before"}
            world.dynamodb.put_item(TableName="table", Item=left)
    world.provider.charged.clear()
    world.now += days * 86_400
    job = world.enrich("incoming/email/fair.csv", contacts(2))

    assert world.job(job).state is JobState.DONE
    assert len(world.provider.charged) == (0 if days == 1 else 2)
