"""One history of the pipeline: the real use cases and adapters, with whatever can go wrong chosen by a seed.

Every function's run is a greenlet that stops at each of its calls to the outside. One hub chooses who goes on, what becomes of
the call, and which event happens next. Nothing else decides anything, so a seed is a history.
"""

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any

import httpx
from botocore.exceptions import ClientError
from greenlet import getcurrent, greenlet

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.functions import Starter
from enrichment.adapters.items import batch_of_result_key
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.provider import Pronto
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import BatchState
from enrichment.domain.duplicates import Identity
from enrichment.domain.folder import ENRICHED, REPORTS, answer_key, job_id
from enrichment.domain.job import ENDED, Job, JobState
from enrichment.domain.outcome import RowState
from enrichment.domain.token import SigningKeys, verify
from enrichment.errors import EnrichmentError
from enrichment.usecases.compile import CompileJob
from enrichment.usecases.completion import Completion
from enrichment.usecases.estimate import EstimateJob
from enrichment.usecases.operate import Action, Operate
from enrichment.usecases.pause import PauseJob, ResumeJob
from enrichment.usecases.publish import PublishReport
from enrichment.usecases.receive import ReceiveWebhook
from enrichment.usecases.split import SplitUpload
from enrichment.usecases.submit import SubmitBatch
from enrichment.usecases.sweep import Sweep
from enrichment.usecases.tally import TallyResults
from local.provider import contract
from tests.simulation.aws import S3, SQS, START, DynamoDB, Lambda
from tests.unit.builders import LIMITS, MONEY

KEY = "incoming/email/leads.csv"
COPY = "incoming/email/copy of leads.csv"
DEADLINE = 3600
PRICE = 1
BATCH = 3
RECOVERY = 3 * 3600  # seconds after the deadline by which all that was acknowledged must be in the output
MOST_STEPS = 20_000

Place = tuple[str, int]  # a job and a row of its file


# What may become of a POST, beside going well.
ANSWERS = (
    *("refused connection", "throttled", "broken before", "silent before"),
    *("broken after", "silent after", "killed before", "killed after"),
)


class Violation(AssertionError):
    """A history that breaks a promise."""


class Killed(BaseException):
    """The death of a function's process."""


class Fate(Enum):
    """What becomes of a call to the outside."""

    WELL = auto()
    FAILS = auto()  # nothing happens, the caller is told so
    LOST = auto()  # it happens, the caller is told that it failed
    TWICE = auto()  # the first answer was lost, the SDK asks again
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()


@dataclass
class Event:
    """Something that will happen at `due`: a message, a webhook, a tick. `attempt` counts how often it was tried."""

    due: int
    name: str
    run: Callable[[], Any]
    retry_after: int | None = None  # seconds until it is tried again if it fails; None for never
    most_attempts: int = 1
    attempt: int = 1
    asked: str = ""


class Provider:
    """The provider with a ledger; what becomes of each request is chosen by the hub."""

    def __init__(self, history: "History", balance: int, invalid: set[str]) -> None:
        self._history = history
        self.balance, self.invalid = balance, invalid
        self.accepted: Counter[Place] = Counter()  # how often each row was
        self.key_works = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        history = self._history
        if request.method == "GET":
            return httpx.Response(200, json={"credits": self.balance}) if "credits" in request.url.path else httpx.Response(404)
        match history.choose_answer():
            case "refused connection":
                raise httpx.ConnectError("refused")
            case "throttled":
                return httpx.Response(429, headers={"Retry-After": str(history.chance.randrange(90))})
            case "broken before":
                return httpx.Response(503)
            case "silent before":
                raise httpx.ReadTimeout("no answer")
            case "broken after":
                self._serve(request)
                return httpx.Response(500)
            case "silent after":
                self._serve(request)
                raise httpx.ReadTimeout("no answer")
            case "killed before":
                raise Killed
            case "killed after":
                self._serve(request)
                raise Killed
        return self._serve(request)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        if not self.key_works:
            return httpx.Response(401, json={"error": 401, "message": "Invalid API key"})
        body = json.loads(request.content)
        order = contract.single_order(body) if request.url.path.endswith("single_enrich") else contract.bulk_order(body)
        if any(contact["firstname"] in self.invalid for contact in order.contacts):
            return httpx.Response(422, json={"error": 422, "message": "a contact is not valid"})
        if len(order.contacts) * PRICE > self.balance:
            return httpx.Response(422, json={"error": contract.CREDITS_MESSAGE})
        self.balance -= len(order.contacts) * PRICE
        for contact in order.contacts:
            place = self._history.place_of(contact["custom"]["token"])
            self.accepted[place] += 1
            found = contract.findings(contact, "email", 0.7, frozenset())
            self._history.webhook({"enrichment_id": "e", "status": "finished", **found, "custom": contact["custom"]}, place)
        return httpx.Response(202, json={"enrichment_id": "e"})


