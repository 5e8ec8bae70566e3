"""An upload becomes a job: its rows are planned, its batches stored and handed to the queue."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.files.opening import Upload, opened, too_large_file
from enrichment.adapters.files.sheet import Row, Sheet
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable, Run
from enrichment.domain.batch import MAX_BATCH, Batch
from enrichment.domain.columns import HEADERS, Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request, is_upload, job_id, mapping_keys, plan_key, request_of
from enrichment.domain.job import Job, JobState
from enrichment.domain.layout import Limits
from enrichment.domain.mapping import MAX_MAPPING, mapped_columns, mapping_of
from enrichment.domain.plan import Planner, Seen
from enrichment.domain.report import Report
from enrichment.errors import BrokenInvariant, FileError, NoUsableColumns, UnreadableFile
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
                self._answer(job, upload, mapped_columns(sheet.header, mapping), request)
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

    def _answer(self, job: Job, upload: Upload, columns: Mapping[Field, int], request: Request) -> None:
        require_columns(columns, request.wanted)
        job = job.model_copy(update={"wanted": request.wanted, "content": content_of(upload.digest, request, columns)})
        now = self.clock()
        rows = at_most(upload.sheet, self.limits.rows)
        planner = self._planner(upload.sheet, columns, request)
        earlier = self.table.job_of_content(job.content, now)
        if request.estimate:
            with self.seen() as seen:
                report = self.estimate.run(job, upload.sheet, rows, columns, planner(seen), request, earlier)
            self.publish.run(report)
            self.table.answer_job(job.id, JobState.ESTIMATED, now)
        elif earlier not in (None, job.id) and not request.force:
            self._repeat(job, upload.sheet)
        else:
            self._plan(job, upload.sheet, rows, columns, planner, request)

    def _planner(self, sheet: Sheet, columns: Mapping[Field, int], request: Request) -> Callable[[Seen], Planner]:
        most = request.affordable(self.price(request.wanted))
        return lambda seen: Planner(sheet.header, columns, request.wanted, seen, most, self.batch_size)

    def _plan(
        self,
        job: Job,
        sheet: Sheet,
        rows: Iterable[Row],
        columns: Mapping[Field, int],
        planner_with: Callable[[Seen], Planner],
        request: Request,
    ) -> None:
        plan = self.new_id()
        now = self.clock()
        with self.seen() as seen, self.bucket.write(plan_key(job.id, plan), "application/x-ndjson") as lines:
            planner = planner_with(seen)

            def planned() -> Iterator[Batch]:
                for number, span in enumerate(planner.plan(rows, lines.write), start=1):
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
            layout=sheet.layout.model_dump(mode="json"),
            columns={field.value: position for field, position in columns.items()},
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
                self._repeat(job, sheet)

    def _repeat(self, job: Job, sheet: Sheet) -> None:
        """Answer with the job that has the same content."""
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
                read_as=sheet.layout.words(),
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


def at_most(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The rows of a file, which must have some.

    Raises:
        UnreadableFile: there are none, or more than `most`.
    """
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise UnreadableFile(f"The file has more than the {most:,} rows that can be processed. Divide it and drop the parts.")
        yield row
    if not count:
        raise UnreadableFile("The file has a header, but no rows below it.")


def content_of(digest: str, request: Request, columns: Mapping[Field, int]) -> str:
    """What is asked of a file's bytes: the type and the countries, by the same columns.

    A cap on credits makes no difference: with a higher one, the rows that it left out are in the rejected file to be dropped.
    """
    asked = [digest, request.wanted, *sorted(request.countries), *(f"{field}={at}" for field, at in sorted(columns.items()))]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def require_columns(columns: Mapping[Field, int], wanted: EnrichmentType) -> None:
    """Check that a file has the columns without which none of its rows could be sent.

    Raises:
        NoUsableColumns: with the columns that are missing, and the headers by which each is known.
    """
    names = [(Field.FIRST_NAME, Field.FULL_NAME), (Field.LAST_NAME, Field.FULL_NAME)]
    companies = (Field.COMPANY, Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
    profiles = (Field.LINKEDIN, Field.SALES_NAVIGATOR)
    needed = [*names, companies if wanted is EnrichmentType.EMAIL else profiles]
    missing = [fields for fields in needed if not any(field in columns for field in fields)]
    if missing:
        wishes = "; ".join(" or ".join(f"{field} (such as “{HEADERS[field][0]}”)" for field in fields) for fields in missing)
        raise NoUsableColumns(
            f"The file has no column for: {wishes}. Rename the right columns in its header, or map them in a file _columns.json "
            "in its folder, and drop the file again."
        )
