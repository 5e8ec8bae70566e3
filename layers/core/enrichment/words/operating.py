"""What operators are told about what they ask for."""

from collections.abc import Sequence
from types import MappingProxyType


def no_job(named: str) -> str:
    return f"there is no job {named}: name its id, the path of its file, or the file's name"


def several(named: str, keys: Sequence[str], more: int) -> str:
    """Of a name that files in several folders have; `more` of them are not named."""
    others = f" and {more:,} more" if more else ""
    return f"several files are called {named}; name one by its path: {', '.join(keys)}{others}"


def resent(batches: int) -> str:
    return "1 batch is sent again" if batches == 1 else f"{batches:,} batches are sent again"


def redriven(letters: int) -> str:
    return "1 message is tried again" if letters == 1 else f"{letters:,} messages are tried again"


def wrong_question(actions: Sequence[str], wrong: Sequence[str]) -> str:
    """Of an event that asks for nothing that there is; `wrong` are the names of its wrong parts."""
    return f"the action must be one of: {', '.join(actions)}; wrong here: {', '.join(wrong)}"


def being_written(job: str) -> str:
    return f"the output of job {job} is being written just now; ask again in some minutes"


# What was done, by the action.
DONE: MappingProxyType[str, str] = MappingProxyType(
    {
        "pause": "the job is paused; what is on its way is recorded as it comes back",
        "resume": "the job sends again",
        "cancel": "nothing more of the job is sent; what was sent is delivered",
        "give_up": "the job ends with what there is",
        "compile": "the output is written again",
    }
)
# What an operator did, as the file's owner reads it, by the action.
ACTIONS: MappingProxyType[str, str] = MappingProxyType(
    {
        "pause": "Paused the job",
        "resume": "Let the job go on",
        "resend": "Sent again what may or may not have been accepted",
        "cancel": "Cancelled the job",
        "give_up": "Ended the job",
        "compile": "Had the output written again",
    }
)
NOBODY_SAID = "An operator"
# That it was done before, by the action.
ALREADY: MappingProxyType[str, str] = MappingProxyType(
    {
        "pause": "an operator has paused the job already",
        "resume": "the job is not paused: it sends already",
        "cancel": "nothing more of the job was to be sent already",
        "give_up": "an operator has ended the job already",
        "compile": "the output is being written already",
    }
)
# Why an action cannot be done, by the action.
NO_SENSE: MappingProxyType[str, str] = MappingProxyType(
    {
        "pause": "job {job} sends nothing that could be paused",
        "resume": "job {job} is not paused",
        "resend": "job {job} has no batch whose acceptance nobody saw",
        "cancel": "job {job} has ended",
        "give_up": "job {job} does not run",
        "compile": "the output of job {job} did not fail",
    }
)
