"""What a report's page says of rows that were not paid for."""

import pytest

from enrichment.adapters.report_savings import already_sentence, known_sentence, savings
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.report import Again, Saved
from tests.unit.builders import EXAMPLES, a_report


def test_an_estimate_tells_how_many_have_it_what_that_saves_and_where_it_was_looked_for() -> None:
    told = savings(EXAMPLES["spared"])

    assert told[0].startswith("180 rows have a phone number already.")
    assert "171 people" in told[1]
    assert "at least 5,130 credits (513.00 EUR)" in told[1]
    assert "the other 9 rows could not be sent" in told[1]
    assert "refresh=true" in told[2]


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        (Saved(rows=1, contacts=1, credits=3), "1 person and found all, that would have cost 3"),
        (Saved(rows=2, contacts=0, credits=0), "None of them would have been sent anyway"),
    ],
)
def test_what_was_saved_is_not_more_than_what_would_have_been_spent(
    saved: Saved, words: str
) -> None:
    report = a_report(type=EnrichmentType.EMAIL, already_there=saved)
    assert words in savings(report)[1]
    assert "at least" not in savings(report)[1]


@pytest.mark.parametrize(
    ("status", "rows", "words"),
    [("done", 1, "1 person was known"), ("estimated", 1_200, "1,200 people are known")],
)
def test_people_who_are_known_are_told_with_what_they_would_have_cost(
    status: str, rows: int, words: str
) -> None:
    known = Saved(rows=rows, contacts=rows, credits=3 * rows)
    report = a_report(status=status, type=EnrichmentType.EMAIL, known=known)
    told = savings(report)
    assert told[0].startswith(words)
    assert f"would have cost {3 * rows:,} credits" in told[1]
    assert "force=true" in told[2]
    assert known_sentence(report) == f"{words} from other files."


@pytest.mark.parametrize(
    ("status", "people", "words"),
    [
        ("done", 1, "1 person was known from other files, and was sent all the same"),
        ("estimated", 1_200, "1,200 people are known from other files, and would be sent"),
    ],
)
def test_people_who_are_known_and_sent_all_the_same_are_told_with_what_they_cost(
    status: str, people: int, words: str
) -> None:
    again = Again(people=people, credits=3 * people, cost="9.00 EUR")
    [told] = savings(a_report(status=status, type=EnrichmentType.EMAIL, again=again))
    assert told.startswith(words)
    assert f"{3 * people:,} credits (9.00 EUR); without that folder they cost nothing." in told


def test_where_no_row_had_it_nothing_is_said() -> None:
    told = (already_sentence(a_report()), known_sentence(a_report()))
    assert (savings(a_report()), told) == ([], ("", ""))
