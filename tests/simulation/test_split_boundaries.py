"""A split that dies at any of its calls and is told of again makes the same job with the same batches, byte for byte."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.functions import Starter
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch
from enrichment.domain.folder import plan_key
from enrichment.domain.job import JobState
from enrichment.usecases.completion import Completion
from enrichment.usecases.estimate import EstimateJob
from enrichment.usecases.publish import PublishReport
from enrichment.usecases.split import SplitUpload
from tests.functional.world import contacts
from tests.simulation.aws import S3, SQS, START, DynamoDB, Lambda
from tests.simulation.history import KEY, Killed, seen
from tests.unit.builders import LIMITS, MONEY

FILE = contacts(25).encode() + b",Doe,a.example\r\n"


class Account:
    """One upload, and a split of it that dies at its `fatal` call, before or after the call is carried out."""

    def __init__(self, fatal: int | None = None, after: bool = False) -> None:
        self.calls, self.fatal, self.after = 0, fatal, after
        self.messages: list[dict[str, Any]] = []
        dynamodb = DynamoDB(self.guard, lambda *_: None)
        self.s3 = S3(self.guard)
        self.s3.objects[KEY] = [FILE]
        self.table = JobTable(dynamodb, "table", 90)  # type: ignore[arg-type]  # in memory, as the next three
        bucket = Bucket(self.s3, "data")  # type: ignore[arg-type]
        queue = SubmitQueue(SQS(self.guard, lambda message, _: self.messages.append(message)), "queue")  # type: ignore[arg-type]
        starter = Starter(Lambda(self.guard, lambda *_: None), "split", "compile")  # type: ignore[arg-type]
        ids = count(1)
        self.split = SplitUpload(
            table=self.table,
            bucket=bucket,
            queue=queue,
            completion=Completion(self.table, starter, lambda: START),
            publish=PublishReport(bucket, lambda report: report.job),
            estimate=EstimateJob(self.table, bucket, lambda: START, lambda _: 1, MONEY, None),
            seen=seen,
            clock=lambda: START,
            new_id=lambda: f"plan-{next(ids)}",
            deadline_seconds=3600,
            price=lambda _: 1,
            limits=LIMITS,
            batch_size=4,
        )

    def guard(self, _: str, act: Callable[[], Any]) -> Any:
        self.calls += 1
        if self.calls == self.fatal:
            if self.after:
                with suppress(ClientError):  # an answer that is an error dies with the process too
                    act()
            raise Killed
        return act()

    def run(self) -> str:
        return self.split.run(KEY, "1", len(FILE)) or ""

    def outcome(self) -> tuple[bytes, list[Batch]]:
        """The plan that counts, and its batches but for the plan's name."""
        job = self.table.job(self.run())
        assert job
        assert job.state is JobState.RUNNING
        plan = self.s3.objects[plan_key(job.id, job.plan)][-1]
        return plan, [batch.model_copy(update={"plan": ""}) for batch in self.table.batches(job)]


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
    assert sum(batch.size for batch in batches) == 25
    assert [message["batch"] for message in UNDISTURBED.messages] == [batch.number for batch in batches]
