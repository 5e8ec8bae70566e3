"""How often contacts bring something, how sure that is, and what follows for others like them."""

from dataclasses import dataclass
from math import ceil, floor, sqrt

_Z = 1.959964  # within so many standard deviations lie 95 % of a normal distribution


@dataclass(frozen=True)
class Range:
    """A number that is expected, and what it may be instead."""

    likely: int
    least: int
    most: int

    def more(self, known: int) -> "Range":
        """The range of a sum of which one part is known."""
        return Range(self.likely + known, self.least + known, self.most + known)


@dataclass(frozen=True)
class Rate:
    """Of `tried` contacts, `found` brought something: `things` in all, since one contact may have
    several phone numbers.
    """

    tried: int
    found: int
    things: int

    @property
    def share(self) -> float:
        """The contacts that brought something, of all; 0 where none was tried."""
        return self.found / self.tried if self.tried else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies in 95 of 100 such cases: Wilson's interval, which
        holds for few contacts and for shares near none and all, too.

        https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
        """
        if not self.tried:
            return 0.0, 1.0
        spread = _Z**2 / self.tried
        middle = (self.share + spread / 2) / (1 + spread)
        half = sqrt(self.share * (1 - self.share) * spread + spread**2 / 4) / (1 + spread)
        # At the ends these are 0 and 1, whatever the root was rounded to.
        low = middle - half if self.found else 0.0
        high = middle + half if self.found < self.tried else 1.0
        return low, high

    @property
    def each(self) -> float:
        """Things that a contact brings that brings any; 1 as long as none did."""
        return self.things / self.found if self.found else 1.0

    def found_among(self, contacts: int) -> Range:
        """How many of further contacts will bring something."""
        low, high = self.interval
        return Range(round(contacts * self.share), floor(contacts * low), ceil(contacts * high))

    def credits_for(self, contacts: int, price: int) -> Range:
        """What further contacts will cost at a price for each thing that is found."""
        low, high = self.interval
        full = contacts * self.each * price
        return Range(round(full * self.share), floor(full * low), ceil(full * high))
