"""One person, one credit, across files, teams and time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from enrichment.domain.batch import BatchState
from enrichment.domain.credits import month_of
from enrichment.domain.job import JobState
from enrichment.domain.operating import Action
from enrichment.domain.outcome import RowState
from enrichment.domain.person import Entry
from enrichment.store.batches import Claim
from local.provider.behaviour import Behaviour
from tests.functional.outputs import rows_of, states
from tests.functional.world import DEADLINE, PRICE, REUSE, Provider, World, contacts

OURS, THEIRS = "incoming/email/sales/leads.csv", "incoming/email/events/fair.csv"
DAY = 86_400


@pytest.fixture(name="stack")
def some_are_found() -> World:
    return World(
        Provider(Behaviour(find_rate=0.6, balance=10_000, consent=True)), environment=REUSE
    )


def people(*numbers: int) -> str:
    """A file of people by their numbers, in an order of its own."""
    lines = iter(numbers)
    return contacts(len(numbers), lambda _: person(next(lines)))


def person(number: int) -> str:
    return f"Jane{number},Doe,company{number}.example"


def sent(stack: World) -> list[str]:
    """The first names of everybody that the provider accepted since the last look."""
    names = [contact["firstname"] for contact in stack.provider.charged]
    stack.provider.charged.clear()
    return names


def run(stack: World, seconds: int = 0) -> None:
    """Let everything happen that is going to happen, the sweeper's looks too."""
    end = stack.now + seconds
    while True:
        stack.submit_all()
        stack.deliver()
        stack.finish()
        if stack.now >= end:
            break
        stack.now = min(end, stack.now + 60)
        stack.pipeline.sweep.run()


def details(stack: World, key: str, job: str) -> list[tuple[str, str]]:
    rows = rows_of(stack.enriched(key, job))[1:]
    return [(row[3], row[-1]) for row in rows]


# What is known is used again


def test_the_same_people_and_ten_more_in_another_teams_file_send_the_ten(stack: World) -> None:
    first = stack.enrich(OURS, people(*range(30)))
    assert len(sent(stack)) == 30

    second = stack.drop(THEIRS, people(*range(10, 40)))
    run(stack)

    assert sorted(sent(stack)) == sorted(f"Jane{number}" for number in range(30, 40))
    ours, theirs = details(stack, OURS, first), details(stack, THEIRS, second)
    for (state, _), (again, detail) in zip(ours[10:], theirs, strict=False):
        assert again == state
        assert detail.endswith(f"from {OURS}, 15 January 2027)" if state == "not_found" else "2027")
    assert all("from" not in detail for _, detail in theirs[20:])
    assert stack.job(second).state is JobState.DONE


def test_a_file_of_which_everybody_is_known_sends_nothing_and_is_answered_at_once(
    stack: World,
) -> None:
    stack.enrich(OURS, people(*range(20)))
    sent(stack)
    job = stack.drop(THEIRS, people(*reversed(range(20))))
    stack.submit_all()
    stack.finish()

    assert sent(stack) == []
    assert stack.job(job).state is JobState.DONE
    report = stack.report(THEIRS, job)
    assert report["counts"]["found"] + report["counts"]["not_found"] == 20
    assert report["credits"]["contacts_sent"] == report["credits"]["settled"] == 0


def test_the_report_and_an_estimate_tell_who_is_known_and_what_that_saves(stack: World) -> None:
    stack.enrich(OURS, people(*range(12)))
    estimate = "estimate/email/fair.csv"
    report = stack.report(estimate, stack.enrich(estimate, people(*range(10, 20))))
    ends = report["counts"]
    assert (ends["to_send"], ends["found"] + ends["not_found"]) == (8, 2)
    assert [row["row"] for row in report["first_rows"]] == list(range(4, 12))
    assert (report["known"]["rows"], report["known"]["credits"]) == (2, 2 * PRICE)
    assert report["credits"]["contacts_sent"] == 8

    job = stack.drop(THEIRS, people(*range(10, 20)))
    run(stack)
    report = stack.report(THEIRS, job)
    assert (report["known"]["rows"], report["known"]["credits"]) == (2, 2 * PRICE)
    assert report["credits"]["contacts_sent"] == 8


