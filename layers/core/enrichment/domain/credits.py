"""Credits and what they cost: the price of one is the platform team's to set, and a month is the
span of a cap.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def month_of(at: int) -> str:
    """The calendar month (UTC) of a time in epoch seconds.

    >>> month_of(0)
    '1970-01'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")


def money(amount: int, price: Decimal, currency: str) -> str:
    """What an amount of credits costs at a price for each; empty where none is set.

    >>> money(1200, Decimal("0.035"), "EUR"), money(3, Decimal("0.035"), "EUR")
    ('42.00 EUR', '0.11 EUR')
    """
    return f"{(amount * price).quantize(_CENT, ROUND_HALF_UP):,} {currency}" if price else ""
