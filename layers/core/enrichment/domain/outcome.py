"""Where each row ends: one state, the values found, and the reason in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count as count_from
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreConfig, SchemaValidator

from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import FILE, MONTH
from enrichment.domain.job import Job
from enrichment.domain.origin import Origin
from enrichment.domain.plan import PlannedRow
from enrichment.domain.result import Result
from enrichment.words import jobs
from enrichment.words import rows as words


class RowState(StrEnum):
    """The end of a row. Every row of a file has exactly one."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    NOT_WORTH = "not_worth"  # it could be sent, and nothing good would come of it
    ALREADY_THERE = "already_there"  # it has what is looked for, so nothing is paid for it
    DUPLICATE_OF = "duplicate_of"
    AWAITED = "awaited"  # only in a first answer: its result may come until the deadline
    TIMED_OUT = "timed_out"
    AMBIGUOUS = "ambiguous"
    OVER_BUDGET = "over_budget"
    NOT_SENT = "not_sent"
    NOT_SAMPLED = "not_sampled"  # it could be sent, and its owner asked for a sample without it
    ERASED = "erased"  # its person was erased, and nothing is kept of it
    TO_SEND = "to_send"  # only in an estimate: the row would be sent


# Rows that cost nothing and may be dropped again. Those outside a sample are none of them: the
# whole file goes on where its sample ended, and nobody has to pick out its rest.
UNSENT = frozenset({RowState.REJECTED, RowState.NOT_WORTH, RowState.OVER_BUDGET, RowState.NOT_SENT})

# Those that come back whatever the limits on credits: somebody has to look at them.
TO_FIX = frozenset({RowState.REJECTED, RowState.NOT_WORTH})

# Rows without a result for which the provider may have charged.
MAY_BE_PAID = frozenset({RowState.AWAITED, RowState.TIMED_OUT, RowState.AMBIGUOUS})

RESULT_COLUMNS = (
    "enrichment_status",
    "enriched_email",
    "enriched_email_status",
    "enriched_phone",
    "enriched_personal_email",
    "enriched_personal_email_status",
    "enrichment_detail",
)
REASON_COLUMN = "rejection_reason"
ROW_COLUMN = "rejected_row"  # which row of the file it is, so that it can come back as that row


def fresh(names: Sequence[str], header: Sequence[str]) -> list[str]:
    """Names for columns that are added, with a number after those that the file has already.

    >>> fresh(["enrichment_status", "enriched_email"], ["Name", "Enriched_Email"])
    ['enrichment_status', 'enriched_email_2']
    """
    taken = {name.strip().casefold() for name in header}
    candidates = (
        (name if count == 1 else f"{name}_{count}" for count in count_from(1)) for name in names
    )
    return [next(name for name in numbered if name not in taken) for numbered in candidates]


_NO_RESULT = Result()


@dataclass(slots=True)
class Outcome:
    """The end of one row; `result` is empty unless something came back. `reason` is the part of the
    detail that rows of the same fate share, where that is not all of it; `spared` tells that it
    would have been sent, had it not what is looked for, `waits` that it was not sent because
    another row of the same person is on its way, `origin` where its result came for, if not for it,
    `again` that it was sent though its person was known, as its file asked for, and `is_fixed` that
    another job sent it, after it was fixed, and bills it.

    Nobody changes one; see `Contact` for why it is not frozen.
    """

    state: RowState
    detail: str = ""
    reason: str = ""
    spared: bool = False
    waits: bool = False
    origin: Origin | None = None
    again: bool = False
    is_fixed: bool = False
    result: Result = _NO_RESULT

    @property
    def is_free(self) -> bool:
        """Whether nothing was sent for it, though it has a result or may get one."""
        return self.waits or self.origin is not None

    def stored(self) -> dict[str, Any]:
        """The outcome as JSON has it."""
        return dict(_STORED.dump_python(self, mode="json"))

    def cells(self) -> list[str]:
        """The texts below `RESULT_COLUMNS`."""
        result = self.result
        return [
            self.state,
            result.email,
            result.email_status,
            "; ".join(result.phones),
            result.personal_email,
            result.personal_email_status,
            self.detail,
        ]


