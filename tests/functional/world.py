"""The whole pipeline in one process: the real use cases and adapters over an account of moto or one
in memory, a provider with a ledger, and a clock to turn.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType
from typing import Any

import httpx
from botocore.exceptions import ClientError

from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock
from enrichment.domain.folder import ENRICHED, REJECTED, REPORTS, job_id, output_key
from enrichment.domain.job import Job
from enrichment.domain.metric import Metric
from enrichment.domain.receipt import Receipt
from enrichment.domain.window import Window
from enrichment.pipeline import Pipeline
from enrichment.store.budget import Budget
from enrichment.store.items import job_of_key
from local.provider import contract
from local.provider.behaviour import Behaviour
from tests.functional.accounts import InMemory, Moto
from tests.simulation.pipeline import FakeClients, at_once

DEADLINE = 3600
PRICE = 2
WINDOW = 900  # seconds of the stream
ENVIRONMENT = {
    "BUCKET": "data",
    "TABLE": "table",
    "RETENTION_DAYS": "90",
    "SUBMIT_QUEUE_URL": "https://queue.test",
    "SPLIT_FUNCTION": "split",
    "COMPILE_FUNCTION": "compile",
    "ERASE_FUNCTION": "erase",
    "ERASED_ROWS": "blank",
    "API_KEY_SECRET": "api-key",
    "SIGNING_KEY_SECRET": "signing-key",
    # Only tests of what is known of people from other files have it.
    "REUSE_DAYS": "0",
    "REUSE_NOT_FOUND_DAYS": "0",
    "PERSON_KEY_SECRET": "person-key",
    "PRONTO_BASE_URL": "https://pronto.test/api/v2",
    "WEBHOOK_URL": "https://hooks.test/webhooks/pronto",
    "DEADLINE_MINUTES": str(DEADLINE // 60),
    "CONCURRENCY": "5",
    "CREDITS_PER_EMAIL": str(PRICE),
    "CREDITS_PER_PHONE": str(PRICE),
    "CREDITS_PER_PERSONAL_EMAIL": str(PRICE),
    "MOST_NUMBERS_PER_PHONE": "5",
    "CREDITS_PER_MONTH": "0",
    "PRICE_PER_CREDIT": "0.5",
    "NAME_PATHS": "yes",
    "CURRENCY": "EUR",
    "MAX_FILE_MEGABYTES": "50",
    "MAX_ROWS": "1048576",
    "QUIET_MINUTES": "10",
    "PROBE_MINUTES": "15",
    "STATUS_SECONDS": "15",
    "METRIC_FOLDERS": "q3",
    "STACK": "test",
    "SUBMIT_DEAD_LETTERS_URL": "https://submit-dead-letters.test",
    "FAILED_EVENTS_URL": "https://failed-events.test",
    "WEBHOOK_QUEUE_URL": "https://webhooks.test",
    "WEBHOOK_DEAD_LETTERS_URL": "https://webhook-dead-letters.test",
    "NOTIFY_ADDRESSES": "ops@acme.example,sales@acme.example",
    "NOTIFY_TOPICS": "arn:aws:sns:us-east-1:111122223333:sales",
    "JOB_TOPIC": "arn:aws:sns:us-east-1:111122223333:jobs",
    "LINK_HOURS": "12",
    "AWS_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Charge:
    """What one contact of one request was charged for: `found` e-mails or numbers."""

    enrichment_id: str
    custom: dict[str, Any]
    found: int
    credits: int


# What is known of people is used again.
REUSE = {"REUSE_DAYS": "90", "REUSE_NOT_FOUND_DAYS": "30"}


class Provider:
    """The stand-in's rules behind an httpx transport: makes results at once, and keeps webhooks
    until they are delivered by hand.

    A contact whose first name is in `invalid` makes its whole batch be refused with 422. `answers`
    are given instead of real ones while there are any; each is a response, or an exception to
    raise. Each thing that is found costs `PRICE`, of whatever type. `charged` are the contacts of
    accepted requests, `ledger` what was charged for them.
    """

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.charged: list[dict[str, Any]] = []
        self.ledger: list[Charge] = []
        self.requests: list[httpx.Request] = []
        self.webhooks: list[dict[str, Any]] = []
        self.answers: list[httpx.Response | BaseException] = []
        self.accept_before_answer = False
        self.invalid: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/credits"):
            balances = {"search_credits": 0, "enrichment_credits": self.behaviour.balance}
            return httpx.Response(200, json=balances)
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

    @property
    def posts(self) -> list[httpx.Request]:
        """The requests that may cost something."""
        return [request for request in self.requests if request.method == "POST"]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            if request.headers.get("X-API-KEY") != self.behaviour.api_key:
                raise contract.invalid("Invalid API key", 401)
            return self._accept(request)
        except contract.Refusal as refusal:
            return httpx.Response(refusal.status, json=refusal.body)

    def _accept(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        order = (
            contract.single_order(body)
            if request.url.path.endswith("single_enrich")
            else contract.bulk_order(body)
        )
        for contact in order.contacts:
            if contact["firstname"] in self.invalid:
                raise contract.invalid(f"{contact['firstname']} is nobody's name")
        if order.type == "personal_email" and not self.behaviour.consent:
            raise contract.invalid(contract.CONSENT_MESSAGE)
        if len(order.contacts) * PRICE > self.behaviour.balance:
            raise contract.Refusal(422, {"error": contract.CREDITS_MESSAGE})
        self.charged += order.contacts
        enrichment_id = f"enrichment-{len(self.requests)}"
        for contact in order.contacts:
            self._enrich(contact, order, enrichment_id)
        return httpx.Response(202, json={"enrichment_id": enrichment_id})

    def _enrich(self, contact: dict[str, Any], order: contract.Order, enrichment_id: str) -> None:
        found = contract.findings(
            contact,
            order.type,
            self.behaviour.find_rate,
            order.countries,
            self.behaviour.most_numbers,
        )
        if things := contract.units(found):
            charge = Charge(enrichment_id, contact["custom"], things, things * PRICE)
            self.ledger.append(charge)
            self.behaviour.balance -= charge.credits
        result = {"enrichment_id": enrichment_id, "status": "finished", **found}
        self.webhooks.append(result | {"custom": contact["custom"]})


class Counts(Metrics):
    """Counts in memory, in place of CloudWatch. `lines` are what was told, with its dimensions."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.lines: list[tuple[dict[str, float], dict[str, str]]] = []

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        told: dict[str, float] = {metric.value: value for metric, value in values.items()}
        self.counted.update(told)
        self.lines.append((told, by))


