"""The room of credits: prices, what results cost, and what is held against the caps.

The provider charges for what it finds, phones by the number [V, F]; it tells nobody per job. So a
batch reserves the most that its contacts may cost before it is sent, and as results come, each
gives back what it did not cost. What was reserved and never came back may have been charged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.result import Result

# What a cap is about, beside folders.
MONTH, FILE = "month", "file"

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Prices:
    """Credits for one e-mail, one phone number and one personal e-mail that is found [V], and how
    many numbers one contact is reckoned to bring at most.

    Two to five numbers were seen [F]; the provider states no bound.
    """

    email: int
    phone: int
    personal_email: int
    numbers_per_phone: int = 1

    def of(self, wanted: EnrichmentType) -> int:
        """Credits for one thing that is found."""
        match wanted:
            case EnrichmentType.EMAIL:
                return self.email
            case EnrichmentType.PHONE:
                return self.phone
            case EnrichmentType.PERSONAL_EMAIL:
                return self.personal_email

    def most_each(self, wanted: EnrichmentType) -> int:
        """Credits that one contact may cost at most."""
        numbers = self.numbers_per_phone if wanted is EnrichmentType.PHONE else 1
        return self.of(wanted) * numbers


class Charge(NamedTuple):
    """What results cost: `answered` contacts, of which `found` brought something; `things` are the
    e-mails or numbers in them, which is what is charged.
    """

    answered: int = 0
    found: int = 0
    things: int = 0
    credits: int = 0

    def plus(self, other: "Charge") -> "Charge":
        return Charge(*(mine + its for mine, its in zip(self, other, strict=True)))

    def minus(self, other: "Charge") -> "Charge":
        return Charge(*(mine - its for mine, its in zip(self, other, strict=True)))


def charge_of(results: Iterable[Result], wanted: EnrichmentType, price: int) -> Charge:
    """What results cost at a price for each thing that is found.

    >>> numbers = Result(phones=("+12015550123", "+12015550124"))
    >>> charge_of([numbers, Result()], EnrichmentType.PHONE, 30)
    Charge(answered=2, found=1, things=2, credits=60)
    """
    things = [result.things(wanted) for result in results]
    found, all_things = sum(map(bool, things)), sum(things)
    return Charge(len(things), found, all_things, all_things * price)


_NO_CHARGE = Charge()


@dataclass(frozen=True)
class Bill:
    """What a job, or a part of it, cost: contacts sent (each time that they were), what their
    results cost, and the credits that may have been charged besides.
    """

    contacts: int = 0
    charge: Charge = _NO_CHARGE
    possible: int = 0

    def plus(self, other: "Bill") -> "Bill":
        return Bill(
            self.contacts + other.contacts,
            self.charge.plus(other.charge),
            self.possible + other.possible,
        )


class Movement(NamedTuple):
    """How one step changes what is counted: credits that count against the caps (`reserved`), those
    of them that results charged, contacts that were sent, those that were answered, those of them
    that were found, and the things found.
    """

    reserved: int = 0
    charged: int = 0
    contacts: int = 0
    answered: int = 0
    found: int = 0
    things: int = 0


def sending(contacts: int, most_each: int) -> Movement:
    """A batch is about to be sent: the most that its contacts may cost is reserved."""
    return Movement(reserved=contacts * most_each, contacts=contacts)


def unsent(contacts: int, reserved: int) -> Movement:
    """A batch was provably not enqueued: all that it reserved is given back."""
    return Movement(reserved=-reserved, contacts=-contacts)


def answered(news: Charge, most_each: int) -> Movement:
    """Results came: each gives back what was reserved for it, and takes what it costs. That may be
    more than was reserved, where a contact has more numbers than were reckoned with.
    """
    return Movement(
        reserved=news.credits - news.answered * most_each,
        charged=news.credits,
        answered=news.answered,
        found=news.found,
        things=news.things,
    )


@dataclass(frozen=True)
class Account:
    """Credits under one cap: those that count, those of them that results charged, and when either
    changed last, in epoch seconds.
    """

    reserved: int = 0
    charged: int = 0
    moved_at: int = 0

    def awaits(self, now: int, patience: int) -> bool:
        """Whether credits may still come back: some are reserved for results that have not come,
        and something happened less than `patience` seconds ago.
        """
        return self.reserved > self.charged and now - self.moved_at < patience


@dataclass(frozen=True)
class Cap:
    """A limit on credits, what it is about (`MONTH`, `FILE` or a folder), and what counts against
    it.
    """

    scope: str
    most: int
    account: Account

    @property
    def left(self) -> int:
        """Credits that it leaves; a cap may have been lowered below what counts."""
        return max(0, self.most - self.account.reserved)


def affordable(left: int, most_each: int, contacts: int) -> int:
    """How many of so many contacts `left` credits pay for, at the most that each may cost.

    >>> affordable(500, 150, 100), affordable(0, 0, 100)
    (3, 100)
    """
    return contacts if most_each == 0 else min(contacts, left // most_each)


def month_of(at: int) -> str:
    """The calendar month (UTC) of a time in epoch seconds.

    >>> month_of(0)
    '1970-01'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")


def month_before(month: str) -> str:
    """The calendar month before one.

    >>> month_before("2026-01")
    '2025-12'
    """
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return month_of(int(first.timestamp()) - 1)


def money(amount: int, price: Decimal, currency: str) -> str:
    """What an amount of credits costs at a price for each; empty where none is set.

    >>> money(1200, Decimal("0.035"), "EUR"), money(3, Decimal("0.035"), "EUR")
    ('42.00 EUR', '0.11 EUR')
    """
    return f"{(amount * price).quantize(_CENT, ROUND_HALF_UP):,} {currency}" if price else ""
