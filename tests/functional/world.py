"""The whole pipeline in one process: the real use cases and adapters over moto, a provider with a ledger, and a clock to turn."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import httpx
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.provider import Pronto
from enrichment.adapters.report_page import page
from enrichment.adapters.secrets import Secrets
from enrichment.adapters.seen import SeenOnDisk
from enrichment.adapters.table import JobTable
from enrichment.domain.folder import ENRICHED, REJECTED, REPORTS, answer_key, job_id
from enrichment.domain.job import Job
from enrichment.usecases.compile import CompileJob
from enrichment.usecases.completion import Completion
from enrichment.usecases.estimate import EstimateJob
from enrichment.usecases.operate import Operate
from enrichment.usecases.pause import PauseJob, ResumeJob
from enrichment.usecases.publish import PublishReport
from enrichment.usecases.receive import ReceiveWebhook
from enrichment.usecases.split import SplitUpload
from enrichment.usecases.submit import SubmitBatch
from enrichment.usecases.sweep import Sweep
from enrichment.usecases.tally import TallyResults
from local.provider import contract
from local.provider.behaviour import Behaviour
from tests.unit.builders import LIMITS, MONEY

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
DEADLINE = 3600
PRICE = 2
REGION = "us-east-1"


class Provider:
    """The stand-in's rules behind an httpx transport: charges at once, keeps webhooks until they are delivered by hand.

    A contact whose first name is in `invalid` makes its whole batch be refused with 422.
    `answers` are given instead of real ones while there are any; each is a response, or an exception to raise.
    """

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.charged: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.webhooks: list[dict[str, Any]] = []
        self.answers: list[httpx.Response | BaseException] = []
        self.accept_before_answer = False
        self.invalid: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/credits"):
            return httpx.Response(200, json={"credits": self.behaviour.balance})
        if request.method == "GET":
            wanted = request.url.path.rpartition("/")[2]
            found = [webhook for webhook in self.webhooks if webhook["enrichment_id"] == wanted]
            return httpx.Response(200, json=found[0]) if found else httpx.Response(404)
        if self.answers:
            answer = self.answers.pop(0)
            if self.accept_before_answer:
                self._answer(request)
            if isinstance(answer, BaseException):
                raise answer
            return answer
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            if request.headers.get("X-API-KEY") != self.behaviour.api_key:
                raise contract.invalid("Invalid API key", 401)
            return self._accept(request)
        except contract.Refusal as refusal:
            return httpx.Response(refusal.status, json=refusal.body)

    def _accept(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        order = contract.single_order(body) if request.url.path.endswith("single_enrich") else contract.bulk_order(body)
        for contact in order.contacts:
            if contact["firstname"] in self.invalid:
                raise contract.invalid(f"{contact['firstname']} is nobody's name")
        if order.type == "personal_email" and not self.behaviour.consent:
            raise contract.invalid(contract.CONSENT_MESSAGE)
        if len(order.contacts) > self.behaviour.balance:
            raise contract.Refusal(422, {"error": contract.CREDITS_MESSAGE})
        self.behaviour.balance -= len(order.contacts)
        self.charged += order.contacts
        enrichment_id = f"enrichment-{len(self.requests)}"
        for contact in order.contacts:
            found = contract.findings(contact, order.type, self.behaviour.find_rate, order.countries)
            self.webhooks.append({"enrichment_id": enrichment_id, "status": "finished", **found, "custom": contact.get("custom")})
        return httpx.Response(202, json={"enrichment_id": enrichment_id})


class Starts:
    """Notes which functions were started, in place of Lambda."""

    def __init__(self) -> None:
        self.compiles: list[str] = []
        self.splits: list[tuple[str, str, int]] = []

    def compile(self, job: str) -> None:
        self.compiles.append(job)

    def split(self, _bucket: str, key: str, version: str, size: int) -> None:
        self.splits.append((key, version, size))


class Counts(Metrics):
    """Counts in memory, in place of CloudWatch."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def count(self, name: str, times: int = 1) -> None:
        self.counted[name] += times


class Messages:
    """The queue of batches as a list of (when due, job, batch), in place of SQS."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._waiting: list[tuple[int, str, int]] = []

    def send(self, batches: Iterable[tuple[str, int]], delay: int = 0) -> None:
        self._waiting += [(self._clock() + delay, job, number) for job, number in batches]

    def take(self) -> list[tuple[str, int]]:
        """The messages that are due, which are gone then."""
        due = [message for message in self._waiting if message[0] <= self._clock()]
        self._waiting = [message for message in self._waiting if message not in due]
        return [(job, number) for _, job, number in due]


class Killed(BaseException):
    """The death of a function's process, which no code of it can catch."""


