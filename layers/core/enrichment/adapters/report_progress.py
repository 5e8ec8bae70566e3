"""What a report's page shows of a job that is under way."""

from dataclasses import dataclass

from enrichment.adapters.page_template import counted
from enrichment.adapters.report_figures import Figure
from enrichment.domain.outcome import moment, second
from enrichment.domain.report import INTERIM, Progress, Report
from enrichment.domain.shares import percent
from enrichment.words import progress as words

_SOONEST = 15  # seconds after which a page that is open is loaded again
_USUALLY = {"first_answer": 60}


@dataclass(frozen=True)
class Bar:
    """How much of a job is done; `width` is a share of the bar, in words `label`."""

    done: int
    whole: int
    width: str
    label: str


def refresh_after(report: Report) -> int | None:
    """Seconds after which the page is loaded anew; None where it does not change any more by
    itself.
    """
    if report.status not in INTERIM | _USUALLY.keys():
        return None
    told = report.progress.again_after if report.progress else 0
    return max(told, _USUALLY.get(report.status, _SOONEST))


def interim_headline(report: Report) -> str:
    """How far a job is, in a sentence or two."""
    match report.status:
        case "received":
            return words.RECEIVED
        case "reading":
            return words.READING
        case "writing":
            return words.WRITING
        case "paused":
            return " ".join(filter(None, (words.paused(_job_of(report)), _so_far(report))))
        case _:
            return _so_far(report) or words.READING


def _job_of(report: Report) -> str:
    return counted(report.rows, "row") if report.rows else "this file"


def _so_far(report: Report) -> str:
    if not (progress := report.progress):
        return ""
    if progress.answered is None or progress.found is None:
        return words.by_batches(progress.settled, counted(progress.batches, "batch", "batches"))
    contacts = counted(progress.contacts, "contact")
    return words.so_far(progress.answered, contacts, progress.found)


def bar(report: Report) -> Bar | None:
    """The bar of progress, by contacts, or by batches where those are not counted; None where
    there is nothing to do.
    """
    if not (progress := report.progress) or not progress.batches:
        return None
    done, whole, nouns = progress.settled, progress.batches, ("batch", "batches")
    if progress.done is not None and progress.contacts:
        done, whole, nouns = progress.done, progress.contacts, ("contact", "contacts")
    label = f"{done:,} of {counted(whole, *nouns)} done ({percent(done, whole)})"
    return Bar(done, whole, f"{100 * min(done / whole, 1):.3f}%", label)


def interim_figures(report: Report) -> list[Figure]:
    """The numbers of a job that is under way; none where nothing is counted yet."""
    if report.status not in INTERIM:
        return []
    rows = [Figure("Rows", f"{report.rows:,}")] if report.rows else []
    if not (progress := report.progress):
        return rows
    return [
        *rows,
        Figure("Contacts", f"{progress.contacts:,}"),
        _figure("Sent", progress.sent),
        _figure("Results", progress.answered, progress.sent, words.OF_SENT),
        _figure("Found so far", progress.found, progress.answered, words.OF_ANSWERED),
        Figure("Credits so far", f"{progress.credits:,}"),
    ]


def _figure(label: str, number: int | None, whole: int | None = None, of: str = "") -> Figure:
    if number is None:
        return Figure(label, "–", words.NOT_COUNTED)
    if not whole or number > whole:  # a known person has a result, and was not sent
        return Figure(label, f"{number:,}")
    return Figure(label, f"{number:,}", f"{percent(number, whole)} {of}")


def lines(report: Report) -> list[tuple[str, str]]:
    """Pace and times of a job, each with its name."""
    if not (progress := report.progress):
        return []
    pace = progress.a_minute
    return [
        ("Pace", words.NO_PACE if pace is None else words.a_minute(pace)),
        ("Ready", _ready(report, progress)),
        ("At the latest", words.ends(moment(progress.ends_at))),
        ("As of", second(report.finished_at)),
    ]


def _ready(report: Report, progress: Progress) -> str:
    if report.status == "writing":
        return words.ABOUT_NOW
    if report.status == "paused":
        return words.NOT_WHILE_PAUSED
    if progress.ready_at is None:
        return words.NOBODY_KNOWS
    if progress.ready_at > progress.ends_at:
        return words.too_late(moment(progress.ready_at))
    left = progress.ready_at - report.finished_at
    when = words.within(left) if left > 0 else words.ABOUT_NOW
    return words.ready(when, moment(progress.ready_at)) if left > 0 else when
