"""Jobs whose results come after their output, for the tests of what becomes of those."""

from enrichment.domain.outcome import RowState
from tests.functional.outputs import states
from tests.functional.world import DEADLINE, World, contacts

KEY = "incoming/email/leads.csv"


def timed_out(world: World, number: int) -> str:
    """A job that ended at its deadline without any result; they all wait to be delivered."""
    job = world.drop(KEY, contacts(number))
    world.submit_all()
    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()
    assert set(states(world.enriched(KEY, job))) == {RowState.TIMED_OUT}
    return job


def versions(world: World, job: str) -> int:
    listed = world.s3.list_object_versions(Bucket="data", Prefix="enriched/")["Versions"]
    return sum(job in version["Key"] for version in listed)
