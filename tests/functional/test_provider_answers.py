"""What the provider answers decides what a batch becomes; nothing is asked again that may have been
paid for.
"""

from collections import Counter
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from enrichment.domain.batch import BatchState
from enrichment.domain.job import Halt, JobState
from enrichment.domain.operating import Action
from enrichment.domain.outcome import RowState
from enrichment.errors import OperatorError
from tests.functional.outputs import rows_of, states
from tests.functional.world import DEADLINE, PRICE, Killed, World, contacts

KEY = "incoming/email/leads.csv"


def batch_states(world: World, job: str) -> list[BatchState]:
    return [batch.state for batch in world.pipeline.batches.of(world.job(job))]


REFUSALS = [
    (
        httpx.Response(401, json={"error": 401, "message": "Invalid API key"}),
        "does not accept the API key",
    ),
    (httpx.Response(403, json={"errors": ["Forbidden"]}), "does not accept the API key"),
    (
        httpx.Response(422, json={"errors": ["Your plan limit is reached"]}),
        "reached a limit of its plan",
    ),
    (httpx.Response(422, json={"error": "Crédits insuffisants"}), "too few credits"),
    (httpx.Response(422, json={"error": "Insufficient enrichment credits"}), "too few credits"),
    (httpx.Response(404, text="<h1>Not here</h1>"), "undocumented"),
]


@pytest.mark.parametrize(("answer", "words"), REFUSALS)
def test_a_refusal_pauses_the_job_and_says_why_once(
    world: World, answer: httpx.Response, words: str
) -> None:
    world.provider.answers = [answer]
    world.provider.behaviour.balance = 0
    job = world.drop(KEY, contacts(250))

    for _ in range(14):  # then the job looks whether the cause is mended
        world.submit_all()
        world.now += 60
        world.pipeline.sweep.run()

    posts = world.provider.posts
    assert len(posts) == 1
    assert world.provider.charged == []
    world.inform()
    assert words in world.report(KEY, job)["message"]
    assert world.report(KEY, job)["status"] == "paused"
    assert world.metrics.counted["PausedJobs"] == 1


def test_the_sweeper_tells_of_a_pause_if_the_submitter_dies_first(
    world: World,
) -> None:
    world.provider.answers = [REFUSALS[0][0]]
    job = world.drop(KEY, contacts(5))
    halt = world.pipeline.jobs.pause

    def die_after(*arguments: Any) -> bool:
        halt(*arguments)
        raise Killed

    world.pipeline.jobs.pause = die_after  # type: ignore[method-assign,assignment]
    with pytest.raises(Killed):
        world.submit_all()
    assert world.metrics.counted["PausedJobs"] == 0
    for _ in range(2):
        world.pipeline.sweep.run()

    world.inform()
    assert world.report(KEY, job)["status"] == "paused"
    assert world.metrics.counted["PausedJobs"] == 1


@pytest.mark.parametrize(("answer", "words"), REFUSALS[:-1])
def test_a_paused_job_ends_at_its_deadline_and_its_rows_may_be_dropped_again(
    world: World, answer: httpx.Response, words: str
) -> None:
    world.provider.answers = [answer]
    world.provider.behaviour.balance = 0
    job = world.drop(KEY, contacts(150))
    world.submit_all()

    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()

    assert set(states(world.enriched(KEY, job))) == {RowState.NOT_SENT}
    assert words in world.report(KEY, job)["message"]
    assert (world.rejected(KEY, job) or "").count(words) == 150
    assert world.submit_all() == []


def test_an_operator_resumes_a_paused_job_without_loss(world: World) -> None:
    world.provider.answers = [
        httpx.Response(401, json={"error": 401, "message": "Invalid API key"})
    ]
    job = world.drop(KEY, contacts(250))
    world.submit_all()

    world.pipeline.operate.run(job, Action.RESUME)
    world.submit_all()
    world.deliver()
    world.finish()

    assert len(world.provider.charged) == 250
    assert set(states(world.enriched(KEY, job))) <= {RowState.FOUND, RowState.NOT_FOUND}


