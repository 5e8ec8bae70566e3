"""What is sent to the provider, and what each of its answers means."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from enrichment.adapters.provider import Pronto
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.job import Halt
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear
from local.provider.contract import CONSENT_MESSAGE, CREDITS_MESSAGE, bulk_order, single_order
from tests.unit.builders import a_contact

BASE = "https://provider.example/api/v2"
HOOK = "https://hooks.example/webhook"
KEY = "the-api-key"
TWO = [
    (a_contact(domain="acme.com"), "token-1"),
    (a_contact(firstname="John", company_name="Acme"), "token-2"),
]

Answer = httpx.Response | Exception


class Provider:
    """Gives one answer to every request, and keeps the requests."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def pronto(self) -> Pronto:
        return Pronto(httpx.Client(transport=httpx.MockTransport(self)), BASE + "/")

    def enrich(
        self,
        contacts: list[tuple[Contact, str]] = TWO,
        wanted: EnrichmentType = EnrichmentType.EMAIL,
        countries: tuple[str, ...] = (),
    ) -> Submission:
        return self.pronto().enrich(contacts, wanted, countries, HOOK, KEY)

    @property
    def body(self) -> dict[str, Any]:
        (request,) = self.requests
        body: dict[str, Any] = json.loads(request.content)
        return body


class Body(httpx.SyncByteStream):
    """A body that comes in chunks, and breaks off at the end if told so; it knows how much was
    taken.
    """

    def __init__(self, *chunks: bytes, breaks_off: bool = False) -> None:
        self.taken = 0
        self._chunks, self._breaks_off = chunks, breaks_off

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.taken += len(chunk)
            yield chunk
        if self._breaks_off:
            raise httpx.ReadError("connection reset")


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


ACCEPTED = b'{"enrichment_id": "e-1"}'


