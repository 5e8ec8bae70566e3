"""All batches of a job are asked for, one of a lane at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Job
from enrichment.domain.lanes import asked_for, behind, firsts, lanes_for

PLANNED, SENDING, UNKNOWN = BatchState.PLANNED, BatchState.SENDING, BatchState.UNKNOWN
ACCEPTED, DIVIDED = BatchState.ACCEPTED, BatchState.DIVIDED


def job(lanes: int, cut: int) -> Job:
    given = {"id": "j", "key": "k", "version": "v", "size": 1, "created_at": 0, "deadline_at": 9}
    return Job.model_validate(given | {"lanes": lanes, "cut": cut})


def batch(number: int, state: BatchState = PLANNED, **fields: object) -> Batch:
    place = {"size": 2, "first_row": 2, "last_row": 3, "start": 0, "end": 9, "queued_at": 100}
    given = {"job": "j", "plan": "p", "number": number, "state": state}
    return Batch.model_validate(given | place | fields)


@given(lanes=st.integers(1, 12), batches=st.integers(0, 60), order=st.randoms())
def test_each_batch_is_asked_for_once_however_they_are_taken(
    lanes: int, batches: int, order: object
) -> None:
    asked = list(firsts(lanes, batches))
    done = []
    while asked:
        order.shuffle(asked)  # type: ignore[attr-defined]
        done.append(asked.pop())
        assert len(asked) < lanes
        if following := behind(job(lanes, batches), batch(done[-1])):
            asked.append(following)
    assert sorted(done) == list(range(1, batches + 1))


def test_there_are_more_lanes_than_requests_so_that_one_that_is_held_up_leaves_none_idle() -> None:
    assert lanes_for(5) > 5


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ({}, [1]),
        ({"state": SENDING}, []),
        ({"state": ACCEPTED}, [3]),
        ({"state": UNKNOWN}, [3]),
        ({"state": DIVIDED}, [3]),
        ({"waits": 1}, [1, 3]),  # for people who are on their way
        ({"waits": 1, "state": SENDING}, [3]),
        ({"doubted": True}, [1, 3]),  # an operator had it sent again
        ({"short_of": "month"}, [1]),  # its lane waits for credits with it
    ],
)
def test_a_message_must_be_there_for_all_but_those_behind_another(
    before: dict[str, object], asked: list[int]
) -> None:
    batches = [batch(1, **before), batch(2, ACCEPTED), batch(3)]  # type: ignore[arg-type]
    found = asked_for(job(2, 3), batches)
    assert [each.batch.number for each in found] == asked


def test_what_was_divided_later_has_messages_of_its_own() -> None:
    batches = [batch(1, DIVIDED), batch(2), batch(3), batch(4), batch(5)]
    found = asked_for(job(2, 3), batches)
    assert [each.batch.number for each in found] == [2, 3, 4, 5]
    assert behind(job(2, 3), batch(2)) is None


def test_a_job_of_an_earlier_version_has_a_message_for_each_batch() -> None:
    batches = [batch(number) for number in range(1, 4)]
    assert [each.batch.number for each in asked_for(job(0, 0), batches)] == [1, 2, 3]
    assert behind(job(0, 0), batch(1)) is None


@pytest.mark.parametrize(("queued_at", "since", "again"), [(100, 150, False), (170, 170, True)])
def test_a_turn_comes_with_the_claim_of_the_batch_before(
    queued_at: int, since: int, again: bool
) -> None:
    batches = [batch(1, ACCEPTED, claimed_at=150), batch(2, queued_at=queued_at)]
    (found,) = asked_for(job(1, 2), batches)
    assert (found.since, found.is_again) == (since, again)
