"""The settings of each function, against the variables that the template gives it."""

import traceback
from types import SimpleNamespace
from typing import Any, cast

import pytest

from enrichment import settings
from enrichment.adapters.clients import Clients
from enrichment.domain.contact import EnrichmentType
from enrichment.errors import SettingsError
from enrichment.pipeline import Pipeline
from tests.unit.transformed import of_type, transformed

FUNCTIONS: dict[str, type[settings.Settings]] = {
    "split": settings.SplitSettings,
    "submit": settings.SubmitSettings,
    "webhook": settings.WebhookSettings,
    "tally": settings.TallySettings,
    "compile": settings.CompileSettings,
    "erase": settings.EraseSettings,
    "inform": settings.InformSettings,
    "cancel": settings.CancelSettings,
    "sweep": settings.SweepSettings,
    "operate": settings.OperateSettings,
}
VALUES = {
    "BUCKET": "the-bucket",
    "TABLE": "the-table",
    "RETENTION_DAYS": "30",
    "SUBMIT_QUEUE_URL": "https://queue.example/submit",
    "SUBMIT_DEAD_LETTERS_URL": "https://queue.example/dead-letters",
    "FAILED_EVENTS_URL": "https://queue.example/failed-events",
    "WEBHOOK_QUEUE_URL": "https://queue.example/webhooks",
    "WEBHOOK_DEAD_LETTERS_URL": "https://queue.example/webhook-dead-letters",
    "SPLIT_FUNCTION": "the-split",
    "COMPILE_FUNCTION": "the-compile",
    "ERASE_FUNCTION": "the-erase",
    "ERASED_ROWS": "blank",
    "API_KEY_SECRET": "arn:api-key",
    "SIGNING_KEY_SECRET": "arn:signing-key",
    "PERSON_KEY_SECRET": "arn:person-key",
    "REUSE_DAYS": "90",
    "REUSE_NOT_FOUND_DAYS": "30",
    "PRONTO_BASE_URL": "https://provider.example/api/v2",
    "WEBHOOK_URL": "https://api.example/webhooks/pronto",
    "DEADLINE_MINUTES": "90",
    "CONCURRENCY": "5",
    "MAX_FILE_MEGABYTES": "500",
    "MAX_ROWS": "1048576",
    "CREDITS_PER_EMAIL": "1",
    "CREDITS_PER_PHONE": "10",
    "CREDITS_PER_PERSONAL_EMAIL": "3",
    "MOST_NUMBERS_PER_PHONE": "5",
    "CREDITS_PER_MONTH": "0",
    "PRICE_PER_CREDIT": "0.035",
    "NAME_PATHS": "yes",
    "CURRENCY": "EUR",
    "QUIET_MINUTES": "10",
    "PROBE_MINUTES": "15",
    "STATUS_SECONDS": "15",
    "METRIC_FOLDERS": "q3",
    "STACK": "the-stack",
    "NOTIFY_ADDRESSES": "ops@acme.example",
    "NOTIFY_TOPICS": "",
    "JOB_TOPIC": "arn:the-topic",
    "LINK_HOURS": "12",
}
SECRET = "what nobody may see"
NUMBERS = sorted(name for name, value in VALUES.items() if value.replace(".", "").isdigit())


def variables_of(model: type[settings.Settings]) -> dict[str, str]:
    return {name.upper(): VALUES[name.upper()] for name in model.names()}


def models_with(variable: str) -> list[type[settings.Settings]]:
    return [model for model in FUNCTIONS.values() if variable.lower() in model.names()]


@pytest.fixture(scope="module")
def given() -> dict[str, set[str]]:
    """The variables that the template gives to each function."""
    functions = of_type(transformed(), "AWS::Lambda::Function")
    return {
        name.removesuffix("Function").lower(): set(function["Environment"]["Variables"])
        for name, function in functions.items()
    }


