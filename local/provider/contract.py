"""The rules of the provider's API as pure functions: what is rejected with which words, and what is
found for whom.
"""

import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from iso3166 import countries_by_alpha2

TYPES = ("email", "phone", "personal_email")
MIN_BULK, MAX_BULK = 2, 100
CONSENT_MESSAGE = (
    "You can't use the personal email enrichment feature without consenting with our terms of use"
)
CREDITS_MESSAGE = "Insufficient enrichment credits"
PLAN_MESSAGE = "You have reached the import limits of your plan"

ACCOUNT = {
    "email": "admin@example.com",
    "name": "Local Admin",
    "organization": {"name": "Example"},
}

PhoneShape = Literal["texts", "objects", "older"]

_CONTACT_TEXTS = ("firstname", "lastname", "domain", "company_name", "linkedin_url")
_COUNTRIES = "phone_country_codes"
_BATCH_FIELDS = frozenset({"enrichment_type", "webhook_url", _COUNTRIES})
_NOTHING = "N/A"

# Country, calling code, and digits after it: enough to make numbers that pass for real ones.
_PHONES = (
    ("US", "+1201555", 4),
    ("FR", "+3361234", 4),
    ("GB", "+4479111", 5),
    ("DE", "+4915112", 6),
    ("BE", "+3247012", 4),
)


class Refusal(Exception):
    """A request that is not accepted; `body` and `headers` are the answer's."""

    def __init__(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, body, headers


def invalid(message: str, status: int = 422) -> Refusal:
    """The refusal of a request that breaks a rule, in the common shape; only the one for credits
    has another.
    """
    return Refusal(status, {"error": status, "message": message})


@dataclass(frozen=True)
class Order:
    """A valid request: contacts as they were sent, and what to do with all of them. No `countries`
    means no restriction.
    """

    contacts: list[dict[str, Any]]
    type: str
    webhook_url: str
    countries: frozenset[str]
    single: bool


def bulk_order(body: Any) -> Order:
    """Check a bulk body; one bad contact refuses all.

    Raises:
        Refusal: what is wrong, the first thing only.
    """
    contacts = _object(body).get("contacts")
    if not isinstance(contacts, list):
        raise invalid("contacts must be an array")
    if len(contacts) < MIN_BULK:
        raise invalid(f"contacts must hold at least {MIN_BULK} contacts")
    if len(contacts) > MAX_BULK:
        raise invalid(f"contacts must hold at most {MAX_BULK} contacts")
    wanted = _type(body)
    for position, contact in enumerate(contacts):
        _check_contact(contact, wanted, f"contacts[{position}]")
    return Order(contacts, wanted, _webhook_url(body), _countries(body), single=False)


def single_order(body: Any) -> Order:
    """Check a single body: one contact, flat, with what a batch says once beside its fields.

    Raises:
        Refusal: what is wrong, the first thing only.
    """
    contact = {field: value for field, value in _object(body).items() if field not in _BATCH_FIELDS}
    wanted = _type(body)
    _check_contact(contact, wanted, "the contact")
    return Order([contact], wanted, _webhook_url(body), _countries(body), single=True)


def acknowledgement(order: Order, enrichment_id: str) -> dict[str, Any]:
    """The body of the 202 for an accepted order."""
    if order.single:
        return result(enrichment_id, order.contacts[0], "pending", {})
    return {"enrichment_id": enrichment_id, "status": "queued"}


def result(
    enrichment_id: str, contact: dict[str, Any], status: str, found: dict[str, Any]
) -> dict[str, Any]:
    """One contact's result, as it is polled and as its webhook brings it."""
    return {
        "enrichment_id": enrichment_id,
        "first_name": contact["firstname"],
        "last_name": contact["lastname"],
        "status": status,
        **found,
        "custom": contact.get("custom"),
    }


def findings(
    contact: dict[str, Any],
    wanted: str,
    find_rate: float,
    countries: frozenset[str],
    most_numbers: int = 5,
) -> dict[str, Any]:
    """What is found for a contact: the same for the same person at every request, in every process.

    Who is found at one `find_rate` is found at every higher one too.
    """
    who = "\n".join(_text(contact, field).casefold() for field in _CONTACT_TEXTS)
    chance = random.Random(hashlib.sha256(f"{wanted}\n{who}".encode()).digest())
    found = chance.random() < find_rate
    match wanted:
        case "email":
            status = chance.choices(("deliverable", "catch-all"), (4, 1))[0]
            address = f"{_mailbox(contact)}@{_mail_host(contact)}"
            return {
                "email": address if found else None,
                "email_status": status if found else _NOTHING,
            }
        case "personal_email":
            status = chance.choices(("valid", "catch-all", "invalid"), (6, 2, 1))[0]
            address = f"{_mailbox(contact)}@mail.example.org"
            return {
                "personal_email": address if found else None,
                "personal_email_status": status if found else _NOTHING,
            }
        case _:
            return {"phone": _numbers(chance, countries, most_numbers) if found else []}


def _numbers(chance: random.Random, countries: frozenset[str], most: int) -> list[str]:
    """One to `most` numbers, fewer more often. Those of the wanted countries come before all
    others: of a contact who has none of these, one of another country comes [A].
    """
    few = [1 / count for count in range(1, most + 1)]
    wanted: list[str] = []
    others: list[str] = []
    for _ in range(chance.choices(range(1, most + 1), few)[0]):
        country, start, digits = chance.choice(_PHONES)
        number = start + "".join(chance.choices("0123456789", k=digits))
        (wanted if not countries or country in countries else others).append(number)
    return list(dict.fromkeys(wanted or others[:1]))


def told(
    found: dict[str, Any], shape: PhoneShape, is_shown: Callable[[str], bool]
) -> dict[str, Any]:
    """What was found as a result tells it: phones in one of the shapes that the documentation
    shows.
    """
    if "phone" not in found:
        return found
    numbers = list(filter(is_shown, found["phone"]))
    match shape:
        case "texts":
            return {"phone": numbers}
        case "older":
            return {"phones": numbers}
        case "objects":
            return {"phone": [{"number": number, "type": "mobile"} for number in numbers]}


def units(found: dict[str, Any]) -> int:
    """How often the price of its type is charged for what was found for a contact: once for each
    phone number, once for an e-mail, never for nothing.
    """
    if "phone" in found:
        return len(found["phone"])
    return int(any(found.get(field) for field in ("email", "personal_email")))


def listed(body: dict[str, Any]) -> dict[str, Any]:
    """An error's body in the shape that has a list in it."""
    error = body.get("error")
    return {"errors": [body.get("message") or str(error)]}


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object", 400)
    return body


def _type(body: dict[str, Any]) -> str:
    types = body.get("enrichment_type")
    if not isinstance(types, list) or len(types) != 1 or types[0] not in TYPES:
        raise invalid(f"enrichment_type must be an array of exactly one of: {', '.join(TYPES)}")
    return str(types[0])


def _webhook_url(body: dict[str, Any]) -> str:
    url = body.get("webhook_url")
    if not isinstance(url, str) or not _is_web_address(url):
        raise invalid("webhook_url must be an http(s) URL")
    return url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not re.search(r"\s", url)
        )
    except ValueError:
        return False


