"""The list of the latest jobs as a page to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from enrichment.adapters.page_template import template
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import JobState
from enrichment.domain.outcome import moment
from enrichment.domain.summary import Summary

# What people call the states of a job, and how its line is coloured.
_WORDS = {
    JobState.SPLITTING: ("Being read", "busy"),
    JobState.RUNNING: ("Being sent", "busy"),
    JobState.PAUSED: ("Paused", "paused"),
    JobState.COMPILING: ("Being written", "busy"),
    JobState.OVERTAKEN: ("Being written", "busy"),
    JobState.DELIVERED: ("Done", "done"),
    JobState.LATE: ("Done", "done"),
    JobState.DONE: ("Done", "done"),
    JobState.FAILED: ("Not written", "failed"),
    JobState.REFUSED: ("Not processed", "refused"),
    JobState.REPEATED: ("Enriched before", "repeated"),
    JobState.ESTIMATED: ("Estimate", "estimated"),
}


@dataclass(frozen=True)
class Entry:
    """A job's line: its summary, the word for where it stands, and the way to its page."""

    job: Summary
    word: str
    kind: str
    name: str
    folder: str
    page: str
    began: str

    @property
    def found(self) -> int | None:
        """None where nobody counted, or nothing was looked for."""
        return self.job.hits if self.job.counts and self.job.contacts else None


def page(jobs: Sequence[Summary], now: int) -> str:
    """Render jobs, the newest first, as they stood at `now` (epoch seconds)."""
    entries = list(map(_entry, jobs))
    busy = sum(entry.kind in ("busy", "paused") for entry in entries)
    return template("index.html.j2").render(entries=entries, busy=busy, written=moment(now))


def _entry(job: Summary) -> Entry:
    word, kind = _standing(job)
    path = PurePosixPath(job.key)
    report = output_key(REPORTS, job.key, job.id, ".html").removeprefix(f"{REPORTS}/")
    began = moment(job.created_at)
    return Entry(job, word, kind, path.name, str(path.parent), quote(report), began)


def _standing(job: Summary) -> tuple[str, str]:
    word, kind = _WORDS[job.state]
    if kind != "done":
        return word, kind
    if job.given_up:
        return "Ended early", "ended"
    if job.cancelled_at is not None:
        return "Cancelled", "cancelled"
    return ("First answer", "first_answer") if job.awaited else (word, kind)
