"""Pronto's API over HTTP: one POST a batch, and what its answer means (`docs/contract.md`,
*Asking*).

What is read out of clients or assumed rather than documented [V, A] stands in this module alone:
the shapes of error bodies and of balances, and the sentences that a 422 says of the account. Its
other words mean nothing: they may quote a contact whose name is Credit.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum

import httpx

from enrichment.domain.characters import whole
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.job import Halt
from enrichment.domain.limits import MOST_CREDITS
from enrichment.domain.result import is_final
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)  # seconds; the answer is only an acknowledgement
_LOOK = httpx.Timeout(10.0, connect=5.0)  # seconds; what is only looked up can be looked up later
_COUNTRIES = "phone_country_codes"
_WAIT = 30  # seconds before the next try when the provider does not say
_MOST_ANSWER = 64 << 10  # bytes of an answer that are read
_LONGEST_READ = 10.0  # seconds

# Nothing had left when these were raised: no connection, no TLS, no free connection, no such URL.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")  # of an enrichment; it becomes part of an address

# What a 422 says of the account, word for word [D, V].
_NO_CONSENT = (
    "you can't use the personal email enrichment feature without consenting with our terms of use"
)
_NO_CREDITS = "insufficient enrichment credits"
_PLAN_LIMIT = re.compile(r"\b(?:import|plan) limits?\b")

# Contacts are counted by their place in a batch, which is no row of anybody's file.
_PLACE = r"\b(?:contact|row|record|item|entry|index|line)s?(?:\s*\[\s*\d+\s*\]|\s*#?\s*\d+)"
_LEADING_PLACE = re.compile(rf"^\W*{_PLACE}\W*|{_PLACE}\.(?=\w)", re.IGNORECASE)
_ANY_PLACE = re.compile(_PLACE, re.IGNORECASE)

_SENT = list[tuple[Contact, str]]


class Reached(StrEnum):
    """What became of a look at the provider with this installation's key."""

    SERVES = "serves"
    REFUSES_KEY = "refuses_key"  # 401 or 403
    ANSWERS_ODDLY = "answers_oddly"  # another status than 200
    SILENT = "silent"  # no connection, or no answer in time


class Pronto:
    """The bulk and single endpoints.

    Args:
        client: an httpx client; its transport is the seam for tests.
        base_url: of API version 2, such as `https://app.prontohq.com/api/v2`.
        longest_read: seconds for which an answer's body is read, however slowly it drips.
    """

    def __init__(
        self, client: httpx.Client, base_url: str, longest_read: float = _LONGEST_READ
    ) -> None:
        self._client, self._base = client, base_url.rstrip("/")
        self._longest_read = longest_read

    def enrich(
        self,
        contacts: _SENT,
        wanted: EnrichmentType,
        countries: tuple[str, ...],
        webhook_url: str,
        api_key: str,
    ) -> Submission:
        """Submit a batch with exactly one POST, never repeated here: there is no idempotency key
        [D].

        Args:
            contacts: 1 to 100 contacts, each with the token that its webhook is to bring back. One
                goes to the single endpoint, which takes the same fields flat [D].
            wanted: applies to every contact of the batch [S].
            countries: ISO 3166-1 alpha-2 codes; empty for the account's default.
            webhook_url: where results are to be posted.
            api_key: sent as `X-API-KEY` [S].
        """
        endpoint, body = _request(contacts, wanted, countries, webhook_url)
        try:
            with self._post(endpoint, body, api_key) as answer:
                return _meaning(answer, _json(self._content(answer)), contacts, wanted)
        except _BEFORE_SENDING as error:
            return NotSent(_WAIT, f"no connection to the provider ({type(error).__name__})")
        except httpx.HTTPError as error:
            return Unclear(
                f"the connection broke before the answer was complete ({type(error).__name__})"
            )

    def poll(self, enrichment_id: str, api_key: str) -> dict[str, object] | None:
        """The finished result of a single enrichment; None while it is pending or cannot be had.
        Costs nothing [D].
        """
        body = (
            self._look(f"contacts/{enrichment_id}", api_key) if _ID.fullmatch(enrichment_id) else {}
        )
        return body if isinstance(body.get("status"), str) and is_final(body) else None

    def credits_left(self, api_key: str) -> int | None:
        """The account's credits for enrichment, which costs nothing to ask; None when the answer
        cannot be understood.

        Its shape is not documented. There may be several balances, such as `search_credits` and
        `enrichment_credits` [V].
        """
        balances = list(_balances(self._look("credits", api_key), ""))
        enrichment = [balance for name, balance in balances if "enrich" in name]
        others = [balance for name, balance in balances if "search" not in name]
        return next(iter(enrichment + others), None)

    def reach(self, api_key: str) -> Reached:
        """Whether the provider can be reached with the key, by a look at the balance, which costs
        nothing.
        """
        try:
            with self._client.stream(
                "GET", f"{self._base}/credits", headers=_headers(api_key), timeout=_LOOK
            ) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            return Reached.SILENT
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return Reached.REFUSES_KEY
        return Reached.SERVES if status == httpx.codes.OK else Reached.ANSWERS_ODDLY

    def _post(
        self, endpoint: str, body: dict[str, object], api_key: str
    ) -> AbstractContextManager[httpx.Response]:
        url = f"{self._base}/contacts/{endpoint}"
        return self._client.stream(
            "POST", url, json=body, headers=_headers(api_key), timeout=_TIMEOUT
        )

    def _look(self, path: str, api_key: str) -> dict[str, object]:
        """What a GET answers, read within the same bounds as what a POST does; empty if nothing
        can be had.
        """
        try:
            with self._client.stream(
                "GET", f"{self._base}/{path}", headers=_headers(api_key), timeout=_LOOK
            ) as answer:
                return _json(self._content(answer)) if answer.status_code == httpx.codes.OK else {}
        except (httpx.HTTPError, httpx.InvalidURL):
            return {}

    def _content(self, answer: httpx.Response) -> bytes:
        """What can be had of a body, up to a bound: the status alone decides, so a body that breaks
        off loses nothing.
        """
        if "Content-Encoding" in answer.headers:
            return b""  # we asked for none; a compressed body could unpack to anything
        content = b""
        end = time.monotonic() + self._longest_read
        try:
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _MOST_ANSWER or time.monotonic() > end:
                    break
        except httpx.HTTPError:
            pass
        return content


