"""The pipeline as it is simulated: the real one but for what is no part of a history.

`planted.py` puts its bugs in by subclasses.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType, SimpleNamespace
from typing import Any, TypeVar

from pydantic_core import to_json

from enrichment.adapters.clients import Clients
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.queue import DeadLetters
from enrichment.adapters.secrets import ApiKey, PersonKey, SigningKey
from enrichment.domain.folder_notify import Allowed
from enrichment.domain.job import Job
from enrichment.domain.metric import Metric
from enrichment.domain.report import Report
from enrichment.errors import SettingsError
from enrichment.pipeline import Pipeline
from enrichment.steps.index import WriteIndex
from enrichment.steps.recipients import Recipients
from enrichment.usecases.compile import CompileJob
from enrichment.usecases.submit import SubmitBatch
from enrichment.usecases.tally import TallyResults
from tests.simulation.aws import DEAD_LETTERS, DOOR
from tests.simulation.provider import MOST_NUMBERS, PRICES

A = TypeVar("A")
B = TypeVar("B")

DEADLINE = 3600
STATUS_SECONDS = 15
LONGEST_CLAIM = 200  # seconds; where runs are interleaved, each takes longer than any does on AWS
BUCKET = "data"
ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "TABLE": "table",
        "RETENTION_DAYS": "90",
        "BUCKET": BUCKET,
        "SUBMIT_QUEUE_URL": "queue",
        "COMPILE_FUNCTION": "compile",
        "SPLIT_FUNCTION": "split",
        "ERASE_FUNCTION": "erase",
        "REUSE_DAYS": "90",
        "REUSE_NOT_FOUND_DAYS": "30",
        "PERSON_KEY_SECRET": "person-key",
        "PRONTO_BASE_URL": "https://pronto.test",
        "WEBHOOK_URL": "https://hooks.test/",
        "DEADLINE_MINUTES": str(DEADLINE // 60),
        "CONCURRENCY": "1",
        "MAX_FILE_MEGABYTES": "50",
        "MAX_ROWS": "1048576",
        "CREDITS_PER_EMAIL": str(PRICES["email"]),
        "CREDITS_PER_PHONE": str(PRICES["phone"]),
        "CREDITS_PER_PERSONAL_EMAIL": "30",
        "MOST_NUMBERS_PER_PHONE": str(MOST_NUMBERS),
        "CREDITS_PER_MONTH": "0",
        "QUIET_MINUTES": "10",
        "PROBE_MINUTES": "15",
        "SUBMIT_DEAD_LETTERS_URL": "submit-dead-letters",
        "FAILED_EVENTS_URL": "failed-events",
        "WEBHOOK_QUEUE_URL": DOOR,
        "WEBHOOK_DEAD_LETTERS_URL": DEAD_LETTERS,
        "STATUS_SECONDS": str(STATUS_SECONDS),
        "METRIC_FOLDERS": "",
        "PRICE_PER_CREDIT": "0",
        "NAME_PATHS": "yes",
        "CURRENCY": "EUR",
        "NOTIFY_ADDRESSES": "",
        "NOTIFY_TOPICS": "",
        "JOB_TOPIC": "jobs",
        "LINK_HOURS": "0",
        "STACK": "stack",
    }
)


class FakeClients(Clients):
    """Clients by the names that they have in `Clients`; one that is not given is not used."""

    def __init__(self, **clients: Any) -> None:
        vars(self).update(clients)

    @cached_property
    def queries(self) -> Any:
        """Answers as the client does that was given."""
        return SimpleNamespace(ask=lambda asked: to_json(self.dynamodb.query(**asked)))


def one_by_one(call: Callable[[A], B], items: Iterable[A]) -> list[B]:
    """All of one step before the next, as threads have it, but in a known order."""
    return [call(item) for item in items]


def at_once(call: Callable[[], B]) -> Callable[[], B]:
    """Make a call before its result is waited for, as a thread may."""
    failed: list[Exception] = []
    answers: list[B] = []
    try:
        answers.append(call())
    except Exception as error:
        failed.append(error)

    def result() -> B:
        for error in failed:
            raise error
        return answers[0]

    return result


class SimulatedPipeline(Pipeline):
    """Small batches, an API key that is at hand, and neither metrics nor pages.

    Of dead letters only the door's are kept: on the others nobody may rely.
    """

    batch_size = 3
    in_parallel = staticmethod(one_by_one)

    @cached_property
    def submit(self) -> SubmitBatch:
        return replace(super().submit, longest_claim=LONGEST_CLAIM)

    @cached_property
    def compile(self) -> CompileJob:
        return replace(super().compile, most_at_once=6)

    @cached_property
    def tally(self) -> TallyResults:
        return replace(super().tally, few=2)

    @cached_property
    def api_key(self) -> "KnownApiKey":
        return KnownApiKey()

    @cached_property
    def signing_key(self) -> SigningKey:
        return SigningKey(self.clients.secrets, "signing-key", self.clock)

    @cached_property
    def person_key(self) -> PersonKey:
        return KnownPersonKey()

    @cached_property
    def dead_letters(self) -> tuple[DeadLetters, ...]:
        return (DeadLetters(self.clients.sqs, DEAD_LETTERS, DOOR),)

    @cached_property
    def metrics(self) -> Metrics:
        return NoMetrics()

    @cached_property
    def recipients(self) -> Recipients:
        return Nobody(self.jobs, self.bucket, Allowed((), ()))

    @cached_property
    def index(self) -> WriteIndex:
        return WriteIndex(self.jobs, self.bucket, lambda jobs, *_: str(len(jobs)), "", self.clock)

    @cached_property
    def page(self) -> Callable[[Report], str]:
        return lambda report: report.job


class Nobody(Recipients):
    """No folder says who is told."""

    def of(self, job: Job) -> Job:
        return job


class KnownApiKey(ApiKey):
    """The API key, unless its secret is `missing`."""

    def __init__(self) -> None:
        self.missing = False

    def read(self) -> str:
        if self.missing:
            raise SettingsError("the secret api-key is empty")
        return "key"


class KnownPersonKey(PersonKey):
    """What keys the hashes of persons."""

    def __init__(self) -> None:
        pass

    def read(self) -> bytes:
        return b"person key"


class NoMetrics(Metrics):
    def __init__(self) -> None:
        pass

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        pass
