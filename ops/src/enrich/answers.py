"""What the function `operate` answers. Times are epoch seconds.

The names are those of the function's own models; `tests/unit/ops` holds the two together.
"""

from typing import NotRequired, TypedDict


class Summary(TypedDict):
    """One job in a list. `word` says how its answer turned out, and `tone` how good that is; empty
    before there is one.
    """

    id: str
    key: str
    state: str
    created_at: int
    deadline_at: int
    finished_at: int | None
    wanted: str | None
    sample: int
    rows: int
    contacts: int
    batches: int
    settled: int
    awaited: int
    counts: bool
    sent: int
    answered: int
    hits: int
    charged: int
    halt: str | None
    given_up: bool
    cancelled_at: int | None
    word: str
    tone: str


class Listed(TypedDict):
    """Some jobs, the newest first, and whether there are more."""

    jobs: list[Summary]
    more: bool


class Doubt(TypedDict):
    """The batches of which nobody saw whether they were accepted, and the credits that it costs at
    most to send them again if they were.
    """

    batches: int
    contacts: int
    credits: int


class ActionTaken(TypedDict):
    """What an operator did about a job; `by` is an ARN."""

    action: str
    by: str
    at: int


class JobView(Summary):
    """One job in full."""

    price: int
    most_credits: int | None
    reserved: int
    last_result_at: int | None
    compile_attempts: int
    why: str
    batch_states: dict[str, int]
    doubt: Doubt
    actions: list[ActionTaken]
    report: str


class Checked(TypedDict):
    """What the stack saw of itself and the provider."""

    time: int
    version: str
    python: str
    has_key: bool
    provider: str | None
    credits: int | None


class Done(TypedDict):
    """What was done, in words."""

    action: str
    job: str
    by: str
    done: str
    tried: NotRequired[int | None]
    left: NotRequired[int | None]
