"""The room of credits: what contacts cost, how many a cap pays for, and what credits cost in money.

The prices and the caps are the platform team's to set; a month is the span of a cap.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from enrichment.domain.contact import EnrichmentType

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Prices:
    """Credits for one contact of each type; the provider's public pages disagree on them [D]."""

    email: int
    phone: int
    personal_email: int

    def of(self, wanted: EnrichmentType) -> int:
        """Credits for one contact."""
        match wanted:
            case EnrichmentType.EMAIL:
                return self.email
            case EnrichmentType.PHONE:
                return self.phone
            case EnrichmentType.PERSONAL_EMAIL:
                return self.personal_email


@dataclass(frozen=True)
class Bill:
    """What contacts cost at a price for each: those taken, and those that may have been."""

    price: int
    taken: int
    doubtful: int = 0

    @property
    def estimated(self) -> int:
        return cost(self.taken, self.price)

    @property
    def possibly_charged(self) -> int:
        return cost(self.doubtful, self.price)


def cost(contacts: int, price: int) -> int:
    """The credits that contacts cost at a price for each."""
    return contacts * price


def affordable(most: int | None, price: int) -> int | None:
    """How many contacts a cap of `most` credits pays for; None for no bound.

    >>> affordable(500, 30), affordable(None, 30), affordable(500, 0)
    (16, None, None)
    """
    return None if most is None or price == 0 else most // price


def left_of(cap: int, reserved: int) -> int:
    """Credits that a month's cap still leaves; it may have been lowered below what is reserved."""
    return max(0, cap - reserved)


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
