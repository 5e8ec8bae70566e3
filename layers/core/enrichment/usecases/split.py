"""An upload becomes a job: its rows are planned, its batches stored and handed to the queue."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.queue import SubmitQueue
from enrichment.clock import Clock
from enrichment.domain.batch import Batch
from enrichment.domain.credits import Prices, affordable
from enrichment.domain.folder import is_upload, job_id, plan_key, request_of
from enrichment.domain.job import Job, JobState
from enrichment.domain.planner import EarlierRows, Planner
from enrichment.errors import FileError, UnreadableFile
from enrichment.files.sheet import Sheet
from enrichment.steps.completion import Completion
from enrichment.steps.estimate import EstimateFile
from enrichment.steps.intake import AcceptedFile, Intake
from enrichment.steps.publishing import PublishReport
from enrichment.steps.repeated_upload import RepeatedUpload
from enrichment.store.batches import Batches
from enrichment.store.contents import Contents
from enrichment.store.jobs import Jobs, Run
from enrichment.words import files as words

_MOST_ATTEMPTS = 3  # runs over one file that may die before it is refused in a report


@dataclass(frozen=True)
class SplitUpload:
    """Turns one version of an uploaded object into a job; repeating it changes nothing.

    The order is what makes it safe. A run writes a plan and batches of its own, under a name of its
    own; then the job takes the step to RUNNING with that name, which only one run can. Nothing is
    sent for a job that does not run, and a run that died or lost leaves only what expires by
    itself. With the same step the job takes its content, so that the same file is paid for once.
    """

    jobs: Jobs
    batches: Batches
    contents: Contents
    bucket: Bucket
    queue: SubmitQueue
    intake: Intake
    completion: Completion
    publish: PublishReport
    estimate: EstimateFile
    repeated: RepeatedUpload
    earlier_rows: Callable[[], AbstractContextManager[EarlierRows]]
    clock: Clock
    new_id: Callable[[], str]
    deadline_seconds: int
    prices: Prices
    batch_size: int

    def run(self, key: str, version: str, size: int) -> str | None:
        """Split `key` at `version` (`size` in bytes).

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
            request = request_of(key)
            with self.intake.opened(job) as file:
                sheet = file.sheet
                self._carry_out(self.intake.accepted(job, file, request))
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
        )
        if self.jobs.create(new):
            return new
        there = self.jobs.get(new.id) or new
        if there.state is JobState.SPLITTING:
            there = there.model_copy(update={"attempts": there.attempts + 1})
            self.jobs.change(there.id, attempts=there.attempts)
        return there

    def _carry_out(self, file: AcceptedFile) -> None:
        now = self.clock()
        earlier = self.contents.job_of(file.job.content, now)
        if file.request.estimate:
            with self.earlier_rows() as earlier_rows:
                self.estimate.run(file, self._planner(file, earlier_rows), earlier)
            self.jobs.end_at_once(file.job.id, JobState.ESTIMATED, now)
        elif earlier not in (None, file.job.id) and not file.request.force:
            self.repeated.run(file)
        else:
            self._plan(file)

    def _planner(self, file: AcceptedFile, earlier_rows: EarlierRows) -> Planner:
        sheet, wanted = file.sheet, file.request.wanted
        most = affordable(file.request.max_credits, self.prices.of(wanted))
        return Planner(
            sheet.header, sheet.found.columns, wanted, earlier_rows, most, self.batch_size
        )

    def _plan(self, file: AcceptedFile) -> None:
        job, request = file.job, file.request
        plan = self.new_id()
        now = self.clock()
        key = plan_key(job.id, plan)
        with (
            self.earlier_rows() as earlier_rows,
            self.bucket.write(key, "application/x-ndjson") as lines,
        ):
            planner = self._planner(file, earlier_rows)

            def planned() -> Iterator[Batch]:
                for number, span in enumerate(planner.plan(file.rows, lines.write), start=1):
                    yield Batch(job=job.id, plan=plan, number=number, queued_at=now, **asdict(span))

            batches = self.batches.add(planned())
        started = self.jobs.run(
            job,
            now,
            request.force,
            plan=plan,
            wanted=request.wanted,
            countries=list(request.countries),
            price=self.prices.of(request.wanted),
            layout=file.sheet.layout.model_dump(mode="json"),
            found=file.sheet.found.model_dump(mode="json"),
            width=planner.width,
            rows=planner.rows,
            contacts=planner.contacts,
            batches=batches,
        )
        match started:
            case Run.STARTED:
                self.queue.send((job.id, number) for number in range(1, batches + 1))
                self.completion.finish_if_complete(job.id)  # at once, where no row can be sent
            case Run.REPEATED:
                self.repeated.run(file)
