"""What the provider tells of one contact, read out of a webhook or a polled answer
(`docs/contract.md`, *Being called back*).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from enrichment.domain.contact import EnrichmentType

_NOTHING = "N/A"  # what the provider writes for 'looked, found none' [D]
_PENDING = "pending"  # what `status` is before it is `finished` [D]

# Statuses that say that the end is still to come; every other is taken for an end [A].
_UNFINISHED = frozenset(
    {_PENDING, "queued", "enqueued", "waiting", "scheduled", "created", "submitted", "accepted"}
    | {"started", "running", "processing", "in progress", "inprogress", "enriching", "retrying"}
)


@dataclass(slots=True, unsafe_hash=True)
class Result:
    """One contact's result. Statuses are open strings [D]; `phones` are E.164, none when nothing
    was found.

    Nobody changes one; see `Contact` for why it is not frozen.
    """

    email: str = ""
    email_status: str = ""
    personal_email: str = ""
    personal_email_status: str = ""
    phones: tuple[str, ...] = ()

    def found(self, wanted: EnrichmentType) -> bool:
        """Whether it holds what the job asked for."""
        return self.things(wanted) > 0

    def things(self, wanted: EnrichmentType) -> int:
        """How many things it holds of what the job asked for: each is charged [V, F]."""
        match wanted:
            case EnrichmentType.EMAIL:
                return bool(self.email)
            case EnrichmentType.PHONE:
                return len(self.phones)
            case EnrichmentType.PERSONAL_EMAIL:
                return bool(self.personal_email)

    @property
    def quality(self) -> str:
        """The provider's word for the e-mail that it found; empty where there is none."""
        return (self.email and self.email_status) or (
            self.personal_email and self.personal_email_status
        )


def result_of(payload: Mapping[str, Any]) -> Result:
    """Read a payload as tolerantly as it is documented: absent, null and odd values count as 'not
    there'.

    Phones may stand in `phone` or `phones`, as a list of strings or of `{"number", "type"}`, or as
    one string [D].
    """
    get = payload.get
    return result_with(
        get("email"),
        get("email_status"),
        get("personal_email"),
        get("personal_email_status"),
        get("phone"),
        get("phones"),
    )


def result_with(
    email: object,
    email_status: object,
    personal_email: object,
    personal_email_status: object,
    phone: object,
    phones: object,
) -> Result:
    """The result in a payload, by the values that it has under these names."""
    return Result(
        _text(email) if email else "",
        _text(email_status, _NOTHING) if email_status else "",
        _text(personal_email) if personal_email else "",
        _text(personal_email_status, _NOTHING) if personal_email_status else "",
        (_phones(phone) if phone else ()) or (_phones(phones) if phones else ()),
    )


def result_in(text: str) -> Result:
    """The result in the text of a payload."""
    return result_of(payload_in(text))


def payload_in(text: str) -> dict[str, Any]:
    """A payload by its text; one that is nested too deeply to be read holds nothing."""
    try:
        # Few texts in it come again, unlike names.
        payload = from_json(text, cache_strings="keys")
        return payload if isinstance(payload, dict) else dict(payload)
    except ValueError:  # it is nested, or has half characters, which JSON may hold
        return _payload_in(text)


def _payload_in(text: str) -> dict[str, Any]:
    """The same in twice the time, as Python's own library reads it."""
    try:
        return dict(json.loads(text))
    except RecursionError:
        return {}


def is_final(payload: Mapping[str, Any]) -> bool:
    """Whether a payload is a contact's result: so it is unless its status says that it is not.

    A webhook comes once, and nothing else would tell us that nobody was found. One that is on its
    way by its own word may hold something all the same, and then counts.
    """
    text = payload.get("status")
    status = (
        " ".join(re.split(r"[\s_-]+", text.strip().casefold())) if isinstance(text, str) else ""
    )
    if status not in _UNFINISHED:
        return True
    return status != _PENDING and any(result_of(payload).found(wanted) for wanted in EnrichmentType)


def _text(value: object, keep: str = "") -> str:
    if not isinstance(value, str):
        return ""
    # JSON may hold half characters.
    whole = value if value.isascii() else value.encode("utf-8", "replace").decode()
    text = whole.strip()
    return "" if text == _NOTHING and text != keep else text


def _phones(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    numbers = (
        _text(entry.get("number") if isinstance(entry, dict) else entry) for entry in entries
    )
    return tuple(dict.fromkeys(number for number in numbers if number))
