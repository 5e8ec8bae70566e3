"""The DynamoDB table: the one truth about jobs, batches and results.

    pk                      sk               item
    JOB#<job>               JOB              a job
    PLAN#<job>#<plan>       BATCH#<number>   a batch of one plan; the job says which plan counts
    RESULT#<job>#<batch>    ROW#<row>        one contact's result, as it came
    ASIDE#<job>             <digest>         a genuine webhook that is not its row's result

Results are keyed by (job, batch) so that writes spread over partitions and compiling needs one query per batch. Batches are
keyed by plan, so that two runs over the same file never touch each other's. The sparse index `open-jobs` holds the jobs that
have not ended. Every item expires by TTL after the retention time.

Every change of state is conditional on the states from which it is allowed (`BATCH_TRANSITIONS`, `JOB_TRANSITIONS`), and a
condition that fails reads back the item that made it fail.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from enrichment.domain import batch as batches
from enrichment.domain import job as jobs
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import ENDED, Halt, Job, JobState
from enrichment.domain.token import RowRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OPEN_JOBS_INDEX = "open-jobs"
_OPEN = "open"  # the index's key: present on a job until it ends
_MOST_PUTS = 25  # in one BatchWriteItem


class Stored(Enum):
    """What became of a result that was to be stored."""

    FIRST = auto()  # it is the row's result now
    AGAIN = auto()  # the same result was there already
    OTHER = auto()  # another result is there; nothing was written


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
        item = _fields(job) | _job_key(job.id) | {_OPEN: "yes", "expires_at": job.created_at + self._retention}
        return self._put_if_new(item) is None

    def job(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read)."""
        item = self._get(_job_key(job_id))
        return Job.model_validate(item) if item else None

    def open_jobs(self) -> Iterator[Job]:
        """Jobs that have not ended, as the index has them: a moment behind at times."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=OPEN_JOBS_INDEX,
            KeyConditionExpression="#open = :yes",
            ExpressionAttributeNames={"#open": _OPEN},
            ExpressionAttributeValues=_wire({":yes": "yes"}),
        )
        for page in pages:
            yield from (Job.model_validate(_plain(item)) for item in page["Items"])

    def change_job(self, job_id: str, **fields: Any) -> None:
        """Set fields of a job that exists, whatever its state."""
        self._update(_job_key(job_id), fields, "attribute_exists(pk)")

    def move_job(self, job_id: str, to: JobState, **fields: Any) -> bool:
        """Take the step to a state, with fields; False when the job is in no state from which the step is allowed."""
        return self._move(_job_key(job_id), to, jobs.before(to), fields, remove=_OPEN if to in ENDED else None)

    def halt_job(self, job_id: str, halt: Halt, message: str) -> None:
        """Let a running job send nothing more; the first reason stands."""
        condition = "#state = :running AND attribute_not_exists(halt)"
        self._update(
            _job_key(job_id),
            {"halt": halt, "halt_message": message},
            condition,
            {":running": JobState.RUNNING},
            {"#state": "state"},
        )

    # Batches

    def add_batches(self, new: Iterable[Batch]) -> int:
        """Store the batches of a plan that no job counts on yet; how many there are."""
        stored, batches_left = 0, iter(new)
        while chunk := list(islice(batches_left, _MOST_PUTS)):
            puts = [_fields(batch) | _batch_key(batch) | {"expires_at": batch.queued_at + self._retention} for batch in chunk]
            unsaved: dict[str, Any] = {self._name: [{"PutRequest": {"Item": _wire(item)}} for item in puts]}
            while unsaved:
                unsaved = dict(self._client.batch_write_item(RequestItems=unsaved)["UnprocessedItems"])
            stored += len(chunk)
        return stored

    def batch(self, job: Job, number: int) -> Batch | None:
        """A batch of the job's plan as it is now (a consistent read)."""
        item = self._get({"pk": _plan_of(job.id, job.plan), "sk": _batch_sk(number)})
        return Batch.model_validate(item) if item else None

    def batches(self, job: Job) -> list[Batch]:
        """All batches of the job's plan in the order of their rows (a consistent read)."""
        return [Batch.model_validate(item) for item in self._query(_plan_of(job.id, job.plan), "BATCH#")]

    def change_batch(self, batch: Batch, **fields: Any) -> None:
        """Set fields of a batch that exists, whatever its state."""
        self._update(_batch_key(batch), fields, "attribute_exists(pk)")

    def claim_batch(self, batch: Batch, claim: str, now: int) -> bool:
        """Take a planned batch for the one POST; False when somebody else has it or it needs none.

        A retry of a write whose answer was lost finds its own claim, and holds it.
        """
        fields = {"claim": claim, "claimed_at": now}
        key = _batch_key(batch)
        states = batches.before(BatchState.SENDING)
        return self._move(key, BatchState.SENDING, states, fields, mine=("claim", claim))

    def move_batch(self, batch: Batch, to: BatchState, **fields: Any) -> bool:
        """Take the step to a state that is not settled; False when the batch is in no state from which it is allowed."""
        return self._move(_batch_key(batch), to, batches.before(to), fields)

    def settle_batch(self, batch: Batch, to: BatchState, **fields: Any) -> bool:
        """Take the step to a settled state and count the batch on its job, both or neither; False as in `move_batch`."""
        update, names, values, condition = _step(to, batches.before(to), fields, None)
        try:
            self._client.transact_write_items(
                TransactItems=[
                    {
                        "Update": {
                            "TableName": self._name,
                            "Key": _wire(_batch_key(batch)),
                            "UpdateExpression": update,
                            "ConditionExpression": condition,
                            "ExpressionAttributeNames": names,
                            "ExpressionAttributeValues": values,
                        }
                    },
                    {
                        "Update": {
                            "TableName": self._name,
                            "Key": _wire(_job_key(batch.job)),
                            "UpdateExpression": "ADD settled :one",
                            "ConditionExpression": "attribute_exists(pk)",
                            "ExpressionAttributeValues": _wire({":one": 1}),
                        }
                    },
                ]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            if "ConditionalCheckFailed" in codes:
                return False
            raise
        return True

    # Results

    def put_result(self, ref: RowRef, payload: Mapping[str, Any], now: int) -> Stored:
        """Store a contact's result if its row has none: one conditional write."""
        item = {**_result_key(ref), "payload": _canonical(payload), "received_at": now, "expires_at": now + self._retention}
        there = self._put_if_new(item)
        if there is None:
            return Stored.FIRST
        return Stored.AGAIN if there.get("payload") == item["payload"] else Stored.OTHER

    def set_aside(self, ref: RowRef, payload: Mapping[str, Any], why: str, now: int) -> None:
        """Keep a genuine webhook that is not its row's result; the same one again is kept once."""
        text = _canonical(payload)
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
            ExpressionAttributeValues=_wire({":pk": _results_of(batch.job, batch.number)}),
        )
        return sum(page["Count"] for page in pages)

    def results(self, batch: Batch) -> dict[int, dict[str, Any]]:
        """The payloads of a batch by row (a consistent read)."""
        items = self._query(_results_of(batch.job, batch.number), "ROW#")
        return {int(item["sk"].removeprefix("ROW#")): json.loads(item["payload"]) for item in items}

    # What the rest is made of

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        answer = self._client.get_item(TableName=self._name, Key=_wire(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def _query(self, pk: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=_wire({":pk": pk, ":prefix": prefix}),
        )
        for page in pages:
            yield from map(_plain, page["Items"])

    def _put_if_new(self, item: dict[str, Any]) -> dict[str, Any] | None:
        """Put an item unless its key is taken; the item that is there, if so."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item=_wire(item),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return _item_of(error)
        return None

    def _move(
        self,
        key: dict[str, str],
        to: str,
        sources: list[Any],
        fields: Mapping[str, Any],
        remove: str | None = None,
        mine: tuple[str, str] | None = None,
    ) -> bool:
        update, names, values, condition = _step(to, sources, fields, remove)
        there = self._try_update(key, update, names, values, condition)
        if there is None:
            return True
        return mine is not None and there.get("state") == to and there.get(mine[0]) == mine[1]

    def _update(
        self,
        key: dict[str, str],
        fields: Mapping[str, Any],
        condition: str,
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        update, set_names, set_values = _set(fields)
        self._try_update(key, update, set_names | dict(names or {}), set_values | _wire(values or {}), condition)

    def _try_update(
        self, key: dict[str, str], update: str, names: dict[str, str], values: dict[str, Any], condition: str
    ) -> dict[str, Any] | None:
        """Update an item if the condition holds; otherwise the item that made it fail, empty if there is none."""
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_wire(key),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return _item_of(error)
        return None


def _item_of(error: ClientError) -> dict[str, Any]:
    """The item that made a condition fail, which botocore's types do not know of; empty if there is none."""
    return _plain(cast(dict[str, Any], error.response).get("Item", {}))


def _job_key(job_id: str) -> dict[str, str]:
    return {"pk": f"JOB#{job_id}", "sk": "JOB"}


def _batch_key(batch: Batch) -> dict[str, str]:
    return {"pk": _plan_of(batch.job, batch.plan), "sk": _batch_sk(batch.number)}


def _plan_of(job_id: str, plan: str) -> str:
    return f"PLAN#{job_id}#{plan}"


def _batch_sk(number: int) -> str:
    return f"BATCH#{number:06}"


def _results_of(job_id: str, number: int) -> str:
    return f"RESULT#{job_id}#{number:06}"


def _result_key(ref: RowRef) -> dict[str, str]:
    return {"pk": _results_of(ref.job, ref.batch), "sk": f"ROW#{ref.row:08}"}


def batch_of_result_key(pk: str) -> tuple[str, int]:
    """The job and batch number in the partition key of a result, as a stream record carries it."""
    _, job_id, number = pk.split("#")
    return job_id, int(number)


def _step(
    to: str, sources: list[Any], fields: Mapping[str, Any], remove: str | None
) -> tuple[str, dict[str, str], dict[str, Any], str]:
    """The update, names, values and condition of a change of state."""
    update, names, values = _set({"state": to, **fields})
    if remove:
        update += " REMOVE #removed"
        names["#removed"] = remove
    allowed = {f":from{number}": source for number, source in enumerate(sources)}
    return update, names, values | _wire(allowed), f"#state IN ({', '.join(allowed)})"


def _set(fields: Mapping[str, Any]) -> tuple[str, dict[str, str], dict[str, Any]]:
    update = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    return update, {f"#{name}": name for name in fields}, _wire({f":{name}": value for name, value in fields.items()})


def _fields(model: Job | Batch) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)


def _canonical(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _wire(item: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(str(value) if isinstance(value, str) else value) for name, value in item.items()}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}