@pytest.mark.parametrize(
    ("days", "again"), [(29, set()), (31, {"not_found"}), (91, {"found", "not_found"})]
)
def test_what_was_found_is_known_for_90_days_and_that_nothing_was_for_30(
    stack: World, days: int, again: set[str]
) -> None:
    job = stack.enrich(OURS, people(*range(20)))
    ends = dict(zip(sent(stack), states(stack.enriched(OURS, job)), strict=True))
    stack.now += days * DAY
    stack.drop(THEIRS, people(*reversed(range(20))))
    run(stack)

    assert set(sent(stack)) == {name for name, state in ends.items() if state in again}


def test_what_came_after_the_deadline_is_known_as_long_as_what_came_in_time(stack: World) -> None:
    first = stack.drop(OURS, people(*range(20)))
    stack.submit_all()
    late, stack.provider.webhooks = stack.provider.webhooks, []
    run(stack, DEADLINE + 600)
    assert set(states(stack.enriched(OURS, first))) == {"timed_out"}
    stack.now += 6 * DAY
    stack.deliver(late)
    run(stack, 600)
    ends = dict(zip(sent(stack), states(stack.enriched(OURS, first)), strict=True))

    stack.now += 90 * DAY - 3600
    stack.drop(THEIRS, people(*range(20)))
    run(stack)
    assert set(sent(stack)) == {name for name, state in ends.items() if state == "not_found"}

    stack.now += 2 * 3600
    stack.drop("incoming/email/again.csv", people(*reversed(range(20))))
    run(stack)
    assert set(sent(stack)) == {name for name, state in ends.items() if state == "found"}


def test_another_type_is_another_question(stack: World) -> None:
    file = contacts(3, lambda n: f"Jane,Doe{n},linkedin.com/in/jane-{n},acme.com")
    file = file.replace("Domain", "LinkedIn URL,Domain")
    for folder in ("email", "phone", "phone/countries=FR", "personal_email"):
        stack.enrich(f"incoming/{folder}/leads.csv", file)
        assert len(sent(stack)) == 3
    stack.enrich("incoming/phone/countries=FR/again.csv", file + "\r\n")
    assert sent(stack) == []


def test_namesakes_and_those_who_changed_companies_are_sent(stack: World) -> None:
    header = "First Name,Last Name,LinkedIn URL,Domain\r\n"
    stack.enrich(OURS, header + "Jane,Doe,linkedin.com/in/jane-1,acme.com\r\n")
    stack.enrich(THEIRS, header + "Jane,Doe,linkedin.com/in/jane-2,acme.com\r\n")
    assert len(sent(stack)) == 2

    phones = "incoming/phone/leads.csv"
    for domain in ("acme.com", "ajax.com"):
        stack.enrich(phones, header + f"Jane,Doe,linkedin.com/in/jane-1,{domain}\r\n")
    assert len(sent(stack)) == 2
    # Each is known from now on.
    for key, row in (
        (THEIRS, "JANE,Doe,linkedin.com/in/jane-2,acme.com"),
        (phones, "JANE,Doe,linkedin.com/in/jane-1,ajax.com"),
    ):
        stack.enrich(key, header + row + "\r\n")
    assert sent(stack) == []


