"""The states of a job."""

import pytest

from enrichment.domain.job import (
    ENDED,
    ENDED_AT_ONCE,
    JOB_TRANSITIONS,
    OPEN,
    OPERATOR_TRANSITIONS,
    WRITTEN,
    Job,
    JobState,
    before,
)
from tests.unit.builders import a_job


def test_every_state_is_in_the_table_and_is_reached_from_splitting() -> None:
    found = {JobState.SPLITTING}
    for _ in JobState:
        found |= {following for state in found for following in JOB_TRANSITIONS[state]}

    assert set(JOB_TRANSITIONS) == set(JobState)
    assert found == set(JobState)


def test_a_job_never_goes_back_but_to_be_resumed_or_to_amend_its_output() -> None:
    order = list(JobState)
    backwards = {
        (state, following)
        for state in order
        for following in JOB_TRANSITIONS[state]
        if order.index(following) <= order.index(state)
    }
    assert backwards == {
        (JobState.PAUSED, JobState.RUNNING),
        (JobState.DELIVERED, JobState.COMPILING),
        (JobState.LATE, JobState.COMPILING),
        (JobState.LATE, JobState.DELIVERED),  # it was no news
        (JobState.DONE, JobState.LATE),
    }


def test_the_sweeper_looks_after_every_state_in_which_something_is_awaited() -> None:
    assert set(JobState) == OPEN | ENDED
    assert {JobState.DELIVERED, JobState.LATE} == OPEN & ENDED


def test_every_job_that_has_not_ended_leads_to_an_end() -> None:
    ends = set(ENDED)
    for _ in JobState:
        ends |= {state for state in JobState if JOB_TRANSITIONS[state] & ends}
    assert ends == set(JobState)


@pytest.mark.parametrize("state", ENDED_AT_ONCE)
def test_a_job_that_ended_at_once_stays_so_and_one_that_runs_can_no_longer(
    state: JobState,
) -> None:
    assert JOB_TRANSITIONS[state] == frozenset()
    assert before(state) == [JobState.SPLITTING]


def test_only_an_operator_may_have_a_job_run_again_whose_output_is_written() -> None:
    assert before(JobState.RUNNING) == [JobState.SPLITTING, JobState.PAUSED]
    again = {JobState.FAILED: frozenset({JobState.COMPILING})}
    written = dict.fromkeys(WRITTEN, frozenset({JobState.RUNNING}))
    assert {**written, **again} == OPERATOR_TRANSITIONS


@pytest.mark.parametrize(
    ("stored", "state"),
    [
        ({"state": "RUNNING", "halt": "NO_CREDITS", "open": "yes"}, JobState.PAUSED),
        ({"state": "RUNNING", "open": "yes"}, JobState.RUNNING),
        ({"state": "COMPILING", "late_at": 7, "open": "yes"}, JobState.OVERTAKEN),
        ({"state": "DONE", "late_at": 7, "open": "yes"}, JobState.LATE),
        ({"state": "DONE", "open": "yes"}, JobState.DELIVERED),
        ({"state": "DONE"}, JobState.DONE),
    ],
)
def test_what_stood_beside_the_state_in_earlier_versions_is_a_state(
    stored: dict[str, object], state: JobState
) -> None:
    assert Job.model_validate(a_job().model_dump() | stored).state is state


@pytest.mark.parametrize("state", JobState)
def test_before_is_the_inverse_of_the_transitions(state: JobState) -> None:
    assert sorted(before(state)) == sorted(
        source for source in JobState if state in JOB_TRANSITIONS[source]
    )
