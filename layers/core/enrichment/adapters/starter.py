"""Starting the pipeline's own functions, asynchronously. The sweeper finds a start that is lost."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class CompileStarter:
    """Starts `compile`.

    Args:
        client: a boto3 Lambda client.
        function: the function's name.
    """

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client, self._function = client, function

    def start(self, job_id: str) -> None:
        """Let a job's output be written."""
        self._client.invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=json.dumps({"job": job_id}).encode(),
        )


class SplitStarter:
    """Starts `split`.

    Args:
        client: a boto3 Lambda client.
        function: the function's name.
    """

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client, self._function = client, function

    def start(self, bucket: str, key: str, version: str, size: int) -> None:
        """Let an upload be split, by the part of S3's event that `split` reads."""
        upload = {
            "bucket": {"name": bucket},
            "object": {"key": key, "version-id": version, "size": size},
        }
        self._client.invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=json.dumps({"detail": upload}).encode(),
        )


class EraseStarter:
    """Starts `erase`.

    Args:
        client: a boto3 Lambda client.
        function: the function's name.
    """

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client, self._function = client, function

    def start(self, key: str, version: str) -> None:
        """Let those be erased whom a file names, by the part of S3's event that `erase` reads."""
        upload = {"object": {"key": key, "version-id": version}}
        self._client.invoke(
            FunctionName=self._function,
            InvocationType="Event",
            Payload=json.dumps({"detail": upload}).encode(),
        )
