"""What lists say of a job: as much of it as the index of recent jobs has."""

from pydantic import BaseModel, ConfigDict

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.job import Halt, JobState


class Summary(BaseModel):
    """Some fields of a `Job`, by the same names. The template's index `recent-jobs` has them all;
    a field that is added there later is not in jobs that had ended before.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    key: str
    state: JobState
    created_at: int
    deadline_at: int
    finished_at: int | None = None
    wanted: EnrichmentType | None = None
    sample: int = 0
    rows: int = 0
    contacts: int = 0
    batches: int = 0
    settled: int = 0
    awaited: int = 0
    counts: bool = False
    sent: int = 0
    answered: int = 0
    hits: int = 0
    charged: int = 0
    halt: Halt | None = None
    given_up: bool = False
    cancelled_at: int | None = None
    word: str = ""
    tone: str = ""
