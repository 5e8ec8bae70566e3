"""The environment of a function, typed: one class for each function, with just what it needs.

`template.yaml` gives each function exactly the variables of its class, named as its attributes in
upper case; `tests/unit/test_settings.py` holds the two against each other. Nothing is read at
import. They are no models: to import pydantic takes longer than all else that `webhook` needs
beside its clients.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self, get_args, get_origin, get_type_hints

from enrichment.errors import SettingsError

if TYPE_CHECKING:
    from enrichment.domain.credits import Prices
    from enrichment.domain.folder_notify import Allowed
    from enrichment.domain.limits import Limits
    from enrichment.domain.person import Reuse


class Settings:
    """Base of all settings."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        vars(self).update(values)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """What it is made of; in upper case, these are the variables."""
        return tuple(get_type_hints(cls))

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings among environment variables.

        Raises:
            SettingsError: a variable is missing or has the wrong form; the message names it, never
                its value.
        """
        values, wrong = {}, []
        for name, kind in get_type_hints(cls).items():
            try:
                values[name] = _value(kind, environment[name.upper()])
            except (KeyError, ValueError, ArithmeticError):
                wrong.append(name.upper())
        if wrong:
            raise SettingsError(
                "these environment variables are missing or have the wrong form:"
                f" {', '.join(sorted(wrong))}"
            )
        return cls(values)


def _value(kind: Any, text: str) -> Any:
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind), text)
    return _KINDS[kind](text)


def _one_of(texts: tuple[str, ...], text: str) -> str:
    if text not in texts:
        raise ValueError
    return text


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    return number


_KINDS: Mapping[type, Callable[[str], Any]] = MappingProxyType(
    {str: str, int: int, bool: {"yes": True, "no": False}.__getitem__, Decimal: _decimal}
)


class StoreSettings(Settings):
    """Where jobs, batches and results are, and for how long."""

    table: str
    retention_days: int

    @property
    def retention_seconds(self) -> int:
        return self.retention_days * 86_400


class BucketSettings(Settings):
    """Where files are."""

    bucket: str


class QueueSettings(Settings):
    """Where batches wait to be submitted."""

    submit_queue_url: str


class CompileStartSettings(Settings):
    """Which function writes the output."""

    compile_function: str


class SplitStartSettings(Settings):
    """Which function takes an upload."""

    split_function: str


class ApiKeySettings(Settings):
    """Which secret holds the provider's API key."""

    api_key_secret: str


class SigningKeySettings(Settings):
    """Which secret holds the key that signs tokens."""

    signing_key_secret: str


class EraseStartSettings(Settings):
    """Which function erases people."""

    erase_function: str


class ErasedRowsSettings(Settings):
    """What becomes of a row whose person is erased."""

    erased_rows: Literal["blank", "remove"]


class PersonKeySettings(Settings):
    """Which secret keys the hashes of people."""

    person_key_secret: str


SECRETS = (ApiKeySettings, SigningKeySettings, PersonKeySettings)


class ReuseSettings(Settings):
    """For how long what is known of a person is used again."""

    reuse_days: int
    reuse_not_found_days: int

    @property
    def is_reused(self) -> bool:
        """Whether anything is used again."""
        return self.reuse_days > 0

    @property
    def reuse(self) -> "Reuse":
        from enrichment.domain.person import Reuse

        return Reuse(self.reuse_days * 86_400, self.reuse_not_found_days * 86_400)


class ProviderSettings(Settings):
    """Where the provider's API is."""

    pronto_base_url: str


class MetricSettings(Settings):
    """The name that keeps the metrics of two stacks in one account apart."""

    stack: str


class MetricFolderSettings(Settings):
    """Which folders metrics tell apart."""

    metric_folders: str

    @property
    def folders(self) -> frozenset[str]:
        return frozenset(filter(None, self.metric_folders.split(",")))


class ConcurrencySettings(Settings):
    """How many requests are made to the provider at a time."""

    concurrency: int


class DeadlineSettings(Settings):
    """How long a job may take."""

    deadline_minutes: int

    @property
    def deadline_seconds(self) -> int:
        return self.deadline_minutes * 60


class PatienceSettings(Settings):
    """How long a quiet or paused job waits."""

    quiet_minutes: int
    probe_minutes: int


class StatusSettings(Settings):
    """How often people are told how far a job is."""

    status_seconds: int


class NotifySettings(Settings):
    """Whom folders may name to be told of their files: addresses and topics, with commas
    between.
    """

    notify_addresses: str
    notify_topics: str

    @property
    def allowed(self) -> "Allowed":
        from enrichment.domain.folder_notify import Allowed

        return Allowed(_listed(self.notify_addresses), _listed(self.notify_topics))


