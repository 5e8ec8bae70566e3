"""What people were told of a job last."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Change(StrEnum):
    """What people are told of a job."""

    STARTED = "started"  # its contacts are being sent
    PAUSED = "paused"  # nothing is sent until the cause is mended
    RESUMED = "resumed"  # they are sent again, after a pause or because an operator wanted that
    FIRST_ANSWER = "first_answer"  # there is an answer; some rows still wait for a result
    DONE = "done"  # there is an answer, and no row of it waits
    ENDED = "ended"  # an operator ended the job; there is an answer
    CANCELLED = "cancelled"  # it was cancelled; there is an answer
    FAILED = "failed"  # the answer could not be written
    REFUSED = "refused"  # the file could not be processed
    REPEATED = "repeated"  # the same content was enriched before
    ESTIMATED = "estimated"  # what the file would cost


class Told(BaseModel):
    """What people were told of a job, as its `number`th change, at a moment (epoch seconds).

    `halt` is the cause of a pause; `reopened_at` that of the job as it stood then.
    """

    model_config = ConfigDict(frozen=True)

    change: Change
    number: int
    at: int
    halt: str = ""
    reopened_at: int = 0
