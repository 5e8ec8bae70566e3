"""What the pipeline promises, checked at each step of a job and when everything has ended."""

import csv
import io
import json
from collections import Counter
from typing import Any

from enrichment.domain.batch import UNANSWERED, BatchState
from enrichment.domain.folder import ENRICHED, REPORTS, output_key
from enrichment.domain.job import (
    ENDED_AT_ONCE,
    JOB_TRANSITIONS,
    OPEN,
    OPERATOR_TRANSITIONS,
    UNDER_WAY,
    WRITTEN,
    Job,
    JobState,
)
from enrichment.domain.outcome import RowState
from enrichment.store.items import plan_of, results_of, row_of
from tests.simulation.aws import START
from tests.simulation.bill import BillPromises
from tests.simulation.dynamodb import Item
from tests.simulation.interventions import Interventions
from tests.simulation.people import PeoplePromises
from tests.simulation.provider import Place
from tests.simulation.status import StatusPromises
from tests.simulation.telling import TellingPromises
from tests.simulation.world import FORGED, World

# A job at rest: LATE is left out, since a result that is known of is written in time.
AT_REST = frozenset({JobState.DELIVERED, JobState.DONE, JobState.FAILED, *ENDED_AT_ONCE})

# How a row may end that has its result, that the provider may not have taken, or not take.
WITH_RESULT = (RowState.FOUND, RowState.NOT_FOUND)
NEVER_TAKEN = (
    RowState.NOT_SENT,
    RowState.OVER_BUDGET,
    RowState.REJECTED,
    RowState.NOT_WORTH,
)
NOT_VALID = (*NEVER_TAKEN, RowState.AMBIGUOUS)
AWAITED = (RowState.TIMED_OUT, RowState.AMBIGUOUS)

_TO_WRITE = 60  # seconds, where other runs are interleaved

# The states of a batch between which it is claimed.
_CLAIMED = (BatchState.PLANNED, BatchState.SENDING)

Ends = dict[int, tuple[RowState, str]]
"""Of each row, its state and what was found for it."""


