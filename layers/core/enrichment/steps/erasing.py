"""A group of objects is searched for people, and they are erased from all of them."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from enrichment.adapters.bucket import Bucket, Version
from enrichment.domain.erasees import Candidate, Search
from enrichment.domain.folder import REJECTED, job_that_fixed, source_key
from enrichment.domain.job import BEING_WRITTEN, Job, JobState
from enrichment.domain.layout import Layout
from enrichment.domain.reading import Reading
from enrichment.domain.receipt import ErasedObject
from enrichment.errors import FileError
from enrichment.steps.erasing_files import EraseFromFiles
from enrichment.steps.erasing_groups import Group
from enrichment.steps.erasing_reports import EraseFromReports
from enrichment.steps.erasing_rows import EraseRows, Named, among
from enrichment.steps.pages import DATA
from enrichment.store.jobs import Jobs

# The states in which a run of a function has a job's file or plan as it was.
_AT_WORK = BEING_WRITTEN | {JobState.SPLITTING}


@dataclass
class Found:
    """Whom a search of a group found, and how its files are written, by key and version. Where a
    file does not say which rows of the job its own are, `apart` has the rows in it.
    """

    named: Named = field(default_factory=Named)
    layouts: dict[tuple[str, str], Layout] = field(default_factory=dict)
    apart: dict[tuple[str, str], Named] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Named]:
        """What was found in any of its objects."""
        return [self.named, *self.apart.values()]

    @property
    def candidates(self) -> list[Candidate]:
        """Everybody who may be named."""
        named = (row for each in self.all for row in each.by_row.values())
        return [candidate for row in named for candidate in row]

    @property
    def is_sure(self) -> bool:
        """Whether somebody is named for sure who is still there."""
        return any(named.is_sure for named in self.all)


class Account:
    """What was erased, object by object.

    Args:
        keep: stores the account, before anything that it tells of is deleted.
        delete: deletes a version of a key for good.
    """

    def __init__(
        self,
        objects: dict[str, ErasedObject],
        keep: Callable[[], None],
        delete: Callable[[str, str], None],
    ) -> None:
        self._objects, self._keep, self._delete = objects, keep, delete
        self.results = self.entries = 0

    def note(self, done: ErasedObject, versions: Iterable[str] = ()) -> None:
        """Note what became of an object, and delete versions of it."""
        told = done.model_copy(update={"versions": tuple(versions)})
        before = self._objects.get(done.key)
        self._objects[done.key] = before.also(told) if before else told
        self._keep()
        for version in told.versions:
            self._delete(done.key, version)


@dataclass(frozen=True)
class EraseGroup:
    """Erases the people of a group. First its plan, which tells what is left to do should a run
    die; last the file of its job, which tells the rows.
    """

    jobs: Jobs
    bucket: Bucket
    rows: EraseRows
    files: EraseFromFiles
    reports: EraseFromReports

    def look(self, group: Group, search: Search) -> Found:
        """Search a group."""
        found = Found()
        for plan in group.plans:
            self.rows.look_at_plan(plan, search, found.named)
        if group.job and group.job.plan:
            self.rows.look_at_results(group.job, search, found.named)
        for each in group.notes:
            for line in self.bucket.lines(each.key, each.id):
                found.named.add(0, among(json.loads(line), search))
            if fixing := job_that_fixed(each.key):
                lines = self.bucket.lines(each.key, each.id)
                self.rows.look_at_fixed_rows(self.jobs.get(fixing), lines, search, found.named)
        for each in group.reports:
            if each.key.endswith(DATA):
                found.named.add(0, self.reports.look(each, search))
        for each in group.files:
            self._look_at_file(group, each, search, found)
        return found

    def is_at_work(self, group: Group) -> bool:
        """Whether a run of a function has the job's file or plan as it was, and would write it."""
        job = self.jobs.get(group.job.id) if group.job else None
        return job is not None and job.state in _AT_WORK

    def erase(self, group: Group, found: Found, search: Search, account: Account) -> None:
        """Erase from a group whom a search found in it."""
        rows = found.named.rows()
        job = self.jobs.get(group.job.id) if group.job else None
        contacts = self.rows.contacts(job, rows) if job and job.plan else {}
        if job:
            account.entries += self.rows.forget(job, contacts.values())
            account.results += self.rows.erase_results(job, contacts) if contacts else 0
            account.results += self.rows.erase_aside(job.id, rows, search)
            if job.halt_message and search.may_name([job.halt_message]):  # the provider's words
                self.jobs.change(job.id, halt_message="")
        self._erase_plans(group, rows, account)
        if job:  # a batch that was on its way may have entered them again
            account.entries += self.rows.forget(job, contacts.values())
        for each in group.memories:
            account.note(ErasedObject(key=each.key), [each.id])
        self._erase_notes(group, rows, search, account)
        self._erase_reports(group, account)
        for each in group.files:
            layout = self._layout(group, each, found)
            if layout:
                self._erase_from_file(group, each, layout, found, rows, account)

    def _look_at_file(self, group: Group, file: Version, search: Search, found: Found) -> None:
        place = (file.key, file.id)
        try:
            looked = self.files.look(file.key, file.id, search, self._reading(group.job, file))
        except FileError:
            found.unread.append(file.key)
            return
        if looked is None or looked.layout is None:
            return
        found.layouts[place] = looked.layout
        if not looked.is_whole:
            found.unread.append(file.key)
        is_apart = _is_apart(file, looked.layout)
        named = found.apart.setdefault(place, Named()) if is_apart else found.named
        for row, candidates in looked.named.items():
            named.add(row, candidates)

    def _layout(self, group: Group, file: Version, found: Found) -> Layout | None:
        """How a file is written; None where it cannot be read."""
        try:
            return found.layouts.get((file.key, file.id)) or self.files.layout(
                file.key, file.id, self._reading(group.job, file)
            )
        except FileError:
            return None

    def _erase_plans(self, group: Group, rows: frozenset[int], account: Account) -> None:
        for each in group.plans:
            if self.rows.has_left(each, rows):
                done = ErasedObject(key=each.key)
                if each.is_latest:
                    done = self.rows.erase_plan(each, rows)
                account.note(done, [each.id])

    def _erase_notes(
        self, group: Group, rows: frozenset[int], search: Search, account: Account
    ) -> None:
        """Results that a run noted, and rows that another job brought home."""

        def is_named(line: bytes) -> bool:
            noted = json.loads(line)
            is_row = isinstance(noted[1], int) and noted[0] in rows
            is_batch = isinstance(noted[1], list) and any(each[0] in rows for each in noted[1])
            return is_row or is_batch or any(one.is_sure for one in among(json.loads(line), search))

        for each in group.notes:
            lines = list(self.bucket.lines(each.key, each.id))
            left = [line for line in lines if not is_named(line)]
            if len(left) == len(lines):
                continue
            done = ErasedObject(key=each.key)
            if each.is_latest:
                with self.bucket.write(each.key, "application/x-ndjson") as out:
                    for line in left:
                        out.write(line + b"\n")
                done = _counted(each.key, len(lines), len(left))
            account.note(done, [each.id])

    def _erase_reports(self, group: Group, account: Account) -> None:
        shown = [
            each
            for each in group.reports
            if each.key.endswith(DATA) and self.reports.shows_values(each)
        ]
        if not shown:
            return
        for newest in (each for each in shown if each.is_latest):
            for done in self.reports.empty(newest):
                account.note(done)
        old = {each.id for each in shown}
        for each in group.reports:
            # A page has no values that its data lack, and no way to tell them.
            if each.id in old or not each.key.endswith(DATA):
                account.note(ErasedObject(key=each.key), [each.id])

    def _erase_from_file(
        self,
        group: Group,
        file: Version,
        layout: Layout,
        found: Found,
        rows: frozenset[int],
        account: Account,
    ) -> None:
        mine: Collection[int] = rows
        if _is_apart(file, layout):
            mine = found.apart.get((file.key, file.id), Named()).rows()
        job, reading = group.job, self._reading(group.job, file)
        if not self.files.has_left(file.key, file.id, mine.__contains__, reading):
            return
        if self._is_latest(file):
            done, version = self.files.empty(
                file, layout, mine.__contains__, file.key, is_read=reading is not None
            )
            if job and reading:
                self.jobs.read_anew(job, file.key, version, reading.layout.rewritten)
            account.note(done, [file.id])
            return
        if job and reading:
            key = source_key(job.id)
            done, version = self.files.empty(file, layout, mine.__contains__, key, is_read=True)
            self.jobs.read_anew(job, key, version, reading.layout.rewritten)
            account.note(done)
        account.note(ErasedObject(key=file.key), [file.id])

    def _reading(self, job: Job | None, file: Version) -> Reading | None:
        """How a job reads a version of a file, by its rows' numbers; None where it does not."""
        if job is None or (job.file, job.version) != (file.key, file.id):
            return None
        return self.jobs.reading(job.id)

    def _is_latest(self, file: Version) -> bool:
        """Whether a version is the newest still."""
        return file.is_latest and any(
            each.key == file.key and each.id == file.id and each.is_latest
            for each in self.bucket.versions(file.key)
        )


def _is_apart(file: Version, layout: Layout) -> bool:
    """Whether a file does not say which rows of the job its own are: so were rejected files until
    0.4.
    """
    return file.key.startswith(f"{REJECTED}/") and not layout.ours


def _counted(key: str, before: int, after: int) -> ErasedObject:
    erased = before - after
    return ErasedObject(key=key, rows_before=before, rows_erased=erased, rows_after=after)
