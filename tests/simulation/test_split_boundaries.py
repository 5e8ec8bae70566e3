"""A split that dies at any of its calls and is told of again makes the same job with the same
batches, byte for byte; also one that has no time for the whole file, and goes on in the next run.
"""

from collections.abc import Callable
from contextlib import suppress
from itertools import count, repeat
from typing import Any

import pytest
from botocore.exceptions import ClientError

from enrichment.domain.batch import Batch
from enrichment.domain.folder import plan_key
from enrichment.domain.job import JobState
from enrichment.domain.lanes import lanes_for
from tests.simulation.aws import S3, SQS, START, Lambda
from tests.simulation.dynamodb import DynamoDB
from tests.simulation.fates import Killed
from tests.simulation.pipeline import ENVIRONMENT, FakeClients, SimulatedPipeline

KEY = "incoming/email/leads.csv"
CONTACTS = 25


def file(contacts: int) -> bytes:
    rows = [
        "First Name,Last Name,Domain",
        *(f"Jane{n},Doe,company{n}.example" for n in range(contacts)),
        ",Doe,a.example\r\n",  # lacks a name, so it is in no batch
    ]
    return "\r\n".join(rows).encode()


class Account:
    """One upload, and a split of it that dies at its `fatal` call, before or after the call is
    carried out. In parts, the first run has time for a hundred rows, the next for two hundred, and
    so on; what a run starts follows at once.
    """

    def __init__(
        self,
        fatal: int | None = None,
        after: bool = False,
        content: bytes = file(CONTACTS),
        in_parts: bool = False,
    ) -> None:
        self.calls, self.fatal, self.after = 0, fatal, after
        self.size, self.in_parts = len(content), in_parts
        self.runs = self.started = 0
        self.messages: list[dict[str, Any]] = []
        self.s3 = S3(self.guard)
        self.s3.objects[KEY] = [content]
        clients = FakeClients(
            dynamodb=DynamoDB(self.guard, lambda *_: None),
            s3=self.s3,
            sqs=SQS(self.guard, lambda message, _: self.messages.append(message)),
            functions=Lambda(self.guard, self.count_start),
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

    def count_start(self, function: str, _: dict[str, Any]) -> None:
        self.started += function == ENVIRONMENT["SPLIT_FUNCTION"]

    def run(self) -> str:
        """The run that was told of, and those that it leads to."""
        self.started += 1
        while self.started:
            self.started -= 1
            self.runs += 1
            job = self.pipeline.split.run(KEY, "1", self.size, self.seconds_left())
        return job or ""

    def seconds_left(self) -> Callable[[], float]:
        """There is time for as many looks at it as there were runs."""
        looks = iter([900] * self.runs if self.in_parts else repeat(900))
        return lambda: next(looks, 0)

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

LONG = file(250)
WHOLE = Account(content=LONG)
WHOLE.run()
IN_PARTS = Account(content=LONG, in_parts=True)
IN_PARTS.run()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fatal", range(1, CALLS + 1))
def test_a_split_that_died_is_repeated_byte_for_byte(fatal: int, after: bool) -> None:
    account = Account(fatal, after)
    with pytest.raises(Killed):
        account.run()

    assert account.outcome() == UNDISTURBED.outcome()


def test_a_file_is_split_in_several_runs_as_in_one_byte_for_byte() -> None:
    assert (WHOLE.runs, IN_PARTS.runs) == (1, 3)
    assert IN_PARTS.outcome() == WHOLE.outcome()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fatal", range(1, IN_PARTS.calls + 1))
def test_a_split_in_several_runs_of_which_one_died_is_the_same_byte_for_byte(
    fatal: int, after: bool
) -> None:
    account = Account(fatal, after, content=LONG, in_parts=True)
    with pytest.raises(Killed):
        account.run()

    assert account.outcome() == WHOLE.outcome()


def test_the_undisturbed_split_plans_every_batch_and_asks_for_one_of_each_lane() -> None:
    _, batches = UNDISTURBED.outcome()
    assert CALLS > 5
    assert sum(batch.size for batch in batches) == CONTACTS
    asked = [message["batch"] for message in UNDISTURBED.messages]
    assert asked == list(range(1, lanes_for(int(ENVIRONMENT["CONCURRENCY"])) + 1))
