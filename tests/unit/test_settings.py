"""The environment of a function as typed settings."""

from collections.abc import Iterator

import pytest

from enrichment.domain.contact import EnrichmentType
from enrichment.errors import SettingsError
from enrichment.settings import Settings, settings

COMPLETE = {
    "BUCKET": "the-bucket",
    "TABLE": "the-table",
    "SUBMIT_QUEUE_URL": "https://queue.example",
    "SPLIT_FUNCTION": "split",
    "COMPILE_FUNCTION": "compile",
    "API_KEY_SECRET": "arn:api-key",
    "SIGNING_KEY_SECRET": "arn:signing-key",
    "PRONTO_BASE_URL": "https://provider.example/api/v2",
    "DEADLINE_MINUTES": "90",
    "RETENTION_DAYS": "30",
    "CREDITS_PER_EMAIL": "1",
    "CREDITS_PER_PHONE": "10",
    "CREDITS_PER_PERSONAL_EMAIL": "3",
    "CREDITS_PER_MONTH": "0",
    "PRICE_PER_CREDIT": "0.035",
    "CURRENCY": "EUR",
    "MAX_FILE_MEGABYTES": "500",
    "MAX_ROWS": "1048576",
    "STACK": "contact-enrichment",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, text in COMPLETE.items():
        monkeypatch.setenv(name, text)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_complete_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings()
    assert (read.bucket, read.deadline_seconds, read.retention_seconds) == ("the-bucket", 5400, 2_592_000)
    assert read.webhook_url is None
    monkeypatch.setenv("BUCKET", "another")
    assert settings() is read


def test_each_type_has_its_price() -> None:
    assert {wanted: settings().price(wanted) for wanted in EnrichmentType} == {
        EnrichmentType.EMAIL: 1,
        EnrichmentType.PHONE: 10,
        EnrichmentType.PERSONAL_EMAIL: 3,
    }


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_variable_is_named_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SettingsError) as raised:
        settings()
    assert str(raised.value) == f"these environment variables are missing or have the wrong form: {name}"


def test_what_is_wrong_is_named_without_its_value_even_in_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "for-ever-secret")
    monkeypatch.delenv("BUCKET")
    with pytest.raises(SettingsError) as raised:
        settings()
    assert str(raised.value).endswith(": BUCKET, RETENTION_DAYS")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert not any(text in str(raised.value) for text in ("for-ever-secret", *COMPLETE.values()) if not text.isdigit())
