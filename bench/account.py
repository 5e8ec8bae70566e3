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

ENVIRONMENT = MappingProxyType(
    {
        "TABLE": "table",
        "RETENTION_DAYS": "90",
        "BUCKET": "data",
        "SUBMIT_QUEUE_URL": "queue",
        "SPLIT_FUNCTION": "split",
        "COMPILE_FUNCTION": "compile",
        "DEADLINE_MINUTES": "60",
        "MAX_FILE_MEGABYTES": "4000",
        "MAX_ROWS": "100000000",
        "CREDITS_PER_EMAIL": "1",
        "CREDITS_PER_PHONE": "10",
        "CREDITS_PER_PERSONAL_EMAIL": "3",
        "CREDITS_PER_MONTH": "0",
        "PRICE_PER_CREDIT": "0",
        "CURRENCY": "EUR",
    }
)
_NOW = 1_800_000_000
_ERRORS = SimpleNamespace(ClientError=ClientError, ConditionalCheckFailedException=KeyError)


def _nothing(**_: Any) -> dict[str, Any]:
    return {}


class _Service:
    """Answers every call by its name, or with nothing."""

    exceptions = _ERRORS

    def __init__(self, calls: Counter[str], **answers: Callable[..., Any]) -> None:
        self._calls, self._answers = calls, answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answer: Callable[..., Any] = self._answers.get(name, _nothing)

        def call(**given: Any) -> Any:
            self._calls[name] += 1
            return answer(**given)

        return call


class Account(Clients):
    """Holds one file, which is the upload `KEY`."""

    def __init__(self, path: Path) -> None:
        self.calls: Counter[str] = Counter()
        self.plan = 0  # bytes
        self._path = path
        services = {
            "dynamodb": _Service(self.calls, batch_write_item=lambda **_: {"UnprocessedItems": {}}),
            "s3": _Service(
                self.calls,
                get_object=self._get,
                put_object=self._put,
                create_multipart_upload=lambda **_: {"UploadId": "upload"},
                upload_part=self._put,
            ),
            "sqs": _Service(self.calls),
            "functions": _Service(self.calls),
        }
        vars(self).update(services)

    def pipeline(self) -> Pipeline:
        return Pipeline(self, ENVIRONMENT, lambda: _NOW, lambda: "0" * 32)

    def _get(self, **given: Any) -> dict[str, Any]:
        if given["Key"] != KEY:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": self._path.open("rb")}

    def _put(self, **given: Any) -> dict[str, Any]:
        self.plan += len(given["Body"])
        return {"ETag": "etag"}


KEY = "incoming/email/people.csv"
