"""A month's statement: each job's line in it, which add up to the month, to the credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Account

HEADER = (
    "job",
    "folder",
    "file",
    "type",
    "contacts",
    "found",
    "numbers",
    "credits_reserved",
    "credits_settled",
    "credits_uncertain",
)


class Line(BaseModel):
    """What one job did in one month, as stored; see `Movement` for the numbers. Times are epoch
    seconds. `over` tells that none of its results is awaited any more.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    file: str
    type: EnrichmentType
    reserved: int = 0
    charged: int = 0
    contacts: int = 0
    answered: int = 0
    found: int = 0
    things: int = 0
    moved_at: int = 0
    over: bool = False

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.file).parent)

    @property
    def name(self) -> str:
        return PurePosixPath(self.file).name

    @property
    def numbers(self) -> int | None:
        """Phone numbers found; None where something else was looked for."""
        return self.things if self.type is EnrichmentType.PHONE else None

    @property
    def awaited(self) -> int:
        """Credits that are reserved for results that may still come."""
        return 0 if self.over else self.reserved - self.charged

    @property
    def uncertain(self) -> int:
        """Credits that may have been charged for results that never came."""
        return self.reserved - self.charged if self.over else 0

    def cells(self) -> list[str]:
        """The texts below `HEADER`."""
        numbers = "" if self.numbers is None else str(self.numbers)
        counts = (self.awaited, self.charged, self.uncertain)
        return [
            self.job,
            self.folder,
            self.name,
            self.type,
            str(self.contacts),
            str(self.found),
            numbers,
            *map(str, counts),
        ]


@dataclass(frozen=True)
class Statement:
    """All lines of a month (such as 2026-11), and what the month has in all. `cap` is in credits,
    None for none; `at` is when it was written.
    """

    month: str
    lines: Sequence[Line]
    account: Account
    cap: int | None
    at: int

    @property
    def awaited(self) -> int:
        return sum(line.awaited for line in self.lines)

    @property
    def charged(self) -> int:
        return sum(line.charged for line in self.lines)

    @property
    def uncertain(self) -> int:
        return sum(line.uncertain for line in self.lines)

    @property
    def earlier(self) -> int:
        """Credits that were reserved in the month before lines were kept, by version 0.3."""
        return self.account.reserved - sum(line.reserved for line in self.lines)
