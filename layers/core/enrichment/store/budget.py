"""Credits as they are stored: what counts in each month, and each job's line in it.

A month is one item; beside it stands a line for each job that sent something in it. How they change
is in `store.movements`.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import FILE, MONTH, Account, Cap
from enrichment.domain.experience import rate_of, recent_months
from enrichment.domain.job import Job
from enrichment.domain.rates import Rate
from enrichment.domain.statement import Line
from enrichment.store.items import Update, budget_key, line_key, lines_below
from enrichment.store.movements import Month, Room
from enrichment.store.table import Table


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
