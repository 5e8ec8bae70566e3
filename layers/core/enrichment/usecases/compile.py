"""The original rows and the results become the output file, the rejected file and the report."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock, SecondsLeft, for_ever
from enrichment.domain.brought import brought, folder_of, news
from enrichment.domain.credits import Bill
from enrichment.domain.divided_names import DividedNames
from enrichment.domain.folder import noted_results_key, plan_key
from enrichment.domain.job import BEING_WRITTEN, Job
from enrichment.domain.metric import Metric
from enrichment.domain.outcome import (
    MAY_BE_PAID,
    UNSENT,
    RowState,
    awaited_sentence,
    cancelled_sentence,
    halt_sentence,
)
from enrichment.domain.plan import PlannedRow, named_row, planned_row
from enrichment.domain.progress import further
from enrichment.domain.rates import Rate
from enrichment.domain.reading import Reading
from enrichment.domain.report import (
    Balance,
    Point,
    Report,
    Status,
    again_for,
    credits_of,
    saved_by,
)
from enrichment.domain.row_counts import RowCounts
from enrichment.domain.trial import trial_of
from enrichment.domain.verdict import verdict
from enrichment.errors import BrokenInvariant
from enrichment.files.opening import reopened
from enrichment.files.sheet import Row, Sheet
from enrichment.steps.balance import AskBalance
from enrichment.steps.fixed_rows import FixedRejects, FixedRows
from enrichment.steps.outcomes import NotedResults, Outcomes, OutOfTime
from enrichment.steps.outputs import Outputs, is_deleted
from enrichment.steps.publishing import PublishReport
from enrichment.steps.repeated_upload import earlier_of
from enrichment.steps.settlement import SettleBatch
from enrichment.store.batches import Batches
from enrichment.store.budget import Budget
from enrichment.store.contents import Contents
from enrichment.store.jobs import Jobs
from enrichment.store.results_by_batch import ResultsByBatch
from enrichment.words import credits as credits_words
from enrichment.words import jobs as words

_MOST_ATTEMPTS = 3  # runs over one job that may die before it is ended with a report
_LONGEST_RUN = 15 * 60  # seconds that the function may take
_MAY_COPY = b'"duplicate_of"'


@dataclass(frozen=True)
class CompileJob:
    """Writes what people get back.

    It reads only what is stored, so it may be repeated at any point with the same outcome. Without
    `name_paths` nobody is told the path of another file from which something is known.
    `metric_folders` are those that metrics tell apart. `is_reused` tells whether other files use
    its results again. A job of at most `most_at_once` rows is taken for one that a run compiles by
    itself, so that it notes nothing for a next one.
    """

    jobs: Jobs
    batches: Batches
    results: ResultsByBatch
    contents: Contents
    budget: Budget
    bucket: Bucket
    publish: PublishReport
    fixed: FixedRejects
    settle: SettleBatch
    balance: AskBalance
    metrics: Metrics
    clock: Clock
    money: Callable[[int], str]
    name_paths: bool
    metric_folders: Collection[str]
    is_reused: bool
    new_id: Callable[[], str]
    most_at_once: int = 1_000_000  # which take some two minutes

    def run(self, job_id: str, seconds_left: SecondsLeft = for_ever) -> Report | None:
        """Compile a job whose output is to be written.

        Args:
            job_id: the job.
            seconds_left: until this run is ended. One that would not finish in time ends early, and
                the sweeper starts the next, which goes on from what this one noted.

        Returns:
            None when the job is in another state, or its output not finished yet.
        """
        job = self.jobs.get(job_id)
        if job is None or job.state not in BEING_WRITTEN:
            return None
        if (reading := self.jobs.reading(job.id)) is None:
            return None
        if self._is_poisoned(job):
            return self._fail(job)
        attempts = job.compile_attempts + 1
        self.jobs.change(job.id, compile_began_at=self.clock(), compile_attempts=attempts)
        if is_deleted(self.bucket, job, reading):
            self.jobs.finish_compiling(job.id, self.clock(), job.delivered, awaits_more=False)
            return None
        stream = self.bucket.read(job.file, job.version)
        if stream is None:
            return self._finish(job, self._report_lost_file(job))
        with reopened(stream, reading.layout) as file:
            report = self._compile(job, reading, file.sheet, seconds_left)
        return self._finish(job, report) if report else None

    def _compile(
        self, job: Job, reading: Reading, sheet: Sheet, seconds_left: SecondsLeft
    ) -> Report | None:
        """Write the outputs; or leave that to the next run, with the results that were read."""
        run = self.new_id()
        takes_several = bool(job.noted) or job.rows > self.most_at_once
        notes = self.bucket.write(noted_results_key(job.id, run), "application/x-ndjson")
        note = notes.write if takes_several else None
        results = NotedResults(self.results, self._noted(job), note, seconds_left)
        try:
            with self.fixed.of(job) as fixed:
                batches, copied = self.batches.of(job), self._copied(job)
                outcomes = Outcomes(
                    results, job, batches, copied, self.settle, fixed, self.name_paths
                )
                return self._write(job, reading, sheet, outcomes, fixed)
        except OutOfTime:
            notes.close()  # if they are empty, the next run begins anew, and notes what it reads
            self.jobs.hand_on_compiling(job, run, went_on=results.read > 0)
            return None
        finally:
            notes.discard()

    def _noted(self, job: Job) -> Iterator[bytes]:
        if not job.noted:
            return iter(())
        return self.bucket.lines(noted_results_key(job.id, job.noted))

    def _is_poisoned(self, job: Job) -> bool:
        """Whether all attempts were in vain, and none of them can be at work any more."""
        began = job.compile_began_at or 0
        return job.compile_attempts >= _MOST_ATTEMPTS and self.clock() - began >= _LONGEST_RUN

    def _fail(self, job: Job) -> Report:
        """End a job with a report, which comes first: a run that dies between is done again."""
        report = self.publish.run(job, "failed", words.FAILED, rows=job.rows)
        self._note_over(job, over=True)
        if self.jobs.fail(job.id, report.finished_at):
            self.metrics.count(Metric.POISONED_JOBS)
        return report

    def _copied(self, job: Job) -> frozenset[int]:
        """The rows of which later rows are copies."""
        lines = self.bucket.lines_with(plan_key(job.id, job.plan), _MAY_COPY)
        copies = map(planned_row, lines)
        return frozenset(row for copy in copies if (row := copy.duplicate_of) is not None)

    def _write(
        self, job: Job, reading: Reading, sheet: Sheet, outcomes: Outcomes, fixed: FixedRows
    ) -> Report:
        positions = sorted(at for columns in reading.columns.values() for at in columns)
        names = DividedNames(reading.columns)
        with (
            Outputs(self.bucket, job, sheet, positions, reading.width) as outputs,
            self.fixed.handed_over(job) as hand_over,
        ):
            for row, number, plan in _side_by_side(sheet, self._lines(job), job, names):
                outcome = outcomes.of(plan) if plan else outcomes.of_contact(number)
                if row is None:
                    outputs.counted.count(number, (), outcome)
                    continue
                outputs.add(row, outcome)
                if hand_over:
                    hand_over(row, outcome)
                if plan and plan.contact and outcome.state not in UNSENT:
                    names.add_if_changed(number, row.cells, plan.contact)
            if fixed.files():
                outputs.leave_none_rejected()
        counted = outputs.counted
        counts, bill = counted.own(), outcomes.bill()
        ambiguous = counts[RowState.AMBIGUOUS]
        mended = self.jobs.get(job.mends) if job.mends else None
        notes = (
            words.ENDED if job.given_up else cancelled_sentence(counts, job) or halt_sentence(job),
            awaited_sentence(counts, job),
            words.ambiguous(ambiguous) if ambiguous else "",
            words.fixed([(each.file, each.rows) for each in fixed.files()]),
            words.mends(mended.key) if mended else "",
            sheet.layout.note(),
        )
        return self.publish.run(
            job,
            _status(job, counts),
            " ".join(filter(None, notes)),
            sheet=sheet,
            found=reading.found,
            counted=counted,
            credits=credits_of(bill, job, self.money),
            known=saved_by(counted.known, counted.known, job.price, self.money),
            again=again_for(counted.again, counted.again_things * job.price, self.money),
            already_there=saved_by(
                counts[RowState.ALREADY_THERE], counted.spared, job.price, self.money
            ),
            balance=self._balance(job, bill),
            names=names.names(),
            trial=trial_of(job, _rate(counted), self.money, self.is_reused),
            mends=earlier_of(self.jobs, mended),
            history=self._history(job, bill),
            fixed_by=fixed.files(),
            enriched=outputs.enriched,
            rejected=outputs.rejected,
        )

    def _history(self, job: Job, bill: Bill) -> tuple[Point, ...]:
        """How the job went on, up to its answer."""
        if not job.counts:
            return ()
        charge = bill.charge
        last = Point(at=self.clock(), answered=charge.answered, found=charge.found)
        return further(self.publish.pages.look(job).history, last)

    def _lines(self, job: Job) -> Iterator[bytes]:
        """The lines of the plan."""
        return self.bucket.lines(plan_key(job.id, job.plan))

    def _balance(self, job: Job, bill: Bill) -> Balance | None:
        """What the account's balance did since the first batch was sent, as far as it is told."""
        if job.balance_asked_at is None:
            return None
        before, after = job.balance_before, self.balance.run()
        note = credits_words.NO_BALANCE
        if before is not None and after is not None:
            note = credits_words.fell(before, after, bill.charge.credits, bill.possible)
        return Balance(before=before, after=after, note=note)

    def _report_lost_file(self, job: Job) -> Report:
        return self.publish.run(job, "refused", words.FILE_IS_GONE)

    def _finish(self, job: Job, report: Report) -> Report:
        counts = {state: rows - report.fixed.get(state, 0) for state, rows in report.counts.items()}
        delivered = sum(counts.get(state, 0) for state in (RowState.FOUND, RowState.NOT_FOUND))
        paid = delivered or any(counts.get(state) for state in MAY_BE_PAID)
        if report.status in ("done", "ended", "cancelled") and not paid:
            self.contents.free(job)  # so that the same file may be dropped again
        self._note_over(job, over=not counts.get(RowState.AWAITED))
        before = self.jobs.get(job.id) or job  # another run may have finished it meanwhile
        sums = brought(report)
        awaited = counts.get(RowState.AWAITED, 0)
        if self.jobs.finish_compiling(
            job.id,
            report.finished_at,
            delivered,
            awaits_more=any(counts.get(state) for state in MAY_BE_PAID),
            awaited=awaited,
            **asdict(verdict(report)),
            measured=before.measured | {metric.value: value for metric, value in sums.items()},
        ):
            self._tell(before, sums, report.finished_at, awaited)
        return report

    def _tell(self, before: Job, sums: Mapping[Metric, int], now: int, awaited: int) -> None:
        """Tell what is new of a job since it was last told of; nothing of a file that was lost."""
        if not sums:
            return
        values: dict[Metric, float] = {**news(sums, before.measured)}
        if before.finished_at is None:
            values[Metric.FIRST_ANSWER] = now - before.created_at
        if not awaited and (before.finished_at is None or before.awaited):
            values[Metric.FINAL_ANSWER] = now - before.created_at
        folder = folder_of(before.key, self.metric_folders)
        self.metrics.tell(values, Type=str(before.wanted), Folder=folder)

    def _note_over(self, job: Job, over: bool) -> None:
        """Note in the monthly statements whether results of the job are awaited."""
        self.budget.note_over(job, self.batches.months_of(job), over)


