"""What tells a rejected file that came back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.folder import REJECTED, job_id, output_key
from enrichment.domain.outcome import REASON_COLUMN, ROW_COLUMN, fresh
from enrichment.domain.returned import jobs_named, original_row, our_columns
from tests.unit.builders import TEXT


@given(
    header=st.lists(
        st.sampled_from([REASON_COLUMN, ROW_COLUMN, "Rejected_Row_2", "rejection_reason_7"]) | TEXT
    )
)
def test_whatever_columns_a_file_had_those_that_were_added_are_told(header: list[str]) -> None:
    with_ours = [*header, *fresh([REASON_COLUMN, ROW_COLUMN], header)]
    row, reason = our_columns(with_ours)
    # A file may have a column whose number is already higher than the next that is free.
    assert row >= len(header) or with_ours[row].strip().casefold() > with_ours[-1]
    assert reason >= len(header) or with_ours[reason].strip().casefold() > with_ours[-2]


@given(version=TEXT, stem=st.from_regex(r"[A-Za-z0-9 _().-]{0,40}", fullmatch=True))
def test_the_job_is_read_out_of_the_name_that_its_answer_has(version: str, stem: str) -> None:
    job = job_id("data", "key", version)
    key = output_key(REJECTED, f"incoming/email/{stem}.csv", job, ".csv")
    assert jobs_named(key)[0] == job
    assert jobs_named(key.replace(".csv", " fixed (1).csv"))[0] == job


@pytest.mark.parametrize(
    "key",
    [
        "3ic7muh3zve3er74/leads.csv",
        "leads-3ic7muh3zve3er74x.csv",
        "leads-3IC7MUH3ZVE3ER74.csv",
        "leads-3ic7muh3zve3er7.csv",
        "",
    ],
)
def test_what_is_no_id_of_a_job_in_a_name_is_none(key: str) -> None:
    assert jobs_named(key) == []


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "1e3", "٣", "1" * 10, "row 5", "=5"])
def test_what_is_no_number_claims_no_row(text: str) -> None:
    assert original_row(text) is None