def _listed(names: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in names.split(","))))


class TellSettings(MetricSettings):
    """How people are told: by which topic, and for how long the links in it work."""

    job_topic: str
    link_hours: int

    @property
    def link_seconds(self) -> int:
        return self.link_hours * 3600


class LimitSettings(Settings):
    """What a file may hold."""

    max_file_megabytes: int
    max_rows: int

    @property
    def limits(self) -> "Limits":
        """Unpacked, a file may be four times as large as it may be packed."""
        from enrichment.domain.limits import Limits

        packed = self.max_file_megabytes * 1_000_000
        return Limits(file=packed, unpacked=4 * packed, rows=self.max_rows)


class PriceSettings(Settings):
    """Credits for one thing of each type that is found."""

    credits_per_email: int
    credits_per_phone: int
    credits_per_personal_email: int
    most_numbers_per_phone: int

    @property
    def prices(self) -> "Prices":
        from enrichment.domain.credits import Prices

        return Prices(
            self.credits_per_email,
            self.credits_per_phone,
            self.credits_per_personal_email,
            self.most_numbers_per_phone,
        )


class MonthCapSettings(Settings):
    """The most credits of a calendar month."""

    credits_per_month: int

    @property
    def month_cap(self) -> int | None:
        """None for no cap, which the parameter says with 0."""
        return self.credits_per_month or None


class MoneySettings(Settings):
    """What a credit costs."""

    price_per_credit: Decimal
    currency: str

    def money(self, amount: int) -> str:
        """What credits cost, in words; empty where the price of a credit is not set."""
        from enrichment.domain.credits import money

        return money(amount, self.price_per_credit, self.currency)


class NamingSettings(Settings):
    """Whether answers name the path of another file from which something is known."""

    name_paths: bool


class WebhookUrlSettings(Settings):
    """Where the provider is to post results."""

    webhook_url: str


class DeadLetterSettings(Settings):
    """Where messages and events are that no function could handle."""

    submit_dead_letters_url: str
    failed_events_url: str
    webhook_dead_letters_url: str
    webhook_queue_url: str  # where results that could not be stored go back to


class SplitSettings(
    StoreSettings,
    BucketSettings,
    QueueSettings,
    SplitStartSettings,
    CompileStartSettings,
    DeadlineSettings,
    ConcurrencySettings,
    LimitSettings,
    PriceSettings,
    MonthCapSettings,
    MoneySettings,
    PersonKeySettings,
    ReuseSettings,
    NamingSettings,
    StatusSettings,
    NotifySettings,
):
    """What `split` needs."""


class SubmitSettings(
    StoreSettings,
    BucketSettings,
    QueueSettings,
    CompileStartSettings,
    ApiKeySettings,
    SigningKeySettings,
    ProviderSettings,
    WebhookUrlSettings,
    MonthCapSettings,
    PersonKeySettings,
    ReuseSettings,
    MetricSettings,
):
    """What `submit` needs."""


class WebhookSettings(StoreSettings, SigningKeySettings, MetricSettings):
    """What `webhook` needs."""


class TallySettings(StoreSettings, CompileStartSettings, MonthCapSettings, MetricSettings):
    """What `tally` needs."""


class CompileSettings(
    StoreSettings,
    BucketSettings,
    ApiKeySettings,
    ProviderSettings,
    MonthCapSettings,
    MoneySettings,
    NamingSettings,
    MetricSettings,
    MetricFolderSettings,
    ReuseSettings,
):
    """What `compile` needs."""


class SweepSettings(
    StoreSettings,
    BucketSettings,
    QueueSettings,
    CompileStartSettings,
    SplitStartSettings,
    EraseStartSettings,
    ApiKeySettings,
    ProviderSettings,
    DeadLetterSettings,
    PatienceSettings,
    MonthCapSettings,
    MetricSettings,
):
    """What `sweep` needs."""


class EraseSettings(
    StoreSettings,
    BucketSettings,
    EraseStartSettings,
    ErasedRowsSettings,
    PersonKeySettings,
    LimitSettings,
):
    """What `erase` needs."""


class InformSettings(StoreSettings, BucketSettings, StatusSettings, TellSettings):
    """What `inform` needs."""


class CancelSettings(StoreSettings, BucketSettings, CompileStartSettings):
    """What `cancel` needs."""


class OperateSettings(
    StoreSettings,
    BucketSettings,
    QueueSettings,
    CompileStartSettings,
    SplitStartSettings,
    EraseStartSettings,
    ApiKeySettings,
    ProviderSettings,
    DeadLetterSettings,
    DeadlineSettings,
    MetricSettings,
):
    """What `operate` needs."""
