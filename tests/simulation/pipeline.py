"""The pipeline as it is simulated: the real one but for what is no part of a history.

`planted.py` puts its bugs in by subclasses.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from enrichment.adapters.clients import Clients
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.queue import DeadLetters
from enrichment.adapters.secrets import ApiKey, SigningKey
from enrichment.domain.report import Report
from enrichment.domain.token import SigningKeys
from enrichment.pipeline import Pipeline
from tests.simulation.provider import PRICE

DEADLINE = 3600
BUCKET = "data"
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "TABLE": "table",
        "RETENTION_DAYS": "90",
        "BUCKET": BUCKET,
        "SUBMIT_QUEUE_URL": "queue",
        "COMPILE_FUNCTION": "compile",
        "SPLIT_FUNCTION": "split",
        "PRONTO_BASE_URL": "https://pronto.test",
        "WEBHOOK_URL": "https://hooks.test/",
        "DEADLINE_MINUTES": str(DEADLINE // 60),
        "MAX_FILE_MEGABYTES": "50",
        "MAX_ROWS": "1048576",
        "CREDITS_PER_EMAIL": str(PRICE),
        "CREDITS_PER_PHONE": "10",
        "CREDITS_PER_PERSONAL_EMAIL": "3",
        "CREDITS_PER_MONTH": "0",
        "QUIET_MINUTES": "10",
        "PROBE_MINUTES": "15",
        "PRICE_PER_CREDIT": "0",
        "CURRENCY": "EUR",
    }
)


class FakeClients(Clients):
    """Clients by the names that they have in `Clients`; one that is not given is not used."""

    def __init__(self, **clients: Any) -> None:
        vars(self).update(clients)


class SimulatedPipeline(Pipeline):
    """Small batches, secrets that are at hand, and neither metrics nor pages.

    Nothing that fails for good is kept as a dead letter: nobody may rely on those.
    """

    batch_size = 3

    @cached_property
    def api_key(self) -> ApiKey:
        return KnownApiKey()

    @cached_property
    def signing_key(self) -> "RotatingKey":
        return RotatingKey()

    @cached_property
    def dead_letters(self) -> tuple[DeadLetters, ...]:
        return ()

    @cached_property
    def metrics(self) -> Metrics:
        return NoMetrics()

    @cached_property
    def page(self) -> Callable[[Report], str]:
        return lambda report: report.job


class KnownApiKey(ApiKey):
    def __init__(self) -> None:
        pass

    def read(self) -> str:
        return "key"


class RotatingKey(SigningKey):
    """The signing key, which may be rotated once."""

    def __init__(self) -> None:
        self._keys = SigningKeys(b"first")

    def read(self, fresh: bool = False) -> SigningKeys:  # noqa: ARG002
        return self._keys

    def rotate(self) -> None:
        self._keys = SigningKeys(b"second", b"first")


class NoMetrics(Metrics):
    def __init__(self) -> None:
        pass

    def count(self, name: str, times: int = 1) -> None:
        pass