class World:
    """Everything that a deployed stack has. `now` is the time; nothing happens but by calling."""

    def __init__(self, provider: Provider) -> None:
        self.now = 1_800_000_000
        self.provider = provider
        self.starts = Starts()
        self.s3 = boto3.client("s3", REGION)
        self.dynamodb = boto3.client("dynamodb", REGION)
        self.secretsmanager = boto3.client("secretsmanager", REGION)
        self.s3.create_bucket(Bucket="data")
        self.s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb.create_table(TableName="table", **table_of_the_template())
        self.secretsmanager.create_secret(Name="api-key", SecretString=provider.behaviour.api_key)
        self.secretsmanager.create_secret(Name="signing-key", SecretString="first signing key")

        numbers = count(1)
        self.bucket = Bucket(self.s3, "data")
        self.table = JobTable(self.dynamodb, "table", retention=90 * 86_400)
        self.messages = Messages(self.clock)
        self.secrets = Secrets(self.secretsmanager, "api-key", "signing-key")
        self.pronto = Pronto(httpx.Client(transport=httpx.MockTransport(provider)), "https://pronto.test/api/v2")
        self.completion = Completion(self.table, self.starts, self.clock)  # type: ignore[arg-type]  # notes instead of Lambda
        self.metrics = Counts()
        publish = PublishReport(self.bucket, page)
        pause = PauseJob(self.table, publish, self.metrics, self.clock)
        resume = ResumeJob(self.table, self.messages)  # type: ignore[arg-type]
        self.split = SplitUpload(
            table=self.table,
            bucket=self.bucket,
            queue=self.messages,  # type: ignore[arg-type]
            completion=self.completion,
            publish=publish,
            estimate=EstimateJob(self.table, self.bucket, self.clock, lambda _: PRICE, MONEY, None),
            seen=SeenOnDisk,
            clock=self.clock,
            new_id=lambda: f"id-{next(numbers)}",
            deadline_seconds=DEADLINE,
            price=lambda _: PRICE,
            limits=LIMITS,
        )
        self.submit = SubmitBatch(
            table=self.table,
            bucket=self.bucket,
            queue=self.messages,  # type: ignore[arg-type]
            provider=self.pronto,
            secrets=self.secrets,
            completion=self.completion,
            pause=pause,
            clock=self.clock,
            new_id=lambda: f"id-{next(numbers)}",
            webhook_url="https://hooks.test/webhooks/pronto",
        )
        self.receive = ReceiveWebhook(self.table, self.secrets, self.metrics, self.clock)
        self.tally = TallyResults(self.table, self.completion, self.metrics)
        self.compile = CompileJob(self.table, self.bucket, publish, self.clock, MONEY)
        self.sweep = Sweep(
            table=self.table,
            bucket=self.bucket,
            queue=self.messages,  # type: ignore[arg-type]
            starter=self.starts,  # type: ignore[arg-type]
            completion=self.completion,
            provider=self.pronto,
            secrets=self.secrets,
            pause=pause,
            resume=resume,
            clock=self.clock,
        )
        self.operate = Operate(
            table=self.table,
            queue=self.messages,  # type: ignore[arg-type]
            completion=self.completion,
            resume=resume,
            clock=self.clock,
            deadline_seconds=DEADLINE,
        )

    def clock(self) -> int:
        return self.now

    def drop(self, key: str, content: str | bytes) -> str:
        """Upload a file and split it; its job."""
        version, size = self.upload(key, content)
        return self.split.run(key, version, size) or ""

    def upload(self, key: str, content: str | bytes) -> tuple[str, int]:
        """Upload a file; its version and size."""
        body = content.encode() if isinstance(content, str) else content
        return self.s3.put_object(Bucket="data", Key=key, Body=body)["VersionId"], len(body)

    def submit_all(self) -> list[str]:
        """Run the submitter over every message that is due; what it did."""
        return [self.submit.run(job, number) for job, number in self.messages.take()]

    def deliver(self, webhooks: list[dict[str, Any]] | None = None) -> None:
        """Post webhooks (all that wait, if none are given), and let the stream tell of them."""
        if webhooks is None:
            webhooks, self.provider.webhooks = self.provider.webhooks, []
        for webhook in webhooks:
            self.receive.run(json.dumps(webhook).encode())
        self.tally.run(batch_of(webhook) for webhook in webhooks)

    def finish(self) -> None:
        """Run every compilation that was started."""
        while self.starts.compiles:
            self.compile.run(self.starts.compiles.pop(0))

    def enrich(self, key: str, content: str | bytes) -> str:
        """The whole way: upload, submit, results, output; the job."""
        job = self.drop(key, content)
        self.submit_all()
        self.deliver()
        self.finish()
        return job

    def job(self, job: str) -> Job:
        found = self.table.job(job)
        assert found
        return found

    def enriched(self, key: str, job: str) -> str:
        return self.read(answer_key(ENRICHED, key, job, ".csv")) or ""

    def rejected(self, key: str, job: str) -> str | None:
        return self.read(answer_key(REJECTED, key, job, ".csv"))

    def report(self, key: str, job: str) -> dict[str, Any]:
        return dict(json.loads(self.read(answer_key(REPORTS, key, job, ".json")) or "{}"))

    def read(self, key: str) -> str | None:
        body = self.bucket.read(key)
        return None if body is None else body.read().decode()

    def content(self, key: str) -> bytes:
        """What lies at a key, which must be there."""
        body = self.bucket.read(key)
        assert body
        return body.read()

    def keys(self, prefix: str = "") -> list[str]:
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket="data", Prefix=prefix).get("Contents", [])]

    def items(self) -> list[dict[str, Any]]:
        return list(self.dynamodb.scan(TableName="table")["Items"])

    def job_of(self, key: str, version: str) -> str:
        return job_id("data", key, version)


def batch_of(webhook: dict[str, Any]) -> tuple[str, int]:
    """The job and batch that a webhook's token names."""
    _, _, job, batch, _, _ = webhook["custom"]["token"].split(".")
    return job, int(batch)


def table_of_the_template() -> dict[str, Any]:
    """The table's properties as `template.yaml` has them, as far as `create_table` takes them."""
    template = yaml_parse(TEMPLATE.read_text())
    properties = template["Resources"]["Table"]["Properties"]
    return {name: properties[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")}


@contextmanager
def world(provider: Provider | None = None) -> Iterator[World]:
    with mock_aws():
        yield World(provider or Provider())


def contacts(number: int, line: Callable[[int], str] = lambda n: f"Jane{n},Doe,company{n}.example") -> str:
    """A CSV file with a header and that many valid contacts."""
    return "\r\n".join(["First Name,Last Name,Domain", *(line(n) for n in range(1, number + 1))]) + "\r\n"
