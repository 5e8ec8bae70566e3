"""What a file would cost: its rows are judged as in earnest, and nothing is sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.table import JobTable
from enrichment.domain.budget import month_of
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request
from enrichment.domain.outcome import JOB_SPENT, Outcome, RowState
from enrichment.domain.plan import PlannedRow, Planner
from enrichment.domain.report import Cap, Credits, Report
from enrichment.usecases.answers import Answers
from enrichment.usecases.asked import Asked
from enrichment.usecases.completion import Clock
from enrichment.usecases.repetition import earlier_of

_BEFORE = "The same file was enriched before: dropped as it is, it costs nothing."


@dataclass(frozen=True)
class EstimateJob:
    """Judges the rows of a file, writes those that could not be sent, and reckons the rest.

    `money` tells what credits cost, in words; `month_cap` is in credits, None for no cap.
    """

    table: JobTable
    bucket: Bucket
    clock: Clock
    price: Callable[[EnrichmentType], int]
    money: Callable[[int], str]
    month_cap: int | None

    def run(self, asked: Asked, planner: Planner, earlier_id: str | None) -> Report:
        """Estimate a file; `earlier_id` is the job that has paid for the same content."""
        job, sheet, columns, request = asked.job, asked.sheet, asked.columns, asked.request
        with Answers(self.bucket, job, sheet, list(columns.values()), len(sheet.header), whole=False) as answers:
            for row in asked.rows:
                answers.add(row, _outcome(planner.decide(row)))
        counts = answers.tally.counts()
        price = self.price(request.wanted)
        earlier = self.table.job(earlier_id) if earlier_id and not request.force else None
        contacts = 0 if earlier else counts[RowState.TO_SEND]
        cost = contacts * price
        return Report(
            job=job.id,
            file=job.key,
            status="estimated",
            message=_BEFORE if earlier else sheet.layout.note(),
            read_as=sheet.layout.words(),
            type=request.wanted,
            countries=request.countries,
            columns={field: sheet.header[position] for field, position in columns.items()},
            columns_seen=tuple(sheet.header),
            rows=answers.tally.rows,
            counts=counts,
            reasons=answers.tally.reasons(),
            sample=answers.tally.sample(),
            credits=Credits(
                contacts_sent=contacts,
                price_per_contact=price,
                estimated=cost,
                possibly_charged=0,
                cost=self.money(cost),
            ),
            caps=tuple(self._caps(request, cost + counts[RowState.OVER_BUDGET] * price)),
            earlier=earlier_of(earlier, earlier.layout) if earlier and earlier.layout else None,
            rejected=answers.rejected,
            started_at=job.created_at,
            finished_at=self.clock(),
        )

    def _caps(self, request: Request, needed: int) -> Iterable[Cap]:
        if (most := request.max_credits) is not None:
            yield Cap(name=f"the folder max_credits={most}", credits=most, needed=needed, hit=needed > most)
        if self.month_cap is not None:
            left = max(0, self.month_cap - self.table.reserved(month_of(self.clock())))
            name = "what is left of the platform team’s credits for this month"
            yield Cap(name=name, credits=left, needed=needed, hit=needed > left)


def _outcome(planned: PlannedRow) -> Outcome:
    if planned.rejected is not None:
        return Outcome(state=RowState.REJECTED, detail=planned.rejected)
    if planned.over_budget:
        return Outcome(state=RowState.OVER_BUDGET, detail=JOB_SPENT)
    if planned.duplicate_of is not None:
        return Outcome(state=RowState.DUPLICATE_OF)
    return Outcome(state=RowState.TO_SEND)
