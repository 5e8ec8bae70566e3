"""The states of a job."""

import pytest

from enrichment.domain.job import ENDED, JOB_TRANSITIONS, JobState, before


def test_every_state_is_in_the_table_and_is_reached_from_splitting() -> None:
    found = {JobState.SPLITTING}
    for _ in JobState:
        found |= {following for state in found for following in JOB_TRANSITIONS[state]}

    assert set(JOB_TRANSITIONS) == set(JobState)
    assert found == set(JobState)


def test_exactly_the_done_and_the_refused_have_ended() -> None:
    assert ENDED == {JobState.DONE, JobState.REFUSED}
    assert {state for state in JobState if not JOB_TRANSITIONS[state]} == ENDED


def test_a_job_never_goes_back_so_it_must_end() -> None:
    order = list(JobState)
    assert all(order.index(following) > order.index(state) for state in order for following in JOB_TRANSITIONS[state])


def test_a_job_that_runs_can_no_longer_be_refused() -> None:
    assert before(JobState.REFUSED) == [JobState.SPLITTING]
    assert before(JobState.DONE) == [JobState.COMPILING]


@pytest.mark.parametrize("state", JobState)
def test_before_is_the_inverse_of_the_transitions(state: JobState) -> None:
    assert before(state) == [source for source in JobState if state in JOB_TRANSITIONS[source]]