_STORED = TypeAdapter(Outcome)
# TypeAdapter takes no configuration for a data class.
_OUTCOMES = SchemaValidator(_STORED.core_schema, CoreConfig(hide_input_in_errors=True))


def outcome_from(stored: Mapping[str, Any]) -> Outcome:
    """An outcome as `Outcome.stored` says it.

    Raises:
        ValueError: it is none; what it holds is not in the message.
    """
    outcome: Outcome = _OUTCOMES.validate_python(stored)
    return outcome


def outcome_of_planned(
    planned: PlannedRow, wanted: EnrichmentType, of_first: Callable[[int], Outcome]
) -> Outcome:
    """The end of a row of a plan.

    Args:
        planned: the row.
        wanted: the enrichment type of the whole file.
        of_first: the end of a row, by its number, that was to be sent or has already what is
            looked for; of that row itself, and of its copies.
    """
    if planned.erased:
        return Outcome(state=RowState.ERASED, detail=words.ERASED)
    if planned.rejected is not None:
        return Outcome(state=RowState.REJECTED, detail=planned.rejected)
    if planned.not_worth is not None:
        return Outcome(state=RowState.NOT_WORTH, detail=planned.not_worth)
    if planned.already is not None:
        return _already(planned.already, wanted, spared=bool(planned.spared))
    if planned.over_budget:
        return Outcome(state=RowState.OVER_BUDGET, detail=words.over_budget(FILE))
    if (first := planned.not_sampled) is not None:
        detail = words.NOT_SAMPLED if first == planned.row else words.copy_not_sampled(first)
        return Outcome(state=RowState.NOT_SAMPLED, detail=detail)
    if (first := planned.duplicate_of) is not None:
        original = of_first(first)
        if original.state in UNSENT:
            return Outcome(
                state=original.state,
                detail=words.copy_of_unsent(first, original.detail),
                reason=original.detail,
            )
        return Outcome(
            state=RowState.DUPLICATE_OF,
            detail=_told_of(original, first, wanted),
            result=original.result,
        )
    return of_first(planned.row)


def _told_of(original: Outcome, row: int, wanted: EnrichmentType) -> str:
    """What is told of a copy of a row that was sent, or needed not be."""
    if original.state is RowState.ALREADY_THERE:
        return words.same_person_has_it(row, NOUNS[wanted])
    told = words.same_person_known if original.is_free else words.same_person
    return told(row, original.detail)


def _already(has: tuple[str, ...], wanted: EnrichmentType, *, spared: bool) -> Outcome:
    """The end of a row that has what is looked for, with that in the columns of results."""
    match wanted:
        case EnrichmentType.EMAIL:
            result = Result(email=has[0])
        case EnrichmentType.PERSONAL_EMAIL:
            result = Result(personal_email=has[0])
        case EnrichmentType.PHONE:
            result = Result(phones=has)
    detail = words.already_there(NOUNS[wanted])
    return Outcome(state=RowState.ALREADY_THERE, detail=detail, result=result, spared=spared)


