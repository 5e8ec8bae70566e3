"""An upload becomes a job: its rows are planned, its batches stored and handed to the queue."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from tempfile import TemporaryFile
from typing import BinaryIO

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.starter import SplitStarter
from enrichment.clock import Clock, SecondsLeft, for_ever
from enrichment.domain.batch import Batch
from enrichment.domain.credits import Prices
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.folder import Request, is_upload, job_id, plan_key, request_of
from enrichment.domain.job import Job, JobState
from enrichment.domain.lanes import firsts
from enrichment.domain.planner import Planner
from enrichment.domain.reading import Reading
from enrichment.domain.sampling import Sample, Spread
from enrichment.errors import FileError, UnreadableFile
from enrichment.files.sheet import Sheet
from enrichment.steps.completion import Completion
from enrichment.steps.estimate import EstimateFile
from enrichment.steps.fixed_rows import FixedRejects
from enrichment.steps.intake import AcceptedFile, Intake, NoUpload
from enrichment.steps.progress import ShowProgress
from enrichment.steps.publishing import PublishReport
from enrichment.steps.recipients import Recipients
from enrichment.steps.repeated_upload import RepeatedUpload
from enrichment.steps.unfinished import RowsInTime, UnfinishedPlans, rules_of
from enrichment.store.batches import Batches
from enrichment.store.contents import Contents
from enrichment.store.jobs import Jobs, Run
from enrichment.words import files as words

# runs over one file that may die, one after the other, before it is refused in a report
_MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class SplitUpload:
    """Turns one version of an uploaded object into a job; repeating it changes nothing.

    The order is what makes it safe. A run writes a plan and batches of its own, under a name of its
    own; then the job takes the step to RUNNING with that name, which only one run can. Nothing is
    sent for a job that does not run, and a run that died or lost leaves only what expires by
    itself. With the same step the job takes its content, so that the same file is paid for once.

    A run that has no time for the whole file leaves its plan to the next one. That one, too, writes
    a plan of its own: it begins with the lines of the first.
    """

    jobs: Jobs
    batches: Batches
    contents: Contents
    bucket: Bucket
    queue: SubmitQueue
    starter: SplitStarter
    unfinished: UnfinishedPlans
    fixed: FixedRejects
    intake: Intake
    completion: Completion
    publish: PublishReport
    progress: ShowProgress
    recipients: Recipients
    estimate: EstimateFile
    repeated: RepeatedUpload
    clock: Clock
    new_id: Callable[[], str]
    deadline_seconds: int
    prices: Prices
    batch_size: int
    lanes: int

    def run(
        self, key: str, version: str, size: int, seconds_left: SecondsLeft = for_ever
    ) -> str | None:
        """Split `key` at `version` (`size` in bytes), as far as there is time.

        Returns:
            The job's id, or None where the key is nobody's upload.
        """
        if not is_upload(key):
            return None
        job = self._begin(key, version, size)
        if job.state is not JobState.SPLITTING:
            return job.id
        sheet: Sheet | None = None
        try:
            if job.attempts > _MOST_ATTEMPTS:
                raise UnreadableFile(words.TOO_MANY_ATTEMPTS)
            job = self.recipients.of(job)
            request = request_of(key)
            self._receive(job)
            if request.sample and not job.population:
                job = self._with_population(job, request)
            with self.intake.opened(job) as file:
                sheet = file.sheet
                self._carry_out(self.intake.accepted(job, file, request), seconds_left)
        except NoUpload:
            self.jobs.end_at_once(job.id, JobState.REPEATED, self.clock())
        except FileError as error:
            self.publish.run(job, "refused", str(error), sheet=sheet)
            self.jobs.end_at_once(job.id, JobState.REFUSED, self.clock())
        return job.id

    def _begin(self, key: str, version: str, size: int) -> Job:
        now = self.clock()
        new = Job(
            id=job_id(self.bucket.name, key, version),
            key=key,
            version=version,
            size=size,
            created_at=now,
            deadline_at=now + self.deadline_seconds,
            counts=True,
        )
        if self.jobs.create(new):
            return new
        there = self.jobs.get(new.id) or new
        if there.state is JobState.SPLITTING:
            there = there.model_copy(update={"attempts": there.attempts + 1})
            self.jobs.change(there.id, attempts=there.attempts)
        return there

    def _receive(self, job: Job) -> None:
        """Show that a file was received, the first time; unless nobody uploaded it."""
        is_first = job.attempts == 1 and not job.unfinished
        if is_first and not self.bucket.is_rewritten(job.key, job.version):
            self.progress.received(job)

    def _with_population(self, job: Job, request: Request) -> Job:
        """The job with the number of all its contacts, over which its sample is spread.

        What is wrong with its file is left to the run's second look at it, which reports it.
        """
        known = {"sample": request.sample, "population": 0}
        with suppress(FileError), self.intake.opened(job) as file, TemporaryFile() as digests:
            accepted = self.intake.accepted(job, file, replace(request, sample=None))
            planner = self._planner(accepted, EarlierRows(job.size, digests))
            judged = (planner.decide(row) for row in accepted.rows)
            known["population"] = sum(row.contact is not None for row in judged)
        self.jobs.change(job.id, **known)
        return job.model_copy(update=known)

    def _carry_out(self, file: AcceptedFile, seconds_left: SecondsLeft) -> None:
        now = self.clock()
        earlier = self.contents.job_of(file.job.content)
        if file.request.estimate:
            with TemporaryFile() as digests:
                planner = self._planner(file, EarlierRows(file.job.size, digests))
                self.estimate.run(file, planner, earlier)
            self.jobs.end_at_once(file.job.id, JobState.ESTIMATED, now)
        elif earlier not in (None, file.job.id) and not file.request.force:
            self.repeated.run(file)
        else:
            with TemporaryFile() as digests:
                self._plan(file, RowsInTime(file.rows, seconds_left), digests)

    def _planner(self, file: AcceptedFile, earlier_rows: EarlierRows) -> Planner:
        sheet, request = file.sheet, file.request
        return Planner(
            sheet.header,
            sheet.found.columns,
            request.wanted,
            earlier_rows,
            self.batch_size,
            file.manner,
            request.check,
            file.holdings,
            Sample(Spread(request.sample, file.job.population)) if request.sample else None,
        )

    def _plan(self, file: AcceptedFile, rows: RowsInTime, digests: BinaryIO) -> None:
        job = file.job
        plan = self.new_id()
        now = self.clock()
        rules = rules_of(job)
        begun = self.unfinished.of(job, rules, digests)
        planner = self._planner(file, begun.earlier_rows)
        with self.bucket.write(plan_key(job.id, plan), "application/x-ndjson") as lines:
            spans = planner.plan(rows, lines.write, begun.lines)

            def planned() -> Iterator[Batch]:
                for number, span in enumerate(spans, start=1):
                    yield Batch(job=job.id, plan=plan, number=number, queued_at=now, **asdict(span))

            batches = self.batches.add(planned())
        if not rows.ran_out:
            self._start(file, plan, planner, batches)
            return
        self.unfinished.keep(job, plan, begun.earlier_rows)
        if self.jobs.hand_on(job, self.clock(), plan, planner.rows, rules):
            self.starter.start(self.bucket.name, job.key, job.version, job.size)

    def _start(self, file: AcceptedFile, plan: str, planner: Planner, batches: int) -> None:
        job, request, now = file.job, file.request, self.clock()
        mended = self.fixed.mended_by(file)
        reading = Reading(layout=file.sheet.layout, found=file.found, width=planner.width)
        started = self.jobs.run(
            job,
            reading,
            now,
            request.force,
            plan=plan,
            mends=mended.id if mended else "",
            wanted=request.wanted,
            countries=list(request.countries),
            price=self.prices.of(request.wanted),
            most_each=self.prices.most_each(request.wanted),
            **job.model_dump(include={"most_credits", "budgets"}, exclude_none=True),
            rows=planner.rows,
            contacts=planner.contacts,
            batches=batches,
            lanes=self.lanes,
            cut=batches,
        )
        match started:
            case Run.STARTED:
                self.queue.send((job.id, number) for number in firsts(self.lanes, batches))
                self.completion.finish_if_complete(job.id)  # at once, where no row can be sent
            case Run.REPEATED:
                self.repeated.run(file)
