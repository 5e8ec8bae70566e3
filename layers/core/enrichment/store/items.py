"""How jobs, batches and results become DynamoDB items: keys, values, and the parts of an update."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from enrichment.store.attributes import plain, wire

if TYPE_CHECKING:
    from pydantic import BaseModel

    from enrichment.domain.batch import Batch
    from enrichment.domain.job import Job
    from enrichment.domain.token import RowRef

_MOST_OF_A_FILE = 900  # bytes of a file's key in a sort key, which may have 1,024

BATCH, ROW = "BATCH#", "ROW#"  # how the sort keys of batches and of results begin
LISTINGS = "LISTING"  # the partition that says how far the bucket has been listed
ANYHOW = "attribute_exists(pk) OR attribute_not_exists(pk)"  # also where there is no item yet
EXPIRY = "expires_at"  # epoch seconds, from which on an item counts as absent
OPEN_ATTRIBUTE = "open"  # the key of the index of open jobs: present while a job needs the sweeper
MONTH_ATTRIBUTE = "begun_in"  # the key of the index of recent jobs: the month in which a job began


def job_key(job_id: str) -> dict[str, str]:
    return {"pk": f"JOB#{job_id}", "sk": "JOB"}


def reading_key(job_id: str) -> dict[str, str]:
    return {**job_key(job_id), "sk": "READING"}


def job_of_key(pk: str) -> str:
    """The job in its partition key, as a stream record carries it."""
    return pk.removeprefix("JOB#")


def plan_of(job_id: str, plan: str) -> str:
    return f"PLAN#{job_id}#{plan}"


def batch_sk(number: int) -> str:
    return f"{BATCH}{number:06}"


def batch_key(batch: "Batch") -> dict[str, str]:
    return {"pk": plan_of(batch.job, batch.plan), "sk": batch_sk(batch.number)}


def results_of(job_id: str, number: int) -> str:
    return f"RESULT#{job_id}#{number:06}"


def result_key(ref: "RowRef") -> dict[str, str]:
    return {"pk": results_of(ref.job, ref.batch), "sk": f"{ROW}{ref.row:08}"}


def aside_of(job_id: str) -> str:
    return f"ASIDE#{job_id}"


def row_of(sk: str) -> int:
    """The row in the sort key of a result."""
    return int(sk.removeprefix(ROW))


def batch_of_result_key(pk: str) -> tuple[str, int]:
    """The job and batch number in the partition key of a result, as a stream record carries it."""
    _, job_id, number = pk.split("#")
    return job_id, int(number)


def budget_key(month: str) -> dict[str, str]:
    return {"pk": f"BUDGET#{month}", "sk": "BUDGET"}


def line_key(month: str, job: "Job") -> dict[str, str]:
    """Of a job's line in a month: by its file, so that a folder's lines stand together."""
    file = job.key.encode()[:_MOST_OF_A_FILE].decode(errors="ignore")
    return {"pk": budget_key(month)["pk"], "sk": f"FILE#{file}#{job.id}"}


def lines_below(folder: str) -> str:
    """How the sort keys of the lines of all files below a folder begin, and maybe of others; of all
    files if it is empty.
    """
    start = f"{folder}/" if folder else ""
    return "FILE#" + start.encode()[:_MOST_OF_A_FILE].decode(errors="ignore")


def content_key(content: str) -> dict[str, str]:
    return {"pk": f"CONTENT#{content}", "sk": "CONTENT"}


def fixes_of(job_id: str) -> str:
    return f"FIXES#{job_id}"


def fix_key(job: "Job") -> dict[str, str]:
    return {"pk": fixes_of(job.mends), "sk": f"FIX#{job.created_at:012}#{job.id}"}


def person_key(key: str) -> dict[str, str]:
    return {"pk": f"PERSON#{key}", "sk": "PERSON"}


def erasure_key(erasure: str) -> dict[str, str]:
    return {"pk": f"ERASURE#{erasure}", "sk": "ERASURE"}


def listing_key(folder: str) -> dict[str, str]:
    return {"pk": LISTINGS, "sk": folder}


def key_of_person(pk: str) -> str:
    """The keyed hash in the partition key of a person."""
    return pk.removeprefix("PERSON#")


def fields_of(model: "BaseModel") -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)


def canonical(payload: Mapping[str, Any]) -> str:
    """A payload as the same text however its fields were ordered; in ASCII, since JSON may hold
    half characters.
    """
    return json.dumps(payload, sort_keys=True, separators=(",", ":"))


def item_of(error: ClientError) -> dict[str, Any]:
    """The item that made a condition fail, which botocore's types do not know of; empty if there is
    none.
    """
    return plain(cast(dict[str, Any], error.response).get("Item", {}))


@dataclass(frozen=True)
class Update:
    """A conditional update of one item, in DynamoDB's words.

    Args:
        key: of the item.
        sets: attributes to set.
        states: when given, the item's `state` must be one of them.
        condition: a further condition; it may use `values` and the names of attributes that are no
            reserved words.
        adds: attributes to add to.
        removes: attributes to remove.
        values: what `condition` refers to as `:name`.
        as_read: attributes that must be as they were read.
    """

    key: Mapping[str, str]
    sets: Mapping[str, Any] = field(default_factory=dict)
    states: Iterable[str] = ()
    condition: str = "attribute_exists(pk)"
    adds: Mapping[str, int] = field(default_factory=dict)
    removes: Iterable[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    as_read: Mapping[str, Any] = field(default_factory=dict)

    def also(self, other: "Update") -> "Update":
        """Both of two updates of one item, of which the other has no condition of its own."""
        return replace(
            self,
            sets={**self.sets, **other.sets},
            adds={**self.adds, **other.adds},
            removes=(*self.removes, *other.removes),
        )

    def request(self, table: str) -> dict[str, Any]:
        """The parameters of an UpdateItem, or of an Update in a transaction."""
        named = (*self.sets, *self.adds, *self.removes, *self.as_read)
        names = {f"#{name}": name for name in named}
        values = {f":set_{name}": value for name, value in self.sets.items()}
        values |= {f":read_{name}": value for name, value in self.as_read.items()}
        values |= {f":add_{name}": value for name, value in self.adds.items()}
        values |= {f":{name}": value for name, value in self.values.items()}
        clauses = []
        if self.sets:
            clauses.append("SET " + ", ".join(f"#{name} = :set_{name}" for name in self.sets))
        if self.adds:
            clauses.append("ADD " + ", ".join(f"#{name} :add_{name}" for name in self.adds))
        if removes := list(self.removes):
            clauses.append("REMOVE " + ", ".join(f"#{name}" for name in removes))
        condition = self.condition
        for name in self.as_read:
            condition += f" AND #{name} = :read_{name}"
        if states := list(self.states):
            names["#state"] = "state"
            values |= {f":from{number}": state for number, state in enumerate(states)}
            condition += (
                f" AND #state IN ({', '.join(f':from{number}' for number in range(len(states)))})"
            )
        request = {
            "TableName": table,
            "Key": wire(self.key),
            "UpdateExpression": " ".join(clauses),
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if names:
            request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = wire(values)
        return request
