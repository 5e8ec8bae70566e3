"""Whether a job under way is to be looked at batch by batch, by what the job itself tells: a look
reads all of its batches, and grows with them.
"""

from dataclasses import dataclass

from enrichment.domain.job import Job, JobState

# Seconds by which a batch may have been accepted after its job moved; a sweep each minute sees it.
_ACCEPTED_LATER = 120


@dataclass(frozen=True)
class Lull:
    """Waits in seconds: `results` without progress; `quiet` until a first answer; `seldom` between
    looks at a job that goes on; `queued` between looks while the queue is empty.
    """

    results: int
    quiet: int
    seldom: int
    queued: int

    def is_stalled(self, job: Job, now: int) -> bool:
        """Whether nothing moved for long: nothing was sent, and no result came."""
        return now - progress_at(job) >= self.results

    def is_due(self, job: Job, now: int) -> bool:
        """Whether time alone asks for a look: after a while without progress, then each time after
        twice as long; when the job may be quiet; and seldom in any case.
        """
        moved = progress_at(job)
        since, looked_after = now - max(job.looked_at, job.created_at), job.looked_at - moved
        is_doubled = since >= min(max(self.results, looked_after), self.seldom)
        may_be_quiet = now - moved >= self.quiet and looked_after < self.quiet + _ACCEPTED_LATER
        is_stalled = self.is_stalled(job, now)
        return (is_stalled and (is_doubled or may_be_quiet)) or since >= self.seldom

    def waits_its_turn(self, job: Job, now: int, waiting: int) -> bool:
        """Whether nothing of a job was ever sent, and the queue is as long as it must be if none of
        its messages is lost. Even so it is looked at, but seldom.
        """
        left = job.batches - job.settled
        is_whole = job.counts and not job.moved_at and waiting >= min(job.lanes or left, left)
        return is_whole and now - max(job.looked_at, job.created_at) < self.seldom

    def may_lack_messages(self, job: Job, now: int) -> bool:
        """Whether a queue of less than `messages_of` the job would mean that some are lost."""
        since = max(job.looked_at, job.created_at, job.reopened_at)
        sends = job.state is JobState.RUNNING and not job.is_all_sent
        return sends and now - since >= self.queued


def messages_of(job: Job) -> int:
    """How many messages there must be at least for a job that sends: of half of its lanes, that is
    as many as requests at a time. The queue's length is a rough number, and for one lane of ten a
    large job need not be looked at: the others use its requests.
    """
    unsent = job.contacts - job.sent - job.unsent
    batches = -(-unsent * job.cut // max(1, job.contacts))
    return max(1, min(job.lanes // 2, batches))


def progress_at(job: Job) -> int:
    """When something of a job was sent, or a result came, as far as the job tells."""
    return max(job.moved_at, job.last_result_at or 0, job.created_at, job.reopened_at)