def test_a_forced_file_tells_how_many_of_its_people_were_known_and_what_they_cost(
    stack: World,
) -> None:
    stack.enrich(OURS, people(*range(20)))
    estimate, forced = (f"{where}/email/force=true/fair.csv" for where in ("estimate", "incoming"))
    told = stack.report(estimate, stack.enrich(estimate, people(*range(15, 30))))
    assert (told["again"]["people"], told["again"]["credits"]) == (5, 5 * PRICE)
    assert (told["known"], told["credits"]["contacts_sent"]) == (None, 15)

    stack.provider.ledger.clear()
    stack.provider.answers = [httpx.Response(429), httpx.Response(429)]  # its attempts are repeated
    job = stack.drop(forced, people(*range(15, 30)))
    run(stack, 300)

    told, rows = stack.report(forced, job), {str(row) for row in range(2, 7)}
    cost = sum(
        charge.credits
        for charge in stack.provider.ledger
        if charge.custom["token"].split(".")[4] in rows
    )
    assert 0 < cost < told["credits"]["settled"]
    assert (told["again"]["people"], told["again"]["credits"]) == (5, cost)


def test_a_forced_file_of_people_whom_nobody_knows_tells_of_none(stack: World) -> None:
    forced = "incoming/email/force=true/leads.csv"
    assert stack.report(forced, stack.enrich(forced, people(1, 2)))["again"] is None


def test_force_sends_everybody_who_is_then_known_anew(stack: World) -> None:
    stack.enrich(OURS, people(1, 2, 3))
    stack.now += 25 * DAY
    forced = "incoming/email/force=true/leads.csv"
    stack.enrich(forced, people(1, 2, 3))
    assert len(sent(stack)) == 6

    stack.now += 25 * DAY
    job = stack.enrich(THEIRS, people(3, 2, 1))
    assert sent(stack) == []
    assert all(forced in detail for _, detail in details(stack, THEIRS, job))


def test_with_0_days_everybody_is_sent(stack: World) -> None:
    pipeline = stack.another(REUSE_DAYS="0")
    stack.pipeline.submit = pipeline.submit
    for numbers in ((1, 2), (2, 1)):
        stack.enrich(OURS, people(*numbers))
    assert len(sent(stack)) == 4


def test_nothing_that_the_ledger_stores_names_anybody(stack: World) -> None:
    stack.enrich(OURS, people(1, 2))
    entries = [item for item in stack.items() if item["pk"]["S"].startswith("PERSON#")]
    assert len(entries) == 2
    assert not any(word in str(entries) for word in ("Jane", "jane", "Doe", "company"))
    assert all("expires_at" in entry for entry in entries)


# Two files at once


def test_two_files_at_once_send_each_person_once_and_the_second_gets_the_firsts_result(
    stack: World,
) -> None:
    first = stack.drop(OURS, people(*range(20)))
    second = stack.drop(THEIRS, people(*range(10, 30)))
    run(stack, 180)

    assert len(sent(stack)) == 30
    for key, job in ((OURS, first), (THEIRS, second)):
        assert stack.job(job).state is JobState.DONE
        assert set(states(stack.enriched(key, job))) <= {"found", "not_found"}
    assert stack.report(THEIRS, second)["credits"]["contacts_sent"] == 10


def test_who_waits_is_awaited_in_a_first_answer_and_amended_later(stack: World) -> None:
    stack.drop(OURS, people(1, 2, 3))
    stack.submit_all()
    held, stack.provider.webhooks = stack.provider.webhooks, []
    second = stack.drop(THEIRS, people(3, 4, 5))
    run(stack, 720)
    assert states(stack.enriched(THEIRS, second))[0] == "awaited"
    assert stack.job(second).state is JobState.DELIVERED

    stack.deliver(held)
    run(stack, 1800)
    assert "awaited" not in states(stack.enriched(THEIRS, second))
    assert stack.job(second).state is JobState.DONE
    assert len(sent(stack)) == 5


@pytest.mark.parametrize(
    "answer", [httpx.Response(422, json={"error": "a plan limit"}), httpx.ConnectError("refused")]
)
def test_who_was_not_sent_after_all_is_sent_by_the_second(
    stack: World, answer: httpx.Response | Exception
) -> None:
    stack.provider.answers.append(answer)
    first = stack.drop(OURS, people(1, 2))
    stack.submit_all()
    second = stack.drop(THEIRS, people(2, 1))
    stack.submit_all()
    assert sent(stack) == ["Jane2", "Jane1"]

    run(stack, 1800)
    assert sent(stack) == []
    assert "awaited" not in states(stack.enriched(THEIRS, second))
    assert stack.job(first).state is JobState.DONE


