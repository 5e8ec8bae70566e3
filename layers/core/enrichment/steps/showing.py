"""A job as an operator sees it: where it stands, what is in doubt, and who did what about it."""

from collections import Counter
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.job import Job
from enrichment.domain.operating import ActionTaken
from enrichment.domain.summary import Summary
from enrichment.store.batches import Batches
from enrichment.words.jobs import PAUSES


class Doubt(BaseModel):
    """The batches of which nobody saw whether they were accepted, and what it costs at most, in
    credits, to send them again if they were.
    """

    model_config = ConfigDict(frozen=True)

    batches: int
    contacts: int
    credits: int


class JobView(Summary):
    """One job in full, without anything of its rows. Times are epoch seconds.

    `batch_states` counts its batches by state, `why` is the cause of a pause in words, and `report`
    the key of its page.
    """

    price: int
    most_credits: int | None
    reserved: int
    last_result_at: int | None
    compile_attempts: int
    why: str
    batch_states: dict[BatchState, int]
    doubt: Doubt
    actions: tuple[ActionTaken, ...]
    report: str


@dataclass(frozen=True)
class ShowJob:
    """Puts together what is known of one job."""

    batches: Batches

    def run(self, job: Job) -> JobView:
        batches = self.batches.of(job) if job.plan else []
        return JobView.model_validate(
            job.model_dump()
            | {
                "batches": job.batches,
                "why": PAUSES[job.halt] if job.halt else "",
                "batch_states": Counter(batch.state for batch in batches),
                "doubt": doubt_of(job, batches),
                "report": output_key(REPORTS, job.key, job.id, ".html"),
            }
        )


def doubt_of(job: Job, batches: list[Batch]) -> Doubt:
    """What is in doubt of a job."""
    unknown = [batch for batch in batches if batch.state is BatchState.UNKNOWN]
    contacts = sum(batch.size for batch in unknown)
    return Doubt(batches=len(unknown), contacts=contacts, credits=contacts * job.most_each)
