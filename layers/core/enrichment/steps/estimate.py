"""What a file would cost: its rows are judged as in earnest, and nothing is sent."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.columns import Columns
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.credits import FILE, MONTH, Cap, Prices, affordable, month_of
from enrichment.domain.divided_names import DividedNames
from enrichment.domain.experience import DAYS, ENOUGH, is_enough
from enrichment.domain.job import Job
from enrichment.domain.outcome import NOUNS, Outcome, RowState, outcome_of_planned
from enrichment.domain.plan import PlannedRow
from enrichment.domain.planner import Planner
from enrichment.domain.rates import Rate
from enrichment.domain.report import Cap as CapAsReported
from enrichment.domain.report import Credits, RowAsSent, again_for, saved_by
from enrichment.domain.result import result_of
from enrichment.files.sheet import Row
from enrichment.steps.intake import AcceptedFile
from enrichment.steps.outputs import Outputs
from enrichment.steps.people import Known, People
from enrichment.steps.publishing import PublishReport
from enrichment.steps.repeated_upload import earlier_of
from enrichment.store.budget import Budget
from enrichment.store.jobs import Jobs
from enrichment.words import credits as words_of_credits
from enrichment.words import jobs as words


@dataclass(frozen=True)
class EstimateFile:
    """Judges the rows of a file, writes those that could not be sent, and reckons the rest.

    `money` tells what credits cost, in words. Without `name_paths` nobody is told where the same
    file was before.
    """

    jobs: Jobs
    budget: Budget
    bucket: Bucket
    publish: PublishReport
    people: People
    clock: Clock
    prices: Prices
    money: Callable[[int], str]
    name_paths: bool

    def run(self, file: AcceptedFile, planner: Planner, earlier_id: str | None) -> None:
        """Report what a file would cost; `earlier_id` is the job that has paid for its content."""
        job, sheet, request = file.job, file.sheet, file.request
        positions = sorted(at for each in sheet.found.columns.values() for at in each)
        width = len(sheet.header)
        preview = Preview(sheet.found.columns)
        earlier = self.jobs.get(earlier_id) if earlier_id and not request.force else None
        with Outputs(self.bucket, job, sheet, positions, width, whole=False) as outputs:
            for row, planned, known in self._judged(file, planner):
                outcome = outcome_of_planned(planned, request.wanted, _to_send)
                if known and request.force:
                    outcome = replace(outcome, again=True)
                elif known:
                    outcome = _answered(known, request.wanted)
                if outcome.state is RowState.TO_SEND and not earlier:
                    preview.add(row, planned.contact)
                outputs.add(row, outcome)
        counts, known_rows = outputs.counted.counts(), outputs.counted.known
        contacts = 0 if earlier else counts[RowState.TO_SEND]
        spending = self._credits(request.wanted, contacts)
        self.publish.run(
            job,
            "estimated",
            words.ESTIMATE_OF_A_COPY if earlier else sheet.layout.note(),
            sheet=sheet,
            found=file.found,
            counted=outputs.counted,
            credits=spending,
            known=saved_by(0 if earlier else known_rows, known_rows, spending.price, self.money),
            again=again_for(
                outputs.counted.again, outputs.counted.again * spending.price, self.money
            ),
            already_there=saved_by(
                counts[RowState.ALREADY_THERE], outputs.counted.spared, spending.price, self.money
            ),
            caps=tuple(self._caps(job, contacts, spending.most_each)),
            names=preview.names.names(),
            first_rows=tuple(preview.rows),
            rejected=outputs.rejected,
            earlier=earlier_of(self.jobs, earlier) if self.name_paths else None,
        )

    def _judged(
        self, file: AcceptedFile, planner: Planner
    ) -> Iterator[tuple[Row, PlannedRow, Known | None]]:
        """Each row with what is to become of it, and what is known of its person."""
        rows, request = iter(file.rows), file.request
        while together := list(islice(rows, _TOGETHER)):
            planned = [planner.decide(row) for row in together]
            contacts = {each.row: each.contact for each in planned if each.contact}
            known = self.people.known(request.wanted, request.countries, contacts)
            for row, each in zip(together, planned, strict=True):
                yield row, each, known.get(each.row)

    def _credits(self, wanted: EnrichmentType, contacts: int) -> Credits:
        most_each = self.prices.most_each(wanted)
        at_most, price = contacts * most_each, self.prices.of(wanted)
        rate = self.budget.rate(wanted, self.clock())
        expected = rate.credits_for(contacts, price).likely if is_enough(rate) else None
        return Credits(
            contacts_sent=contacts,
            price=price,
            most_each=most_each,
            at_most=at_most,
            cost=self.money(at_most),
            expected=expected,
            expected_cost=self.money(expected) if expected is not None else "",
            experience=_experience(rate, wanted) if contacts else "",
        )

    def _caps(self, job: Job, contacts: int, most_each: int) -> Iterable[CapAsReported]:
        needed = contacts * most_each
        for cap in self.budget.room(job, month_of(self.clock())).caps:
            yield CapAsReported(
                name=_named(cap),
                credits=cap.left,
                needed=needed,
                hit=needed > cap.left,
                left_out=contacts - affordable(cap.left, most_each, contacts),
            )


def _experience(rate: Rate, wanted: EnrichmentType) -> str:
    if not is_enough(rate):
        return words_of_credits.too_little_known(rate.tried, DAYS, ENOUGH, NOUNS[wanted])
    return words_of_credits.found_of_late(rate.tried, rate.found, rate.things, DAYS, NOUNS[wanted])


def _named(cap: Cap) -> str:
    match cap.scope:
        case scope if scope == MONTH:
            return words_of_credits.OF_MONTH
        case scope if scope == FILE:
            return words_of_credits.of_file(cap.most)
        case folder:
            return words_of_credits.of_folder(folder)


_TOGETHER = 1000  # rows whose people are looked up side by side
_MOST_ROWS = 10


class Preview:
    """What would be sent of the first rows, and how their names were divided."""

    def __init__(self, columns: Columns) -> None:
        self.names = DividedNames(columns)
        self.rows: list[RowAsSent] = []

    def add(self, row: Row, contact: Contact | None) -> None:
        """Note a row that would be sent."""
        if contact is None or self.names.is_full:
            return
        self.names.add(row.number, row.cells, contact)
        if len(self.rows) < _MOST_ROWS:
            self.rows.append(
                RowAsSent(
                    row=row.number,
                    first=contact.firstname,
                    last=contact.lastname,
                    company=contact.company_name or "",
                    domain=contact.domain or "",
                    linkedin=contact.linkedin_url or "",
                )
            )


def _to_send(_row: int) -> Outcome:
    return Outcome(state=RowState.TO_SEND)


def _answered(known: Known, wanted: EnrichmentType) -> Outcome:
    """Where a row ends whose person is known; what was found is left for its answer."""
    is_found = result_of(known.payload).found(wanted)
    return Outcome(RowState.FOUND if is_found else RowState.NOT_FOUND, origin=known.origin)