def test_when_the_first_ends_without_an_answer_the_second_sends(stack: World) -> None:
    stack.drop(OURS, people(1, 2))
    stack.submit_all()
    stack.provider.webhooks.clear()  # lost for good
    stack.now += 1800
    second = stack.drop(THEIRS, people(2, 1))
    run(stack, DEADLINE - 1800 + 900)

    assert sent(stack) == ["Jane1", "Jane2", "Jane2", "Jane1"]
    assert set(states(stack.enriched(THEIRS, second))) <= {"found", "not_found"}


@pytest.mark.parametrize("is_forced", [False, True])
def test_what_comes_late_is_known_to_the_next_attempt_of_whoever_took_over(
    stack: World, is_forced: bool
) -> None:
    stack.drop(OURS, people(1, 2))
    stack.submit_all()
    late, stack.provider.webhooks = stack.provider.webhooks, []
    stack.now += DEADLINE
    second = stack.drop(THEIRS, people(2, 1))
    stack.provider.answers.append(httpx.ConnectError("refused"))
    stack.submit_all()
    assert sent(stack) == ["Jane1", "Jane2"]

    stack.deliver(late)
    if is_forced:  # remembers them as well, and sends all the same
        forced = stack.drop("incoming/email/force=true/fair.csv", people(1, 2))
        stack.provider.answers.append(httpx.ConnectError("refused"))
        stack.submit_all()
        stack.pipeline.operate.run(forced, Action.CANCEL)
    run(stack, 900)
    assert sent(stack) == []
    assert set(states(stack.enriched(THEIRS, second))) <= {"found", "not_found"}
    assert all("from" in detail for _, detail in details(stack, THEIRS, second))


def test_who_waits_until_the_deadline_is_not_sent_and_told_why(stack: World) -> None:
    stack.drop(OURS, people(1, 2))
    stack.submit_all()
    stack.provider.webhooks.clear()
    second = stack.drop(THEIRS, people(2, 3))
    run(stack, DEADLINE + 600)

    assert states(stack.enriched(THEIRS, second))[0] == "not_sent"
    rejected = rows_of(stack.rejected(THEIRS, second) or "")
    assert "being looked up for another row or file" in rejected[1][-2]


def test_who_waited_and_was_refused_is_awaited_no_more(stack: World) -> None:
    stack.drop(OURS, people(1))
    stack.submit_all()
    stack.provider.webhooks.clear()
    stack.now += 1800
    job = stack.drop(THEIRS, people(1, 2))
    stack.submit_all()
    late, stack.provider.webhooks = stack.provider.webhooks, []
    stack.provider.invalid = {"Jane1"}
    run(stack, DEADLINE - 900)
    assert states(stack.enriched(THEIRS, job)) == ["awaited", "awaited"]
    stack.deliver(late)
    run(stack, 600)
    assert states(stack.enriched(THEIRS, job))[0] == "rejected"
    assert stack.job(job).state is JobState.DONE

    stack.pipeline.jobs.note_late_result(job, stack.now)  # as an old record of the stream does
    run(stack, 400)
    assert stack.job(job).state is JobState.DONE


def test_the_same_person_twice_in_a_file_by_other_rules_waits_for_itself(stack: World) -> None:
    """Two rows that a file's own rules tell apart may be one to the ledger, never sent twice."""
    rows = "Jane,Doe,acme.com,Acme\r\nJane,Doe,acme.com,Acme\r\n"
    job = stack.drop(OURS, "First Name,Last Name,Domain,Company\r\n" + rows)
    run(stack, 180)
    assert len(sent(stack)) == 1
    assert stack.job(job).state is JobState.DONE


