"""Genuine results are stored before they are answered; forged ones write nothing."""

import json
from dataclasses import replace

import pytest

from enrichment.adapters.secrets import SigningKey
from enrichment.domain.outcome import RowState
from enrichment.errors import ForgedWebhook, MalformedWebhook, OversizedWebhook
from enrichment.usecases.webhook import Received
from tests.functional.outputs import states
from tests.functional.world import DEADLINE, World, contacts

KEY = "incoming/email/leads.csv"


@pytest.fixture
def sent(world: World) -> World:
    """A world in which two contacts were submitted and their webhooks wait."""
    world.drop(KEY, contacts(2))
    world.submit_all()
    return world


def body(webhook: object) -> bytes:
    return json.dumps(webhook).encode()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"text"', b"null", b"[" * 50_000, b"\xff\xfe"]
)
def test_what_is_not_a_json_object_is_malformed(sent: World, content: bytes) -> None:
    before = sent.items()
    with pytest.raises(MalformedWebhook):
        sent.pipeline.webhook.run(content)
    assert sent.items() == before


def test_a_body_larger_than_any_result_is_refused(sent: World) -> None:
    with pytest.raises(OversizedWebhook):
        sent.pipeline.webhook.run(body(sent.provider.webhooks[0] | {"padding": "x" * 1_000_000}))


@pytest.mark.parametrize(
    "custom", [None, {}, "", "token", [], {"token": None}, {"token": 7}, {"token": "v1.a.b.1.2.c"}]
)
def test_a_webhook_without_a_token_of_ours_writes_nothing(sent: World, custom: object) -> None:
    before = sent.items()
    with pytest.raises(ForgedWebhook):
        sent.pipeline.webhook.run(body(sent.provider.webhooks[0] | {"custom": custom}))
    assert sent.items() == before


def test_a_webhook_that_comes_again_is_answered_and_changes_nothing(sent: World) -> None:
    webhook = body(sent.provider.webhooks[0])
    assert sent.pipeline.webhook.run(webhook) is Received.STORED
    before = sent.items()
    assert sent.pipeline.webhook.run(webhook) is Received.REPEATED
    assert sent.items() == before


def test_another_result_for_the_same_row_is_kept_aside(sent: World) -> None:
    webhook = sent.provider.webhooks[0]
    sent.pipeline.webhook.run(body(webhook))
    assert (
        sent.pipeline.webhook.run(body(webhook | {"email": "other@example.com"}))
        is Received.SET_ASIDE
    )
    assert [item["why"]["S"] for item in sent.items() if item["pk"]["S"].startswith("ASIDE#")] == [
        "the row has another result"
    ]


def test_a_pending_status_is_no_result(sent: World) -> None:
    webhook = sent.provider.webhooks[0]
    assert sent.pipeline.webhook.run(body(webhook | {"status": "pending"})) is Received.SET_ASIDE
    assert sent.pipeline.webhook.run(body(webhook)) is Received.STORED


@pytest.mark.moto
def test_tokens_signed_before_a_rotation_are_still_accepted(sent: World) -> None:
    sent.secrets.put_secret_value(SecretId="signing-key", SecretString="second signing key")
    sent.now += 300
    assert sent.pipeline.signing_key.read().current == b"second signing key"
    assert sent.pipeline.webhook.run(body(sent.provider.webhooks[0])) is Received.STORED


@pytest.mark.moto
def test_tokens_signed_with_a_key_that_is_new_to_this_process_are_accepted(world: World) -> None:
    world.pipeline.signing_key.read()
    world.secrets.put_secret_value(SecretId="signing-key", SecretString="second signing key")
    world.drop(KEY, contacts(2))
    fresh = SigningKey(world.secrets, "signing-key")
    world.pipeline.submit = replace(world.pipeline.submit, signing_key=fresh)
    world.submit_all()
    assert world.pipeline.webhook.run(body(world.provider.webhooks[0])) is Received.STORED


def test_unknown_fields_are_kept_and_the_token_is_not(sent: World) -> None:
    webhook = sent.provider.webhooks[0] | {"seniority": "c-level"}
    sent.pipeline.webhook.run(body(webhook))
    stored = next(
        item["payload"]["S"] for item in sent.items() if item["pk"]["S"].startswith("RESULT#")
    )
    assert json.loads(stored)["seniority"] == "c-level"
    assert webhook["custom"]["token"] not in json.dumps(sent.items())


def test_a_result_that_comes_after_the_deadline_is_stored(sent: World) -> None:
    sent.now += DEADLINE
    sent.pipeline.sweep.run()
    sent.finish()
    sent.deliver()
    job = next(item["id"]["S"] for item in sent.items() if item["sk"]["S"] == "JOB")
    assert states(sent.enriched(KEY, job)) == [RowState.TIMED_OUT] * 2
    assert sum(item["pk"]["S"].startswith("RESULT#") for item in sent.items()) == 2
