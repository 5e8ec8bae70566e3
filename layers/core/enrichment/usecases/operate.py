"""What an operator may ask of the stack: to see jobs, and to decide about one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from enrichment.adapters.queue import SubmitQueue
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import BEING_WRITTEN, OPEN, UNDER_WAY, Canceller, Halt, Job, JobState
from enrichment.domain.operating import LONGEST_ARN, Action, ActionTaken
from enrichment.domain.summary import Summary
from enrichment.errors import OperatorError
from enrichment.logs import about
from enrichment.steps.cancellation import CancelJob
from enrichment.steps.checking import Checked, CheckStack
from enrichment.steps.completion import Completion
from enrichment.steps.finding import FindJobs, Wanted
from enrichment.steps.pause import PauseJob, ResumeJob
from enrichment.steps.redriving import RedriveDeadLetters
from enrichment.steps.showing import JobView, ShowJob
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs
from enrichment.words import operating as words

_MOST_JOBS = 500  # in one list
_LONGEST_NAME = 1024  # characters; S3 has no longer keys


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decide(_Question):
    """Do something about one job, named by its id, its file's path or name. `by` is who asks."""

    action: Literal[
        Action.PAUSE, Action.RESUME, Action.RESEND, Action.CANCEL, Action.GIVE_UP, Action.COMPILE
    ]
    job: str = Field(max_length=_LONGEST_NAME)
    by: str = Field(default="", max_length=LONGEST_ARN)


class ListJobs(_Question):
    """See jobs, the newest first; see `Wanted`."""

    action: Literal["jobs"]
    states: frozenset[JobState] = frozenset()
    folder: str = Field(default="", max_length=_LONGEST_NAME)
    since: int = 0
    until: int | None = None
    most: int = Field(default=50, ge=1, le=_MOST_JOBS)


class ShowOne(_Question):
    """See one job, named as in `Decide`."""

    action: Literal["show"]
    job: str = Field(max_length=_LONGEST_NAME)


class Check(_Question):
    """See whether the stack can do its work."""

    action: Literal["check"]


class Redrive(_Question):
    """Try dead letters again. `by` is who asks."""

    action: Literal["redrive"]
    by: str = Field(default="", max_length=LONGEST_ARN)


Question = Decide | ListJobs | ShowOne | Check | Redrive
_QUESTION: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="action")])
QUESTIONS = (*Action, "jobs", "show", "check", "redrive")


class Done(BaseModel):
    """What was done, in words; `job` is empty where it was about none. Of dead letters,
    `tried` counts those that were tried again, `left` about how many there still are.
    """

    action: str
    job: str = ""
    by: str = ""
    done: str
    tried: int | None = None
    left: int | None = None


class Listed(BaseModel):
    """Some jobs, and whether there are more."""

    jobs: list[Summary]
    more: bool


class Refused(BaseModel):
    """Why nothing was done, in words."""

    error: str


