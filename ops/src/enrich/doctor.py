"""What may be wrong with a stack, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from enrich import __version__
from enrich.answers import Checked, Summary
from enrich.errors import Trouble
from enrich.stack import Stack

_CLOCK = 60.0  # seconds by which clocks may differ; AWS refuses requests from 300 on
_OTHERS = 8  # functions beside submit and webhook that may run at the same time
_RESULTS_WAIT = 900.0  # seconds, as for the alarm of the template
_BATCHES_WAIT = 3600.0  # seconds
_LATELY = timedelta(hours=1)
_QUEUES = {"SubmitQueue": _BATCHES_WAIT, "WebhookQueue": _RESULTS_WAIT}
_DEAD = ("SubmitDeadLetters", "WebhookDeadLetters", "FailedEvents", "TickDeadLetters")
_ENDED_WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    LOOK = "look"  # somebody should look at it
    BAD = "bad"  # something does not work
    UNKNOWN = "unknown"  # it could not be checked


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do; empty where nothing is to be done."""

    check: str
    state: State
    found: str
    do: str = ""

    def as_data(self) -> dict[str, str]:
        return asdict(self)


def examine(stack: Stack) -> Iterator[Finding]:
    """Check everything, one thing after the other. What cannot be checked does not keep the rest
    waiting.

    Raises:
        NoAccess: the stack itself cannot be seen.
    """
    seen = _Seen(stack)
    yield _deployment(seen)
    for name, check in _CHECKS.items():
        try:
            yield check(seen)
        except Trouble as trouble:
            yield Finding(name, State.UNKNOWN, str(trouble))


