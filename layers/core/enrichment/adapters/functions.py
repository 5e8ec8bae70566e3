"""Starting the pipeline's own functions, asynchronously. A start that is lost is found by the sweeper."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class Starter:
    """Starts `compile` and `split`.

    Args:
        client: a boto3 Lambda client.
        split: name of the split function.
        compile_: name of the compile function.
    """

    def __init__(self, client: "LambdaClient", split: str, compile_: str) -> None:
        self._client, self._split, self._compile = client, split, compile_

    def compile(self, job_id: str) -> None:
        """Let a job's output be written."""
        self._start(self._compile, {"job": job_id})

    def split(self, bucket: str, key: str, version: str, size: int) -> None:
        """Let an upload be split, by the part of S3's event that `split` reads."""
        upload = {"bucket": {"name": bucket}, "object": {"key": key, "version-id": version, "size": size}}
        self._start(self._split, {"detail": upload})

    def _start(self, function: str, event: dict[str, Any]) -> None:
        self._client.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode())
