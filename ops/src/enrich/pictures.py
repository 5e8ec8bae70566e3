"""How answers look in a terminal: tables that fit 80 columns, and use more where there are more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from enrich.answers import ActionTaken, Done, JobView, Listed, Summary
from enrich.doctor import Finding, State

_ROOMY = 100  # columns from which on a list has more of them
_TEXTS = 2  # columns before those of numbers
_BETWEEN = 2  # spaces after a column
_LEAST_PATH = 16  # columns for a file's path
_STYLES = {
    "PAUSED": "yellow",
    "FAILED": "red",
    "REFUSED": "red",
    "RUNNING": "cyan",
    "SPLITTING": "cyan",
    "COMPILING": "cyan",
    "DONE": "green",
    "DELIVERED": "green",
}
_TONES = {"good": "green", "calm": "green", "warn": "yellow", "bad": "red"}
_FINDINGS = {State.OK: "green", State.LOOK: "yellow", State.BAD: "bold red", State.UNKNOWN: "dim"}


def listed(answer: Listed, now: float, width: int) -> RenderableType:
    """A list, and whether there is more of it."""
    if not answer["jobs"]:
        return Text("No such jobs.")
    more = [Text("There are more: --most, --newer, --older, --folder.")] if answer["more"] else []
    return Group(job_list(answer["jobs"], now, width), *more)


def done(answer: Done) -> Text:
    """What was done, and to which job."""
    return Text(f"{answer['job']}: {answer['done']}." if answer["job"] else f"{answer['done']}.")


def done_to_all(answers: Sequence[Done]) -> RenderableType:
    """What was done to several jobs."""
    return Group(*map(done, answers)) if answers else Text("No job is paused.")


def redriven(rounds: Sequence[Done]) -> RenderableType:
    """What came of tries to send dead letters back."""
    tried = sum(each.get("tried") or 0 for each in rounds)
    left = rounds[-1].get("left") or 0
    return Text(f"{tried:,} tried again, {left:,} left.")


def job_list(jobs: Sequence[Summary], now: float, width: int) -> RenderableType:
    """Jobs as a table, the newest first."""
    heads = ("Job", "State", "Begun", *(["Contacts"] if width >= _ROOMY else []), "Sent", "Found")
    heads = (*heads, "Credits")
    lines = [_cells(job, now, width) for job in jobs]
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    room = max(_LEAST_PATH, width - sum(widths) - _BETWEEN * len(widths))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, no_wrap=True, justify="left" if place < _TEXTS else "right")
    table.add_column("File", no_wrap=True)
    for job, line in zip(jobs, lines, strict=True):
        name, at, *numbers = map(Text, line)
        at.style = _style(job)
        table.add_row(name, at, *numbers, Text(_end_of(short(job["key"]), room)))
    return table


def _cells(job: Summary, now: float, width: int) -> list[str]:
    counted = job["counts"]
    return [
        job["id"],
        job["state"],
        ago(now - job["created_at"]),
        *([f"{job['contacts']:,}"] if width >= _ROOMY else []),
        f"{job['sent']:,}" if counted else "–",
        f"{job['hits']:,}" if counted else "–",
        f"{job['charged']:,}",
    ]


def _end_of(path: str, room: int) -> str:
    """The end of a path that has not room enough: it ends in the file's name.

    >>> _end_of("email/sales/q3/leads.csv", 16)
    '…es/q3/leads.csv'
    """
    return path if len(path) <= room else f"…{path[len(path) - room + 1 :]}"


def state(job: Summary) -> Text:
    """A job's state, and how its answer turned out."""
    word = f" ({job['word'].lower()})" if job["word"] else ""
    return Text(f"{job['state']}{word}", style=_style(job))


def _style(job: Summary) -> str:
    return _TONES.get(job["tone"]) or _STYLES.get(job["state"], "")


