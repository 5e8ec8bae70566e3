"""Whatever is posted to the webhook: what is genuine is stored and read tolerantly, what is not
writes nothing.
"""

import json
import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from enrichment.adapters.secrets import SigningKey
from enrichment.domain.job import WRITTEN, JobState
from enrichment.domain.outcome import RowState
from enrichment.domain.token import RowRef, SigningKeys, key_id, sign, verify
from enrichment.errors import (
    ForgedWebhook,
    KeyNotRead,
    OversizedWebhook,
    SettingsError,
    WebhookError,
)
from enrichment.usecases.webhook import Received, ReceiveWebhook
from tests.functional.outputs import rows_of, states
from tests.functional.world import DEADLINE, World, contacts

EMAIL = "incoming/email/leads.csv"
PHONE = "incoming/phone/leads.csv"
FORGED = 100_000
Mutation = Callable[[random.Random, list[str], list[str]], str]


def people(key: str, number: int) -> str:
    if key == PHONE:
        return contacts(number, lambda n: f"Jane{n},Doe,linkedin.com/in/jane{n}").replace(
            "Domain", "LinkedIn URL"
        )
    return contacts(number)


def sent(world: World, key: str = EMAIL, number: int = 2) -> str:
    """A job whose contacts were accepted and whose webhooks wait."""
    job = world.drop(key, people(key, number))
    world.submit_all()
    return job


def end(world: World) -> None:
    """Let the deadline end every job with what there is."""
    world.now += DEADLINE
    world.pipeline.sweep.run()
    world.finish()


def cells(world: World, key: str, job: str) -> list[dict[str, str]]:
    header, *rows = rows_of(world.enriched(key, job))
    assert {len(row) for row in rows} == {len(header)}
    return [dict(zip(header, row, strict=True)) for row in rows]


def receive(world: World, body: object) -> Received:
    return world.pipeline.webhook.run(json.dumps(body).encode())


NULLS = dict.fromkeys(
    (
        "enrichment_id",
        "first_name",
        "last_name",
        "status",
        "email",
        "email_status",
        "phone",
        "personal_email",
    ),
    None,
)


@pytest.mark.parametrize(
    ("key", "told", "state", "column", "cell"),
    [
        (EMAIL, {}, "not_found", "enriched_email", ""),
        (EMAIL, NULLS, "not_found", "enriched_email", ""),
        (
            EMAIL,
            {"email": ["a@b.example"], "email_status": {"a": 1}},
            "not_found",
            "enriched_email",
            "",
        ),
        (
            EMAIL,
            {"email": 7, "phones": 7, "status": ["finished"]},
            "not_found",
            "enriched_email",
            "",
        ),
        (
            EMAIL,
            {"email": " N/A ", "email_status": "N/A"},
            "not_found",
            "enriched_email_status",
            "N/A",
        ),
        (
            EMAIL,
            {"email": "a@b.example", "email_status": "entangled"},
            "found",
            "enriched_email_status",
            "entangled",
        ),
        (
            EMAIL,
            {"email": "a@b.example", "status": "Gefunden!"},
            "found",
            "enriched_email",
            "a@b.example",
        ),
        (EMAIL, {"email": "a@b.example", "status": None}, "found", "enriched_email", "a@b.example"),
        (
            EMAIL,
            {"email": "a@b.example", "seniority": {"level": [1, {}]}, "é": "ü"},
            "found",
            "enriched_email",
            "a@b.example",
        ),
        (
            EMAIL,
            {"email": 'a,"b"\r\n;@c.example'},
            "found",
            "enriched_email",
            'a,"b"\r\n;@c.example',
        ),
        (EMAIL, {"email": "a\ud800@b.example"}, "found", "enriched_email", "a?@b.example"),
        (
            EMAIL,
            {"email": "a@b.example", "score": float("nan"), "age": 10**400},
            "found",
            "enriched_email",
            "a@b.example",
        ),
        (EMAIL, {"email": "a" * 40_000}, "found", "enriched_email", "a" * 40_000),
        (PHONE, {"phone": ["+331", "+332"]}, "found", "enriched_phone", "+331; +332"),
        (PHONE, {"phones": ["+331", "+331"]}, "found", "enriched_phone", "+331"),
        (PHONE, {"phone": [], "phones": ["+331"]}, "found", "enriched_phone", "+331"),
        (PHONE, {"phone": None, "phones": "+331"}, "found", "enriched_phone", "+331"),
        (
            PHONE,
            {"phone": [{"number": "+331", "type": "mobile"}, "+332"]},
            "found",
            "enriched_phone",
            "+331; +332",
        ),
        (PHONE, {"phone": {"number": "+331"}}, "found", "enriched_phone", "+331"),
        (
            PHONE,
            {"phone": [None, 7, True, [], {}, {"number": None}, {"number": 7}, "N/A", " "]},
            "not_found",
            "enriched_phone",
            "",
        ),
        (PHONE, {"phone": "N/A", "email": "a@b.example"}, "not_found", "enriched_phone", ""),
    ],
)
def test_a_genuine_result_of_any_shape_reaches_its_cell(
    world: World, key: str, told: dict[str, object], state: str, column: str, cell: str
) -> None:
    job = sent(world, key)
    assert (
        receive(world, told | {"custom": world.provider.webhooks[0]["custom"]}) is Received.STORED
    )
    end(world)

    first, second = cells(world, key, job)
    assert (first["enrichment_status"], first[column]) == (state, cell)
    assert second["enrichment_status"] == RowState.TIMED_OUT


