"""A file, the pipeline over an AWS in memory, and the ways by which functions hear of work.

Each of those ways may lose what it carries or bring it twice; the hub chooses.
"""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import httpx

from enrichment.domain.credits import month_of
from enrichment.domain.folder import job_id
from enrichment.domain.job import Job
from enrichment.domain.person import Reuse
from enrichment.domain.token import RowRef, SigningKeys, sign, verify
from enrichment.domain.window import Window
from enrichment.store.items import batch_of_result_key, batch_sk, job_key, plan_of
from enrichment.usecases.cancel import Deletion
from enrichment.usecases.webhook import Message
from tests.simulation.aws import S3, SQS, START, Bus, Lambda, Secrets
from tests.simulation.door import Door
from tests.simulation.drop import Drop, File
from tests.simulation.dynamodb import DynamoDB, Item
from tests.simulation.hub import Hub, throttled
from tests.simulation.pipeline import (
    BUCKET,
    DEADLINE,
    ENVIRONMENT,
    STATUS_SECONDS,
    FakeClients,
    SimulatedPipeline,
    at_once,
)
from tests.simulation.provider import MOST_NUMBERS, PRICES, Place, Provider, Sent

A = TypeVar("A")
ASKS = "the queue asks for batch"
# How long results are used again, in seconds: for longer than a history lasts, or for part of it.
LONG, SHORT = Reuse(90 * 86_400, 30 * 86_400), Reuse(900, 300)
FORGED = "forged@example.com"
# Seconds after the deadline by which all that was acknowledged must be in the output.
RECOVERY = 3 * 3600
WINDOW = 900  # seconds, of the stream
_INFORMED = 0.25
QUIET = START + DEADLINE + 600
END = START + DEADLINE + RECOVERY