def test_a_job_without_credits_resumes_by_itself_when_there_are_enough(world: World) -> None:
    world.provider.behaviour.balance = 100 * PRICE
    job = world.drop(KEY, contacts(250))
    world.submit_all()
    assert world.job(job).halt is Halt.NO_CREDITS

    world.now += 300
    world.pipeline.sweep.run()
    world.submit_all()
    assert len(world.provider.charged) == 100

    world.provider.behaviour.balance = 1000
    world.now += 300
    world.pipeline.sweep.run()
    world.submit_all()
    world.deliver()
    world.finish()

    assert len(world.provider.charged) == 250
    assert world.job(job).state is JobState.DONE


@pytest.mark.parametrize("number", [1, 2, 3, 100, 250])
def test_one_contact_that_is_not_valid_does_not_keep_the_others_back(
    world: World, number: int
) -> None:
    world.provider.invalid = {"Jane1"}
    job = world.drop(KEY, contacts(number))
    while world.submit_all():
        pass
    world.deliver()
    world.finish()

    _, *rows = rows_of(world.enriched(KEY, job))
    assert rows[0][3] == RowState.REJECTED
    assert "Jane1 is nobody's name" in rows[0][-1]
    assert all(row[3] in (RowState.FOUND, RowState.NOT_FOUND) for row in rows[1:])
    assert Counter(contact["firstname"] for contact in world.provider.charged) == {
        f"Jane{n}": 1 for n in range(2, number + 1)
    }


@pytest.mark.parametrize(
    "line",
    [
        "Jane,Unacceptable Credit,a.example",
        "Jane,Plan Limit,plan-limit.example",
        "Jane,Consent,creditagricole.fr",
    ],
)
def test_no_words_about_a_contact_stop_a_file_whose_other_contacts_are_good(
    world: World, line: str
) -> None:
    first, last, domain = line.split(",")
    refused = world.provider._accept

    def accept(request: httpx.Request) -> httpx.Response:
        if last in request.content.decode():
            message = f"contact 10: lastname '{last}' of {domain} is not valid"
            return httpx.Response(422, json={"error": 422, "message": message})
        return refused(request)

    world.provider._accept = accept  # type: ignore[method-assign]
    job = world.drop(KEY, contacts(40, lambda n: f"{first},Doe{n},a.example" if n - 10 else line))
    while world.submit_all():
        assert world.job(job).halt is None
    world.deliver()
    world.finish()

    _, *rows = rows_of(world.enriched(KEY, job))
    assert [number for number, row in enumerate(rows, 1) if row[3] == RowState.REJECTED] == [10]
    assert rows[9][-1].endswith(f": lastname '{last}' of {domain} is not valid")
    assert len(world.provider.charged) == 39


def test_a_refusal_in_other_words_is_about_credits_if_the_balance_is_too_small(
    world: World,
) -> None:
    world.provider.answers = [httpx.Response(422, json={"error": "Quota épuisé"})]
    world.provider.behaviour.balance = 5 * PRICE - 1
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    assert world.job(job).halt is Halt.NO_CREDITS

    world.provider.behaviour.balance = 5 * PRICE
    world.now += 300
    world.pipeline.sweep.run()
    assert world.submit_all() == [BatchState.ACCEPTED]


@pytest.mark.moto
def test_a_missing_key_pauses_the_job_at_once_and_nothing_is_sent(world: World) -> None:
    world.secrets.delete_secret(SecretId="api-key", ForceDeleteWithoutRecovery=True)
    job = world.drop(KEY, contacts(5))
    assert world.submit_all() == ["paused: NO_KEY"]

    assert world.provider.requests == []
    assert world.job(job).halt is Halt.NO_KEY
    assert batch_states(world, job) == [BatchState.PLANNED]
    world.inform()
    assert "platform team must store it" in world.report(KEY, job)["message"]
    assert world.metrics.counted["PausedJobs"] == 1

    world.secrets.create_secret(Name="api-key", SecretString="local-api-key")
    world.pipeline.operate.run(job, Action.RESUME)
    assert world.submit_all() == [BatchState.ACCEPTED]