@dataclass(frozen=True)
class Operate:
    """Answers operators. Asking twice does no more than asking once."""

    jobs: Jobs
    batches: Batches
    queue: SubmitQueue
    completion: Completion
    pause: PauseJob
    resume: ResumeJob
    cancel: CancelJob
    find: FindJobs
    show: ShowJob
    check: CheckStack
    redrive: RedriveDeadLetters
    clock: Clock
    deadline_seconds: int

    def answer(self, event: Mapping[str, Any]) -> Done | Listed | JobView | Checked | Refused:
        """Answer an event that is one of the questions above."""
        try:
            return self._answer(_QUESTION.validate_python(event))
        except ValidationError as error:
            wrong = sorted({str(each["loc"][-1]) for each in error.errors() if each["loc"]})
            return Refused(error=words.wrong_question(QUESTIONS, wrong or ["action"]))
        except OperatorError as error:
            return Refused(error=str(error))

    def _answer(self, asked: Question) -> Done | Listed | JobView | Checked:
        match asked:
            case Decide():
                job = self.find.one(asked.job).id
                with about(job):
                    done = self.run(job, asked.action, asked.by)
                return Done(action=asked.action, job=job, by=asked.by, done=done)
            case ListJobs():
                return self._list(asked)
            case ShowOne():
                return self.show.run(self.find.one(asked.job))
            case Check():
                return self.check.run()
            case Redrive():
                tried = self.redrive.run()
                done, left = words.redriven(tried), self.redrive.left()
                return Done(action=asked.action, by=asked.by, done=done, tried=tried, left=left)

    def _list(self, asked: ListJobs) -> Listed:
        wanted = Wanted(asked.states, asked.folder, asked.since, asked.until)
        found = list(islice(self.find.list(wanted), asked.most + 1))
        return Listed(jobs=found[: asked.most], more=len(found) > asked.most)

    def run(self, job_id: str, action: Action, by: str = "") -> str:
        """Act on a job, and note in it who asked for that.

        Args:
            job_id: the job.
            action: what to do.
            by: who asks, an ARN.

        Returns:
            What was done, in words.

        Raises:
            OperatorError: there is no such job, or the action makes no sense in its state.
        """
        job = self.jobs.get(job_id)
        if job is None:
            raise OperatorError(words.no_job(job_id))
        if already := _already(job, action):
            return already
        unheard = self._unheard(job) if action is Action.RESEND else []
        if not (unheard or _makes_sense(job, action)):
            raise OperatorError(words.NO_SENSE[action].format(job=job_id))
        taken = ActionTaken(action=action, by=by, at=self.clock())
        self.jobs.note_action(job, taken)
        noted = job.model_copy(update={"actions": (*job.actions, taken)})
        if action is Action.RESEND:
            return self._resend(noted, unheard)
        if not self._took_step(noted, action):
            raise OperatorError(words.NO_SENSE[action].format(job=job_id))
        return words.DONE[action]

    def _took_step(self, job: Job, action: Action) -> bool:
        """Take a step; False where the job is in another state by now."""
        match action:
            case Action.PAUSE:
                return self.pause.hold(job)
            case Action.RESUME:
                return self.resume.run(job)
            case Action.CANCEL:
                return self.cancel.run(job, Canceller.OPERATOR)
            case Action.GIVE_UP:
                return self.completion.compile(job, given_up=True)
            case _:
                return self.completion.compile_again(job)

    def _unheard(self, job: Job) -> list[Batch]:
        return [batch for batch in self.batches.of(job) if batch.state is BatchState.UNKNOWN]

    def _resend(self, job: Job, unheard: list[Batch]) -> str:
        now = self.clock()
        sends = job.state in UNDER_WAY and now < job.deadline_at
        if not sends and not self.jobs.reopen(job.id, now, now + self.deadline_seconds):
            raise OperatorError(words.being_written(job.id))
        sent = [batch.number for batch in unheard if self.batches.resend(batch, now)]
        self.queue.send((job.id, number) for number in sent)
        return words.resent(len(sent))


def _already(job: Job, action: Action) -> str:
    """What to say where all is as it would be after an action; empty where it is not."""
    holds = {
        Action.PAUSE: job.state is JobState.PAUSED and job.halt is Halt.OPERATOR,
        Action.RESUME: job.state is JobState.RUNNING,
        Action.CANCEL: job.cancelled_at is not None,
        Action.GIVE_UP: job.given_up,
        Action.COMPILE: job.state in BEING_WRITTEN,
    }
    return words.ALREADY[action] if holds.get(action) else ""


def _makes_sense(job: Job, action: Action) -> bool:
    match action:
        case Action.PAUSE:
            return job.state in UNDER_WAY
        case Action.RESUME:
            return job.state is JobState.PAUSED
        case Action.CANCEL:
            return job.state in OPEN
        case Action.GIVE_UP:
            return job.state in UNDER_WAY or job.awaited > 0
        case Action.COMPILE:
            return job.state is JobState.FAILED
        case Action.RESEND:
            return False  # without a batch in doubt