def one_job(job: JobView, now: float) -> RenderableType:
    """A job in full, and what may be done about it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in _facts(job, now):
        grid.add_row(name, value)
    parts: list[RenderableType] = [grid]
    if job["actions"]:
        parts += [Text(), Text("What operators did", style="bold"), _actions(job["actions"])]
    if steps := list(next_steps(job)):
        commands = Table.grid(padding=(0, 2))
        for command, when in steps:
            commands.add_row(command, Text(when, style="dim"))
        parts += [Text(), Text("What you may do", style="bold"), commands]
    return Group(*parts)


def _facts(job: JobView, now: float) -> Iterable[tuple[str, Text]]:
    yield "Job", Text(job["id"])
    yield "File", Text(job["key"])
    yield "State", state(job)
    if job["why"] and job["state"] == "PAUSED":
        yield "Why", Text(f"{job['why']}.")
    yield "Begun", Text(f"{moment(job['created_at'])} ({ago(now - job['created_at'])} ago)")
    if job["finished_at"]:
        yield "Written", Text(moment(job["finished_at"]))
    if job["rows"]:
        yield "Deadline", Text(moment(job["deadline_at"]))
        yield "Rows", Text(f"{job['rows']:,}, {job['contacts']:,} contacts to send")
        yield "Batches", Text(_states(job["batch_states"]))
    if job["counts"] and job["sent"]:
        share = f", {100 * job['hits'] / job['answered']:.0f}%" if job["answered"] else ""
        yield (
            "So far",
            Text(
                f"{job['sent']:,} sent, {job['answered']:,} answered, {job['hits']:,} found{share}"
            ),
        )
    if job["charged"] or job["reserved"]:
        cap = f", {job['most_credits']:,} at most" if job["most_credits"] is not None else ""
        more = job["reserved"] - job["charged"]
        held = f", {more:,} more reserved" if more else ""
        yield "Credits", Text(f"{job['charged']:,} charged{held}{cap}")
    if job["awaited"]:
        yield "Awaited", Text(f"{job['awaited']:,} rows of the first answer")
    if job["doubt"]["batches"]:
        yield "In doubt", Text(doubt(job), style="yellow")
    yield "Report", Text(job["report"])


def _states(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.lower()}" for name, count in states.items()) or "none"


def _actions(actions: Sequence[ActionTaken]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in actions:
        table.add_row(moment(each["at"]), each["action"], name_of(each["by"]) or "somebody")
    return table


def doubt(job: JobView) -> str:
    """What is in doubt of a job, in words."""
    there = job["doubt"]
    contacts = _counted(there["contacts"], "contact", "contacts")
    return (
        f"{contacts} in {_counted(there['batches'], 'batch', 'batches')}: nobody saw whether they"
        f" were accepted; to send them again may cost up to {there['credits']:,} credits twice"
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def next_steps(job: JobView) -> Iterable[tuple[str, str]]:
    """The commands that make sense for a job as it stands, and when."""
    name = job["id"]
    if job["state"] == "PAUSED":
        mended = "to let it go on" if job["halt"] == "OPERATOR" else "once the cause is mended"
        yield f"enrich resume {name}", mended
    if job["state"] == "RUNNING":
        yield f"enrich pause {name}", "to stop it for now"
    if job["doubt"]["batches"]:
        yield f"enrich resend --ambiguous {name}", "if the provider's own list lacks them"
    if job["state"] == "FAILED":
        yield f"enrich tail --errors {name}", "to see why"
        yield f"enrich compile {name}", "once the cause is mended"
    if job["state"] in ("RUNNING", "PAUSED") or job["awaited"]:
        if not job["cancelled_at"]:
            yield f"enrich cancel {name}", "to send no more of it"
        yield f"enrich give-up {name}", "to end it with what there is"


def receipt(key: str, told: Mapping[str, Any]) -> Text:
    """What an erasure did, in numbers."""
    fates = [each["fate"] for each in told["people"]]
    each = ", ".join(f"{fates.count(fate):,} {fate}" for fate in dict.fromkeys(fates))
    rows = _counted(len(fates), "row", "rows")
    return Text(f"Of {rows}: {each.replace('_', ' ')}. The receipt is {key}")


def findings(seen: Iterable[Finding]) -> Table:
    """What was found wrong, and what to do."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Check", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Found, and what to do", overflow="fold")
    for each in seen:
        words = Text(each.found)
        if each.do:
            words.append(f"\n→ {each.do}", style="bold")
        table.add_row(each.check, Text(each.state, style=_FINDINGS[each.state]), words)
    return table


def log_line(event: Mapping[str, object], told: Mapping[str, object]) -> Text:
    """One line of the log: when, how grave, and what it says; that begins with who says it."""
    at = datetime.fromtimestamp(float(str(event["timestamp"])) / 1000, UTC)
    level = str(told.get("level", ""))
    line = Text(f"{at:%H:%M:%S} ")
    line.append(f"{level:<8}", style="red" if level in ("ERROR", "CRITICAL") else "dim")
    line.append(str(told.get("message", "")), style="cyan")
    for name, value in told.items():
        if name not in _FRAME and value not in (None, "", [], 0):
            line.append(f" {name}={value}", style="dim")
    return line


# What the logger puts into each line.
_FRAME = frozenset(
    {
        *("level", "location", "message", "timestamp", "service", "cold_start", "function_name"),
        *("function_memory_size", "function_arn", "function_request_id", "xray_trace_id"),
        *("exception", "exception_name", "stack_trace", "sampling_rate"),
    }
)


def ago(seconds: float) -> str:
    """A time in the largest unit that fits.

    >>> ago(59), ago(3600), ago(200000)
    ('59 s', '60 min', '2 d')
    """
    for most, unit, length in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if seconds < most:
            return f"{max(seconds, 0) // length:.0f} {unit}"
    return f"{seconds // 86_400:.0f} d"


def moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def short(key: str) -> str:
    """A file's path without the folder that all of them are in."""
    return key.removeprefix("incoming/")


def name_of(arn: str) -> str:
    """The name in an ARN: of a session, or of a user."""
    return arn.rpartition(":")[2].rpartition("/")[2]


def console(stderr: bool = False) -> Console:
    """A terminal, as wide as it is."""
    return Console(stderr=stderr, highlight=False, soft_wrap=False)
