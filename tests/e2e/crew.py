"""Who makes the crashes: drops files, watches their jobs, and lets processes die."""

import csv
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from enrichment.adapters.clients import Clients
from enrichment.clock import system_clock
from enrichment.domain.batch import BatchState
from enrichment.domain.folder import job_id
from enrichment.domain.job import ENDED, UNDER_WAY, Job, JobState
from enrichment.pipeline import Pipeline, new_id
from local.provider.behaviour import Faults
from local.stack import Stack
from local.user import User
from tests.e2e.looking import eventually
from tests.e2e.processes import Processes

DEADLINE = 60  # seconds, the shortest that the template allows
SLACK = 30  # seconds after the deadline within which a job must have its output
HIDDEN = 20  # seconds for which the result of a process that died is hidden: no run takes longer
KILLING = 28  # seconds after the upload for which processes are killed
RESTART = 10  # seconds after the upload at the least when all of them are
# How often the embedded AWS tries a failed asynchronous start again; after that only the sweeper
# takes it up, 20 minutes later.
EMULATORS_RETRIES = 2
# In every last name and nowhere else, so that people's data is recognised where it must not be.
FAMILY = "Zyxwvut"


@dataclass(frozen=True)
class Upload:
    """A dropped file and its job."""

    key: str
    rows: list[list[str]]
    job: str

    @property
    def expected(self) -> Iterator[tuple[int, list[str], str]]:
        """Each row with its number in a spreadsheet and what it is: valid, rejected or
        duplicate_of.
        """
        for number, row in enumerate(self.rows[1:], start=2):
            yield number, row, row[-1]


def contacts_file(name: str, count: int) -> list[list[str]]:
    """Rows of which some lack a name and some repeat an earlier person; the last cell tells
    which.
    """
    rows = [["Note", "First Name", "Last Name", "Domain", "Kind"]]
    for n in range(count):
        row = [f'"{n}", he\nsaid', f"Jane{n}", f"{FAMILY}-{name}", f"company{n}.example", "valid"]
        if n % 20 == 7:
            row[1], row[4] = "", "rejected"
        elif n % 20 == 13:
            website = f"https://www.company{n - 1}.example/"
            row[1], row[3], row[4] = f"jane{n - 1} ", website, "duplicate_of"
        rows.append(row)
    return rows


class Administrator(Clients):
    """Clients of a stack with an administrator's rights."""

    def __init__(self, running: Stack) -> None:
        self.dynamodb, self.functions = running.client("dynamodb"), running.client("lambda")