def _side_by_side(
    sheet: Iterable[Row], lines: Iterable[bytes], job: Job, names: DividedNames
) -> Iterator[tuple[Row | None, int, PlannedRow | None]]:
    """The rows of a file with their numbers, and those of its plan; a workbook has none where a row
    was erased. What is planned is None for a contact of whose name nothing is to be noted: most
    lines begin so, and need not be read.

    Raises:
        BrokenInvariant: they are not the same rows.
    """
    lines = iter(lines)
    for row in sheet:
        for line in lines:
            start = names.line_start(row.number, row.cells)
            if start and line.startswith(start):
                yield row, row.number, None
                break
            decided = named_row(line)
            if row.number == decided.row:
                yield row, row.number, decided
                break
            if not decided.erased:
                raise BrokenInvariant(
                    f"row {row.number} of job {job.id} stands in its plan as row {decided.row}"
                )
            yield None, decided.row, decided
        else:
            raise BrokenInvariant(f"row {row.number} of job {job.id} is not in its plan")
    for decided in map(named_row, lines):
        if not decided.erased:
            raise BrokenInvariant(f"row {decided.row} of job {job.id} is not in its file")
        yield None, decided.row, decided


def _rate(counted: RowCounts) -> Rate:
    counts = counted.own()
    found = counts[RowState.FOUND]
    return Rate(found + counts[RowState.NOT_FOUND], found, counted.things)


def _status(job: Job, counts: Mapping[RowState, int]) -> Status:
    if job.given_up:
        return "ended"
    if job.cancelled_by:
        return "cancelled"
    return "first_answer" if counts[RowState.AWAITED] else "done"
