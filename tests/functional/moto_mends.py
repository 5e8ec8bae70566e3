"""What moto does at a cost that tests cannot pay."""

import copy
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.dynamodb import models
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


@contextmanager
def quick_transactions() -> Iterator[None]:
    """Before a transaction, moto copies the whole table once for each of its items, to restore it
    should one fail. Here it keeps the items that the transaction names, and leaves the others.
    """
    original = models.DynamoDBBackend.transact_write_items

    def transact(self: Any, transact_items: list[dict[str, Any]]) -> None:
        touched = [_key_of(next(iter(each.values()))) for each in transact_items]

        def deepcopy(thing: Any) -> Any:
            return _kept(thing, touched) if isinstance(thing, Table) else copy.deepcopy(thing)

        with patch.object(models, "copy", SimpleNamespace(deepcopy=deepcopy)):
            original(self, transact_items)

    with patch.object(models.DynamoDBBackend, "transact_write_items", transact):
        yield


def _key_of(operation: dict[str, Any]) -> tuple[DynamoType, DynamoType]:
    item = operation.get("Key") or operation["Item"]
    return DynamoType(item["pk"]), DynamoType(item["sk"])


def _kept(table: Table, touched: list[tuple[DynamoType, DynamoType]]) -> Table:
    """A table whose items stay as they are, whatever becomes of those touched."""
    kept = copy.copy(table)
    kept.items = defaultdict(dict, {pk: dict(rows) for pk, rows in table.items.items()})
    for pk, sk in touched:
        if (rows := kept.items.get(pk)) and sk in rows:
            rows[sk] = copy.deepcopy(rows[sk])
    return kept