@pytest.mark.parametrize(
    ("response", "submission"),
    [
        (answer(202, {"enrichment_id": "e-1"}), Accepted("e-1")),
        (answer(202, {"enrichment_id": "e-1", "status": "queued", "new": [1]}), Accepted("e-1")),
        (answer(200, {"enrichment_id": "e-1", "status": "pending"}), Accepted("e-1")),
        (answer(202, {}), Accepted(None)),
        (answer(202, {"enrichment_id": 17}), Accepted(None)),
        (answer(202, ["e-1"]), Accepted(None)),
        (httpx.Response(202), Accepted(None)),
        (httpx.Response(202, html="<h1>Accepted</h1>"), Accepted(None)),
        (httpx.Response(202, content=b"\xff\xfe{"), Accepted(None)),
        (httpx.Response(202, stream=Body(ACCEPTED, breaks_off=True)), Accepted("e-1")),
        (httpx.Response(202, stream=Body(ACCEPTED[:9], breaks_off=True)), Accepted(None)),
        (
            httpx.Response(202, headers={"Content-Encoding": "gzip"}, stream=Body(b"no gzip")),
            Accepted(None),
        ),
        (httpx.Response(202, content=b"[" * 60_000), Accepted(None)),
        (answer(401, {"error": "Invalid API key"}), Refused(Halt.BAD_KEY, "Invalid API key")),
        (httpx.Response(401), Refused(Halt.BAD_KEY, "")),
        (answer(422, {"error": CREDITS_MESSAGE}), Refused(Halt.NO_CREDITS, CREDITS_MESSAGE)),
        (
            answer(422, {"error": 422, "message": CREDITS_MESSAGE}),
            Refused(Halt.NO_CREDITS, CREDITS_MESSAGE),
        ),
        (
            answer(422, {"errors": ["Unprocessable", f"{CREDITS_MESSAGE}."]}),
            Refused(Halt.NO_CREDITS, f"Unprocessable; {CREDITS_MESSAGE}."),
        ),
        (
            answer(422, {"errors": ["No such company", 7, None, "No such name"]}),
            Invalid("No such company; No such name"),
        ),
        (answer(403, {"errors": ["Forbidden"]}), Refused(Halt.BAD_KEY, "Forbidden")),
        (httpx.Response(403), Refused(Halt.BAD_KEY, "")),
        # For e-mails it makes no sense, so it is nothing that is known.
        (answer(422, {"error": CONSENT_MESSAGE}), Invalid(CONSENT_MESSAGE)),
        (
            answer(422, {"error": 422, "message": "firstname is required"}),
            Invalid("firstname is required"),
        ),
        (httpx.Response(422, html="<h1>Unprocessable</h1>"), Invalid("")),
        (httpx.Response(422, stream=Body(b'{"error"', breaks_off=True)), Invalid("")),
        (
            answer(422, {"error": "Unprocessable", "message": CREDITS_MESSAGE}),
            Refused(Halt.NO_CREDITS, CREDITS_MESSAGE),
        ),
        (answer(429, {}, Retry_After="7"), NotSent(7, "the provider asks to slow down")),
        (answer(429, {}), NotSent(30, "the provider asks to slow down")),
        (answer(429, {}, Retry_After="soon"), NotSent(30, "the provider asks to slow down")),
        (answer(429, {}, Retry_After="-5"), NotSent(30, "the provider asks to slow down")),
        (
            answer(429, {}, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"),
            NotSent(30, "the provider asks to slow down"),
        ),
        (
            httpx.Response(429, headers=[(b"Retry-After", "²".encode())]),
            NotSent(30, "the provider asks to slow down"),
        ),
        (answer(500, {"error": "no"}), Unclear("the provider answered 500")),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), Unclear("the provider answered 502")),
        (
            answer(302, {}, Location=f"{BASE}/elsewhere"),
            Unclear("the provider answered 302", Halt.UNEXPECTED),
        ),
        (answer(404, {"error": 404}), Unclear("the provider answered 404", Halt.UNEXPECTED)),
        (answer(400, {"error": 400}), Unclear("the provider answered 400", Halt.UNEXPECTED)),
        (
            httpx.ConnectError("refused"),
            NotSent(30, "no connection to the provider (ConnectError)"),
        ),
        (
            httpx.ConnectTimeout("slow"),
            NotSent(30, "no connection to the provider (ConnectTimeout)"),
        ),
        (httpx.PoolTimeout("busy"), NotSent(30, "no connection to the provider (PoolTimeout)")),
        (
            httpx.ReadTimeout("slow"),
            Unclear("the connection broke before the answer was complete (ReadTimeout)"),
        ),
        (
            httpx.ReadError("reset"),
            Unclear("the connection broke before the answer was complete (ReadError)"),
        ),
        (
            httpx.WriteError("reset"),
            Unclear("the connection broke before the answer was complete (WriteError)"),
        ),
        (
            httpx.WriteTimeout("slow"),
            Unclear("the connection broke before the answer was complete (WriteTimeout)"),
        ),
        (
            httpx.RemoteProtocolError("closed"),
            Unclear("the connection broke before the answer was complete (RemoteProtocolError)"),
        ),
    ],
    ids=lambda value: (
        f"{value.status_code}" if isinstance(value, httpx.Response) else type(value).__name__
    ),
)
def test_each_answer_has_its_meaning_and_nothing_is_sent_twice(
    response: Answer, submission: Submission
) -> None:
    provider = Provider(response)
    assert provider.enrich() == submission
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"error": CONSENT_MESSAGE},
        {"error": 422, "message": CONSENT_MESSAGE},
        {"errors": [CONSENT_MESSAGE.replace("'", "’")]},
    ],
)
def test_only_where_it_is_needed_is_the_sentence_about_consent_the_accounts(
    body: dict[str, Any],
) -> None:
    submission = Provider(answer(422, body)).enrich(wanted=EnrichmentType.PERSONAL_EMAIL)
    assert isinstance(submission, Refused)
    assert submission.halt is Halt.NO_CONSENT


@pytest.mark.parametrize("wanted", EnrichmentType)
@pytest.mark.parametrize(
    "message",
    [
        "lastname 'Unacceptable Credit Risk' is not valid",
        "company_name 'Credit Suisse' is not known",
        "creditagricole.fr has no mail server",
        "Insufficient enrichment credits GmbH is not known",
        "without consenting with our terms of use",
    ],
)
def test_what_only_speaks_of_credit_or_consent_is_the_contacts(
    message: str, wanted: EnrichmentType
) -> None:
    assert Provider(answer(422, {"error": message})).enrich(wanted=wanted) == Invalid(message)


def test_half_a_character_in_a_message_can_be_stored() -> None:
    body = rb'{"errors": ["Acme \ud83d is not known"]}'
    refused = Provider(httpx.Response(422, content=body)).enrich()
    assert refused == Invalid("Acme \N{REPLACEMENT CHARACTER} is not known")


