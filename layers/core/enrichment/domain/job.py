"""Jobs: one version of one uploaded file, and the states it goes through."""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.operating import ActionTaken
from enrichment.domain.told import Told

PLAN_VERSION = 6

LATE = 7 * 86_400  # seconds after its deadline in which late results of a job are looked for


class JobState(StrEnum):
    """Where a job stands; `docs/architecture.md` has the picture."""

    SPLITTING = "SPLITTING"  # the file is being read; nothing can have been sent
    RUNNING = "RUNNING"  # the plan is stored; batches are sent and results come in
    PAUSED = "PAUSED"  # as RUNNING, but nothing is sent until the cause is mended
    COMPILING = "COMPILING"  # the output is being written
    OVERTAKEN = "OVERTAKEN"  # it is being written, and a result came that it may lack
    DELIVERED = "DELIVERED"  # output and report are there; results may still come
    LATE = "LATE"  # they are there, and a result came that the output lacks
    DONE = "DONE"  # they are there, and nothing more is expected
    FAILED = "FAILED"  # the output could not be written in several attempts; a report says so
    REFUSED = "REFUSED"  # the file could not be processed; a report says why
    REPEATED = "REPEATED"  # the same content was enriched before; a report says where
    ESTIMATED = "ESTIMATED"  # the file was only looked at; a report says what it would cost


ENDED_AT_ONCE = (JobState.REFUSED, JobState.REPEATED, JobState.ESTIMATED)

JOB_TRANSITIONS: MappingProxyType[JobState, frozenset[JobState]] = MappingProxyType(
    {
        JobState.SPLITTING: frozenset({JobState.RUNNING, *ENDED_AT_ONCE}),
        JobState.RUNNING: frozenset({JobState.PAUSED, JobState.COMPILING}),
        JobState.PAUSED: frozenset({JobState.RUNNING, JobState.COMPILING}),
        JobState.COMPILING: frozenset(
            {JobState.OVERTAKEN, JobState.DELIVERED, JobState.DONE, JobState.FAILED}
        ),
        JobState.OVERTAKEN: frozenset({JobState.LATE, JobState.FAILED}),
        JobState.DELIVERED: frozenset({JobState.LATE, JobState.COMPILING, JobState.DONE}),
        JobState.LATE: frozenset({JobState.COMPILING, JobState.DELIVERED, JobState.DONE}),
        JobState.DONE: frozenset({JobState.LATE}),
        JobState.FAILED: frozenset(),
        **dict.fromkeys(ENDED_AT_ONCE, frozenset()),
    }
)

# Steps that only an operator may ask for.
OPERATOR_TRANSITIONS: MappingProxyType[JobState, frozenset[JobState]] = MappingProxyType(
    {
        **dict.fromkeys(
            (JobState.DELIVERED, JobState.LATE, JobState.DONE), frozenset({JobState.RUNNING})
        ),
        JobState.FAILED: frozenset({JobState.COMPILING}),
    }
)

# The states in which batches and results are awaited.
UNDER_WAY = frozenset({JobState.RUNNING, JobState.PAUSED})

# The states in which a compilation is at work.
BEING_WRITTEN = frozenset({JobState.COMPILING, JobState.OVERTAKEN})

# The states in which the output is there. A job leaves them again to amend it.
WRITTEN = frozenset({JobState.DELIVERED, JobState.LATE, JobState.DONE})

# The states from which a first answer is amended.
_AMENDED = BEING_WRITTEN | frozenset({JobState.DELIVERED, JobState.LATE})

# The states in which the owner waits for an answer.
_UNANSWERED = UNDER_WAY | frozenset({JobState.SPLITTING})

# The states in which the file's owner has a report that is not about a pause.
ENDED = WRITTEN | frozenset({JobState.FAILED, *ENDED_AT_ONCE})

# The states in which the sweeper looks after a job.
OPEN = frozenset(JobState) - frozenset({JobState.DONE, JobState.FAILED, *ENDED_AT_ONCE})


