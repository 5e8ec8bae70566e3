"""Canaries: names, addresses, numbers, keys and tokens by which they are known again go through
every function at LogLevel DEBUG, failures included; nothing that leaves the data's own places, the
bucket and the table, may carry one.

Searched are the logs, the metrics among them, what is sent to queues, functions and people, what
functions answer, and the errors that they raise, which Lambda logs.
"""

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import boto3
import botocore.client
import httpx
import pytest

from enrichment.domain.folder import job_id, plan_key
from enrichment.logs import logger
from enrichment.pipeline import Pipeline
from tests.functional.lambdas import BUCKET, EVENTS, Context, invoke
from tests.functional.world import Provider
from tests.unit.files.archives import workbook

CANARIES = (
    *("kanarina", "zyxwvutsson", "qanarien", "+33699887766", "699887766", "kanarienvogel"),
    *("an api key", "sample-signing-key", "sample-person-key", "v1."),
)
HEADER = "First Name,Last Name,Company,Domain,LinkedIn URL,Phone\n"
LINE = (
    "Kanarina,Zyxwvutsson{n},Qanarien,qanarien{n}.example,"
    "https://www.linkedin.com/in/kanarienvogel-{n},+33699887766\n"
)
PEOPLE = HEADER + "".join(LINE.format(n=n) for n in range(4))
FILES: dict[str, bytes] = {
    "incoming/email/people.csv": PEOPLE.encode(),
    "incoming/phone/people.csv": PEOPLE.encode(),
    "incoming/fax/people.csv": PEOPLE.encode(),
    "estimate/email/people.csv": PEOPLE.encode(),
    "incoming/email/quote.csv": (PEOPLE + '"Kanarina').encode(),
    "incoming/email/binary.csv": PEOPLE.encode() + b"\x00\xff\xfe",
    "incoming/email/nothing.csv": LINE.format(n=1).encode(),
    "incoming/email/companies.csv": b"Company\n" + b"Qanarien\n" * 5,
    "incoming/email/broken.json": b'[{"First Name": "Kanarina", "Last Name": "Zyxwvutsson"',
    "incoming/email/broken.xlsx": workbook(PEOPLE.encode()),
    "incoming/email/mapped/_columns.json": b'{"Kanarina": "Zyxwvutsson"',
    "incoming/email/mapped/people.csv": PEOPLE.encode(),
    "incoming/email/limited/_limits.json": b'{"Kanarina": -1}',
    "incoming/email/limited/people.csv": PEOPLE.encode(),
    "incoming/email/telling/_notify.json": b'{"notify": ["kanarina@qanarien.example", "',
    "incoming/email/telling/people.csv": PEOPLE.encode(),
}
BODIES = (
    '{"custom": {"token": "v1.kanarina.1.2.3.zyxwvutsson"}, "email": "kanarina@qanarien.example"}',
    '{"email": "kanarina@qanarien.example"',
    "kanarina@qanarien.example",
    "\ud800 kanarina",
)


class Seen:
    """All that left the data's own places, as one text; and what was asked of other functions."""

    def __init__(self) -> None:
        self.text = io.StringIO()
        self.started: list[tuple[str, dict[str, Any]]] = []
        self.messages: list[dict[str, Any]] = []
        self.told: list[str] = []  # to people, by events and messages

    def note(self, thing: object) -> None:
        self.text.write(f"{thing!r}\n")

    def run(self, function: str, **changes: Any) -> None:
        """Invoke a function, which may fail; then Lambda logs its error."""
        try:
            self.note(invoke(function, Context(left=900_000), **changes))
        except Exception:
            self.text.write(traceback.format_exc())

    def canaries(self) -> list[str]:
        lower = self.text.getvalue().lower()
        return [canary for canary in CANARIES if canary in lower]


@pytest.fixture
def seen(account: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """Everything is at DEBUG, as Lambda sets it; calls to other services than the bucket and the
    table are written down.
    """
    found = Seen()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]  # not public

    def noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service not in ("s3", "dynamodb"):
            found.note((service, operation, parameters))
        if service in ("events", "sns"):
            found.told.append(f"{operation} {parameters}")
        if (service, operation) == ("lambda", "Invoke"):
            payload = json.loads(parameters["Payload"])
            found.started.append((parameters["FunctionName"], payload))
            return {"StatusCode": 202}
        if (service, operation) == ("sqs", "SendMessageBatch"):
            found.messages += [json.loads(each["MessageBody"]) for each in parameters["Entries"]]
        return call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    root, everything = logging.getLogger(), logging.StreamHandler(found.text)
    everything.addFilter(lambda record: not record.name.startswith("moto"))  # which is AWS here
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(everything)
    logger.registered_handler.setStream(found.text)  # type: ignore[attr-defined]  # a stream handler
    yield found
    root.removeHandler(everything)
    root.setLevel(level)


def echoes(status: int) -> Callable[[httpx.Request], httpx.Response]:
    """A provider that says back what it was asked, its key too."""

    def answer(request: httpx.Request) -> httpx.Response:
        text = {"error": request.content.decode(), "key": request.headers.get("X-API-KEY")}
        return httpx.Response(status, json=text, headers={"X-Echo": "kanarina"})

    return answer