class Functions:
    """Notes which functions were started, in place of Lambda's client."""

    def __init__(self) -> None:
        self.compiles: list[str] = []
        self.splits: list[tuple[str, str, int]] = []
        self.erasures: list[tuple[str, str]] = []

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803
        assert InvocationType == "Event"
        event = json.loads(Payload)
        if FunctionName == "compile":
            self.compiles.append(event["job"])
        elif FunctionName == "erase":
            upload = event["detail"]["object"]
            self.erasures.append((upload["key"], upload["version-id"]))
        else:
            upload = event["detail"]["object"]
            self.splits.append((upload["key"], upload["version-id"], upload["size"]))


class Messages:
    """The queue of batches as a list of (when due, job, batch), in place of SQS's client."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[int, str, int]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803, ARG002
        for entry in Entries:
            message = json.loads(entry["MessageBody"])
            due = self._clock() + entry.get("DelaySeconds", 0)
            self._waiting.append((due, message["job"], message["batch"]))
        return {"Successful": Entries}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803, ARG002
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self._waiting))}}

    def take(self) -> list[tuple[str, int]]:
        """The messages that are due, which are gone then."""
        due = [message for message in self._waiting if message[0] <= self._clock()]
        self._waiting = [message for message in self._waiting if message not in due]
        return [(job, number) for _, job, number in due]


class Bus:
    """Keeps what is told, in place of EventBridge's client and SNS's. `refusals` are codes with
    which events are refused while there are any.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.refusals: list[str] = []
        self.gone: set[str] = set()  # topics that are not there

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if self.refusals:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.refusals.pop(0)}]}
        self.events += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "one"}]}

    def publish(self, **message: Any) -> None:
        if message["TopicArn"] in self.gone:
            raise ClientError({"Error": {"Code": "NotFound"}}, "Publish")
        self.messages.append(message)

    def generate_presigned_url(
        self,
        ClientMethod: str,  # noqa: N803
        Params: dict[str, str],  # noqa: N803
        ExpiresIn: int,  # noqa: N803
    ) -> str:
        assert ClientMethod == "get_object"
        return f"https://{Params['Bucket']}.test/{Params['Key']}?signed={ExpiresIn}"

    @property
    def told(self) -> list[dict[str, Any]]:
        """The details of all events."""
        return [json.loads(event["Detail"]) for event in self.events]