class _Seen:
    """A stack, and what several checks want to know of it, asked for once."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @cached_property
    def inside(self) -> Checked:
        before = _now()
        seen = self.stack.check()
        # The function looked at its clock at some time between the two.
        self.apart = max(before - seen["time"] - 1, seen["time"] - _now(), 0.0)
        return seen

    apart = 0.0  # seconds between this machine's clock and the stack's, once it was asked

    @cached_property
    def lately(self) -> Mapping[str, float]:
        """Figures of the last hour."""
        functions = [name for name in self.stack.parts if name.endswith("Function")]
        wanted = {
            f"{metric} {name}": ("AWS/Lambda", metric, "FunctionName", self._named(name), "Sum")
            for name in functions
            for metric in ("Throttles", "Errors")
        } | {
            f"Age {name}": (
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                "QueueName",
                self._named(name).rpartition("/")[2],
                "Maximum",
            )
            for name in _QUEUES
        }
        now = datetime.now(UTC)
        return self.stack.figures(wanted, now - _LATELY, now)

    def _named(self, part: str) -> str:
        return self.stack.parts.get(part, part)


def _deployment(seen: _Seen) -> Finding:
    status = seen.stack.status
    if status in _ENDED_WELL:
        return Finding("deployment", State.OK, f"{seen.stack.name}: {status}")
    if status.endswith("IN_PROGRESS"):
        return Finding(
            "deployment", State.LOOK, f"{seen.stack.name}: {status}", "wait until it is through"
        )
    return Finding(
        "deployment",
        State.BAD,
        f"{seen.stack.name}: {status}",
        "read the stack's events in CloudFormation, mend the cause, and deploy again",
    )


def _versions(seen: _Seen) -> Finding:
    theirs = seen.inside["version"]
    found = f"stack {theirs} on Python {seen.inside['python']}, enrich {__version__}"
    if theirs == __version__:
        return Finding("versions", State.OK, found)
    do = "install the ops of the version that is deployed: pip install ./ops"
    return Finding("versions", State.LOOK, found, do)


def _clock(seen: _Seen) -> Finding:
    seen.inside  # noqa: B018  # so that both clocks were looked at
    apart, ahead = seen.apart, seen.stack.ahead
    found = f"this machine and the stack are {apart:.0f} s apart"
    if ahead is not None:
        found += f", this machine and AWS {abs(ahead):.0f} s"
    if ahead is not None and abs(ahead) > _CLOCK:
        return Finding(
            "clock", State.BAD, found, "set this machine's clock: AWS refuses what is 5 minutes off"
        )
    if apart > _CLOCK:
        return Finding("clock", State.BAD, found, "tell AWS: the clock of a function is wrong")
    return Finding("clock", State.OK, found)


def _secrets(seen: _Seen) -> Finding:
    stack = seen.stack
    names = {
        "the API key": stack.parameters["ApiKeySecretName"],
        "the signing key": stack.parts["SigningKey"],
        "the key of persons": stack.parts["PersonKey"],
    }
    missing = [name for name, secret in names.items() if _is_gone(stack.secret(secret))]
    if not missing:
        return Finding("secrets", State.OK, f"{len(names)} secrets are there")
    create = (
        f"aws secretsmanager create-secret --name {names['the API key']} --secret-string …, or"
        " restore-secret for one that is marked for deletion"
    )
    return Finding("secrets", State.BAD, f"not there: {', '.join(missing)}", create)


def _is_gone(secret: Mapping[str, Any] | None) -> bool:
    return secret is None or "DeletedDate" in secret


def _provider(seen: _Seen) -> Finding:
    inside, where = seen.inside, seen.stack.parameters["ProntoBaseUrl"]
    secret = seen.stack.parameters["ApiKeySecretName"]
    if not inside["has_key"]:
        return Finding(
            "provider",
            State.BAD,
            "the API key cannot be read",
            f"store it as plain text in the secret {secret}",
        )
    match inside["provider"]:
        case "serves":
            left = inside["credits"]
            told = "balance not told" if left is None else f"{left:,} credits left"
            return Finding("provider", State.OK, f"{where} answers; {told}")
        case "refuses_key":
            return Finding(
                "provider",
                State.BAD,
                f"{where} refuses the API key",
                f"put a valid key into the secret {secret}; paused jobs go on by themselves",
            )
        case "silent":
            return Finding(
                "provider",
                State.BAD,
                f"nothing answers at {where}",
                "see whether it is down, whether ProntoBaseUrl is right, and whether the functions"
                " reach the internet (SubnetIds)",
            )
    return Finding(
        "provider",
        State.LOOK,
        f"{where} answers the question for the balance in an odd way",
        "see whether ProntoBaseUrl ends in the API's version",
    )


def _concurrency(seen: _Seen) -> Finding:
    parameters = seen.stack.parameters
    submit, webhook = int(parameters["Concurrency"]), int(parameters["WebhookConcurrency"])
    needed, there = submit + webhook + _OTHERS, seen.stack.runs_at_a_time()
    found = f"the account may run {there:,} functions at a time, this stack wants {needed}"
    if there >= needed:
        return Finding("concurrency", State.OK, found)
    do = "have AWS raise the quota “Concurrent executions” of Lambda"
    return Finding("concurrency", State.BAD if there < submit + webhook else State.LOOK, found, do)


def _door(seen: _Seen) -> Finding:
    rate, burst = (int(seen.stack.parameters[name]) for name in ("WebhookRate", "WebhookBurst"))
    limits = seen.stack.requests_a_second()
    if limits is None:
        return Finding("door", State.UNKNOWN, "API Gateway does not tell the account's limits")
    found = f"the account's APIs take {limits[0]:,.0f} requests a second, {limits[1]:,} at once"
    if limits[0] >= rate and limits[1] >= burst:
        return Finding("door", State.OK, found)
    do = (
        f"have AWS raise API Gateway's quota, or lower WebhookRate ({rate}), WebhookBurst ({burst})"
    )
    return Finding("door", State.LOOK, found, do)


def _queues(seen: _Seen) -> Finding:
    stack = seen.stack
    waiting = {name: stack.messages(stack.output(f"{name}Url")) for name in _QUEUES}
    ages = {name: seen.lately.get(f"Age {name}", 0.0) for name in _QUEUES}
    found = (
        f"{waiting['SubmitQueue']:,} lanes and {waiting['WebhookQueue']:,} results wait;"
        f" the oldest of the last hour {_long(ages['SubmitQueue'])} and"
        f" {_long(ages['WebhookQueue'])}"
    )
    if ages["WebhookQueue"] > _RESULTS_WAIT:
        do = "see why results are not stored (enrich tail --errors); raise WebhookConcurrency"
        return Finding("queues", State.BAD, found, do)
    if ages["SubmitQueue"] > _BATCHES_WAIT:
        do = "many files take their time; if nothing moves, see enrich tail --errors"
        return Finding("queues", State.LOOK, found, do)
    return Finding("queues", State.OK, found)


def _dead_letters(seen: _Seen) -> Finding:
    stack = seen.stack
    urls = {name: stack.outputs.get(f"{name}Url", stack.parts.get(name, "")) for name in _DEAD}
    there = {name: count for name, url in urls.items() if (count := stack.messages(url))}
    if not there:
        return Finding("dead letters", State.OK, "none")
    told = ", ".join(f"{count:,} in {name}" for name, count in there.items())
    if there.keys() == {"TickDeadLetters"}:
        do = "see why the sweeper fails (enrich tail --errors); old ticks vanish within the hour"
    else:
        do = "mend the cause (enrich tail --errors), then enrich redrive"
    return Finding("dead letters", State.BAD, told, do)


def _throttles(seen: _Seen) -> Finding:
    found = {
        metric: {
            name.partition(" ")[2].removesuffix("Function").lower(): int(count)
            for name, count in seen.lately.items()
            if name.startswith(metric) and count
        }
        for metric in ("Throttles", "Errors")
    }
    told = "; ".join(
        f"{metric.lower()}: {', '.join(f'{count:,} of {name}' for name, count in each.items())}"
        for metric, each in found.items()
        if each
    )
    if not told:
        return Finding("functions", State.OK, "no errors and no throttles in the last hour")
    do = "enrich tail --errors says what failed"
    if found["Throttles"]:
        do = "other functions take the account's runs: have AWS raise “Concurrent executions”"
    return Finding("functions", State.LOOK, told, do)


def _alarms(seen: _Seen) -> Finding:
    alarms = seen.stack.alarms()
    loud = [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"]
    if not loud:
        return Finding("alarms", State.OK, f"{len(alarms)} alarms, none goes off")
    names = ", ".join(_alarm(seen.stack.name, alarm["AlarmName"]) for alarm in loud)
    why = loud[0].get("AlarmDescription", "").strip()
    do = f"docs/operations.md has a page for each; the first says: {why}"
    return Finding("alarms", State.BAD, names, do)


def _alarm(stack: str, name: str) -> str:
    """An alarm as its template calls it: CloudFormation puts that between the stack and an end."""
    parts = name.removeprefix(f"{stack}-").split("-")
    return parts[-2] if len(parts) > 1 else name


def _told(seen: _Seen) -> Finding:
    people = seen.stack.told_of_alarms()
    if people:
        return Finding("who is told", State.OK, f"{len(people)} subscribed to the alarms")
    return Finding(
        "who is told",
        State.BAD,
        "nobody is told of alarms",
        "set AlarmEmail and confirm the mail that AWS sends, or subscribe to AlarmTopicArn",
    )


def _jobs(seen: _Seen) -> Finding:
    wants = seen.stack.jobs(states=["PAUSED", "FAILED"], most=500)["jobs"]
    if not wants:
        return Finding("jobs", State.OK, "none is paused or failed")
    do = (
        f"enrich show {wants[0]['id']} says what to do" if len(wants) == 1 else "enrich jobs --open"
    )
    return Finding("jobs", State.LOOK, ", ".join(_counted(wants)), do)


def _counted(jobs: Iterable[Summary]) -> Iterator[str]:
    states = [job["state"] for job in jobs]
    for state in dict.fromkeys(states):
        yield f"{states.count(state):,} {state.lower()}"


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


_CHECKS: Mapping[str, Callable[[_Seen], Finding]] = {
    "versions": _versions,
    "clock": _clock,
    "secrets": _secrets,
    "provider": _provider,
    "concurrency": _concurrency,
    "door": _door,
    "queues": _queues,
    "dead letters": _dead_letters,
    "functions": _throttles,
    "alarms": _alarms,
    "who is told": _told,
    "jobs": _jobs,
}
