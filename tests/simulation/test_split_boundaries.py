"""A split that dies at any of its calls and is told of again makes the same job with the same
batches, byte for byte.
"""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from enrichment.domain.batch import Batch
from enrichment.domain.folder import plan_key
from enrichment.domain.job import JobState
from tests.simulation.aws import S3, SQS, START, Lambda
from tests.simulation.dynamodb import DynamoDB
from tests.simulation.fates import Killed
from tests.simulation.pipeline import ENVIRONMENT, FakeClients, SimulatedPipeline
from tests.simulation.world import KEY

CONTACTS = 25
FILE = "\r\n".join(
    [
        "First Name,Last Name,Domain",
        *(f"Jane{n},Doe,company{n}.example" for n in range(CONTACTS)),
        ",Doe,a.example\r\n",  # lacks a name, so it is in no batch
    ]
).encode()


class Account:
    """One upload, and a split of it that dies at its `fatal` call, before or after the call is
    carried out.
    """

    def __init__(self, fatal: int | None = None, after: bool = False) -> None:
        self.calls, self.fatal, self.after = 0, fatal, after
        self.messages: list[dict[str, Any]] = []
        self.s3 = S3(self.guard)
        self.s3.objects[KEY] = [FILE]
        clients = FakeClients(
            dynamodb=DynamoDB(self.guard, lambda *_: None),
            s3=self.s3,
            sqs=SQS(self.guard, lambda message, _: self.messages.append(message)),
            functions=Lambda(self.guard, lambda *_: None),
        )
        ids = count(1)
        self.pipeline = SimulatedPipeline(
            clients, ENVIRONMENT, lambda: START, lambda: f"plan-{next(ids)}"
        )

    def guard(self, _: str, act: Callable[[], Any]) -> Any:
        self.calls += 1
        if self.calls == self.fatal:
            if self.after:
                with suppress(ClientError):  # an error as a response dies with the process, too
                    act()
            raise Killed
        return act()

    def run(self) -> str:
        return self.pipeline.split.run(KEY, "1", len(FILE)) or ""

    def outcome(self) -> tuple[bytes, list[Batch]]:
        """The plan that counts, and its batches but for the plan's name."""
        job = self.pipeline.jobs.get(self.run())
        assert job
        assert job.state is JobState.RUNNING
        plan = self.s3.objects[plan_key(job.id, job.plan)][-1]
        batches = self.pipeline.batches.of(job)
        return plan, [batch.model_copy(update={"plan": ""}) for batch in batches]


UNDISTURBED = Account()
UNDISTURBED.run()
CALLS = UNDISTURBED.calls


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_a_split_that_died_is_repeated_byte_for_byte(fatal: int, after: bool) -> None:
    account = Account(fatal, after)
    with pytest.raises(Killed):
        account.run()

    assert account.outcome() == UNDISTURBED.outcome()


def test_the_undisturbed_split_plans_and_asks_for_every_batch() -> None:
    _, batches = UNDISTURBED.outcome()
    assert CALLS > 5
    assert sum(batch.size for batch in batches) == CONTACTS
    asked = [message["batch"] for message in UNDISTURBED.messages]
    assert asked == [batch.number for batch in batches]