@pytest.mark.parametrize("depth", [100, 800, 10_000, 30_000])
def test_a_deeply_nested_result_is_refused_or_reaches_the_output(world: World, depth: int) -> None:
    job = sent(world)
    token = json.dumps(world.provider.webhooks[0]["custom"])
    body = (
        f'{{"email": "a@b.example", "x": {"[" * depth}{"]" * depth}, "custom": {token}}}'.encode()
    )
    try:
        stored = world.pipeline.webhook.run(body) is Received.STORED
    except WebhookError:
        stored = False
    end(world)

    assert world.job(job).state in WRITTEN
    assert cells(world, EMAIL, job)[0]["enriched_email"] == ("a@b.example" if stored else "")


@pytest.mark.parametrize("size", [65_537, 1 << 20])
def test_a_large_body_is_refused_before_it_is_read(world: World, size: int) -> None:
    sent(world)
    before = world.items()
    webhook = json.dumps(world.provider.webhooks[0]).encode()
    for body in (webhook + b" " * (size - len(webhook)), b"[" * size):
        with pytest.raises(OversizedWebhook):
            world.pipeline.webhook.run(body)
    assert world.items() == before


def test_another_rows_token_stores_for_that_row_alone(world: World) -> None:
    job = sent(world)
    first, second = world.provider.webhooks
    assert (
        receive(world, first | {"email": "swapped@b.example", "custom": second["custom"]})
        is Received.STORED
    )
    assert receive(world, second | {"email": "late@b.example"}) is Received.SET_ASIDE
    end(world)

    assert [row["enriched_email"] for row in cells(world, EMAIL, job)] == ["", "swapped@b.example"]
    assert states(world.enriched(EMAIL, job)) == [RowState.TIMED_OUT, RowState.FOUND]


def test_a_token_beside_others_in_custom_is_enough(world: World) -> None:
    sent(world)
    first, second = world.provider.webhooks
    hostile = {
        "token": first["custom"]["token"],
        "Token": second["custom"]["token"],
        "row": 3,
        "job": "other",
    }
    assert receive(world, first | {"custom": hostile}) is Received.STORED
    assert receive(world, first) is Received.REPEATED


def test_of_a_token_told_twice_the_last_counts_and_never_both(world: World) -> None:
    sent(world)
    first, second = (webhook["custom"]["token"] for webhook in world.provider.webhooks)
    world.pipeline.webhook.run(
        f'{{"custom": {{"token": "{first}"}}, "custom": {{"token": "{first}", "token":'
        f' "{second}"}}}}'.encode()
    )
    assert [item["sk"]["S"] for item in world.items() if item["pk"]["S"].startswith("RESULT#")] == [
        "ROW#00000003"
    ]


