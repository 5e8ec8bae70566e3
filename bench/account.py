"""An AWS account that takes everything and keeps nothing: what is measured on it is the pipeline's
own work. Calls are counted by name.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from enrichment.adapters.clients import Clients
from enrichment.pipeline import Pipeline

KEY = "incoming/email/people.csv"
ENVIRONMENT = MappingProxyType(
    {
        "TABLE": "table",
        "RETENTION_DAYS": "90",
        "BUCKET": "data",
        "SUBMIT_QUEUE_URL": "queue",
        "SPLIT_FUNCTION": "split",
        "ERASE_FUNCTION": "erase",
        "COMPILE_FUNCTION": "compile",
        "DEADLINE_MINUTES": "60",
        "CONCURRENCY": "5",
        "MAX_FILE_MEGABYTES": "4000",
        "MAX_ROWS": "100000000",
        "CREDITS_PER_EMAIL": "1",
        "CREDITS_PER_PHONE": "10",
        "CREDITS_PER_PERSONAL_EMAIL": "3",
        "MOST_NUMBERS_PER_PHONE": "5",
        "STATUS_SECONDS": "15",
        "NOTIFY_ADDRESSES": "",
        "NOTIFY_TOPICS": "",
        "REUSE_DAYS": "90",
        "REUSE_NOT_FOUND_DAYS": "30",
        "PERSON_KEY_SECRET": "person-key",
        "CREDITS_PER_MONTH": "0",
        "PRICE_PER_CREDIT": "0",
        "NAME_PATHS": "yes",
        "CURRENCY": "EUR",
        "API_KEY_SECRET": "api-key",
        "PRONTO_BASE_URL": "https://pronto.test/api/v2",
        "METRIC_FOLDERS": "",
        "STACK": "bench",
    }
)
_NOW = 1_800_000_000


class _Service:
    """Answers each call by its name, with nothing where it knows none."""

    exceptions = SimpleNamespace(ClientError=ClientError, ConditionalCheckFailedException=KeyError)

    def __init__(self, calls: Counter[str], answers: dict[str, Callable[..., Any]]) -> None:
        self._calls, self._answers = calls, answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            self._calls[name] += 1
            return self._answers[name](given) if name in self._answers else {}

        return call


class Body:
    """A file as a stream that closes itself at its end, as those of boto3 do."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if not data:
            self._file.close()
        return data


class Account(Clients):
    """Holds one file, which is the upload `KEY`; `rows` and `contacts` are those of its plan."""

    def __init__(self, path: Path) -> None:
        self.calls: Counter[str] = Counter()
        self.rows = self.contacts = 0
        self._path = path
        answers: dict[str, Callable[..., Any]] = {
            "get_object": self._get,
            "put_object": self._put,
            "create_multipart_upload": lambda _: {"UploadId": "upload"},
            "upload_part": self._put,
        }
        service = _Service(self.calls, answers)
        services = ("dynamodb", "s3", "sqs", "functions", "secrets")
        vars(self).update(dict.fromkeys(services, service))

    def pipeline(self) -> Pipeline:
        return Pipeline(self, ENVIRONMENT, lambda: _NOW, lambda: "0" * 32)

    def _get(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Key"] != KEY:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": Body(self._path)}

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Key"].startswith("work/"):  # not the page of a file that was received
            self.rows += given["Body"].count(b"\n")
            self.contacts += given["Body"].count(b'"contact":')
        return {"ETag": "etag"}