def test_a_bad_moment_of_the_secrets_pauses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue")

    for call in ("get_secret_value", "batch_get_secret_value"):
        monkeypatch.setattr(world.secrets, call, throttled)
    job = world.drop(KEY, contacts(5))
    with pytest.raises(ClientError):
        world.submit_all()
    assert world.job(job).state is JobState.RUNNING


def test_a_message_whose_batch_could_not_be_claimed_is_given_back_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[tuple[str, int]] = []
    job = world.drop(KEY, contacts(5))
    queue = world.pipeline.submit_queue
    monkeypatch.setattr(queue, "give_back", lambda *message: given_back.append(message))

    def fail(*_: object, **__: object) -> None:
        raise OSError("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(world.pipeline.bucket, "read_range", fail)
        with pytest.raises(OSError, match="no answer"):
            world.pipeline.submit.run(job, 1, "receipt")
    assert given_back == [("receipt", 30)]

    monkeypatch.setattr(world.pipeline.batches, "move", fail)
    with pytest.raises(OSError, match="no answer"):
        world.pipeline.submit.run(job, 1, "receipt")
    assert given_back == [("receipt", 30)]


def test_a_submitter_that_dies_while_it_divides_a_batch_divides_it_once(world: World) -> None:
    world.provider.invalid = {"Jane7"}
    job = world.drop(KEY, contacts(20))
    known = world.pipeline.batches.divide

    def die_after(*arguments: Any, **named: Any) -> bool:
        known(*arguments, **named)
        raise Killed

    world.pipeline.batches.divide = die_after  # type: ignore[method-assign]
    with pytest.raises(Killed):
        world.submit_all()
    world.pipeline.batches.divide = known  # type: ignore[method-assign]
    world.pipeline.submit.run(job, 1)
    for _ in range(20):
        world.now += 120
        world.pipeline.sweep.run()
        world.submit_all()
    world.deliver()
    world.finish()

    assert len(world.provider.charged) == 19
    assert Counter(states(world.enriched(KEY, job)))[RowState.REJECTED] == 1


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
        world.pipeline.sweep.run()
        world.submit_all()
    assert len(world.provider.posts) == 1
    world.deliver()
    world.finish()

    found = set(states(world.enriched(KEY, job)))
    assert (
        found <= {RowState.FOUND, RowState.NOT_FOUND} if accepted else found == {RowState.AMBIGUOUS}
    )
    assert len(world.provider.charged) == (5 if accepted else 0)


def test_one_result_proves_that_an_unknown_batch_was_accepted(world: World) -> None:
    world.provider.answers, world.provider.accept_before_answer = (
        [httpx.ReadTimeout("no answer")],
        True,
    )
    job = world.drop(KEY, contacts(3))
    world.submit_all()
    world.deliver([world.provider.webhooks[0]])
    assert batch_states(world, job) == [BatchState.ACCEPTED]

    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()

    assert sorted(states(world.enriched(KEY, job)))[-2:] == [RowState.TIMED_OUT] * 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.Response(429, headers={"Retry-After": "7"}),
    ],
    ids=repr,
)
def test_what_was_provably_not_sent_is_sent_later(
    world: World, answer: httpx.Response | Exception
) -> None:
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


def test_a_submitter_that_dies_after_its_claim_leaves_a_batch_that_is_never_sent_again(
    world: World,
) -> None:
    world.provider.answers = [Killed()]
    job = world.drop(KEY, contacts(5))
    with pytest.raises(Killed):
        world.submit_all()
    assert batch_states(world, job) == [BatchState.SENDING]

    world.pipeline.submit.run(job, 1)
    world.now += 600
    world.pipeline.sweep.run()
    world.submit_all()

    assert batch_states(world, job) == [BatchState.UNKNOWN]
    assert len(world.provider.posts) == 1


