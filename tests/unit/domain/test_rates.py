"""What a few contacts say of many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.rates import Range, Rate

RATES = st.integers(0, 2_000).flatmap(
    lambda tried: st.integers(0, tried).flatmap(
        lambda found: st.integers(found, 5 * found).map(lambda things: Rate(tried, found, things))
    )
)


@pytest.mark.parametrize(
    ("tried", "found", "low", "high"),
    [
        # the examples of Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (263, 81, 0.2553, 0.3662),
        (148, 15, 0.0624, 0.1605),
        (20, 0, 0.0000, 0.1611),
        (29, 1, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(tried: int, found: int, low: float, high: float) -> None:
    assert Rate(tried, found, found).interval == pytest.approx((low, high), abs=5e-5)


@given(rate=RATES)
def test_a_rate_lies_in_its_interval_which_no_more_contacts_make_wider(rate: Rate) -> None:
    low, high = rate.interval
    assert 0 <= low <= high <= 1
    assert rate.tried == 0 or low <= rate.share <= high
    sure_low, sure_high = Rate(10 * rate.tried, 10 * rate.found, 10 * rate.things).interval
    assert sure_high - sure_low <= high - low


@given(rate=RATES, contacts=st.integers(0, 1_000_000), price=st.integers(0, 100))
def test_what_is_expected_lies_within_its_range(rate: Rate, contacts: int, price: int) -> None:
    found, cost = rate.found_among(contacts), rate.credits_for(contacts, price)
    if rate.tried:
        assert found.least <= found.likely <= found.most <= contacts
        assert cost.least <= cost.likely <= cost.most
    assert cost.most <= 5 * contacts * price + 1


def test_numbers_are_counted_by_contact() -> None:
    rate = Rate(tried=100, found=50, things=120)
    assert rate.found_among(1_000).likely == 500
    assert rate.credits_for(1_000, 30).likely == 1_000 * 120 // 100 * 30


def test_nothing_found_yet_says_little_of_few() -> None:
    assert Rate(10, 0, 0).found_among(100) == Range(likely=0, least=0, most=28)
    assert Rate(0, 0, 0).found_among(100) == Range(likely=0, least=0, most=100)


def test_what_is_known_is_added_to_all_ends() -> None:
    assert Range(5, 2, 9).more(31) == Range(36, 33, 40)
