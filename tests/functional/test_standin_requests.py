"""What the stand-in accepts and refuses, and what that costs (`docs/contract.md`, *Requests* and
*Limits*).
"""

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import httpx
import pytest

from local.provider import contract
from local.run import ledger_since
from tests.functional.standin import Json, StandIn, contact, contacts, eventually, stand_in

CONSENT = (
    "You can't use the personal email enrichment feature without consenting with our terms of use"
)
BAD_CONTACTS: list[tuple[str, Any, str]] = [
    ("email", contact(firstname=None), "firstname"),
    ("email", contact(firstname="  "), "firstname"),
    ("email", contact(lastname=None), "lastname"),
    ("phone", contact(lastname=""), "lastname"),
    ("email", contact(domain=None, company_name=None), "domain or company_name"),
    ("email", contact(domain="", company_name=" "), "domain or company_name"),
    ("phone", contact(linkedin_url=None), "linkedin_url"),
    ("personal_email", contact(linkedin_url=""), "linkedin_url"),
    ("email", contact(domain=42), "domain"),
    ("email", contact(custom="row 1"), "custom"),
]
BAD_FIELDS: list[tuple[Json, str]] = [
    ({"enrichment_type": []}, "enrichment_type"),
    ({"enrichment_type": ["email", "phone"]}, "enrichment_type"),
    ({"enrichment_type": "email"}, "enrichment_type"),
    ({"enrichment_type": ["fax"]}, "enrichment_type"),
    ({"enrichment_type": None}, "enrichment_type"),
    ({"webhook_url": None}, "webhook_url"),
    ({"webhook_url": "example.com/hook"}, "webhook_url"),
    ({"webhook_url": "http://"}, "webhook_url"),
    ({"phone_country_codes": "FR"}, "phone_country_codes"),
    ({"phone_country_codes": ["FR", "fr"]}, "phone_country_codes"),
    ({"phone_country_codes": ["UK"]}, "phone_country_codes"),
]


@pytest.fixture(scope="module")
def strict() -> Iterator[StandIn]:
    """A stand-in that is only sent what it refuses; every test checks that nothing was enqueued or
    charged.
    """
    with stand_in(consent=True) as running:
        yield running


@pytest.fixture
def untouched(strict: StandIn) -> Iterator[StandIn]:
    yield strict
    ledger = strict.ledger()
    assert (ledger["requests"], ledger["charges"], ledger["webhooks"]) == ([], [], [])
    assert (ledger["pending"], ledger["balance"]) == (0, 1_000_000)


@pytest.fixture(scope="module")
def lenient() -> Iterator[StandIn]:
    with stand_in(consent=True, result_seconds=3600) as running:
        yield running


@pytest.mark.parametrize("key", [None, "", "another-key"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "contacts/bulk_enrich"),
        ("POST", "contacts/single_enrich"),
        ("GET", "contacts/some-id"),
        ("GET", "credits"),
        ("GET", "account"),
    ],
)
def test_every_path_wants_the_key(
    untouched: StandIn, method: str, path: str, key: str | None
) -> None:
    url = untouched.client.base_url.join(f"/api/v2/{path}")
    request = httpx.Request(method, url, headers={} if key is None else {"X-API-KEY": key})

    assert untouched.client.send(request).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [None, contact(), [], contacts(1), contacts(101)],
    ids=["none", "one, bare", "0", "1", "101"],
)
def test_a_batch_is_an_array_of_2_to_100_contacts(untouched: StandIn, sent: Any) -> None:
    answer = untouched.bulk(sent)

    assert answer.status_code == 422
    assert "contacts" in answer.json()["message"]


@pytest.mark.parametrize(("kind", "bad", "named"), [*BAD_CONTACTS, ("email", "Jane Doe", "object")])
def test_one_bad_contact_refuses_the_other_99_and_is_named(
    untouched: StandIn, kind: str, bad: Any, named: str
) -> None:
    answer = untouched.bulk([*contacts(70), bad, *contacts(29)], kind)

    assert answer.status_code == answer.json()["error"] == 422
    assert named in answer.json()["message"]
    assert "contacts[70]" in answer.json()["message"]


