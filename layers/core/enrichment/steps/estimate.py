"""What a file would cost: its rows are judged as in earnest, and nothing is sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import Contact
from enrichment.domain.credits import Bill, Prices, cost, left_of, month_of
from enrichment.domain.folder import Request
from enrichment.domain.outcome import Outcome, RowState, outcome_of_planned
from enrichment.domain.planner import Planner
from enrichment.domain.report import Cap, NameAsSent, RowAsSent, credits_of
from enrichment.files.sheet import Row
from enrichment.steps.intake import AcceptedFile
from enrichment.steps.outputs import Outputs
from enrichment.steps.people import People
from enrichment.steps.publishing import PublishReport
from enrichment.steps.repeated_upload import earlier_of
from enrichment.store.budget import Budget
from enrichment.store.jobs import Jobs
from enrichment.words import jobs as words


@dataclass(frozen=True)
class EstimateFile:
    """Judges the rows of a file, writes those that could not be sent, and reckons the rest.

    `money` tells what credits cost, in words; `month_cap` is in credits, None for no cap.
    """

    jobs: Jobs
    budget: Budget
    bucket: Bucket
    publish: PublishReport
    people: People
    clock: Clock
    prices: Prices
    money: Callable[[int], str]
    month_cap: int | None

    def run(self, file: AcceptedFile, planner: Planner, earlier_id: str | None) -> None:
        """Report what a file would cost; `earlier_id` is the job that has paid for its content."""
        job, sheet, request = file.job, file.sheet, file.request
        positions = sorted(at for each in sheet.found.columns.values() for at in each)
        width = len(sheet.header)
        preview = Preview(sheet.found.columns)
        with Outputs(self.bucket, job, sheet, positions, width, whole=False) as outputs:
            for row in file.rows:
                planned = planner.decide(row)
                preview.add(row, planned.contact)
                outputs.add(row, outcome_of_planned(planned, _to_send))
        counts = outputs.counted.counts()
        price = self.prices.of(request.wanted)
        earlier = self.jobs.get(earlier_id) if earlier_id and not request.force else None
        bill = Bill(price, taken=0 if earlier else counts[RowState.TO_SEND])
        needed = bill.estimated + cost(counts[RowState.OVER_BUDGET], price)
        self.publish.run(
            job,
            "estimated",
            words.ESTIMATE_OF_A_COPY if earlier else sheet.layout.note(),
            sheet=sheet,
            counted=outputs.counted,
            credits=credits_of(bill, self.money),
            caps=tuple(self._caps(request, needed)),
            names=tuple(preview.names),
            first_rows=tuple(preview.rows),
            rejected=outputs.rejected,
            earlier=earlier_of(earlier),
        )

    def _caps(self, request: Request, needed: int) -> Iterable[Cap]:
        if (most := request.max_credits) is not None:
            name = words.files_cap(most)
            yield Cap(name=name, credits=most, needed=needed, hit=needed > most)
        if self.month_cap is not None:
            left = left_of(self.month_cap, self.budget.reserved(month_of(self.clock())))
            name = words.MONTHS_CAP
            yield Cap(name=name, credits=left, needed=needed, hit=needed > left)


_MOST_NAMES, _MOST_ROWS = 20, 10
_LONGEST = 200  # characters of a name as it is written
_NAMES = (
    Field.FULL_NAME,
    Field.FULL_NAME_FAMILY_FIRST,
    Field.FIRST_NAME,
    Field.NAME_PREFIX,
    Field.LAST_NAME,
    Field.SECOND_LAST_NAME,
)


class Preview:
    """What would be sent of the first rows, and how their names were divided."""

    def __init__(self, columns: Columns) -> None:
        self._names = [at for field in _NAMES for at in columns.get(field, ())]
        self.names: list[NameAsSent] = []
        self.rows: list[RowAsSent] = []

    def add(self, row: Row, contact: Contact | None) -> None:
        """Note a row that would be sent."""
        if contact is None or len(self.names) == _MOST_NAMES:
            return
        first, last = contact.firstname, contact.lastname
        written = " | ".join(cell for at in self._names if (cell := row.cells[at].strip()))
        self.names.append(
            NameAsSent(row=row.number, written=written[:_LONGEST], first=first, last=last)
        )
        if len(self.rows) < _MOST_ROWS:
            self.rows.append(
                RowAsSent(
                    row=row.number,
                    first=first,
                    last=last,
                    company=contact.company_name or "",
                    domain=contact.domain or "",
                    linkedin=contact.linkedin_url or "",
                )
            )


def _to_send(_row: int) -> Outcome:
    return Outcome(state=RowState.TO_SEND)
