"""Real crashes: function processes are killed while jobs run and the provider misbehaves; then every row is checked.

The fixtures tell what happens, in this order, on a stack of this module's own; the tests look at what it left behind:

    calm       several small jobs at once, nobody is killed
    aftermath  some hundred rows, the provider's faults, and processes that die: one by one at random, once in the middle of
               requests to the provider, once all at the same time, and once while the output is being written
"""

import csv
import io
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from enrichment.adapters.functions import Starter
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import BatchState
from enrichment.domain.folder import ENRICHED, REJECTED, job_id
from enrichment.domain.job import ENDED, Job, JobState
from enrichment.usecases.completion import Completion
from local import stack
from local.account import Account
from local.provider import contract
from local.provider.behaviour import Behaviour, Faults
from local.stack import Stack

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the functions' processes in /proc")

Seen = TypeVar("Seen")

CONCURRENCY = 2
DEADLINE = 60  # seconds, the shortest that the template allows
SLACK = 30  # seconds after the deadline within which a job must have its output
SETTINGS = {
    "DEADLINE_MINUTES": str(DEADLINE // 60),
    "CONCURRENCY": str(CONCURRENCY),  # fewer than the stand-in would serve at a time
    "STANDIN_ANSWER_SECONDS": "0.5",  # long enough to die in
    "STANDIN_RESULT_SECONDS": "6",
    "STANDIN_SEED": "1",
}
# Late webhooks come when the jobs are about to end or have ended; until then no job can be complete.
FAULTS = Faults(
    throttled=0.15,
    broken_before=0.1,
    broken_after=0.2,
    webhook_twice=0.1,
    webhook_late=0.1,
    late_seconds=52,
    webhook_missing=0.03,
)
CALM_JOBS, CALM_ROWS = 5, 3
CRASH_JOBS, CRASH_ROWS = 4, 160
KILLING = 32  # seconds after the upload for which processes are killed
EMULATORS_RETRIES = 2  # of an asynchronous start that failed; then only the sweeper takes it up, after 20 minutes
FAMILY = "Zyxwvut"  # in every last name and nowhere else, so that people's data is recognised where it must not be


def eventually(look: Callable[[], Seen | None], limit: float, pause: float = 0.2) -> Seen:
    """What `look` returns once it is neither None nor false; fails after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@dataclass(frozen=True)
class Upload:
    """A dropped file and its job."""

    key: str
    rows: list[list[str]]
    job: str

    @property
    def expected(self) -> Iterator[tuple[int, list[str], str]]:
        """Each row with its number in a spreadsheet and what it is: valid, rejected or duplicate_of."""
        for number, row in enumerate(self.rows[1:], start=2):
            yield number, row, row[-1]


def contacts_file(name: str, count: int) -> list[list[str]]:
    """Rows of which some lack a name and some repeat an earlier person; the last cell tells which."""
    rows = [["Note", "First Name", "Last Name", "Domain", "Kind"]]
    for n in range(count):
        row = [f'"{n}", he\nsaid', f"Jane{n}", f"{FAMILY}-{name}", f"company{n}.example", "valid"]
        if n % 20 == 7:
            row[1], row[4] = "", "rejected"
        elif n % 20 == 13:
            row[1], row[3], row[4] = f"jane{n - 1} ", f"https://www.company{n - 1}.example/", "duplicate_of"
        rows.append(row)
    return rows


class Crew:
    """The processes in which the embedded AWS runs the functions, and their deaths."""

    def __init__(self, running: Stack) -> None:
        self._parent = running.processes[0]
        self._names = {f"ministack-lambda-{name}-": function for function, name in running.functions.items()}
        self.killed: Counter[str] = Counter()

    def alive(self) -> dict[int, str]:
        """The function that each process runs."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_text()
            except (OSError, IndexError):  # it has ended meanwhile
                continue
            if parent == self._parent and "_worker.py" in command:
                found |= {int(entry.name): function for start, function in self._names.items() if start in command}
        return found

    def kill(self, process: int, function: str) -> None:
        os.kill(process, signal.SIGKILL)
        self.killed[function] += 1

    def kill_all(self, *functions: str) -> None:
        """Kill the processes of some functions at once."""
        for process, function in self.alive().items():
            if function in functions:
                self.kill(process, function)


class Site:
    """The stack with what is needed to look at it and to act on it."""

    def __init__(self, running: Stack) -> None:
        self.stack, self.account, self.crew = running, Account(running), Crew(running)
        self.table = JobTable(running.client("dynamodb"), running.table, retention=0)
        self._lambda = running.client("lambda")
        starter = Starter(self._lambda, running.functions["split"], running.functions["compile"])
        self.completion = Completion(self.table, starter, lambda: int(time.time()))

    def drop(self, name: str, rows: list[list[str]], folder: Path) -> Upload:
        key, file = f"incoming/email/{name}.csv", folder / f"{name}.csv"
        with file.open("w", newline="") as out:
            csv.writer(out).writerows(rows)
        return Upload(key, rows, job_id(self.stack.bucket, key, self.account.upload(file, key)))

    def jobs(self, uploads: list[Upload]) -> list[Job]:
        return [job for upload in uploads if (job := self.table.job(upload.job))]

    def all_done(self, uploads: list[Upload]) -> list[Job] | None:
        jobs = self.jobs(uploads)
        return jobs if len(jobs) == len(uploads) and all(job.state in ENDED for job in jobs) else None

    def sweep(self) -> None:
        """What the schedule does each minute, which may be longer than a test wants to wait."""
        self._lambda.invoke(FunctionName=self.stack.functions["sweep"], Payload=b"{}")

    def results(self, job: Job) -> int:
        return sum(self.table.count_results(batch) for batch in self.table.batches(job))

    def sends(self, uploads: list[Upload]) -> bool:
        """Whether a submitter is about to send a batch, or has sent it and waits for the answer."""
        jobs = self.jobs(uploads)
        return any(batch.state is BatchState.SENDING for job in jobs if job.plan for batch in self.table.batches(job))

    def misbehave(self, faults: Faults) -> None:
        url = self.stack.provider_url.replace("/api/v2", "/behaviour")
        httpx.put(url, json={"faults": faults.model_dump()}).raise_for_status()


@dataclass(frozen=True)
class Row:
    """One row of an output, beside what the provider's ledger holds about it."""

    number: int
    given: list[str]
    kind: str
    cells: list[str]
    values: dict[str, str]  # of the columns that were added
    charged: list[dict[str, Any]]  # the row's contact in each request that was paid for
    answers: list[int | str]  # what each of its webhooks was answered with

    @property
    def status(self) -> str:
        return self.values["enrichment_status"]

    @property
    def delivered(self) -> bool:
        """Whether a webhook of this row was answered with 200."""
        return 200 in self.answers


@dataclass(frozen=True)
class Aftermath:
    """What is there when everything has ended. `first` are the jobs as they first were done, before anything was amended."""

    site: Site
    uploads: list[Upload]
    first: dict[str, Job]
    ledger: dict[str, Any]
    texts: dict[str, dict[str, str]]  # of the answers, by job and kind
    killed: Counter[str]
    log: Path

    def report(self, upload: Upload) -> dict[str, Any]:
        return dict(json.loads(self.texts[upload.job][".json"]))

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """The rows by job, in the order of the output."""
        charged: dict[tuple[str, int], list[dict[str, Any]]] = {}
        answers: dict[tuple[str, int], list[int | str]] = {}
        for charge in self.ledger["charges"]:
            for contact in charge["contacts"]:
                charged.setdefault(row_of(contact["custom"]), []).append(contact)
        for webhook in self.ledger["webhooks"]:
            answers.setdefault(row_of(webhook["custom"]), []).append(webhook["status"])
        rows = {}
        for upload in self.uploads:
            header, *output = cells(self.texts[upload.job][ENRICHED])
            names, width = header[len(upload.rows[0]) :], len(upload.rows[0])
            rows[upload.job] = [
                Row(
                    number,
                    given,
                    kind,
                    out[:width],
                    dict(zip(names, out[width:], strict=True)),
                    charged.get((upload.job, number), []),
                    answers.get((upload.job, number), []),
                )
                for (number, given, kind), out in zip(upload.expected, output, strict=True)
            ]
        return rows

    @property
    def each_row(self) -> Iterator[Row]:
        for rows in self.rows.values():
            yield from rows


def row_of(custom: dict[str, str]) -> tuple[str, int]:
    """The job and the row that a token names."""
    _, _, job, _, row, _ = custom["token"].split(".")
    return job, int(row)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crashes")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    started = stack.start(print, SETTINGS, folder / "stack")
    yield Site(started)
    stack.stop(started)


@dataclass(frozen=True)
class Calm:
    uploads: list[Upload]
    jobs: list[Job]
    ledger: dict[str, Any]


@pytest.fixture(scope="module")
def calm(site: Site, folder: Path) -> Calm:
    uploads = [site.drop(f"calm-{n}", contacts_file(f"calm{n}", CALM_ROWS), folder) for n in range(CALM_JOBS)]
    jobs = eventually(lambda: site.all_done(uploads), 50)
    return Calm(uploads, jobs, site.stack.ledger())


@pytest.fixture(scope="module")
def aftermath(site: Site, calm: Calm, folder: Path) -> Aftermath:
    site.misbehave(FAULTS)
    uploads = [site.drop(f"crash-{n}", contacts_file(f"crash{n}", CRASH_ROWS), folder) for n in range(CRASH_JOBS)]
    began = time.monotonic()
    kill_at_random(site, uploads, began + KILLING)
    time.sleep(max(0.0, began + DEADLINE - time.monotonic()))

    end_overdue_jobs(site, uploads)
    everything = [*calm.uploads, *uploads]
    done = eventually(lambda: site.all_done(everything), SLACK)

    eventually(lambda: site.stack.ledger()["pending"] == 0, 40)
    amend(site, uploads)
    texts = {
        upload.job: {kind: path.read_bytes().decode() for kind, path in site.account.fetch(upload.key, upload.job, folder).items()}
        for upload in everything
    }
    first = {job.id: job for job in done}
    return Aftermath(site, everything, first, site.stack.ledger(), texts, site.crew.killed, folder / "stack" / "aws.log")


def kill_at_random(site: Site, uploads: list[Upload], until: float) -> None:
    """Let processes die until a point in time.

    An upload's event is tried three times, so `split` dies twice at most. `sweep` dies only where its own tick falls into this
    time, and `compile` not here: no job can be complete yet.
    """
    chance = random.Random(20261123)
    middle = (time.monotonic() + until) / 2
    restarted = caught = False
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.2, 1.2))
        if not caught and site.sends(uploads):
            site.crew.kill_all("submit")
            caught = True
        elif not restarted and time.monotonic() > middle:
            site.crew.kill_all("submit", "webhook", "tally", "sweep", "compile", "operate")
            restarted = True
        else:
            alive = site.crew.alive()
            spared = {"split"} if site.crew.killed["split"] >= EMULATORS_RETRIES else set()
            if choice := sorted(set(alive.values()) - spared):
                function = chance.choice(choice)
                process = chance.choice(sorted(process for process, its in alive.items() if its == function))
                site.crew.kill(process, function)


