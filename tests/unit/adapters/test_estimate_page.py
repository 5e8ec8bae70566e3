"""What the page of an estimate says of the cost: what is expected, and the most."""

from enrichment.adapters.report_headline import headline
from enrichment.adapters.report_page import page
from enrichment.domain.report import Credits
from tests.unit.builders import a_report, counts

COST = Credits(
    contacts_sent=200,
    price=30,
    most_each=150,
    at_most=30_000,
    cost="3,000.00 EUR",
    expected=6_120,
    expected_cost="612.00 EUR",
    experience="Of the 900 contacts that were sent, 340 were found.",
)


def estimate(**changed: object) -> tuple[str, str]:
    """The headline and the page."""
    spent = COST.model_copy(update=changed)
    report = a_report(
        status="estimated", type="phone", rows=200, counts=counts(to_send=200), credits=spent
    )
    return headline(report), page(report)


def test_what_is_expected_comes_first_and_the_most_beside_it() -> None:
    said, html = estimate()
    assert said == (
        "200 contacts would be sent, for about 6,120 credits (612.00 EUR), at most 30,000 credits"
        " (3,000.00 EUR). Nothing was sent."
    )
    assert '<dt>Credits, expected</dt><dd class="value">6,120</dd>' in html
    assert COST.experience in html


def test_without_money_the_most_stands_below_what_is_expected() -> None:
    said, html = estimate(cost="", expected_cost="")
    assert "for about 6,120 credits, at most 30,000 credits." in said
    assert '<dd class="note">at most 30,000</dd>' in html


def test_where_nothing_can_be_expected_only_the_most_is_told() -> None:
    said, html = estimate(expected=None, expected_cost="", experience="It takes 200 contacts.")
    assert "for at most 30,000 credits (3,000.00 EUR)." in said
    assert "about" not in said
    assert '<dt>Credits, at most</dt><dd class="value">30,000</dd>' in html
    assert "It takes 200 contacts." in html
