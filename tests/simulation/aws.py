"""AWS in memory, as far as the pipeline's adapters speak to it: boto3 clients whose every call may go wrong.

The adapters are the real ones, and so are the expressions that they send; `test_aws.py` holds the table against moto.
"""

import io
import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

Guard = Callable[[str, Callable[[], Any]], Any]
"""Carries out a call by its name, or lets it go wrong."""

Key = tuple[str, str]
Item = dict[str, Any]


class ConditionalCheckFailed(ClientError):
    """A condition did not hold; the answer has the item that was there."""

    def __init__(self, item: Mapping[str, Any] | None) -> None:
        answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "the conditional request failed"}}
        super().__init__(answer | ({"Item": item} if item is not None else {}), "UpdateItem")


class TransactionCanceled(ClientError):
    """Some condition of a transaction did not hold; nothing was written."""

    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        answer: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "transaction cancelled"}}
        super().__init__(answer | {"CancellationReasons": reasons}, "TransactWriteItems")


class Exceptions:
    ClientError = ClientError
    ConditionalCheckFailedException = ConditionalCheckFailed
    TransactionCanceledException = TransactionCanceled


class Paginator:
    """All pages as one."""

    def __init__(self, page: Callable[..., Any]) -> None:
        self._page = page

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        yield self._page(**parameters)