def end_overdue_jobs(site: Site, uploads: list[Upload]) -> None:
    """Sweep until no job runs any more, and let the processes die once that write the first outputs.

    The sweeper is not killed here: if it died between a job's step to COMPILING and the start of `compile`, its later self would
    start that only after 20 minutes.
    """

    def none_runs() -> bool:
        site.sweep()
        return all(job.state is not JobState.RUNNING for job in site.jobs(uploads))

    eventually(none_runs, 20, pause=1)
    site.crew.kill_all("compile")


def amend(site: Site, uploads: list[Upload]) -> None:
    """Have late results written into the outputs, as the sweeper does once they have waited for five minutes."""

    def noticed() -> list[Job] | None:
        jobs = [job for job in site.jobs(uploads) if site.results(job) > job.delivered]
        return jobs if all(job.late_at for job in jobs) else None

    for job in eventually(noticed, 20):
        assert site.completion.compile(job)
    eventually(lambda: site.all_done(uploads), SLACK)


def test_no_more_requests_than_the_parameter_are_at_the_provider_at_once(calm: Calm) -> None:
    # Read while nobody was killed: the request of a submitter that dies is still being served when the next one sends.
    assert calm.ledger["contacts"] == CALM_JOBS * CALM_ROWS
    assert len(calm.ledger["charges"]) == CALM_JOBS > CONCURRENCY
    assert (calm.ledger["most_at_a_time"], calm.ledger["most_waiting"]) == (CONCURRENCY, 0)


def test_show(aftermath: Aftermath) -> None:
    print(Counter(row.status for row in aftermath.each_row))
    print(aftermath.killed, aftermath.ledger["answers"], Counter(w["status"] for w in aftermath.ledger["webhooks"]))
    assert 0
