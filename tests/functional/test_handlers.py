"""Each function's handler takes the sample event of `events/`, with everything wired as in
Lambda.
"""

import json
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError

from enrichment.adapters.starter import CompileStarter
from enrichment.domain.batch import BatchState
from enrichment.domain.folder import job_id
from enrichment.domain.job import JobState
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.errors import SettingsError
from enrichment.pipeline import Pipeline, deployed
from enrichment.store.table import Table
from tests.functional.lambdas import BUCKET, EVENTS, KEY, Context, invoke

SAMPLE = json.loads((EVENTS / "webhook.json").read_text())["Records"][0]
FORGED = json.dumps({"custom": {"token": "v1.a.b.1.2.forged"}, "email": "ana@vandelay.example"})


def receive(*bodies: str, context: Context | None = None) -> list[str]:
    """Let the function take these bodies as one batch; which of them stay in the queue, by their
    places.
    """
    records = [
        SAMPLE | {"messageId": str(place), "body": body} for place, body in enumerate(bodies)
    ]
    answer = invoke("webhook", context, Records=records)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def results() -> int:
    items = boto3.client("dynamodb").scan(TableName="table")["Items"]
    return sum(item["pk"]["S"].startswith("RESULT#") for item in items)


def counted(text: str) -> dict[str, int]:
    """The metrics among printed lines, as CloudWatch reads them."""
    found: dict[str, int] = {}
    for line in map(json.loads, filter(lambda line: '"_aws"' in line, text.splitlines())):
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            found[metric["Name"]] = sum(line[metric["Name"]])
    return found


def split_sample() -> str:
    """Upload the sample under the version that the sample event names, as nearly as moto allows;
    its job.
    """
    s3 = boto3.client("s3")
    event = json.loads((EVENTS / "split.json").read_text())
    put = s3.put_object(Bucket=BUCKET, Key=KEY, Body=(EVENTS / "contacts.csv").read_bytes())
    event["detail"]["object"]["version-id"] = put["VersionId"]
    invoke("split", Context(left=900_000), detail=event["detail"])
    return job_id(BUCKET, KEY, put["VersionId"])


def test_split_makes_a_job_of_the_sample_file(account: Pipeline) -> None:
    job = account.jobs.get(split_sample())

    assert job
    assert (job.state, job.rows, job.batches) == (JobState.RUNNING, 248, 3)


def test_split_answers_the_sample_event_when_its_file_is_gone(account: Pipeline) -> None:
    answer = invoke("split")

    job = account.jobs.get(answer["job"])
    assert job
    assert job.state is JobState.REFUSED


def test_submit_leaves_a_batch_planned_when_nobody_listens_at_the_provider(
    account: Pipeline,
) -> None:
    job = split_sample()
    event = json.loads((EVENTS / "submit.json").read_text())
    event["Records"][0]["body"] = json.dumps({"job": job, "batch": 1})

    invoke("submit", Records=event["Records"])

    found = account.jobs.get(job)
    assert found
    assert account.batches.of(found)[0].state is BatchState.PLANNED
    waiting = boto3.client("sqs").get_queue_attributes(
        QueueUrl=account.environment["SUBMIT_QUEUE_URL"], AttributeNames=["All"]
    )["Attributes"]
    assert (
        waiting["ApproximateNumberOfMessages"],
        waiting["ApproximateNumberOfMessagesDelayed"],
    ) == ("3", "1")


def test_webhook_stores_the_sample_result_once(account: Pipeline) -> None:
    assert invoke("webhook") == {"batchItemFailures": []}
    assert receive(SAMPLE["body"], SAMPLE["body"]) == []
    assert results() == 1


