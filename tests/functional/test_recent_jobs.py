"""The jobs that lists show, by the index of recent jobs."""

import pytest

from enrichment.domain.job import JobState
from enrichment.domain.summary import Summary
from enrichment.store.items import EXPIRY
from tests.functional.accounts import table_of_the_template
from tests.functional.world import PRICE, World, contacts

DAY = 86_400


def test_the_index_has_what_a_list_says() -> None:
    indexes = table_of_the_template()["GlobalSecondaryIndexes"]
    recent = next(index for index in indexes if index["IndexName"] == "recent-jobs")
    projected = {*recent["Projection"]["NonKeyAttributes"]}

    assert projected == {*Summary.model_fields, EXPIRY} - {"created_at"}


@pytest.mark.moto
def test_recent_jobs_come_newest_first_across_months_with_what_was_counted(world: World) -> None:
    first = world.drop("incoming/email/a.csv", contacts(3))
    world.submit_all()
    world.deliver()
    world.finish()
    world.now += 35 * DAY
    second = world.drop("incoming/phone/b.csv", "First Name,Last Name\nJane,Doe\n")

    newest, oldest = world.pipeline.jobs.recent(world.now)

    assert (newest.id, newest.key, newest.state) == (
        second,
        "incoming/phone/b.csv",
        JobState.REFUSED,
    )
    assert (oldest.id, oldest.state, oldest.sent, oldest.answered) == (first, JobState.DONE, 3, 3)
    assert oldest.charged == world.job(first).charged == PRICE * oldest.hits


def test_a_job_of_before_there_was_the_index_is_listed_once_the_sweeper_saw_it(
    world: World,
) -> None:
    job = world.drop("incoming/email/a.csv", contacts(3))
    item = next(item for item in world.items() if item["sk"]["S"] == "JOB")
    del item["begun_in"], item["counts"]
    world.dynamodb.put_item(TableName="table", Item=item)
    assert not list(world.pipeline.jobs.recent(world.now))

    world.pipeline.sweep.run()

    (listed,) = world.pipeline.jobs.recent(world.now)
    assert (listed.id, listed.counts) == (job, False)