# Forgeries: each takes the dice, the parts of a genuine token and those of another one.


def another_character(dice: random.Random, mine: list[str], _: list[str]) -> str:
    token = ".".join(mine)
    at = dice.randrange(len(token))
    return (
        token[:at] + dice.choice([c for c in string.printable if c != token[at]]) + token[at + 1 :]
    )


def cut(dice: random.Random, mine: list[str], _: list[str]) -> str:
    token = ".".join(mine)
    at = dice.randrange(len(token))
    return token[:at] + token[at + dice.randint(1, 5) :]


def lengthened(dice: random.Random, mine: list[str], _: list[str]) -> str:
    token = ".".join(mine)
    at = dice.randrange(len(token) + 1)
    return (
        token[:at]
        + "".join(dice.choices(string.ascii_letters + "0123456789.-_= \n", k=dice.randint(1, 3)))
        + token[at:]
    )


def parts_of_another(dice: random.Random, mine: list[str], other: list[str]) -> str:
    """One to five of job, batch, row and so on come from the other; never all, and never none that
    differs.
    """
    differing = [at for at in range(6) if mine[at] != other[at]]
    taken = set(dice.sample(differing, dice.randint(1, len(differing) - 1)))
    return ".".join(other[at] if at in taken else part for at, part in enumerate(mine))


def another_spelling(dice: random.Random, mine: list[str], _: list[str]) -> str:
    """The same numbers and names, as a tolerant reader would take them."""
    spelt = list(mine)
    at = dice.choice([3, 4])
    spelt[at] = dice.choice(["0{}", "+{}", " {}", "{} ", "{}_0", "-{}", "{}.0", "{}e0"]).format(
        spelt[at]
    )
    return ".".join(spelt)


def another_case(_: random.Random, mine: list[str], __: list[str]) -> str:
    return ".".join(mine).swapcase()


def a_key_of_ones_own(dice: random.Random, mine: list[str], _: list[str]) -> str:
    ref, own = RowRef(mine[2], int(mine[3]), int(mine[4])), dice.randbytes(32)
    forged = sign(ref, SigningKeys(own)).split(".")
    return ".".join([*forged[:1], dice.choice([mine[1], forged[1]]), *forged[2:]])


def the_next_row(dice: random.Random, mine: list[str], _: list[str]) -> str:
    at = dice.choice([3, 4])
    return ".".join([*mine[:at], str(int(mine[at]) + dice.choice([-1, 1])), *mine[at + 1 :]])


FORGERIES: list[Mutation] = [
    another_character,
    cut,
    lengthened,
    parts_of_another,
    another_spelling,
    another_case,
    a_key_of_ones_own,
    the_next_row,
]


def forgeries(genuine: list[str], number: int) -> Iterator[str]:
    """Forged tokens, always the same; by chance one might come out as another genuine one, which is
    left out.
    """
    dice, known = random.Random(1), set(genuine)
    for at in range(number):
        mine, other = (token.split(".") for token in dice.sample(genuine, 2))
        token = FORGERIES[at % len(FORGERIES)](dice, mine, other)
        if token not in known:
            yield token


def test_a_hundred_thousand_altered_tokens_are_all_refused() -> None:
    keys = SigningKeys(b"second signing key", previous=b"first signing key")
    refs = [
        RowRef(job, batch, row)
        for job in ("abcdefghijklmnop", "qrstuvwxyz234567")
        for batch in (1, 2)
        for row in range(2, 40)
    ]
    genuine = [
        sign(ref, each) for ref in refs for each in (keys, SigningKeys(b"first signing key"))
    ]

    refused = 0
    for token in forgeries(genuine, FORGED):
        with pytest.raises(ForgedWebhook):
            verify(token, keys)
        refused += 1
    assert refused > 0.999 * FORGED
    assert {verify(token, keys) for token in genuine} == set(refs)


