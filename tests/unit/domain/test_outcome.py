"""Where a row ends, for every state of its batch and everything that can have come back."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import BatchState
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.job import Halt
from enrichment.domain.outcome import (
    RESULT_COLUMNS,
    UNSENT,
    Outcome,
    RowState,
    halt_sentence,
    outcome_of_sent,
    outcomes_of_results,
)
from enrichment.domain.result import Result
from tests.unit.builders import a_batch, a_job

FOUND, EMPTY = Result(email="jane@acme.com"), Result(email_status="N/A")

# The end of a row for which nothing came back, while nothing came back for any other of its batch.
WITHOUT_ANY_RESULT = {
    BatchState.PLANNED: RowState.NOT_SENT,
    BatchState.SENDING: RowState.AMBIGUOUS,
    BatchState.UNKNOWN: RowState.AMBIGUOUS,
    BatchState.ACCEPTED: RowState.TIMED_OUT,
    BatchState.COMPLETE: RowState.TIMED_OUT,
    BatchState.REJECTED: RowState.REJECTED,
    BatchState.DIVIDED: RowState.NOT_SENT,
    BatchState.OVER_BUDGET: RowState.OVER_BUDGET,
}


@pytest.mark.parametrize(
    ("state", "proven", "result"), list(product(BatchState, (True, False), (None, FOUND, EMPTY)))
)
def test_a_row_ends_by_its_result_then_by_what_is_proven_then_by_its_batch(
    state: BatchState, proven: bool, result: Result | None
) -> None:
    job = a_job(halt=Halt.NO_CREDITS)
    ended = job.model_copy(update={"compile_asked_at": job.deadline_at})
    outcome = outcome_of_sent(result, a_batch(state=state), proven, ended)

    if result is FOUND:
        assert outcome == Outcome(state=RowState.FOUND, result=FOUND)
    elif result is EMPTY:
        assert outcome.state is RowState.NOT_FOUND
    elif proven:
        assert outcome.state is RowState.TIMED_OUT
    else:
        assert outcome.state is WITHOUT_ANY_RESULT[state]
    assert bool(outcome.detail) is (outcome.state is not RowState.FOUND)


@given(
    result=st.builds(
        Result,
        *[st.sampled_from(["", "jane@acme.com"]), st.sampled_from(["", "N/A", "valid"])] * 2,
        phones=st.sampled_from([(), ("+12015550123",)]),
    ),
    wanted=st.none() | st.sampled_from(EnrichmentType),
)
def test_results_of_a_batch_end_their_rows_as_each_would(
    result: Result, wanted: EnrichmentType | None
) -> None:
    job = a_job(wanted=wanted)
    ends = outcomes_of_results({7: result, 9: EMPTY}, job)
    each = {row: outcome_of_sent(of, a_batch(), True, job) for row, of in ((7, result), (9, EMPTY))}
    assert ends == each


@pytest.mark.parametrize("state", BatchState)
def test_before_the_deadline_a_row_that_may_have_a_result_yet_is_awaited(state: BatchState) -> None:
    outcome = outcome_of_sent(None, a_batch(state=state), False, a_job())
    may_come = WITHOUT_ANY_RESULT[state] in (RowState.TIMED_OUT, RowState.AMBIGUOUS)
    assert (outcome.state is RowState.AWAITED) is may_come


def test_a_row_of_a_job_that_an_operator_ended_says_so() -> None:
    for batch in (a_batch(), a_batch(state=BatchState.ACCEPTED)):
        outcome = outcome_of_sent(None, batch, False, a_job(given_up=True, halt=Halt.NO_CREDITS))
        assert "platform team ended the job" in outcome.detail
        assert outcome.state in (RowState.NOT_SENT, RowState.TIMED_OUT)


@pytest.mark.parametrize("wanted", EnrichmentType)
def test_a_result_without_what_was_wanted_is_not_found_but_kept(wanted: EnrichmentType) -> None:
    other = (
        Result(email_status="N/A")
        if wanted is not EnrichmentType.EMAIL
        else Result(phones=("+12015550123",))
    )
    outcome = outcome_of_sent(other, a_batch(state=BatchState.COMPLETE), True, a_job(wanted=wanted))
    assert (outcome.state, outcome.result) == (RowState.NOT_FOUND, other)


def test_a_row_that_was_planned_until_the_deadline_says_so() -> None:
    assert (
        outcome_of_sent(None, a_batch(), False, a_job()).detail
        == "Not sent before the job’s deadline"
    )


@pytest.mark.parametrize("halt", Halt)
def test_a_row_of_a_halted_job_says_why_with_the_providers_own_words(halt: Halt) -> None:
    job = a_job(halt=halt, halt_message="Insufficient enrichment credits")
    detail = outcome_of_sent(None, a_batch(), False, job).detail
    assert detail == halt_sentence(job)
    assert detail.endswith(" (Pronto says: “Insufficient enrichment credits”)")


def test_a_contact_that_the_provider_does_not_take_is_rejected_with_its_words() -> None:
    batch = a_batch(state=BatchState.REJECTED, reason="contacts[0]: firstname is required")
    outcome = outcome_of_sent(None, batch, False, a_job())
    assert outcome.state is RowState.REJECTED
    assert "contacts[0]: firstname is required" in outcome.detail


def test_only_rows_that_cost_nothing_may_be_dropped_again() -> None:
    assert {
        RowState.REJECTED,
        RowState.NOT_WORTH,
        RowState.OVER_BUDGET,
        RowState.NOT_SENT,
    } == UNSENT


def test_the_cells_of_an_outcome_stand_below_their_columns() -> None:
    result = Result(
        email="a@acme.com",
        email_status="deliverable",
        personal_email="b@example.org",
        personal_email_status="valid",
        phones=("+12015550123", "+33612340000"),
    )
    cells = Outcome(state=RowState.FOUND, detail="why", result=result).cells()
    assert dict(zip(RESULT_COLUMNS, cells, strict=True)) == {
        "enrichment_status": "found",
        "enriched_email": "a@acme.com",
        "enriched_email_status": "deliverable",
        "enriched_phone": "+12015550123; +33612340000",
        "enriched_personal_email": "b@example.org",
        "enriched_personal_email_status": "valid",
        "enrichment_detail": "why",
    }
