"""The original rows and the results become the output file, the rejected file and the report."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.files.opening import opened
from enrichment.adapters.files.sheet import Sheet
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.folder import plan_key
from enrichment.domain.job import Job, JobState
from enrichment.domain.layout import NO_LIMITS
from enrichment.domain.outcome import (
    JOB_SPENT,
    MAY_BE_PAID,
    Outcome,
    RowState,
    doubt_sentence,
    halt_sentence,
    outcome_of,
)
from enrichment.domain.plan import PlannedRow
from enrichment.domain.report import Credits, Report
from enrichment.domain.result import result_of
from enrichment.errors import BrokenInvariant
from enrichment.usecases.answers import Answers
from enrichment.usecases.completion import Clock
from enrichment.usecases.publish import PublishReport


@dataclass(frozen=True)
class CompileJob:
    """Writes what people get back. It reads only what is stored, so it may be repeated at any point with the same outcome."""

    table: JobTable
    bucket: Bucket
    publish: PublishReport
    clock: Clock
    money: Callable[[int], str]

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
        with opened(stream, NO_LIMITS, job.layout) as upload:
            report = self._write(job, upload.sheet, outcomes)
        return self._finish(job, report)

    def _write(self, job: Job, sheet: Sheet, outcomes: "Outcomes") -> Report:
        with Answers(self.bucket, job, sheet, list(job.columns.values()), job.width) as answers:
            for row, plan in zip(sheet, self._planned(job), strict=True):
                if row.number != plan.row:
                    raise BrokenInvariant(f"row {row.number} of job {job.id} stands in its plan as row {plan.row}")
                answers.add(row, outcomes.of(plan))
        tally = answers.tally
        notes = (halt_sentence(job), doubt_sentence(tally.counts()), sheet.layout.note())
        return Report(
            job=job.id,
            file=job.key,
            status="done",
            message=" ".join(filter(None, notes)),
            read_as=sheet.layout.words(),
            type=job.wanted,
            countries=job.countries,
            columns={field: sheet.header[position] for field, position in job.columns.items()},
            columns_seen=tuple(sheet.header),
            rows=tally.rows,
            counts=tally.counts(),
            reasons=tally.reasons(),
            email_quality=tally.email_quality(),
            sample=tally.sample(),
            ambiguous_rows=tally.ambiguous_rows(),
            credits=self._credits(job, tally.counts()),
            enriched=answers.enriched,
            rejected=answers.rejected,
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
            cost=self.money(sent * price),
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
        if report.status == "done" and not delivered and not any(counts.get(state) for state in MAY_BE_PAID):
            self.table.free_content(job)  # nothing was paid, so the same file may be dropped again
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
