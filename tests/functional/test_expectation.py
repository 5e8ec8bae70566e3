"""An estimate tells what a file would cost at most, and what is expected once enough is known."""

import pytest

from local.provider.behaviour import Behaviour
from tests.functional.world import PRICE, Provider, World, contacts

KEY = "estimate/email/next.csv"
NEXT = contacts(50, lambda n: f"John{n},Doe,company{n}.example")


@pytest.fixture(name="half")
def half_are_found() -> World:
    return World(Provider(Behaviour(find_rate=0.5, balance=10_000)))


def estimate(stack: World) -> dict[str, object]:
    report = stack.report(KEY, stack.enrich(KEY, NEXT))
    assert report["credits"]["at_most"] == 50 * PRICE
    return dict(report["credits"])


def test_what_is_expected_follows_from_what_was_found_of_late(half: World) -> None:
    key = "incoming/email/first.csv"
    job = half.enrich(key, contacts(200))
    found = half.report(key, job)["counts"]["found"]
    assert 0 < found < 200

    told, expected = estimate(half), round(50 * found / 200 * PRICE)
    assert told["expected"] == expected
    assert told["expected_cost"] == f"{expected / 2:.2f} EUR"
    assert f"Of the 200 contacts that were sent to find an e-mail in the last 30 days, {found}" in (
        str(told["experience"])
    )


@pytest.mark.parametrize(
    ("sent", "days", "known"), [(0, 0, "none were sent"), (199, 0, "only 199"), (200, 31, "none")]
)
def test_as_long_as_too_little_is_known_only_the_most_is_told(
    half: World, sent: int, days: int, known: str
) -> None:
    if sent:
        half.enrich("incoming/email/first.csv", contacts(sent))
    half.now += days * 86_400

    told = estimate(half)
    assert (told["expected"], told["expected_cost"]) == (None, "")
    assert known in str(told["experience"])


def test_other_types_and_jobs_that_await_results_say_nothing(half: World) -> None:
    profiles = contacts(200, lambda n: f"Jane,Doe,linkedin.com/in/jane-{n}")
    half.enrich("incoming/phone/first.csv", profiles.replace("Domain", "LinkedIn URL"))
    half.drop("incoming/email/first.csv", contacts(200))
    half.submit_all()
    half.deliver(half.provider.webhooks[:50])

    assert estimate(half)["expected"] is None
