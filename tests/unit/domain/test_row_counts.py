"""What a report shows of rows that were not sent, and whose e-mails it counts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.origin import Origin
from enrichment.domain.outcome import UNSENT, Outcome, RowState
from enrichment.domain.result import Result
from enrichment.domain.row_counts import RowCounts

COLUMNS = {0: "First", 2: "Company"}
ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("ab"), min_size=1, max_size=3),
        st.builds(
            Outcome,
            state=st.sampled_from(RowState),
            detail=st.sampled_from(["why", "what"]),
            result=st.builds(
                Result, email=st.sampled_from(["", "a@b.example"]), email_status=st.just("valid")
            ),
        ),
    ),
    max_size=40,
)


def counted(rows: list[tuple[list[str], Outcome]]) -> RowCounts:
    counts = RowCounts(COLUMNS)
    for number, (cells, outcome) in enumerate(rows, 2):
        counts.count(number, cells, outcome)
    return counts


@given(ROWS)
def test_rows_that_are_alike_are_shown_once_with_their_number(
    rows: list[tuple[list[str], Outcome]],
) -> None:
    shown = counted(rows).sample()
    assert len({(*each.cells.items(), each.reason) for each in shown}) == len(shown) <= 10
    if len(shown) < 10:
        unsent = sum(outcome.state in UNSENT for _, outcome in rows)
        assert sum(each.rows for each in shown) == unsent
    for each in shown:
        cells, outcome = rows[each.row - 2]
        assert outcome.detail == each.reason
        assert each.cells["First"] == cells[0]


@given(ROWS)
def test_rows_with_an_email_are_the_same_by_quality_and_by_state(
    rows: list[tuple[list[str], Outcome]],
) -> None:
    counts = counted(rows)
    assert sum(counts.with_quality().values()) == sum(counts.email_quality().values())


OUTCOMES = st.lists(
    st.builds(
        Outcome,
        state=st.sampled_from([RowState.FOUND, RowState.NOT_FOUND, RowState.REJECTED]),
        detail=st.just("why"),
        spared=st.booleans(),
        origin=st.sampled_from([None, Origin(job="o", file="f", at=3)]),
        again=st.booleans(),
        is_fixed=st.booleans(),
        result=st.builds(
            Result,
            email=st.sampled_from(["", "a@b.example"]),
            email_status=st.sampled_from(["", "valid", "risky"]),
            phones=st.sampled_from([(), ("+12015550123",), ("+12015550123", "+12015550124")]),
        ),
    ),
    max_size=40,
)


@given(OUTCOMES)
def test_what_is_summed_up_by_kinds_is_what_the_rows_are_one_by_one(
    outcomes: list[Outcome],
) -> None:
    counts = counted([(["a"], outcome) for outcome in outcomes])
    own = [outcome for outcome in outcomes if not outcome.is_fixed]
    found = [outcome for outcome in own if outcome.state is RowState.FOUND]
    with_quality = [outcome for outcome in outcomes if outcome.result.quality]
    qualities = Counter(outcome.result.quality for outcome in with_quality)

    assert counts.rows == len(outcomes)
    assert +Counter(counts.counts()) == Counter(outcome.state for outcome in outcomes)
    assert +Counter(counts.own()) == Counter(outcome.state for outcome in own)
    fixed = Counter(outcome.state for outcome in outcomes if outcome.is_fixed)
    assert counts.fixed() == fixed
    assert list(counts.email_quality().items()) == qualities.most_common()
    assert counts.with_quality() == Counter(outcome.state for outcome in with_quality)
    assert counts.known == sum(outcome.origin is not None for outcome in own)
    assert counts.again == sum(outcome.again for outcome in own)
    assert counts.spared == sum(outcome.spared for outcome in own)
    assert counts.things == sum(max(1, len(each.result.phones)) for each in found)
    again = [max(1, len(each.result.phones)) for each in found if each.again]
    assert counts.again_things == sum(again)


def test_copies_of_a_row_that_was_not_sent_are_like_it() -> None:
    first = Outcome(state=RowState.REJECTED, detail="The last name is missing")
    copy = Outcome(
        state=RowState.REJECTED,
        detail="The same person as in row 2, which was not sent: The last name is missing",
        reason="The last name is missing",
    )
    [shown] = counted([(["a"], first), (["a"], copy), (["a"], copy)]).sample()
    assert (shown.row, shown.rows, shown.reason) == (2, 3, "The last name is missing")
