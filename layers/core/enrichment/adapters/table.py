"""The DynamoDB table: the one truth about jobs, batches and results.

    pk                      sk               item
    JOB#<job>               JOB              a job
    PLAN#<job>#<plan>       BATCH#<number>   a batch of one plan; the job says which plan counts
    RESULT#<job>#<batch>    ROW#<row>        one contact's result, as it came
    ASIDE#<job>             <digest>         a genuine webhook that is not its row's result
    BUDGET#<month>          BUDGET           credits reserved in a calendar month
    CONTENT#<digest>        CONTENT          the job that pays for a content, so that no other does

Results are keyed by (job, batch) so that writes spread over partitions and compiling needs one query per batch. Batches are
keyed by plan, so that two runs over the same file never touch each other's. The sparse index `open-jobs` holds the jobs that
still need the sweeper. Every item but the budgets expires by TTL after the retention time.

Every change of state is conditional on the states from which it is allowed (`BATCH_TRANSITIONS`, `JOB_TRANSITIONS`), and a
condition that fails reads back the item that made it fail.
"""

import hashlib
import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, Any

from enrichment.adapters.items import (
    OPEN,
    Update,
    batch_key,
    batch_sk,
    budget_key,
    canonical,
    content_key,
    fields_of,
    item_of,
    job_key,
    plain,
    plan_of,
    result_key,
    results_of,
    row_of,
    wire,
)
from enrichment.domain import batch as batches
from enrichment.domain import job as jobs
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Halt, Job, JobState
from enrichment.domain.token import RowRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OPEN_JOBS_INDEX = "open-jobs"
_BEFORE_COMPILING = ("late_at", "compile_began_at")  # what a job forgets at that step
_HALT = ("halt", "halt_message", "halt_told_at")  # what a job forgets when it sends again
_MOST_PUTS = 25  # in one BatchWriteItem
_MOST_CONFLICTS = 8  # times that a transaction is tried while another one holds its items


class Stored(Enum):
    """What became of a result that was to be stored."""

    FIRST = auto()  # it is the row's result now
    AGAIN = auto()  # the same result was there already
    OTHER = auto()  # another result is there; nothing was written


class Run(Enum):
    """What became of an attempt to start a job."""

    STARTED = auto()  # it runs, with the caller's plan
    LOST = auto()  # another run over the same upload was faster
    REPEATED = auto()  # another job has the same content


class Claim(Enum):
    """What became of an attempt to take a batch."""

    HELD = auto()  # the caller has it
    TAKEN = auto()  # somebody else has it, or it needs nobody
    OVER_BUDGET = auto()  # the month's cap leaves no room for it