def outcome_of_sent(
    result: Result | None, batch: Batch, proven: bool, job: Job, origin: Origin | None = None
) -> Outcome:
    """The end of a row that was to be sent.

    Args:
        result: what came back for it, if anything did.
        batch: the batch it is in, as it stands now.
        proven: whether any contact of the batch has a result, which proves that the provider
            accepted all of it.
        job: gives the type that was wanted, and why the job was halted.
        origin: of the result, if it came for another row.
    """
    if result is not None:
        return _outcome_of_result(result, job, origin)
    accepted = proven or batch.state in (BatchState.ACCEPTED, BatchState.COMPLETE)
    doubtful = batch.state in (BatchState.SENDING, BatchState.UNKNOWN)
    if job.answers_first and (accepted or doubtful):
        return Outcome(state=RowState.AWAITED, detail=words.AWAITED)
    may_be_sent = batch.state is BatchState.PLANNED and job.cancelled_at is None
    if job.answers_first and batch.waits and may_be_sent:
        return Outcome(state=RowState.AWAITED, detail=words.AWAITED_ELSEWHERE, waits=True)
    if accepted:
        return Outcome(
            state=RowState.TIMED_OUT,
            detail=words.NO_ANSWER_AT_END if job.given_up else words.TIMED_OUT,
        )
    if doubtful or (batch.doubted and batch.state is not BatchState.REJECTED):
        return Outcome(
            state=RowState.AMBIGUOUS,
            detail=words.AMBIGUOUS,
        )
    match batch.state:
        case BatchState.PLANNED | BatchState.OVER_BUDGET if batch.short_of:
            return Outcome(state=RowState.OVER_BUDGET, detail=words.over_budget(batch.short_of))
        case BatchState.REJECTED:
            return Outcome(
                state=RowState.REJECTED,
                detail=words.not_taken(batch.reason or ""),
            )
        case BatchState.OVER_BUDGET:
            return Outcome(state=RowState.OVER_BUDGET, detail=words.over_budget(MONTH))
        case _:
            return Outcome(state=RowState.NOT_SENT, detail=_unsent_sentence(batch, job))


def outcomes_of_results(results: Mapping[int, Result], job: Job) -> dict[int, Outcome]:
    """The ends of rows that were sent and whose own results came: as `outcome_of_sent` says of
    each, in half of the time.
    """
    wanted = job.wanted or EnrichmentType.EMAIL
    nothing = words.not_found(NOUNS[wanted])
    found, not_found = RowState.FOUND, RowState.NOT_FOUND
    return {
        row: Outcome(found, result=result)
        if result.things(wanted)
        else Outcome(not_found, nothing, result=result)
        for row, result in results.items()
    }


def _outcome_of_result(result: Result, job: Job, origin: Origin | None) -> Outcome:
    wanted = job.wanted or EnrichmentType.EMAIL
    found = result.found(wanted)
    detail = "" if found else words.not_found(NOUNS[wanted])
    if origin:
        detail = words.from_earlier(detail, origin.file, day(origin.at))
    state = RowState.FOUND if found else RowState.NOT_FOUND
    return Outcome(state=state, result=result, detail=detail, origin=origin)


def _unsent_sentence(batch: Batch, job: Job) -> str:
    if job.given_up:
        return words.ENDED_BEFORE
    if job.cancelled_by:
        return words.CANCELLED_BEFORE[job.cancelled_by]
    if batch.waits:
        return words.WAITED_IN_VAIN
    return halt_sentence(job) if job.halt else words.NOT_SENT_IN_TIME


NOUNS = {
    EnrichmentType.EMAIL: "e-mail",
    EnrichmentType.PHONE: "phone number",
    EnrichmentType.PERSONAL_EMAIL: "personal e-mail",
}


def cancelled_sentence(counts: Mapping[RowState, int], job: Job) -> str:
    """Why nothing more of a job was sent; empty if it was not cancelled."""
    left = counts[RowState.NOT_SENT]
    return jobs.cancelled(job.cancelled_by, left) if job.cancelled_by else ""


def awaited_sentence(counts: Mapping[RowState, int], job: Job) -> str:
    """How many rows still wait for a result, and until when; empty if there are none."""
    rows = counts[RowState.AWAITED]
    if not rows:
        return ""
    return jobs.awaited(rows, moment(job.deadline_at))


def moment(at: int) -> str:
    """A time in words.

    >>> moment(0)
    '1 January 1970, 00:00 UTC'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y, %H:%M UTC")


def second(at: int) -> str:
    """A time in words, to the second.

    >>> second(0)
    '1 January 1970, 00:00:00 UTC'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y, %H:%M:%S UTC")


def day(at: int) -> str:
    """A day in words.

    >>> day(0)
    '1 January 1970'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y")


def halt_sentence(job: Job) -> str:
    """Why a paused job sends nothing, for the file's owner; empty if it is not."""
    return jobs.pause(job.halt, job.halt_message or "") if job.halt else ""