def breaks(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout(f"kanarina {request.content.decode()}")


def listening(account: Pipeline, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    vars(account.clients)["http"] = httpx.Client(transport=httpx.MockTransport(answer))


def split(seen: Seen, key: str, body: bytes) -> str:
    put = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    event = json.loads((EVENTS / "split.json").read_text())["detail"]
    event["object"] |= {"key": key, "version-id": put["VersionId"], "size": len(body)}
    seen.run("split", detail=event)
    return job_id(BUCKET, key, put["VersionId"])


def submit(seen: Seen) -> None:
    """Submit each batch that was told of, and once more those that are told of again."""
    event = json.loads((EVENTS / "submit.json").read_text())["Records"][0]
    for _ in range(2):
        messages, seen.messages = seen.messages, []
        for message in messages:
            seen.run("submit", Records=[event | {"body": json.dumps(message)}])


def received(seen: Seen, bodies: Iterator[str]) -> None:
    event = json.loads((EVENTS / "webhook.json").read_text())["Records"][0]
    records = [event | {"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    seen.run("webhook", Records=records)


def compile_all(seen: Seen) -> None:
    started, seen.started = seen.started, []
    for function, payload in started:
        seen.run(function, **payload)


def inform(seen: Seen, jobs: Iterable[str]) -> None:
    """Let people be told of jobs, as the table's stream has it."""
    record = json.loads((EVENTS / "inform.json").read_text())["Records"][0]
    keys = ({"pk": {"S": f"JOB#{job}"}, "sk": {"S": "JOB"}} for job in jobs)
    seen.run("inform", Records=[record | {"dynamodb": {"Keys": key}} for key in keys])


def test_files_that_are_taken_and_files_that_are_not_leave_no_trace(
    account: Pipeline, seen: Seen
) -> None:
    jobs = {key: split(seen, key, body) for key, body in FILES.items()}
    inform(seen, jobs.values())
    compile_all(seen)
    inform(seen, jobs.values())

    states = {key: job.state for key, job_ in jobs.items() if (job := account.jobs.get(job_))}
    assert states["incoming/email/people.csv"] == "RUNNING"
    assert len(set(states.values())) >= 3
    assert len(seen.told) == 2 * len(states)  # of each an event and a message
    assert jobs["incoming/email/people.csv"] in seen.text.getvalue()
    assert seen.canaries() == []


@pytest.mark.parametrize(
    "answer",
    [*(echoes(status) for status in (200, 202, 400, 401, 404, 422, 429, 500, 503)), breaks],
    ids=["200", "202", "400", "401", "404", "422", "429", "500", "503", "no answer"],
)
def test_a_provider_that_says_back_what_it_was_asked_leaves_no_trace(
    account: Pipeline, seen: Seen, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    listening(account, answer)
    job = split(seen, "incoming/email/people.csv", PEOPLE.encode())

    submit(seen)
    inform(seen, [job])
    seen.run("sweep")
    seen.run("operate", job=job, action="give_up")
    compile_all(seen)
    inform(seen, [job])

    assert any("PutEvents" in told for told in seen.told)
    assert seen.canaries() == []


def test_results_and_forgeries_leave_no_trace(account: Pipeline, seen: Seen) -> None:
    provider = Provider()
    provider.behaviour.api_key, provider.behaviour.find_rate = "an api key", 1
    listening(account, provider)
    job = split(seen, "incoming/phone/refresh=true/people.csv", PEOPLE.encode())
    submit(seen)
    results = [json.dumps(webhook) for webhook in provider.webhooks]
    assert len(results) == 4

    received(seen, iter([*results, *BODIES, *results]))
    seen.run("tally")
    seen.run("sweep")
    compile_all(seen)
    inform(seen, [job])
    boto3.client("dynamodb").delete_table(TableName="table")
    received(seen, iter(results))
    for function in ("tally", "sweep", "compile"):
        seen.run(function)

    assert seen.canaries() == []


def test_a_plan_that_is_broken_leaves_no_trace(account: Pipeline, seen: Seen) -> None:
    job = split(seen, "incoming/email/people.csv", PEOPLE.encode())
    found = account.jobs.get(job)
    assert found
    s3 = boto3.client("s3")
    plan = s3.get_object(Bucket=BUCKET, Key=plan_key(job, found.plan))["Body"].read()
    broken = plan.replace(b'"firstname"', b'"firstnome"')
    s3.put_object(Bucket=BUCKET, Key=plan_key(job, found.plan), Body=broken)

    submit(seen)
    seen.run("compile", job=job)

    assert "Traceback" in seen.text.getvalue()
    assert seen.canaries() == []


def erase(seen: Seen, people: bytes) -> None:
    key = "erase/people.csv"
    put = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=people)
    upload = {"key": key, "version-id": put["VersionId"], "size": len(people)}
    seen.run("erase", detail={"object": upload})


def test_people_who_are_erased_leave_no_trace(account: Pipeline, seen: Seen) -> None:
    job = split(seen, "incoming/email/people.csv", PEOPLE.encode())
    split(seen, "incoming/email/broken.json", FILES["incoming/email/broken.json"])

    erase(seen, b'"Kanarina')
    erase(seen, PEOPLE.encode())
    found = account.jobs.get(job)
    assert found
    plan = boto3.client("s3").get_object(Bucket=BUCKET, Key=plan_key(job, found.plan))
    assert b"Kanarina" not in plan["Body"].read()
    submit(seen)
    boto3.client("dynamodb").delete_table(TableName="table")
    erase(seen, PEOPLE.encode())

    assert "Traceback" in seen.text.getvalue()
    assert seen.canaries() == []
