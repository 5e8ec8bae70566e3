"""Changes of a job that people are told of: which there is to tell, and the event that tells it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.job import ENDED, Job, JobState
from enrichment.domain.outcome import RowState
from enrichment.domain.report import INTERIM, Report, Status
from enrichment.domain.told import Change, Told

SOURCE, DETAIL_TYPE = "contact-enrichment", "Enrichment Job Changed"

# Rows that were sent, or whose people another file knows.
_ASKED = (
    RowState.FOUND,
    RowState.NOT_FOUND,
    RowState.AWAITED,
    RowState.TIMED_OUT,
    RowState.AMBIGUOUS,
)

# What a report on a job that has ended tells.
_TOLD_BY: Mapping[Status, Change] = MappingProxyType(
    {
        "first_answer": Change.FIRST_ANSWER,
        "done": Change.DONE,
        "ended": Change.ENDED,
        "cancelled": Change.CANCELLED,
        "failed": Change.FAILED,
        "refused": Change.REFUSED,
        "repeated": Change.REPEATED,
        "estimated": Change.ESTIMATED,
    }
)
_SENDING = frozenset({Change.STARTED, Change.RESUMED})


def news(job: Job, answer: Status | None, now: int) -> Told | None:
    """What is to be told of a job, as it would be noted; None where people know already, or there
    is nothing yet.

    Args:
        job: as it is, with what was told of it last.
        answer: what its report is about; None where there is none.
        now: epoch seconds.
    """
    change = _change(job, answer)
    if change is None:
        return None
    latest = Told(
        change=change,
        number=job.told.number + 1 if job.told else 1,
        at=now,
        halt=job.halt or "" if change is Change.PAUSED else "",
        reopened_at=job.reopened_at,
    )
    return None if job.told and _is_known(latest, job.told) else latest


def _change(job: Job, answer: Status | None) -> Change | None:
    if job.state is JobState.RUNNING:
        return Change.RESUMED if job.told else Change.STARTED
    if job.state is JobState.PAUSED:
        return Change.PAUSED
    if job.state in ENDED and answer and answer not in INTERIM:
        return _TOLD_BY[answer]
    return None


def _is_known(latest: Told, told: Told) -> bool:
    """Whether it is what was told last. That it is sent was told once since the last pause."""
    if latest.reopened_at != told.reopened_at:
        return False
    if latest.change is Change.RESUMED:
        return told.change in _SENDING
    return (latest.change, latest.halt) == (told.change, told.halt)


class JobChanged(BaseModel):
    """A job changed: the detail of the event, which names no contact. Times are epoch seconds, keys
    are those of objects in `bucket`. The same `job` and `number` again is the same change.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_serialization_defaults_required=True,
        title="Change of an enrichment job",
    )

    job: str
    number: int = Field(description="which change of the job this is, from 1 on")
    change: Change
    at: int = Field(description="when it was seen")
    stack: str = Field(description="name of the stack, to tell several in an account apart")
    bucket: str
    region: str
    file: str = Field(description="key of the uploaded file")
    type: EnrichmentType | None = None
    title: str = Field(description="the file's name and what happened, in a few words")
    sentence: str = Field(description="what happened, in words")
    note: str = Field(default="", description="what follows from it, in words; may be empty")
    started_at: int
    deadline_at: int = Field(description="when the job ends with what there is")
    rows: int = Field(default=0, description="of the file, below its header")
    contacts: int = Field(
        default=0, description="of the file, to be sent; of an answer, those that were"
    )
    found: int = Field(default=0, description="contacts that brought something, so far")
    counts: dict[RowState, int] = Field(
        default={}, description="of an answer or an estimate: rows by how they ended"
    )
    credits: int = Field(default=0, description="credits for what was found, so far")
    possibly_charged: int = Field(
        default=0, description="credits that may have been charged besides, at most"
    )
    cost: str = Field(
        default="", description="money for `credits`, such as 12.40 EUR; empty when not set"
    )
    report: str = Field(description="key of the job's page")
    data: str = Field(description="key of the same as JSON")
    enriched: str | None = Field(default=None, description="key of the answer")
    rejected: str | None = Field(default=None, description="key of the rows to fix")
    console: str = Field(
        default="", description="address of the page in AWS's console; empty where that is unknown"
    )


def found_and_asked(counts: Mapping[RowState, int]) -> tuple[int, int]:
    """How many contacts brought something, and of how many, by a report's counts."""
    return counts.get(RowState.FOUND, 0), sum(counts.get(state, 0) for state in _ASKED)


def numbers_of(job: Job, report: Report | None) -> dict[str, Any]:
    """The numbers and keys of an event: by the report, or by the job while there is none."""
    if report is None:
        return {
            "rows": job.rows,
            "contacts": job.contacts,
            "found": job.hits,
            "credits": job.charged,
        }
    found, asked = found_and_asked(report.counts)
    spent = report.credits
    charged = spent if spent and report.status != "estimated" else None
    return {
        "rows": report.rows,
        "contacts": spent.contacts_sent if spent and not charged else asked,
        "found": found,
        "counts": {state: rows for state, rows in report.counts.items() if rows},
        "credits": charged.settled if charged else 0,
        "possibly_charged": charged.possibly_charged if charged else 0,
        "cost": charged.cost if charged else "",
        "enriched": report.enriched,
        "rejected": report.rejected,
    }
