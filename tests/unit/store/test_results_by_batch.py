"""What a compilation reads of a batch at once is what `Results` reads of it."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import Batch
from enrichment.domain.origin import Origin
from enrichment.domain.token import RowRef
from enrichment.store.results import Came, Results
from enrichment.store.results_by_batch import ResultsByBatch
from enrichment.store.table import Table
from tests.simulation.dynamodb import DynamoDB
from tests.unit.builders import a_batch

RETENTION = 90
TEXTS = st.text() | st.sampled_from(
    ["jane@acme.com", " jane@acme.com\n", "N/A", "\ud83d", "+33612"]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.just("number"), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["email", "email_status", "personal_email", "personal_email_status", "phone", "phones"]
)
PAYLOADS = st.dictionaries(NAMES | st.text(), ODD, max_size=6)
CAME = st.fixed_dictionaries(
    {
        "payload": PAYLOADS,
        "now": st.sampled_from([0, 5, 100]),  # the first of them are expired
        "origin": st.none() | st.builds(Origin, job=st.just("o"), file=TEXTS, at=st.just(3)),
        "erased": st.booleans(),
    }
)


def told(came: dict[int, Came]) -> dict[int, Any]:
    return {
        row: (each.text, each.at, each.origin, each.is_erased, each.result)
        for row, each in came.items()
    }


class Read:
    """A table with results, read in both ways."""

    def __init__(self) -> None:
        self.client = DynamoDB(lambda _, act: act(), lambda *_: None)
        self.table = Table(cast(Any, self.client), "table", RETENTION, lambda: 95)
        self.results = Results(self.table)
        self.by_batch = ResultsByBatch(self.results, self.table, self.ask, lambda: 95)
        self.answered: Any = None

    def ask(self, asked: Any) -> bytes | None:
        if self.answered is not None:
            return self.answered or None
        return json.dumps(self.client.query(**asked)).encode()

    def put(self, row: int, payload: Any, now: int, origin: Origin | None, erased: bool) -> None:
        ref = RowRef("job", 7, row)
        self.results.put(ref, payload, now, origin)
        if erased:
            self.results.erase(ref, now)


@given(of_each=st.dictionaries(st.integers(2, 9), CAME, max_size=4), some=st.booleans())
def test_a_batch_is_read_alike(of_each: dict[int, Any], some: bool) -> None:
    read = Read()
    for row, came in of_each.items():
        read.put(row, **came)
    read.put(2_000_000, {"email": "jane@acme.com"}, 100, None, False)
    batch: Batch = a_batch(number=7, size=8, first_row=2, last_row=2_000_000)
    if some:
        batch = batch.model_copy(update={"rows": (2, 3, 9)})

    assert told(read.by_batch.of(batch)) == told(read.results.of(batch))


@pytest.mark.parametrize(
    "answer",
    [
        b"",  # nobody answered
        b'{"Items":[{"sk":{"S":"ROW#00000002"}}]}',
        b'{"Items":[{"sk":{"S":"ROW#00000002"},"received_at":{"N":"\xff"}}]}',
        b'{"Items":' + b"[" * 100_000,
        b"<html>a proxy</html>",
        b"{}",
    ],
)
def test_what_is_not_usual_is_read_as_ever(answer: bytes) -> None:
    read = Read()
    read.put(2, {"email": "jane@acme.com"}, 100, None, False)
    read.answered = answer

    assert read.by_batch.of(a_batch(number=7))[2].result.email == "jane@acme.com"


def test_a_batch_of_several_pages_is_read_page_by_page() -> None:
    read = Read()
    for row in range(2, 9):
        read.put(row, {"email": f"jane{row}@acme.com"}, 100, None, False)
    asked: list[Any] = []

    def page(of: Any) -> bytes:
        asked.append(of.get("ExclusiveStartKey"))
        whole = {name: of[name] for name in of if name != "ExclusiveStartKey"}
        answer = read.client.query(**whole)
        start = 2 * (len(asked) - 1)
        items, rest = answer["Items"][start : start + 2], answer["Items"][start + 2 :]
        more = {"LastEvaluatedKey": {"sk": items[-1]["sk"]}} if rest else {}
        return json.dumps({"Items": items, **more}).encode()

    by_batch = ResultsByBatch(read.results, read.table, page, lambda: 95)
    batch = a_batch(number=7)
    assert told(by_batch.of(batch)) == told(read.results.of(batch))
    assert asked == [None, *({"sk": {"S": f"ROW#{row:08}"}} for row in (3, 5, 7))]


@pytest.mark.parametrize("levels", [500, 900, 950, 990, 995, 1_000, 1_100, 5_000])
def test_a_payload_is_nested_as_deeply_as_elsewhere(levels: int) -> None:
    read = Read()
    read.put(2, {"email": "jane@acme.com"}, 100, None, False)
    [item] = read.client.items.values()
    item["payload"] = '{"email":"jane@acme.com","a":' + "[" * levels + "]" * levels + "}"

    batch = a_batch(number=7)
    assert told(read.by_batch.of(batch)) == told(read.results.of(batch))


def test_a_payload_that_is_nested_too_deeply_holds_nothing() -> None:
    read = Read()
    read.put(2, {"email": "jane@acme.com"}, 100, None, False)
    deep = '{"email":"jane@acme.com","a":' + "[" * 100_000 + "]" * 100_000 + "}"
    [item] = read.client.items.values()
    item["payload"] = deep

    assert not read.by_batch.of(a_batch(number=7))[2].result.email