class JobTable:
    """Jobs, batches and results in one table.

    Args:
        client: a boto3 DynamoDB client.
        name: the table's name.
        retention: seconds after its creation at which an item may expire.
    """

    def __init__(self, client: "DynamoDBClient", name: str, retention: int) -> None:
        self._client, self._name, self._retention = client, name, retention

    # Jobs

    def create_job(self, job: Job) -> bool:
        """Store a new job; False when there is one of this id."""
        item = fields_of(job) | job_key(job.id) | {OPEN: "yes", "expires_at": job.created_at + self._retention}
        return self._put_if_new(item) is None

    def job(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read)."""
        item = self._get(job_key(job_id))
        return Job.model_validate(item) if item else None

    def open_jobs(self) -> Iterator[Job]:
        """Jobs that still need the sweeper, as the index has them: a moment behind at times."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=_OPEN_JOBS_INDEX,
            KeyConditionExpression="#open = :yes",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=wire({":yes": "yes"}),
        )
        for page in pages:
            yield from (Job.model_validate(plain(item)) for item in page["Items"])

    def change_job(self, job_id: str, **fields: Any) -> None:
        """Set fields of a job that exists, whatever its state."""
        self._try(Update(job_key(job_id), fields))

    def run_job(self, job: Job, now: int, force: bool, **fields: Any) -> Run:
        """SPLITTING → RUNNING, with the plan that counts, and take the job's content: both or neither.

        Args:
            job: as it was read; its `content` is taken.
            now: epoch seconds; a content that another job took is free again when that job may expire.
            force: whether to take the content from a job that has it.
            fields: the plan.
        """
        run = Update(
            job_key(job.id), {"state": JobState.RUNNING, "content": job.content, **fields}, jobs.before(JobState.RUNNING)
        )
        free = "attribute_not_exists(pk) OR job = :job OR expires_at < :now"
        values = {"job": job.id, "now": now}
        item = {"job": job.id, "expires_at": job.created_at + self._retention}
        if force:
            free, values = "attribute_not_exists(pk) OR attribute_exists(pk)", {}
        failed = self._transact([run, Update(content_key(job.content), item, condition=free, values=values)])
        if failed is None:
            return Run.STARTED
        return Run.REPEATED if failed[1] is not None else Run.LOST

    def job_of_content(self, content: str, now: int) -> str | None:
        """The job that took a content, as long as it is sure to be there."""
        item = self._get(content_key(content))
        return str(item["job"]) if item and item["expires_at"] >= now else None

    def free_content(self, job: Job) -> None:
        """Let the content of a job be paid for by another; nothing if another has it."""
        if job.content:
            self._try(Update(content_key(job.content), {"expires_at": 0}, condition="job = :job", values={"job": job.id}))

    def answer_job(self, job_id: str, to: JobState, now: int) -> bool:
        """SPLITTING → a state in which its owner has the answer at once; False when another run was faster."""
        return self._move_job(job_id, to, {"finished_at": now}, removes=[OPEN])

    def compile_job(self, job_id: str, now: int) -> bool:
        """RUNNING or DONE → COMPILING; False when somebody took the step already. Results may come late again from here on."""
        return self._move_job(job_id, JobState.COMPILING, {"compile_asked_at": now, OPEN: "yes"}, removes=_BEFORE_COMPILING)

    def finish_job(self, job_id: str, now: int, delivered: int, awaits_more: bool) -> None:
        """COMPILING → DONE. The job stays open while it awaits more, and if a result came since compiling began."""
        fields = {"state": JobState.DONE, "finished_at": now, "delivered": delivered}
        states = jobs.before(JobState.DONE)
        if not awaits_more:
            condition = "attribute_exists(pk) AND attribute_not_exists(late_at)"
            if self._try(Update(job_key(job_id), fields, states, condition, removes=[OPEN])) is None:
                return
        self._try(Update(job_key(job_id), fields, states))

    def close_job(self, job_id: str) -> None:
        """Let a finished job be: no late result is looked for any more."""
        self._try(Update(job_key(job_id), {}, [JobState.DONE], removes=[OPEN]))

    def note_late_result(self, job_id: str, now: int) -> None:
        """Remember that a result came which the output may lack; the first such time stands."""
        condition = "attribute_exists(pk) AND attribute_not_exists(late_at)"
        self._try(Update(job_key(job_id), {"late_at": now, OPEN: "yes"}, [JobState.COMPILING, JobState.DONE], condition))

    def halt_job(self, job_id: str, halt: Halt, message: str) -> bool:
        """Pause a running job; False when it is paused already or does not run."""
        condition = "attribute_exists(pk) AND attribute_not_exists(halt)"
        fields = {"halt": halt, "halt_message": message}
        return self._try(Update(job_key(job_id), fields, [JobState.RUNNING], condition)) is None

    def resume_job(self, job_id: str) -> bool:
        """Lift a running job's halt; False when it has none or does not run."""
        condition = "attribute_exists(pk) AND attribute_exists(halt)"
        return self._try(Update(job_key(job_id), {}, [JobState.RUNNING], condition, removes=_HALT)) is None

    def reopen_job(self, job_id: str, deadline_at: int) -> bool:
        """DONE → RUNNING with a new deadline, which only an operator may ask for; False when the job is not done."""
        states = [state for state, following in jobs.OPERATOR_TRANSITIONS.items() if JobState.RUNNING in following]
        fields = {"state": JobState.RUNNING, "deadline_at": deadline_at, OPEN: "yes"}
        return self._try(Update(job_key(job_id), fields, states, removes=_HALT)) is None

    # Batches

    def add_batches(self, new: Iterable[Batch]) -> int:
        """Store the batches of a plan that no job counts on yet; how many there are."""
        stored, batches_left = 0, iter(new)
        while chunk := list(islice(batches_left, _MOST_PUTS)):
            puts = [{"PutRequest": {"Item": wire(self._batch_item(batch))}} for batch in chunk]
            unsaved: dict[str, Any] = {self._name: puts}
            while unsaved:
                unsaved = dict(self._client.batch_write_item(RequestItems=unsaved)["UnprocessedItems"])
            stored += len(chunk)
        return stored

    def batch(self, job: Job, number: int) -> Batch | None:
        """A batch of the job's plan as it is now (a consistent read)."""
        item = self._get({"pk": plan_of(job.id, job.plan), "sk": batch_sk(number)})
        return Batch.model_validate(item) if item else None

    def batches(self, job: Job) -> list[Batch]:
        """All batches of the job's plan by number (a consistent read); without a division, in the order of their rows."""
        return [Batch.model_validate(item) for item in self._query(plan_of(job.id, job.plan), "BATCH#")]

    def change_batch(self, batch: Batch, **fields: Any) -> None:
        """Set fields of a batch that exists, whatever its state."""
        self._try(Update(batch_key(batch), fields))

    def claim_batch(self, batch: Batch, claim: str, now: int, month: str, cost: int, cap: int | None) -> Claim:
        """Take a planned batch for the one POST, and reserve its credits in the month's budget: both or neither.

        Args:
            batch: the batch.
            claim: an id of this attempt. A retry of a write whose answer was lost finds its own claim, and holds it.
            now: epoch seconds.
            month: such as 2026-11.
            cost: credits of the whole batch.
            cap: the most credits of a month; None for no cap, and then nothing is reserved.
        """
        sets = {"state": BatchState.SENDING, "claim": claim, "claimed_at": now}
        states = batches.before(BatchState.SENDING)
        if cap is None:
            there = self._try(Update(batch_key(batch), sets, states))
            return Claim.HELD if there is None or there.get("claim") == claim else Claim.TAKEN
        if cost > cap:
            return Claim.OVER_BUDGET
        room = "attribute_not_exists(reserved) OR reserved <= :room"
        reserve = Update(budget_key(month), adds={"reserved": cost}, condition=room, values={"room": cap - cost})
        failed = self._transact([Update(batch_key(batch), sets | {"month": month}, states), reserve])
        if failed is None or (failed[0] or {}).get("claim") == claim:
            return Claim.HELD
        return Claim.TAKEN if failed[0] is not None else Claim.OVER_BUDGET

    def release_batch(self, batch: Batch, claim: str, cost: int, queued_at: int) -> bool:
        """SENDING → PLANNED, for a claim with which provably nothing was enqueued; its credits are given back."""
        states = batches.before(BatchState.PLANNED)
        sets = {"state": BatchState.PLANNED, "queued_at": queued_at}
        mine, values = "attribute_exists(pk) AND claim = :claim", {"claim": claim}
        back = Update(batch_key(batch), sets, states, mine, removes=["month", "claim"], values=values)
        return self._transact([back, *self._give_back(batch, cost)]) is None

    def move_batch(self, batch: Batch, to: BatchState, **fields: Any) -> bool:
        """Take the step to a state that is not settled; False when the batch is in no state from which it is allowed."""
        return self._try(Update(batch_key(batch), {"state": to, **fields}, batches.before(to))) is None

    def settle_batch(self, batch: Batch, to: BatchState, cost_given_back: int = 0, **fields: Any) -> bool:
        """Take the step to a settled state and count the batch on its job, both or neither; False as in `move_batch`."""
        settle = Update(batch_key(batch), {"state": to, **fields}, batches.before(to))
        count = Update(job_key(batch.job), adds={"settled": 1})
        return self._transact([settle, count, *self._give_back(batch, cost_given_back)]) is None

    def divide_batch(self, batch: Batch, halves: tuple[Batch, Batch], known: int, cost: int, reason: str) -> bool:
        """SENDING → DIVIDED, with its halves as new planned batches: all or nothing; False when somebody did it already.

        Args:
            batch: of more than one contact, with which nothing was enqueued.
            halves: numbered `known` + 1 and `known` + 2.
            known: how many batches the job has; the step is not taken when it has more by now.
            cost: credits that the batch reserved.
            reason: the provider's words.
        """
        divide = Update(batch_key(batch), {"state": BatchState.DIVIDED, "reason": reason}, batches.before(BatchState.DIVIDED))
        count = Update(
            job_key(batch.job), adds={"batches": 2, "settled": 1}, condition="batches = :known", values={"known": known}
        )
        return self._transact([divide, count, *self._give_back(batch, cost)], [self._batch_item(half) for half in halves]) is None

    def resend_batch(self, batch: Batch, now: int) -> bool:
        """UNKNOWN → PLANNED, which only an operator may ask for: the batch may be paid twice."""
        states = [state for state, following in batches.OPERATOR_TRANSITIONS.items() if BatchState.PLANNED in following]
        sets = {"state": BatchState.PLANNED, "queued_at": now, "doubted": True}
        return self._try(Update(batch_key(batch), sets, states, removes=["claim", "month"])) is None

    def reserved(self, month: str) -> int:
        """Credits reserved in a month; always 0 where there is no cap."""
        item = self._get(budget_key(month))
        return int(item["reserved"]) if item else 0

    # Results

    def put_result(self, ref: RowRef, payload: Mapping[str, Any], now: int) -> Stored:
        """Store a contact's result if its row has none: one conditional write."""
        item = {**result_key(ref), "payload": canonical(payload), "received_at": now, "expires_at": now + self._retention}
        there = self._put_if_new(item)
        if there is None:
            return Stored.FIRST
        return Stored.AGAIN if there.get("payload") == item["payload"] else Stored.OTHER

    def set_aside(self, ref: RowRef, payload: Mapping[str, Any], why: str, now: int) -> None:
        """Keep a genuine webhook that is not its row's result; the same one again is kept once."""
        text = canonical(payload)
        digest = hashlib.sha256(f"{ref.batch}.{ref.row}.{text}".encode()).hexdigest()
        key = {"pk": f"ASIDE#{ref.job}", "sk": digest}
        fields = {"batch": ref.batch, "row": ref.row, "payload": text, "why": why, "received_at": now}
        self._put_if_new(key | fields | {"expires_at": now + self._retention})

    def count_results(self, batch: Batch) -> int:
        """How many contacts of a batch have a result now (a consistent read)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            Select="COUNT",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=wire({":pk": results_of(batch.job, batch.number)}),
        )
        return sum(page["Count"] for page in pages)

    def results(self, batch: Batch) -> dict[int, dict[str, Any]]:
        """The payloads of a batch by row (a consistent read)."""
        items = self._query(results_of(batch.job, batch.number), "ROW#")
        return {row_of(item["sk"]): _read(item["payload"]) for item in items}

    # What the rest is made of

    def _move_job(self, job_id: str, to: JobState, fields: Mapping[str, Any], removes: Iterable[str] = ()) -> bool:
        return self._try(Update(job_key(job_id), {"state": to, **fields}, jobs.before(to), removes=removes)) is None

    def _batch_item(self, batch: Batch) -> dict[str, Any]:
        return fields_of(batch) | batch_key(batch) | {"expires_at": batch.queued_at + self._retention}

    def _give_back(self, batch: Batch, cost: int) -> list[Update]:
        return [Update(budget_key(batch.month), adds={"reserved": -cost})] if batch.month and cost else []

    def _get(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        answer = self._client.get_item(TableName=self._name, Key=wire(key), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def _query(self, pk: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=wire({":pk": pk, ":prefix": prefix}),
        )
        for page in pages:
            yield from map(plain, page["Items"])

    def _put_if_new(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """Put an item unless its key is taken; the item that is there, if so."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item=wire(item),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return item_of(error)
        return None

    def _try(self, update: Update) -> dict[str, Any] | None:
        """Update an item if the condition holds; otherwise the item that made it fail, empty if there is none."""
        try:
            self._client.update_item(**update.request(self._name))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return item_of(error)
        return None

    def _transact(self, updates: list[Update], puts: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any] | None] | None:
        """Do all updates and put all new items, or nothing.

        A transaction that meets another one on the same item is tried again: the SDK does not.

        Returns:
            None when it was done; otherwise for each update the item that made its condition fail, None for those that held.
        """
        actions: list[dict[str, Any]] = [{"Update": update.request(self._name)} for update in updates]
        for item in puts:
            put = {"TableName": self._name, "Item": wire(item), "ConditionExpression": "attribute_not_exists(pk)"}
            actions.append({"Put": put})
        for attempt in range(_MOST_CONFLICTS):
            try:
                self._client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]  # built one by one above
            except self._client.exceptions.TransactionCanceledException as error:
                reasons: list[Any] = error.response.get("CancellationReasons", [])
                if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
                    return [
                        plain(reason.get("Item", {})) if reason.get("Code") == "ConditionalCheckFailed" else None
                        for reason in reasons[: len(updates)]
                    ]
                if attempt == _MOST_CONFLICTS - 1 or not any(reason.get("Code") == "TransactionConflict" for reason in reasons):
                    raise
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  # spreads retries, guards nothing
            else:
                return None
        raise AssertionError("the loop returns or raises")


def _read(text: str) -> dict[str, Any]:
    """A stored payload; one that is nested too deeply to be read holds nothing."""
    try:
        return dict(json.loads(text))
    except RecursionError:
        return {}
