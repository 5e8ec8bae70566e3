"""What came back for each contact, as it came."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from enrichment.domain.batch import Batch
from enrichment.domain.origin import Origin
from enrichment.domain.result import Result, payload_in, result_in, result_of
from enrichment.domain.token import RowRef
from enrichment.parallel import Parallel
from enrichment.store.attributes import plain
from enrichment.store.items import (
    ROW,
    aside_of,
    batch_of_result_key,
    canonical,
    result_key,
    results_of,
    row_of,
)
from enrichment.store.table import Table

_ERASED = "erased"  # in place of each thing that was found
_SEVERAL = 8  # rows: read one by one they take a unit each, the batch of a hundred about ten


class Stored(Enum):
    """What became of a result that was to be stored."""

    FIRST = auto()  # it is the row's result now
    AGAIN = auto()  # the same result was there already
    OTHER = auto()  # another result is there; nothing was written
    ERASED = auto()  # the row's person was erased; nothing of the result was written


@dataclass(slots=True)
class Came:
    """A result as it came, the text of its payload, and when, in epoch seconds; with its origin if
    it came for another row. `at_hand` is what was read of the text already.

    Nobody changes one; see `Contact` for why it is not frozen.
    """

    text: str
    at: int
    origin: Origin | None = None
    is_erased: bool = False
    at_hand: Result | None = field(default=None, compare=False, repr=False)

    @property
    def payload(self) -> dict[str, Any]:
        return payload_in(self.text)

    @property
    def result(self) -> Result:
        """The result in the payload, which is read when it is first asked for."""
        if self.at_hand is None:
            self.at_hand = result_in(self.text)
        return self.at_hand


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
        if there.get("erased"):
            self._note_cost(there, payload, now)
            return Stored.ERASED
        return Stored.AGAIN if there.get("payload") == item["payload"] else Stored.OTHER

    def erase(self, ref: RowRef, now: int) -> bool:
        """Leave a mark in place of a row's result, by which one that comes later is known to be
        nobody's any more. What the result cost stays, since it is on the bill.

        Returns:
            Whether there was a result.
        """
        there = self._table.get(result_key(ref))
        if there and there.get("erased"):
            return False
        cost = {"payload": canonical(_cost_of(result_in(there["payload"])))} if there else {}
        origin = {"origin": there["origin"]} if there and there.get("origin") else {}
        received_at = there["received_at"] if there else now
        fields = {"erased": True, "received_at": received_at, **cost, **origin}
        expires_at = there["expires_at"] if there else now + self._table.retention
        item = result_key(ref) | fields | {"expires_at": expires_at}
        if there:
            same = "payload = :payload"
            now_there = self._table.put_if(same, item, payload=there["payload"])
        else:
            now_there = self._table.put_if_new(item)
        if now_there is not None:
            return self.erase(ref, now)  # it came just now
        return there is not None

    def aside(self, job_id: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The row and payload of what was set aside of a job."""
        for item in self._table.query(aside_of(job_id), ""):
            yield int(item["row"]), payload_in(item["payload"])

    def erase_aside(self, job_id: str, named: Callable[[int, Mapping[str, Any]], bool]) -> int:
        """Delete what was set aside of a job's rows; how many.

        Args:
            job_id: the job.
            named: tells by row and payload whether somebody who is erased is meant.
        """
        erased = 0
        for item in list(self._table.query(aside_of(job_id), "")):
            if named(int(item["row"]), payload_in(item["payload"])):
                erased += self._table.delete({"pk": item["pk"], "sk": item["sk"]})
        return erased

    def _note_cost(self, mark: Mapping[str, Any], payload: Mapping[str, Any], now: int) -> None:
        """Note that the result of an erased row came, and what it cost: a mark in place of the
        first, since who stores results may put them and update none.
        """
        cost = {"payload": canonical(_cost_of(result_of(payload))), "received_at": now}
        first = "attribute_exists(pk) AND attribute_not_exists(payload)"
        self._table.put_if(first, {**mark, **cost})

    def set_aside(self, ref: RowRef, payload: Mapping[str, Any], why: str, now: int) -> bool:
        """Keep a genuine webhook that is not its row's result; the same one again is kept once.

        Returns:
            False where nothing is kept, since the row's person was erased.
        """
        text = canonical(payload)
        digest = hashlib.sha256(f"{ref.batch}.{ref.row}.{text}".encode()).hexdigest()
        fields = {"batch": ref.batch, "row": ref.row, "payload": text, "why": why}
        times = {"received_at": now, "expires_at": now + self._table.retention}
        aside = {"pk": aside_of(ref.job), "sk": digest} | fields | times
        return self._table.put_beside(aside, result_key(ref), "erased")

    def of(self, batch: Batch) -> dict[int, Came]:
        """The results of a batch by row (a consistent read)."""
        return of_batch(batch, self._came(batch.job, batch.number))

    def _came(self, job: str, number: int) -> dict[int, Came]:
        items = self._table.query_wired(results_of(job, number), ROW)
        return {row_of(item["sk"]["S"]): _came(item) for item in items if "payload" in item}

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
        return {RowRef(*place, row): came for row, came in self._came(*place).items()}

    def _of_some(self, refs: Iterable[RowRef]) -> dict[RowRef, Came]:
        items = self._table.get_all_wired(list(map(result_key, refs)))
        return {
            RowRef(*batch_of_result_key(item["pk"]["S"]), row_of(item["sk"]["S"])): _came(item)
            for item in items
            if "payload" in item
        }


def of_batch(batch: Batch, came: dict[int, Came]) -> dict[int, Came]:
    """Of what is stored under a batch's number, what came for its contacts."""
    if batch.rows is None:
        return came
    return {row: each for row, each in came.items() if batch.may_have(row)}


def _by_batch(refs: Iterable[RowRef]) -> dict[tuple[str, int], list[RowRef]]:
    batches: dict[tuple[str, int], list[RowRef]] = {}
    for ref in dict.fromkeys(refs):
        batches.setdefault((ref.job, ref.batch), []).append(ref)
    return batches


def _came(wired: Mapping[str, Any]) -> Came:
    """A stored result as the API has it: `plain` would read all of the item, which takes twice as
    long.
    """
    origin = wired.get("origin")
    return Came(
        wired["payload"]["S"],
        int(wired["received_at"]["N"]),
        Origin.model_validate(plain(origin["M"])) if origin else None,
        "erased" in wired,
    )


def _cost_of(result: Result) -> dict[str, Any]:
    """What a result cost, as a result that names nobody: as many things as it had, each a word."""
    found = {
        "email": _ERASED if result.email else "",
        "personal_email": _ERASED if result.personal_email else "",
        "phones": [f"{_ERASED} {number}" for number, _ in enumerate(result.phones, start=1)],
    }
    return {"status": "finished"} | {name: value for name, value in found.items() if value}
