"""The states of a job."""

import pytest

from enrichment.domain.job import ANSWERED_AT_ONCE, ENDED, JOB_TRANSITIONS, OPERATOR_TRANSITIONS, JobState, before


def test_every_state_is_in_the_table_and_is_reached_from_splitting() -> None:
    found = {JobState.SPLITTING}
    for _ in JobState:
        found |= {following for state in found for following in JOB_TRANSITIONS[state]}

    assert set(JOB_TRANSITIONS) == set(JobState)
    assert found == set(JobState)


def test_the_owner_has_an_answer_once_a_job_is_done_or_refused() -> None:
    assert {JobState.DONE, JobState.REFUSED, JobState.REPEATED, JobState.ESTIMATED} == ENDED


def test_a_job_never_goes_back_but_to_amend_its_output() -> None:
    order = list(JobState)
    backwards = {
        (state, following)
        for state in order
        for following in JOB_TRANSITIONS[state]
        if order.index(following) <= order.index(state)
    }
    assert backwards == {(JobState.DONE, JobState.COMPILING)}


def test_every_job_that_has_not_ended_leads_to_an_end() -> None:
    ends = set(ENDED)
    for _ in JobState:
        ends |= {state for state in JobState if JOB_TRANSITIONS[state] & ends}
    assert ends == set(JobState)


@pytest.mark.parametrize("answered", ANSWERED_AT_ONCE)
def test_a_job_that_was_answered_at_once_stays_so_and_one_that_runs_can_no_longer_be(answered: JobState) -> None:
    assert JOB_TRANSITIONS[answered] == frozenset()
    assert before(JobState.REFUSED) == [JobState.SPLITTING]


def test_only_an_operator_may_have_a_finished_job_run_again() -> None:
    assert before(JobState.RUNNING) == [JobState.SPLITTING]
    assert {JobState.DONE: {JobState.RUNNING}} == OPERATOR_TRANSITIONS


@pytest.mark.parametrize("state", JobState)
def test_before_is_the_inverse_of_the_transitions(state: JobState) -> None:
    assert sorted(before(state)) == sorted(source for source in JobState if state in JOB_TRANSITIONS[source])
