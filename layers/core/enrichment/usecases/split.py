"""An upload becomes a job: its rows are planned, its batches stored and handed to the queue."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from itertools import chain

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.csv_sheet import CsvSheet
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import MAX_BATCH, Batch
from enrichment.domain.columns import HEADERS, Field, find_columns
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request, is_upload, job_id, plan_key, request_of
from enrichment.domain.job import Job, JobState
from enrichment.domain.plan import Planner, Seen
from enrichment.domain.report import Report
from enrichment.errors import FileError, NoUsableColumns, UnreadableFile
from enrichment.usecases.completion import Clock, Completion
from enrichment.usecases.publish import PublishReport

_MOST_ATTEMPTS = 3  # runs over one file that may die before it is answered with a report


@dataclass(frozen=True)
class SplitUpload:
    """Turns one version of an uploaded object into a job; repeating it at any point changes nothing.

    The order is what makes it safe. A run writes a plan and batches of its own, under a name of its own; then the job takes the
    step to RUNNING with that name, which only one run can. Nothing is sent for a job that does not run, and a run that died or
    lost leaves only what expires by itself.
    """

    table: JobTable
    bucket: Bucket
    queue: SubmitQueue
    completion: Completion
    publish: PublishReport
    seen: Callable[[], AbstractContextManager[Seen]]
    clock: Clock
    new_id: Callable[[], str]
    deadline_seconds: int
    price: Callable[[EnrichmentType], int]
    batch_size: int = MAX_BATCH

    def run(self, key: str, version: str, size: int) -> str | None:
        """Split `key` at `version` (`size` in bytes); the job's id, or None where the key is nobody's upload."""
        if not is_upload(key):
            return None
        job = self._begin(key, version, size)
        if job.state is not JobState.SPLITTING:
            return job.id
        header: list[str] = []
        try:
            if job.attempts > _MOST_ATTEMPTS:
                raise UnreadableFile("The file could not be read in several attempts. The platform team can find out why.")
            request = request_of(key)
            stream = self.bucket.read(key, version)
            if stream is None:
                raise UnreadableFile("The file was deleted before it could be read.")
            sheet = CsvSheet(stream)
            header = sheet.header.cells
            columns = find_columns(header)
            require_columns(columns, request.wanted)
            self._plan(job, sheet, columns, request)
        except FileError as error:
            self._refuse(job, str(error), header)
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

    def _plan(self, job: Job, sheet: CsvSheet, columns: Mapping[Field, int], request: Request) -> None:
        rows = iter(sheet)
        first = next(rows, None)
        if first is None:
            raise UnreadableFile("The file has a header, but no rows below it.")
        price = self.price(request.wanted)
        plan = self.new_id()
        now = self.clock()
        with self.seen() as seen, self.bucket.write(plan_key(job.id, plan), "application/x-ndjson") as lines:
            planner = Planner(sheet.header.cells, columns, request.wanted, seen, request.affordable(price), self.batch_size)

            def planned() -> Iterator[Batch]:
                for number, span in enumerate(planner.plan(chain([first], rows), lines.write), start=1):
                    yield Batch(job=job.id, plan=plan, number=number, queued_at=now, **asdict(span))

            batches = self.table.add_batches(planned())
        runs = self.table.run_job(
            job.id,
            plan=plan,
            wanted=request.wanted,
            countries=list(request.countries),
            price=price,
            dialect=sheet.dialect.model_dump(),
            columns={field.value: position for field, position in columns.items()},
            width=planner.width,
            rows=planner.rows,
            contacts=planner.contacts,
            batches=batches,
        )
        if runs:
            self.queue.send((job.id, number) for number in range(1, batches + 1))
            self.completion.finish_if_complete(job.id)  # at once, where no row can be sent

    def _refuse(self, job: Job, message: str, header: Sequence[str]) -> None:
        now = self.clock()
        report = Report(
            job=job.id,
            file=job.key,
            status="refused",
            message=message,
            columns_seen=tuple(header),
            started_at=job.created_at,
            finished_at=now,
        )
        self.publish.run(report)
        self.table.refuse_job(job.id, now)


def require_columns(columns: Mapping[Field, int], wanted: EnrichmentType) -> None:
    """Check that a file has the columns without which none of its rows could be sent.

    Raises:
        NoUsableColumns: with the columns that are missing, and the headers by which each is known.
    """
    companies = (Field.COMPANY, Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
    needed = [(Field.FIRST_NAME,), (Field.LAST_NAME,), companies if wanted is EnrichmentType.EMAIL else (Field.LINKEDIN,)]
    missing = [fields for fields in needed if not any(field in columns for field in fields)]
    if missing:
        wishes = "; ".join(" or ".join(f"{field} (such as “{HEADERS[field][0]}”)" for field in fields) for fields in missing)
        raise NoUsableColumns(
            f"The file has no column for: {wishes}. Rename the right columns in its first row and drop the file again."
        )
