"""How far the bucket has been listed, so that each look takes one page, however much lies there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

_DAY = 86_400  # seconds
# How far back files are looked for at most. Whoever finds no job must be sure that it was not
# deleted, and jobs are kept for 22 days at least.
_LONGEST = 14 * _DAY


@dataclass(frozen=True)
class Listing:
    """How far a folder has been listed, round after round. Times are in epoch seconds, 0 for never.

    `began_at` is when the round under way began, or the last one; `earlier_at` when the one before
    it did. `looked_at` is when a page was listed last, `after` the key after which the next one
    begins, empty between two rounds. `latest` is the latest time of an upload that was seen.
    """

    began_at: int = 0
    earlier_at: int = 0
    looked_at: int = 0
    latest: int = 0
    after: str = ""

    def is_due(self, now: int, each: int) -> bool:
        """Whether a page is to be listed; a round begins `each` seconds after the last one did."""
        return bool(self.after) or now - self.began_at >= each

    def begun(self, now: int) -> "Listing":
        """With a round under way."""
        return self if self.after else replace(self, began_at=now, earlier_at=self.began_at)

    def listed(self, now: int, after: str, latest: int) -> "Listing":
        """With a page listed."""
        return replace(self, looked_at=now, after=after, latest=max(self.latest, latest))

    def since(self, now: int, patience: int) -> int:
        """From when on the files of this round may have been lost: since the round before it began,
        which left out those of its last `patience` seconds, and for a day at least.
        """
        earlier = (self.earlier_at or now) - patience
        return max(min(earlier, now - _DAY), now - _LONGEST)


def next_of(listings: Mapping[str, Listing], now: int, each: int, pause: int) -> str | None:
    """The folder of which a page is to be listed: of those that are due, the one that was looked at
    the longest ago; none within `pause` seconds of the last page.
    """
    if now - max(listing.looked_at for listing in listings.values()) < pause:
        return None
    due = [folder for folder, listing in listings.items() if listing.is_due(now, each)]
    return min(due, key=lambda folder: listings[folder].looked_at, default=None)