# Caps


def test_who_is_known_costs_nothing_where_the_months_credits_are_used_up(stack: World) -> None:
    stack.enrich(OURS, people(*range(10)))
    sent(stack)
    capped = "incoming/email/max_credits=4/leads.csv"
    job = stack.drop(capped, people(*range(5, 25)))
    run(stack, 3000)

    assert len(sent(stack)) >= 2
    ends = states(stack.enriched(capped, job))
    assert set(ends[:5]) <= {RowState.FOUND, RowState.NOT_FOUND}
    assert "over_budget" in ends[5:]
    assert stack.job(job).reserved <= 4


def test_whoever_read_a_batch_before_others_were_set_apart_from_it_takes_no_step(
    stack: World,
) -> None:
    stack.drop(OURS, people(1))
    stack.submit_all()
    theirs = stack.drop(THEIRS, people(1, 2))
    batches, budget = stack.pipeline.batches, stack.pipeline.budget
    job = stack.job(theirs)
    [read] = batches.of(job)
    stack.provider.answers = [httpx.Response(429, headers={"Retry-After": "600"})]
    stack.submit_all()
    left, apart = batches.of(job)
    assert (read.size, left.size, apart.size) == (2, 1, 1)
    assert left.state is read.state is BatchState.PLANNED

    job, now = stack.job(theirs), stack.now
    room = budget.room(job, month_of(now))
    parts = [read.model_copy(update={"number": 2 + at, "size": 1}) for at in (1, 2)]
    assert batches.claim(job, read, "a claim", now, room) is Claim.TAKEN
    assert not batches.divide(job, read, parts, now)
    assert not batches.end_unsent(job, read, BatchState.OVER_BUDGET, now)
    assert not batches.leave_out(read, parts[0])
    assert batches.of(job) == [left, apart]
    assert batches.claim(job, left, "a claim", now, room) is Claim.HELD


# An output that is written meanwhile


def test_an_output_bills_nothing_for_a_batch_that_is_being_given_what_is_known(
    stack: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.enrich(OURS, people(1, 2))
    job = stack.drop(THEIRS, people(2, 1))
    end = stack.pipeline.batches.end_unsent

    def end_later(*args: Any, **fields: Any) -> bool:
        stack.pipeline.operate.run(job, Action.GIVE_UP)
        stack.finish()
        return end(*args, **fields)

    with monkeypatch.context() as patch:
        patch.setattr(stack.pipeline.batches, "end_unsent", end_later)
        stack.submit_all()

    bill = stack.report(THEIRS, job)["credits"]
    assert (bill["contacts_sent"], bill["settled"], bill["possibly_charged"]) == (0, 0, 0)
    assert stack.job(job).state is JobState.DONE


# A run that was frozen


def add_slowly(stack: World, add: Callable[..., Entry | None], key: str, entry: Entry) -> Any:
    stack.now += 31
    return add(key, entry)


def test_a_run_that_was_frozen_sends_nothing(stack: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = stack.drop(OURS, people(1, 2))
    persons = stack.pipeline.persons
    with monkeypatch.context() as patch:
        patch.setattr(persons, "add", partial(add_slowly, stack, persons.add))
        stack.submit_all()

    assert sent(stack) == []
    assert stack.pipeline.batches.of(stack.job(job))[0].state == "PLANNED"
    run(stack, 300)
    assert len(sent(stack)) == 2


def test_a_claim_that_was_given_back_meanwhile_is_not_taken_for_one_that_died(stack: World) -> None:
    job = stack.job(stack.drop(OURS, people(1, 2)))
    batches = stack.pipeline.batches
    planned = batches.of(job)[0]
    seen = planned.model_copy(update={"state": BatchState.SENDING})  # before it was given back
    assert not batches.move(seen, BatchState.UNKNOWN, reason="died")
    run(stack)
    assert len(sent(stack)) == 2
