"""People are erased from what the table and the plans know of a job's rows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrichment.adapters.bucket import Bucket, Version
from enrichment.adapters.secrets import PersonKey
from enrichment.clock import Clock
from enrichment.domain.batch import Batch
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.erasees import (
    Candidate,
    Search,
    Traces,
    texts_in,
    traces_of,
    traces_of_contact,
)
from enrichment.domain.folder import plan_key
from enrichment.domain.job import Job
from enrichment.domain.outcome import RowState
from enrichment.domain.person import Person, person_of
from enrichment.domain.plan import PlannedRow, erased_line, planned_row
from enrichment.domain.receipt import ErasedObject
from enrichment.domain.token import RowRef
from enrichment.store.batches import Batches
from enrichment.store.persons import Persons
from enrichment.store.results import Results

_MAY_COPY, _ERASED = b'"duplicate_of"', b'"erased"'


@dataclass
class Named:
    """Who may be named, by the row of a job's file; `erased` are the rows that were erased before,
    `copies` say of which row another is a copy, and `left` are rows that another job brought home
    and whose people were erased from that job.
    """

    by_row: dict[int, list[Candidate]] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    copies: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def add(self, row: int, candidates: Iterable[Candidate]) -> None:
        """Note whom a row may name."""
        if found := list(candidates):
            self.by_row.setdefault(row, []).extend(found)

    def rows(self) -> frozenset[int]:
        """The rows of those who are named for sure, their copies, and those erased before."""
        sure = {row for row, found in self.by_row.items() if any(one.is_sure for one in found)}
        rows = sure | self.erased | self.left
        firsts = rows | {self.copies[row] for row in rows & self.copies.keys()}
        return frozenset(firsts | {row for row, first in self.copies.items() if first in firsts})

    @property
    def is_sure(self) -> bool:
        """Whether somebody is named for sure who is still there."""
        named = any(one.is_sure for found in self.by_row.values() for one in found)
        return named or bool(self.left)


@dataclass(frozen=True)
class EraseRows:
    """Searches plans and results of a job, and erases rows from them.

    A result leaves a mark in its place (`Results.erase`), so that one that comes later stores
    nothing. The line of a plan stays as long as it was: batches are ranges of its bytes.
    """

    batches: Batches
    results: Results
    persons: Persons
    secret: PersonKey
    bucket: Bucket
    clock: Clock

    def look_at_plan(self, plan: Version, search: Search, named: Named) -> None:
        """Note whom a version of a plan names."""
        self._look_at_lines(self.bucket.lines(plan.key, plan.id), search, named)

    def look_at_fixed_rows(
        self, fixing: Job | None, lines: Iterable[bytes], search: Search, named: Named
    ) -> None:
        """Note whom rows name that another job brought home: nothing in them tells of whom they
        are, but that job's plan does.

        Args:
            fixing: the job that brought them; nothing can be told where it is gone, or its plan.
            lines: as `FixedRejects` writes them.
            search: for whom.
            named: of the job whose rows they are.
        """
        key = plan_key(fixing.id, fixing.plan) if fixing else ""
        stream = self.bucket.read(key) if key else None
        if stream is None:
            return
        stream.close()
        theirs = Named()
        self._look_at_lines(self.bucket.lines(key), search, theirs)
        for original, number, outcome in map(json.loads, lines):
            named.add(original, theirs.by_row.get(number, ()))
            if number in theirs.erased and outcome["state"] != RowState.ERASED:
                named.left.add(original)

    def _look_at_lines(self, plan: Iterable[bytes], search: Search, named: Named) -> None:
        for line in plan:
            if _MAY_COPY in line:
                copy = planned_row(line)
                if copy.duplicate_of is not None:
                    named.copies[copy.row] = copy.duplicate_of
            elif _ERASED in line and planned_row(line).erased:
                named.erased.add(planned_row(line).row)
            elif search.may_name([line.decode()]):
                planned = planned_row(line)
                named.add(planned.row, search.candidates(_traces_of_planned(planned)))

    def look_at_results(self, job: Job, search: Search, named: Named) -> None:
        """Note whom the results of a job name, those set aside too."""
        for row, payload in self.results.aside(job.id):
            named.add(row, among(payload, search))
        for batch in self.batches.of(job):
            for row, came in self.results.of(batch).items():
                named.add(row, among(came.payload, search))

    def contacts(self, job: Job, rows: frozenset[int]) -> dict[int, Contact | None]:
        """Those of rows that are contacts, as they were planned; None where that is erased."""
        lines = self.bucket.lines(plan_key(job.id, job.plan))
        planned = (each for each in map(planned_row, lines) if each.row in rows)
        return {
            each.row: each.contact for each in planned if each.contact or each.erased == "contact"
        }

    def erase_results(self, job: Job, contacts: Iterable[int]) -> int:
        """Erase the results of contacts, those to come too; how many there were."""
        rows, now, erased = list(contacts), self.clock(), 0
        for batch in self.batches.of(job):
            mine = [RowRef(job.id, batch.number, row) for row in rows if _has(batch, row)]
            erased += sum(self.results.erase(ref, now) for ref in mine)
            if mine and batch.reason:
                self.batches.forget_reason(batch)
        return erased

    def forget(self, job: Job, contacts: Iterable[Contact | None]) -> int:
        """Delete the entries of people in the ledger; how many there were."""
        known = [contact for contact in contacts if contact]
        secret = self.secret.read() if known else b""
        wanted = job.wanted or EnrichmentType.EMAIL
        people = [person_of(contact, wanted, job.countries, secret) for contact in known]
        return sum(self.persons.forget(key) for each in people for key in self._keys_of(each))

    def _keys_of(self, person: Person) -> list[str]:
        """The keys of a person's entries; that of a namesake is none of them."""
        there = self.persons.of([person.key]).get(person.key)
        is_namesakes = there is not None and person.is_told_apart(there.marks)
        return [person.own] if is_namesakes else [person.key, person.own]

    def erase_aside(self, job_id: str, rows: frozenset[int], search: Search) -> int:
        """Delete what was set aside of rows, or names somebody; how much."""

        def is_named(row: int, payload: Mapping[str, Any]) -> bool:
            return row in rows or any(one.is_sure for one in among(payload, search))

        return self.results.erase_aside(job_id, is_named)

    def erase_plan(self, plan: Version, rows: frozenset[int]) -> ErasedObject:
        """Write a plan anew, in which nothing is told of rows any more."""
        before = erased = 0
        with self.bucket.write(plan.key, "application/x-ndjson") as out:
            for line in self.bucket.lines(plan.key, plan.id):
                planned = planned_row(line)
                before += not planned.erased
                is_named = planned.row in rows and not planned.erased
                erased += is_named
                out.write((erased_line(line) if is_named else line) + b"\n")
        after = sum(not planned_row(line).erased for line in self.bucket.lines(plan.key))
        return ErasedObject(key=plan.key, rows_before=before, rows_erased=erased, rows_after=after)

    def has_left(self, plan: Version, rows: frozenset[int]) -> bool:
        """Whether a version of a plan tells something of rows that are to be erased."""
        planned = map(planned_row, self.bucket.lines(plan.key, plan.id))
        return any(each.row in rows and not each.erased for each in planned)


def _traces_of_planned(planned: PlannedRow) -> Traces:
    if planned.contact:
        return traces_of_contact(planned.contact)
    return traces_of(
        [*(planned.already or ()), planned.rejected or "", planned.not_worth or ""], {}
    )


def among(payload: Any, search: Search) -> list[Candidate]:
    """Who may be named in what JSON holds."""
    texts = texts_in(payload)
    return search.candidates(traces_of(texts, {})) if search.may_name(texts) else []


def _has(batch: Batch, row: int) -> bool:
    """Whether a row may be one of a batch's contacts."""
    return batch.may_have(row) and batch.first_row <= row <= batch.last_row
