"""Pronto's API over HTTP: one POST a batch, and what its answer means (`docs/contract.md`,
*Asking*).

What is assumed about requests and errors rather than documented [A] stands in this module alone:
the name of the country field, the shapes of error bodies, and which words in a 422 tell consent and
credits apart from a contact that is not valid.
"""

import json
import math
import time

import httpx

from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.job import Halt
from enrichment.domain.result import PENDING
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)  # seconds; the answer is only an acknowledgement
_COUNTRIES = "phone_country_codes"  # [A]: described without a name
_WAIT = 30  # seconds before the next try when the provider does not say
_MOST_ANSWER = 64 << 10  # bytes of an answer that are read
_MOST_READING = 10.0  # seconds for which an answer's body is read, however slowly it drips

# Nothing had left when these were raised: no connection, no TLS, no free connection, no such URL.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class Pronto:
    """The bulk and single endpoints.

    Args:
        client: an httpx client; its transport is the seam for tests.
        base_url: of API version 2, such as `https://app.prontohq.com/api/v2`.
    """

    def __init__(self, client: httpx.Client, base_url: str) -> None:
        self._client, self._base = client, base_url.rstrip("/")

    def enrich(
        self,
        contacts: list[tuple[Contact, str]],
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
        bodies = [
            contact.model_dump(exclude_none=True) | {"custom": {"token": token}}
            for contact, token in contacts
        ]
        common: dict[str, object] = {"webhook_url": webhook_url, "enrichment_type": [wanted.value]}
        if countries:
            common[_COUNTRIES] = list(countries)
        if len(bodies) == 1:
            return self._post("single_enrich", bodies[0] | common, api_key)
        return self._post("bulk_enrich", {"contacts": bodies, **common}, api_key)

    def poll(self, enrichment_id: str, api_key: str) -> dict[str, object] | None:
        """The finished result of a single enrichment; None while it is pending or cannot be had.
        Costs nothing [D].
        """
        try:
            answer = self._client.get(
                f"{self._base}/contacts/{enrichment_id}",
                headers=_headers(api_key),
                timeout=_TIMEOUT,
            )
        except httpx.HTTPError:
            return None
        body = _json(answer.content) if answer.status_code == httpx.codes.OK else None
        return body if body and body.get("status", PENDING) != PENDING else None

    def credits_left(self, api_key: str) -> int | None:
        """The account's credits, which costs nothing to ask; None when the answer cannot be
        understood.

        Its shape is not documented [A]: the first number below a name that speaks of credits or a
        balance, and not of what is used or allowed, counts.
        """
        try:
            answer = self._client.get(
                f"{self._base}/credits", headers=_headers(api_key), timeout=_TIMEOUT
            )
        except httpx.HTTPError:
            return None
        return _balance(_json(answer.content)) if answer.status_code == httpx.codes.OK else None

    def _post(self, endpoint: str, body: dict[str, object], api_key: str) -> Submission:
        url = f"{self._base}/contacts/{endpoint}"
        try:
            with self._client.stream(
                "POST", url, json=body, headers=_headers(api_key), timeout=_TIMEOUT
            ) as answer:
                return _meaning(answer, _content(answer))
        except _BEFORE_SENDING as error:
            return NotSent(_WAIT, f"no connection to the provider ({type(error).__name__})")
        except httpx.HTTPError as error:
            return Unclear(
                f"the connection broke before the answer was complete ({type(error).__name__})"
            )


def _balance(body: dict[str, object]) -> int | None:
    for name, value in body.items():
        if isinstance(value, dict) and (inner := _balance(value)) is not None:
            return inner
        words = name.casefold()
        speaks = any(word in words for word in ("credit", "balance", "remaining")) and not any(
            word in words for word in ("used", "spent", "total", "limit")
        )
        if (
            speaks
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
        ):
            return int(value)
    return None


def _content(answer: httpx.Response) -> bytes:
    """What can be had of a body, up to a bound: the status alone decides, so a body that breaks off
    loses nothing.
    """
    if "Content-Encoding" in answer.headers:
        return b""  # we asked for none; a compressed body could unpack to anything
    content = b""
    end = time.monotonic() + _MOST_READING
    try:
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > _MOST_ANSWER or time.monotonic() > end:
                break
    except httpx.HTTPError:
        pass
    return content


def _meaning(answer: httpx.Response, content: bytes) -> Submission:
    body = _json(content)
    status = answer.status_code
    if answer.is_success:
        identifier = body.get("enrichment_id")
        return Accepted(identifier if isinstance(identifier, str) else None)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return NotSent(
            _seconds(answer.headers.get("Retry-After")), "the provider asks to slow down"
        )
    message = _message(body)
    if status == httpx.codes.UNAUTHORIZED:
        return Refused(Halt.BAD_KEY, message)
    if status == httpx.codes.UNPROCESSABLE_ENTITY:
        halt = _halt(message)
        return Refused(halt, message) if halt else Invalid(message)
    if answer.is_server_error:
        return Unclear(f"the provider answered {status}")
    return Unclear(f"the provider answered {status}", Halt.UNEXPECTED)


def _halt(message: str) -> Halt | None:
    """Why a 422 would come for every batch; None when it is about this batch's contacts."""
    words = message.casefold()
    if "credit" in words:
        return Halt.NO_CREDITS
    if "consent" in words:
        return Halt.NO_CONSENT
    return None


def _message(body: dict[str, object]) -> str:
    """The words of an error in either shape [A]: `{"error": "…"}` or `{"error": 400, "message":
    "…"}`.
    """
    for field in ("message", "error"):
        if isinstance(text := body.get(field), str):
            return text[:500]
    return ""


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
