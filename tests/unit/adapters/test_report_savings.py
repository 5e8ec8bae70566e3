"""What a report's page says of rows that had what was looked for already."""

import pytest

from enrichment.adapters.report_savings import already_sentence, savings
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.report import Saved
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


def test_where_no_row_had_it_nothing_is_said() -> None:
    assert (savings(a_report()), already_sentence(a_report())) == ([], "")
