"""The bill: what is reserved before a batch is sent, what results give back, and caps that hold to
the credit.
"""

import csv
import io
import json
from collections import Counter

import httpx
import pytest

from enrichment.domain.credits import month_of
from enrichment.domain.job import JobState
from enrichment.domain.operating import Action
from enrichment.domain.outcome import RowState
from local.provider.behaviour import Behaviour
from tests.functional.world import PRICE, Provider, World, contacts

EMAIL, PHONE = "incoming/email/team/leads.csv", "incoming/phone/team/leads.csv"


@pytest.fixture(name="found")
def everybody_is_found() -> World:
    return World(Provider(Behaviour(find_rate=1, balance=10_000)))


@pytest.fixture(name="half")
def half_are_found() -> World:
    return World(Provider(Behaviour(find_rate=0.5, balance=10_000)))


def people(number: int, start: int = 1) -> str:
    return contacts(number, lambda n: f"Jane{n + start - 1},Doe,company{n}.example")


def with_profiles(number: int) -> str:
    file = contacts(number, lambda n: f"Jane,Doe,linkedin.com/in/jane-{n}")
    return file.replace("Domain", "LinkedIn URL")


def month(stack: World) -> tuple[int, int]:
    """What counts in the month, and what of it results charged."""
    item = stack.pipeline.budget.month(month_of(stack.now))
    return item.reserved, item.charged