class Secrets:
    """The two secrets; the signing key may be rotated once."""

    def __init__(self) -> None:
        self.keys = SigningKeys(b"first")

    def api_key(self) -> str:
        return "key"

    def signing_keys(self, fresh: bool = False) -> SigningKeys:  # noqa: ARG002
        return self.keys

    def rotate(self) -> None:
        self.keys = SigningKeys(b"second", b"first")


class SeenInMemory:
    """Remembers names; the disk is no part of what is simulated."""

    def __init__(self) -> None:
        self._rows: dict[str | None, int] = {}

    def first_row(self, who: Identity, row: int) -> int | None:
        earlier = self._rows.setdefault(who.name, row)
        return None if earlier == row else earlier


@contextmanager
def seen() -> Iterator[SeenInMemory]:
    yield SeenInMemory()


class NoMetrics(Metrics):
    def __init__(self) -> None:
        pass

    def count(self, name: str, times: int = 1) -> None:
        pass


class History:
    """A file's life from its upload to long after its deadline.

    Args:
        chance: chooses everything.
        plant: changes the use cases before anything runs, to see whether that is found out.
        script: what goes wrong, by the number of the call; then nothing else does. It is what Hypothesis shrinks.
        copied: whether the same file is uploaded twice, under two names.
    """

    def __init__(
        self,
        chance: random.Random,
        plant: Callable[["History"], None] = lambda _: None,
        script: Mapping[int, int] | None = None,
        copied: bool = False,
    ) -> None:
        self._script, self._calls = script, 0
        self.chance = chance
        self.now = START
        self.story: list[str] = []
        self.events: list[Event] = []
        self.running: list[tuple[greenlet, Event]] = []
        self.faults = 0.0
        self.jobs = {job_id("data", key, "1"): key for key in ((KEY, COPY) if copied else (KEY,))}
        self.acknowledged: dict[Place, str] = {}  # the e-mail that a row's acknowledged webhook brought
        self.resent: set[Place] = set()  # rows that an operator had sent again
        self.given_up = False
        self.ran_at: dict[str, int] = {}
        self._fateful = True
        self._ids = 0
        self._file, self.rows = self._make_file()
        self.provider = Provider(self, balance=self._some(4, 200), invalid={"Bad"})
        self.cap = None if chance.random() < 0.7 else self._some(3, 15)
        self._wire()
        plant(self)

    # The world

    def _wire(self) -> None:
        self.dynamodb = DynamoDB(self._guard, self._on_write)
        self.s3 = S3(self._guard)
        table = JobTable(self.dynamodb, "table", 90 * 86_400)  # type: ignore[arg-type]  # in memory, as the next three
        bucket = Bucket(self.s3, "data")  # type: ignore[arg-type]
        queue = SubmitQueue(SQS(self._guard, self._on_message), "queue")  # type: ignore[arg-type]
        starter = Starter(Lambda(self._guard, self._on_start), "split", "compile")  # type: ignore[arg-type]
        self.secrets = Secrets()
        pronto = Pronto(httpx.Client(transport=httpx.MockTransport(self.provider)), "https://pronto.test")
        completion = Completion(table, starter, self.clock)
        publish = PublishReport(bucket, lambda report: report.job)
        pause = PauseJob(table, publish, NoMetrics(), self.clock)
        resume = ResumeJob(table, queue)
        self.table, self.bucket = table, bucket
        self.split = SplitUpload(
            table=table,
            bucket=bucket,
            queue=queue,
            completion=completion,
            publish=publish,
            estimate=EstimateJob(table, bucket, self.clock, lambda _: PRICE, MONEY, None),
            seen=seen,
            clock=self.clock,
            new_id=self._new_id,
            deadline_seconds=DEADLINE,
            price=lambda _: PRICE,
            limits=LIMITS,
            batch_size=BATCH,
        )
        self.submit = SubmitBatch(
            table=table,
            bucket=bucket,
            queue=queue,
            provider=pronto,
            secrets=self.secrets,  # type: ignore[arg-type]
            completion=completion,
            pause=pause,
            clock=self.clock,
            new_id=self._new_id,
            webhook_url="https://hooks.test/",
            month_cap=self.cap,
        )
        self.receive = ReceiveWebhook(table, self.secrets, NoMetrics(), self.clock)  # type: ignore[arg-type]
        self.tally = TallyResults(table, completion, NoMetrics())
        self.compile = CompileJob(table, bucket, publish, self.clock, MONEY)
        self.sweep = Sweep(
            table=table,
            bucket=bucket,
            queue=queue,
            starter=starter,
            completion=completion,
            provider=pronto,
            secrets=self.secrets,  # type: ignore[arg-type]
            pause=pause,
            resume=resume,
            clock=self.clock,
        )
        self.operate = Operate(
            table=table, queue=queue, completion=completion, resume=resume, clock=self.clock, deadline_seconds=DEADLINE
        )

    def clock(self) -> int:
        return self.now

    def _new_id(self) -> str:
        self._ids += 1
        return f"id-{self._ids}"

    def _make_file(self) -> tuple[str, dict[int, str]]:
        """A small file, and what is known of its rows from the start."""
        rows: dict[int, str] = {}
        lines = ["First Name,Last Name,Domain"]
        for number in range(2, 2 + self._some(1, 14)):
            kind = "bad" if (luck := self.chance.random()) < 0.05 else "rejected" if luck < 0.12 else "good"
            rows[number] = kind
            first = {"bad": "Bad", "rejected": "", "good": f"Jane{number}"}[kind]
            lines.append(f"{first},Doe{number},company{number}.example")
        return "\r\n".join(lines) + "\r\n", rows

    def _some(self, least: int, most: int) -> int:
        return least + self.chance.randrange(most - least + 1)

    def place_of(self, token: str) -> Place:
        ref = verify(token, self.secrets.keys)
        return ref.job, ref.row

    # What the hub hears of

    def _guard(self, name: str, act: Callable[[], Any]) -> Any:
        """A call to the outside: the caller stops, and the hub says how it goes."""
        if not self._fateful or getcurrent().parent is None:
            return act()
        match getcurrent().parent.switch(name):
            case Fate.KILLED_BEFORE:
                raise Killed
            case Fate.FAILS:
                raise _throttled(name)
            case Fate.TWICE:
                with suppress(ClientError):
                    act()
                return act()
            case Fate.LOST:
                act()
                raise _throttled(name)
            case Fate.KILLED_AFTER:
                act()
                raise Killed
        return act()

    def choose_answer(self) -> str:
        """What becomes of a POST; the hub chooses, since the caller stops here as at every call."""
        return str(getcurrent().parent.switch("POST"))

    def _on_write(self, key: tuple[str, str], before: dict[str, Any] | None, after: dict[str, Any]) -> None:
        if key[0].startswith("RESULT#") and before is None:
            job, number = batch_of_result_key(key[0])
            for _ in range(self._copies(lost=0.1, doubled=0.1)):
                told = f"the stream tells of a result in batch {number}"
                self._later(1, 90, told, lambda: self.tally.run([(job, number)]), 5, 3)
        if key[1] == "JOB" and before and before["state"] != after["state"]:
            self._tell(f"    the job{self._of(after['id'])} is {after['state']} now")
            if after["state"] == JobState.RUNNING:
                self.ran_at[after["id"]] = self.now
            if (before["state"], after["state"]) == (JobState.RUNNING, JobState.COMPILING):
                self._check_completion(after)

    def _on_message(self, message: dict[str, Any], delay: int) -> None:
        job, number = message["job"], message["batch"]
        for _ in range(self._copies(lost=0.08, doubled=0.1)):
            self._later(
                delay, 30, f"the queue asks for batch {number}{self._of(job)}", lambda: self.submit.run(job, number), 540, 5
            )

    def _on_start(self, function: str, event: dict[str, Any]) -> None:
        for _ in range(self._copies(lost=0.08, doubled=0.08)):
            if function == "compile":
                self._later(0, 10, "a compilation starts", lambda: self.compile.run(event["job"]), 60, 3)
            else:
                self._later(0, 10, "a split starts", partial(self._split, event["detail"]["object"]["key"]), 60, 3)

    def webhook(self, payload: dict[str, Any], place: Place) -> None:
        """The provider has a contact's result: its webhook comes once, often, late, or never."""
        luck = self.chance.random() if self.faults else 1.0
        times = 0 if luck < 0.08 else self._some(2, 5) if luck < 0.2 else 1
        longest = DEADLINE + 1800 if 0.2 <= luck < 0.3 else 240
        body = json.dumps(payload).encode()

        def deliver() -> None:
            self.receive.run(body)
            self.acknowledged[place] = payload["email"] or ""

        for _ in range(times):
            self._later(0, longest, f"the webhook for row {place[1]}{self._of(place[0])}", deliver)

    def _split(self, key: str) -> None:
        self.split.run(key, "1", len(self._file))

    def _of(self, job: str) -> str:
        """Which job a line of the story is about, where there are two."""
        return "" if len(self.jobs) == 1 else f" of “{self.jobs[job].rpartition('/')[2]}”"

    def _later(
        self, least: int, spread: int, name: str, run: Callable[[], Any], retry_after: int | None = None, most: int = 1
    ) -> None:
        due = self.now + least + (self.chance.randrange(spread) if spread else 0)
        self.events.append(Event(due, name, run, retry_after, most))

    def _copies(self, lost: float, doubled: float) -> int:
        if not self.faults:
            return 1
        luck = self.chance.random()
        return 0 if luck < lost else 2 if luck < lost + doubled else 1

    # The hub

    def run(self) -> None:
        """Let everything happen, then check every promise.

        Raises:
            Violation: with the story.
        """
        for key in self.jobs.values():
            self.s3.objects[key] = [self._file.encode()]
        self.faults = self.chance.random() * 0.12 if self._script is None else 0.0
        self.gentle = self.faults < 0.02
        self._tell(
            f"a file of {len(self.rows)} rows is uploaded; {self.faults:.0%} of calls go wrong; the month's cap is {self.cap}"
        )
        for job, key in self.jobs.items():
            for _ in range(self._copies(lost=0.15, doubled=0.15)):
                self._later(0, 30, f"S3 tells of the upload{self._of(job)}", partial(self._split, key), 60, 3)
        self._tick(START + 60)
        self._plan_interventions()
        quiet = START + DEADLINE + 600  # from then on nothing goes wrong any more
        end = START + DEADLINE + RECOVERY
        for _ in range(MOST_STEPS):
            if self.now >= quiet and self.faults:
                self.faults = 0.0
                self._tell("from here on nothing goes wrong")
            if not self._step(end):
                break
        else:
            raise Violation(self.told("it does not come to rest"))
        self._check()

    def _tick(self, at: int) -> None:
        """The schedule ticks each minute near the beginning, less often later, which saves time and changes nothing."""
        self.events.append(Event(at, "the sweeper runs", self.sweep.run))
        gap = 60 if at < START + DEADLINE + 900 else 300
        if at < START + DEADLINE + RECOVERY:
            self.events.append(Event(at, "", lambda: self._tick(at + gap)))

    def _plan_interventions(self) -> None:
        if self.chance.random() < 0.3:
            self._later(0, DEADLINE, "the signing key is rotated", self.secrets.rotate)
        if self.chance.random() < 0.15:
            self._later(0, DEADLINE, "the API key stops working", lambda: setattr(self.provider, "key_works", False))
            self._later(DEADLINE // 2, DEADLINE // 2, "the API key is mended", self._mend_key)
        if self.chance.random() < 0.6:
            self._later(DEADLINE // 3, DEADLINE, "the account is topped up", self._top_up)
        if self.chance.random() < 0.1:
            self._later(DEADLINE + 900, 1800, "an operator resends what is ambiguous", self._resend)
        if self.chance.random() < 0.05:
            self._later(600, DEADLINE, "an operator ends the job", self._give_up)

    def _mend_key(self) -> None:
        self.provider.key_works = True
        self._ask(Action.RESUME)

    def _top_up(self) -> None:
        self.provider.balance += 500

    def _resend(self) -> None:
        for job in filter(None, map(self.table.job, self.jobs)):
            self.resent |= {
                (job.id, row)
                for batch in self.table.batches(job)
                if batch.state == "UNKNOWN"
                for row in range(batch.first_row, batch.last_row + 1)
            }
        self._ask(Action.RESEND)

    def _give_up(self) -> None:
        self.given_up = True
        self._ask(Action.GIVE_UP)

    def _ask(self, action: Action) -> None:
        for job in self.jobs:
            with suppress(EnrichmentError):  # it makes no sense now; the operator sees that
                self.operate.run(job, action)

    def _step(self, end: int) -> bool:
        """Let one thing go on; False when nothing is left to happen before `end`."""
        due = [event for event in self.events if event.due <= self.now]
        if self.running and (not due or self.chance.random() < 0.7):
            self._go_on(self.chance.randrange(len(self.running)))
            return True
        if due:
            event = due[self.chance.randrange(len(due))]
            self.events.remove(event)
            self._begin(event)
            return True
        upcoming = min((event.due for event in self.events), default=end)
        if upcoming >= end:
            return False
        self.now = upcoming
        return True

    def _begin(self, event: Event) -> None:
        if not event.name:
            event.run()
            return
        self._tell(event.name + (f" (attempt {event.attempt})" if event.attempt > 1 else ""))
        self.running.append((greenlet(event.run), event))
        self._go_on(len(self.running) - 1, first=True)

    def _go_on(self, position: int, first: bool = False) -> None:
        task, event = self.running[position]
        if self.chance.random() < 0.1:
            self.now += self.chance.randrange(20)
        try:
            asked = task.switch() if first else task.switch(self._fate(event))
        except Violation:
            raise
        except Killed:
            self._tell(f"    … killed: {event.name}")
            self._ended(position, well=False)
        except Exception as error:
            self._tell(f"    … failed: {event.name}: {type(error).__name__}")
            self._ended(position, well=False)
        else:
            if task.dead:
                if isinstance(asked, str):
                    self._tell(f"    … {asked}")
                self._ended(position, well=True)
            else:
                event.asked = str(asked)

    def _fate(self, event: Event) -> Fate | str:
        asked = event.asked
        if self._script is not None:
            return self._scripted(event, self._script)
        if asked == "POST":
            return self._answer(event)
        if self.chance.random() >= self.faults:
            return Fate.WELL
        fate = list(Fate)[1 + self.chance.randrange(5)]
        self._tell(f"    {event.name}: {asked} {fate.name.lower().replace('_', ' ')}")
        return fate

    def _scripted(self, event: Event, script: Mapping[int, int]) -> Fate | str:
        self._calls += 1
        wish = script.get(self._calls)
        fate: Fate | str
        if event.asked == "POST":
            fate = "well" if wish is None else ANSWERS[wish % len(ANSWERS)]
        else:
            fate = Fate.WELL if wish is None else list(Fate)[wish % len(Fate)]
        if wish is not None:
            self._tell(f"    {event.name}: {event.asked} {fate}")
        return fate

    def _answer(self, event: Event) -> str:
        if self.chance.random() >= 2 * self.faults:
            return "well"
        answer = ANSWERS[self.chance.randrange(len(ANSWERS))]
        self._tell(f"    {event.name}: the provider is {answer}")
        return answer

    def _ended(self, position: int, well: bool) -> None:
        _, event = self.running.pop(position)
        if not well and event.retry_after is not None and event.attempt < event.most_attempts:
            again = Event(self.now + event.retry_after, event.name, event.run, event.retry_after, event.most_attempts)
            again.attempt = event.attempt + 1
            self.events.append(again)

    # The promises

    def _check(self) -> None:
        self._fateful = False
        jobs = [self._check_ended(each) for each in self.jobs]
        for row in self.rows:
            times = sum(self.provider.accepted[job.id, row] for job in jobs)
            if not any((job.id, row) in self.resent for job in jobs):
                self._promise(times <= 1, f"row {row} is paid at most once (it was accepted {times} times)")
        if self.cap is not None and not self.resent:
            spent = self.provider.accepted.total() * PRICE
            self._promise(spent <= self.cap, f"the month's cap of {self.cap} is kept ({spent} were spent)")
        for job in jobs:
            if job.state is JobState.DONE:
                self._check_output(job)
            else:
                self._check_unsent(job)

    def _check_ended(self, job_id: str) -> Job:
        job = self.table.job(job_id)
        if job is None or job.state not in ENDED:
            raise Violation(self.told(f"BROKEN: the job has ended (it is {job.state if job else 'unknown'})"))
        return job

    def _check_unsent(self, job: Job) -> None:
        report = self._report(job)
        if job.state is JobState.REPEATED:
            earlier = self.table.job(report["earlier"]["job"])
            self._promise(earlier is not None and earlier.state is JobState.DONE, "a repeated file's report points to an output")
        else:  # of two runs that answer it at the same time, one may have given up while the other saw that it is a copy
            answered = "several attempts" in report["message"] or report["status"] == "repeated"
            self._promise(answered, "a refused file has been tried several times")
        sent = any(place[0] == job.id for place in self.provider.accepted)
        self._promise(not sent, f"nothing was sent for a job that is {job.state}")

    def _check_output(self, job: Job) -> None:
        output = list(csv.reader(io.StringIO(self._object(answer_key(ENRICHED, job.key, job.id, ".csv")), newline="")))
        original = list(csv.reader(io.StringIO(self._file, newline="")))
        self._promise([row[:3] for row in output] == original, "every row comes out once, in order, its cells untouched")
        ends = {number: (RowState(row[3]), row[4]) for number, row in enumerate(output[1:], start=2)}
        for row, (state, email) in ends.items():
            self._check_row((job.id, row), state, email)
        counts = Counter(state for state, _ in ends.values())
        reported = {state: count for state, count in self._report(job)["counts"].items() if count}
        self._promise(reported == counts, "the report adds up")
        self._check_progress(job, ends)

    def _check_row(self, place: Place, state: RowState, email: str) -> None:
        accepted, row = self.provider.accepted[place], place[1]
        if place in self.acknowledged:
            known = state in (RowState.FOUND, RowState.NOT_FOUND)
            self._promise(known, f"row {row}, whose result was acknowledged, has it (it is {state})")
            self._promise(email == self.acknowledged[place], f"row {row} has its own result")
        match state:
            case RowState.FOUND | RowState.NOT_FOUND | RowState.TIMED_OUT:
                self._promise(accepted >= 1, f"row {row} is {state}, so the provider has accepted it")
            case RowState.NOT_SENT | RowState.OVER_BUDGET | RowState.REJECTED:
                self._promise(accepted == 0, f"row {row} is {state}, so the provider has not accepted it")
        if self.rows[row] == "rejected":
            self._promise(state is RowState.REJECTED, f"row {row} lacks a name, so it is rejected (it is {state})")
        if self.rows[row] == "bad":
            bad = (RowState.REJECTED, RowState.NOT_SENT, RowState.AMBIGUOUS, RowState.OVER_BUDGET)
            self._promise(state in bad, f"row {row} is not valid, so it is never found (it is {state})")

    def _check_completion(self, job: dict[str, Any]) -> None:
        """At the step to COMPILING: the deadline has come, an operator ended the job, or nothing is awaited any more."""
        if self.now >= job["deadline_at"] or self.given_up:
            return
        batches = [item for (pk, _), item in self.dynamodb.items.items() if pk == f"PLAN#{job['id']}#{job['plan']}"]
        for batch in batches:
            results = sum(pk == f"RESULT#{job['id']}#{int(batch['number']):06}" for pk, _ in self.dynamodb.items)
            done = results == batch["size"] or batch["state"] in (BatchState.REJECTED, BatchState.DIVIDED, BatchState.OVER_BUDGET)
            self._promise(done, f"a job is completed only when batch {batch['number']} has all its results (it has {results})")
        self._promise(len(batches) == job["batches"], "every batch was looked at")

    def _check_progress(self, job: Job, ends: dict[int, tuple[RowState, str]]) -> None:
        """With few faults and nobody's veto, most of an hour suffices to send everything."""
        vetoed = any(word in line for line in self.story for word in ("stops working", "NO_CREDITS", "operator"))
        if self.gentle and self.ran_at[job.id] < START + 900 and not vetoed and job.halt is None:
            unsent = [row for row, (state, _) in ends.items() if state is RowState.NOT_SENT]
            self._promise(not unsent, f"most of an hour suffices to send everything (rows {unsent} were not)")

    def _promise(self, kept: bool, promise: str) -> None:
        if not kept:
            raise Violation(self.told(f"BROKEN: {promise}"))

    def _object(self, key: str) -> str:
        self._promise(key in self.s3.objects, f"{key} is there")
        return self.s3.objects[key][-1].decode()

    def _report(self, job: Job) -> dict[str, Any]:
        return dict(json.loads(self._object(answer_key(REPORTS, job.key, job.id, ".json"))))

    def _tell(self, line: str) -> None:
        self.story.append(f"{self.now - START:6d} s  {line}")

    def told(self, end: str) -> str:
        """The history as a readable story."""
        return "\n".join([*self.story, "", end])


def _throttled(name: str) -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, name)


def run_history(seed: int, plant: Callable[[History], None] = lambda _: None) -> History:
    """The history of a seed, run and checked; in every fifth, the same file is uploaded twice.

    Raises:
        Violation: a promise was broken; its text is the story.
    """
    history = History(random.Random(seed), plant, copied=seed % 5 == 4)
    history.run()
    return history
