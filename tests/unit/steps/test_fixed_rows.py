"""Where fixed rows ended is found by the row that each says to be; the first of several counts."""

import json

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.outcome import UNSENT, Outcome, RowState
from enrichment.domain.report import FixedFile
from enrichment.steps.fixed_rows import FixedRows

CLAIMS = st.lists(st.tuples(st.integers(0, 12) | st.integers(0, 10**9 - 1), st.integers(2, 99)))
UNSENT_ROW = Outcome(state=RowState.REJECTED, detail="The last name is missing")


def line(claimed: int, number: int) -> bytes:
    outcome = Outcome(state=RowState.FOUND, detail=f"é {claimed}")
    return json.dumps([claimed, number, outcome.stored()]).encode()


@given(files=st.lists(CLAIMS, max_size=3))
def test_a_row_gets_the_first_that_claims_it_from_the_first_file_that_has_one(
    files: list[list[tuple[int, int]]],
) -> None:
    with FixedRows() as fixed:
        for at, claims in enumerate(files):
            fixed.take(f"job{at}", f"incoming/email/{at}.csv", [line(*claim) for claim in claims])
        first: dict[int, tuple[int, int]] = {}
        for at, claims in enumerate(files):
            for claimed, number in claims:
                first.setdefault(claimed, (at, number))

        for row in {*range(14), *first}:
            end = fixed.of(row, UNSENT_ROW)
            if row not in first:
                assert end == UNSENT_ROW
                continue
            at, number = first[row]
            assert (end.state, end.is_fixed) == (RowState.FOUND, True)
            assert end.detail.startswith(f"Fixed as row {number} of {at}.csv")
            assert end.detail.endswith(f": é {row}")
            claims_of_row = sum(claimed == row for claims in files for claimed, _ in claims)
            assert (claims_of_row > 1) == ("the first to say so" in end.detail)
        taken = fixed.files()
    assert sum(file.rows for file in taken) == len(first)


@given(state=st.sampled_from(sorted(set(RowState) - UNSENT)))
def test_a_row_that_was_sent_stays_as_it_is(state: RowState) -> None:
    own = Outcome(state=state)
    with FixedRows() as fixed:
        fixed.take("job", "incoming/email/leads.csv", [line(5, 2)])
        assert fixed.of(5, own) is own
        assert fixed.files() == ()
        fixed.of(5, UNSENT_ROW)
        assert fixed.files() == (FixedFile(job="job", file="incoming/email/leads.csv", rows=1),)
