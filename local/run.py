"""`make run`: drop a file, follow its job, fetch what comes back, and check that no row is lost."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from enrichment.domain.folder import ENRICHED, ESTIMATE, INCOMING, REJECTED, job_id
from enrichment.domain.job import WRITTEN, JobState
from local import stack
from local.build import ROOT, CommandFailed
from local.stack import Stack, StackError
from local.tables import same_rows
from local.user import User

OUT = ROOT / "out"
_PATIENCE = 120  # seconds after a job's deadline within which it must have ended


@dataclass(frozen=True)
class Drop:
    """A file to be dropped, and the key that says what is asked of it."""

    file: Path
    key: str


def drop_of(environment: dict[str, str]) -> Drop:
    """What FILE, TYPE, COUNTRIES and ESTIMATE ask for."""
    file = Path(environment.get("FILE") or ROOT / "events" / "contacts.csv")
    wanted = environment.get("TYPE") or "email"
    countries = environment.get("COUNTRIES")
    options = f"countries={countries}/" if countries else ""
    top = ESTIMATE if environment.get("ESTIMATE") == "true" else INCOMING
    return Drop(file, f"{top}/{wanted}/{options}{file.name}")


def main() -> int:
    console = Console()
    drop = drop_of(dict(os.environ))
    if not drop.file.is_file():
        console.print(f"There is no file {drop.file}", style="red", markup=False)
        return 2
    try:
        with _running(console) as running:
            return _enrich(console, running, drop)
    except (CommandFailed, StackError) as error:
        console.print(str(error), style="red", markup=False)
        return 1


@contextmanager
def _running(console: Console) -> Iterator[Stack]:
    """The stack of `make up` if it runs, or one for this run alone."""
    running = stack.current()
    if running:
        wanted = stack.chosen_settings(dict(os.environ))
        if wanted and wanted != running.settings:
            raise StackError(
                "A stack runs with other settings than these. Stop it first, with make down."
            )
        yield running
        return
    with console.status("starting") as status:
        started = stack.start(lambda step: status.update(step + " ..."))
    try:
        yield started
    finally:
        stack.stop(started)


def _enrich(console: Console, running: Stack, drop: Drop) -> int:
    user = User(running)
    before = running.ledger()
    version = user.upload(drop.file, drop.key)
    console.print(f"dropped {drop.file.name} at {drop.key}", markup=False, highlight=False)
    job = job_id(running.bucket, drop.key, version)
    state = _watch(console, user, job)
    if state is JobState.PAUSED:
        paused = json.loads(user.fetch(drop.key, job, OUT)[".json"].read_text())
        console.print(
            f"The job is paused: {paused['message']}\nEnding it here, as an operator may.",
            style="yellow",
            markup=False,
        )
        user.operate(job, "give_up")
        state = _watch(console, user, job)
    fetched = user.fetch(drop.key, job, OUT)
    report = json.loads(fetched[".json"].read_text())
    complete = (
        state in WRITTEN and ENRICHED in fetched and same_rows(drop.file, fetched[ENRICHED], report)
    )
    _summarise(console, report, fetched, ledger_since(before, running.ledger()))
    if state is JobState.REFUSED:
        console.print("The file was refused; the report says why.", style="yellow")
        return 1
    if state is JobState.FAILED:
        console.print("The output could not be written; the report says more.", style="red")
        return 1
    if state in (JobState.ESTIMATED, JobState.REPEATED):
        return 0
    console.print(
        "Every row is accounted for." if complete else "Rows are missing!",
        style="green" if complete else "red",
    )
    return 0 if complete else 1


def bill_of(report: dict[str, Any]) -> str:
    """The credits that a report tells of, in words."""
    told = report["credits"]
    cost = f" ({told['cost']})" if told["cost"] else ""
    if report["status"] == "estimated":
        return f"credits by the report: at most {told['at_most']}{cost}"
    more = f", and up to {told['possibly_charged']} more" if told["possibly_charged"] else ""
    return f"credits by the report: {told['settled']}{cost}{more}"


def ledger_since(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What the stand-in took and charged between two looks at its ledger, in words; empty if it
    took nothing.
    """
    requests, charges = (
        after.get(name, [])[len(before.get(name, [])) :] for name in ("requests", "charges")
    )
    if not requests:
        return ""
    contacts = sum(len(request["contacts"]) for request in requests)
    found, charged = (sum(charge[name] for charge in charges) for name in ("found", "credits"))
    return (
        f"the provider's ledger: {contacts} contacts in {len(requests)} requests, {found} found,"
        f" {charged} credits"
    )


def _watch(console: Console, user: User, job: str) -> JobState:
    """Show a job's progress until there is a report on its end or a pause; its state then."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        rows = progress.add_task("rows split", total=None)
        batches = progress.add_task("batches accepted", total=None)
        results = progress.add_task("results in", total=None)
        give_up = time.time() + _PATIENCE
        while True:
            seen = user.progress(job)
            if seen:
                give_up = seen.deadline_at + _PATIENCE
                split = seen.state is not JobState.SPLITTING
                progress.update(rows, total=seen.rows if split else None, completed=seen.rows)
                progress.update(
                    batches, total=seen.batches if split else None, completed=seen.accepted
                )
                progress.update(
                    results, total=seen.contacts if split else None, completed=seen.results
                )
                if seen.reported:
                    return seen.state
            if time.time() > give_up:
                raise StackError(f"job {job} has not ended; see .local/aws.log")
            time.sleep(0.3)


def _summarise(
    console: Console,
    report: dict[str, Any],
    fetched: dict[str, Path],
    ledger: str,
) -> None:
    if report["message"]:
        console.print(report["message"], style="yellow", markup=False)
    counts = Table("rows", str(report["rows"]), box=None, pad_edge=False)
    for state, rows in report["counts"].items():
        if rows:
            counts.add_row(state, str(rows))
    if report["counts"]:
        console.print(counts)
    if report["credits"]:
        console.print(bill_of(report), highlight=False)
    if report["earlier"]:
        console.print(
            f"the earlier answer: {report['earlier']['enriched']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if ledger:
        console.print(ledger, highlight=False)
    for name, path in fetched.items():
        label = {
            ENRICHED: "enriched",
            REJECTED: "rejected",
            ".html": "report",
            ".json": "report data",
        }[name]
        console.print(
            f"{label:<12} {path.relative_to(ROOT)}", markup=False, highlight=False, soft_wrap=True
        )


if __name__ == "__main__":
    sys.exit(main())
