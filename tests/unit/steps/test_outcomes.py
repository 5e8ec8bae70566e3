"""What a run over a job noted of its results, the next run reads; also what an earlier version
noted.
"""

from typing import cast

import pytest

from enrichment.domain.batch import Batch
from enrichment.domain.origin import Origin
from enrichment.steps.outcomes import NotedResults
from enrichment.store.results import Came, Results

BATCH = Batch(job="j", plan="p", number=7, size=1, first_row=2, last_row=2, start=0, end=9)
NO_RESULTS = cast(Results, None)  # whoever reads what was noted asks for none


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
