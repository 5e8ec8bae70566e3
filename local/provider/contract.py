"""The rules of the provider's API as pure functions: what is rejected with which words, and what is found for whom."""

import hashlib
import random
import re
from dataclasses import dataclass
from typing import Any

TYPES = ("email", "phone", "personal_email")
MIN_BULK, MAX_BULK = 2, 100
CONSENT_MESSAGE = "You can't use the personal email enrichment feature without consenting with our terms of use"
CREDITS_MESSAGE = "Insufficient enrichment credits"

# Country, calling code, and digits after it: enough to make numbers that pass for real ones.
_PHONES = (("US", "+1201555", 4), ("FR", "+3361234", 4), ("GB", "+4479111", 5), ("DE", "+4915112", 6), ("BE", "+3247012", 4))


@dataclass(frozen=True)
class Refusal(Exception):
    """A request that is not accepted; `body` is the answer's JSON."""

    status: int
    body: dict[str, Any]


def invalid(message: str, status: int = 422) -> Refusal:
    return Refusal(status, {"error": status, "message": message})


@dataclass(frozen=True)
class Order:
    """A valid request: contacts as they were sent, and what to do with all of them."""

    contacts: list[dict[str, Any]]
    type: str
    webhook_url: str
    countries: frozenset[str] | None


def bulk_order(body: Any) -> Order:
    """Check a bulk body; one bad contact refuses all."""
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object", 400)
    contacts = body.get("contacts")
    if not isinstance(contacts, list):
        raise invalid("contacts must be an array")
    if len(contacts) < MIN_BULK:
        raise invalid(f"contacts must hold at least {MIN_BULK} contacts")
    if len(contacts) > MAX_BULK:
        raise invalid(f"contacts must hold at most {MAX_BULK} contacts")
    return _order(contacts, body, "contacts[{}]")


def single_order(body: Any) -> Order:
    """Check a single body: one contact, flat."""
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object", 400)
    return _order([body], body, "the contact")


def _order(contacts: list[Any], body: dict[str, Any], name: str) -> Order:
    types = body.get("enrichment_type")
    if not isinstance(types, list) or len(types) != 1 or types[0] not in TYPES:
        raise invalid(f"enrichment_type must be an array of exactly one of: {', '.join(TYPES)}")
    webhook = body.get("webhook_url")
    if not isinstance(webhook, str) or not re.match(r"https?://[^/\s]+", webhook):
        raise invalid("webhook_url must be an http(s) URL")
    for position, contact in enumerate(contacts):
        _check_contact(contact, types[0], name.format(position))
    return Order(contacts, types[0], webhook, _countries(body.get("phone_country_codes")))


def _check_contact(contact: Any, wanted: str, name: str) -> None:
    if not isinstance(contact, dict):
        raise invalid(f"{name} must be an object")
    for field in ("firstname", "lastname"):
        if not _text(contact, field):
            raise invalid(f"{name}: {field} is required")
    if wanted == "email" and not (_text(contact, "domain") or _text(contact, "company_name")):
        raise invalid(f"{name}: domain or company_name is required for email")
    if wanted != "email" and not _text(contact, "linkedin_url"):
        raise invalid(f"{name}: linkedin_url is required for {wanted}")
    if "custom" in contact and not isinstance(contact["custom"], dict):
        raise invalid(f"{name}: custom must be an object")


def _countries(codes: Any) -> frozenset[str] | None:
    if codes is None:
        return None
    if not isinstance(codes, list) or not all(isinstance(code, str) and re.fullmatch("[A-Z]{2}", code) for code in codes):
        raise invalid("phone_country_codes must be an array of ISO 3166-1 alpha-2 codes")
    return frozenset(codes)


def _text(contact: dict[str, Any], field: str) -> str:
    value = contact.get(field)
    return value.strip() if isinstance(value, str) else ""


def findings(contact: dict[str, Any], wanted: str, find_rate: float, countries: frozenset[str] | None) -> dict[str, Any]:
    """What is found for a contact: the same for the same person at every request, in every process."""
    who = "\n".join(
        _text(contact, field).casefold() for field in ("firstname", "lastname", "domain", "company_name", "linkedin_url")
    )
    chance = random.Random(hashlib.sha256(f"{wanted}\n{who}".encode()).digest())
    found = chance.random() < find_rate
    match wanted:
        case "email":
            status = chance.choices(("deliverable", "catch-all"), (4, 1))[0]
            return (
                {"email": _address(contact, "example.com"), "email_status": status}
                if found
                else {"email": None, "email_status": "N/A"}
            )
        case "personal_email":
            status = chance.choices(("valid", "catch-all", "invalid"), (6, 2, 1))[0]
            address = _address({**contact, "domain": "mail.example.org"}, "")
            return {"personal_email": address if found else None, "personal_email_status": status if found else "N/A"}
        case _:
            lines = chance.sample(_PHONES, k=chance.choice((1, 1, 2, 3))) if found else []
            numbers = [(country, start + "".join(chance.choices("0123456789", k=digits))) for country, start, digits in lines]
            return {"phone": [number for country, number in numbers if countries is None or country in countries]}


def _address(contact: dict[str, Any], fallback: str) -> str:
    names = (_text(contact, "firstname"), _text(contact, "lastname"))
    local = ".".join(
        re.sub(r"[^a-z0-9]+", "", name.casefold()) or hashlib.sha256(name.encode()).hexdigest()[:6] for name in names
    )
    company = re.sub(r"[^a-z0-9]+", "", _text(contact, "company_name").casefold())
    return f"{local}@{_text(contact, 'domain') or (company and company + '.example') or fallback}"