class Killed(BaseException):
    """The death of a function's process, which no code of it can catch."""


class World:
    """Everything that a deployed stack has. `now` is the time; nothing happens but by calling."""

    def __init__(
        self,
        provider: Provider | None = None,
        /,
        *,
        account: Callable[[str, Clock], InMemory | Moto] = InMemory,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.now = 1_800_000_000
        self.provider = provider or Provider()
        self.account = account(self.provider.behaviour.api_key, self.clock)
        self.s3: Any = self.account.s3
        self.dynamodb: Any = self.account.dynamodb
        self.secrets: Any = self.account.secrets
        self.messages, self.functions = Messages(self.clock), Functions()
        self.metrics, self.bus = Counts(), Bus()
        self.window, self._window_began = Window(), self.now
        numbers, settings = count(1), ENVIRONMENT | dict(environment)
        self.pipeline = Pipeline(
            self.clients(),
            settings,
            self.clock,
            lambda: f"id-{next(numbers)}",
        )
        self.pipeline.metrics = self.metrics
        self.pipeline.dead_letters = ()
        self.pipeline.in_parallel = map
        self.pipeline.aside = at_once

    def clients(self) -> Any:
        """The clients of the pipeline: the account's, and those of this module for the rest."""
        transport = httpx.MockTransport(self.provider)
        return FakeClients(
            dynamodb=self.dynamodb,
            s3=self.s3,
            secrets=self.secrets,
            sqs=self.messages,
            functions=self.functions,
            events=self.bus,
            topics=self.bus,
            links=self.bus,
            http=httpx.Client(transport=transport),
        )

    def another(self, **environment: str) -> Pipeline:
        """A pipeline over the same stack with other settings."""
        pipeline = Pipeline(
            self.clients(), ENVIRONMENT | environment, self.clock, self.pipeline.new_id
        )
        pipeline.metrics = self.metrics
        pipeline.dead_letters = ()
        pipeline.in_parallel = map
        pipeline.aside = at_once
        return pipeline

    def allow_in_a_month(self, cap: int) -> None:
        """Set the month's cap, as a new deployment does."""
        budget = Budget(self.pipeline.table, cap)
        self.pipeline.budget = budget
        self.pipeline.submit = replace(self.pipeline.submit, budget=budget)
        estimate = replace(self.pipeline.estimate, budget=budget)
        self.pipeline.split = replace(self.pipeline.split, estimate=estimate)

    def clock(self) -> int:
        return self.now

    def drop(self, key: str, content: str | bytes) -> str:
        """Upload a file and split it; its job."""
        version, size = self.upload(key, content)
        return self.pipeline.split.run(key, version, size) or ""

    def erase(self, key: str, content: str | bytes) -> Receipt | None:
        """Upload a file of people, and erase them; the receipt."""
        version, _ = self.upload(key, content)
        return self.pipeline.erase.run(key, version)

    def versions(self, prefix: str = "") -> dict[tuple[str, str], bytes]:
        """The content of all versions that there are, by key and version."""
        listed = list(self.pipeline.bucket.versions(prefix))
        bodies = {
            (each.key, each.id): self.pipeline.bucket.read(each.key, each.id) for each in listed
        }
        return {place: body.read() for place, body in bodies.items() if body}

    def upload(self, key: str, content: str | bytes) -> tuple[str, int]:
        """Upload a file; its version and size."""
        body = content.encode() if isinstance(content, str) else content
        return self.s3.put_object(Bucket="data", Key=key, Body=body)["VersionId"], len(body)

    def submit_all(self) -> list[str]:
        """Run the submitter over every message that is due; what it did."""
        return [self.pipeline.submit.run(job, number) for job, number in self.messages.take()]

    def deliver(self, webhooks: list[dict[str, Any]] | None = None) -> None:
        """Post webhooks (all that wait, if none are given), and let the stream tell of them."""
        if webhooks is None:
            webhooks, self.provider.webhooks = self.provider.webhooks, []
        for webhook in webhooks:
            self.pipeline.webhook.run(json.dumps(webhook).encode())
        self.tell(map(batch_of, webhooks))

    def tell(self, results: Iterable[tuple[str, int]]) -> None:
        """Let the stream tell of results, each by its job and batch, in windows as on AWS."""
        if self.now - self._window_began >= WINDOW:
            self.pipeline.tally.end(self.window)
            self.window, self._window_began = Window(), self.now
        self.pipeline.tally.run(results, self.window)

    def inform(self) -> None:
        """Let the stream tell of all jobs, as if each had changed."""
        keys = (item["pk"]["S"] for item in self.items() if item["sk"]["S"] == "JOB")
        self.pipeline.inform.run(map(job_of_key, keys))

    def finish(self) -> None:
        """Run every compilation that was started."""
        while self.functions.compiles:
            self.pipeline.compile.run(self.functions.compiles.pop(0))

    def enrich(self, key: str, content: str | bytes) -> str:
        """The whole way: upload, submit, results, output; the job."""
        job = self.drop(key, content)
        self.submit_all()
        self.deliver()
        self.finish()
        return job

    def job(self, job: str) -> Job:
        found = self.pipeline.jobs.get(job)
        assert found
        return found

    def enriched(self, key: str, job: str) -> str:
        return self.read(output_key(ENRICHED, key, job, ".csv")) or ""

    def rejected(self, key: str, job: str) -> str | None:
        return self.read(output_key(REJECTED, key, job, ".csv"))

    def report(self, key: str, job: str) -> dict[str, Any]:
        return dict(json.loads(self.read(output_key(REPORTS, key, job, ".json")) or "{}"))

    def read(self, key: str) -> str | None:
        body = self.pipeline.bucket.read(key)
        return None if body is None else body.read().decode()

    def content(self, key: str) -> bytes:
        """What lies at a key, which must be there."""
        body = self.pipeline.bucket.read(key)
        assert body
        return body.read()

    def keys(self, prefix: str = "") -> list[str]:
        return self.account.keys(prefix)

    def items(self) -> list[dict[str, Any]]:
        return self.account.items()

    def job_of(self, key: str, version: str) -> str:
        return job_id("data", key, version)


def batch_of(webhook: dict[str, Any]) -> tuple[str, int]:
    """The job and batch that a webhook's token names."""
    _, _, job, batch, _, _ = webhook["custom"]["token"].split(".")
    return job, int(batch)


def contacts(
    number: int, line: Callable[[int], str] = lambda n: f"Jane{n},Doe,company{n}.example"
) -> str:
    """A CSV file with a header and that many valid contacts."""
    return (
        "\r\n".join(["First Name,Last Name,Domain", *(line(n) for n in range(1, number + 1))])
        + "\r\n"
    )
