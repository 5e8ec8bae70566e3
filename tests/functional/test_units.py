"""What the ledger of persons costs, in the units that DynamoDB charges for, request by request."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

import httpx
import pytest

from enrichment.domain.job import JobState
from enrichment.domain.window import Window
from local.provider import contract
from tests.functional.world import batch_of
from tests.simulation.aws import S3, SQS, START, Lambda, Secrets
from tests.simulation.metered import Metered, size_of
from tests.simulation.pipeline import ENVIRONMENT, FakeClients, SimulatedPipeline

CONTACTS = 1000
OURS, THEIRS = "incoming/email/sales/leads.csv", "incoming/email/events/fair.csv"


class Account:
    """The pipeline over a metered table; nothing goes wrong."""

    def __init__(self, reuse_days: int) -> None:
        self.table = Metered()
        self.s3 = S3(lambda _, act: act())
        self.messages: list[tuple[str, int]] = []
        self.compiles: list[str] = []
        self.sent = 0
        self.webhooks: list[dict[str, Any]] = []
        ids = count(1)
        clients = FakeClients(
            dynamodb=self.table,
            s3=self.s3,
            sqs=SQS(lambda _, act: act(), self._on_message),
            secrets=Secrets(lambda _, act: act(), {"signing-key": "key"}),
            functions=Lambda(lambda _, act: act(), lambda _, event: self._on_start(event)),
            http=httpx.Client(transport=httpx.MockTransport(self._provider)),
        )
        environment = {**ENVIRONMENT, "REUSE_DAYS": str(reuse_days)}
        self.pipeline = FullBatches(clients, environment, lambda: START, lambda: f"id-{next(ids)}")

    def _on_message(self, message: dict[str, Any], _: int) -> None:
        self.messages.append((message["job"], message["batch"]))

    def _on_start(self, event: dict[str, Any]) -> None:
        self.compiles.append(event["job"])

    def _provider(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"credits": 100_000})
        single = request.url.path.endswith("single_enrich")
        order = (contract.single_order if single else contract.bulk_order)(
            json.loads(request.content)
        )
        self.sent += len(order.contacts)
        for contact in order.contacts:
            found = contract.findings(contact, order.type, 0.7, frozenset())
            self.webhooks.append(contract.result("e", contact, "finished", found))
        return httpx.Response(202, json={"enrichment_id": "e"})

    def enrich(self, key: str, file: str) -> tuple[float, float, int]:
        """A file's whole way; the units that it wrote and read, and the contacts that were sent."""
        writes, reads, sent = self.table.writes, self.table.reads, self.sent
        self.s3.objects[key] = [file.encode()]
        job = self.pipeline.split.run(key, "1", len(file))
        while self.messages:
            self.pipeline.submit.run(*self.messages.pop(0))
        webhooks, self.webhooks = self.webhooks, []
        for webhook in webhooks:
            self.pipeline.webhook.run(json.dumps(webhook).encode())
        self.pipeline.tally.run(map(batch_of, webhooks), Window())
        for each in self.compiles:
            self.pipeline.compile.run(each)
        found = self.pipeline.jobs.get(job or "")
        assert found
        assert found.state is JobState.DONE
        return self.table.writes - writes, self.table.reads - reads, self.sent - sent


class FullBatches(SimulatedPipeline):
    batch_size = 100


def people(numbers: range, more: Sequence[str] = ()) -> str:
    """Contacts, with further columns in which all have the same."""
    header = ",".join(["First Name,Last Name,Domain", *more])
    cells = "".join(f",{name}" for name in more)
    lines = [f"Jane{n % 900},Doe,company{n}.example{cells}" for n in numbers]
    return "\r\n".join([header, *lines]) + "\r\n"


@pytest.mark.parametrize(
    ("again", "sent", "most"),
    [
        (range(CONTACTS, 2 * CONTACTS), CONTACTS, 1.0),
        # Dividing the one batch of which some are known takes 14 units. The nine of which all are
        # known take a unit less each than if they were sent.
        (range(10, CONTACTS + 10), 10, 1.005),
    ],
)
def test_a_contact_takes_one_unit_to_write_and_a_fifth_to_read(
    again: range, sent: int, most: float
) -> None:
    """Beside what it takes without the ledger, which sends and answers everybody."""
    without, with_it = Account(reuse_days=0), Account(reuse_days=90)
    for file, expected in ((range(CONTACTS), CONTACTS), (again, sent)):
        key = OURS if file == range(CONTACTS) else THEIRS
        plain = without.enrich(key, people(file))
        kept = with_it.enrich(key, people(file))
        writes, reads, _ = ((mine - its) / CONTACTS for mine, its in zip(kept, plain, strict=True))
        assert (plain[2], kept[2]) == (CONTACTS, expected)
        assert writes <= most
        assert reads <= 0.2


def test_batches_take_as_many_units_whatever_the_columns_of_the_file() -> None:
    """Each step of a batch writes the item of its job, which is to have less than 1 kB."""
    wide = [f"Company {number}" for number in range(37)]
    units = []
    for columns in ((), wide):
        account = Account(reuse_days=0)
        few, many = (
            account.enrich(key, people(range(first, last), columns))[0]
            for key, first, last in ((OURS, 0, 100), (THEIRS, 100, 500))
        )
        units.append(many - few)
        sizes = {
            sk: [size_of(item) for item in account.table.sent() if item["sk"]["S"] == sk]
            for sk in ("JOB", "READING")
        }
        assert max(sizes["JOB"]) < 1024
    assert units[0] == units[1]
    assert min(sizes["READING"]) > 2048