@pytest.mark.parametrize(
    "message",
    [
        "You have reached your import limits",
        "Plan limit exceeded: upgrade to go on",
        "This exceeds the limits of your account (plan_limit)",
    ],
)
def test_a_limit_of_the_plan_is_not_a_contacts(message: str) -> None:
    refused = Provider(answer(422, {"errors": [message]})).enrich()
    assert refused == Refused(Halt.PLAN_LIMIT, message)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"company_name": "Plan Limit Consulting"}, "Plan Limit Consulting is not known"),
        ({"firstname": "Import", "lastname": "Limits"}, "nobody is called Import Limits"),
        ({"domain": "plan-limit.fr"}, "PLAN-LIMIT.FR has no mail server"),
        ({"domain": "acme.com"}, "contact 3: over the plan limit of 100 characters"),
    ],
)
def test_a_contact_that_is_called_a_plan_limit_pauses_nothing(
    named: dict[str, str], message: str
) -> None:
    contacts = [*TWO, (a_contact(**named), "token-3")]
    assert isinstance(Provider(answer(422, {"error": message})).enrich(contacts), Invalid)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("contact 0: lastname is required", "lastname is required"),
        ("Contact #10 - lastname is required", "lastname is required"),
        ("contacts[3].lastname is required", "lastname is required"),
        ("contacts[3]: domain is required", "domain is required"),
        ("The lastname of contact 10 is not valid.", "The lastname of a contact is not valid."),
        ("2 contacts are not valid", "2 contacts are not valid"),
    ],
)
def test_a_contacts_place_in_its_batch_is_not_told(message: str, told: str) -> None:
    assert Provider(answer(422, {"error": 422, "message": message})).enrich() == Invalid(told)


UNSAFE = ["", "../credits", "e/1", "e-1?x=1", "é", "e 1", "e-1\n", "x" * 65]


@pytest.mark.parametrize("identifier", UNSAFE)
def test_an_id_that_would_change_an_address_is_neither_kept_nor_asked_for(identifier: str) -> None:
    provider = Provider(answer(202, {"enrichment_id": identifier}))
    assert provider.enrich() == Accepted(None)
    assert provider.pronto().poll(identifier, KEY) is None
    assert len(provider.requests) == 1


@pytest.mark.parametrize(("status", "submission"), [(202, Accepted(None)), (422, Invalid(""))])
def test_a_body_beyond_the_limit_is_not_read_to_its_end(
    status: int, submission: Submission
) -> None:
    body = Body(*[b" " * 10_000] * 100, ACCEPTED)
    provider = Provider(httpx.Response(status, stream=body))
    assert provider.enrich() == submission
    assert body.taken < 100_000


@pytest.mark.parametrize("path", ["contacts", "credits"])
def test_what_is_looked_up_is_not_read_beyond_the_limit_either(path: str) -> None:
    body = Body(*[b" " * 10_000] * 100, b'{"status": "finished", "credits": 5}')
    pronto = Provider(httpx.Response(200, stream=body)).pronto()
    assert (pronto.credits_left(KEY) if path == "credits" else pronto.poll("e-1", KEY)) is None
    assert body.taken < 100_000


def test_a_long_message_of_the_provider_is_cut() -> None:
    submission = Provider(answer(422, {"error": "x" * 2000})).enrich()
    assert isinstance(submission, Invalid)
    assert len(submission.message) == 500


def test_a_batch_goes_to_the_bulk_endpoint_with_the_documented_fields_and_no_other() -> None:
    full = a_contact(
        domain="acme.com", company_name="Acme", linkedin_url="https://www.linkedin.com/in/jane"
    )
    provider = Provider(answer(202, {}))
    provider.enrich([(full, "token-1"), (a_contact(company_name="Société"), "token-2")])

    (request,) = provider.requests
    assert (request.method, str(request.url)) == ("POST", f"{BASE}/contacts/bulk_enrich")
    assert request.headers["X-API-KEY"] == KEY
    assert request.headers["Content-Type"] == "application/json"
    assert provider.body == {
        "contacts": [
            {
                "firstname": "Jane",
                "lastname": "Doe",
                "domain": "acme.com",
                "company_name": "Acme",
                "linkedin_url": "https://www.linkedin.com/in/jane",
                "custom": {"token": "token-1"},
            },
            {
                "firstname": "Jane",
                "lastname": "Doe",
                "company_name": "Société",
                "custom": {"token": "token-2"},
            },
        ],
        "webhook_url": HOOK,
        "enrichment_type": ["email"],
    }
    assert KEY not in request.content.decode()
    assert bulk_order(provider.body).webhook_url == HOOK


