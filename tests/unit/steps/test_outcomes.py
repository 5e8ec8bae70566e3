"""What a run over a job noted of its results, the next run reads; also what an earlier version
noted. And each row ends by its own batch, whichever was read last.
"""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import Batch, BatchesByRow, BatchState
from enrichment.domain.origin import Origin
from enrichment.domain.outcome import UNSENT, outcome_of_sent
from enrichment.steps.fixed_rows import FixedRows
from enrichment.steps.outcomes import NotedResults, Outcomes
from enrichment.store.results import Came
from enrichment.store.results_by_batch import ResultsByBatch
from tests.unit.builders import a_batch, a_job

BATCH = Batch(job="j", plan="p", number=7, size=1, first_row=2, last_row=2, start=0, end=9)
NO_RESULTS = cast(ResultsByBatch, None)  # whoever reads what was noted asks for none


def came(line: bytes) -> tuple[dict[int, Came], bytes]:
    """What a run reads of a line, and what it notes itself."""
    noted: list[bytes] = []
    results = NotedResults(NO_RESULTS, iter([line]), noted.append, lambda: 900)
    return results.of(BATCH), b"".join(noted)


@pytest.mark.parametrize(
    ("line", "at", "origin"),
    [
        (b'[7, [[2, {"email":"jane@acme.com"}]]]', 0, None),  # until 0.4
        (b'[7, [[2, {"email":"jane@acme.com"}, 5, null]]]', 5, None),  # until 0.5
        (
            b'[7, [[2, "{\\"email\\":\\"jane@acme.com\\"}", 5, {"job":"o","file":"f","at":3}]]]',
            5,
            Origin(job="o", file="f", at=3),
        ),
    ],
)
def test_results_are_read_as_any_version_noted_them(
    line: bytes, at: int, origin: Origin | None
) -> None:
    results, noted = came(line)

    assert results[2].result.email == "jane@acme.com"
    assert (results[2].at, results[2].origin) == (at, origin)
    assert results[2].payload == {"email": "jane@acme.com"}
    assert came(noted) == (results, noted)


ROWS = range(2, 16)
BATCHES = [
    a_batch(number=1, size=8, first_row=2, last_row=11, state=BatchState.ACCEPTED),
    a_batch(number=2, first_row=5, last_row=7, rows=(5, 7), again=(7,), state=BatchState.COMPLETE),
    a_batch(number=3, first_row=12, last_row=15, again=(13,), state=BatchState.UNKNOWN),
]
CAME = st.builds(
    Came,
    st.sampled_from(['{"email":"jane@acme.com"}', '{"email":null}', "{}"]),
    st.just(5),
    st.sampled_from([None, Origin(job="o", file="f", at=3)]),
)
OF_EACH = st.fixed_dictionaries(
    {each.number: st.dictionaries(st.sampled_from(ROWS), CAME) for each in BATCHES}
)


@given(of_each=OF_EACH, copied=st.frozensets(st.sampled_from(ROWS)), rows=st.permutations(ROWS))
def test_each_contact_ends_by_what_came_for_it_in_its_own_batch(
    of_each: dict[int, dict[int, Came]], copied: frozenset[int], rows: list[int]
) -> None:
    job = a_job(deadline_at=0, compile_asked_at=5)
    results: Any = SimpleNamespace(of=lambda batch: of_each[batch.number])
    settle: Any = SimpleNamespace(run=lambda *_: False)
    with FixedRows() as fixed:
        outcomes = Outcomes(results, job, BATCHES, copied, settle, fixed)
        ends = {row: outcomes.of_contact(row) for row in rows}
    again = {row for batch in BATCHES for row in batch.again}
    for row, end in ends.items():
        batch = BatchesByRow(BATCHES).of(row)
        came = of_each[batch.number].get(row)
        proven = any(each.origin is None for each in of_each[batch.number].values())
        result, origin = (came.result, came.origin) if came else (None, None)
        own = outcome_of_sent(result, batch, proven, job, origin)
        assert end == (
            replace(own, again=True) if row in again and own.state not in UNSENT else own
        )
