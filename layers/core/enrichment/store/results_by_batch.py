"""The results of whole batches, as a compilation reads them: all that a job has, once.

What is usual is read past botocore and without a dictionary in between: answers as DynamoDB writes
them, and payloads as the provider does. All else is left to `Results`. A property holds the two
equal.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from enrichment.clock import Clock
from enrichment.domain.batch import Batch
from enrichment.domain.origin import Origin
from enrichment.domain.result import Result, result_in, result_with
from enrichment.store.attributes import plain
from enrichment.store.items import ROW, results_of
from enrichment.store.results import Came, Results, of_batch
from enrichment.store.table import Table

Ask = Callable[[Mapping[str, Any]], bytes | None]

_ROW = len(ROW)
_USUAL = 1_500  # characters; no payload of so many is nested so deeply that two parsers disagree


# Items as the API has them. None refers to itself, so the garbage collector need not look at them.


class _Text(msgspec.Struct, gc=False):
    S: str


class _Number(msgspec.Struct, gc=False):
    N: str


class _Map(msgspec.Struct):
    M: dict[str, Any]


class _Item(msgspec.Struct, gc=False):
    sk: _Text
    received_at: _Number
    expires_at: _Number
    payload: _Text | None = None
    origin: _Map | None = None
    erased: Any = None


class _Answer(msgspec.Struct, gc=False, rename={"items": "Items", "more": "LastEvaluatedKey"}):
    items: list[_Item]
    more: Any = None


class _Payload(msgspec.Struct, gc=False):
    """What is read of a payload; each may be anything."""

    email: Any = None
    email_status: Any = None
    personal_email: Any = None
    personal_email_status: Any = None
    phone: Any = None
    phones: Any = None


_ANSWERS, _PAYLOADS = msgspec.json.Decoder(_Answer), msgspec.json.Decoder(_Payload)


class ResultsByBatch:
    """Results of batches.

    Args:
        results: where else they are read.
        table: in which they are.
        ask: `Queries.ask`.
        clock: by which results are expired.
    """

    def __init__(self, results: Results, table: Table, ask: Ask, clock: Clock) -> None:
        self._results, self._table, self._ask, self._clock = results, table, ask, clock

    def of(self, batch: Batch) -> dict[int, Came]:
        """The results of a batch by row (a consistent read)."""
        items = self._items(self._table.query_of(results_of(batch.job, batch.number), ROW))
        if items is None:
            return self._results.of(batch)
        return of_batch(batch, _came(items, self._clock()))

    def _items(self, asked: dict[str, Any]) -> list[_Item] | None:
        """Those of all pages; None where a page is not as usual."""
        items: list[_Item] = []
        while page := self._ask(asked):
            try:
                answer = _ANSWERS.decode(page)
            except (ValueError, RecursionError):
                return None
            items += answer.items
            if not answer.more:
                return items
            asked["ExclusiveStartKey"] = answer.more
        return None


def _came(items: list[_Item], now: int) -> dict[int, Came]:
    came = {}
    for item in items:
        if item.payload is not None and int(item.expires_at.N) > now:
            text = item.payload.S
            origin = Origin.model_validate(plain(item.origin.M)) if item.origin else None
            at, erased = int(item.received_at.N), item.erased is not None
            came[int(item.sk.S[_ROW:])] = Came(text, at, origin, erased, _result_in(text))
    return came


def _result_in(text: str) -> Result:
    """As `result_in` reads it, in half of the time."""
    if len(text) > _USUAL:
        return result_in(text)
    try:
        told = _PAYLOADS.decode(text)
    except ValueError:
        return result_in(text)
    return result_with(
        told.email,
        told.email_status,
        told.personal_email,
        told.personal_email_status,
        told.phone,
        told.phones,
    )