class World:
    """Everything outside the functions.

    Args:
        hub: chooses.
        kind: of the pipeline; a subclass has a bug, to see whether it is found.
        drop: what is uploaded.
    """

    def __init__(self, hub: Hub, kind: type[SimulatedPipeline], drop: Drop) -> None:
        self.hub, self.drop = hub, drop
        self.jobs = {job_id(BUCKET, key, "1"): key for key in drop.files}
        self.acknowledged: dict[Place, str] = {}  # what each acknowledged webhook had found
        self.on_write: Callable[[tuple[str, str], Item | None, Item], None] = lambda *_: None
        self.on_step: Callable[[Item, Item], None] = lambda _before, _after: None
        self.on_accepted: Callable[[Place], None] = lambda _place: None
        self.on_event: Callable[[dict[str, Any]], None] = lambda _detail: None
        self._ids = 0
        balance = hub.some(4, 200) * PRICES[self.drop.wanted]
        most_numbers = MOST_NUMBERS if hub.chance.random() < 0.85 else 40
        self.provider = Provider(
            hub, balance, most_numbers, self._sent_by, self._on_order, self._on_result
        )
        self.table_works = True
        self.topped_up = False  # whether the account was
        # Whether pages are looked at, in some histories: each takes many calls.
        self.informs = random.Random(str(self.jobs)).random() < _INFORMED
        self._changed: dict[str, None] = {}
        self._told: dict[str, None] = {}
        self.informing_due = START  # when the run was to begin that looks at them
        self.informed_at = START  # when the run ended that looked at pages last
        self._window, self._window_began = Window(), START  # of the stream
        self.sweeps: list[int] = []  # when those began that are at work
        self.dynamodb = DynamoDB(self._at_table, self._on_write)
        self.s3 = S3(hub.guard)
        self.secrets = Secrets(hub.guard, {"signing-key": "first"})
        self.door = Door(hub, self._store)
        self.s3.objects |= {key: [limits] for key, limits in self.drop.limits.items()}
        clients = FakeClients(
            dynamodb=self.dynamodb,
            s3=self.s3,
            sqs=SQS(hub.guard, self._on_message, lambda: hub.pending(ASKS), self.door),
            secrets=self.secrets,
            functions=Lambda(hub.guard, self._on_start),
            events=(bus := Bus(hub.guard, lambda told: self.on_event(told))),
            topics=bus,
            links=None,  # none are signed
            http=httpx.Client(transport=httpx.MockTransport(self.provider)),
        )
        environment = {**ENVIRONMENT, "CREDITS_PER_MONTH": str(self.drop.caps.month or 0)}
        self.pipeline = kind(clients, environment, lambda: hub.now, self._new_id)
        self.pipeline.aside = self._aside
        # Seconds within which events of uploads and messages of batches come; few in some histories
        # of several files, since runs that do not meet are little trouble.
        self._spread = 30 if len(self.jobs) == 1 else hub.chance.choice((3, 30))
        self.reuse = LONG if hub.chance.random() < 0.6 else SHORT
        self.pipeline.people = replace(self.pipeline.people, reuse=self.reuse)

    def _aside(self, call: Callable[[], A]) -> Callable[[], A]:
        """A call that is made before or after what is done beside it."""
        return at_once(call) if self.hub.chance.random() < 0.5 else call

    def upload(self) -> None:
        """The file is there, others now or later; and the schedule ticks."""
        first, *others = self.jobs
        self._arrive(first)
        for job in others:
            later = self.hub.some(0, DEADLINE // 2) if self.hub.chance.random() < 0.3 else 0
            self.hub.at(START + later, "", partial(self._arrive, job))
        self._tick(START + 60)

    def _arrive(self, job: str) -> None:
        """A file is there, and S3 tells of it."""
        key = self.jobs[job]
        self.s3.objects[key] = [self.drop.files[key].text.encode()]
        name = f"S3 tells of the upload{self._of(job)}"
        for _ in range(self.hub.copies(lost=0.15, doubled=0.15)):
            self.hub.later(0, self._spread, name, partial(self._split, key), 60, 3)

    def arrived(self, job: str) -> bool:
        """Whether the file of a job was uploaded."""
        return self.jobs[job] in self.s3.objects

    def delete(self, job: str) -> None:
        """The file of a job is deleted, and S3 tells of it."""
        key, now = self.jobs[job], self.hub.now
        self.s3.mark_deleted(key)
        deletion = Deletion(key, "a mark", marked=True, at=now)
        name = f"S3 tells of the deletion{self._of(job)}"
        for _ in range(self.hub.copies(lost=0.15, doubled=0.15)):
            self.hub.later(0, 30, name, partial(self.pipeline.cancel.run, deletion), 60, 3)

    def file(self, job_id: str) -> File:
        """The file of a job."""
        return self.drop.files[self.jobs[job_id]]

    def job(self, job_id: str) -> Job | None:
        return self.pipeline.jobs.get(job_id)

    def _new_id(self) -> str:
        self._ids += 1
        return f"id-{self._ids}"

    def _sent_by(self, token: str) -> Sent:
        ref = verify(token, SigningKeys(*map(str.encode, self.secrets.versions["signing-key"])))
        plan = self.dynamodb.items[_key(job_key(ref.job))]["plan"]
        batch = self.dynamodb.items[plan_of(ref.job, plan), batch_sk(ref.batch)]
        month = batch.get("month") or month_of(self.hub.now)
        return Sent((ref.job, ref.row), ref.batch, month)

    def _on_order(self, place: Place) -> None:
        self.on_accepted(place)

    def _at_table(self, name: str, act: Callable[[], Any]) -> Any:
        """A call to the table, which refuses everything while it is down."""

        def refused() -> None:
            raise throttled(name)

        return self.hub.guard(name, act if self.table_works else refused)

    def _of(self, job: str) -> str:
        """Which job a line of the story is about, where there are two."""
        return "" if len(self.jobs) == 1 else f" of “{self.jobs[job].rpartition('/')[2]}”"

    # What is told to whom

    def _on_write(self, key: tuple[str, str], before: Item | None, after: Item) -> None:
        self.on_write(key, before, after)
        if key[0].startswith("RESULT#") and before is None:
            job, number = batch_of_result_key(key[0])
            name = f"the stream tells of a result in batch {number}"
            tally = partial(self._tally, job, number)
            for _ in range(self.hub.copies(lost=0.1, doubled=0.1)):
                self.hub.later(1, 90, name, tally, 5, 3)
        if key[1] == "JOB" and self.informs:
            self._tell_of(after["id"])
        if key[1] == "JOB" and before and before["state"] != after["state"]:
            self.hub.tell(f"    the job{self._of(after['id'])} is {after['state']} now")
            self.on_step(before, after)

    def _tell_of(self, job: str) -> None:
        """The stream hands over what changed within a period."""
        if not self._changed and not self._told:
            self._tell_later()
        self._changed.setdefault(job)

    def _tell_later(self) -> None:
        self.informing_due = self.hub.now + STATUS_SECONDS
        self.hub.later(STATUS_SECONDS, 0, "the stream tells of jobs", self._inform, 5, 1000)

    def _inform(self) -> None:
        """One run after the other, and each again until it did not fail."""
        self._told, self._changed = self._told | self._changed, {}
        self.pipeline.inform.run(self._told)
        self._told = {}
        self.informed_at = self.hub.now
        if self._changed:
            self._tell_later()

    def _on_message(self, message: dict[str, Any], delay: int) -> None:
        job, number = message["job"], message["batch"]
        name = f"{ASKS} {number}{self._of(job)}"
        for _ in range(self.hub.copies(lost=0.08, doubled=0.1)):
            self.hub.later(delay, self._spread, name, partial(self._submit, job, number), 540, 5)

    def _on_start(self, function: str, event: dict[str, Any]) -> None:
        if function == "compile":
            name, run = "a compilation starts", partial(self._compile, event["job"])
        else:
            name, run = "a split starts", partial(self._split, event["detail"]["object"]["key"])
        for _ in range(self.hub.copies(lost=0.08, doubled=0.08)):
            self.hub.later(0, 10, name, run, 60, 3)

    def _on_result(self, result: dict[str, Any], place: Place) -> None:
        """The provider has a contact's result: its webhook comes once, often, late, or never."""
        luck = self.hub.chance.random() if self.hub.faults else 1.0
        times = 0 if luck < 0.08 else self.hub.some(2, 5) if luck < 0.2 else 1
        longest = DEADLINE + 1800 if 0.2 <= luck < 0.3 else 240
        name = f"the webhook for row {place[1]}{self._of(place[0])}"
        for _ in range(times):
            self.hub.later(0, longest, name, partial(self._receive, result, place))

    def _tick(self, at: int) -> None:
        """The schedule ticks each minute near the beginning, less often later, which saves time and
        changes nothing.
        """
        self.hub.at(at, "the sweeper runs", self._sweep)
        gap = 60 if at < START + 1800 else 120 if at < START + DEADLINE + 900 else 300
        if at < END:
            self.hub.at(at, "", lambda: self._tick(at + gap))

    # The functions

    def _split(self, key: str) -> None:
        self.pipeline.split.run(key, "1", len(self.drop.files[key].text))

    def _submit(self, job: str, number: int) -> str:
        return self.pipeline.submit.run(job, number)

    def _receive(self, result: dict[str, Any], place: Place) -> None:
        self.door.accept(json.dumps(result).encode())
        self.acknowledged[place] = found_in(result)

    def forge(self) -> None:
        """Somebody who knows the form of a token posts a result for a row."""
        job = self.hub.chance.choice(list(self.jobs))
        row = self.hub.chance.choice(list(self.file(job).rows))
        token = sign(RowRef(job, 1, row), SigningKeys(b"a guess"))
        found = {"email": FORGED, "phone": [FORGED]}
        result = {"status": "finished", **found, "custom": {"token": token}}
        self.door.accept(json.dumps(result).encode())

    def _store(self, messages: list[Message]) -> list[str]:
        hurried = self.hub.copies(lost=0.05, doubled=0) == 0
        return self.pipeline.webhook.run_all(messages, lambda: 1.0 if hurried else 20.0).left

    def _tally(self, job: str, number: int) -> None:
        """Runs that meet do not know of each other, as on AWS none do that meet: what both learned
        of a job is forgotten.
        """
        window, self._window = self._window, Window()
        if self.hub.now - self._window_began >= WINDOW:
            self._window_began = self.hub.now
            self.pipeline.tally.end(window)
            window = Window()
        self.pipeline.tally.run([(job, number)], window)
        window = Window.from_state(json.loads(json.dumps(window.state())))
        met = window.jobs.keys() & self._window.jobs.keys()
        window.jobs |= self._window.jobs
        self._window = Window({job: of for job, of in window.jobs.items() if job not in met})

    def _compile(self, job: str) -> None:
        chance = self.hub.chance
        hurried = chance.random() < 0.1
        self.pipeline.compile.run(job, lambda: float(chance.random() < 0.5 or not hurried) * 900)

    def _sweep(self) -> None:
        self.sweeps.append(began := self.hub.now)
        try:
            problems = self.pipeline.sweep.run().problems
        finally:
            self.sweeps.remove(began)
        ours = [problem for problem in problems if not problem.endswith(": ClientError")]
        self.hub.promise(not ours, f"the sweeper stumbles over nothing but AWS ({ours})")


def found_in(result: dict[str, Any]) -> str:
    """The e-mail in a result, or its phone numbers as an output has them."""
    phones = [*(result.get("phone") or ()), *(result.get("phones") or ())]
    numbers = [phone["number"] if isinstance(phone, dict) else phone for phone in phones]
    return result.get("email") or "; ".join(numbers)


def _key(key: dict[str, str]) -> tuple[str, str]:
    return key["pk"], key["sk"]
