"""How results come back from the stand-in: webhooks and polling (`docs/contract.md`,
*Callbacks*).
"""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from local.provider.contract import findings
from tests.functional.standin import Receiver, contact, contacts, eventually, receiving, stand_in

FIELDS = {
    "email": {"email", "email_status"},
    "phone": {"phone"},
    "personal_email": {"personal_email", "personal_email_status"},
}
ALWAYS = {"enrichment_id", "first_name", "last_name", "status", "custom"}


@pytest.fixture(scope="module")
def running_receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver(running_receiver: Receiver) -> Receiver:
    running_receiver.webhooks.clear()
    running_receiver.status = 204
    return running_receiver


@pytest.mark.parametrize("kind", FIELDS)
def test_each_contact_has_one_webhook_that_echoes_its_custom(receiver: Receiver, kind: str) -> None:
    custom = [{"row": number, "nested": {"é": [1, None, "…"]}} for number in range(100)]
    with stand_in(receiver, consent=True) as provider:
        sent = [contact(number, custom=custom[number]) for number in range(100)]
        enrichment_id = provider.bulk(sent, kind).json()["enrichment_id"]
        ledger = provider.settled()

    came = sorted(receiver.webhooks, key=lambda webhook: int(webhook["custom"]["row"]))
    assert [webhook["custom"] for webhook in came] == custom
    assert [webhook["last_name"] for webhook in came] == [each["lastname"] for each in sent]
    assert {webhook["first_name"] for webhook in came} == {"Jane"}
    assert {webhook["status"] for webhook in came} == {"finished"}
    assert {webhook["enrichment_id"] for webhook in came} == {enrichment_id}
    assert all(set(webhook) == ALWAYS | FIELDS[kind] for webhook in came)
    assert {entry["status"] for entry in ledger["webhooks"]} == {204}
    assert sorted(entry["custom"]["row"] for entry in ledger["webhooks"]) == list(range(100))


def test_webhooks_come_in_no_particular_order(receiver: Receiver) -> None:
    with stand_in(receiver, result_seconds=0.5) as provider:
        provider.bulk(contacts(20))
        provider.settled()

    rows = [webhook["custom"]["row"] for webhook in receiver.webhooks]
    assert rows != sorted(rows) == list(range(20))


def test_two_batches_come_back_mixed(receiver: Receiver) -> None:
    with stand_in(receiver, result_seconds=0.5) as provider:
        for _ in range(2):
            provider.bulk(contacts(20))
        provider.settled()

    ids = [webhook["enrichment_id"] for webhook in receiver.webhooks]
    assert sum(one != following for one, following in pairwise(ids)) > 1


@pytest.mark.parametrize(("find_rate", "found"), [(1, True), (0, False)])
def test_a_single_enrichment_is_pending_until_it_is_finished_found_or_not(
    receiver: Receiver, find_rate: float, found: bool
) -> None:
    with stand_in(receiver, find_rate=find_rate, result_seconds=3600) as provider:
        answer = provider.single(contact(7))
        pending = provider.poll(answer.json()["enrichment_id"])
        provider.change(result_seconds=0)
        other = provider.single(contact(8)).json()["enrichment_id"]
        finished = eventually(
            lambda: [body for body in [provider.poll(other).json()] if body["status"] == "finished"]
        )[0]
        eventually(lambda: receiver.webhooks)
        still_pending = provider.poll(answer.json()["enrichment_id"]).json()

    enrichment_id = answer.json()["enrichment_id"]
    expected = {
        "enrichment_id": enrichment_id,
        "first_name": "Jane",
        "last_name": "Doe 7",
        "custom": {"row": 7},
    }
    assert answer.status_code == 202
    assert answer.json() == pending.json() == still_pending == expected | {"status": "pending"}
    assert [finished] == receiver.webhooks
    assert bool(finished["email"]) is found
    assert (finished["email_status"] != "N/A") is found


def test_a_result_of_a_batch_cannot_be_polled(receiver: Receiver) -> None:
    with stand_in(receiver) as provider:
        enrichment_id = provider.bulk(contacts(2)).json()["enrichment_id"]
        provider.settled()

        assert provider.poll(enrichment_id).status_code == 404
        assert provider.poll("no-such-id").status_code == 404


def test_the_same_contact_gets_the_same_result_from_every_endpoint_and_stand_in(
    receiver: Receiver,
) -> None:
    with stand_in(receiver, seed=1) as provider:
        provider.bulk(contacts(30), "phone")
        provider.settled()
    with stand_in(receiver, seed=2) as provider:
        provider.bulk(list(reversed(contacts(30))), "phone")
        provider.single(contact(0), "phone")
        provider.settled()

    results = {(webhook["custom"]["row"], tuple(webhook["phone"])) for webhook in receiver.webhooks}
    assert len(receiver.webhooks) == 61
    assert len(results) == 30


def test_numbers_of_the_countries_of_the_batch_come_before_others(receiver: Receiver) -> None:
    with stand_in(receiver, find_rate=1) as provider:

        def phones(**countries: list[str]) -> dict[int, list[str]]:
            sent = provider.bulk(contacts(50), "phone", **countries).json()["enrichment_id"]
            provider.settled()
            return {webhook["custom"]["row"]: webhook["phone"] for webhook in receiver.about(sent)}

        everything = phones()
        by_default = phones(phone_country_codes=[])
        preferred = phones(phone_country_codes=["FR", "GB", "ES"])
        ledger = provider.ledger()

    wanted = {
        row: [phone for phone in found if phone.startswith(("+33", "+44"))]
        for row, found in everything.items()
    }
    assert by_default == everything
    assert preferred == {row: found or everything[row][:1] for row, found in wanted.items()}
    assert [] in wanted.values()
    assert ledger["found"] == sum(
        len(found) for told in (everything, by_default, preferred) for found in told.values()
    )


@pytest.mark.parametrize(
    ("shape", "field"), [("texts", "phone"), ("objects", "phone"), ("older", "phones")]
)
def test_phones_come_in_every_shape_that_is_documented(
    receiver: Receiver, shape: str, field: str
) -> None:
    with stand_in(receiver, phone_shape=shape) as provider:
        provider.bulk(contacts(20), "phone")
        provider.settled()

    expected = {
        number: findings(each, "phone", 0.7, frozenset())["phone"]
        for number, each in enumerate(contacts(20))
    }
    told = {webhook["custom"]["row"]: webhook[field] for webhook in receiver.webhooks}
    if shape == "objects":
        told = {row: [each["number"] for each in phones] for row, phones in told.items()}
    assert told == expected
    assert all(set(webhook) == ALWAYS | {field} for webhook in receiver.webhooks)


def test_a_webhook_that_is_refused_is_not_repeated(receiver: Receiver) -> None:
    receiver.status = 500
    with stand_in(receiver) as provider:
        provider.bulk(contacts(2))
        ledger = provider.settled()

    assert len(receiver.webhooks) == 2
    assert [entry["status"] for entry in ledger["webhooks"]] == [500, 500]


@pytest.mark.parametrize(
    ("url", "status"),
    [("http://127.0.0.1:1/hook", "ConnectError"), ("http://xn--/hook", "IDNAError")],
)
def test_a_webhook_that_cannot_be_delivered_is_in_the_ledger(url: str, status: str) -> None:
    with stand_in() as provider:
        provider.bulk(contacts(2), webhook_url=url)
        ledger = provider.settled()

    assert [entry["status"] for entry in ledger["webhooks"]] == [status, status]
