"""How far a job is that is under way: its phase, its pace, and when it will be ready."""

from collections.abc import Sequence

from enrichment.domain.job import Job, JobState
from enrichment.domain.report import Point, Progress, Status

_MOST_POINTS = 48  # of a history; then every second one is left out
_OF_LATE = 600  # seconds over which the pace is measured


def phase_of(job: Job) -> Status | None:
    """What a job is about just now; None where its answer is there, or it has ended."""
    match job.state:
        case JobState.SPLITTING:
            return "reading"
        case JobState.RUNNING:
            return "waiting" if job.is_all_sent else "sending"
        case JobState.PAUSED:
            return "paused"
        case JobState.COMPILING | JobState.OVERTAKEN:
            return "writing"
    return None


def further(history: Sequence[Point], point: Point) -> tuple[Point, ...]:
    """A history that goes on to a point, with fewer points in between once they are many.

    >>> still = [Point(at=at, answered=0, found=0) for at in (0, 5)]
    >>> [point.at for point in further(still, Point(at=9, answered=0, found=0))]
    [0, 9]
    """
    before = list(history)
    if before and before[-1].at >= point.at:
        return (*before[:-1], point)
    if len(before) > 1 and _is_alike(before[-1], point) and _is_alike(*before[-2:]):
        before.pop()  # it says the same as those around it
    if len(before) >= _MOST_POINTS:
        before = [before[0], *before[2::2]]
    return (*before, point)


def _is_alike(one: Point, other: Point) -> bool:
    return (one.answered, one.found) == (other.answered, other.found)


def progress_of(job: Job, history: Sequence[Point], now: int, period: int) -> Progress:
    """How far a job is.

    Args:
        job: as it is now.
        history: up to now.
        now: epoch seconds.
        period: seconds after which that is looked at again.
    """
    pace = _pace(history, now) if job.counts else None
    left = job.contacts - job.answered - job.unsent
    return Progress(
        contacts=job.contacts,
        batches=job.batches,
        settled=job.settled,
        sent=job.sent if job.counts else None,
        answered=job.answered if job.counts else None,
        found=job.hits if job.counts else None,
        done=min(job.answered + job.unsent, job.contacts) if job.counts else None,
        credits=job.charged,
        a_minute=pace and round(60 * pace, 1),
        ready_at=now + round(left / pace) if pace and left > 0 else None,
        ends_at=job.deadline_at,
        again_after=period,
    )


def _pace(history: Sequence[Point], now: int) -> float | None:
    """Contacts answered a second, of late; None before there are some."""
    if not history:
        return None
    of_late = [point for point in history if point.at >= now - _OF_LATE]
    first, last = (history[-2:] if len(of_late) < 2 else of_late)[0], history[-1]
    if last.at <= first.at or last.answered <= first.answered:
        return None
    return (last.answered - first.answered) / (last.at - first.at)