def _countries(body: dict[str, Any]) -> frozenset[str]:
    codes = body.get(_COUNTRIES)
    if codes is None:
        return frozenset()
    if not isinstance(codes, list) or not all(
        isinstance(code, str) and code in countries_by_alpha2 for code in codes
    ):
        raise invalid(f"{_COUNTRIES} must be an array of ISO 3166-1 alpha-2 codes")
    return frozenset(codes)


def _check_contact(contact: Any, wanted: str, name: str) -> None:
    if not isinstance(contact, dict):
        raise invalid(f"{name} must be an object")
    for field in _CONTACT_TEXTS:
        if not isinstance(contact.get(field), str | None):
            raise invalid(f"{name}: {field} must be text")
    for field in ("firstname", "lastname"):
        if not _text(contact, field):
            raise invalid(f"{name}: {field} is required")
    if wanted == "email" and not (_text(contact, "domain") or _text(contact, "company_name")):
        raise invalid(f"{name}: domain or company_name is required for email")
    if wanted != "email" and not _text(contact, "linkedin_url"):
        raise invalid(f"{name}: linkedin_url is required for {wanted}")
    if not isinstance(contact.get("custom"), dict | None):
        raise invalid(f"{name}: custom must be an object")


def _text(contact: dict[str, Any], field: str) -> str:
    return (contact.get(field) or "").strip()


def _mailbox(contact: dict[str, Any]) -> str:
    names = (_text(contact, "firstname"), _text(contact, "lastname"))
    return ".".join(_plain(name) or hashlib.sha256(name.encode()).hexdigest()[:6] for name in names)


def _mail_host(contact: dict[str, Any]) -> str:
    company = _plain(_text(contact, "company_name"))
    return _text(contact, "domain").lower() or (f"{company}.example" if company else "example.com")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.casefold())