@pytest.mark.parametrize(("kind", "bad", "named"), BAD_CONTACTS)
def test_a_single_contact_has_to_keep_the_same_rules(
    untouched: StandIn, kind: str, bad: Json, named: str
) -> None:
    answer = untouched.single(bad, kind)

    assert answer.status_code == 422
    assert named in answer.json()["message"]


@pytest.mark.parametrize(("fields", "named"), BAD_FIELDS)
def test_a_batch_with_a_bad_field_is_refused(untouched: StandIn, fields: Json, named: str) -> None:
    answer = untouched.bulk(contacts(2), **fields)

    assert answer.status_code == 422
    assert named in answer.json()["message"]


@pytest.mark.parametrize(("fields", "named"), BAD_FIELDS)
def test_a_single_request_with_a_bad_field_is_refused(
    untouched: StandIn, fields: Json, named: str
) -> None:
    answer = untouched.single(contact(), **fields)

    assert answer.status_code == 422
    assert named in answer.json()["message"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff", b"[" * 100_000],
)
@pytest.mark.parametrize("endpoint", ["bulk_enrich", "single_enrich"])
def test_a_body_that_is_no_json_object_is_a_bad_request(
    untouched: StandIn, endpoint: str, content: bytes
) -> None:
    answer = untouched.client.post(f"/api/v2/contacts/{endpoint}", content=content)

    assert answer.status_code == answer.json()["error"] == 400


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("email", {"company_name": None, "linkedin_url": None}),
        ("email", {"domain": None, "linkedin_url": None}),
        ("email", {"domain": None}),
        ("phone", {"domain": None, "company_name": None}),
        ("personal_email", {"domain": None, "company_name": None}),
        ("email", {"custom": None, "unknown": ["to", "the", "provider"]}),
    ],
)
def test_a_contact_with_just_what_its_type_needs_is_accepted(
    lenient: StandIn, kind: str, fields: Json
) -> None:
    few = [contact(number, **fields) for number in range(2)]

    assert lenient.bulk(few, kind).status_code == 202
    assert lenient.single(few[0], kind).status_code == 202
    assert [sent["contacts"] for sent in lenient.ledger()["requests"][-2:]] == [few, few[:1]]


@pytest.mark.parametrize("count", [2, 100])
def test_a_batch_is_acknowledged_at_once_and_enriched_later(count: int) -> None:
    with stand_in(result_seconds=3600) as provider:
        answer = provider.bulk(contacts(count))
        ledger = provider.ledger()

    assert answer.status_code == 202
    assert str(uuid.UUID(answer.json()["enrichment_id"])) == answer.json()["enrichment_id"]
    assert answer.json()["status"] == "queued"
    assert ledger["pending"] == count
    assert ledger["webhooks"] == []


@pytest.mark.parametrize(("kind", "price"), [("email", 4), ("phone", 30), ("personal_email", 7)])
def test_each_thing_that_is_found_is_charged_by_its_type(kind: str, price: int) -> None:
    sent = contacts(40)
    found = [contract.units(contract.findings(each, kind, 0.7, frozenset())) for each in sent]
    with stand_in(
        consent=True, balance=10_000, price_email=4, price_phone=30, price_personal_email=7
    ) as provider:
        began = time.time()
        enrichment_id = provider.bulk(sent, kind).json()["enrichment_id"]
        ledger = provider.settled()

    charged = {charge["custom"]["row"]: charge for charge in ledger["charges"]}
    assert len(charged) == len(ledger["charges"]) < 40
    assert {row: charge["found"] for row, charge in charged.items()} == {
        row: things for row, things in enumerate(found) if things
    }
    assert all(charge["credits"] == charge["found"] * price for charge in charged.values())
    assert {(charge["enrichment_id"], charge["type"]) for charge in charged.values()} == {
        (enrichment_id, kind)
    }
    assert all(began <= charge["at"] <= time.time() for charge in charged.values())
    assert (ledger["contacts"], ledger["found"]) == (40, sum(found))
    assert ledger["credits"] == sum(found) * price == 10_000 - ledger["balance"]


