"""How the stand-in behaves in one run. Everything random follows from `seed` and the order of requests."""

import os

from pydantic import BaseModel, ConfigDict, Field


class Faults(BaseModel):
    """Misbehaviour, as shares of requests or webhooks from 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    throttled: float = Field(default=0, ge=0, le=1, description="requests answered 429")
    retry_after: int = Field(default=1, ge=0, description="seconds named in a 429")
    broken_before: float = Field(default=0, ge=0, le=1, description="requests answered 500 with nothing enqueued")
    broken_after: float = Field(default=0, ge=0, le=1, description="requests enqueued and charged, then answered 500")
    silent_after: float = Field(
        default=0, ge=0, le=1, description="requests enqueued and charged, answered only after `silent_seconds`"
    )
    silent_seconds: float = Field(default=60, ge=0)
    webhook_twice: float = Field(default=0, ge=0, le=1, description="webhooks sent twice")
    webhook_late: float = Field(default=0, ge=0, le=1, description="webhooks sent `late_seconds` late")
    late_seconds: float = Field(default=5, ge=0)
    webhook_missing: float = Field(default=0, ge=0, le=1, description="webhooks never sent")


class Behaviour(BaseModel):
    """The account and the service, as a run wants them. Prices are credits a contact; the public pages disagree on them [D]."""

    model_config = ConfigDict(extra="forbid")

    api_key: str = "local-api-key"
    consent: bool = False
    balance: int = 1_000_000
    find_rate: float = Field(default=0.7, ge=0, le=1)
    price_email: int = 1
    price_phone: int = 10
    price_personal_email: int = 1
    concurrency: int = Field(default=5, ge=1, description="requests served at a time [D]")
    answer_seconds: float = Field(default=0.05, ge=0, description="how long a request is being served")
    result_seconds: float = Field(default=1.0, ge=0, description="webhooks come at random times up to this after the answer")
    seed: int = 1
    faults: Faults = Faults()


def behaviour_from_environment() -> Behaviour:
    """`STANDIN_CONSENT=true`, `STANDIN_BALANCE=100` … set the fields of the same name; the rest keep their defaults."""
    given = {name: os.environ.get(f"STANDIN_{name.upper()}") for name in Behaviour.model_fields}
    return Behaviour.model_validate({name: text for name, text in given.items() if text})
