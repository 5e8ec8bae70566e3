"""What came back for each contact, as it came."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from enrichment.domain.batch import Batch
from enrichment.domain.person import Origin
from enrichment.domain.token import RowRef
from enrichment.parallel import Parallel
from enrichment.store.items import (
    aside_of,
    batch_of_result_key,
    canonical,
    result_key,
    results_of,
    row_of,
)
from enrichment.store.table import Table

_SEVERAL = 8  # rows: read one by one they take a unit each, the batch of a hundred about ten


class Stored(Enum):
    """What became of a result that was to be stored."""

    FIRST = auto()  # it is the row's result now
    AGAIN = auto()  # the same result was there already
    OTHER = auto()  # another result is there; nothing was written


class Came(NamedTuple):
    """A result as it came, and when, in epoch seconds; with its origin if it came for another
    row.
    """

    payload: dict[str, Any]
    at: int
    origin: Origin | None = None


class Results:
    """Results by row."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(
        self, ref: RowRef, payload: Mapping[str, Any], now: int, origin: Origin | None = None
    ) -> Stored:
        """Store a contact's result if its row has none: one conditional write; with its origin if
        it came for another row.
        """
        fields: dict[str, Any] = {"payload": canonical(payload), "received_at": now}
        fields |= {"origin": origin.model_dump()} if origin else {}
        item = result_key(ref) | fields | {"expires_at": now + self._table.retention}
        there = self._table.put_if_new(item)
        if there is None:
            return Stored.FIRST
        return Stored.AGAIN if there.get("payload") == item["payload"] else Stored.OTHER

    def set_aside(self, ref: RowRef, payload: Mapping[str, Any], why: str, now: int) -> None:
        """Keep a genuine webhook that is not its row's result; the same one again is kept once."""
        text = canonical(payload)
        digest = hashlib.sha256(f"{ref.batch}.{ref.row}.{text}".encode()).hexdigest()
        fields = {"batch": ref.batch, "row": ref.row, "payload": text, "why": why}
        times = {"received_at": now, "expires_at": now + self._table.retention}
        self._table.put_if_new({"pk": aside_of(ref.job), "sk": digest} | fields | times)

    def of(self, batch: Batch) -> dict[int, Came]:
        """The results of a batch by row (a consistent read)."""
        items = self._table.query(results_of(batch.job, batch.number), "ROW#")
        came = {row_of(item["sk"]): _came(item) for item in items}
        return {row: each for row, each in came.items() if batch.may_have(row)}

    def of_rows(self, refs: Iterable[RowRef], in_parallel: Parallel) -> dict[RowRef, Came]:
        """The results of rows of any batches, as far as there are any (consistent reads).

        Where several rows are of one batch, all of it is read: that is less than row by row.
        """
        whole: list[tuple[str, int]] = []
        single: list[RowRef] = []
        for place, rows in _by_batch(refs).items():
            if len(rows) >= _SEVERAL:
                whole.append(place)
            else:
                single += rows
        most = self._table.most_gets
        chunks = [single[start : start + most] for start in range(0, len(single), most)]
        found: dict[RowRef, Came] = {}
        for some in in_parallel(self._of_batch, whole):
            found |= some
        for some in in_parallel(self._of_some, chunks):
            found |= some
        return found

    def _of_batch(self, place: tuple[str, int]) -> dict[RowRef, Came]:
        items = self._table.query(results_of(*place), "ROW#")
        return {RowRef(*place, row_of(item["sk"])): _came(item) for item in items}

    def _of_some(self, refs: Iterable[RowRef]) -> dict[RowRef, Came]:
        items = self._table.get_all(list(map(result_key, refs)))
        return {
            RowRef(*batch_of_result_key(item["pk"]), row_of(item["sk"])): _came(item)
            for item in items
        }


def _by_batch(refs: Iterable[RowRef]) -> dict[tuple[str, int], list[RowRef]]:
    batches: dict[tuple[str, int], list[RowRef]] = {}
    for ref in dict.fromkeys(refs):
        batches.setdefault((ref.job, ref.batch), []).append(ref)
    return batches


def _came(item: Mapping[str, Any]) -> Came:
    origin = item.get("origin")
    return Came(
        _read(item["payload"]),
        int(item["received_at"]),
        Origin.model_validate(origin) if origin else None,
    )


def _read(text: str) -> dict[str, Any]:
    """A stored payload; one that is nested too deeply to be read holds nothing."""
    try:
        return dict(json.loads(text))
    except RecursionError:
        return {}
