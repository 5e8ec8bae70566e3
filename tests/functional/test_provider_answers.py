"""What the provider answers decides what a batch becomes; nothing is asked again that may have been paid for."""

import httpx
import pytest

from enrichment.domain.batch import BatchState
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from tests.functional.test_enrichment import states
from tests.functional.world import DEADLINE, Killed, World, contacts

KEY = "incoming/email/leads.csv"


def batch_states(world: World, job: str) -> list[BatchState]:
    return [batch.state for batch in world.table.batches(world.job(job))]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(401, json={"error": 401, "message": "Invalid API key"}), "does not accept the API key"),
        (
            httpx.Response(422, json={"error": 422, "message": "You can't use the personal email … without consenting"}),
            "has not consented",
        ),
        (httpx.Response(422, json={"error": "Insufficient enrichment credits"}), "too few credits"),
        (httpx.Response(422, json={"error": 422, "message": "contacts[3]: firstname is required"}), "contacts[3]: firstname"),
    ],
)
def test_a_refusal_stops_the_job_and_says_why(world: World, answer: httpx.Response, words: str) -> None:
    world.provider.answers = [answer]

    job = world.enrich(KEY, contacts(250))

    assert len(world.provider.requests) == 1
    assert world.provider.charged == []
    assert set(states(world.enriched(KEY, job))) == {RowState.NOT_SENT}
    assert words in world.report(KEY, job)["message"]
    assert world.rejected(KEY, job)
    world.now += DEADLINE
    world.sweep.run()
    assert world.submit_all() == []


def test_a_refusal_halfway_keeps_what_was_accepted(world: World) -> None:
    job = world.drop(KEY, contacts(250))
    first, *rest = world.messages.take()
    world.submit.run(*first)
    world.provider.behaviour.balance = 0
    for message in rest:
        world.submit.run(*message)
    assert world.job(job).state is JobState.RUNNING  # the first batch's results are still awaited
    world.deliver()
    world.finish()

    counts = world.report(KEY, job)["counts"]
    assert counts["found"] + counts["not_found"] == 100
    assert counts["not_sent"] == 150
    assert len(world.provider.charged) == 100


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("no answer"),
        httpx.RemoteProtocolError("connection closed"),
        httpx.WriteError("reset"),
        httpx.Response(500, text="<h1>oops</h1>"),
        httpx.Response(503),
    ],
    ids=repr,
)
@pytest.mark.parametrize("accepted", [True, False])
def test_a_batch_whose_answer_nobody_saw_is_never_sent_again(
    world: World, answer: httpx.Response | Exception, accepted: bool
) -> None:
    world.provider.answers, world.provider.accept_before_answer = [answer], accepted
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    assert batch_states(world, job) == [BatchState.UNKNOWN]

    for _ in range(DEADLINE // 60):
        world.now += 60
        world.sweep.run()
        world.submit_all()
    assert len(world.provider.requests) == 1
    world.deliver()
    world.finish()

    found = set(states(world.enriched(KEY, job)))
    assert found <= {RowState.FOUND, RowState.NOT_FOUND} if accepted else found == {RowState.AMBIGUOUS}
    assert len(world.provider.charged) == (5 if accepted else 0)


def test_one_result_proves_that_an_unknown_batch_was_accepted(world: World) -> None:
    world.provider.answers, world.provider.accept_before_answer = [httpx.ReadTimeout("no answer")], True
    job = world.drop(KEY, contacts(3))
    world.submit_all()
    world.deliver([world.provider.webhooks[0]])
    assert batch_states(world, job) == [BatchState.ACCEPTED]

    world.now += DEADLINE
    world.sweep.run()
    world.finish()

    assert sorted(states(world.enriched(KEY, job)))[-2:] == [RowState.TIMED_OUT] * 2


@pytest.mark.parametrize(
    "answer",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.Response(429, headers={"Retry-After": "7"})],
    ids=repr,
)
def test_what_was_provably_not_sent_is_sent_later(world: World, answer: httpx.Response | Exception) -> None:
    world.provider.answers = [answer, answer]
    job = world.drop(KEY, contacts(5))

    world.submit_all()
    assert batch_states(world, job) == [BatchState.PLANNED]
    for _ in range(2):
        assert world.submit_all() == []  # not before its time
        world.now += 30
        world.submit_all()
    world.deliver()
    world.finish()

    assert len(world.provider.charged) == 5
    assert world.job(job).state is JobState.DONE


def test_a_submitter_that_dies_after_its_claim_leaves_a_batch_that_is_never_sent_again(world: World) -> None:
    world.provider.answers = [Killed()]
    job = world.drop(KEY, contacts(5))
    with pytest.raises(Killed):
        world.submit_all()
    assert batch_states(world, job) == [BatchState.SENDING]

    world.submit.run(job, 1)
    world.now += 600
    world.sweep.run()
    world.submit_all()

    assert batch_states(world, job) == [BatchState.UNKNOWN]
    assert len(world.provider.requests) == 1


def test_two_messages_for_the_same_batch_make_one_request(world: World) -> None:
    job = world.drop(KEY, contacts(5))

    for _ in range(3):
        world.submit.run(job, 1)

    assert len(world.provider.requests) == 1


def test_personal_emails_need_consent(world: World) -> None:
    key = "incoming/personal_email/leads.csv"
    file = contacts(3).replace("Domain", "LinkedIn URL").replace("company", "linkedin.com/in/person").replace(".example", "")

    without = world.enrich(key, file)
    world.provider.behaviour.consent = True
    with_consent = world.enrich(key, file)

    assert "has not consented" in world.report(key, without)["message"]
    assert set(states(world.enriched(key, with_consent))) <= {RowState.FOUND, RowState.NOT_FOUND}
