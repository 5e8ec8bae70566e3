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
        self.writes += _units(size_of(request["Item"]), 1024)
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
        for action in TransactItems:
            ((kind, request),) = action.items()
            put = kind == "Put"
            self.writes += 2 * (
                _units(size_of(request["Item"]), 1024)
                if put
                else self._units_at(request["Key"], 1024)
            )
        return super().transact_write_items(TransactItems)

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.reads += self._units_at(request["Key"], 4096)
        return super().get_item(**request)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        for request in RequestItems.values():
            self.reads += sum(self._units_at(key, 4096) for key in request["Keys"])
        return super().batch_get_item(RequestItems)

    def query(self, **request: Any) -> dict[str, Any]:
        answer = super().query(**request)
        units = _units(sum(map(size_of, answer["Items"])), 4096)
        self.reads += units / 2 if request.get("IndexName") else units
        return answer

    def _units_at(self, key: Mapping[str, Any], unit: int) -> int:
        return _units(size_of(self._wired((key["pk"]["S"], key["sk"]["S"])) or {}), unit)


def _units(size: int, unit: int) -> int:
    return max(1, math.ceil(size / unit))


def size_of(item: Mapping[str, Any]) -> int:
    """In bytes, about: names and values, without what DynamoDB adds to nested ones."""
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
