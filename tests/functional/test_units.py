"""What the ledger of persons costs, in the units that DynamoDB charges for, request by request."""

import json
import math
from collections.abc import Mapping
from itertools import count
from typing import Any

import httpx
import pytest

from enrichment.domain.job import JobState
from enrichment.domain.window import Window
from local.provider import contract
from tests.functional.world import batch_of
from tests.simulation.aws import S3, SQS, START, Lambda, Secrets
from tests.simulation.dynamodb import DynamoDB
from tests.simulation.pipeline import ENVIRONMENT, FakeClients, SimulatedPipeline

CONTACTS = 1000
OURS, THEIRS = "incoming/email/sales/leads.csv", "incoming/email/events/fair.csv"


class Metered(DynamoDB):
    """A table that counts units: of 1 kB for a write, two of them in a transaction, also where its
    condition fails; of 4 kB for a consistent read, each item for itself unless they are queried.
    """

    def __init__(self) -> None:
        super().__init__(lambda _, act: act(), lambda *_: None)
        self.writes = self.reads = 0

    def put_item(self, **request: Any) -> dict[str, Any]:
        self.writes += _units(request["Item"], 1024)
        return super().put_item(**request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.writes += self._units_at(request["Key"], 1024)
        return super().update_item(**request)

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for action in TransactItems:
            ((kind, request),) = action.items()
            put = kind == "Put"
            self.writes += 2 * (
                _units(request["Item"], 1024) if put else self._units_at(request["Key"], 1024)
            )
        return super().transact_write_items(TransactItems)

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.reads += self._units_at(request["Key"], 4096)
        return super().get_item(**request)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        for request in RequestItems.values():
            self.reads += sum(self._units_at(key, 4096) for key in request["Keys"])
        return super().batch_get_item(RequestItems)

    def _query(self, **request: Any) -> dict[str, Any]:
        answer = super()._query(**request)
        size = sum(map(_size, answer["Items"]))
        self.reads += max(1, math.ceil(size / 4096))
        return answer

    def _units_at(self, key: Mapping[str, Any], unit: int) -> int:
        there = self.items.get((key["pk"]["S"], key["sk"]["S"]))
        return 1 if there is None else _units(there, unit)


def _units(item: Mapping[str, Any], unit: int) -> int:
    return max(1, math.ceil(_size(item) / unit))


def _size(item: Mapping[str, Any]) -> int:
    return sum(len(name) + len(str(value)) for name, value in item.items())


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

    def enrich(self, key: str, file: str) -> tuple[int, int, int]:
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


def people(numbers: range) -> str:
    lines = [f"Jane{n % 900},Doe,company{n}.example" for n in numbers]
    return "\r\n".join(["First Name,Last Name,Domain", *lines]) + "\r\n"


@pytest.mark.parametrize(
    ("again", "sent", "most"),
    [
        (range(CONTACTS, 2 * CONTACTS), CONTACTS, 1.0),
        # Dividing the one batch of which some are known takes 22 units.
        (range(10, CONTACTS + 10), 10, 1.02),
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
