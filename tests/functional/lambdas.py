"""The functions' handlers with everything wired as in Lambda, over an account of moto."""

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from enrichment.domain.folder import job_id
from enrichment.pipeline import Pipeline, deployed
from tests.functional.accounts import table_of_the_template
from tests.functional.moto_mends import quick_transactions

EVENTS = Path(__file__).resolve().parents[2] / "events"
BUCKET = "contact-enrichment-bucket"
KEY = "incoming/email/contacts.csv"


@dataclass
class Context:
    """What Powertools' logger asks of Lambda's context."""

    function_name: str = "test"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:111122223333:function:test"
    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    left: int = 20_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@contextmanager
def deployed_account() -> Iterator[Pipeline]:
    """The resources of the template, and the environment it gives its functions; nothing listens at
    the provider's address.
    """
    with mock_aws(), quick_transactions(), pytest.MonkeyPatch.context() as monkeypatch:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        boto3.client("dynamodb").create_table(TableName="table", **table_of_the_template())
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="api-key", SecretString="an api key")
        secrets.create_secret(Name="signing-key", SecretString="sample-signing-key")
        secrets.create_secret(Name="person-key", SecretString="sample-person-key")
        sqs = boto3.client("sqs")
        environment = {
            "BUCKET": BUCKET,
            "TABLE": "table",
            "SUBMIT_QUEUE_URL": sqs.create_queue(QueueName="submit")["QueueUrl"],
            "SPLIT_FUNCTION": "split",
            "ERASE_FUNCTION": "erase",
            "ERASED_ROWS": "blank",
            "COMPILE_FUNCTION": "compile",
            "API_KEY_SECRET": "api-key",
            "SIGNING_KEY_SECRET": "signing-key",
            "MOST_NUMBERS_PER_PHONE": "5",
            "NAME_PATHS": "yes",
            "REUSE_DAYS": "90",
            "REUSE_NOT_FOUND_DAYS": "30",
            "PERSON_KEY_SECRET": "person-key",
            "WEBHOOK_URL": "https://hooks.test/webhooks/pronto",
            "PRONTO_BASE_URL": "http://127.0.0.1:9/api/v2",
            "DEADLINE_MINUTES": "60",
            "CONCURRENCY": "5",
            "RETENTION_DAYS": "90",
            "CREDITS_PER_EMAIL": "1",
            "CREDITS_PER_PHONE": "10",
            "CREDITS_PER_PERSONAL_EMAIL": "1",
            "CREDITS_PER_MONTH": "0",
            "PRICE_PER_CREDIT": "0.035",
            "CURRENCY": "EUR",
            "MAX_FILE_MEGABYTES": "500",
            "MAX_ROWS": "1048576",
            "QUIET_MINUTES": "10",
            "PROBE_MINUTES": "15",
            "STATUS_SECONDS": "15",
            "METRIC_FOLDERS": "",
            "STACK": "contact-enrichment",
            "NOTIFY_ADDRESSES": "ops@acme.example",
            "NOTIFY_TOPICS": "",
            "JOB_TOPIC": boto3.client("sns").create_topic(Name="jobs")["TopicArn"],
            "LINK_HOURS": "12",
            "SUBMIT_DEAD_LETTERS_URL": sqs.create_queue(QueueName="dead")["QueueUrl"],
            "FAILED_EVENTS_URL": sqs.create_queue(QueueName="failed")["QueueUrl"],
            "WEBHOOK_QUEUE_URL": sqs.create_queue(QueueName="webhooks")["QueueUrl"],
            "WEBHOOK_DEAD_LETTERS_URL": sqs.create_queue(QueueName="unstored")["QueueUrl"],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        deployed.cache_clear()
        yield deployed()
    deployed.cache_clear()


def dropped(key: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """A file that is uploaded: its job, and the detail of S3's event of it."""
    put = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    detail = json.loads((EVENTS / "split.json").read_text())["detail"]
    detail["object"] |= {"key": key, "version-id": put["VersionId"], "size": len(body)}
    return job_id(BUCKET, key, put["VersionId"]), detail


def nobody_is_started(**_: object) -> None:
    """In place of Lambda's client: another function is started, which does nothing."""


def invoke(function: str, context: Context | None = None, **changes: Any) -> Any:
    event = json.loads((EVENTS / f"{function}.json").read_text()) | changes
    sys.modules.pop(f"functions.{function}.handler", None)  # it makes its use case at import
    handler = importlib.import_module(f"functions.{function}.handler").handler
    return handler(event, context or Context())
