"""The list of the latest jobs as a page to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from enrichment.adapters.page_template import template
from enrichment.adapters.report_links import console_href, relative_href
from enrichment.domain.folder import INDEX, REPORTS, output_key
from enrichment.domain.job import JobState
from enrichment.domain.outcome import moment
from enrichment.domain.report import INTERIM
from enrichment.domain.summary import Summary
from enrichment.domain.verdict import Tone, Verdict, standing

_NAME = INDEX.removeprefix(f"{REPORTS}/")

# Which status of a report each state of a job shows; that of an answer depends on more.
_STATUSES = {
    JobState.SPLITTING: "reading",
    JobState.RUNNING: "sending",
    JobState.PAUSED: "paused",
    JobState.COMPILING: "writing",
    JobState.OVERTAKEN: "writing",
    JobState.DELIVERED: "done",
    JobState.LATE: "done",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.REFUSED: "refused",
    JobState.REPEATED: "repeated",
    JobState.ESTIMATED: "estimated",
}


@dataclass(frozen=True)
class Entry:
    """A job's line: its summary, how it stands, and the way to its page."""

    job: Summary
    status: str
    verdict: Verdict
    label: str
    folder: str
    page: str | None
    console: str | None
    began: str

    @property
    def found(self) -> int | None:
        """None where nobody counted, or nothing was looked for."""
        return self.job.hits if self.job.counts and self.job.contacts else None


def page(jobs: Sequence[Summary], now: int, bucket: str, region: str) -> str:
    """Render jobs, the newest first, as they stood at `now` (epoch seconds); their pages lie in a
    bucket of a region, which is empty where it has no console.
    """
    entries = [_entry(job, bucket, region) for job in jobs]
    busy = sum(entry.status in INTERIM for entry in entries)
    return template("index.html.j2").render(entries=entries, busy=busy, written=moment(now))


def _entry(job: Summary, bucket: str, region: str) -> Entry:
    status = _status(job)
    path = PurePosixPath(job.key)
    report = output_key(REPORTS, job.key, job.id, ".html")
    return Entry(
        job=job,
        status=status,
        verdict=_verdict(job, status),
        label=path.name,
        folder=str(path.parent),
        page=relative_href(_NAME, report.removeprefix(f"{REPORTS}/")),
        console=console_href(region, bucket, report),
        began=datetime.fromtimestamp(job.created_at, UTC).strftime("%Y-%m-%d %H:%M"),
    )


def _verdict(job: Summary, status: str) -> Verdict:
    """How a job stands; of one that an earlier version ended, nobody noted how it turned out."""
    is_answered = _STATUSES[job.state] == "done" and job.word
    return Verdict(job.word, Tone(job.tone)) if is_answered else standing(status)


def _status(job: Summary) -> str:
    status = _STATUSES[job.state]
    if status != "done":
        return status
    if job.given_up:
        return "ended"
    if job.cancelled_at is not None:
        return "cancelled"
    return "first_answer" if job.awaited else status
