"""What operators may ask for, and what is kept of it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

LONGEST_ARN = 2048  # characters
MOST_ACTIONS = 20  # that are kept of a job


class Action(StrEnum):
    """What an operator may do about one job."""

    PAUSE = "pause"  # nothing more is sent until an operator resumes the job
    RESUME = "resume"  # a paused job sends again, because its cause is mended
    RESEND = "resend"  # batches whose acceptance nobody saw are sent again; they may be paid twice
    CANCEL = "cancel"  # nothing more of the job is sent; what was sent is delivered
    GIVE_UP = "give_up"  # the job ends now with what there is
    COMPILE = "compile"  # the output of a job that failed is tried again, its cause being mended


class ActionTaken(BaseModel):
    """One action on a job, when it was taken (epoch seconds), and by whom as the caller says: an
    ARN, or empty. Lambda tells a function nothing of its caller; CloudTrail knows who it was.
    """

    model_config = ConfigDict(frozen=True)

    action: str
    by: str = Field(default="", max_length=LONGEST_ARN)
    at: int

    @property
    def who(self) -> str:
        """The name in an ARN: of a session, or of a user.

        >>> who = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Operator_1f/ana@a.example"
        >>> ActionTaken(action="resume", by=who, at=0).who
        'ana@a.example'
        >>> ActionTaken(action="resume", by="arn:aws:iam::111122223333:root", at=0).who
        'root'
        """
        return self.by.rpartition(":")[2].rpartition("/")[2]
