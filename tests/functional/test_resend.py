"""What an operator had sent again, and what comes of the first attempt meanwhile."""

import httpx
import pytest

from enrichment.domain.batch import BatchState
from enrichment.domain.credits import month_of
from enrichment.domain.operating import Action
from tests.functional.outputs import states
from tests.functional.world import PRICE, World, contacts

KEY = "incoming/email/leads.csv"


@pytest.fixture
def job(world: World) -> str:
    """A job whose one batch was accepted, which nobody heard; an operator has it sent again."""
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.provider.accept_before_answer = True
    job = world.drop(KEY, contacts(3))
    world.submit_all()
    world.provider.accept_before_answer = False
    world.pipeline.operate.run(job, Action.RESEND)
    return job


def batch_of(world: World, job: str) -> BatchState:
    [batch] = world.pipeline.batches.of(world.job(job))
    return batch.state


def test_nothing_is_paid_again_if_the_first_result_came_before(world: World, job: str) -> None:
    world.deliver()
    world.submit_all()
    world.finish()

    assert len(world.provider.posts) == 1
    assert set(states(world.enriched(KEY, job))) <= {"found", "not_found"}
    charged = world.job(job).charged
    assert charged == sum(charge.credits for charge in world.provider.ledger)
    assert world.pipeline.budget.month(month_of(world.now)).reserved == charged
    assert world.report(KEY, job)["credits"]["possibly_charged"] == 0


def test_part_of_the_first_results_keeps_the_rest_from_being_paid_again(
    world: World, job: str
) -> None:
    world.deliver(world.provider.webhooks[:1])
    assert world.submit_all() == ["already taken"]

    assert batch_of(world, job) is BatchState.ACCEPTED
    assert len(world.provider.posts) == 1


def test_without_credits_to_send_it_again_it_is_in_doubt_as_before(world: World, job: str) -> None:
    world.allow_in_a_month(3 * PRICE)
    assert world.submit_all() == ["waits for credits of the cap: month"]
    world.now += 900
    assert world.submit_all() == ["UNKNOWN: there are no credits to send it again"]

    world.deliver()
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()
    assert set(states(world.enriched(KEY, job))) <= {"found", "not_found"}
    assert world.job(job).charged == sum(charge.credits for charge in world.provider.ledger)