def test_one_contact_goes_to_the_single_endpoint_flat() -> None:
    page = "https://www.linkedin.com/in/jane"
    provider = Provider(answer(200, {}))
    provider.enrich([(a_contact(linkedin_url=page), "token-1")], EnrichmentType.PHONE, ("FR", "BE"))

    (request,) = provider.requests
    assert (request.method, str(request.url)) == ("POST", f"{BASE}/contacts/single_enrich")
    assert request.headers["X-API-KEY"] == KEY
    assert provider.body == {
        "firstname": "Jane",
        "lastname": "Doe",
        "linkedin_url": page,
        "custom": {"token": "token-1"},
        "webhook_url": HOOK,
        "enrichment_type": ["phone"],
        "phone_country_codes": ["FR", "BE"],
    }
    assert single_order(provider.body).countries == {"FR", "BE"}


@pytest.mark.parametrize("wanted", EnrichmentType)
def test_a_batch_asks_for_exactly_one_type_and_for_no_country_by_itself(
    wanted: EnrichmentType,
) -> None:
    provider = Provider(answer(202, {}))
    provider.enrich(wanted=wanted)
    assert provider.body["enrichment_type"] == [wanted.value]
    assert "phone_country_codes" not in provider.body


FINISHED = {"enrichment_id": "e-1", "status": "finished", "email": None}


@pytest.mark.parametrize(
    ("response", "result"),
    [
        (answer(200, FINISHED), FINISHED),
        (answer(200, {"status": "pending"}), None),
        (answer(200, {"status": "In progress"}), None),
        (answer(200, {"status": "completed"}), {"status": "completed"}),
        (answer(200, {}), None),
        (answer(200, {"email": "jane@acme.com"}), None),
        (answer(200, []), None),
        (answer(404, FINISHED), None),
        (answer(500, FINISHED), None),
        (httpx.Response(200, html="<h1>Hello</h1>"), None),
        (httpx.ReadTimeout("slow"), None),
        (httpx.ConnectError("refused"), None),
    ],
)
def test_only_a_finished_result_is_polled(
    response: Answer, result: dict[str, object] | None
) -> None:
    provider = Provider(response)
    assert provider.pronto().poll("e-1", KEY) == result
    (request,) = provider.requests
    assert (request.method, str(request.url), request.headers["X-API-KEY"]) == (
        "GET",
        f"{BASE}/contacts/e-1",
        KEY,
    )


@pytest.mark.parametrize(
    ("response", "credits_"),
    [
        (answer(200, {"credits": 120}), 120),
        (answer(200, {"balance": 0}), 0),
        (answer(200, {"data": {"remaining": 7.9}}), 7),
        (answer(200, {"plan": 3, "Credits": {"balance": 4}}), 4),
        (answer(200, {"search_credits": 900, "enrichment_credits": 35}), 35),
        (answer(200, {"credits": {"search": {"left": 900}, "enrichment": {"left": 35}}}), 35),
        (answer(200, {"enrichment_credits": {"used": 5, "available": 0}, "credits": 9}), 0),
        (answer(200, {"credits": 9, "enrichment_credits": 35}), 35),
        (answer(200, {"search_credits": 900}), None),
        (answer(200, {"search_credits": 900, "credits": 35}), 35),
        (answer(200, {"credits": True}), None),
        (answer(200, {"credits": "many"}), None),
        (httpx.Response(200, content=b'{"credits": Infinity}'), None),
        (httpx.Response(200, content=b'{"credits": NaN}'), None),
        (answer(200, {"credits": 10**60}), None),
        (answer(200, [120]), None),
        (httpx.Response(200, html="<h1>120 credits</h1>"), None),
        (answer(401, {"credits": 120}), None),
        (httpx.ConnectError("refused"), None),
    ],
)
def test_credits_are_read_from_what_can_be_understood(
    response: Answer, credits_: int | None
) -> None:
    provider = Provider(response)
    assert provider.pronto().credits_left(KEY) == credits_
    (request,) = provider.requests
    assert (request.method, str(request.url), request.headers["X-API-KEY"]) == (
        "GET",
        f"{BASE}/credits",
        KEY,
    )


@pytest.mark.parametrize("make", [httpx.ReadTimeout, httpx.ConnectError])
def test_what_is_written_down_of_a_failure_holds_no_contact_and_no_key(
    make: Callable[[str], Exception],
) -> None:
    submission = Provider(make(f"Jane Doe {KEY} token-1")).enrich()
    assert isinstance(submission, NotSent | Unclear)
    assert not any(secret in submission.reason for secret in ("Jane", KEY, "token-1"))