def before(state: JobState, among: Iterable[JobState] = tuple(JobState)) -> list[JobState]:
    """The states, of those given, from which `state` may be entered."""
    return [source for source in among if state in JOB_TRANSITIONS[source]]


class Halt(StrEnum):
    """Why a job is paused, mostly by the provider's answer to a batch. Only with UNEXPECTED may
    something have been enqueued by it.
    """

    NO_KEY = "NO_KEY"  # nothing was asked: the secret with the API key is missing or unreadable
    BAD_KEY = "BAD_KEY"  # 401 or 403
    NO_CONSENT = "NO_CONSENT"  # 422, personal e-mail without the account's consent
    NO_CREDITS = "NO_CREDITS"  # 422, too few credits for a batch
    PLAN_LIMIT = "PLAN_LIMIT"  # 422, a limit of the account's plan is reached
    # an answer that its documentation does not describe; the batch it answered is UNKNOWN
    UNEXPECTED = "UNEXPECTED"
    OPERATOR = "OPERATOR"  # an operator paused it; nothing was asked


# The pauses that only an operator ends, or the deadline.
UNTIL_AN_OPERATOR = frozenset({Halt.UNEXPECTED, Halt.OPERATOR})


class Canceller(StrEnum):
    """Who wanted that nothing more of a job is sent."""

    OWNER = "owner"  # the uploaded file was deleted
    OPERATOR = "operator"


class FolderBudget(BaseModel):
    """The most credits that all files below a folder may use in a month, as its `_limits.json`
    says.
    """

    model_config = ConfigDict(frozen=True)

    folder: str
    credits: int