def run(stack: World, seconds: int = 2000) -> None:
    """Let everything happen that is going to happen."""
    for _ in range(seconds // 40):
        stack.submit_all()
        stack.deliver()
        stack.finish()
        stack.now += 40


def states(stack: World, key: str, job: str) -> Counter[str]:
    rows = csv.DictReader(io.StringIO(stack.enriched(key, job)))
    return Counter(row["enrichment_status"] for row in rows)


def webhook_with(numbers: int, webhook: dict[str, object]) -> dict[str, object]:
    phones = [f"+3361200{number:04}" for number in range(numbers)]
    return {**webhook, "phone": phones or None}


def test_a_batch_reserves_the_most_and_each_result_gives_back_what_it_did_not_cost(
    found: World,
) -> None:
    job = found.drop(PHONE, with_profiles(4))
    found.submit_all()
    assert month(found) == (4 * 5 * PRICE, 0)

    waiting, found.provider.webhooks = found.provider.webhooks, []
    found.now += 61  # a batch that is not complete is settled once a minute
    found.deliver([webhook_with(0, waiting[0]), webhook_with(1, waiting[1])])
    assert month(found) == (2 * 5 * PRICE + 1 * PRICE, 1 * PRICE)

    found.deliver([webhook_with(5, waiting[2]), webhook_with(2, waiting[3])])
    found.finish()
    assert month(found) == (8 * PRICE, 8 * PRICE)
    spent = found.report(PHONE, job)["credits"]
    assert (spent["contacts_sent"], spent["things_found"], spent["settled"]) == (4, 8, 8 * PRICE)
    assert (spent["possibly_charged"], found.job(job).charged) == (0, 8 * PRICE)


def test_results_are_settled_once_however_often_they_are_looked_at(half: World) -> None:
    half.drop(EMAIL, people(120))
    half.submit_all()
    webhooks, half.provider.webhooks = half.provider.webhooks, []
    half.now += 61
    for first in (0, 40, 90):
        half.deliver(webhooks[first : first + 60])
        half.pipeline.sweep.run()
        half.now += 301
    half.finish()

    charged = PRICE * sum(bool(webhook["email"]) for webhook in webhooks)
    assert month(half) == (charged, charged)


@pytest.mark.parametrize("rows", [80, 500])
def test_a_months_cap_is_used_up_to_the_contact(found: World, rows: int) -> None:
    found.allow_in_a_month(60 * PRICE + 1)

    job = found.drop(EMAIL, people(rows))
    run(found)

    assert states(found, EMAIL, job) == {RowState.FOUND: 60, RowState.OVER_BUDGET: rows - 60}
    assert month(found) == (60 * PRICE, 60 * PRICE)
    assert "platform team allows for a month" in (found.rejected(EMAIL, job) or "")


def test_what_is_not_found_pays_for_the_next_contacts(half: World) -> None:
    half.allow_in_a_month(60 * PRICE)

    jobs = [half.drop(f"incoming/email/{n}.csv", people(80, start=80 * n)) for n in range(3)]
    run(half)

    ends = sum((states(half, f"incoming/email/{n}.csv", jobs[n]) for n in range(3)), Counter())
    assert ends[RowState.FOUND] == 60
    assert ends[RowState.OVER_BUDGET] == 240 - ends[RowState.FOUND] - ends[RowState.NOT_FOUND]
    assert month(half) == (60 * PRICE, 60 * PRICE)


def test_a_files_own_cap_is_used_up_by_numbers(found: World) -> None:
    key = f"incoming/phone/max_credits={23 * PRICE}/leads.csv"
    job = found.drop(key, with_profiles(100))
    for _ in range(60):
        found.submit_all()
        found.provider.webhooks = [webhook_with(1, each) for each in found.provider.webhooks]
        found.deliver()
        found.now += 40
    found.finish()

    # The last numbers stay unused: the next contact could have five.
    assert states(found, key, job) == {RowState.FOUND: 19, RowState.OVER_BUDGET: 81}
    assert found.job(job).charged == 19 * PRICE
    assert "allowed for this file" in (found.rejected(key, job) or "")


def test_a_folder_has_a_budget_of_its_own_and_what_was_spent_before_it_was_set_counts(
    found: World,
) -> None:
    before = found.drop(EMAIL, people(30))
    run(found, 80)
    found.upload("incoming/email/team/_limits.json", json.dumps({"credits_per_month": 50 * PRICE}))
    inside, outside = "incoming/email/team/q3/more.csv", "incoming/email/other/leads.csv"
    jobs = {
        key: found.drop(key, people(40, start=start))
        for key, start in ((inside, 100), (outside, 200))
    }
    run(found)

    assert states(found, EMAIL, before) == {RowState.FOUND: 30}
    assert states(found, inside, jobs[inside]) == {RowState.FOUND: 20, RowState.OVER_BUDGET: 20}
    assert states(found, outside, jobs[outside]) == {RowState.FOUND: 40}
    assert "folder incoming/email/team has" in (found.rejected(inside, jobs[inside]) or "")
    estimate = found.enrich("estimate/email/team/next.csv", people(10, start=300))
    (cap,) = found.report("estimate/email/team/next.csv", estimate)["caps"]
    assert (cap["credits"], cap["left_out"]) == (0, 10)


def test_of_several_limits_on_a_file_the_least_holds(found: World) -> None:
    found.upload("incoming/_limits.json", json.dumps({"credits_per_file": 5 * PRICE}))
    key = f"incoming/email/max_credits={9 * PRICE}/leads.csv"
    job = found.drop(key, people(10) + people(10).partition("\r\n")[2])  # each of them twice
    run(found)
    assert states(found, key, job) == {
        RowState.FOUND: 5,
        RowState.DUPLICATE_OF: 5,
        RowState.OVER_BUDGET: 10,
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not valid JSON"),
        ("[]", "sets no limits"),
        ("{}", "sets no limits"),
        ('{"credits_per_month": null}', "sets no limits"),
        ('{"credits_per_month": -1}', "“credits_per_month” cannot be used"),
        ('{"credits_per_month": 1e99}', "“credits_per_month” cannot be used"),
        ('{"credits_per_month": 9999999999999}', "“credits_per_month” cannot be used"),
        ('{"credits_per_month": "5000"}', "“credits_per_month” cannot be used"),
        ('{"credits_a_month": 5}', "“credits_a_month” cannot be used"),
        ('{"credits_per_file": 1, "credits_per_file": 2}', "says “credits_per_file” twice"),
        ('{"credits_per_file": 1}' + " " * 20_000, "too large"),
    ],
)
def test_limits_that_cannot_be_used_are_answered_and_nothing_is_sent(
    found: World, text: str, problem: str
) -> None:
    found.upload("incoming/email/_limits.json", text)
    job = found.enrich(EMAIL, people(3))
    assert found.job(job).state is JobState.REFUSED
    message = found.report(EMAIL, job)["message"]
    assert "incoming/email/_limits.json" in message
    assert problem in message
    assert found.provider.charged == []


def test_what_was_reserved_before_midnight_is_settled_in_its_own_month(half: World) -> None:
    half.now = 1_798_761_590  # ten seconds before 2027
    half.drop(EMAIL, people(20))
    half.submit_all()
    half.now += 60
    half.deliver()
    half.finish()

    december, january = (half.pipeline.budget.month(name) for name in ("2026-12", "2027-01"))
    found = half.pipeline.budget.month("2026-12").charged
    assert 0 < found < 20 * PRICE
    assert (december.reserved, january.reserved, january.charged) == (found, 0, 0)