class Untouchable:
    """A store that must not be asked for anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def test_a_forged_webhook_does_not_even_reach_the_table(world: World) -> None:
    sent(world, EMAIL, 20)
    sent(world, "incoming/email/others.csv", 120)
    webhooks = world.provider.webhooks
    genuine = [webhook["custom"]["token"] for webhook in webhooks]
    untouchable: Any = Untouchable()
    receiver = replace(world.pipeline.webhook, results=untouchable)

    for at, token in enumerate(forgeries(genuine, 400)):
        body = webhooks[at % len(webhooks)] | {
            "email": "forged@b.example",
            "custom": {"token": token},
        }
        with pytest.raises(ForgedWebhook):
            receiver.run(json.dumps(body).encode())


def test_replayed_webhooks_change_nothing_even_across_jobs_and_after_the_end(world: World) -> None:
    keys = [EMAIL, "incoming/email/others.csv"]
    jobs = [sent(world, key, 4) for key in keys]
    replayed = list(world.provider.webhooks)
    world.deliver()
    world.finish()
    outputs = [world.enriched(key, job) for key, job in zip(keys, jobs, strict=True)]
    before = world.items()

    assert {receive(world, webhook) for webhook in replayed * 5} == {Received.REPEATED}
    assert world.items() == before
    world.deliver(replayed)
    end(world)

    assert [world.enriched(key, job) for key, job in zip(keys, jobs, strict=True)] == outputs


def a_process(world: World) -> SigningKey:
    """The signing key as a process that just started reads it, and keeps it."""
    key = SigningKey(world.secrets, "signing-key")
    key.read()
    return key


def rotate(world: World, key: str) -> None:
    world.secrets.put_secret_value(SecretId="signing-key", SecretString=key)


@pytest.mark.moto
@pytest.mark.parametrize("seed", range(3))
def test_a_key_rotated_in_the_middle_of_a_job_drops_nothing(world: World, seed: int) -> None:
    """Receivers that have run since before, and one that starts after, take results signed with
    either key in any order.
    """
    old = replace(world.pipeline.webhook, signing_key=a_process(world))
    stale = a_process(world)
    job = world.drop(EMAIL, contacts(250))
    first, second, third = world.messages.take()
    world.pipeline.submit.run(*first)
    rotate(world, "second signing key")
    world.pipeline.submit = replace(world.pipeline.submit, signing_key=a_process(world))
    world.pipeline.submit.run(*second)
    world.pipeline.submit = replace(
        world.pipeline.submit, signing_key=stale
    )  # a process that has not heard of the new key yet
    world.pipeline.submit.run(*third)

    receivers = [old, replace(world.pipeline.webhook, signing_key=a_process(world))]
    dice = random.Random(seed)
    webhooks = world.provider.webhooks
    dice.shuffle(webhooks)
    signers = Counter(webhook["custom"]["token"].split(".")[1] for webhook in webhooks)
    assert signers == {key_id(b"first signing key"): 150, key_id(b"second signing key"): 100}
    for webhook in webhooks:
        assert dice.choice(receivers).run(json.dumps(webhook).encode()) is Received.STORED
    world.tell([first, second, third])
    world.finish()

    assert world.job(job).state is JobState.DONE
    assert set(states(world.enriched(EMAIL, job))) <= {RowState.FOUND, RowState.NOT_FOUND}
    assert len(states(world.enriched(EMAIL, job))) == 250


class Asked:
    """Secrets Manager's client, counting what is asked of it."""

    def __init__(self, client: Any) -> None:
        self.exceptions, self._client = client.exceptions, client
        self.stages: Counter[str] = Counter()

    def get_secret_value(self, **asked: str) -> Any:
        self.stages[asked["VersionStage"]] += 1
        return self._client.get_secret_value(**asked)


@pytest.fixture
def asked(world: World) -> Asked:
    return Asked(world.secrets)


@pytest.fixture
def receiver(world: World, asked: Asked) -> ReceiveWebhook:
    """As a process that just started."""
    client: Any = asked
    key = SigningKey(client, "signing-key", world.clock)
    return replace(world.pipeline.webhook, signing_key=key)


