"""Results that are used again, for rows that were not sent."""

from pydantic import BaseModel, ConfigDict


class Origin(BaseModel):
    """Where a result comes from that is used again: the job and its file, and when it came, in
    epoch seconds.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    file: str
    at: int