def test_two_messages_for_the_same_batch_make_one_request(world: World) -> None:
    job = world.drop(KEY, contacts(5))

    for _ in range(3):
        world.pipeline.submit.run(job, 1)

    assert len(world.provider.posts) == 1


def test_what_is_ambiguous_is_resent_only_when_an_operator_says_so(world: World) -> None:
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()
    assert set(states(world.enriched(KEY, job))) == {RowState.AMBIGUOUS}
    assert "ambiguous" in world.report(KEY, job)["message"]
    assert world.report(KEY, job)["ambiguous_rows"] == ["2–6"]

    world.pipeline.operate.run(job, Action.RESEND)
    world.submit_all()
    world.deliver()
    world.finish()

    assert len(world.provider.charged) == 5
    assert set(states(world.enriched(KEY, job))) <= {RowState.FOUND, RowState.NOT_FOUND}


def test_an_operator_may_end_a_job_at_once(world: World) -> None:
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    job = world.drop(KEY, contacts(150))
    world.submit_all()
    world.deliver()

    world.pipeline.operate.run(job, Action.GIVE_UP)
    world.finish()

    assert Counter(states(world.enriched(KEY, job)))[RowState.AMBIGUOUS] == 100
    assert "already" in world.pipeline.operate.run(job, Action.GIVE_UP)
    assert not world.functions.compiles


@pytest.mark.parametrize("action", Action)
def test_an_action_that_makes_no_sense_is_refused_in_words(world: World, action: Action) -> None:
    job = world.enrich(KEY, contacts(2))
    with pytest.raises(OperatorError, match=job):
        world.pipeline.operate.run(job, action)
    with pytest.raises(OperatorError, match="no job"):
        world.pipeline.operate.run("unknown", action)


def test_a_cap_that_pays_for_nothing_sends_nothing(world: World) -> None:
    key = "incoming/email/max_credits=0/leads.csv"
    job = world.enrich(key, contacts(3, lambda _: "Jane,Doe,a.example"))
    assert set(states(world.enriched(key, job))) == {RowState.OVER_BUDGET}


def test_the_months_cap_is_never_exceeded_and_what_was_not_enqueued_is_given_back(
    world: World,
) -> None:
    world.allow_in_a_month(PRICE * 350)
    world.provider.answers = [httpx.Response(429, headers={"Retry-After": "1"})]
    files = [contacts(200).replace("Doe", f"Doe{n}") for n in range(3)]
    jobs = [world.drop(f"incoming/email/{n}.csv", file) for n, file in enumerate(files)]
    for _ in range(40):
        world.submit_all()
        world.now += 1
    assert len(world.provider.charged) == 350
    for _ in range(40):
        world.deliver()
        world.submit_all()
        world.now += 40
    world.finish()

    month = world.pipeline.budget.month("2027-01")
    assert month.reserved == month.charged == PRICE * 350
    ends = Counter(
        state
        for n, job in enumerate(jobs)
        for state in states(world.enriched(f"incoming/email/{n}.csv", job))
    )
    assert ends[RowState.FOUND] == 350
    assert ends[RowState.OVER_BUDGET] == 600 - ends[RowState.FOUND] - ends[RowState.NOT_FOUND]
    assert all(world.job(job).state is JobState.DONE for job in jobs)


def test_personal_emails_need_consent(world: World) -> None:
    key = "incoming/personal_email/leads.csv"
    file = (
        contacts(3)
        .replace("Domain", "LinkedIn URL")
        .replace("company", "linkedin.com/in/person")
        .replace(".example", "")
    )

    without = world.enrich(key, file)
    world.pipeline.operate.run(without, Action.GIVE_UP)
    world.finish()
    world.provider.behaviour.consent = True
    with_consent = world.enrich(key, file)

    assert "platform team ended this job" in world.report(key, without)["message"]
    assert set(states(world.enriched(key, with_consent))) <= {RowState.FOUND, RowState.NOT_FOUND}
