"""What came back for each contact, as it came."""

import hashlib
import json
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from enrichment.domain.batch import Batch
from enrichment.domain.token import RowRef
from enrichment.store.items import aside_of, canonical, result_key, results_of, row_of
from enrichment.store.table import Table


class Stored(Enum):
    """What became of a result that was to be stored."""

    FIRST = auto()  # it is the row's result now
    AGAIN = auto()  # the same result was there already
    OTHER = auto()  # another result is there; nothing was written


class Results:
    """Results by row."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, ref: RowRef, payload: Mapping[str, Any], now: int) -> Stored:
        """Store a contact's result if its row has none: one conditional write."""
        fields = {"payload": canonical(payload), "received_at": now}
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

    def of(self, batch: Batch) -> dict[int, dict[str, Any]]:
        """The payloads of a batch by row (a consistent read)."""
        items = self._table.query(results_of(batch.job, batch.number), "ROW#")
        return {row_of(item["sk"]): _read(item["payload"]) for item in items}


def _read(text: str) -> dict[str, Any]:
    """A stored payload; one that is nested too deeply to be read holds nothing."""
    try:
        return dict(json.loads(text))
    except RecursionError:
        return {}