@pytest.mark.parametrize("kind", ["email", "phone", "personal_email"])
def test_who_is_not_found_is_not_charged(kind: str) -> None:
    with stand_in(consent=True, find_rate=0) as provider:
        provider.bulk(contacts(4), kind)
        ledger = provider.settled()

    assert (ledger["contacts"], ledger["charges"], ledger["balance"]) == (4, [], 1_000_000)


def test_a_contact_is_charged_when_its_result_is_made() -> None:
    with stand_in(find_rate=1, result_seconds=3600) as provider:
        provider.bulk(contacts(2))
        accepted = provider.ledger()
        provider.change(result_seconds=0)
        single = provider.single(contact()).json()["enrichment_id"]
        eventually(lambda: provider.poll(single).json()["status"] == "finished")
        made = provider.ledger()

    assert (accepted["contacts"], accepted["credits"]) == (2, 0)
    assert [charge["enrichment_id"] for charge in made["charges"]] == [single]


def test_reading_a_result_again_is_free() -> None:
    with stand_in(find_rate=1) as provider:
        single = provider.single(contact()).json()["enrichment_id"]
        charged = provider.settled()["credits"]
        answers = {provider.poll(single).status_code for _ in range(5)}

        assert (answers, provider.ledger()["credits"]) == ({200}, charged)


def test_what_accepted_batches_may_cost_is_set_aside_until_their_results_are_made() -> None:
    with stand_in(balance=30, find_rate=0, result_seconds=3600) as provider:
        accepted = provider.bulk(contacts(10)).status_code
        told = provider.client.get("/api/v2/credits").json()["enrichment_credits"]
        refused = provider.bulk(contacts(2)).status_code
        provider.change(balance=36, result_seconds=0)
        provider.bulk(contacts(2))
        made = eventually(lambda: provider.ledger()["pending"] == 10)
        again = provider.bulk(contacts(2)).status_code

    assert (accepted, told, refused) == (202, 30, 422)
    assert (made, again) == (True, 202)


def test_more_numbers_may_be_found_than_the_balance_was_checked_for() -> None:
    with stand_in(balance=40, price_phone=10, find_rate=1) as provider:
        answer = provider.bulk(contacts(4), "phone")
        ledger = provider.settled()
        refused = provider.single(contact(5))

    assert answer.status_code == 202
    assert ledger["balance"] == 40 - ledger["credits"] < 0
    assert refused.json() == {"error": "Insufficient enrichment credits"}


@pytest.mark.parametrize(
    ("behaviour", "status", "message"),
    [
        ({"forbidden": True}, 403, "This API key may not do that"),
        ({"plan_limit": True}, 422, "You have reached the import limits of your plan"),
    ],
)
@pytest.mark.parametrize("error_list", [False, True])
def test_an_account_may_be_refused_in_either_shape(
    behaviour: Json, status: int, message: str, error_list: bool
) -> None:
    with stand_in(**behaviour, error_list=error_list) as provider:
        answer = provider.bulk(contacts(2))
        accepted = provider.ledger()["requests"]

    assert (answer.status_code, accepted) == (status, [])
    assert answer.json() == (
        {"errors": [message]} if error_list else {"error": status, "message": message}
    )


def test_a_refusal_for_credits_may_come_in_a_list() -> None:
    with stand_in(balance=0, error_list=True) as provider:
        answer = provider.bulk(contacts(2))

    assert answer.json() == {"errors": ["Insufficient enrichment credits"]}


def test_an_account_tells_whose_it_is() -> None:
    with stand_in() as provider:
        account = provider.client.get("/api/v2/account").json()

    assert set(account) == {"email", "name", "organization"}