def test_every_function_of_the_template_has_its_settings(given: dict[str, set[str]]) -> None:
    assert set(given) == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_template_gives_a_function_the_variables_of_its_settings_and_no_other(
    given: dict[str, set[str]], function: str
) -> None:
    assert given[function] == set(variables_of(FUNCTIONS[function]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_needs_no_variable_beyond_its_settings(function: str) -> None:
    class NoClients:
        """Making a use case calls nobody."""

        dynamodb = s3 = sqs = functions = secrets = http = events = topics = links = cast(
            Any, object()
        )
        queries = SimpleNamespace(ask=None)

    class Environment(dict[str, str]):
        """Remembers what was read."""

        read: set[str]

        def __getitem__(self, name: str) -> str:
            self.read.add(name)
            return super().__getitem__(name)

    environment = Environment(variables_of(FUNCTIONS[function]))
    environment.read = set()
    pipeline = Pipeline(cast(Clients, NoClients()), environment, lambda: 0, lambda: "id")
    assert getattr(pipeline, function)
    assert environment.read == set(environment), "a variable is given for nothing"


@pytest.mark.parametrize("model", FUNCTIONS.values())
def test_a_missing_variable_is_named_alone(model: type[settings.Settings]) -> None:
    complete = variables_of(model)
    model.read(complete)
    for name in complete:
        without = {other: value for other, value in complete.items() if other != name}
        with pytest.raises(SettingsError) as raised:
            model.read(without)
        assert str(raised.value).endswith(f" missing or have the wrong form: {name}")


@pytest.mark.parametrize("name", NUMBERS)
def test_a_malformed_variable_is_named_alone_and_its_value_is_in_no_trace(name: str) -> None:
    for model in models_with(name):
        malformed = variables_of(model) | {name: SECRET}
        with pytest.raises(SettingsError) as raised:
            model.read(malformed)
        assert str(raised.value).endswith(f" missing or have the wrong form: {name}")
        assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (settings.ErasedRowsSettings, "ERASED_ROWS", "keep"),
        (settings.NamingSettings, "NAME_PATHS", "maybe"),
        (settings.MoneySettings, "PRICE_PER_CREDIT", "NaN"),
        (settings.MoneySettings, "PRICE_PER_CREDIT", "inf"),
    ],
)
def test_a_value_that_is_no_choice_and_no_amount_is_refused(
    model: type[settings.Settings], name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f": {name}$"):
        model.read(variables_of(model) | {name: value})


@pytest.mark.parametrize(("given", "meant"), [("yes", True), ("no", False)])
def test_paths_are_named_or_not(given: str, meant: bool) -> None:
    assert settings.NamingSettings.read({"NAME_PATHS": given}).name_paths is meant


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = variables_of(settings.SubmitSettings) | {"RETENTION_DAYS": "for ever"}
    del wrong["BUCKET"]
    with pytest.raises(SettingsError, match=r": BUCKET, RETENTION_DAYS$"):
        settings.SubmitSettings.read(wrong)


def test_variables_of_others_are_left_alone() -> None:
    read = settings.WebhookSettings.read(VALUES | {"PATH": "/bin", "table": "another"})
    assert vars(read) == {
        "table": "the-table",
        "retention_days": 30,
        "signing_key_secret": "arn:signing-key",
        "stack": "the-stack",
    }


def test_days_and_minutes_are_told_in_seconds() -> None:
    read = settings.OperateSettings.read(VALUES)
    assert (read.deadline_seconds, read.retention_seconds) == (5_400, 2_592_000)


def test_days_of_reuse_are_told_in_seconds_and_0_switches_it_off() -> None:
    on = settings.ReuseSettings.read(VALUES)
    read = on.reuse
    assert (read.found, read.not_found, read.is_on) == (7_776_000, 2_592_000, on.is_reused)
    off = settings.ReuseSettings.read(VALUES | {"REUSE_DAYS": "0"})
    assert not off.reuse.is_on
    assert not off.is_reused


def test_a_file_may_unpack_to_four_times_its_size() -> None:
    limits = settings.LimitSettings.read(VALUES).limits
    assert (limits.file, limits.unpacked, limits.rows) == (500_000_000, 2_000_000_000, 1_048_576)


def test_each_type_has_its_price_and_phones_have_several_numbers_at_most() -> None:
    prices = settings.PriceSettings.read(VALUES).prices
    assert {each: (prices.of(each), prices.most_each(each)) for each in EnrichmentType} == {
        EnrichmentType.EMAIL: (1, 1),
        EnrichmentType.PHONE: (10, 50),
        EnrichmentType.PERSONAL_EMAIL: (3, 3),
    }


@pytest.mark.parametrize(("given", "cap"), [("0", None), ("1", 1), ("5000", 5_000)])
def test_a_month_without_a_cap_is_written_as_0(given: str, cap: int | None) -> None:
    assert settings.MonthCapSettings.read({"CREDITS_PER_MONTH": given}).month_cap == cap
