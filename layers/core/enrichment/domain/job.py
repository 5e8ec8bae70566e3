"""Jobs: one version of one uploaded file, and the states it goes through.

    SPLITTING ──► RUNNING ──► COMPILING ──► DONE
        ├──► REFUSED             ▲            │
        ├──► REPEATED            └────────────┘
        └──► ESTIMATED    results that came after the output

A running job that carries a `halt` is paused: it sends nothing until the halt is lifted, and ends at its deadline as any other.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from enrichment.domain.columns import Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.layout import FileFormat, Layout

PLAN_VERSION = 2


class JobState(StrEnum):
    SPLITTING = "SPLITTING"  # the file is being read; nothing can have been sent
    RUNNING = "RUNNING"  # the plan is stored; batches are sent and results come in
    COMPILING = "COMPILING"  # no result is awaited any more; the output is being written
    DONE = "DONE"  # output and report are there
    REFUSED = "REFUSED"  # the file could not be processed; a report says why
    REPEATED = "REPEATED"  # the same content was enriched before; a report says where
    ESTIMATED = "ESTIMATED"  # the file was only looked at; a report says what it would cost


ANSWERED_AT_ONCE = (JobState.REFUSED, JobState.REPEATED, JobState.ESTIMATED)

JOB_TRANSITIONS: MappingProxyType[JobState, frozenset[JobState]] = MappingProxyType(
    {
        JobState.SPLITTING: frozenset({JobState.RUNNING, *ANSWERED_AT_ONCE}),
        JobState.RUNNING: frozenset({JobState.COMPILING}),
        JobState.COMPILING: frozenset({JobState.DONE}),
        JobState.DONE: frozenset({JobState.COMPILING}),
        **dict.fromkeys(ANSWERED_AT_ONCE, frozenset()),
    }
)

# Steps that only an operator may ask for.
OPERATOR_TRANSITIONS: MappingProxyType[JobState, frozenset[JobState]] = MappingProxyType(
    {JobState.DONE: frozenset({JobState.RUNNING})}
)

# The states in which the file's owner has their answer. A job may leave DONE again, to amend it.
ENDED = frozenset({JobState.DONE, *ANSWERED_AT_ONCE})


def before(state: JobState) -> list[JobState]:
    """The states from which `state` may be entered, in the order of the enum."""
    return [source for source in JobState if state in JOB_TRANSITIONS[source]]


class Halt(StrEnum):
    """Why a job is paused: the provider's answer to a batch. Only with UNEXPECTED may something have been enqueued."""

    BAD_KEY = "BAD_KEY"  # 401
    NO_CONSENT = "NO_CONSENT"  # 422, personal e-mail without the account's consent
    NO_CREDITS = "NO_CREDITS"  # 422, too few credits for a batch
    UNEXPECTED = "UNEXPECTED"  # an answer that its documentation does not describe; the batch it answered is UNKNOWN


class Job(BaseModel):
    """One version of one uploaded file, as stored. Times are epoch seconds.

    `rows` counts the rows below the header, `contacts` those to be sent, `settled` the batches that await nothing any more.
    `plan` names the one plan that counts, of all that runs over the file may have written; it is empty until the job runs.
    `price` is the credits for one contact, `delivered` the results that are in the output, `late_at` when the first result came
    that is not.
    `content` names what was asked of which bytes, so that the same is not paid for again.
    `width` is the number of cells of the widest row, `columns` the position (from 0) of each field found.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str
    key: str
    version: str
    size: int
    state: JobState = JobState.SPLITTING
    created_at: int
    deadline_at: int
    attempts: int = 1
    plan: str = ""
    plan_version: int = PLAN_VERSION
    content: str = ""
    wanted: EnrichmentType | None = None
    countries: tuple[str, ...] = ()
    price: int = 0
    layout: Layout | None = None
    columns: dict[Field, int] = {}
    width: int = 0
    rows: int = 0
    contacts: int = 0
    batches: int = 0
    settled: int = 0
    recounted_at: int = 0
    probed_at: int = 0
    compile_asked_at: int = 0
    compile_began_at: int | None = None
    delivered: int = 0
    late_at: int | None = None
    halt: Halt | None = None
    halt_message: str | None = None
    halt_told_at: int | None = None
    finished_at: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_version_1(cls, stored: Any) -> Any:
        """Jobs of plan version 1 know the `dialect` of a CSV file in UTF-8 in place of a layout."""
        if isinstance(stored, dict) and stored.get("dialect"):
            return {**stored, "layout": {"format": FileFormat.CSV, **stored["dialect"]}}
        return stored
