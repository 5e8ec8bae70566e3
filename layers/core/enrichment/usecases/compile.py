"""The original rows and the results become the output file, the rejected file and the report."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from itertools import count as count_from

from enrichment.adapters.bucket import Bucket, Writer
from enrichment.adapters.csv_sheet import CsvSheet
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.folder import ENRICHED, REJECTED, answer_key, plan_key
from enrichment.domain.job import Job, JobState
from enrichment.domain.outcome import (
    JOB_SPENT,
    REASON_COLUMN,
    RESULT_COLUMNS,
    UNSENT,
    Outcome,
    RowState,
    doubt_sentence,
    halt_sentence,
    outcome_of,
)
from enrichment.domain.plan import PlannedRow
from enrichment.domain.report import Credits, Report, Tally
from enrichment.domain.result import result_of
from enrichment.errors import BrokenInvariant
from enrichment.usecases.completion import Clock
from enrichment.usecases.publish import PublishReport

_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class CompileJob:
    """Writes what people get back. It reads only what is stored, so it may be repeated at any point with the same outcome."""

    table: JobTable
    bucket: Bucket
    publish: PublishReport
    clock: Clock

    def run(self, job_id: str) -> Report | None:
        """Compile a job that is in COMPILING; None when it is in any other state."""
        job = self.table.job(job_id)
        if job is None or job.state is not JobState.COMPILING or job.wanted is None:
            return None
        self.table.change_job(job.id, compile_began_at=self.clock())
        stream = self.bucket.read(job.key, job.version)
        if stream is None:
            return self._finish(job, self._report_of_lost_file(job))
        outcomes = Outcomes(self.table, job, self.table.batches(job))
        report = self._write(job, CsvSheet(stream, job.dialect), outcomes)
        return self._finish(job, report)

    def _write(self, job: Job, sheet: CsvSheet, outcomes: "Outcomes") -> Report:
        enriched = answer_key(ENRICHED, job.key, job.id, ".csv")
        rejected = answer_key(REJECTED, job.key, job.id, ".csv")
        tally = Tally()
        planned = self._planned(job)
        with ExitStack() as stack:
            output = stack.enter_context(self.bucket.write(enriched, _CSV))
            output.write(sheet.prologue() + sheet.extended(sheet.header, job.width, fresh_names(sheet.header.cells)))
            unsent: Writer | None = None
            for row, plan in zip(sheet, planned, strict=True):
                if row.number != plan.row:
                    raise BrokenInvariant(f"row {row.number} of job {job.id} stands in its plan as row {plan.row}")
                outcome = outcomes.of(plan)
                output.write(sheet.extended(row, job.width, outcome.cells()))
                if outcome.state not in UNSENT:
                    tally.count(row.number, outcome.state)
                    continue
                tally.count(row.number, outcome.state, outcome.detail)
                if unsent is None:
                    unsent = stack.enter_context(self.bucket.write(rejected, _CSV))
                    unsent.write(sheet.prologue() + sheet.extended(sheet.header, job.width, [REASON_COLUMN]))
                unsent.write(sheet.extended(row, job.width, [outcome.detail]))
        header = sheet.header.cells
        return Report(
            job=job.id,
            file=job.key,
            status="done",
            message=" ".join(filter(None, (halt_sentence(job), doubt_sentence(tally.counts())))),
            type=job.wanted,
            countries=job.countries,
            columns={field: header[position] for field, position in job.columns.items()},
            columns_seen=tuple(header),
            rows=tally.rows,
            counts=tally.counts(),
            reasons=tally.reasons(),
            ambiguous_rows=tally.ambiguous_rows(),
            credits=self._credits(job, tally.counts()),
            enriched=enriched,
            rejected=rejected if tally.unsent else None,
            started_at=job.created_at,
            finished_at=self.clock(),
        )

    def _planned(self, job: Job) -> Iterator[PlannedRow]:
        return (PlannedRow.model_validate_json(line) for line in self.bucket.lines(plan_key(job.id, job.plan)))

    def _credits(self, job: Job, counts: Mapping[RowState, int]) -> Credits:
        price = job.price
        sent = sum(counts[state] for state in (RowState.FOUND, RowState.NOT_FOUND, RowState.TIMED_OUT))
        return Credits(
            contacts_sent=sent,
            price_per_contact=price,
            estimated=sent * price,
            possibly_charged=counts[RowState.AMBIGUOUS] * price,
        )

    def _report_of_lost_file(self, job: Job) -> Report:
        return Report(
            job=job.id,
            file=job.key,
            status="refused",
            message="The uploaded file was deleted for good while its job ran, so its rows can no longer be written beside the "
            "results. The results are kept; the platform team can get at them.",
            type=job.wanted,
            started_at=job.created_at,
            finished_at=self.clock(),
        )

    def _finish(self, job: Job, report: Report) -> Report:
        self.publish.run(report)
        counts = report.counts
        delivered = sum(counts.get(state, 0) for state in (RowState.FOUND, RowState.NOT_FOUND))
        missing = any(counts.get(state) for state in (RowState.TIMED_OUT, RowState.AMBIGUOUS))
        self.table.finish_job(job.id, report.finished_at, delivered, awaits_more=missing)
        return report


class Outcomes:
    """The end of each row of a job. Results are read batch by batch, in the order of the rows."""

    def __init__(self, table: JobTable, job: Job, batches: list[Batch]) -> None:
        self._job = job
        # A batch that was divided has halves in its place; those that are left stand for their rows.
        whole = (batch for batch in batches if batch.state is not BatchState.DIVIDED)
        self._batches = sorted(whole, key=lambda batch: batch.first_row)
        self._results = lru_cache(maxsize=32)(table.results)

    def of(self, plan: PlannedRow) -> Outcome:
        """The end of one row of the plan."""
        if plan.rejected is not None:
            return Outcome(state=RowState.REJECTED, detail=plan.rejected)
        if plan.over_budget:
            return Outcome(state=RowState.OVER_BUDGET, detail=JOB_SPENT)
        if plan.duplicate_of is not None:
            first = self._of_sent(plan.duplicate_of)
            detail = f"The same person as in row {plan.duplicate_of}, sent once" + (f": {first.detail}" if first.detail else "")
            return Outcome(state=RowState.DUPLICATE_OF, detail=detail, result=first.result)
        return self._of_sent(plan.row)

    def _of_sent(self, row: int) -> Outcome:
        batch = self._batch_of(row)
        payloads = self._results(batch)
        payload = payloads.get(row)
        return outcome_of(result_of(payload) if payload is not None else None, batch, bool(payloads), self._job)

    def _batch_of(self, row: int) -> Batch:
        position = bisect_right(self._batches, row, key=lambda batch: batch.first_row) - 1
        return self._batches[position]


def fresh_names(header: list[str]) -> list[str]:
    """The names of the result columns, with a number after those that the file has already.

    >>> fresh_names(["Name", "enriched_email"])[:2]
    ['enrichment_status', 'enriched_email_2']
    """
    taken = set(header)
    names = []
    for name in RESULT_COLUMNS:
        numbered = (name if count == 1 else f"{name}_{count}" for count in count_from(1))
        names.append(next(candidate for candidate in numbered if candidate not in taken))
    return names