class Job(BaseModel):
    """One version of one uploaded file, as stored. Times are epoch seconds.

    `rows` counts the rows below the header, `contacts` those to be sent, `settled` the batches that
    await nothing any more. `plan` names the one plan that counts, of all that runs over the file
    may have written; it is empty until the job runs. `delivered` counts the results that are in the
    output, `awaited` the rows of it that wait for one until the deadline, and `measured` holds what
    metrics told of it, by their names; `late_at` is when the first result came that is not in it,
    `last_result_at` when one came at all, to the minute, and `reopened_at` when an operator had it
    send again. `compile_attempts` counts the runs of `compile` since one finished; `noted` names
    the run of `compile` whose time was up, and that may have noted what it read; `whole` tells that
    every batch was settled before the last of them was asked for. `given_up` tells that an operator
    ended the job; nothing more of it is sent since `cancelled_at`, as `cancelled_by` wanted.
    `actions` are the last that operators took. `unfinished` names the plan of a run that had no
    time to finish it, of `planned` rows and by the rules `planned_by` (`rules_of`), and
    `handed_on_at` is when it left it to the next run. `attempts` counts the runs since then.
    `content` names what was asked of which bytes, so that the same is not paid for again. Of a file
    of which only a `sample` is to be sent, `population` is how many contacts the whole has. `mends`
    is the job whose rejected file came back as this one, and `fixed_at` when rows came back that
    the output of this job lacks.

    The `cut` batches that its file was cut into stand in `lanes` (`domain.lanes`), of which a job
    of an earlier version has none; `batches` counts those as well that were divided off later.

    `word` and `tone` say how its answer turned out, as its page does.

    `notify` are those whom the folders above it want told and who may be, `not_notified` those who
    may not; `told` is what people were told of it last.

    The sweeper looked at all of its batches at `looked_at`, and saw that `in_doubt` of them had
    been UNKNOWN for long; it counted their results at `recounted_at`, and looked whether the file
    is deleted at `checked_at`.

    `source` is where the file lies, at `version`, from which a person was erased; empty where it is
    `key`.

    Credits: `price` is that of one thing that is found, `most_each` what one contact may cost at
    most, `most_credits` the file's own cap, and `budgets` are those of the folders above it, in
    force when it was dropped. `reserved` and `charged` are what counts against the file's cap, and
    what of it results charged; `moved_at` is when that changed last. `sent` counts the contacts
    that were sent, `answered` those of them that were settled with a result, `hits` those that
    brought something, and `things` what they brought; `unsent` those that are never sent, since
    they are known, refused or beyond a cap; `counts` tells that they were counted from the first
    on, unlike in jobs of earlier versions. `balance_before` is what the account had before the
    first batch was sent, and `balance_asked_at` when that was asked.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str
    key: str
    version: str
    source: str = ""
    size: int
    state: JobState = JobState.SPLITTING
    created_at: int
    deadline_at: int
    attempts: int = 1
    unfinished: str = ""
    planned: int = 0
    planned_by: str = ""
    handed_on_at: int | None = None
    plan: str = ""
    plan_version: int = PLAN_VERSION
    content: str = ""
    sample: int = 0
    population: int = 0
    mends: str = ""
    fixed_at: int | None = None
    wanted: EnrichmentType | None = None
    countries: tuple[str, ...] = ()
    price: int = 0
    most_each: int = 0
    most_credits: int | None = None
    budgets: tuple[FolderBudget, ...] = ()
    reserved: int = 0
    charged: int = 0
    moved_at: int = 0
    counts: bool = False
    sent: int = 0
    unsent: int = 0
    answered: int = 0
    hits: int = 0
    things: int = 0
    balance_before: int | None = None
    balance_asked_at: int | None = None
    rows: int = 0
    contacts: int = 0
    batches: int = 0
    lanes: int = 0
    cut: int = 0
    settled: int = 0
    recounted_at: int = 0
    checked_at: int = 0
    looked_at: int = 0
    in_doubt: int = 0
    probed_at: int = 0
    compile_asked_at: int = 0
    compile_began_at: int | None = None
    compile_attempts: int = 0
    noted: str = ""
    whole: bool = False
    given_up: bool = False
    cancelled_at: int | None = None
    actions: tuple[ActionTaken, ...] = ()
    cancelled_by: Canceller | None = None
    last_result_at: int | None = None
    reopened_at: int = 0
    delivered: int = 0
    awaited: int = 0
    measured: dict[str, int] = {}
    late_at: int | None = None
    notify: tuple[str, ...] = ()
    not_notified: tuple[str, ...] = ()
    told: Told | None = None
    halt: Halt | None = None
    halt_message: str | None = None
    halt_told_at: int | None = None
    finished_at: int | None = None
    word: str = ""
    tone: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_earlier_versions(cls, stored: Any) -> Any:
        """Read what earlier versions stored.

        Up to plan version 5 a job had its `domain.reading` among its own fields, which is left to
        that. Until 0.4 a contact cost one price at most. Until 0.2 a job that was paused, late or
        still awaiting results said so beside its state.
        """
        if not isinstance(stored, dict):
            return stored
        if "price" in stored and "most_each" not in stored:
            stored = {**stored, "most_each": stored["price"]}
        late, opened = stored.get("late_at") is not None, stored.get("open") == "yes"
        match stored.get("state"):
            case "RUNNING" if stored.get("halt"):
                return {**stored, "state": JobState.PAUSED}
            case "COMPILING" if late:
                return {**stored, "state": JobState.OVERTAKEN}
            case "DONE" if late or opened:
                return {**stored, "state": JobState.LATE if late else JobState.DELIVERED}
        return stored

    @property
    def file(self) -> str:
        """Where its file lies, at `version`."""
        return self.source or self.key

    @property
    def is_unfinished(self) -> bool:
        """Whether its owner waits for an answer, or for more of one until the deadline."""
        if self.state in BEING_WRITTEN and self.finished_at is None:
            return True
        return self.state in _UNANSWERED or self.awaited > 0

    @property
    def is_all_sent(self) -> bool:
        """Whether nothing is left to be sent, as far as it was counted from the first on."""
        return self.counts and self.sent + self.unsent >= self.contacts

    @property
    def may_amend(self) -> bool:
        """Whether a first answer was asked for, and what comes of rows that wait is added to it."""
        return self.state in _AMENDED and not self.given_up

    @property
    def answers_first(self) -> bool:
        """Whether the output that is asked for is a first answer: results may come in time yet."""
        return not self.given_up and self.compile_asked_at < self.deadline_at
