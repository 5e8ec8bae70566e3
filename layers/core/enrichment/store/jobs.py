"""Jobs as they are stored, and the steps between their states."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Any

from enrichment.domain.credits import month_before, month_of
from enrichment.domain.job import (
    BEING_WRITTEN,
    OPEN,
    OPERATOR_TRANSITIONS,
    Canceller,
    Halt,
    Job,
    JobState,
    before,
)
from enrichment.domain.layout import Layout
from enrichment.domain.operating import MOST_ACTIONS, ActionTaken
from enrichment.domain.reading import Reading
from enrichment.domain.summary import Summary
from enrichment.domain.told import Told
from enrichment.errors import Contention
from enrichment.store.items import (
    ANYHOW,
    MONTH_ATTRIBUTE,
    OPEN_ATTRIBUTE,
    Update,
    content_key,
    fields_of,
    job_key,
    reading_key,
)
from enrichment.store.table import Table

_OPEN_JOBS_INDEX, _RECENT_JOBS_INDEX = "open-jobs", "recent-jobs"
_BEFORE_COMPILING = (
    "late_at",
    "fixed_at",
    "compile_began_at",
    "noted",
)  # what a job forgets at that step
_IS = "attribute_exists(pk)"
_MOST_NOTES = 5  # times that the noting of an action is tried while others note theirs
_HALT = ("halt", "halt_message", "halt_told_at")  # what a job forgets when it sends again


class Run(Enum):
    """What became of an attempt to start a job."""

    STARTED = auto()  # it runs, with the caller's plan
    LOST = auto()  # another run over the same upload was faster
    REPEATED = auto()  # another job has the same content


class Jobs:
    """All jobs. A job is in the index of open jobs exactly while its state is one of `OPEN`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, job: Job) -> bool:
        """Store a new job; False when there is one of this id. What is at its default is left out,
        but for what says how to read the rest.
        """
        expires_at = job.created_at + self._table.retention
        listed = {OPEN_ATTRIBUTE: "yes", MONTH_ATTRIBUTE: month_of(job.created_at)}
        item = job.model_dump(mode="json", exclude_defaults=True)
        item |= job.model_dump(mode="json", include={"state", "plan_version"})
        item |= job_key(job.id) | listed | {"expires_at": expires_at}
        return self._table.put_if_new(item) is None

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read)."""
        item = self._table.get(job_key(job_id))
        return Job.model_validate(item) if item else None

    def reading(self, job_id: str) -> Reading | None:
        """How the file of a job was read (a consistent read); None as long as the job does not run.

        Up to plan version 5 it stood in the job's own item.
        """
        item = self._table.get(reading_key(job_id)) or self._table.get(job_key(job_id)) or {}
        is_read = item.get("layout") or item.get("dialect")
        return Reading.model_validate(item) if is_read else None

    def read_anew(self, job: Job, key: str, version: str, layout: Layout) -> None:
        """Let a job read its file where and as it was written anew."""
        place = {"source": "" if key == job.key else key, "version": version}
        written = {"layout": layout.model_dump(mode="json")}
        updates = [Update(job_key(job.id), place), Update(reading_key(job.id), written)]
        if self._table.transact(updates) is not None:  # a job of an earlier version
            self.change(job.id, **place, **written)

    def open(self) -> Iterator[Job]:
        """Jobs that still need the sweeper, as the index has them: a moment behind at times.

        A job that an earlier version left in a state of its own takes today's state here, and one
        that it left out of the index of recent jobs its place there.
        """
        for item in self._table.query_index(_OPEN_JOBS_INDEX, OPEN_ATTRIBUTE, "yes"):
            job = Job.model_validate(item)
            if job.state != item["state"]:
                self._table.update(Update(job_key(job.id), {"state": job.state}, [item["state"]]))
            if MONTH_ATTRIBUTE not in item:
                self.change(job.id, **{MONTH_ATTRIBUTE: month_of(job.created_at)})
            yield job

    def recent(self, now: int) -> Iterator[Summary]:
        """The jobs that are kept, the newest first, as the index has them: a moment behind at
        times. Those that had ended before there was this index are not in it.
        """
        month = month_of(now)
        while month >= month_of(now - self._table.retention):
            for item in self._table.query_index(
                _RECENT_JOBS_INDEX, MONTH_ATTRIBUTE, month, ascending=False
            ):
                yield Summary.model_validate(item)
            month = month_before(month)

    def change(self, job_id: str, **fields: Any) -> None:
        """Set fields of a job that exists, whatever its state."""
        self._table.update(Update(job_key(job_id), fields))

    def note_balance(self, job_id: str, balance: int | None, now: int) -> None:
        """Note the account's balance before the first batch of a job is sent; what was noted first
        stands. None where it could not be had.
        """
        sets = {"balance_asked_at": now}
        if balance is not None:
            sets["balance_before"] = balance
        unasked = "attribute_exists(pk) AND attribute_not_exists(balance_asked_at)"
        self._table.update(Update(job_key(job_id), sets, condition=unasked))

    def note_told(self, job_id: str, told: Told) -> None:
        """Note what people were told, unless a later change was noted by now."""
        sets = {"told": told.model_dump(mode="json"), "told_number": told.number}
        later = "attribute_exists(pk) AND NOT told_number >= :number"
        update = Update(job_key(job_id), sets, condition=later, values={"number": told.number})
        self._table.update(update)

    def hand_on(self, job: Job, now: int, plan: str, planned: int, rules: str) -> bool:
        """Leave a plan to the next run over the file, which begins its attempts anew.

        Returns:
            False where a plan of as many rows was left before, or the job is not SPLITTING.
        """
        sets = {
            "unfinished": plan,
            "planned": planned,
            "planned_by": rules,
            "handed_on_at": now,
            "attempts": 0,
        }
        further = "NOT planned >= :planned"  # also where an earlier version stored none
        values = {"planned": planned}
        update = Update(job_key(job.id), sets, [JobState.SPLITTING], further, values=values)
        return self._table.update(update) is None

    def run(self, job: Job, reading: Reading, now: int, force: bool, **fields: Any) -> Run:
        """SPLITTING → RUNNING, with the plan that counts, and take the job's content: all or none.
        The reading is kept beside the job, whose item is written with each step of a batch and is
        billed by its size.

        Args:
            job: as it was read; its `content` is taken.
            reading: how its file was read.
            now: epoch seconds; a content that another job took is free again when that job may
                expire.
            force: whether to take the content from a job that has it.
            fields: the plan.
        """
        running = {"state": JobState.RUNNING, "content": job.content, **fields}
        run = Update(job_key(job.id), running, before(JobState.RUNNING, [JobState.SPLITTING]))
        free = "attribute_not_exists(pk) OR job = :job OR expires_at <= :now"
        values = {"job": job.id, "now": now}
        expires_at = job.created_at + self._table.retention
        item = {"job": job.id, "expires_at": expires_at}
        if force:
            free, values = ANYHOW, {}
        take = Update(content_key(job.content), item, condition=free, values=values)
        beside = fields_of(reading) | {"expires_at": expires_at}
        keep = Update(reading_key(job.id), beside, condition=ANYHOW)
        failed = self._table.transact([run, take, keep])
        if failed is None:
            return Run.STARTED
        return Run.REPEATED if failed[1] is not None else Run.LOST

    def end_at_once(self, job_id: str, to: JobState, now: int) -> bool:
        """SPLITTING → a state in which its owner has the report at once.

        Returns:
            False when another run was faster.
        """
        return self._move(job_id, to, {"finished_at": now})

    def pause(self, job_id: str, halt: Halt, message: str) -> bool:
        """RUNNING → PAUSED; False when it is paused already or does not run."""
        return self._move(job_id, JobState.PAUSED, {"halt": halt, "halt_message": message})

    def hold(self, job_id: str) -> bool:
        """Make a pause one that only an operator ends; False when the job is not paused, or is so
        by an operator.
        """
        sets = {"halt": Halt.OPERATOR, "halt_message": ""}
        others, values = "NOT halt = :operator", {"operator": Halt.OPERATOR}
        update = Update(
            job_key(job_id),
            sets,
            [JobState.PAUSED],
            others,
            removes=["halt_told_at"],
            values=values,
        )
        return self._table.update(update) is None

    def note_action(self, job: Job, taken: ActionTaken) -> None:
        """Note what an operator asks for, before it is done. Of many, the last are kept.

        Raises:
            Contention: others noted theirs each time.
        """
        noted: list[Any] = [each.model_dump(mode="json") for each in job.actions]
        for _ in range(_MOST_NOTES):
            kept = [*noted, taken.model_dump(mode="json")][-MOST_ACTIONS:]
            same, values = "(attribute_not_exists(actions) OR actions = :noted)", {"noted": noted}
            there = self._table.update(
                Update(
                    job_key(job.id), {"actions": kept}, condition=f"{_IS} AND {same}", values=values
                )
            )
            if there is None:
                return
            noted = there.get("actions", [])
        raise Contention(f"others note what they do about job {job.id}")

    def resume(self, job_id: str) -> bool:
        """PAUSED → RUNNING; False when it is not paused."""
        return self._move(job_id, JobState.RUNNING, {}, removes=_HALT, only_from=[JobState.PAUSED])

    def cancel(self, job_id: str, by: Canceller, now: int) -> bool:
        """Note that nothing more of a job is to be sent; no batch of it is claimed from then on.

        Returns:
            False when that was noted before, or the job has ended.
        """
        sets = {"cancelled_at": now, "cancelled_by": by}
        running = "attribute_exists(pk) AND attribute_not_exists(cancelled_at)"
        return self._table.update(Update(job_key(job_id), sets, OPEN, running)) is None

    def begin_compiling(
        self,
        job_id: str,
        now: int,
        whole: bool,
        only_from: Iterable[JobState] = tuple(JobState),
        **fields: Any,
    ) -> bool:
        """→ COMPILING; False when somebody took the step already, or it is in no state of those
        that it may come from.

        Results may come late again from here on.

        Args:
            job_id: the job.
            now: epoch seconds.
            whole: whether every batch is settled, so that those that are complete bring no news.
            only_from: the states that it may come from.
            fields: further ones to set with the step.
        """
        sets = {"compile_asked_at": now, "whole": whole, **fields}
        return self._move(
            job_id, JobState.COMPILING, sets, removes=_BEFORE_COMPILING, only_from=only_from
        )

    def compile_again(self, job_id: str, now: int) -> bool:
        """FAILED → COMPILING, which only an operator may ask for; False when it did not fail."""
        failed = [
            state for state, then in OPERATOR_TRANSITIONS.items() if JobState.COMPILING in then
        ]
        fields = {"state": JobState.COMPILING, "compile_asked_at": now, OPEN_ATTRIBUTE: "yes"}
        update = Update(
            job_key(job_id), fields, failed, removes=(*_BEFORE_COMPILING, "compile_attempts")
        )
        return self._table.update(update) is None

    def fail(self, job_id: str, now: int) -> bool:
        """COMPILING or OVERTAKEN → FAILED; False when it is in another state by now."""
        return self._move(job_id, JobState.FAILED, {"finished_at": now})

    def finish_compiling(
        self, job_id: str, now: int, delivered: int, awaits_more: bool, **fields: Any
    ) -> bool:
        """COMPILING → DELIVERED while the job awaits more, else DONE; OVERTAKEN → LATE.

        Args:
            job_id: the job.
            now: epoch seconds.
            delivered: the results that are in the output.
            awaits_more: whether results may still come.
            fields: further ones to set with the step; without `awaited` no row awaits one.

        Returns:
            False when another run finished it before.
        """
        sets = {"finished_at": now, "delivered": delivered, "compile_attempts": 0}
        sets |= {"awaited": 0, **fields}
        to = JobState.DELIVERED if awaits_more else JobState.DONE
        return self._move(job_id, to, sets, only_from=[JobState.COMPILING]) or self._move(
            job_id, JobState.LATE, sets, only_from=[JobState.OVERTAKEN]
        )

    def hand_on_compiling(self, job: Job, noted: str, went_on: bool) -> None:
        """Leave a compilation to the next run, with what this one noted, if it did.

        Args:
            job: as this run read it.
            noted: the run that noted it.
            went_on: whether it came further than the one before, or the next one will, so that it
                is no failed attempt.
        """
        attempts = job.compile_attempts + (not went_on)
        fields = {"noted": noted, "compile_attempts": attempts}
        removes = ("compile_began_at",)  # so that the sweeper starts the next run
        self._table.update(Update(job_key(job.id), fields, BEING_WRITTEN, removes=removes))

    def close(self, job_id: str) -> None:
        """DELIVERED → DONE: no late result is looked for any more."""
        self._move(job_id, JobState.DONE, {}, only_from=[JobState.DELIVERED])

    def note_late_result(self, job_id: str, now: int) -> None:
        """A result came which the output may lack: COMPILING → OVERTAKEN, or → LATE.

        The first such time stands.
        """
        if not self._move(job_id, JobState.OVERTAKEN, {"late_at": now}):
            written = [JobState.DELIVERED, JobState.DONE]
            self._move(job_id, JobState.LATE, {"late_at": now}, only_from=written)

    def note_fixed_rows(self, job_id: str, now: int) -> None:
        """Rows came back which the output lacks, or more is known of some: as for a late result, it
        is to be written anew.

        That is noted first: whoever takes the job to COMPILING after that has them.
        """
        self.change(job_id, fixed_at=now)
        self.note_late_result(job_id, now)

    def dismiss_late(self, job_id: str, awaits_more: bool) -> None:
        """LATE → DELIVERED while the job awaits more, else DONE: what was told of is in the output
        already.
        """
        to = JobState.DELIVERED if awaits_more else JobState.DONE
        self._move(job_id, to, {}, removes=["late_at"], only_from=[JobState.LATE])

    def reopen(self, job_id: str, now: int, deadline_at: int) -> bool:
        """→ RUNNING with a new deadline, which only an operator may ask for.

        Returns:
            False when the job's output is not written, or just being written.
        """
        written = [
            state for state, then in OPERATOR_TRANSITIONS.items() if JobState.RUNNING in then
        ]
        fields = {"state": JobState.RUNNING, "deadline_at": deadline_at, "reopened_at": now}
        fields[OPEN_ATTRIBUTE] = "yes"
        removes = (*_HALT, "late_at", "given_up")
        update = Update(job_key(job_id), fields, written, removes=removes)
        return self._table.update(update) is None

    def _move(
        self,
        job_id: str,
        to: JobState,
        fields: Mapping[str, Any],
        removes: Iterable[str] = (),
        only_from: Iterable[JobState] = tuple(JobState),
    ) -> bool:
        sets = {"state": to, **fields}
        if to in OPEN:
            sets[OPEN_ATTRIBUTE] = "yes"
        else:
            removes = (*removes, OPEN_ATTRIBUTE)
        update = Update(job_key(job_id), sets, before(to, only_from), removes=removes)
        return self._table.update(update) is None
