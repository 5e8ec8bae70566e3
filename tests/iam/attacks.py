"""What somebody who took over a function might try, and what of it the function may do by its own
task.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.iam.calls import requests_of
from tests.iam.policies import Policies
from tests.iam.stack import the_stack

_JOB, _BATCH = ("JOB#ksgtgakgr42pzzlr", "JOB"), ("PLAN#ksgtgakgr42pzzlr#1", "BATCH#000001")
_RESULT, _MONTH = ("RESULT#ksgtgakgr42pzzlr#000001", "ROW#00000002"), ("BUDGET#2026-11", "BUDGET")
_PERSON, _CONTENT = ("PERSON#00ff", "PERSON"), ("CONTENT#00ff", "CONTENT")
_UPLOAD, _ANSWER = "incoming/email/team/leads.csv", "enriched/email/team/leads-ksgtgakgr42pzzlr.csv"
_PLAN = "work/jobs/ksgtgakgr42pzzlr/plan-1.jsonl"
_ERASURE, _ASIDE = ("ERASURE#ksgtgakgr42pzzlr", "ERASURE"), ("ASIDE#ksgtgakgr42pzzlr", "00ff")
_PEOPLE = "erase/people.csv"

Call = tuple[str, str, dict[str, Any]]


def _wired(key: tuple[str, str]) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _at(method: str, key: tuple[str, str], **more: Any) -> Call:
    place = "Item" if method == "put_item" else "Key"
    return "dynamodb", method, {"TableName": "Table", place: _wired(key), **more}


def _setting(key: tuple[str, str], attribute: str) -> Call:
    changes = {"UpdateExpression": f"SET {attribute} = :new"}
    return _at("update_item", key, **changes)


def _query(pk: str, **more: Any) -> Call:
    wanted = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
    }
    return "dynamodb", "query", {"TableName": "Table", **wanted, **more}


def _together(key: tuple[str, str]) -> Call:
    return "dynamodb", "batch_get_item", {"RequestItems": {"Table": {"Keys": [_wired(key)]}}}


def _deleted_in_a_batch(key: tuple[str, str]) -> Call:
    requests = {"Table": [{"DeleteRequest": {"Key": _wired(key)}}]}
    return "dynamodb", "batch_write_item", {"RequestItems": requests}


def _deleted_in_a_transaction(key: tuple[str, str]) -> Call:
    part = {"Delete": {"TableName": "Table", "Key": _wired(key)}}
    return "dynamodb", "transact_write_items", {"TransactItems": [part]}


def _checked_in_a_transaction(key: tuple[str, str]) -> Call:
    part = {"TableName": "Table", "Key": _wired(key), "ConditionExpression": "payload = :guess"}
    return "dynamodb", "transact_write_items", {"TransactItems": [{"ConditionCheck": part}]}


def _object(method: str, key: str, **more: Any) -> Call:
    return "s3", method, {"Bucket": "data", "Key": key, **more}


def _bucket(method: str, **more: Any) -> Call:
    return "s3", method, {"Bucket": "data", **more}


def _queue(method: str, name: str) -> Call:
    return "sqs", method, {"QueueUrl": the_stack().resolved({"Ref": name})}


def _function(method: str, name: str) -> Call:
    return "functions", method, {"FunctionName": the_stack().name_of(name)}


def _event(source: str) -> Call:
    entry = {"Source": source, "DetailType": "Object Created", "Detail": "{}"}
    return "events", "put_events", {"Entries": [entry]}


def _topic(method: str, name: str) -> Call:
    return "topics", method, {"TopicArn": the_stack().resolved({"Ref": name})}


def _secret(method: str, name: str) -> Call:
    named = {"ApiKey": "pronto/api-key"}.get(name) or the_stack().resolved({"Ref": name})
    return "secrets", method, {"SecretId": named}


ATTACKS: Mapping[str, Call] = MappingProxyType(
    {
        # The table
        "read a job": _at("get_item", _JOB),
        "read many jobs at once": _together(_JOB),
        "overwrite a job": _at("put_item", _JOB),
        "delete a job": _at("delete_item", _JOB),
        "delete a job in a batch": _deleted_in_a_batch(_JOB),
        "delete a job in a transaction": _deleted_in_a_transaction(_JOB),
        "end a job": _setting(_JOB, "state"),
        "have people told nothing": _setting(_JOB, "told"),
        "have a month told of": _setting(_MONTH, "told"),
        "raise a file's cap": _setting(_JOB, "most_credits"),
        "lift a folder's cap for a job": _setting(_JOB, "budgets"),
        "have a job's credits counted as less": _setting(_JOB, "price"),
        "have a job reserve less": _setting(_JOB, "most_each"),
        "plant a batch": _at("put_item", _BATCH),
        "delete a batch": _at("delete_item", _BATCH),
        "delete a batch in a batch": _deleted_in_a_batch(_BATCH),
        "have a batch sent again": _setting(_BATCH, "state"),
        "read a result": _at("get_item", _RESULT),
        "check a result": _checked_in_a_transaction(_RESULT),
        "check a job": _checked_in_a_transaction(_JOB),
        "read the results of a batch": _query(_RESULT[0]),
        "read results set aside": _query("ASIDE#ksgtgakgr42pzzlr"),
        "store a result": _at("put_item", _RESULT),
        "see what a result replaces": _at("put_item", _RESULT, ReturnValues="ALL_OLD"),
        "change a result": _setting(_RESULT, "payload"),
        "delete a result": _at("delete_item", _RESULT),
        "delete a result in a batch": _deleted_in_a_batch(_RESULT),
        "delete a result set aside": _at("delete_item", _ASIDE),
        "read what a month used": _at("get_item", _MONTH),
        "read what each file used": _query(_MONTH[0]),
        "overwrite a month": _at("put_item", _MONTH),
        "delete a month": _at("delete_item", _MONTH),
        "change what a month used": _setting(_MONTH, "reserved"),
        "fill a month until it takes no more": _setting(_MONTH, "source"),
        "have a content paid again": _setting(_CONTENT, "expires_at"),
        "enter a person": _at("put_item", _PERSON),
        "read the ledger": _together(_PERSON),
        "forget a person": _at("delete_item", _PERSON),
        "have people taken for erased": _setting(_ERASURE, "finished_at"),
        "forget an erasure": _at("delete_item", _ERASURE),
        "see which jobs are open": _query("yes", IndexName="open-jobs"),
        "see which jobs there were": _query("2026-11", IndexName="recent-jobs"),
        "read the whole table": ("dynamodb", "scan", {"TableName": "Table"}),
        # The bucket
        "read an upload": _object("get_object", _UPLOAD, VersionId="1"),
        "read an upload by its name alone": _object("get_object", _UPLOAD),
        "drop a file": _object("put_object", _UPLOAD),
        "delete an upload": _object("delete_object", _UPLOAD),
        "delete an upload's version": _object("delete_object", _UPLOAD, VersionId="1"),
        "raise a folder's cap": _object("put_object", "incoming/email/team/_limits.json"),
        "have others told of a team's files": _object(
            "put_object", "incoming/email/team/_notify.json"
        ),
        "turn columns about": _object("put_object", "incoming/email/team/_columns.json"),
        "lift a folder's cap for good": _object(
            "delete_object", "incoming/email/team/_limits.json", VersionId="1"
        ),
        "read an answer": _object("get_object", _ANSWER),
        "write an answer": _object("put_object", _ANSWER),
        "delete an answer": _object("delete_object", _ANSWER),
        "delete an answer's version": _object("delete_object", _ANSWER, VersionId="1"),
        "read a report": _object("get_object", "reports/email/team/leads.json"),
        "write a report": _object("put_object", "reports/email/team/leads.json"),
        "write rejected rows": _object("put_object", "rejected/email/team/leads.csv"),
        "read a plan": _object("get_object", _PLAN),
        "change a plan": _object("put_object", _PLAN),
        "delete a plan's version": _object("delete_object", _PLAN, VersionId="1"),
        "have somebody erased": _object("put_object", _PEOPLE),
        "read who is to be erased": _object("get_object", _PEOPLE, VersionId="1"),
        "have nobody erased": _object("delete_object", _PEOPLE, VersionId="1"),
        "forge a receipt": _object("put_object", "reports/erase/receipt-ksgtgakgr42pzzlr.json"),
        "delete a receipt's version": _object(
            "delete_object", "reports/erase/receipt-ksgtgakgr42pzzlr.json", VersionId="1"
        ),
        "list the bucket": _bucket("list_objects_v2"),
        "list the bucket's versions": _bucket("list_object_versions"),
        "list people's files": _bucket("list_object_versions", Prefix="incoming/"),
        "list a team's files": _bucket("list_object_versions", Prefix="incoming/email/team/"),
        "list people's answers": _bucket("list_object_versions", Prefix="enriched/"),
        "list reports": _bucket("list_object_versions", Prefix="reports/email/team/l"),
        "list who is to be erased": _bucket("list_object_versions", Prefix="erase/"),
        "let nothing expire": _bucket("put_bucket_lifecycle_configuration"),
        "open the bucket": _bucket("put_bucket_policy"),
        # Events, topics, secrets, queues and functions
        "tell of a job": _event("contact-enrichment"),
        "tell of an upload that was none": _event("aws.s3"),
        "write to those who are told of jobs": _topic("publish", "JobTopic"),
        "write to those who are told of alarms": _topic("publish", "AlarmTopic"),
        "have oneself told": _topic("subscribe", "JobTopic"),
        "read the API key": _secret("get_secret_value", "ApiKey"),
        "read the signing key": _secret("get_secret_value", "SigningKey"),
        "read the key of persons": _secret("get_secret_value", "PersonKey"),
        "replace the API key": _secret("put_secret_value", "ApiKey"),
        "post a result past the door": _queue("send_message_batch", "WebhookQueue"),
        "take results": _queue("receive_message", "WebhookQueue"),
        "ask for a batch": _queue("send_message_batch", "SubmitQueue"),
        "take batches from the queue": _queue("receive_message", "SubmitQueue"),
        "empty the queue": _queue("purge_queue", "SubmitQueue"),
        "clear failed events away": _queue("delete_message", "FailedEvents"),
        "sweep at any time": _queue("send_message_batch", "Ticks"),
        "start split": _function("invoke", "split"),
        "start compile": _function("invoke", "compile"),
        "start erase": _function("invoke", "erase"),
        "operate": _function("invoke", "operate"),
        "change a function's code": _function("update_function_code", "submit"),
        "change a function's settings": _function("update_function_configuration", "submit"),
    }
)

_COUNTS = {
    "read a job",
    "have people told nothing",
    "have a month told of",
    "end a job",
    "have a batch sent again",
    "change what a month used",
    "fill a month until it takes no more",
}
_MONTHS = {"read what a month used", "read what each file used"}
_CAPS = {
    "raise a file's cap",
    "lift a folder's cap for a job",
    "have a job's credits counted as less",
    "have a job reserve less",
}

# What of all that is a function's own task, so that no policy can keep it from it.
OWN_TASKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "split": frozenset(
            {"read a job", "overwrite a job", "end a job", "plant a batch", *_CAPS}
            | {"have people told nothing"}
            | {*_MONTHS, "read the results of a batch", "have a content paid again"}
            | {"read an upload", "read a report", "write a report", "read a plan", "change a plan"}
            | {"read the key of persons", "read the ledger", "forge a receipt"}
            | {"ask for a batch", "start split", "start compile"}
        ),
        "submit": frozenset(
            {*_COUNTS, *_MONTHS, "plant a batch", "enter a person"}
            | {"read the results of a batch", "store a result", "see what a result replaces"}
            | {"read the ledger", "read a plan", "start compile"}
            | {"read the API key", "read the signing key", "read the key of persons"}
            | {"ask for a batch", "take batches from the queue"}
        ),
        "webhook": frozenset(
            {"store a result", "check a result", "read the signing key", "take results"}
        ),
        "tally": frozenset({*_COUNTS, "read the results of a batch", "start compile"}),
        "compile": frozenset(
            {*_COUNTS, "read the results of a batch", "have a content paid again"}
            | {"read an upload", "read a plan", "write an answer", "write rejected rows"}
            | {"read a report", "write a report", "forge a receipt", "read the API key"}
        ),
        "erase": frozenset(
            {"read a job", "read a result", "read the results of a batch", "store a result"}
            | {"see what a result replaces", "read results set aside", "delete a result set aside"}
            | {"read the ledger", "forget a person", "have people taken for erased"}
            | {"read an upload", "drop a file", "delete an upload's version"}
            | {"write an answer", "delete an answer's version", "write rejected rows"}
            | {"read a report", "write a report", "forge a receipt", "delete a receipt's version"}
            | {"read a plan", "change a plan", "delete a plan's version"}
            | {"read who is to be erased", "list who is to be erased", "have nobody erased"}
            | {"list people's files", "list a team's files", "list people's answers"}
            | {"list reports", "read the key of persons", "start erase"}
        ),
        "inform": frozenset(
            {"read a job", "see which jobs there were", "read an answer"}
            | {"read a report", "write a report", "forge a receipt"}
            | {"have people told nothing", "tell of a job", "write to those who are told of jobs"}
        ),
        "cancel": frozenset(
            {"read a job", "end a job", "see which jobs are open", "start compile"}
            | {"have people told nothing"}
        ),
        "sweep": frozenset(
            {*_COUNTS, *_MONTHS, "see which jobs are open"}
            | {"read the results of a batch", "store a result", "see what a result replaces"}
            | {"list people's files", "list a team's files", "list who is to be erased"}
            | {"read the API key", "ask for a batch"}
            | {"post a result past the door", "clear failed events away"}
            | {"start split", "start compile", "start erase"}
        ),
        "operate": frozenset(
            {"read a job", "end a job", "have a batch sent again", "see which jobs there were"}
            | {"have people told nothing"}
            | {"ask for a batch", "post a result past the door", "clear failed events away"}
            | {"start split", "start compile", "start erase"}
            | {"read the API key"}
        ),
        "door": frozenset({"post a result past the door"}),
    }
)


def may(policies: Policies, attack: str) -> bool:
    """Whether policies let an attack succeed."""
    service, method, given = ATTACKS[attack]
    return all(map(policies.allow, requests_of(service, method, given)))
