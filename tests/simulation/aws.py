"""AWS in memory, as far as the pipeline's adapters speak to it: boto3 clients whose every call may
go wrong.

The adapters are the real ones, and so is what they send. The table is in `dynamodb.py`.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.simulation.door import Door

DOOR, DEAD_LETTERS = "door", "dead letters"  # the queues' addresses

Guard = Callable[[str, Callable[[], Any]], Any]
"""Carries out a call by its name, or lets it go wrong."""

READS = ("get", "batch get", "query", "read", "list")  # the names of calls that change nothing


class Paginator:
    """All pages as one."""

    def __init__(self, page: Callable[..., Any]) -> None:
        self._page = page

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        yield self._page(**parameters)


class Body(io.BytesIO):
    """The body of a response of S3."""

    def iter_lines(self, chunk_size: int) -> Iterator[bytes]:  # noqa: ARG002
        yield from self.read().splitlines()


class S3Exceptions:
    ClientError = ClientError


class S3:
    """One versioned bucket: of each key its versions, the oldest first. `clock` tells when one is
    put; what a test lays down itself is of the start. `on_put` hears of what is put at once.
    """

    exceptions = S3Exceptions

    def __init__(self, guard: Guard, clock: Callable[[], int] = lambda: START) -> None:
        self.guard, self._clock = guard, clock
        self.on_put: Callable[[str, bytes], None] = lambda _key, _body: None
        self.objects: dict[str, list[bytes]] = {}
        self._said: dict[tuple[str, int], dict[str, Any]] = {}
        self._gone: set[tuple[str, int]] = set()  # versions that were deleted for good
        self._marked: set[str] = set()  # keys with a mark of deletion above their versions
        self._put_at: dict[tuple[str, int], int] = {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            number = self._asked(request)
            content = self.objects[request["Key"]][number - 1]
            if "Range" in request:
                start, end = request["Range"].removeprefix("bytes=").split("-")
                content = content[int(start) : int(end) + 1]
            said = self._said.get((request["Key"], number), {})
            return {"Body": Body(content), "ETag": _etag(content), "Metadata": {}} | said

        return dict(self.guard("read", act))

    def put_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            self._check(request)
            versions = self.objects.setdefault(request["Key"], [])
            versions.append(request["Body"])
            self._marked.discard(request["Key"])
            self.on_put(request["Key"], request["Body"])
            place = request["Key"], len(versions)
            self._put_at[place] = self._clock()
            said = ("Metadata", "ContentType")
            self._said[place] = {name: request[name] for name in said if name in request}
            return {"VersionId": str(len(versions))}

        return dict(self.guard("write", act))

    def head_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            number = self._asked(request)
            etag = _etag(self.objects[request["Key"]][number - 1])
            return {"ETag": etag, "Metadata": {}} | self._said.get((request["Key"], number), {})

        return dict(self.guard("read", act))

    def delete_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            if "VersionId" in request:
                self._gone.add((request["Key"], int(request["VersionId"])))
            else:
                self.mark_deleted(request["Key"])
            return {}

        return dict(self.guard("delete", act))

    def mark_deleted(self, key: str) -> None:
        """Put a mark of deletion above the versions of a key."""
        self._marked.add(key)

    def there(self) -> list[str]:
        """The keys of the objects that there are."""
        return sorted(key for key in self.objects if self._left(key) and key not in self._marked)

    def _check(self, request: Mapping[str, Any]) -> None:
        """Whether an object is as a conditional write wants it."""
        there = request["Key"] in self.there()
        etag = _etag(self.objects[request["Key"]][-1]) if there else None
        taken = request.get("IfNoneMatch") == "*" and there
        if taken or ("IfMatch" in request and request["IfMatch"] != etag):
            code = "PreconditionFailed" if there else "NoSuchKey"
            raise ClientError({"Error": {"Code": code, "Message": "not as asked"}}, "PutObject")

    def _left(self, key: str) -> list[int]:
        """The versions of a key that there are, the oldest first."""
        numbers = range(1, len(self.objects.get(key, [])) + 1)
        return [number for number in numbers if (key, number) not in self._gone]

    def _asked(self, request: Mapping[str, Any]) -> int:
        """The version that is asked for."""
        left = self._left(request["Key"])
        number = int(request.get("VersionId", left[-1] if left else 0))
        if number not in left or ("VersionId" not in request and request["Key"] in self._marked):
            raise ClientError(
                {"Error": {"Code": "NoSuchKey", "Message": "no such key"}}, "GetObject"
            )
        return number

    def get_paginator(self, _: str) -> Paginator:
        return Paginator(self._list)

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        """One page: versions and marks of deletion behind a key, the newest of each key first."""
        listed = self._list(**request)
        after, most = request.get("KeyMarker", ""), request.get("MaxKeys", 1000)
        found = [
            (place, each)
            for place in ("DeleteMarkers", "Versions")
            for each in reversed(listed[place])
            if each["Key"].encode() > after.encode()
        ]
        found.sort(key=lambda entry: entry[1]["Key"].encode())
        page: dict[str, Any] = {"DeleteMarkers": [], "Versions": []}
        for place, each in found[:most]:
            page[place].append(each)
        if len(found) <= most:
            return page | {"IsTruncated": False}
        return page | {"IsTruncated": True, "NextKeyMarker": found[most - 1][1]["Key"]}

    def _list(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            return {
                "DeleteMarkers": [
                    {"Key": key, "IsLatest": True}
                    for key in sorted(self._marked)
                    if key.startswith(request["Prefix"])
                ],
                "Versions": [
                    {
                        "Key": key,
                        "VersionId": str(number),
                        "Size": len(versions[number - 1]),
                        "IsLatest": number == left[-1] and key not in self._marked,
                        "LastModified": datetime.fromtimestamp(
                            self._put_at.get((key, number), START), UTC
                        ),
                    }
                    for key, versions in sorted(self.objects.items())
                    if key.startswith(request["Prefix"])
                    for left in [self._left(key)]
                    for number in left
                ],
            }

        return dict(self.guard("list", act))


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


# Ten minutes before a month ends (2027-01-31 23:50 UTC), so that credits are reserved in one month
# and charged in the next.
START = 1_801_439_400


class SQS:
    """Hands messages to whoever runs them: those of the door's queue to the door, others to
    `on_message`.
    """

    def __init__(
        self,
        guard: Guard,
        on_message: Callable[[dict[str, Any], int], None],
        waiting: Callable[[], int] = lambda: 0,
        door: "Door | None" = None,
    ) -> None:
        self.guard, self._on_message, self._waiting = guard, on_message, waiting
        self._door = door

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803, ARG002
        def act() -> dict[str, Any]:
            return {"Attributes": {"ApproximateNumberOfMessages": str(self._waiting())}}

        return dict(self.guard("count", act))

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            for entry in Entries:
                if QueueUrl == DOOR and self._door:
                    self._door.accept(entry["MessageBody"].encode())
                else:
                    self._on_message(json.loads(entry["MessageBody"]), entry["DelaySeconds"])
            return {"Successful": Entries}

        return dict(self.guard("send", act))

    def receive_message(
        self,
        QueueUrl: str,  # noqa: N803
        MaxNumberOfMessages: int,  # noqa: N803
        **_: int,
    ) -> dict[str, Any]:
        assert QueueUrl == DEAD_LETTERS
        assert self._door
        letters = self.guard("receive", partial(self._door.take_dead, MaxNumberOfMessages))
        return {"Messages": letters}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == DEAD_LETTERS
        assert self._door
        door = self._door

        def act() -> dict[str, Any]:
            for entry in Entries:
                door.delete_dead(entry["ReceiptHandle"])
            return {}

        return dict(self.guard("delete", act))


class SecretsExceptions:
    class ResourceNotFoundException(Exception):  # as botocore names it
        """There is no such version."""


class Secrets:
    """The versions of each secret, the newest first."""

    exceptions = SecretsExceptions

    def __init__(self, guard: Guard, values: Mapping[str, str]) -> None:
        self.guard = guard
        self.versions = {name: [value] for name, value in values.items()}

    def get_secret_value(self, SecretId: str, VersionStage: str) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            versions = self.versions.get(SecretId, [])
            number = ("AWSCURRENT", "AWSPREVIOUS").index(VersionStage)
            if number >= len(versions):
                raise SecretsExceptions.ResourceNotFoundException
            return {"SecretString": versions[number]}

        return dict(self.guard("secret", act))

    def batch_get_secret_value(self, SecretIdList: Sequence[str]) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            values = [
                {"Name": name, "ARN": name, "SecretString": self.versions[name][0]}
                for name in SecretIdList
                if self.versions.get(name)
            ]
            return {"SecretValues": values, "Errors": []}

        return dict(self.guard("secret", act))


class Bus:
    """Hands on what is told: events, whose details `on_event` hears, and messages."""

    def __init__(self, guard: Guard, on_event: Callable[[dict[str, Any]], None]) -> None:
        self.guard, self._on_event = guard, on_event

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            for entry in Entries:
                self._on_event(json.loads(entry["Detail"]))
            return {"FailedEntryCount": 0}

        return dict(self.guard("tell", act))

    def publish(self, **message: Any) -> dict[str, Any]:
        return dict(self.guard("publish", lambda: message))


class Lambda:
    """Hands asynchronous starts to whoever runs them."""

    def __init__(self, guard: Guard, on_start: Callable[[str, dict[str, Any]], None]) -> None:
        self.guard, self._on_start = guard, on_start

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert InvocationType == "Event"

        def act() -> dict[str, Any]:
            self._on_start(FunctionName, json.loads(Payload))
            return {}

        return dict(self.guard("start", act))
