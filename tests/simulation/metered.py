"""The table in memory, metered as DynamoDB bills it."""

import math
from collections.abc import Mapping
from typing import Any

from tests.simulation.aws import Guard
from tests.simulation.dynamodb import DynamoDB


class Metered(DynamoDB):
    """A table that counts units: of 1 kB for a write, two of them in a transaction, also where its
    condition fails; of 4 kB for a consistent read, each item for itself unless they are queried,
    and half of that from an index.
    """

    def __init__(self, guard: Guard = lambda _, act: act()) -> None:
        super().__init__(guard, lambda *_: None)
        self.writes = self.reads = 0.0

    def put_item(self, **request: Any) -> dict[str, Any]:
        self.writes += units(size_of(request["Item"]), 1024)
        return super().put_item(**request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """The larger one counts of the item before and after."""
        before = self._units_at(request["Key"], 1024)
        after = 0
        try:
            answer = super().update_item(**request)
            after = self._units_at(request["Key"], 1024)
        finally:
            self.writes += max(before, after)
        return answer

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """The larger one counts of each item before and after; where nothing is done, that which
        is put.
        """
        requests = [request for action in TransactItems for request in action.values()]
        keys = [request.get("Key") or request["Item"] for request in requests]
        put = [units(size_of(request.get("Item", {})), 1024) for request in requests]
        before = [self._units_at(key, 1024) for key in keys]
        try:
            return super().transact_write_items(TransactItems)
        finally:
            after = [self._units_at(key, 1024) for key in keys]
            self.writes += 2 * sum(map(max, put, before, after))

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.reads += self._units_at(request["Key"], 4096)
        return super().get_item(**request)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        for request in RequestItems.values():
            self.reads += sum(self._units_at(key, 4096) for key in request["Keys"])
        return super().batch_get_item(RequestItems)

    def query(self, **request: Any) -> dict[str, Any]:
        answer = super().query(**request)
        read = units(sum(map(size_of, answer["Items"])), 4096)
        self.reads += read / 2 if request.get("IndexName") else read
        return answer

    def _units_at(self, key: Mapping[str, Any], unit: int) -> int:
        return units(size_of(self._wired((key["pk"]["S"], key["sk"]["S"])) or {}), unit)


def units(size: int, unit: int) -> int:
    """How many units of so many bytes an item of a size takes; one at least."""
    return max(1, math.ceil(size / unit))


def size_of(item: Mapping[str, Any]) -> int:
    """An item's size in bytes, as DynamoDB reckons it: names and values in UTF-8.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(wired: Mapping[str, Any]) -> int:
    """That of a value as the API has it. Zeros that a number ends in, which DynamoDB leaves out,
    are counted.
    """
    ((kind, value),) = wired.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "N":
            digits = sum(map(str.isdigit, value))
            return math.ceil(digits / 2) + 1 + str(value).startswith("-")
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_size(each) for each in value)
        case "M":
            return 3 + len(value) + size_of(value)
    raise ValueError(f"nothing is known of the size of a value of type {kind}")
