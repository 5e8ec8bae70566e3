"""A job is looked at batch by batch only where it tells that something may be wrong."""

import pytest

from enrichment.domain.job import Job, JobState
from enrichment.domain.lull import Lull, messages_of

MINUTE = 60
LULL = Lull(results=300, quiet=600, seldom=1800, queued=120)


def job(**fields: object) -> Job:
    """A job of which 50 of 100 contacts were sent."""
    given = {"contacts": 100, "counts": True, "sent": 50, "state": JobState.RUNNING, **fields}
    return Job.model_validate(
        {"id": "j", "key": "k", "version": "v", "size": 1, "created_at": 0, "deadline_at": 9}
        | given
    )


def looks(until: int, moves: int = 10**9) -> list[int]:
    """The minutes of looks at a job that moves each `moves` minutes."""
    now, found, looked = job(), [], 0
    for minute in range(1, until + 1):
        at = minute * MINUTE
        now = now.model_copy(update={"moved_at": at}) if minute % moves == 0 else now
        if LULL.is_due(now, at):
            looked = at
            found.append(minute)
        now = now.model_copy(update={"looked_at": looked})
    return found


def test_a_job_that_goes_on_is_seldom_looked_at() -> None:
    assert looks(100, moves=4) == [30, 60, 90]


def test_one_that_stands_still_is_looked_at_less_and_less_often_but_when_it_may_be_quiet() -> None:
    assert looks(120) == [5, 10, 11, 12, 24, 48, 78, 108]


def test_a_job_that_never_sent_waits_its_turn_while_the_queue_has_a_message_of_each_lane() -> None:
    new = job(sent=0, batches=40, lanes=10, cut=40)
    assert LULL.waits_its_turn(new, 60, waiting=10)
    assert not LULL.waits_its_turn(new, 60, waiting=9)
    assert not LULL.waits_its_turn(job(sent=0, batches=40), 60, waiting=39)


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"lanes": 10, "cut": 50}, 5),
        ({"lanes": 10, "cut": 50, "sent": 90, "unsent": 4}, 3),
        ({"lanes": 10, "cut": 50, "sent": 100}, 1),
        ({}, 1),  # a job of an earlier version: nobody knows
    ],
)
def test_a_job_that_sends_has_messages_of_half_of_its_lanes_or_of_what_is_left(
    fields: dict[str, object], messages: int
) -> None:
    assert messages_of(job(**fields)) == messages


@pytest.mark.parametrize(
    ("fields", "at", "may"),
    [
        ({}, 119, False),
        ({}, 120, True),
        ({"looked_at": 60}, 120, False),
        ({"sent": 90, "unsent": 10}, 120, False),
        ({"sent": 100, "counts": False}, 120, True),  # a job of an earlier version
        ({"state": JobState.PAUSED}, 120, False),
        ({"reopened_at": 100}, 120, False),
    ],
)
def test_an_empty_queue_tells_of_lost_messages_where_something_is_to_be_sent(
    fields: dict[str, object], at: int, may: bool
) -> None:
    assert LULL.may_lack_messages(job(**fields), at) is may