def test_the_same_batch_sent_twice_is_charged_twice() -> None:
    with stand_in(find_rate=1) as provider:
        ids = [provider.bulk(contacts(2)).json()["enrichment_id"] for _ in range(2)]
        ledger = provider.settled()

    charged = Counter(charge["enrichment_id"] for charge in ledger["charges"])
    assert charged == dict.fromkeys(ids, 2)
    assert ledger["credits"] == 4 * 3


@pytest.mark.parametrize("endpoint", ["bulk", "single"])
def test_personal_emails_need_the_accounts_consent(endpoint: str) -> None:
    with stand_in(consent=False) as provider:

        def ask(kind: str) -> httpx.Response:
            return (
                provider.bulk(contacts(2), kind)
                if endpoint == "bulk"
                else provider.single(contact(), kind)
            )

        refused = ask("personal_email")
        accepted_before = provider.ledger()["requests"]
        others = [ask("email").status_code, ask("phone").status_code]
        provider.change(consent=True)
        accepted = ask("personal_email").status_code

    assert refused.status_code == 422
    assert refused.json()["message"] == CONSENT
    assert accepted_before == []
    assert [*others, accepted] == [202, 202, 202]


def test_credits_are_checked_for_the_whole_batch_before_any_of_it_is_enqueued() -> None:
    with stand_in(balance=35, price_phone=10, find_rate=1) as provider:
        refused = provider.bulk(contacts(4), "phone")
        untouched = provider.ledger()
        accepted = provider.bulk(contacts(3), "phone")
        single = provider.single(contact(), "phone")
        ledger = provider.settled()
        balance = provider.client.get("/api/v2/credits").json()

    assert refused.status_code == single.status_code == 422
    assert refused.json() == single.json() == {"error": "Insufficient enrichment credits"}
    assert (untouched["requests"], untouched["pending"], untouched["balance"]) == ([], 0, 35)
    assert accepted.status_code == 202
    assert balance == {"search_credits": 500, "enrichment_credits": ledger["balance"]}
    assert ledger["balance"] < 10
    assert ledger["credits"] >= 30


def test_the_ledger_counts_answers_by_endpoint_and_status() -> None:
    with stand_in(balance=6, find_rate=1) as provider:
        provider.bulk(contacts(2))
        provider.bulk(contacts(2))
        provider.bulk(contacts(1))
        provider.poll("some-id")
        provider.poll("another-id")
        answers = provider.ledger()["answers"]

    assert answers == {"POST bulk_enrich 202": 1, "POST bulk_enrich 422": 2, "GET contacts 404": 2}


def test_a_run_tells_what_was_taken_and_charged_since_it_began() -> None:
    with stand_in(find_rate=1) as provider:
        provider.bulk(contacts(3))
        before = provider.settled()
        provider.bulk(contacts(4))
        provider.single(contact())
        after = provider.settled()

    assert ledger_since(before, after) == (
        "the provider's ledger: 5 contacts in 2 requests, 5 found, 15 credits"
    )
    assert ledger_since(after, after) == ledger_since({}, {}) == ""


def test_five_requests_are_served_at_a_time_and_the_rest_are_queued() -> None:
    with stand_in(answer_seconds=0.4) as provider, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: provider.bulk(contacts(2)).status_code, range(8)))
        ledger = provider.ledger()

    assert answers == [202] * 8
    assert (ledger["most_at_a_time"], ledger["most_waiting"]) == (5, 3)


def test_requests_that_queue_are_let_in_when_more_may_be_served() -> None:
    with stand_in(answer_seconds=1, concurrency=1) as provider, ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(provider.bulk, contacts(2)) for _ in range(2)]
        eventually(lambda: provider.ledger()["most_waiting"] == 1)

        provider.change(concurrency=2, answer_seconds=0)

        wait(answers, return_when=FIRST_COMPLETED)
        assert (
            sum(answer.done() for answer in answers) == 1
        )  # the one that came later, while the other is still being served
        assert [answer.result().status_code for answer in answers] == [202, 202]
        assert provider.ledger()["most_at_a_time"] == 2
