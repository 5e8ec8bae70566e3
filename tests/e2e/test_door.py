"""The door for results on the deployed template: more of them at once than the function may take,
while it is killed and the table takes nothing; and what does not belong there.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from enrichment.domain.folder import ENRICHED, job_id
from enrichment.domain.job import ENDED
from local import stack
from local.stack import Stack
from local.user import User
from tests.e2e.looking import cells, eventually
from tests.e2e.processes import Processes

ROWS = 500
REFUSING = 30  # seconds for which the table takes nothing
SETTINGS = {
    "WEBHOOK_CONCURRENCY": "2",
    "STANDIN_RESULT_SECONDS": "0.1",
    "STANDIN_FAULTS": json.dumps({"webhook_missing": 1.0}),  # the test sends them
}
KEY = "incoming/email/door.csv"


@dataclass(frozen=True)
class Waiting:
    """A job whose batches are accepted and none of whose results has come."""

    stack: Stack
    user: User
    job: str
    customs: list[dict[str, Any]]

    def stored(self) -> int:
        """How many results are in the table."""
        pages = self.stack.client("dynamodb").get_paginator("scan")
        items = (
            item for page in pages.paginate(TableName=self.stack.table) for item in page["Items"]
        )
        return sum(item["pk"]["S"].startswith("RESULT#") for item in items)

    def in_the_queues(self) -> int:
        """How many messages wait or are being worked on."""
        sqs, names = self.stack.client("sqs"), ("", "NotVisible", "Delayed")
        return sum(
            int(
                sqs.get_queue_attributes(QueueUrl=self.stack.queues[queue], AttributeNames=["All"])[
                    "Attributes"
                ][f"ApproximateNumberOfMessages{name}"]
            )
            for queue in ("webhook", "webhook_dead_letters")
            for name in names
        )


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    folder = tmp_path_factory.mktemp("door")
    started = stack.start(print, SETTINGS, folder)
    user, file = User(started), folder / "door.csv"
    lines = [f"Jane{n},Doe,company{n}.example\n" for n in range(ROWS)]
    file.write_text("First Name,Last Name,Domain\n" + "".join(lines))
    job = job_id(started.bucket, KEY, user.upload(file, KEY))

    def customs() -> list[dict[str, Any]] | None:
        requests = started.ledger()["requests"]
        sent = [contact["custom"] for request in requests for contact in request["contacts"]]
        return sent if len(sent) == ROWS else None

    yield Waiting(started, user, job, eventually(customs, 60))
    stack.stop(started)


def result(number: int, custom: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "finished",
        "email": f"jane@company{number}.example",
        "email_status": "deliverable",
        "custom": custom,
    }


def post(waiting: Waiting, content: bytes, kind: str = "application/json") -> int:
    headers = {"Content-Type": kind}
    return httpx.post(waiting.stack.webhook_url, content=content, headers=headers).status_code


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
def test_another_content_type_is_refused(waiting: Waiting, kind: str) -> None:
    assert post(waiting, json.dumps(result(0, waiting.customs[0])).encode(), kind) == 415


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"custom": null}',
        b'{"custom": {}}',
        b'{"custom": {"token": 7}}',
        b'{"custom": {"token": "v1.a.b.1.2.c"}}',
    ],
)
def test_what_has_no_token_of_the_right_form_is_refused(waiting: Waiting, body: bytes) -> None:
    assert post(waiting, body) == 400


def test_what_is_larger_than_any_result_is_refused(waiting: Waiting) -> None:
    padded = result(0, waiting.customs[0]) | {"padding": "x" * 100_000}
    assert post(waiting, json.dumps(padded).encode()) == 413
    assert waiting.in_the_queues() == 0


def test_a_forged_token_is_accepted_counted_and_writes_nothing(waiting: Waiting) -> None:
    token = waiting.customs[0]["token"]
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    body = json.dumps(result(0, {"token": forged})).encode()
    assert [post(waiting, body) for _ in range(3)] == [200] * 3

    eventually(lambda: waiting.in_the_queues() == 0, 30)
    assert waiting.stored() == 0


@contextmanager
def refusing(waiting: Waiting) -> Iterator[None]:
    """The table takes no writes from the function."""
    iam, role = waiting.stack.client("iam"), role_of(waiting.stack, "webhook")
    deny = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="refuse", PolicyDocument=policy)
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="refuse")


def role_of(started: Stack, function: str) -> str:
    arn = started.client("lambda").get_function_configuration(
        FunctionName=started.functions[function]
    )["Role"]
    return str(arn.rpartition("/")[2])


def test_a_burst_reaches_the_output_though_the_table_refuses_it_and_the_function_is_killed(
    waiting: Waiting, tmp_path: Path
) -> None:
    async def burst() -> list[int]:
        limits = httpx.Limits(max_connections=100)  # the embedded AWS resets some of 500
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            answers = await asyncio.gather(
                *(
                    client.post(waiting.stack.webhook_url, json=result(number, custom))
                    for number, custom in enumerate(waiting.customs)
                )
            )
        return [answer.status_code for answer in answers]

    hidden = {"VisibilityTimeout": "20"}  # the function's timeout: the test waits no longer than it
    queue = waiting.stack.queues["webhook"]
    waiting.stack.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes=hidden)
    processes = Processes(waiting.stack)
    with refusing(waiting):
        began = time.monotonic()
        assert Counter(asyncio.run(burst())) == {200: ROWS}
        eventually(lambda: processes.alive(["webhook"]), 30)
        processes.kill_all("webhook")
        time.sleep(max(0.0, began + REFUSING - time.monotonic()))
        assert waiting.stored() == 0
    eventually(lambda: waiting.stored() > ROWS // 4, 60)
    assert waiting.stored() < ROWS
    processes.kill_all("webhook")

    def ended() -> bool:
        job = waiting.user.job(waiting.job)
        return job is not None and job.state in ENDED

    eventually(ended, 240)
    assert waiting.stored() == ROWS
    output = waiting.user.fetch(KEY, waiting.job, tmp_path)[ENRICHED].read_text()
    header, *rows = cells(output)
    found = {row[header.index("enriched_email")] for row in rows}
    assert found == {f"jane@company{number}.example" for number in range(ROWS)}
    # What a killed run had stored comes once more, when it is visible again.
    assert eventually(lambda: waiting.in_the_queues() == 0, 60)
    assert processes.killed["webhook"] >= 2
