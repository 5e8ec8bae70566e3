"""How often contacts are found is learned from the last 30 days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import month_of
from enrichment.domain.experience import ENOUGH, is_enough, rate_of, recent_months
from enrichment.domain.rates import Rate
from enrichment.domain.statement import Line

NOW = 1_800_000_000
DAY = 86_400


def line(wanted: EnrichmentType = EnrichmentType.PHONE, age: int = 0, over: bool = True) -> Line:
    return Line(
        job="job",
        file="incoming/phone/leads.csv",
        type=wanted,
        contacts=100,
        found=40,
        things=90,
        moved_at=NOW - age * DAY,
        over=over,
    )


def test_jobs_of_the_type_add_up() -> None:
    lines = [line(), line(age=30), line(EnrichmentType.EMAIL)]
    assert rate_of(lines, EnrichmentType.PHONE, NOW) == Rate(tried=200, found=80, things=180)


@pytest.mark.parametrize("other", [line(age=31), line(over=False)])
def test_what_is_old_or_still_awaits_results_does_not_count(other: Line) -> None:
    assert rate_of([other], EnrichmentType.PHONE, NOW) == Rate(0, 0, 0)


@given(now=st.integers(40 * DAY, 4_000_000_000), age=st.integers(0, 30 * DAY))
def test_each_of_the_last_days_is_in_one_of_the_months(now: int, age: int) -> None:
    months = recent_months(now)
    assert month_of(now - age) in months
    assert months[-1] == month_of(now)
    assert len(months) <= 3


def test_a_few_contacts_say_nothing() -> None:
    assert not is_enough(Rate(ENOUGH - 1, 100, 100))
    assert is_enough(Rate(ENOUGH, 0, 0))
