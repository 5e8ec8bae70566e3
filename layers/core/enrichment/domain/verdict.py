"""The word for how a job stands: on the badge, in the title and in the list of jobs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from enrichment.domain.outcome import TO_FIX, RowState
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
_ASIDE = frozenset({RowState.DUPLICATE_OF, RowState.ERASED})

# Where only a sample was asked for, those that were in it and are unanswered, and all that were.
_LOST_OF_SAMPLE = UNANSWERED - TO_FIX
_OF_SAMPLE = _LOST_OF_SAMPLE | {RowState.FOUND, RowState.NOT_FOUND, RowState.AWAITED}

_FEW, _MANY = 10, 50  # per cent of the rows


class Tone(StrEnum):
    """How good a job's state is, from the best; the page colours it."""

    GOOD = "good"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


_TONES = {
    "done": Tone.GOOD,
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
    """How many rows have no answer, of those that ask for one; `among` says which these are, in
    words.
    """

    lacking: int
    rows: int
    among: str = words.ALL

    @property
    def is_few(self) -> bool:
        return 100 * self.lacking <= _FEW * self.rows

    @property
    def is_most(self) -> bool:
        return 100 * self.lacking > _MANY * self.rows

    @property
    def share(self) -> float:
        return self.lacking / self.rows if self.rows else 0


def answered_of(counts: Mapping[RowState, int]) -> Answered:
    """How many rows have no answer. Of a file of which only a sample was sent, that is told of all
    rows or of the sample, whichever is worse: rows are rejected all over the file, and others lost
    only in the sample.
    """
    aside = _sum(counts, _ASIDE)
    among = words.WITHOUT_COPIES if aside else words.ALL
    whole = Answered(_sum(counts, UNANSWERED), sum(counts.values()) - aside, among)
    if not counts.get(RowState.NOT_SAMPLED):
        return whole
    sample = Answered(_sum(counts, _LOST_OF_SAMPLE), _sum(counts, _OF_SAMPLE), words.IN_SAMPLE)
    return max(whole, sample, key=lambda answered: answered.share)


def _sum(counts: Mapping[RowState, int], states: Collection[RowState]) -> int:
    return sum(counts.get(state, 0) for state in states)


def verdict(report: Report) -> Verdict:
    """How a job stands. Done is good only if at most a tenth of the rows has no answer."""
    answered = answered_of(report.counts)
    match report.status:
        case "done":
            return _of_done(answered, _sum(report.counts, UNANSWERED))
        case "first_answer" | "ended" | "cancelled" if answered.is_most:
            return Verdict(f"{words.STATUSES[report.status]}, {_most(answered).lower()}", Tone.BAD)
    return standing(report.status)


def standing(status: str) -> Verdict:
    """How a job of a status stands whose rows nobody has looked at, or few of which lack an
    answer.
    """
    return Verdict(words.STATUSES[status], _TONES.get(status, Tone.CALM))


def _of_done(answered: Answered, lacking: int) -> Verdict:
    if not lacking:
        return standing("done")
    if answered.is_few:
        return Verdict(words.all_but(lacking), Tone.GOOD)
    if not answered.is_most:
        return Verdict(words.IN_PART, Tone.WARN)
    return Verdict(_most(answered), Tone.BAD)


def _most(answered: Answered) -> str:
    return words.NONE_ANSWERED if answered.lacking == answered.rows else words.FEW_ANSWERED
