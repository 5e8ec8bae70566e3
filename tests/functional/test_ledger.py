"""The bill is held against the provider's ledger, while nothing goes wrong."""

import pytest

from enrichment.domain.credits import month_of
from local.provider.behaviour import Behaviour
from tests.functional.world import Provider, World, batch_of, contacts


def with_profiles(number: int) -> str:
    file = contacts(number, lambda n: f"Jane{n},Doe,linkedin.com/in/jane-{n}")
    return file.replace("Domain", "LinkedIn URL")


def charged(stack: World, job: str) -> tuple[int, int]:
    """The things and the credits that a job was charged for."""
    of_job = [
        charge for charge in stack.provider.ledger if batch_of({"custom": charge.custom})[0] == job
    ]
    return sum(charge.found for charge in of_job), sum(charge.credits for charge in of_job)


@pytest.mark.parametrize("most_numbers", [1, 5, 40])
def test_every_job_and_the_month_have_what_the_ledger_has_to_the_credit(most_numbers: int) -> None:
    stack = World(Provider(Behaviour(find_rate=0.5, most_numbers=most_numbers)))
    before = stack.provider.behaviour.balance
    keys = ("incoming/phone/team/leads.csv", "incoming/email/leads.csv")
    jobs = [stack.enrich(keys[0], with_profiles(30)), stack.enrich(keys[1], contacts(120))]

    for key, job in zip(keys, jobs, strict=True):
        bill = stack.report(key, job)["credits"]
        assert (bill["things_found"], bill["settled"]) == charged(stack, job)
        assert bill["possibly_charged"] == 0
        assert (stack.job(job).reserved, stack.job(job).charged) == 2 * (bill["settled"],)
    spent = sum(charge.credits for charge in stack.provider.ledger)
    assert stack.pipeline.budget.month(month_of(stack.now)).charged == spent > 0
    assert stack.provider.behaviour.balance == before - spent
