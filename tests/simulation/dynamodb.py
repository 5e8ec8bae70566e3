"""The table in memory; it reads the very expressions that the store sends.

`test_aws.py` holds it against moto.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from tests.simulation.aws import Guard

Key = tuple[str, str]
Item = dict[str, Any]


class ConditionalCheckFailed(ClientError):
    """A condition did not hold; the response has the item that was there."""

    def __init__(self, item: Mapping[str, Any] | None) -> None:
        response: Any = {
            "Error": {
                "Code": "ConditionalCheckFailedException",
                "Message": "the conditional request failed",
            }
        }
        super().__init__(response | ({"Item": item} if item is not None else {}), "UpdateItem")


class TransactionCanceled(ClientError):
    """Some condition of a transaction did not hold; nothing was written."""

    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        response: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "transaction cancelled"}
        }
        super().__init__(response | {"CancellationReasons": reasons}, "TransactWriteItems")


class Exceptions:
    ClientError = ClientError
    ConditionalCheckFailedException = ConditionalCheckFailed
    TransactionCanceledException = TransactionCanceled


class DynamoDB:
    """One table with a sparse index on `open`, and one on `begun_in`. `on_write` hears of every
    change: the key, the item before, and after.
    """

    exceptions = Exceptions

    def __init__(self, guard: Guard, on_write: Callable[[Key, Item | None, Item], None]) -> None:
        self.guard, self._on_write = guard, on_write
        self.items: dict[Key, Item] = {}
        self._sent: dict[Key, Item] = {}  # items as they are sent, kept since most are read often

    def get_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            item = self._wired(_key(request["Key"]))
            return {} if item is None else {"Item": item}

        return dict(self.guard("get", act))

    def put_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            key = _key(request["Item"])
            if "ConditionExpression" in request and not _holds(request, self.items.get(key)):
                raise ConditionalCheckFailed(self._wired(key))
            self._put(request["Item"])
            return {}

        return dict(self.guard("put", act))

    def delete_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            key = _key(request["Key"])
            item = self._wired(key)
            self.items.pop(key, None)
            self._sent.pop(key, None)
            return {"Attributes": item} if item else {}

        return dict(self.guard("delete item", act))

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        def act() -> dict[str, Any]:
            found = {
                name: [item for key in request["Keys"] if (item := self._wired(_key(key)))]
                for name, request in RequestItems.items()
            }
            return {"Responses": found, "UnprocessedKeys": {}}

        return dict(self.guard("batch get", act))

    def update_item(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            key = _key(request["Key"])
            if not _holds(request, self.items.get(key)):
                raise ConditionalCheckFailed(self._wired(key))
            self._update(request)
            return {}

        return dict(self.guard("update", act))

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        done: list[bool] = []  # a repetition by the SDK has the same token and does nothing

        def act() -> dict[str, Any]:
            if not done:
                self._transact([next(iter(action.items())) for action in TransactItems])
                done.append(True)
            return {}

        return dict(self.guard("transact", act))

    def _transact(self, actions: list[tuple[str, dict[str, Any]]]) -> None:
        reasons = []
        for kind, request in actions:
            key = _key(request["Item" if kind == "Put" else "Key"])
            reason: dict[str, Any] = {"Code": "None"}
            if not _holds(request, self.items.get(key)):
                reason = {"Code": "ConditionalCheckFailed"}
                reason |= {"Item": self._wired(key)} if key in self.items else {}
            reasons.append(reason)
        if any(reason["Code"] != "None" for reason in reasons):
            raise TransactionCanceled(reasons)
        for kind, request in actions:
            if kind == "Update":
                self._update(request)
            elif kind == "Put":
                self._put(request["Item"])

    def query(self, **request: Any) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            values = {
                name: _plain(value) for name, value in request["ExpressionAttributeValues"].items()
            }
            if request.get("IndexName"):
                found = self._indexed(request, values[":value"])
            else:
                pk, prefix = values[":pk"], values.get(":prefix", "")
                found = sorted(
                    key for key in self.items if key[0] == pk and key[1].startswith(prefix)
                )
            return {"Items": list(map(self._wired, found)), "Count": len(found)}

        return dict(self.guard("query", act))

    def _indexed(self, request: Mapping[str, Any], value: Any) -> list[Key]:
        name = request["ExpressionAttributeNames"]["#attribute"]
        range_key = {"open": "pk", "begun_in": "created_at"}[name]
        return sorted(
            (key for key, item in self.items.items() if item.get(name) == value),
            key=lambda key: (self.items[key][range_key], key),
            reverse=not request["ScanIndexForward"],
        )

    def sent(self) -> list[Item]:
        """All items, as they are sent."""
        return [item for key in self.items if (item := self._wired(key))]

    def _put(self, wired: Mapping[str, Any]) -> None:
        key = _key(wired)
        self._write(key, {name: _plain(value) for name, value in wired.items()})

    def _update(self, request: Mapping[str, Any]) -> None:
        key = _key(request["Key"])
        item = dict(self.items.get(key, {"pk": key[0], "sk": key[1]}))
        names = request.get("ExpressionAttributeNames", {})
        values = {
            name: _plain(value)
            for name, value in request.get("ExpressionAttributeValues", {}).items()
        }
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
        self._sent.pop(key, None)
        self._on_write(key, before, item)

    def _wired(self, key: Key) -> Item | None:
        """An item as it is sent; None if there is none."""
        if key in self.items and key not in self._sent:
            self._sent[key] = {name: _serialize(value) for name, value in self.items[key].items()}
        return self._sent.get(key)


_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


def _holds(request: Mapping[str, Any], item: dict[str, Any] | None) -> bool:
    """Whether a condition holds: terms joined by AND and OR, with parentheses."""
    names = request.get("ExpressionAttributeNames", {})
    values = {
        name: _plain(value) for name, value in request.get("ExpressionAttributeValues", {}).items()
    }
    there = item or {}

    def holds(text: str) -> bool:
        for word, combined in ((" OR ", any), (" AND ", all)):
            parts = _parts(text, word)
            if len(parts) > 1:
                return combined(map(holds, parts))
        return holds(text[1:-1]) if text.startswith("(") else term(text)

    def term(text: str) -> bool:
        if text.startswith("NOT "):
            return not term(text.removeprefix("NOT "))
        if found := re.fullmatch(r"attribute_(not_)?exists\((\w+)\)", text):
            return (found[2] in there) != bool(found[1])
        if found := re.fullmatch(r"(#?\w+) IN \(([^)]*)\)", text):
            return there.get(names.get(found[1], found[1])) in [
                values[name.strip()] for name in found[2].split(",")
            ]
        found = re.fullmatch(r"(#?\w+) (=|<=|<|>=|>) (:\w+)", text)
        assert found, text
        mine = there.get(names.get(found[1], found[1]))
        return mine is not None and bool(_COMPARISONS[found[2]](mine, values[found[3]]))

    return holds(request["ConditionExpression"])


def _parts(condition: str, word: str) -> list[str]:
    """A condition cut at a word, but not between parentheses."""
    parts = [""]
    for piece in condition.split(word):
        whole = parts[-1].count("(") == parts[-1].count(")")
        if whole and parts[-1]:
            parts.append(piece)
        else:
            parts[-1] += word + piece if parts[-1] else piece
    return parts


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


_serialize, _deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize


def _plain(value: Any) -> Any:
    return _deserialize(value)