class DynamoDB:
    """One table with a sparse index on `open`. `on_write` hears of every change: the key, the item before, and after."""

    exceptions = Exceptions

    def __init__(self, guard: Guard, on_write: Callable[[Key, Item | None, Item], None]) -> None:
        self._guard, self._on_write = guard, on_write
        self.items: dict[Key, dict[str, Any]] = {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            item = self.items.get(_key(request["Key"]))
            return {} if item is None else {"Item": _wired(item)}

        return dict(self._guard("get", act))

    def put_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            there = self.items.get(_key(request["Item"]))
            if there is not None:
                raise ConditionalCheckFailed(_wired(there))
            self._put(request["Item"])
            return {}

        assert request["ConditionExpression"] == "attribute_not_exists(pk)"
        return dict(self._guard("put", act))

    def update_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            there = self.items.get(_key(request["Key"]))
            if not _holds(request, there):
                raise ConditionalCheckFailed(None if there is None else _wired(there))
            self._update(request)
            return {}

        return dict(self._guard("update", act))

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        done: list[bool] = []  # a repetition by the SDK has the same token and does nothing

        def act() -> dict[str, Any]:
            if done:
                return {}
            reasons: list[dict[str, Any]] = []
            for action in TransactItems:
                ((kind, request),) = action.items()
                there = self.items.get(_key(request["Key"] if kind == "Update" else request["Item"]))
                if _holds(request, there):
                    reasons.append({"Code": "None"})
                else:
                    reasons.append({"Code": "ConditionalCheckFailed"} | ({"Item": _wired(there)} if there else {}))
            if any(reason["Code"] != "None" for reason in reasons):
                raise TransactionCanceled(reasons)
            for action in TransactItems:
                ((kind, request),) = action.items()
                if kind == "Update":
                    self._update(request)
                else:
                    self._put(request["Item"])
            done.append(True)
            return {}

        return dict(self._guard("transact", act))

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            for requests in RequestItems.values():
                for request in requests:
                    self._put(request["PutRequest"]["Item"])
            return {"UnprocessedItems": {}}

        return dict(self._guard("batch write", act))

    def get_paginator(self, _: str) -> Paginator:
        return Paginator(self._query)

    def _query(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            values = {name: _plain(value) for name, value in request["ExpressionAttributeValues"].items()}
            if request.get("IndexName"):
                found = [item for _, item in sorted(self.items.items()) if item.get("open") == values[":yes"]]
            else:
                prefix = values.get(":prefix", "")
                found = [item for (pk, sk), item in sorted(self.items.items()) if pk == values[":pk"] and sk.startswith(prefix)]
            return {"Items": [_wired(item) for item in found], "Count": len(found)}

        return dict(self._guard("query", act))

    def _put(self, wired: Mapping[str, Any]) -> None:
        key = _key(wired)
        self._write(key, {name: _plain(value) for name, value in wired.items()})

    def _update(self, request: Mapping[str, Any]) -> None:
        key = _key(request["Key"])
        item = deepcopy(self.items.get(key, {"pk": key[0], "sk": key[1]}))
        names = request.get("ExpressionAttributeNames", {})
        values = {name: _plain(value) for name, value in request.get("ExpressionAttributeValues", {}).items()}
        for clause in re.split(r"\s*(?=\b(?:SET|ADD|REMOVE)\b)", request["UpdateExpression"]):
            verb, _, rest = clause.strip().partition(" ")
            for part in filter(None, (piece.strip() for piece in rest.split(","))):
                match verb:
                    case "SET":
                        name, _, value = part.partition(" = ")
                        item[names[name]] = values[value]
                    case "ADD":
                        name, _, value = part.partition(" ")
                        item[names[name]] = item.get(names[name], 0) + values[value]
                    case "REMOVE":
                        item.pop(names[part], None)
        self._write(key, item)

    def _write(self, key: Key, item: Item) -> None:
        before = self.items.get(key)
        self.items[key] = item
        self._on_write(key, before, item)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {"=": operator.eq, "<=": operator.le, "<": operator.lt}


def _holds(request: Mapping[str, Any], item: dict[str, Any] | None) -> bool:
    """Whether a condition holds: terms joined by AND, or by OR, which the adapters never mix."""
    names = request.get("ExpressionAttributeNames", {})
    values = {name: _plain(value) for name, value in request.get("ExpressionAttributeValues", {}).items()}
    there = item or {}

    def term(text: str) -> bool:
        if found := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", text):
            return (found[2] in there) != bool(found[1])
        if found := re.fullmatch(r"(#?\w+) IN \(([^)]*)\)", text):
            return there.get(names.get(found[1], found[1])) in [values[name.strip()] for name in found[2].split(",")]
        found = re.fullmatch(r"(#?\w+) (=|<=|<) (:\w+)", text)
        assert found, text
        mine = there.get(names.get(found[1], found[1]))
        return mine is not None and bool(_COMPARISONS[found[2]](mine, values[found[3]]))

    condition = request["ConditionExpression"]
    if " OR " in condition:
        return any(term(text) for text in condition.split(" OR "))
    return all(term(text) for text in condition.split(" AND "))


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


_serialize, _deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize


def _wired(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in item.items()}


def _plain(value: Any) -> Any:
    return _deserialize(value)


class Body(io.BytesIO):
    """The body of an answer of S3."""

    def iter_lines(self, chunk_size: int) -> Iterator[bytes]:  # noqa: ARG002
        yield from self.read().splitlines()


class S3:
    """One versioned bucket."""

    exceptions = Exceptions

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.objects: dict[str, list[bytes]] = {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            versions = self.objects.get(request["Key"], [])
            number = int(request.get("VersionId", len(versions)))
            if not 0 < number <= len(versions):
                raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no such key"}}, "GetObject")
            content = versions[number - 1]
            if "Range" in request:
                start, end = request["Range"].removeprefix("bytes=").split("-")
                content = content[int(start) : int(end) + 1]
            return {"Body": Body(content)}

        return dict(self._guard("read", act))

    def put_object(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            versions = self.objects.setdefault(request["Key"], [])
            versions.append(request["Body"])
            return {"VersionId": str(len(versions))}

        return dict(self._guard("write", act))

    def get_paginator(self, _: str) -> Paginator:
        return Paginator(self._list)

    def _list(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            return {
                "Versions": [
                    {
                        "Key": key,
                        "VersionId": str(len(versions)),
                        "Size": len(versions[-1]),
                        "IsLatest": True,
                        "LastModified": EPOCH,
                    }
                    for key, versions in sorted(self.objects.items())
                    if key.startswith(request["Prefix"])
                ]
            }

        return dict(self._guard("list", act))


class Upon:
    """A moment that S3 answers with; uploads of the simulation happen at its start."""

    def timestamp(self) -> float:
        return START


START = 1_800_000_000
EPOCH = Upon()


class SQS:
    """Hands messages to whoever runs them."""

    def __init__(self, guard: Guard, on_message: Callable[[dict[str, Any], int], None]) -> None:
        self._guard, self._on_message = guard, on_message

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803, ARG002
        def act() -> dict[str, Any]:
            for entry in Entries:
                self._on_message(json.loads(entry["MessageBody"]), entry["DelaySeconds"])
            return {}

        return dict(self._guard("send", act))


class Lambda:
    """Hands asynchronous starts to whoever runs them."""

    def __init__(self, guard: Guard, on_start: Callable[[str, dict[str, Any]], None]) -> None:
        self._guard, self._on_start = guard, on_start

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert InvocationType == "Event"

        def act() -> dict[str, Any]:
            self._on_start(FunctionName, json.loads(Payload))
            return {}

        return dict(self._guard("start", act))