def test_a_result_that_costs_more_than_was_reserved_is_kept_and_closes_the_caps(
    found: World,
) -> None:
    found.allow_in_a_month(60 * PRICE)
    job = found.drop(PHONE, with_profiles(2))
    found.submit_all()
    first, second = found.provider.webhooks
    found.deliver([webhook_with(40, first), webhook_with(30, second)])
    found.finish()
    later = found.drop(EMAIL, people(3))
    run(found)

    assert found.report(PHONE, job)["credits"]["settled"] == 70 * PRICE
    assert month(found) == (70 * PRICE, 70 * PRICE)
    assert states(found, EMAIL, later) == {RowState.OVER_BUDGET: 3}


def test_what_an_operator_resends_counts_again(half: World) -> None:
    half.provider.answers = [httpx.ReadTimeout("nobody saw the answer")]
    half.provider.accept_before_answer = True
    job = half.drop(EMAIL, people(50))
    half.submit_all()
    half.provider.webhooks.clear()
    half.pipeline.operate.run(job, Action.RESEND)
    half.submit_all()
    half.deliver()
    half.finish()

    spent = half.report(EMAIL, job)["credits"]
    assert spent["contacts_sent"] == 100
    assert spent["possibly_charged"] == 50 * PRICE
    assert month(half) == (spent["settled"] + 50 * PRICE, spent["settled"])


def test_what_never_comes_back_stays_uncertain(half: World) -> None:
    half.provider.answers = [httpx.ReadTimeout("nobody saw the answer")]
    job = half.drop(EMAIL, people(50))
    half.submit_all()
    half.now += 3601
    half.pipeline.sweep.run()
    half.finish()

    spent = half.report(EMAIL, job)["credits"]
    assert (spent["settled"], spent["possibly_charged"]) == (0, 50 * PRICE)
    (line,) = half.pipeline.budget.lines(month_of(half.now))
    assert (line.awaited, line.uncertain) == (0, 50 * PRICE)


@pytest.mark.parametrize(
    ("after", "note"),
    [
        (-10 * PRICE, "agrees with this count"),
        (-10 * PRICE - 7, "7 more than is counted here"),
        (-10 * PRICE + 3, "3 less than is counted here. Pronto may charge less"),
        (-10 * PRICE + 3, "or somebody topped it up"),
        (500, "rose by 500"),
    ],
)
def test_the_balance_of_the_account_is_held_against_the_count(
    found: World, after: int, note: str
) -> None:
    job = found.drop(EMAIL, people(10))
    before = found.provider.behaviour.balance
    found.submit_all()
    found.provider.behaviour.balance = before + after
    found.deliver()
    found.finish()

    balance = found.report(EMAIL, job)["balance"]
    assert (balance["before"], balance["after"]) == (before, before + after)
    assert note in balance["note"]


def test_a_balance_that_the_provider_does_not_tell_is_said_to_be_unknown(found: World) -> None:
    job = found.drop(EMAIL, people(10))
    found.submit_all()
    found.deliver()
    found.provider.behaviour.balance = None  # type: ignore[assignment]  # as it answers then
    found.finish()

    balance = found.report(EMAIL, job)["balance"]
    assert balance["after"] is None
    assert "did not tell the account’s balance" in balance["note"]
    page = found.read(f"reports/{EMAIL.removeprefix('incoming/').removesuffix('.csv')}-{job}.html")
    assert balance["note"] in (page or "")


def test_the_statement_adds_up_to_the_month(half: World) -> None:
    half.drop(EMAIL, people(130))
    half.drop(PHONE, with_profiles(20))
    run(half, 120)
    half.provider.answers = [httpx.ReadTimeout("nobody saw the answer")]
    half.drop("incoming/email/=lost().csv", people(30, start=500))
    half.submit_all()
    half.pipeline.sweep.run()

    name = month_of(half.now)
    lines = list(
        csv.DictReader(io.StringIO(half.content(f"reports/statements/{name}.csv").decode()))
    )
    assert [(line["folder"], line["file"], line["contacts"]) for line in lines] == [
        ("incoming/email", "'=lost().csv", "30"),  # no spreadsheet runs it
        ("incoming/email/team", "leads.csv", "130"),
        ("incoming/phone/team", "leads.csv", "20"),
    ]
    reserved, charged = month(half)
    assert sum(int(line["credits_settled"]) for line in lines) == charged
    columns = ("credits_reserved", "credits_settled", "credits_uncertain")
    assert sum(int(line[column]) for line in lines for column in columns) == reserved
    assert f"Credits in {name}" in half.content(f"reports/statements/{name}.html").decode()