class Crew:
    """Acts on a stack and watches it."""

    def __init__(self, running: Stack) -> None:
        self.stack, self.account = running, User(running)
        self.processes = Processes(running)
        environment = {
            "TABLE": running.table,
            "RETENTION_DAYS": "0",  # nothing is created here
            "COMPILE_FUNCTION": running.functions["compile"],
        }
        self._pipeline = Pipeline(Administrator(running), environment, system_clock, new_id)

    def drop(self, name: str, rows: list[list[str]], folder: Path) -> Upload:
        key, file = f"incoming/email/{name}.csv", folder / f"{name}.csv"
        with file.open("w", newline="") as out:
            csv.writer(out).writerows(rows)
        return Upload(key, rows, job_id(self.stack.bucket, key, self.account.upload(file, key)))

    def hide_results(self, seconds: int) -> None:
        """Have the results of a process that died come back after so many seconds."""
        queue, hidden = self.stack.queues["webhook"], {"VisibilityTimeout": str(seconds)}
        self.stack.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes=hidden)

    def misbehave(self, faults: Faults) -> None:
        """Have the provider misbehave from here on."""
        url = self.stack.provider_url.replace("/api/v2", "/behaviour")
        httpx.put(url, json={"faults": faults.model_dump()}).raise_for_status()

    # Watching

    def jobs(self, uploads: list[Upload]) -> list[Job]:
        """The jobs of some uploads, as far as they exist."""
        return [job for upload in uploads if (job := self._pipeline.jobs.get(upload.job))]

    def all_ended(self, uploads: list[Upload]) -> list[Job] | None:
        """The jobs of some uploads once all of them have ended."""
        ended = [job for job in self.jobs(uploads) if job.state in ENDED]
        return ended if len(ended) == len(uploads) else None

    def ledger(self, requests: int) -> dict[str, Any] | None:
        """The ledger once so many batches have been answered."""
        ledger = self.stack.ledger()
        answers = ledger["answers"].items()
        answered = sum(times for name, times in answers if name.startswith("POST"))
        return ledger if answered >= requests else None

    def results_are_stored(self) -> bool:
        """Whether the door's queue is empty; what a dead process had of it comes back later."""
        sqs, names = self.stack.client("sqs"), ("", "NotVisible")
        attributes = sqs.get_queue_attributes(
            QueueUrl=self.stack.queues["webhook"], AttributeNames=["All"]
        )["Attributes"]
        return all(attributes[f"ApproximateNumberOfMessages{name}"] == "0" for name in names)

    def _sending(self, uploads: list[Upload]) -> set[tuple[str, int]]:
        """The batches that a submitter has claimed, but not told of yet."""
        planned = [job for job in self.jobs(uploads) if job.plan]
        batches = [batch for job in planned for batch in self._pipeline.batches.of(job)]
        return {(batch.job, batch.number) for batch in batches if batch.state is BatchState.SENDING}

    def _results(self, job: Job) -> int:
        batches = self._pipeline.batches.of(job)
        return sum(len(self._pipeline.results.of(batch)) for batch in batches)

    # Acting

    def kill(self, calm: list[Upload], uploads: list[Upload]) -> None:
        """Let processes die for a while.

        What dies when is up to chance, within bounds that the embedded AWS's patience and ours set:

        - An upload's event is tried three times, so `split` dies twice at most.
        - A job whose run dies between the step to COMPILING and the start of `compile` waits for
          the sweeper. So until the calm jobs have ended, only `split` and `submit` die.
        - The message of a dead submitter comes back long after the deadline. So few of them die,
          most of them in the middle of a request.
        """
        chance, processes, began = random.Random(20261123), self.processes, time.monotonic()
        caught: set[tuple[str, int]] = set()
        restarted = False
        processes.kill_one(chance, ["split"])
        while time.monotonic() < began + KILLING or not restarted:
            assert time.monotonic() < began + DEADLINE, "the calm jobs did not end in time"
            time.sleep(chance.uniform(0.2, 1.0))
            calm_ended = self.all_ended(calm) is not None
            sending = self._sending(uploads)
            if sending - caught and processes.killed["submit"] < 2:
                processes.kill_one(chance, ["submit"])
                caught |= sending
            elif calm_ended and not restarted and time.monotonic() > began + RESTART:
                processes.kill_all("submit", "webhook", "tally", "sweep", "compile")
                restarted = True
            else:
                mortal = {"webhook", "tally", "sweep"} if calm_ended else set()
                if processes.killed["split"] < EMULATORS_RETRIES:
                    mortal.add("split")
                processes.kill_one(chance, mortal)

    def end_overdue_jobs(self, uploads: list[Upload]) -> None:
        """Wait for the deadline, sweep until no job is under way any more, and let the processes
        die that write the outputs.

        The sweeper is not killed here, for the same reason as `tally` above.
        """
        deadline = max(job.deadline_at for job in self.jobs(uploads))
        time.sleep(max(0.0, deadline - time.time()))

        def none_is_under_way() -> bool:
            self._sweep()
            return all(job.state not in UNDER_WAY for job in self.jobs(uploads))

        eventually(none_is_under_way, SLACK, pause=1)
        self.processes.kill_all("compile")

    def amend(self, uploads: list[Upload]) -> list[str]:
        """Have late results written into the outputs, as the sweeper does once they have waited for
        five minutes; the jobs.
        """

        def late() -> list[Job]:
            return [job for job in self.jobs(uploads) if self._results(job) > job.delivered]

        eventually(lambda: all(job.state is JobState.LATE for job in late()), SLACK)
        jobs = late()
        for job in jobs:
            assert self._pipeline.completion.compile(job)
        eventually(lambda: self.all_ended(uploads), SLACK)
        return [job.id for job in jobs]

    def _sweep(self) -> None:
        """What the schedule does each minute, which may be longer than a test wants to wait."""
        functions = self._pipeline.clients.functions
        functions.invoke(FunctionName=self.stack.functions["sweep"], Payload=b"{}")
