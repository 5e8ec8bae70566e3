"""Rows and files that are not worth a credit cost none, come back, and may be insisted on."""

import pytest

from tests.functional.outputs import rows_of, states
from tests.functional.world import World

HEADER = "First Name,Last Name,Company,Domain\n"
FILE = (
    f"{HEADER}Jane,Doe,Acme,\nTest,Test,Acme,\nGarage,Dupont,,garage.example\n"
    f"John,Roe,Self-employed,\n{HEADER}José,Núñez,,acme.example\n"
)
HOTELS = "First Name,Last Name,Website\n" + "".join(
    f"Hotel,{name.title()}hof,{name}.example\n" for name in "abcdefgh"
)


def test_rows_that_are_not_worth_it_cost_nothing_and_come_back_with_the_reason(
    world: World,
) -> None:
    key = "incoming/email/leads.csv"
    job = world.enrich(key, FILE)

    report = world.report(key, job)
    assert [state == "not_worth" for state in states(world.enriched(key, job))] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert (report["counts"]["not_worth"], report["credits"]["contacts_sent"]) == (4, 2)
    assert sum(reason["rows"] for reason in report["reasons"]) == 4
    assert len(world.provider.charged) == 2
    header, *rejected = rows_of(world.rejected(key, job) or "")
    assert header[-2:] == ["rejection_reason", "rejected_row"]
    assert [row[:2] for row in rejected][:2] == [["Test", "Test"], ["Garage", "Dupont"]]


def test_whoever_insists_has_them_sent(world: World) -> None:
    key = "incoming/email/check=off/leads.csv"
    job = world.enrich(key, FILE)

    assert set(states(world.enriched(key, job))) <= {"found", "not_found"}
    assert len(world.provider.charged) == 6


def test_an_estimate_tells_of_them(world: World) -> None:
    key = "estimate/email/leads.csv"
    job = world.enrich(key, FILE)

    report = world.report(key, job)
    assert (report["counts"]["to_send"], report["counts"]["not_worth"]) == (2, 4)
    assert report["rejected"]


@pytest.mark.parametrize("top", ["incoming", "estimate"])
def test_a_list_of_companies_is_answered_in_words_and_not_sent(world: World, top: str) -> None:
    key = f"{top}/email/hotels.csv"

    report = world.report(key, world.enrich(key, HOTELS))

    assert report["status"] == "refused"
    assert "look like companies or places" in report["message"]
    assert "“Hotel Ahof”, “Hotel Bhof”, “Hotel Chof”" in report["message"]
    assert world.provider.requests == []


def test_a_list_of_companies_is_sent_if_its_owner_says_that_they_are_people(world: World) -> None:
    key = "incoming/email/check=off/hotels.csv"
    job = world.enrich(key, HOTELS)

    assert world.report(key, job)["status"] == "done"
    assert len(world.provider.charged) == 8
