"""A file below `estimate/` is answered with what it would cost; nothing is sent for it."""

import json

from enrichment.domain.job import JobState
from tests.functional.outputs import rows_of
from tests.functional.world import PRICE, World, contacts

FILE = contacts(5) + "Jane1,Doe,company1.example\r\n,Doe,a.example\r\n"


def test_an_estimate_tells_rows_reasons_and_cost_and_sends_nothing(world: World) -> None:
    key = "estimate/email/q3/leads.csv"
    job = world.enrich(key, FILE)

    report = world.report(key, job)
    assert (report["status"], report["message"]) == ("estimated", "")
    assert {state: count for state, count in report["counts"].items() if count} == {
        "to_send": 5,
        "duplicate_of": 1,
        "rejected": 1,
    }
    assert report["rows"] == 7
    told = report["credits"].pop("experience")
    assert "cannot be told yet" in told
    assert report["credits"] == {
        "contacts_sent": 5,
        "things_found": 0,
        "price": PRICE,
        "most_each": PRICE,
        "settled": 0,
        "possibly_charged": 0,
        "at_most": 10,
        "cost": "5.00 EUR",
        "expected": None,
        "expected_cost": "",
    }
    assert report["reasons"] == [{"reason": "The first name is missing", "rows": 1}]
    assert report["sample"][0]["row"] == 8
    assert (report["caps"], report["enriched"], report["earlier"]) == ([], None, None)
    assert world.job(job).state is JobState.ESTIMATED
    assert world.provider.requests == []
    assert world.messages.take() == []
    assert world.keys("work/") + world.keys("enriched/") == []


def test_the_rows_to_fix_come_with_the_estimate_and_once_fixed_and_dropped_are_enriched(
    world: World,
) -> None:
    key = "estimate/email/leads.csv"
    report = world.report(key, world.enrich(key, FILE))

    rejected = world.content(report["rejected"]).decode()
    assert rows_of(rejected) == [
        ["First Name", "Last Name", "Domain", "rejection_reason", "rejected_row"],
        ["", "Doe", "a.example", "The first name is missing", "8"],
    ]
    fixed = "incoming/email/fixed.csv"
    job = world.enrich(fixed, rejected.replace("\r\n,Doe", "\r\nJohn,Doe"))
    assert world.report(fixed, job)["columns"] == {
        "first name": "First Name",
        "last name": "Last Name",
        "domain": "Domain",
    }
    assert world.report(fixed, job)["counts"]["rejected"] == 0


def test_an_estimate_says_which_caps_the_file_would_hit(world: World) -> None:
    world.allow_in_a_month(9)
    key = "estimate/email/max_credits=6/leads.csv"

    report = world.report(key, world.enrich(key, FILE))

    assert [
        (cap["credits"], cap["needed"], cap["hit"], cap["left_out"]) for cap in report["caps"]
    ] == [(9, 10, True, 1), (6, 10, True, 2)]
    assert report["counts"]["to_send"] == 5
    assert report["credits"]["at_most"] == 10
    assert (
        len(rows_of(world.content(report["rejected"]).decode())) == 1 + 1
    )  # rows past a cap need no fix


def test_an_estimate_of_a_file_that_was_enriched_says_that_it_costs_nothing(world: World) -> None:
    first = world.enrich("incoming/email/leads.csv", FILE)

    report = world.report(
        "estimate/email/leads.csv", world.enrich("estimate/email/leads.csv", FILE)
    )

    assert "it costs nothing" in report["message"]
    assert report["earlier"]["job"] == first
    assert report["credits"]["at_most"] == 0
    forced = "estimate/email/force=true/leads.csv"
    assert world.report(forced, world.enrich(forced, FILE))["credits"]["at_most"] == 10


def test_an_estimate_whose_event_comes_twice_is_the_same(world: World) -> None:
    version, size = world.upload("estimate/email/leads.csv", FILE)
    jobs = {world.pipeline.split.run("estimate/email/leads.csv", version, size) for _ in range(2)}
    assert len(jobs) == 1
    reports = [
        json.loads(world.read(key) or "") for key in world.keys("reports/") if key.endswith("json")
    ]
    assert {(each["status"], each["job"]) for each in reports} == {("estimated", *jobs)}