class Promises:
    """Holds a world to its promises.

    Args:
        world: what is looked at.
        interventions: what people did, which frees the pipeline of some promises.
    """

    def __init__(self, world: World, interventions: Interventions) -> None:
        self._world, self._interventions = world, interventions
        self._promise = world.hub.promise
        self._bill = BillPromises(world)
        self._people = PeoplePromises(world, interventions)
        self._status = StatusPromises(world)
        self._telling = TellingPromises(world)
        self._gentle = False
        self._ran_at: dict[str, int] = {}

    def begin(self) -> None:
        """Look how much goes wrong in this history."""
        self._gentle = self._world.hub.faults < 0.02

    # At each write, and at a step of a job

    def on_write(self, key: tuple[str, str], before: Item | None, after: Item) -> None:
        """An item of the table is written."""
        self._bill.on_write(key, before, after)
        self._people.on_write(key, after)
        self._status.on_write(key, before, after)
        self._telling.on_write(key, after)
        if before and (before.get("state"), after.get("state")) == _CLAIMED:
            job = self._world.dynamodb.items[f"JOB#{after['job']}", "JOB"]
            words = f"no batch of job {after['job']} is claimed once it was cancelled"
            self._promise("cancelled_at" not in job, words)
            self._check_lane(job, before)

    def _check_lane(self, job: Item, batch: Item) -> None:
        """A batch that is claimed for the first time has waited for the one before it in its lane,
        unless the sweeper found that one left lying.
        """
        number = int(batch["number"])
        if "claimed_at" in batch or not job["lanes"] < number <= job["cut"]:
            return
        batches = self._partition(plan_of(job["id"], job["plan"]))
        first = next(each for each in batches if each["number"] == number - job["lanes"])
        is_new = first["state"] == BatchState.PLANNED and "claimed_at" not in first
        is_untouched = is_new and first["queued_at"] == batch["queued_at"]
        words = f"batch {number} is not sent before batch {first['number']} had its turn"
        self._promise(not is_untouched, words)

    def on_put(self, key: str, body: bytes) -> None:
        """An object is put into the bucket."""
        self._status.on_put(key, body)

    def on_event(self, told: dict[str, Any]) -> None:
        """People are told of a change."""
        self._telling.on_event(told)

    def on_accepted(self, place: Place) -> None:
        """The provider accepts a contact."""
        self._people.on_accepted(place)

    def on_step(self, before: Item, after: Item) -> None:
        """A job goes from one state to another."""
        old, new = JobState(before["state"]), JobState(after["state"])
        allowed = JOB_TRANSITIONS[old] | OPERATOR_TRANSITIONS.get(old, frozenset())
        self._promise(new in allowed, f"a job goes where it may go ({old} → {new})")
        self._promise(("open" in after) == (new in OPEN), f"the sweeper knows what is {new}")
        if (old, new) == (JobState.SPLITTING, JobState.RUNNING):
            self._ran_at[after["id"]] = self._world.hub.now
            others = self._copies_under_way(after)
            self._promise(not others, "of two files with the same content, one is sent at a time")
        if old in UNDER_WAY and new is JobState.COMPILING:
            self._check_completion(after)
        if old is JobState.LATE and new is JobState.COMPILING:
            news = self._results(after["id"]) > before["delivered"] or "fixed_at" in before
            news = news or self._interventions.given_up  # an operator had it written
            self._promise(news, "a finished job is amended only by news")

    def _copies_under_way(self, job: Item) -> list[str]:
        jobs = (item for key, item in self._world.dynamodb.items.items() if key[1] == "JOB")
        return [
            other["id"]
            for other in jobs
            if other["id"] != job["id"]
            and other["state"] in UNDER_WAY
            and other["content"] == job["content"]
        ]

    def _check_completion(self, job: Item) -> None:
        """The deadline has come, an operator ended the job, or nothing is awaited any more."""
        cancelled = "cancelled_at" in job
        if self._world.hub.now >= job["deadline_at"] or self._interventions.given_up or cancelled:
            return
        batches = self._partition(plan_of(job["id"], job["plan"]))
        if not job["whole"]:
            self._check_first_answer(job, batches)
            return
        for batch in batches:
            number = int(batch["number"])
            # A contact that was set apart may have left what was known of them here, unread.
            mine = batch.get("rows")
            came = self._partition(results_of(job["id"], number))
            results = sum(mine is None or row_of(item["sk"]) in mine for item in came)
            without = (BatchState.REJECTED, BatchState.DIVIDED, BatchState.OVER_BUDGET)
            self._promise(
                results == batch["size"] or batch["state"] in without,
                f"a job is completed only when batch {number} has all its results (it has"
                f" {results})",
            )
        self._promise(len(batches) == job["batches"], "every batch was looked at")

    def _check_first_answer(self, job: Item, batches: list[Item]) -> None:
        """Something is awaited, but nothing came for long and nothing is left to send."""
        asked = [batch for batch in batches if not self._waited(batch)]
        sent = all(batch["state"] not in UNANSWERED for batch in asked)
        self._promise(sent, "a first answer is given only when every batch was answered")
        last = max((int(batch.get("claimed_at") or 0) for batch in asked), default=0)
        last = max(last, int(job.get("last_result_at") or 0))
        quiet = self._world.hub.now - last >= 600
        # A sweep may have looked just before a result came, which amends the output then.
        unseen = any(began <= last for began in self._world.sweeps)
        self._promise(quiet or unseen, "a first answer is given when all is quiet")

    def _waited(self, batch: Item) -> bool:
        """Whether a batch waits for people who are on their way for others, or did so when a sweep
        may have looked at it.
        """
        # A claim has the time of just before it is written.
        claimed = int(batch.get("claimed_at") or 0) + _TO_WRITE
        unseen = any(began <= claimed for began in self._world.sweeps)
        return batch["waits"] > 0 and (batch["state"] == BatchState.PLANNED or unseen)

    def _results(self, job: str) -> int:
        return sum(key[0].startswith(f"RESULT#{job}#") for key in self._world.dynamodb.items)

    def _partition(self, pk: str) -> list[Item]:
        return [item for key, item in self._world.dynamodb.items.items() if key[0] == pk]

    # At the end

    def check(self) -> None:
        """Everything has ended.

        Raises:
            Violation: with the story.
        """
        jobs = [self._check_rest(each) for each in self._world.jobs]
        self._check_door()
        self._check_payments(jobs)
        for job in jobs:
            self._telling.check(job.id, self._report(job)["status"])
        self._bill.check(jobs)
        for job in jobs:
            if job.state in WRITTEN:
                self._check_output(job)
            else:
                self._check_unsent(job)

    def _check_door(self) -> None:
        door = self._world.door
        self._promise(not (door.queue or door.dead), "nothing is left in the door's queues")
        items = str(list(self._world.dynamodb.items.values()))
        self._promise(FORGED not in items, "a forged result writes nothing")

    def _check_rest(self, job_id: str) -> Job:
        job = self._world.job(job_id)
        state = job.state if job else "unknown"
        self._promise(state in AT_REST, f"the job has ended (it is {state})")
        assert job
        return job

    def _check_payments(self, jobs: list[Job]) -> None:
        accepted, resent = self._world.provider.accepted, self._interventions.resent
        for job in jobs:
            for row in self._world.file(job.id).rows:
                times = accepted[job.id, row]
                words = f"row {row} is paid at most once (it was accepted {times} times)"
                self._promise((job.id, row) in resent or times <= 1, words)

    def _check_unsent(self, job: Job) -> None:
        report = self._report(job)
        # Of two runs over a file at the same time, one may give up while the other sees that it is
        # a copy.
        gave_up = "several attempts" in report["message"]
        if job.state is JobState.REPEATED and not gave_up:
            earlier = self._world.job(report["earlier"]["job"])
            ended = earlier is not None and earlier.state in (*WRITTEN, JobState.FAILED)
            self._promise(ended, "a repeated file's report points to a job that has ended")
        elif job.state is JobState.FAILED:
            self._promise(report["status"] == "failed", "a failed job's owner is told")
            words = "only what fails again and again ends so"
            self._promise(job.compile_attempts >= 3, words)
            return
        else:
            deleted = job.id in self._interventions.deleted
            told = gave_up or deleted or report["status"] == "repeated"
            self._promise(told, "a refused file has been tried several times")
        sent = any(place[0] == job.id for place in self._world.provider.accepted)
        self._promise(not sent, f"nothing was sent for a job that is {job.state}")

    def _check_output(self, job: Job) -> None:
        output = _cells(self._object(output_key(ENRICHED, job.key, job.id, ".csv")))
        own = _cells(self._world.file(job.id).text)
        width = len(own[0])
        words = "every row comes out once, in order, its cells untouched"
        self._promise([row[:width] for row in output] == own, words)
        state_at = output[0].index("enrichment_status")
        found_at = output[0].index(f"enriched_{self._world.file(job.id).wanted}")
        ends = {
            row: (RowState(out[state_at]), out[found_at])
            for row, out in enumerate(output[1:], start=2)
        }
        for row, (state, found) in ends.items():
            self._check_row((job.id, row), state, found)
        counts = Counter(state for state, _ in ends.values())
        report = self._report(job)
        reported = {state: count for state, count in report["counts"].items() if count}
        self._promise(reported == counts, "the report adds up")
        self._bill.check_report(job, counts, report)
        awaited = any(counts[state] for state in AWAITED)
        self._promise(not counts[RowState.AWAITED], "no row is awaited after the deadline")
        words = "a job is done exactly when none of its rows awaits a result"
        self._promise(awaited == (job.state is JobState.DELIVERED), words)
        self._check_progress(job, ends)

    def _check_row(self, place: Place, state: RowState, found: str) -> None:
        accepted, row = self._world.provider.accepted[place], place[1]
        if place in self._world.acknowledged:
            words = f"row {row}, whose result was acknowledged, has it (it is {state})"
            self._promise(state in WITH_RESULT, words)
            own = found == self._world.acknowledged[place]
            self._promise(own, f"row {row} has its own result")
        if state in (*WITH_RESULT, RowState.TIMED_OUT) and not accepted:
            words = f"row {row} is {state}, so it was accepted, or a row of the same person"
            known = state in WITH_RESULT and self._people.is_known(place, found)
            self._promise(known, words)
        if state in NEVER_TAKEN:
            words = f"row {row} is {state}, so the provider has not accepted it"
            self._promise(accepted == 0, words)
        match self._world.file(place[0]).rows[row]:
            case "rejected":
                words = f"row {row} lacks a name, so it is rejected (it is {state})"
                self._promise(state is RowState.REJECTED, words)
            case "bad":
                words = f"row {row} is not valid, so it is never found (it is {state})"
                known = bool(self._people.others(place))  # by a good row with the same page
                self._promise(state in NOT_VALID or known, words)

    def _check_progress(self, job: Job, ends: Ends) -> None:
        """With few faults, no veto and credits enough, most of an hour suffices to send all."""
        vetoes = (
            *("stops working", "PAUSED", "operator", "table is down"),
            *("waits for credits", "on their way for others", "deletes a file"),
        )
        vetoed = any(veto in line for line in self._world.hub.story for veto in vetoes)
        if self._gentle and self._ran_at[job.id] < START + 900 and not vetoed:
            unsent = [
                row
                for row, (state, _) in ends.items()
                if state is RowState.NOT_SENT and not self._people.others((job.id, row))
            ]
            words = f"most of an hour suffices to send everything (rows {unsent} were not)"
            self._promise(not unsent, words)

    def _object(self, key: str) -> str:
        self._promise(key in self._world.s3.objects, f"{key} is there")
        return self._world.s3.objects[key][-1].decode()

    def _report(self, job: Job) -> dict[str, Any]:
        return dict(json.loads(self._object(output_key(REPORTS, job.key, job.id, ".json"))))


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))
