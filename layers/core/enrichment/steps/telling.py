"""People are told of what changed: by an event, and by a message to those who subscribed.

First it is told, then noted: a run that dies in between is done again, and tells the same change
once more, under the same number. A doubled stream record finds it noted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.events import EventBus
from enrichment.adapters.links import Links
from enrichment.adapters.topics import Topics
from enrichment.clock import Clock
from enrichment.domain.changes import DETAIL_TYPE, SOURCE, JobChanged, news, numbers_of
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import ENDED, UNTIL_AN_OPERATOR, Halt, Job
from enrichment.domain.message import Link, Message, message_of, title_of
from enrichment.domain.outcome import (
    RowState,
    awaited_sentence,
    cancelled_sentence,
    moment,
)
from enrichment.domain.report import Report
from enrichment.domain.told import Change, Told
from enrichment.store.jobs import Jobs
from enrichment.words import changes as words
from enrichment.words import jobs as words_of_jobs


@dataclass(frozen=True)
class TellChanges:
    """Tells of a job's change, if there is one. `headline` is the sentence of a report, `stack` and
    `region` say where its bucket is.
    """

    jobs: Jobs
    bucket: Bucket
    events: EventBus
    topics: Topics
    links: Links
    headline: Callable[[Report], str]
    clock: Clock
    stack: str
    region: str

    def run(self, job: Job) -> None:
        """Tell what is new about a job, as it stands.

        Raises:
            NotTold: the event was not taken.
        """
        report = self._report(job) if job.state in ENDED else None
        told = news(job, report.status if report else None, self.clock())
        if told is None:
            return
        self._send(job, told, self._event(job, told, report))
        self.jobs.note_told(job.id, told)

    def _send(self, job: Job, told: Told, event: JobChanged) -> None:
        self.events.put(SOURCE, DETAIL_TYPE, event.model_dump_json(), told.at)
        self.topics.publish(self._message(event), told.change, job.notify)

    def _report(self, job: Job) -> Report | None:
        """What is reported of a job that has ended; None where nothing is, or by an earlier version
        in a way that cannot be read any more.
        """
        there = self.bucket.look(output_key(REPORTS, job.key, job.id, ".json"))
        try:
            return Report.model_validate_json(there.body) if there.etag else None
        except ValidationError:
            return None

    def _event(self, job: Job, told: Told, report: Report | None) -> JobChanged:
        page, data = (output_key(REPORTS, job.key, job.id, end) for end in (".html", ".json"))
        known = {
            "job": job.id,
            "number": told.number,
            "change": told.change,
            "at": told.at,
            "stack": self.stack,
            "bucket": self.bucket.name,
            "region": self.region,
            "file": job.key,
            "type": job.wanted,
            "sentence": self.headline(report) if report else _UNDER_WAY[told.change],
            "note": _note(job, told.change, report),
            "started_at": job.created_at,
            "deadline_at": job.deadline_at,
            "report": page,
            "data": data,
            "console": self.links.console(page),
            **numbers_of(job, report),
        }
        return JobChanged.model_validate(known | {"title": title_of(known)})

    def _message(self, event: JobChanged) -> Message:
        places = {
            words.REPORT: event.report,
            words.ENRICHED: event.enriched,
            words.REJECTED: event.rejected,
        }
        lasting = self.links.seconds
        signed = [
            Link(label, self.links.signed(key)) for label, key in places.items() if key and lasting
        ]
        ends_at = self.clock() + lasting if lasting else None
        return message_of(event, signed, ends_at)


_UNDER_WAY = {
    Change.STARTED: words.STARTED,
    Change.PAUSED: words.PAUSED,
    Change.RESUMED: words.RESUMED,
}


def _note(job: Job, change: Change, report: Report | None) -> str:
    """What follows from a change: in our own words, since the report's may quote the file or the
    provider.
    """
    match change:
        case Change.STARTED | Change.RESUMED:
            return words.WAIT
        case Change.PAUSED if job.halt:
            return _paused(job, job.halt)
        case Change.CANCELLED:
            left = report.counts.get(RowState.NOT_SENT, 0) if report else 0
            return cancelled_sentence({RowState.NOT_SENT: left}, job)
        case Change.ENDED:
            return words_of_jobs.ENDED
        case Change.FAILED:
            return words_of_jobs.FAILED
        case Change.REFUSED:
            return words.SEE_REPORT
    return " ".join(filter(None, _of_answer(job, report))) if report else ""


def _paused(job: Job, halt: Halt) -> str:
    patience = (
        words_of_jobs.NO_PROBE if halt in UNTIL_AN_OPERATOR else words_of_jobs.PATIENCE
    ).format(until=moment(job.deadline_at))
    return f"{words_of_jobs.pause(halt, '')}. {patience}"


def _of_answer(job: Job, report: Report) -> tuple[str, ...]:
    ambiguous = report.counts.get(RowState.AMBIGUOUS, 0)
    awaited = {RowState.AWAITED: report.counts.get(RowState.AWAITED, 0)}
    return (
        awaited_sentence(awaited, job),
        words_of_jobs.ambiguous(ambiguous) if ambiguous else "",
    )