def test_webhook_drops_and_counts_what_is_not_ours_whatever_stands_beside_it(
    account: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ["", "not json", "[]", "{}", "x" * 100_000, "\ud800", FORGED]
    assert receive(*bad, SAMPLE["body"]) == []
    assert results() == 1
    assert counted(capsys.readouterr().out) == {"ForgedWebhooks": 2, "MalformedWebhooks": 5}


def test_what_cannot_be_stored_stays_in_the_queue_and_nothing_else_does(
    account: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.loads(SAMPLE["body"])
    other["custom"]["token"] = sign(
        RowRef("ksgtgakgr42pzzlr", 1, 3), SigningKeys(b"sample-signing-key")
    )
    put = Table.put_if_new

    def throttled_once(table: Table, item: dict[str, Any]) -> Any:
        if item["sk"] == "ROW#00000003":
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")
        return put(table, item)

    with monkeypatch.context() as patch:
        patch.setattr(Table, "put_if_new", throttled_once)
        assert receive(FORGED, json.dumps(other), SAMPLE["body"]) == ["1"]
    assert results() == 1
    assert receive(json.dumps(other)) == []
    assert results() == 2


def test_everything_stays_in_the_queue_while_there_is_no_table(account: Pipeline) -> None:
    boto3.client("dynamodb").delete_table(TableName="table")

    assert receive(SAMPLE["body"], FORGED, SAMPLE["body"]) == ["0", "2"]


def test_everything_stays_in_the_queue_while_there_is_no_signing_key(account: Pipeline) -> None:
    secrets = boto3.client("secretsmanager")
    secrets.delete_secret(SecretId="signing-key", ForceDeleteWithoutRecovery=True)

    assert receive(SAMPLE["body"], SAMPLE["body"]) == ["0", "1"]


def test_what_there_is_no_time_for_stays_in_the_queue(account: Pipeline) -> None:
    assert receive(SAMPLE["body"], context=Context(left=5_000)) == ["0"]
    assert results() == 0


def test_metrics_pass_a_log_that_shows_only_errors(
    account: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    receive(FORGED)
    [line] = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    metric = json.loads(line)
    # Lambda takes a line without a level or a valid time for INFO.
    assert metric["level"] == "ERROR"
    assert datetime.fromisoformat(metric["timestamp"]).tzinfo


def test_tally_compile_and_sweep_take_their_sample_events_for_a_job_that_is_gone(
    account: Pipeline,
) -> None:
    for function in ("compile", "sweep"):
        assert invoke(function) is None
    [[looked_at, *nothing]] = invoke("tally")["state"].values()
    assert looked_at > 0
    assert nothing == [0, {}]


def test_a_missing_variable_is_named(account: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE")
    deployed.cache_clear()

    with pytest.raises(SettingsError, match="TABLE"):
        invoke("webhook")


def test_erase_erases_the_people_of_a_file(
    account: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    job = split_sample()
    s3 = boto3.client("s3")
    with (EVENTS / "contacts.csv").open(encoding="utf-8", newline="") as file:
        header, first, *_ = file.read().splitlines(keepends=True)
    event = json.loads((EVENTS / "erase.json").read_text())
    put = s3.put_object(Bucket=BUCKET, Key="erase/people.csv", Body=(header + first).encode())
    event["detail"]["object"]["version-id"] = put["VersionId"]

    invoke("erase", Context(left=900_000), detail=event["detail"])

    found = account.jobs.get(job)
    assert found
    assert found.state is JobState.RUNNING
    left = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert not [each["Key"] for each in left if each["Key"].startswith("erase/")]
    receipts = [each["Key"] for each in left if each["Key"].startswith("reports/erase/")]
    receipt = next(key for key in receipts if key.endswith(".json"))
    told = json.loads(s3.get_object(Bucket=BUCKET, Key=receipt)["Body"].read())
    assert told["complete"]
    assert first.strip() not in s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read().decode()
    assert first.split(",")[1] not in capsys.readouterr().out


def test_cancel_stops_the_job_of_a_file_that_was_deleted(account: Pipeline) -> None:
    job = split_sample()
    account.jobs.change(job, created_at=0)
    started: list[str] = []
    starter = cast(CompileStarter, SimpleNamespace(start=started.append))
    account.completion = replace(account.completion, compile_starter=starter)

    invoke("cancel")

    found = account.jobs.get(job)
    assert found
    assert (found.state, found.cancelled_by) == (JobState.COMPILING, "owner")
    assert started == [job]


def test_inform_shows_how_far_a_job_is(account: Pipeline) -> None:
    job = split_sample()
    key = f"reports/email/contacts-{job}.json"
    event = json.loads((EVENTS / "inform.json").read_text())
    event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] = f"JOB#{job}"

    invoke("inform", Records=event["Records"])

    s3 = boto3.client("s3")
    told = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert (told["status"], told["progress"]["sent"]) == ("sending", 0)
    assert job in s3.get_object(Bucket=BUCKET, Key="reports/index.html")["Body"].read().decode()
