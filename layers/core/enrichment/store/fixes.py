"""Which files brought rows of a job home that were not sent, in the order in which they came."""

from collections.abc import Iterator

from enrichment.domain.job import Job
from enrichment.store.items import ANYHOW, Update, fix_key, fixes_of
from enrichment.store.table import Table


class Fixes:
    """Files of fixed rows by the job whose rows they are."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: Job) -> None:
        """Note a job that mends another; again makes no difference."""
        sets = {"job": job.id, "key": job.key, "expires_at": job.created_at + self._table.retention}
        self._table.update(Update(fix_key(job), sets, condition=ANYHOW))

    def of(self, job_id: str) -> Iterator[tuple[str, str]]:
        """The jobs that mend a job, and their keys."""
        for item in self._table.query(fixes_of(job_id), "FIX#"):
            yield item["job"], item["key"]
