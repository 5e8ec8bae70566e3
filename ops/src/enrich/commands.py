"""The commands: what may be asked for in a terminal, and what is said to it.

Each ends with a status that `errors` lists. With `--json`, it prints data and nothing else.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.live import Live

from enrich import __version__, pictures
from enrich.answers import Done, JobView, Summary
from enrich.doctor import State, examine
from enrich.errors import REFUSED, Failed, Refused, Trouble, WrongUsage
from enrich.stack import Place, Stack, connect

app = typer.Typer(
    help="Operate a contact-enrichment stack: see jobs, decide about them, and find what is wrong.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)

Connect = Callable[[Place], Stack]


class JobState(StrEnum):
    """The states of a job, as the command line takes them."""

    SPLITTING = "splitting"
    RUNNING = "running"
    PAUSED = "paused"
    COMPILING = "compiling"
    OVERTAKEN = "overtaken"
    DELIVERED = "delivered"
    LATE = "late"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    REPEATED = "repeated"
    ESTIMATED = "estimated"


# Those in which something is still to happen, or somebody is waited for.
OPEN = (
    *(JobState.SPLITTING, JobState.RUNNING, JobState.PAUSED, JobState.COMPILING),
    *(JobState.OVERTAKEN, JobState.DELIVERED, JobState.LATE, JobState.FAILED),
)
ENDED_BY_HAND = 130  # as shells have it for whatever is ended with Ctrl-C
_METRICS = "_aws"  # in a line of the log that is for CloudWatch, not for people
_ENDED = {"DONE", "FAILED", "REFUSED", "REPEATED", "ESTIMATED", "DELIVERED"}


@dataclass(frozen=True)
class Told:
    """What the options before a command say, and how a stack is found by them."""

    place: Place
    connect: Connect

    def stack(self) -> Stack:
        if self.place.is_found:
            typer.echo(f"enrich: the stack of {self.place.local}", err=True)
        return self.connect(self.place)


AsJson = Annotated[bool, typer.Option("--json", help="Print data, and nothing else.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Job = Annotated[str, typer.Argument(metavar="JOB", help="A job's id, its file's path, or name.")]


def _tell_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def before(
    context: typer.Context,
    stack: Annotated[
        str | None, typer.Option(envvar="ENRICH_STACK", help="Name of the stack.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of your AWS credentials.")] = None,
    region: Annotated[
        str | None,
        typer.Option(envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="Region of the stack."),
    ] = None,
    local: Annotated[
        Path | None,
        typer.Option(
            envvar="ENRICH_LOCAL", help="A stack on this machine, by its .local/stack.json."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback has answered
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    context.obj = Told(Place.given(stack, profile, region, local), context.obj or connect)


@app.command()
def jobs(
    context: typer.Context,
    state: Annotated[list[JobState] | None, typer.Option(help="Only of this state.")] = None,
    still_open: Annotated[
        bool, typer.Option("--open", help="Only those that are not done with.")
    ] = False,
    folder: Annotated[str, typer.Option(help="Only of files below this folder.")] = "",
    newer: Annotated[str, typer.Option(help="Begun within a time, such as 2h or 7d.")] = "",
    older: Annotated[str, typer.Option(help="Begun before a time, such as 2h or 7d.")] = "",
    most: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first."""
    with _ending():
        states = [*(state or []), *(OPEN if still_open else [])]
        now = time.time()
        wanted: dict[str, Any] = {"folder": folder, "most": most}
        wanted |= {"states": [each.name for each in states]} if states else {}
        wanted |= {"since": int(now - _seconds(newer))} if newer else {}
        wanted |= {"until": int(now - _seconds(older))} if older else {}
        listed = _stack(context).jobs(**wanted)
        _print(listed, as_json, lambda width: pictures.listed(listed, now, width))


@app.command()
def show(context: typer.Context, job: Job, as_json: AsJson = False) -> None:
    """Show one job: where it stands, what is in doubt, who did what, what may be done."""
    with _ending():
        seen = _stack(context).show(job)
        _print(seen, as_json, lambda _: pictures.one_job(seen, time.time()))


