"""The queries that docs/operations.md shows find what they are for in what the functions log."""

import io
import json
import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from checks.transform import ROOT
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.logs import logger
from enrichment.pipeline import Pipeline
from enrichment.usecases.sweep import Sweep
from tests.functional.insights import ask
from tests.functional.lambdas import EVENTS, Context, dropped, invoke, nobody_is_started

KEY = "incoming/email/leads.csv"
PAGE = (ROOT / "docs" / "operations.md").read_text()
QUERIES = [re.sub(r"\s+", " ", found) for found in re.findall(r"^ {4}ask '([^']+)'", PAGE, re.M)]
SWEEPER = Context("enrichment-SweepFunction-B554B17249A48")
SHOWN = {
    "job": "z2s4dvbf6ugauyex",
    "run": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
}


def result(job: str, row: int, key: bytes = b"sample-signing-key", **fields: str) -> str:
    token = sign(RowRef(job, 1, row), SigningKeys(key))
    return json.dumps({"custom": {"token": token}, "status": "finished", **fields})


class Provider:
    """Holds back one batch, and then knows the key no more."""

    def __init__(self) -> None:
        self._answers = iter([httpx.Response(429)])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"enrichment_credits": 1_000})
        return next(self._answers, httpx.Response(401, json={"error": "no"}))


@pytest.fixture
def log(account: Pipeline) -> list[dict[str, Any]]:
    """What is logged in a bad hour, in which everything happens that somebody asks for."""
    stream = io.StringIO()
    handler: Any = logger.registered_handler
    before = handler.setStream(stream)
    http = httpx.Client(transport=httpx.MockTransport(Provider()))
    vars(account.clients).update(http=http, functions=SimpleNamespace(invoke=nobody_is_started))
    job = _happen(account)
    handler.setStream(before)
    lines = [json.loads(line.replace(job, SHOWN["job"])) for line in stream.getvalue().splitlines()]
    # What Lambda adds of a run that failed.
    lines.append({"level": "ERROR", "requestId": SHOWN["run"], "errorType": "ClientError"})
    return [line | {"@timestamp": line.get("timestamp", "")} for line in lines]


def _happen(account: Pipeline) -> str:
    job, detail = dropped(KEY, (EVENTS / "contacts.csv").read_bytes())
    invoke("split", Context(left=900_000), detail=detail)
    message = json.loads((EVENTS / "submit.json").read_text())["Records"][0]
    for batch in (1, 2):
        told = {"body": json.dumps({"job": job, "batch": batch})}
        invoke("submit", Records=[message | told])
    record = json.loads((EVENTS / "webhook.json").read_text())["Records"][0]
    first = result(job, 2, email="ana@vandelay.example")
    for body_of in (first, first, result(job, 2, email="b@c.example"), result(job, 3, b"none")):
        invoke("webhook", Records=[record | {"body": body_of}])
    account.jobs.change(job, deadline_at=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sweep, "_sweep_job", _fail)
        invoke("sweep", SWEEPER)
    invoke("sweep", SWEEPER)
    invoke("compile", Context(left=900_000), job=job)
    return job


def _fail(*_: object) -> None:
    raise OSError


def test_each_query_finds_what_it_is_for(log: list[dict[str, Any]]) -> None:
    assert len(QUERIES) >= 8
    for query in QUERIES:
        found = ask(query, log)
        assert found, query
        *_, last = query.split(" | ")
        if last.startswith("display"):
            asked = set(last.removeprefix("display ").split(", "))
            assert set().union(*found) == asked, query
        if last.startswith("stats"):
            for name in found[0]:
                assert any(row[name] for row in found), (query, name)


def test_a_question_about_a_job_finds_its_whole_story(log: list[dict[str, Any]]) -> None:
    [query] = [query for query in QUERIES if "filter job =" in query]
    story = [line["message"] for line in ask(query, log)]
    assert story == [
        *("split", "submit", "paused", "submit", "set aside"),
        *("failed", "to be written", "swept", "compile"),
    ]