def forged(world: World) -> bytes:
    token = sign(RowRef("job", 1, 2), SigningKeys(random.Random(world.now).randbytes(32)))
    return json.dumps(world.provider.webhooks[0] | {"custom": {"token": token}}).encode()


def test_each_key_is_read_once_while_it_is_kept_whatever_is_posted(
    world: World, receiver: ReceiveWebhook, asked: Asked
) -> None:
    sent(world)
    genuine = json.dumps(world.provider.webhooks[0]).encode()
    receiver.run(genuine)
    assert asked.stages == {"AWSCURRENT": 1}, "the previous key is not needed"
    for _ in range(299):
        with suppress(ForgedWebhook, KeyNotRead):
            receiver.run(forged(world))
        receiver.run(genuine)
        world.now += 1
    assert asked.stages == {"AWSCURRENT": 1, "AWSPREVIOUS": 1}, "that there is none is kept too"


def test_the_key_of_genuine_results_is_read_each_twentieth_minute(
    world: World, receiver: ReceiveWebhook, asked: Asked
) -> None:
    sent(world)
    genuine = json.dumps(world.provider.webhooks[0]).encode()
    for _ in range(60):
        receiver.run(genuine)
        world.now += 60
    assert asked.stages == {"AWSCURRENT": 3}


@pytest.mark.moto
def test_a_key_rotated_twice_since_it_was_read_loses_nothing(
    world: World, receiver: ReceiveWebhook
) -> None:
    sent(world)
    receiver.run(json.dumps(world.provider.webhooks[0]).encode())
    for key in ("second signing key", "third signing key"):
        world.now += 360
        rotate(world, key)
        ref = RowRef(world.job(world.drop(f"incoming/email/{key}.csv", contacts(2))).id, 1, 2)
    token = sign(ref, SigningKeys(b"third signing key"))
    genuine = {"email": "a@b.example", "custom": {"token": token}}
    assert receiver.run(json.dumps(genuine).encode()) is Received.STORED
    with pytest.raises(ForgedWebhook):  # nobody signs with the first any more
        receiver.run(json.dumps(world.provider.webhooks[1]).encode())


def test_a_token_of_an_unknown_key_is_dropped_once_the_keys_were_read_after_it_came(
    world: World, receiver: ReceiveWebhook
) -> None:
    sent(world)
    with pytest.raises(ForgedWebhook):
        receiver.run(forged(world))
    world.now += 10
    body, came = forged(world), world.now
    with pytest.raises(KeyNotRead):
        receiver.run(body, came)
    world.now += 300
    with pytest.raises(ForgedWebhook):
        receiver.run(body, came)


@pytest.mark.moto
def test_a_key_rotated_under_forgeries_loses_nothing(
    world: World, receiver: ReceiveWebhook
) -> None:
    sent(world)
    with pytest.raises(ForgedWebhook):
        receiver.run(forged(world))  # now both keys were read
    rotate(world, "second signing key")
    world.now += 10
    ref = RowRef(world.job(world.drop("incoming/email/b.csv", contacts(2))).id, 1, 2)
    token = sign(ref, SigningKeys(b"second signing key"))
    genuine = json.dumps({"email": "a@b.example", "custom": {"token": token}}).encode()
    came = world.now
    with pytest.raises(KeyNotRead):
        receiver.run(genuine, came)
    world.now += 300
    assert receiver.run(genuine, came) is Received.STORED


def test_a_key_that_cannot_be_read_leaves_the_webhook_to_be_tried_again(
    world: World, receiver: ReceiveWebhook, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(world)
    webhook = json.dumps(world.provider.webhooks[0]).encode()

    def fails(**_: str) -> Any:
        raise EndpointConnectionError(endpoint_url="https://secrets.test")

    with monkeypatch.context() as patch:
        patch.setattr(asked, "get_secret_value", fails)
        with pytest.raises(SettingsError):
            receiver.run(webhook)
    assert receiver.run(webhook) is Received.STORED