@app.command()
def watch(
    context: typer.Context,
    job: Annotated[str | None, typer.Argument(metavar="[JOB]")] = None,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Watch open jobs, or one until it ends; with --json, a line for each change."""
    with _ending():
        stack = _stack(context)
        looks = _one(stack, job, every) if job else _all_open(stack, every)
        (_print_changes if as_json else _draw)(looks)


@app.command()
def pause(context: typer.Context, job: Job, as_json: AsJson = False) -> None:
    """Pause a job: nothing more is sent until somebody resumes it, or its deadline comes."""
    with _ending():
        _say(_stack(context).decide("pause", job), as_json)


@app.command()
def resume(
    context: typer.Context,
    job: Annotated[str | None, typer.Argument(metavar="[JOB]")] = None,
    every_one: Annotated[bool, typer.Option("--all", help="All that are paused.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a paused job send again, or all of them."""
    with _ending():
        if bool(job) == every_one:
            raise WrongUsage("name a job, or give --all")
        stack = _stack(context)
        if job:
            _say(stack.decide("resume", job), as_json)
            return
        paused = stack.jobs(states=["PAUSED"], most=500)["jobs"]
        done = [stack.decide("resume", each["id"]) for each in paused]
        _print({"done": done}, as_json, lambda _: pictures.done_to_all(done))


@app.command()
def resend(
    context: typer.Context,
    job: Job,
    ambiguous: Annotated[
        bool, typer.Option("--ambiguous", help="That it is what nobody saw accepted.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send again what nobody saw accepted, which may pay twice; says how much, and asks."""
    with _ending():
        if not ambiguous:
            raise WrongUsage("only what is ambiguous can be sent again: give --ambiguous")
        stack = _stack(context)
        seen = stack.show(job)
        if not seen["doubt"]["batches"]:
            raise Refused(f"nothing of job {seen['id']} is ambiguous")
        _ask_first(f"{pictures.short(seen['key'])}: {pictures.doubt(seen)}.", yes, as_json)
        _say(stack.decide("resend", seen["id"]), as_json)


@app.command()
def cancel(context: typer.Context, job: Job, yes: Yes = False, as_json: AsJson = False) -> None:
    """Send nothing more of a job; what was sent is delivered. It cannot be taken back."""
    with _ending():
        stack = _stack(context)
        seen = stack.show(job)
        told = f"{seen['sent']:,} of {seen['contacts']:,} contacts were sent"
        _ask_first(
            f"{pictures.short(seen['key'])}: {told}; no more will be, for good.", yes, as_json
        )
        _say(stack.decide("cancel", seen["id"]), as_json)


@app.command("give-up")
def give_up(context: typer.Context, job: Job, yes: Yes = False, as_json: AsJson = False) -> None:
    """End a job with what there is; what was not sent comes back as not_sent."""
    with _ending():
        stack = _stack(context)
        seen = stack.show(job)
        _ask_first(
            f"{pictures.short(seen['key'])} ({seen['state'].lower()}) ends with what there is.",
            yes,
            as_json,
        )
        _say(stack.decide("give_up", seen["id"]), as_json)


@app.command("compile")
def compile_again(context: typer.Context, job: Job, as_json: AsJson = False) -> None:
    """Have the output of a job written again that failed, once the cause is mended."""
    with _ending():
        _say(_stack(context).decide("compile", job), as_json)


@app.command()
def redrive(
    context: typer.Context,
    wait: Annotated[float, typer.Option(min=0, help="Seconds for which it tries.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Try again what failed: dead letters of batches and results, and failed events."""
    with _ending():
        stack = _stack(context)
        end = time.monotonic() + wait
        done = stack.redrive()
        rounds = [done]
        # The sweeper looks at some of them just now, and hides them for some seconds.
        while done.get("left") and time.monotonic() < end:
            time.sleep(min(5, wait))
            done = stack.redrive()
            rounds.append(done)
        left = done.get("left") or 0
        _print({"rounds": rounds, "left": left}, as_json, lambda _: pictures.redriven(rounds))
        if left:
            raise Refused("what is left cannot be tried again; enrich doctor tells in which queue")


@app.command()
def statement(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="Such as 2026-11; this month if not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print a month's statement: what each file used, as CSV."""
    with _ending():
        month = month or f"{datetime.now(UTC):%Y-%m}"
        content = _stack(context).read(f"reports/statements/{month}.csv")
        if content is None:
            raise Refused(f"there is no statement of {month}: nothing was sent in it")
        text = content.decode("utf-8-sig")
        if as_json:
            _print_json({"month": month, "csv": text})
        else:
            sys.stdout.write(text)


@app.command()
def erase(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of people.")],
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the receipt.")] = 900,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Erase the people whom a file names from everything that is stored, for good."""
    with _ending():
        _ask_first(f"Whoever is named in {file.name} is erased for good.", yes, as_json)
        stack = _stack(context)
        receipt = stack.erase(file)
        told = json.loads(_awaited(stack, receipt, wait))
        _print({"key": receipt, **told}, as_json, lambda _: pictures.receipt(receipt, told))
        if not told.get("complete"):
            raise Refused("somebody was not erased everywhere; the receipt tells where")


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything that may be wrong with the stack, and say what to do about it."""
    with _ending():
        stack = _stack(context)
        terminal = pictures.console(stderr=True)
        with terminal.status("looking"):
            seen = list(examine(stack))
        data = {"findings": [each.as_data() for each in seen]}
        _print(data, as_json, lambda _: pictures.findings(seen))
        if any(each.state in (State.BAD, State.UNKNOWN) for each in seen):
            raise typer.Exit(REFUSED)


@app.command()
def tail(
    context: typer.Context,
    job: Annotated[str | None, typer.Argument(metavar="[JOB]")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only errors.")] = False,
    since: Annotated[str, typer.Option(help="How far back, such as 30m, 2h or 7d.")] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the log lines of a job across all functions, or the errors of any."""
    with _ending():
        if not (job or errors):
            raise WrongUsage("name a job, or give --errors")
        stack = _stack(context)
        seen = stack.show(job) if job else None
        words = [*([seen["id"]] if seen else []), *(["ERROR"] if errors else [])]
        begin = _log_begins(since, seen)
        line = None
        for line in _lines(stack, words, begin, follow):
            if as_json:
                _print_json(line[1])
            else:
                pictures.console().print(pictures.log_line(*line), soft_wrap=True)
        if line is None:
            typer.echo(f"enrich: no such lines since {begin:%Y-%m-%d %H:%M} UTC", err=True)


def _log_begins(since: str, job: JobView | None) -> datetime:
    if since:
        return datetime.now(UTC) - timedelta(seconds=_seconds(since))
    if job:
        return datetime.fromtimestamp(job["created_at"], UTC)
    return datetime.now(UTC) - timedelta(hours=1)


def _lines(
    stack: Stack, words: list[str], begin: datetime, follow: bool
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Events of the log, each with what it says."""
    seen: set[tuple[Any, ...]] = set()
    while True:
        for event in stack.log(words, begin):
            one = (event["timestamp"], event["logStreamName"], event["message"])
            told = _told(str(event["message"]))
            if one not in seen and _METRICS not in told:
                seen.add(one)
                yield event, told
        if not follow:
            return
        time.sleep(2)


def _told(message: str) -> Mapping[str, Any]:
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"message": message.strip()}


def _one(stack: Stack, job: str, every: float) -> Iterator[list[Summary]]:
    while True:
        seen = stack.show(job)
        yield [seen]
        if seen["state"] in _ENDED:
            return
        time.sleep(every)


def _all_open(stack: Stack, every: float) -> Iterator[list[Summary]]:
    begun = int(time.time())
    states = [each.name for each in OPEN]
    while True:
        there = stack.jobs(states=states, most=50)["jobs"]
        new = stack.jobs(since=begun, most=50)["jobs"]
        known = {each["id"] for each in there}
        yield [*(each for each in new if each["id"] not in known), *there]
        time.sleep(every)


def _print_changes(looks: Iterator[list[Summary]]) -> None:
    before_it: dict[str, Summary] = {}
    for seen in looks:
        for job in seen:
            if before_it.get(job["id"]) != job:
                _print_json(job)
        before_it = {job["id"]: job for job in seen}


def _awaited(stack: Stack, receipt: str, wait: float) -> bytes:
    end = time.monotonic() + wait
    while (content := stack.read(receipt)) is None:
        if time.monotonic() > end:
            raise Failed(f"{receipt} is not there yet; the stack goes on until it is")
        time.sleep(min(3, wait))
    return content


def _stack(context: typer.Context) -> Stack:
    told: Told = context.obj
    return told.stack()


def _say(done: Done, as_json: bool) -> None:
    _print(done, as_json, lambda _: pictures.done(done))


def _print(data: Any, as_json: bool, picture: Callable[[int], RenderableType]) -> None:
    """Print data, or a picture of them that fits so many columns."""
    if as_json:
        _print_json(data)
    else:
        terminal = pictures.console()
        terminal.print(picture(terminal.width))


def _draw(looks: Iterator[list[Summary]]) -> None:
    terminal = pictures.console()
    with Live(console=terminal, auto_refresh=False) as live:
        for seen in looks:
            live.update(pictures.job_list(seen, time.time(), terminal.width), refresh=True)


def _ask_first(what: str, yes: bool, as_json: bool) -> None:
    """Say what is about to happen, and go on only if it is wanted."""
    if yes:
        return
    if as_json:
        raise WrongUsage(f"{what} Nobody can be asked here: give --yes")
    typer.echo(what)
    typer.confirm("Go on?", abort=True)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False))


def _seconds(text: str) -> float:
    """A time such as 90s, 30m, 2h or 7d in seconds."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    if not text or text[-1] not in units or not text[:-1].isdigit():
        raise WrongUsage(f"{text!r} is no time: write 30m, 2h or 7d")
    return int(text[:-1]) * units[text[-1]]


@contextmanager
def _ending() -> Iterator[None]:
    """End with a sentence and a status in place of a trace."""
    try:
        yield
    except Trouble as trouble:
        typer.echo(f"enrich: {trouble}", err=True)
        raise typer.Exit(trouble.status) from None
    except KeyboardInterrupt:
        raise typer.Exit(ENDED_BY_HAND) from None
