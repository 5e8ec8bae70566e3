"""Which job pays for which content, so that the same file is not paid for again."""

from enrichment.domain.job import Job
from enrichment.store.items import Update, content_key
from enrichment.store.table import Table


class Contents:
    """Contents by digest. A job takes its content with the step to RUNNING (`Jobs.run`)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def job_of(self, content: str) -> str | None:
        """The job that took a content, as long as it is sure to be there."""
        item = self._table.get(content_key(content))
        return str(item["job"]) if item else None

    def free(self, job: Job) -> None:
        """Let the content of a job be paid for by another; nothing if another has it."""
        if job.content:
            condition, values = "job = :job", {"job": job.id}
            key = content_key(job.content)
            self._table.update(Update(key, {"expires_at": 0}, condition=condition, values=values))
