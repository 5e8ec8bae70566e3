"""Starting the pipeline's own functions, asynchronously. The sweeper finds a start that is lost."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class _Starter:
    """Starts one function.

    Args:
        client: a botocore Lambda client.
        function: the function's name.
    """

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client, self._function = client, function

    def _invoke(self, event: Mapping[str, Any]) -> None:
        self._client.invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )


class CompileStarter(_Starter):
    """Starts `compile`."""

    def start(self, job_id: str) -> None:
        """Let a job's output be written."""
        self._invoke({"job": job_id})


class SplitStarter(_Starter):
    """Starts `split`."""

    def start(self, bucket: str, key: str, version: str, size: int) -> None:
        """Let an upload be split, by the part of S3's event that `split` reads."""
        upload = {"key": key, "version-id": version, "size": size}
        self._invoke({"detail": {"bucket": {"name": bucket}, "object": upload}})


class EraseStarter(_Starter):
    """Starts `erase`."""

    def start(self, key: str, version: str) -> None:
        """Let those be erased whom a file names, by the part of S3's event that `erase` reads."""
        self._invoke({"detail": {"object": {"key": key, "version-id": version}}})
