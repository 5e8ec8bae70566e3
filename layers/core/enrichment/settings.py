"""The environment of a function, read once into a typed model. Nothing here is read at import."""

import os
from decimal import Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError

from enrichment.domain.budget import money
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.layout import Limits
from enrichment.errors import SettingsError


class Settings(BaseModel):
    """What `template.yaml` sets in every function's environment; the names there are these in upper case."""

    model_config = ConfigDict(frozen=True)

    bucket: str
    table: str
    submit_queue_url: str
    split_function: str
    compile_function: str
    api_key_secret: str
    signing_key_secret: str
    pronto_base_url: str
    deadline_minutes: int
    retention_days: int
    credits_per_email: int
    credits_per_phone: int
    credits_per_personal_email: int
    credits_per_month: int
    price_per_credit: Decimal
    currency: str
    max_file_megabytes: int
    max_rows: int
    stack: str
    webhook_url: str | None = None  # only `submit` has it: the API that it names depends on another function
    submit_dead_letters_url: str | None = None  # these two only `sweep` has
    failed_events_url: str | None = None

    def price(self, wanted: EnrichmentType) -> int:
        """Credits for one contact. The provider's public pages disagree on them [D], so they are parameters."""
        match wanted:
            case EnrichmentType.EMAIL:
                return self.credits_per_email
            case EnrichmentType.PHONE:
                return self.credits_per_phone
            case EnrichmentType.PERSONAL_EMAIL:
                return self.credits_per_personal_email

    def money(self, amount: int) -> str:
        """What credits cost, in words; empty where the price of a credit is not set."""
        return money(amount, self.price_per_credit, self.currency)

    @property
    def month_cap(self) -> int | None:
        """The most credits of a calendar month; None for no cap, which the parameter says with 0."""
        return self.credits_per_month or None

    @property
    def limits(self) -> Limits:
        """What a file may hold. Unpacked it may be four times as large as it may be packed."""
        return Limits(self.max_file_megabytes * 1_000_000, 4 * self.max_file_megabytes * 1_000_000, self.max_rows)

    @property
    def deadline_seconds(self) -> int:
        return self.deadline_minutes * 60

    @property
    def retention_seconds(self) -> int:
        return self.retention_days * 86_400


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a variable is missing or has the wrong form; the message names it, never its value.
    """
    given = {name: os.environ[name.upper()] for name in Settings.model_fields if name.upper() in os.environ}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = ", ".join(sorted(str(problem["loc"][0]).upper() for problem in error.errors()))
        raise SettingsError(f"these environment variables are missing or have the wrong form: {wrong}") from None
