"""What the pipeline promises of credits: its own count is held against the provider's ledger."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from enrichment.domain.batch import BatchState
from enrichment.domain.credits import month_of
from enrichment.domain.job import Job
from enrichment.domain.outcome import RowState
from enrichment.store.items import plan_of
from tests.simulation.drop import MOST_EACH
from tests.simulation.dynamodb import Item
from tests.simulation.provider import Charge
from tests.simulation.world import World

_COUNTED = ("reserved", "charged")
_UNSEEN = 120  # seconds; longer than from a look at the caps to what is written upon it
_UNCERTAIN = (RowState.TIMED_OUT, RowState.AMBIGUOUS)


class BillPromises:
    """Holds a world to its promises about credits.

    Args:
        world: what is looked at.
    """

    def __init__(self, world: World) -> None:
        self._world, self._hub = world, world.hub
        self._promise = world.hub.promise
        self._given_back_at = 0

    # At each write

    def on_write(self, key: tuple[str, str], before: Item | None, after: Item) -> None:
        """What counts against a cap never exceeds it, but by results that cost more than the most
        that was reckoned with; and a batch is turned away only when a cap leaves too little.
        """
        pk, sk = key
        counted = (before or {}).get("reserved", 0), after.get("reserved", 0)
        if sk == "BUDGET" and counted[0] > counted[1]:
            self._given_back_at = self._hub.now
        if pk.startswith("BUDGET#") or sk == "JOB":
            self._check_counted(pk, after.get("job") or after.get("id") or "")
        elif after.get("state") == BatchState.OVER_BUDGET != (before or {}).get("state"):
            self._check_refusal(after["job"])

    def _check_counted(self, pk: str, job: str) -> None:
        month = pk.removeprefix("BUDGET#") if pk.startswith("BUDGET#") else ""
        for name, most, counted in self._counted(month, job):
            if counted > most:
                words = f"{name} of {most} credits is kept ({counted} count)"
                self._promise(counted <= most + self._above(self._told()), words)

    def _check_refusal(self, job: str) -> None:
        """What came back, and a month that began, may not have been seen yet."""
        now = self._hub.now
        if now - self._given_back_at < _UNSEEN or month_of(now) != month_of(now - _UNSEEN):
            return
        caps = self._counted(month_of(now), job)
        left = min(most - counted for _, most, counted in caps)
        words = f"a batch is over budget only when no contact can be paid ({left} credits are left)"
        self._promise(left < self._most_each(job), words)

    def _counted(self, month: str, job: str) -> Iterator[tuple[str, int, int]]:
        """The caps by name, with what counts against each."""
        caps, items = self._world.drop.caps, self._world.dynamodb.items
        if caps.month is not None:
            there = items.get((f"BUDGET#{month}", "BUDGET"), {})
            yield "the month's cap", caps.month, there.get("reserved", 0)
        if caps.folder:
            folder, most = caps.folder
            lines = self._lines(f"BUDGET#{month}")
            below = [line for line in lines if line["file"].startswith(f"{folder}/")]
            yield f"the cap of {folder}", most, _sum(below, "reserved")
        if caps.file is not None:
            there = items.get((f"JOB#{job}", "JOB"), {})
            yield "the file's cap", caps.file, there.get("reserved", 0)

    # At the end

    def check(self, jobs: Iterable[Job]) -> None:
        """Everything has ended.

        Raises:
            Violation: with the story.
        """
        for month in self._months():
            self._check_month(month)
        for job in jobs:
            self._check_job(job)
        self._check_caps()

    def check_report(self, job: Job, counts: Counter[RowState], report: dict[str, Any]) -> None:
        """The output of a job is written: `counts` has its rows by their states.

        Raises:
            Violation: with the story.
        """
        told, lines = report["credits"], self._lines_of(job)
        reserved, charged = _sum(lines, "reserved"), _sum(lines, "charged")
        uncertain = reserved - charged
        doubtful = sum(batch.get("doubtful", 0) for batch in self._batches(job))
        most_each = self._most_each(job.id)
        expected = sum(counts[state] for state in _UNCERTAIN) * most_each
        # A batch that a run was looking at when the output was written is told as ambiguous, though
        # that run may then not send it.
        unsent = most_each * sum(
            batch["size"] for batch in self._batches(job) if batch["state"] == BatchState.PLANNED
        )
        words = (
            f"just what may have been charged counts beside what was ({uncertain} credits;"
            f" {expected} of rows without a result, {doubtful} of earlier attempts)"
        )
        # A row that was to be sent again and was not has no result of its earlier attempt.
        self._promise(expected - unsent <= uncertain <= expected + doubtful, words)
        self._promise(told["settled"] == charged, f"the report has what was charged ({charged})")
        words = f"the report has what may have been charged ({uncertain}, {unsent} were given back)"
        self._promise(uncertain <= told["possibly_charged"] <= uncertain + unsent, words)
        self._promise(
            told["contacts_sent"] == _sum(lines, "contacts"), "the report counts contacts"
        )
        self._promise(told["things_found"] == _sum(lines, "things"), "the report counts finds")
        balance = report["balance"] or {"before": None, "after": None}
        before, after = balance["before"], balance["after"]
        alone = len(self._world.jobs) == 1 and not self._world.topped_up
        if None not in (before, after) and alone and not uncertain:
            fell = before - after
            words = f"the account's balance fell by what was charged ({charged}, it fell by {fell})"
            self._promise(fell == charged, words)

    def _check_month(self, month: str) -> None:
        """A month is the sum of its lines, to the credit, and so is its statement."""
        item = self._world.dynamodb.items[f"BUDGET#{month}", "BUDGET"]
        lines = self._lines(f"BUDGET#{month}")
        for name in _COUNTED:
            lined = sum(line[name] for line in lines)
            words = f"what is {name} in {month} is the sum of its lines ({item[name]}, {lined})"
            self._promise(item[name] == lined, words)
        text = self._world.s3.objects.get(f"reports/statements/{month}.csv", [b""])[-1].decode()
        stated = list(csv.DictReader(io.StringIO(text, newline="")))
        settled = sum(int(row["credits_settled"]) for row in stated)
        open_ = sum(int(row["credits_reserved"]) + int(row["credits_uncertain"]) for row in stated)
        words = f"the statement of {month} adds up to the month ({settled} settled, {open_} open)"
        self._promise(settled == item["charged"], words)
        self._promise(settled + open_ == item["reserved"], words)

    def _check_job(self, job: Job) -> None:
        """What was settled is what the results cost that came; what the ledger has beside that is
        told as possible.
        """
        lines = self._lines_of(job)
        for name in _COUNTED:
            words = f"what is {name} for a job is the sum of its lines"
            self._promise(getattr(job, name) == _sum(lines, name), words)
        ledger = [
            charge for charge in self._world.provider.ledger if charge.sent.place[0] == job.id
        ]
        charged = sum(charge.credits for charge in ledger)
        told = self._told(ledger)
        cost = sum(charge.credits for charge in told)
        words = f"each result is settled once ({job.charged} settled, results cost {cost})"
        self._promise(job.charged == cost, words)
        untold = [charge for charge in ledger if charge not in told]
        possible = job.reserved - job.charged
        words = f"the ledger has {job.charged} credits, or up to {possible} more (it has {charged})"
        self._promise(charged <= job.reserved + self._above(untold), words)

    def _check_caps(self) -> None:
        """No cap is exceeded by what the ledger charged."""
        caps, ledger = self._world.drop.caps, self._world.provider.ledger
        by_month: dict[str, list[Charge]] = {}
        by_job: dict[str, list[Charge]] = {}
        for charge in ledger:
            by_month.setdefault(charge.sent.month, []).append(charge)
            by_job.setdefault(charge.sent.place[0], []).append(charge)
        folder = caps.folder and caps.folder[1]
        for name, most, charged in (
            ("the month's cap", caps.month, by_month),
            ("the folder's cap", folder, by_month),
            ("the file's cap", caps.file, by_job),
        ):
            for charges in charged.values() if most is not None else ():
                spent = sum(charge.credits for charge in charges)
                words = f"{name} of {most} credits is kept ({spent} were charged)"
                self._promise(spent <= (most or 0) + self._above(charges), words)

    # What there is

    def _told(self, ledger: Iterable[Charge] | None = None) -> list[Charge]:
        """The charges whose results were acknowledged, one for each row."""
        ledger = self._world.provider.ledger if ledger is None else ledger
        of_row = {charge.sent.place: charge for charge in ledger}
        return [each for place, each in of_row.items() if place in self._world.acknowledged]

    def _above(self, charges: Iterable[Charge]) -> int:
        """Credits above the most that one contact is reckoned to cost."""
        return sum(
            max(0, charge.credits - self._most_each(charge.sent.place[0])) for charge in charges
        )

    def _most_each(self, job_id: str) -> int:
        return MOST_EACH[self._world.file(job_id).wanted]

    def _months(self) -> list[str]:
        keys = self._world.dynamodb.items
        return [pk.removeprefix("BUDGET#") for pk, sk in keys if sk == "BUDGET"]

    def _lines(self, month: str) -> list[Item]:
        items = self._world.dynamodb.items.items()
        return [item for (pk, sk), item in items if pk == month and sk.startswith("FILE#")]

    def _lines_of(self, job: Job) -> list[Item]:
        months = self._months()
        lines = [line for month in months for line in self._lines(f"BUDGET#{month}")]
        return [line for line in lines if line["job"] == job.id]

    def _batches(self, job: Job) -> list[Item]:
        plan, items = plan_of(job.id, job.plan), self._world.dynamodb.items.items()
        return [item for (pk, _), item in items if pk == plan]


def _sum(lines: Iterable[Item], name: str) -> int:
    return sum(line[name] for line in lines)