def _request(
    contacts: _SENT, wanted: EnrichmentType, countries: tuple[str, ...], webhook_url: str
) -> tuple[str, dict[str, object]]:
    """The endpoint and the body for a batch."""
    common: dict[str, object] = {"webhook_url": webhook_url, "enrichment_type": [wanted.value]}
    if countries:
        common[_COUNTRIES] = list(countries)
    bodies = [contact.fields() | {"custom": {"token": token}} for contact, token in contacts]
    if len(bodies) == 1:
        return "single_enrich", bodies[0] | common
    return "bulk_enrich", {"contacts": bodies, **common}


def _balances(body: dict[str, object], above: str) -> Iterator[tuple[str, int]]:
    """The numbers that speak of what is left, each with its name and the names above it."""
    for own, value in body.items():
        name = f"{above} {own}".casefold()
        if isinstance(value, dict):
            yield from _balances(value, name)
        elif (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(value) <= MOST_CREDITS  # nor infinite, nor what is no number
            and _speaks_of_credits(own.casefold(), name)
        ):
            yield name, int(value)


def _speaks_of_credits(own: str, whole: str) -> bool:
    plain, only_below = ("credit", "balance", "remaining"), ("enrich", "left", "available")
    return (
        any(word in whole for word in plain)
        and any(word in own for word in (*plain, *only_below))
        and not any(word in own for word in ("used", "spent", "total", "limit"))
    )


def _meaning(
    answer: httpx.Response, body: dict[str, object], contacts: _SENT, wanted: EnrichmentType
) -> Submission:
    status = answer.status_code
    if answer.is_success:
        identifier = body.get("enrichment_id")
        safe = isinstance(identifier, str) and _ID.fullmatch(identifier)
        return Accepted(identifier if isinstance(identifier, str) and safe else None)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return NotSent(
            _seconds(answer.headers.get("Retry-After")), "the provider asks to slow down"
        )
    message = _without_places("; ".join(_told(body)))[:500]
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Refused(Halt.BAD_KEY, message)
    if status == httpx.codes.UNPROCESSABLE_ENTITY:
        halt = _halt(body, contacts, wanted)
        return Refused(halt, message) if halt else Invalid(message)
    if answer.is_server_error:
        return Unclear(f"the provider answered {status}")
    return Unclear(f"the provider answered {status}", Halt.UNEXPECTED)


def _halt(body: dict[str, object], contacts: _SENT, wanted: EnrichmentType) -> Halt | None:
    """Why a 422 would come for every batch; None unless it says so in the known sentences."""
    for sentence in _told(body):
        words = " ".join(sentence.casefold().replace("’", "'").split()).rstrip(".! ")
        if words == _NO_CREDITS:
            return Halt.NO_CREDITS
        if words == _NO_CONSENT and wanted is EnrichmentType.PERSONAL_EMAIL:
            return Halt.NO_CONSENT
        if _is_of_the_plan(sentence, contacts):
            return Halt.PLAN_LIMIT
    return None


def _is_of_the_plan(sentence: str, contacts: _SENT) -> bool:
    """Whether a sentence speaks of the plan's limits, points at no contact, and cannot have the
    words from one.
    """
    if _ANY_PLACE.search(sentence) or not _PLAN_LIMIT.search(_words(sentence)):
        return False
    texts = (_words(" ".join(contact.fields().values())) for contact, _ in contacts)
    return not any(_PLAN_LIMIT.search(text) for text in texts)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _without_places(message: str) -> str:
    return _ANY_PLACE.sub("a contact", _LEADING_PLACE.sub("", message))


def _told(body: dict[str, object]) -> list[str]:
    """The sentences of an error, in whichever shape [V]: `{"error": "…"}`, `{"error": 400,
    "message": "…"}` or `{"errors": ["…", "…"]}`.
    """
    several = body.get("errors")
    each = (body.get("message"), *(several if isinstance(several, list) else [several]))
    told = [whole(text) for text in each if isinstance(text, str) and text.strip()]
    error = body.get("error")
    return told or ([whole(error)] if isinstance(error, str) else [])


def _json(content: bytes) -> dict[str, object]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else _WAIT


def _headers(api_key: str) -> dict[str, str]:
    return {"X-API-KEY": api_key, "Accept-Encoding": "identity"}
