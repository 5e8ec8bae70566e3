"""A folder `sample=` sends some contacts of a file, and tells what the whole would cost."""

import pytest

from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from tests.functional.outputs import rows_of, states
from tests.functional.runs import time_for
from tests.functional.world import PRICE, World, contacts

KEY = "incoming/email/sample=20/leads.csv"
WHOLE = "incoming/email/leads.csv"


def test_a_sample_is_sent_and_all_rows_come_back(world: World) -> None:
    job = world.enrich(KEY, contacts(200))

    ends = states(world.enriched(KEY, job))
    assert len(ends) == 200
    assert ends.count(RowState.NOT_SAMPLED) == 180
    assert set(ends[4::10]) == {RowState.FOUND, RowState.NOT_FOUND}
    assert len(world.provider.charged) == 20
    assert world.rejected(KEY, job) is None
    assert world.job(job).state is JobState.DONE


def test_its_report_says_what_the_whole_file_would_find_and_cost(knowing: World) -> None:
    job = knowing.enrich(KEY, contacts(200))

    report = knowing.report(KEY, job)
    trial, found = report["trial"], report["counts"]["found"]
    assert 0 < found < 20
    assert {name: trial[name] for name in ("asked", "contacts", "sent", "answered", "found")} == {
        "asked": 20,
        "contacts": 200,
        "sent": 20,
        "answered": 20,
        "found": found,
    }
    outlook = trial["outlook"]
    assert outlook["share"] == 5 * found
    assert outlook["share_least"] < outlook["share"] < outlook["share_most"]
    assert outlook["found"]["likely"] == 10 * found
    assert outlook["contacts"] == 180
    assert outlook["credits"]["likely"] == 9 * found * PRICE
    assert outlook["credits"]["most"] <= outlook["at_most"] == 180 * PRICE
    assert report["reasons"] == []


def test_without_the_option_the_same_file_goes_on(knowing: World) -> None:
    knowing.enrich(KEY, contacts(30))
    job = knowing.enrich(WHOLE, contacts(30))

    assert knowing.job(job).state is JobState.DONE
    assert RowState.NOT_SAMPLED not in states(knowing.enriched(WHOLE, job))
    assert len(knowing.provider.charged) == 30  # each contact once
    assert knowing.report(WHOLE, job)["trial"] is None


def test_where_results_are_not_used_again_the_sample_is_still_to_pay_with_the_rest(
    world: World,
) -> None:
    outlook = world.report(KEY, world.enrich(KEY, contacts(200)))["trial"]["outlook"]
    assert (outlook["contacts"], outlook["at_most"]) == (200, 200 * PRICE)

    world.provider.charged.clear()
    world.enrich(WHOLE, contacts(200))
    assert len(world.provider.charged) == outlook["contacts"]


def test_the_same_sample_again_is_not_paid_again(world: World) -> None:
    first = world.enrich(KEY, contacts(30))
    again = world.enrich(KEY, contacts(30))

    assert world.job(again).state is JobState.REPEATED
    assert world.report(KEY, again)["earlier"]["job"] == first


def test_a_copy_shares_the_fate_of_the_row_that_it_repeats(world: World) -> None:
    header, *rows = contacts(4).splitlines()
    key = "incoming/email/sample=2/leads.csv"
    job = world.enrich(key, "\r\n".join([header, *rows, *rows, ",Doe,a.example"]) + "\r\n")

    _, *answered = rows_of(world.enriched(key, job))
    first, copies, last = answered[:4], answered[4:8], answered[8]
    taken = [row[3] != RowState.NOT_SAMPLED for row in first]
    assert sum(taken) == 2
    for copy, is_taken, number in zip(copies, taken, range(2, 6), strict=True):
        assert copy[3] == (RowState.DUPLICATE_OF if is_taken else RowState.NOT_SAMPLED)
        assert f"row {number}" in copy[-1]
    assert last[3] == RowState.REJECTED
    assert world.report(key, job)["trial"]["contacts"] == 4
    assert len(rows_of(world.rejected(key, job) or "")) == 1 + 1


def test_a_sample_of_no_fewer_contacts_is_the_whole_file(world: World) -> None:
    job = world.enrich(KEY, contacts(20))

    assert RowState.NOT_SAMPLED not in states(world.enriched(KEY, job))
    assert world.report(KEY, job)["trial"]["outlook"]["credits"]["most"] == 0


def test_what_a_cap_left_out_of_a_sample_is_still_to_pay_with_the_rest(knowing: World) -> None:
    key = f"incoming/email/max_credits={5 * PRICE}/sample=20/leads.csv"
    job = knowing.drop(key, contacts(200))
    while knowing.job(job).state is not JobState.DONE:
        knowing.submit_all()
        knowing.deliver()
        knowing.finish()
        knowing.now += 300

    to_pay = 200 - len(knowing.provider.charged)
    outlook = knowing.report(key, job)["trial"]["outlook"]
    assert to_pay > 180
    assert outlook["at_most"] == to_pay * PRICE
    page = knowing.content(output_key(REPORTS, key, job, ".html")).decode()
    assert f"for the {to_pay} contacts without an answer" in page


def test_a_file_without_contacts_is_answered(world: World) -> None:
    job = world.enrich(KEY, "First Name,Last Name,Domain\r\n,Doe,a.example\r\n")

    report = world.report(KEY, job)
    assert (report["status"], report["counts"]["rejected"]) == ("done", 1)
    assert report["trial"]["outlook"] is None


def test_a_run_that_goes_on_takes_the_same_contacts(world: World) -> None:
    whole = states(world.enriched(KEY, world.enrich(KEY, contacts(250))))

    other = KEY.replace("leads", "others")
    version, size = world.upload(other, contacts(250, lambda n: f"John{n},Doe,company{n}.example"))
    job = world.job_of(other, version)
    for rows in (100, 200, 300):
        world.pipeline.split.run(other, version, size, time_for(rows))
    world.submit_all()
    world.deliver()
    world.finish()
    again = states(world.enriched(other, job))

    left_out = RowState.NOT_SAMPLED
    assert [state == left_out for state in again] == [state == left_out for state in whole]
    assert again.count(left_out) == 230


def test_an_estimate_of_a_sample_tells_what_the_sample_would_cost(world: World) -> None:
    key = "estimate/email/sample=5/leads.csv"
    report = world.report(key, world.enrich(key, contacts(50)))

    assert (report["counts"]["to_send"], report["counts"]["not_sampled"]) == (5, 45)
    assert report["credits"]["contacts_sent"] == 5
    assert world.provider.requests == []


@pytest.mark.parametrize("content", ["Colour\r\nred\r\n", "", "First Name,Last Name,Domain\r\n"])
def test_a_file_that_cannot_be_processed_is_answered_as_ever(world: World, content: str) -> None:
    job = world.drop(KEY, content)

    assert world.job(job).state is JobState.REFUSED
    whole = world.drop(WHOLE, content)
    told = [world.report(*each) for each in ((KEY, job), (WHOLE, whole))]
    assert told[0]["message"] == told[1]["message"]
    assert told[0]["columns_seen"] == told[1]["columns_seen"]
