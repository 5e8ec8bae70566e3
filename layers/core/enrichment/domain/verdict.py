"""The word for how a job stands: on the badge, in the title and in the list of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from enrichment.domain.outcome import RowState
from enrichment.domain.report import Report
from enrichment.words import verdicts as words

# Rows without an answer for which none is to be expected any more.
UNANSWERED = frozenset(
    {
        RowState.REJECTED,
        RowState.NOT_WORTH,
        RowState.OVER_BUDGET,
        RowState.NOT_SENT,
        RowState.TIMED_OUT,
        RowState.AMBIGUOUS,
    }
)
# Rows that ask for no answer of their own: a copy has that of another row.
_ASIDE = frozenset({RowState.DUPLICATE_OF, RowState.ERASED, RowState.NOT_SAMPLED})

_FEW, _MANY = 10, 50  # per cent of the rows


class Tone(StrEnum):
    """How good a job's state is, from the best; the page colours it."""

    GOOD = "good"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


_TONES = {
    "paused": Tone.WARN,
    "first_answer": Tone.WARN,
    "ended": Tone.WARN,
    "cancelled": Tone.WARN,
    "failed": Tone.BAD,
    "refused": Tone.BAD,
}


@dataclass(frozen=True)
class Verdict:
    """A word, such as Done, and its tone."""

    word: str
    tone: Tone


@dataclass(frozen=True)
class Answered:
    """How many of a file's rows have no answer; copies and rows outside a sample are not counted,
    but told in `aside`.
    """

    lacking: int
    rows: int
    aside: int

    @property
    def is_few(self) -> bool:
        return 100 * self.lacking <= _FEW * self.rows

    @property
    def is_most(self) -> bool:
        return 100 * self.lacking > _MANY * self.rows


def answered_of(counts: Mapping[RowState, int]) -> Answered:
    """How many rows have no answer, of those that ask for one."""
    aside = sum(counts.get(state, 0) for state in _ASIDE)
    lacking = sum(counts.get(state, 0) for state in UNANSWERED)
    return Answered(lacking, sum(counts.values()) - aside, aside)


def verdict(report: Report) -> Verdict:
    """How a job stands. Done is good only if at most a tenth of the rows has no answer."""
    answered = answered_of(report.counts)
    match report.status:
        case "done":
            return _of_done(answered)
        case "first_answer" | "ended" | "cancelled" if answered.is_most:
            return Verdict(f"{words.STATUSES[report.status]}, {_most(answered).lower()}", Tone.BAD)
    return Verdict(words.STATUSES[report.status], _TONES.get(report.status, Tone.CALM))


def _of_done(answered: Answered) -> Verdict:
    if not answered.lacking:
        return Verdict(words.STATUSES["done"], Tone.GOOD)
    if answered.is_few:
        return Verdict(words.all_but(answered.lacking), Tone.GOOD)
    if not answered.is_most:
        return Verdict(words.IN_PART, Tone.WARN)
    return Verdict(_most(answered), Tone.BAD)


def _most(answered: Answered) -> str:
    return words.NONE_ANSWERED if answered.lacking == answered.rows else words.FEW_ANSWERED
