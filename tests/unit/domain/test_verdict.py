"""The word for how a job stands is true."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.outcome import RowState
from enrichment.domain.report import Status
from enrichment.domain.verdict import UNANSWERED, Tone, Verdict, verdict
from tests.unit.builders import EXAMPLES, a_report, counts

ROWS = st.dictionaries(st.sampled_from(RowState), st.integers(0, 200) | st.integers(0, 10**6))
ENDED = st.sampled_from(["done", "first_answer", "ended", "cancelled"])
WORSE = [Tone.GOOD, Tone.WARN, Tone.BAD]
ASIDE = {RowState.DUPLICATE_OF, RowState.ERASED}


def of(rows: dict[RowState, int], status: str = "done") -> Verdict:
    return verdict(a_report(status=status, rows=sum(rows.values()), counts=rows))


@given(ROWS, ENDED)
def test_it_is_good_only_if_nearly_all_rows_have_an_answer(
    rows: dict[RowState, int], status: str
) -> None:
    lacking = sum(number for state, number in rows.items() if state in UNANSWERED)
    asking = sum(number for state, number in rows.items() if state not in ASIDE)
    said = of(rows, status)
    if said.tone is Tone.GOOD:
        assert status == "done"
        assert 10 * lacking <= asking
    assert (said.word == "Done") == (status == "done" and lacking == 0)
    if not rows.get(RowState.NOT_SAMPLED):
        assert (said.tone is Tone.BAD) == (2 * lacking > asking)
        assert ("nothing answered" in said.word.lower()) == (0 < lacking == asking)


@given(ROWS, ENDED, st.sampled_from(sorted(UNANSWERED)), st.integers(1, 10**6))
def test_it_is_never_better_for_another_row_without_an_answer(
    rows: dict[RowState, int], status: str, state: RowState, more: int
) -> None:
    before, after = of(rows, status), of(rows | {state: rows.get(state, 0) + more}, status)
    assert WORSE.index(after.tone) >= WORSE.index(before.tone)


@pytest.mark.parametrize(
    ("rows", "status", "word", "tone"),
    [
        (counts(found=5, not_found=5, duplicate_of=90), "done", "Done", "good"),
        (counts(found=166, rejected=1), "done", "Done, but for 1 row", "good"),
        (counts(found=80, rejected=10, timed_out=10), "done", "Partly unanswered", "warn"),
        (counts(found=10, rejected=35), "done", "Mostly unanswered", "bad"),
        (counts(rejected=3, not_worth=1, duplicate_of=9), "done", "Nothing answered", "bad"),
        (counts(found=9, awaited=1), "first_answer", "First answer", "warn"),
        (counts(not_sent=9, found=1), "ended", "Ended early, mostly unanswered", "bad"),
        (counts(not_sent=9), "cancelled", "Cancelled, nothing answered", "bad"),
        (counts(not_sampled=100, found=2), "done", "Done", "good"),
        (counts(not_sampled=900, found=9, rejected=30), "done", "Done, but for 30 rows", "good"),
        (counts(not_sampled=900, found=9, timed_out=30), "done", "Mostly unanswered", "bad"),
        (
            counts(not_sampled=900, found=39, rejected=3, timed_out=1),
            "done",
            "Done, but for 4 rows",
            "good",
        ),
        (counts(not_sampled=9, found=1, rejected=30), "done", "Mostly unanswered", "bad"),
        (counts(not_sampled=90, ambiguous=3), "ended", "Ended early, nothing answered", "bad"),
    ],
)
def test_each_share_has_its_word(
    rows: dict[RowState, int], status: str, word: str, tone: str
) -> None:
    assert of(rows, status) == Verdict(word, Tone(tone))


def test_every_status_has_a_word_of_its_own() -> None:
    words = {status: verdict(a_report(status=status)).word for status in get_args(Status)}
    assert len(set(words.values())) == len(words)
    assert verdict(EXAMPLES["failed"]).tone is verdict(EXAMPLES["refused"]).tone is Tone.BAD
    assert verdict(EXAMPLES["paused"]).tone is Tone.WARN
