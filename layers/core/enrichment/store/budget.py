"""Credits as they are stored: what counts in each month, and each job's line in it.

A month is one item; beside it stands a line for each job that sent something in it. Both change in
the same transaction, so the lines always add up to the month.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pydantic import BaseModel, ConfigDict

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import FILE, MONTH, Account, Cap, Movement
from enrichment.domain.experience import rate_of, recent_months
from enrichment.domain.job import Job
from enrichment.domain.rates import Rate
from enrichment.domain.statement import Line
from enrichment.store.items import Update, budget_key, job_key, line_key, lines_below
from enrichment.store.table import Table

# What a job counts, by the names of a movement; its `contacts` and `found` are other things.
_SO_FAR = {"sent": "contacts", "answered": "answered", "hits": "found", "things": "things"}
_ANY = "attribute_exists(pk) OR attribute_not_exists(pk)"  # also where there is no item yet
_NOT_GROWN = "NOT reserved > :then"  # also where nothing was reserved yet
_NOT_CANCELLED = "attribute_exists(pk) AND attribute_not_exists(cancelled_at)"
_NO_CLAIM_SINCE = f"{_NOT_GROWN} AND NOT claims > :claims"


class Month(BaseModel):
    """What all jobs did in one month. `claims` counts the batches that were claimed, `changes` all
    that happened, and `stated` is how many of these the last statement has.
    """

    model_config = ConfigDict(frozen=True)

    reserved: int = 0
    charged: int = 0
    moved_at: int = 0
    claims: int = 0
    changes: int = 0
    stated: int = 0
    stated_at: int = 0

    @property
    def account(self) -> Account:
        return Account(self.reserved, self.charged, self.moved_at)


_NOTHING_YET = Month()


@dataclass(frozen=True)
class Room:
    """The caps that a job's next batch is held against, with what counted against them when they
    were looked at.
    """

    caps: Sequence[Cap] = ()
    month: Month = _NOTHING_YET

    @property
    def tightest(self) -> Cap | None:
        return min(self.caps, key=lambda cap: cap.left, default=None)


class Budget:
    """What counts in each month.

    `month_cap` is the most credits of a calendar month (UTC); None for no cap.
    """

    def __init__(self, table: Table, month_cap: int | None) -> None:
        self._table, self.month_cap = table, month_cap

    def month(self, month: str) -> Month:
        """A month, such as 2026-11, as it is now."""
        return Month.model_validate(self._table.get(budget_key(month)) or {})

    def lines(self, month: str, folder: str = "") -> Iterator[Line]:
        """The lines of a month's jobs, or of those whose files lie below a folder."""
        for item in self._table.query(budget_key(month)["pk"], lines_below(folder)):
            line = Line.model_validate(item)
            if not folder or line.file.startswith(f"{folder}/"):
                yield line

    def room(self, job: Job, month: str) -> Room:
        """The caps that hold for a job, with what counts against them now."""
        if self.month_cap is None and not job.budgets and job.most_credits is None:
            return Room()
        caps = []
        now = self.month(month)
        if self.month_cap is not None:
            caps.append(Cap(MONTH, self.month_cap, now.account))
        caps += [
            Cap(budget.folder, budget.credits, self._below(month, budget.folder))
            for budget in job.budgets
        ]
        if job.most_credits is not None:
            account = Account(job.reserved, job.charged, job.moved_at)
            caps.append(Cap(FILE, job.most_credits, account))
        return Room(caps, now)

    def rate(self, wanted: EnrichmentType, now: int) -> Rate:
        """How many contacts of a type were found of late."""
        lines = chain.from_iterable(self.lines(month) for month in recent_months(now))
        return rate_of(lines, wanted, now)

    def note_over(self, job: Job, months: Iterable[str], over: bool) -> None:
        """Note in a job's lines whether results of it are awaited."""
        for month in months:
            updates = [
                Update(line_key(month, job), {"over": over}),
                Update(budget_key(month), adds={"changes": 1}),
            ]
            self._table.transact(updates)

    def note_stated(self, month: str, stated: Month, now: int) -> None:
        """Note that a statement has what a month had when it was read."""
        self._table.update(Update(budget_key(month), {"stated": stated.changes, "stated_at": now}))

    def _below(self, month: str, folder: str) -> Account:
        lines = list(self.lines(month, folder))
        return Account(
            sum(line.reserved for line in lines),
            sum(line.charged for line in lines),
            max((line.moved_at for line in lines), default=0),
        )


def moved(
    job: Job, month: str, movement: Movement, now: int, room: Room | None = None
) -> list[Update]:
    """The writes by which a step of one of a job's batches changes what is counted: those of the
    month, of the job's line in it, and of the job.

    Args:
        job: the job.
        month: in which the batch reserved its credits.
        movement: what changes.
        now: epoch seconds.
        room: of a claim: the job must not be cancelled, and nothing have grown since the caps were
            looked at. Only a claim makes it grow, or a result that costs more than was reserved for
            it.
    """
    counts = movement._asdict()
    spent = {name: counts[name] for name in ("reserved", "charged")}
    so_far = {name: counts[counted] for name, counted in _SO_FAR.items()}
    steps = {"changes": 1} | ({"claims": 1} if room else {})
    when = {"moved_at": now}
    line = when | {"job": job.id, "file": job.key, "type": job.wanted}
    of_month = Update(budget_key(month), when, condition=_ANY, adds=spent | steps)
    of_job = Update(job_key(job.id), when, adds=spent | so_far)
    if room:
        of_job = replace(of_job, condition=_NOT_CANCELLED)
    if room and room.caps:
        then = {"then": room.month.reserved, "claims": room.month.claims}
        of_month = replace(of_month, condition=_NO_CLAIM_SINCE, values=then)
        of_job = replace(
            of_job,
            condition=f"{_NOT_CANCELLED} AND {_NOT_GROWN}",
            values={"then": job.reserved},
        )
    return [of_month, Update(line_key(month, job), line, condition=_ANY, adds=counts), of_job]
