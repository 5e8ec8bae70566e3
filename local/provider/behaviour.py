"""How the stand-in behaves in one run."""

import json
import os
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from local.provider.contract import PhoneShape

_PREFIX = "STANDIN_"


class Faults(BaseModel):
    """Misbehaviour, as shares of enrichment requests, webhooks or phone numbers from 0 to 1. Which
    ones it hits follows from the seed.
    """

    model_config = ConfigDict(extra="forbid")

    throttled: float = Field(
        default=0, ge=0, le=1, description="requests answered 429 with nothing enqueued"
    )
    retry_after: int = Field(default=1, ge=0, description="seconds named in a 429")
    broken_before: float = Field(
        default=0, ge=0, le=1, description="requests answered 500 with nothing enqueued"
    )
    broken_after: float = Field(
        default=0, ge=0, le=1, description="requests enqueued and charged, then answered 500"
    )
    silent_after: float = Field(
        default=0,
        ge=0,
        le=1,
        description="requests enqueued and charged, answered only after `silent_seconds`",
    )
    silent_seconds: float = Field(default=60, ge=0)
    webhook_twice: float = Field(default=0, ge=0, le=1, description="webhooks sent twice")
    webhook_late: float = Field(
        default=0,
        ge=0,
        le=1,
        description="webhooks sent `late_seconds` after their result was there",
    )
    late_seconds: float = Field(default=5, ge=0)
    webhook_missing: float = Field(default=0, ge=0, le=1, description="webhooks never sent")
    number_unshown: float = Field(
        default=0, ge=0, le=1, description="phone numbers charged that are not in the result [F]"
    )


class Behaviour(BaseModel):
    """The account and the service, as a run wants them. Prices are those that the provider's own
    client reckons with [V]; its public pages disagree on them [D].
    """

    model_config = ConfigDict(extra="forbid")

    api_key: str = "local-api-key"
    consent: bool = Field(
        default=False, description="whether the account may look for personal e-mails"
    )
    balance: int = Field(
        default=1_000_000,
        description=(
            "credits for enrichment; what is left of them while the stand-in runs, which is less"
            " than 0 when contacts had more numbers than there were credits for"
        ),
    )
    search_balance: int = Field(
        default=500, ge=0, description="credits for searches, which pay for no enrichment"
    )
    plan_limit: bool = Field(
        default=False, description="whether a limit of the plan is reached, so nothing is accepted"
    )
    forbidden: bool = Field(
        default=False, description="whether the key may not do anything, answered 403"
    )
    error_list: bool = Field(
        default=False, description="whether errors come as a list, `errors`, in place of one"
    )
    find_rate: float = Field(
        default=0.7, ge=0, le=1, description="share of contacts for whom something is found"
    )
    most_numbers: int = Field(
        default=5, ge=1, description="phone numbers that may be found for one contact [F]"
    )
    phone_shape: PhoneShape = Field(
        default="texts",
        description=(
            "how phones are told [D]: `texts` in `phone`, `objects` in it, or `older`: texts in"
            " `phones`"
        ),
    )
    price_email: int = Field(default=3, ge=0, description="credits for an e-mail that is found [V]")
    price_phone: int = Field(
        default=30, ge=0, description="credits for each phone number that is found [V]"
    )
    price_personal_email: int = Field(
        default=30, ge=0, description="credits for a personal e-mail that is found [A]"
    )
    concurrency: int = Field(default=5, ge=1, description="requests served at a time [D]")
    answer_seconds: float = Field(
        default=0.05, ge=0, description="how long a request is being served"
    )
    result_seconds: float = Field(
        default=1.0,
        ge=0,
        description="results come at random times up to this after the acceptance",
    )
    seed: int = Field(
        default=1,
        description="of the times and faults; what is found follows from the contact alone",
    )
    faults: Faults = Faults()

    def price(self, enrichment_type: str) -> int:
        """Credits for each thing that is found."""
        prices = {
            "email": self.price_email,
            "phone": self.price_phone,
            "personal_email": self.price_personal_email,
        }
        return prices[enrichment_type]


def behaviour_from_environment() -> Behaviour:
    """`STANDIN_CONSENT=true`, `STANDIN_BALANCE=100`, `STANDIN_FAULTS={"throttled": 0.2}` … set the
    fields of the same name.

    What is not set or empty keeps its default.

    Raises:
        ValueError: a variable names no field, or a value does not fit.
    """
    given: dict[str, Any] = {
        name.removeprefix(_PREFIX).lower(): text
        for name, text in os.environ.items()
        if name.startswith(_PREFIX) and text
    }
    if "faults" in given:
        given["faults"] = json.loads(given["faults"])
    return Behaviour.model_validate(given)
