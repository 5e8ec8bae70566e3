"""An upload becomes a job: its rows are planned, its batches stored and handed to the queue."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.files.opening import opened, too_large_file
from enrichment.adapters.files.sheet import Sheet
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable, Run
from enrichment.domain.batch import MAX_BATCH, Batch
from enrichment.domain.columns import Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import is_upload, job_id, mapping_keys, plan_key, request_of
from enrichment.domain.job import Job, JobState
from enrichment.domain.layout import Limits
from enrichment.domain.mapping import MAX_MAPPING, mapped_columns, mapping_of
from enrichment.domain.plan import Planner, Seen
from enrichment.domain.report import Report
from enrichment.errors import BrokenInvariant, FileError, UnreadableFile
from enrichment.usecases.asked import Asked, asked_of
from enrichment.usecases.completion import Clock, Completion
from enrichment.usecases.estimate import EstimateJob
from enrichment.usecases.publish import PublishReport
from enrichment.usecases.repetition import earlier_of, repeated_sentence

_MOST_ATTEMPTS = 3  # runs over one file that may die before it is answered with a report


@dataclass(frozen=True)
class SplitUpload:
    """Turns one version of an uploaded object into a job; repeating it at any point changes nothing.

    The order is what makes it safe. A run writes a plan and batches of its own, under a name of its own; then the job takes the
    step to RUNNING with that name, which only one run can. Nothing is sent for a job that does not run, and a run that died or
    lost leaves only what expires by itself. With the same step the job takes its content, so that the same file is paid for once.
    """

    table: JobTable
    bucket: Bucket
    queue: SubmitQueue
    completion: Completion
    publish: PublishReport
    estimate: EstimateJob
    seen: Callable[[], AbstractContextManager[Seen]]
    clock: Clock
    new_id: Callable[[], str]
    deadline_seconds: int
    price: Callable[[EnrichmentType], int]
    limits: Limits
    batch_size: int = MAX_BATCH

    def run(self, key: str, version: str, size: int) -> str | None:
        """Split `key` at `version` (`size` in bytes); the job's id, or None where the key is nobody's upload."""
        if not is_upload(key):
            return None
        job = self._begin(key, version, size)
        if job.state is not JobState.SPLITTING:
            return job.id
        sheet: Sheet | None = None
        try:
            if job.attempts > _MOST_ATTEMPTS:
                raise UnreadableFile("The file could not be read in several attempts. The platform team can find out why.")
            request = request_of(key)
            mapping = self._mapping(key)
            if size > self.limits.file:
                raise UnreadableFile(too_large_file(self.limits.file))
            stream = self.bucket.read(key, version)
            if stream is None:
                raise UnreadableFile("The file was deleted before it could be read.")
            with opened(stream, self.limits) as upload:
                sheet = upload.sheet
                self._answer(asked_of(job, upload, mapped_columns(sheet.header, mapping), request, self.limits))
        except FileError as error:
            self._refuse(job, str(error), sheet)
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
        if self.table.create_job(new):
            return new
        there = self.table.job(new.id) or new
        if there.state is JobState.SPLITTING:
            there = there.model_copy(update={"attempts": there.attempts + 1})
            self.table.change_job(there.id, attempts=there.attempts)
        return there

    def _mapping(self, key: str) -> dict[str, Field | None]:
        """The nearest folder's own mapping of columns; empty if there is none."""
        for candidate in mapping_keys(key):
            stream = self.bucket.read(candidate)
            if stream is not None:
                return mapping_of(stream.read(MAX_MAPPING), candidate)
        return {}

    def _answer(self, asked: Asked) -> None:
        now = self.clock()
        earlier = self.table.job_of_content(asked.job.content, now)
        if asked.request.estimate:
            with self.seen() as seen:
                report = self.estimate.run(asked, self._planner(asked, seen), earlier)
            self.publish.run(report)
            self.table.answer_job(asked.job.id, JobState.ESTIMATED, now)
        elif earlier not in (None, asked.job.id) and not asked.request.force:
            self._repeat(asked)
        else:
            self._plan(asked)

    def _planner(self, asked: Asked, seen: Seen) -> Planner:
        wanted = asked.request.wanted
        most = asked.request.affordable(self.price(wanted))
        return Planner(asked.sheet.header, asked.columns, wanted, seen, most, self.batch_size)

    def _plan(self, asked: Asked) -> None:
        job, request = asked.job, asked.request
        plan = self.new_id()
        now = self.clock()
        with self.seen() as seen, self.bucket.write(plan_key(job.id, plan), "application/x-ndjson") as lines:
            planner = self._planner(asked, seen)

            def planned() -> Iterator[Batch]:
                for number, span in enumerate(planner.plan(asked.rows, lines.write), start=1):
                    yield Batch(job=job.id, plan=plan, number=number, queued_at=now, **asdict(span))

            batches = self.table.add_batches(planned())
        started = self.table.run_job(
            job,
            now,
            request.force,
            plan=plan,
            wanted=request.wanted,
            countries=list(request.countries),
            price=self.price(request.wanted),
            layout=asked.sheet.layout.model_dump(mode="json"),
            columns={field.value: position for field, position in asked.columns.items()},
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
                self._repeat(asked)

    def _repeat(self, asked: Asked) -> None:
        """Answer with the job that has the same content."""
        job = asked.job
        earlier_id = self.table.job_of_content(job.content, self.clock())
        earlier = self.table.job(earlier_id) if earlier_id else None
        if earlier is None or earlier.layout is None:
            raise BrokenInvariant(f"the job that has the content of {job.id} is not there")
        now = self.clock()
        self.publish.run(
            Report(
                job=job.id,
                file=job.key,
                status="repeated",
                message=repeated_sentence(earlier),
                read_as=asked.sheet.layout.words(),
                type=job.wanted,
                earlier=earlier_of(earlier, earlier.layout),
                started_at=job.created_at,
                finished_at=now,
            )
        )
        self.table.answer_job(job.id, JobState.REPEATED, now)

    def _refuse(self, job: Job, message: str, sheet: Sheet | None) -> None:
        now = self.clock()
        report = Report(
            job=job.id,
            file=job.key,
            status="refused",
            message=message,
            read_as=sheet.layout.words() if sheet else "",
            columns_seen=tuple(sheet.header) if sheet else (),
            started_at=job.created_at,
            finished_at=now,
        )
        self.publish.run(report)
        self.table.answer_job(job.id, JobState.REFUSED, now)
