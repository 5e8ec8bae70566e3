"""A job's id finds its log lines, of all functions, also those of errors."""

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from enrichment.domain.folder import job_id
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.logs import about, logger
from enrichment.pipeline import Pipeline
from enrichment.store.table import Table
from tests.functional.lambdas import BUCKET, EVENTS, Context, invoke
from tests.iam.stack import FUNCTIONS

# Erasures are of no job; their lines have the erasure's id.
OF_JOBS = [function for function in FUNCTIONS if function != "erase"]


class Log:
    """What is logged, as lines."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        """The lines since the last call."""
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    def of(self, job: str) -> list[dict[str, Any]]:
        """The lines since the last call that have a job; no other line names it."""
        found = self.lines()
        mine = [line for line in found if line.get("job") == job]
        others = [line for line in found if line not in mine and line["message"] != "sweep"]
        assert job not in json.dumps(others)
        return mine


@pytest.fixture
def log(account: Pipeline) -> Iterator[Log]:
    found = Log()
    handler: Any = logger.registered_handler
    before = handler.setStream(found.stream)
    yield found
    handler.setStream(before)


def uploaded(name: str = "Ana") -> tuple[str, dict[str, Any]]:
    """A file that was dropped, of one person: its job, and S3's event of it."""
    key = f"incoming/email/{name}.csv"
    body = f"First Name,Last Name,Domain\n{name},Doe,vandelay.example\n".encode()
    put = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    detail = json.loads((EVENTS / "split.json").read_text())["detail"]
    detail["object"] |= {"key": key, "version-id": put["VersionId"], "size": len(body)}
    return job_id(BUCKET, key, put["VersionId"]), detail


def event_of(function: str, job: str, upload: dict[str, Any]) -> dict[str, Any]:
    """What a function is told of a job."""
    event = json.loads((EVENTS / f"{function}.json").read_text())
    token = sign(RowRef(job, 1, 2), SigningKeys(b"sample-signing-key"))
    result = {"custom": {"token": token}, "status": "finished"}
    match function:
        case "split":
            return {"detail": upload}
        case "submit":
            return {
                "Records": [event["Records"][0] | {"body": json.dumps({"job": job, "batch": 1})}]
            }
        case "webhook":
            return {"Records": [event["Records"][0] | {"body": json.dumps(result)}]}
        case "tally":
            keys = {"pk": {"S": f"RESULT#{job}#000001"}, "sk": {"S": "ROW#00000002"}}
            return {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": keys}}]}
        case "inform":
            keys = {"pk": {"S": f"JOB#{job}"}, "sk": {"S": "JOB"}}
            return {"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": keys}}]}
        case "cancel":
            deleted = {"object": upload["object"], "deletion-type": "Delete Marker Created"}
            return {"detail": deleted, "time": "2100-01-01T00:00:00Z"}
        case "operate":
            return {"job": job, "action": "give_up"}
        case "sweep":
            return {}
    return {"job": job}


def refused(*_: object, **__: object) -> Any:
    raise ClientError({"Error": {"Code": "Throttled", "Message": "Ana Vandelay"}}, "PutItem")


def started(**_: object) -> None:
    """Another function is started, which does nothing here."""


def test_each_step_of_a_job_is_logged_with_it(account: Pipeline, log: Log) -> None:
    job, upload = uploaded()
    told = {}
    no_key = httpx.MockTransport(lambda _: httpx.Response(401, json={"error": "no"}))
    clients = {"http": httpx.Client(transport=no_key), "functions": SimpleNamespace(invoke=started)}
    vars(account.clients).update(clients)
    for function in ("split", "submit", "sweep", "operate"):
        invoke(function, Context(left=900_000), **event_of(function, job, upload))
        told[function] = [line["message"] for line in log.of(job)]
    assert told == {
        "split": ["split"],
        "submit": ["paused", "submit"],
        "sweep": [],
        "operate": ["to be written", "operate"],
    }
    invoke("compile", Context(left=900_000), job=job)
    assert [line["message"] for line in log.of(job)] == ["compile"]


def test_a_result_has_a_line_only_if_more_is_to_be_told_than_that_it_is_stored(
    account: Pipeline, log: Log
) -> None:
    job, upload = uploaded()
    invoke("split", Context(left=900_000), detail=upload)
    log.lines()
    told = []
    for _ in range(2):
        invoke("webhook", **event_of("webhook", job, upload))
        told.append([(line["message"], line["repeated"]) for line in log.lines()])
    assert told == [[], [("webhooks", 1)]]


def test_an_error_is_logged_with_its_job_and_without_its_text(account: Pipeline, log: Log) -> None:
    for function in OF_JOBS:
        job, upload = uploaded(function.title())
        if function != "split":
            invoke("split", Context(left=900_000), detail=upload)
        log.lines()
        with pytest.MonkeyPatch.context() as patch, suppress(ClientError):  # Lambda logs it, too
            for method in ("get", "put_if_new", "update", "transact"):
                patch.setattr(Table, method, refused)
            invoke(function, Context(left=900_000), **event_of(function, job, upload))

        [line] = [line for line in log.of(job) if line["level"] == "ERROR"]
        assert (line["message"], line["error"]) == ("failed", "ClientError")
        assert "Vandelay" not in json.dumps(line)
        assert line["function_request_id"] == Context.aws_request_id


def test_lines_within_another_jobs_have_their_own(log: Log) -> None:
    with about("one"):
        with about("two"):
            logger.info("inner")
        logger.info("outer")
    logger.info("after")
    assert [line.get("job") for line in log.lines()] == ["two", "one", None]
