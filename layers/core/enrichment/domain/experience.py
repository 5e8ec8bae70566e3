"""What this stack has learned of how often contacts are found: its own last 30 days, by type."""

from collections.abc import Iterable

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import month_of
from enrichment.domain.rates import Rate
from enrichment.domain.statement import Line

DAYS = 30
ENOUGH = 200  # contacts, from which on something is expected of others
_DAY = 24 * 3600  # seconds


def recent_months(now: int) -> list[str]:
    """The months that have a part of the last days, the earliest first.

    >>> recent_months(1_772_359_200)  # 1 March 2026
    ['2026-01', '2026-02', '2026-03']
    """
    return sorted({month_of(now - days * _DAY) for days in range(DAYS + 1)})


def rate_of(lines: Iterable[Line], wanted: EnrichmentType, now: int) -> Rate:
    """How many of the contacts were found that jobs sent in the last days. Jobs that await results
    are left out: what they have so far would make the rate too low.
    """
    since = now - DAYS * _DAY
    counted = [
        line for line in lines if line.type is wanted and line.over and line.moved_at >= since
    ]
    return Rate(
        sum(line.contacts for line in counted),
        sum(line.found for line in counted),
        sum(line.things for line in counted),
    )


def is_enough(rate: Rate) -> bool:
    """Whether so many contacts were sent that others may be expected to be found as often."""
    return rate.tried >= ENOUGH
