"""People are erased: a file below `erase/` names them, and a receipt proves that they are gone."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.starter import EraseStarter
from enrichment.clock import Clock, SecondsLeft, for_ever
from enrichment.domain.erasees import Erasee, Search
from enrichment.domain.erasure import Progress
from enrichment.domain.folder import is_erasure, job_id, progress_key, receipt_key
from enrichment.domain.receipt import Receipt
from enrichment.errors import FileError
from enrichment.parallel import Parallel
from enrichment.steps.erasees import ReadErasees
from enrichment.steps.erasing import Account, EraseGroup, Found
from enrichment.steps.erasing_groups import FindGroups, Group
from enrichment.store.erasures import Erasures
from enrichment.words import erasure as words

LONGEST_RUN = 16 * 60  # seconds: no run is longer
_SPARE = 120  # seconds of a run that are kept for storing what it has done
_MOST_ATTEMPTS = 5  # runs that may die, one after the other
_AT_ONCE, _MOST_AT_ONCE = 8_000_000, 32  # bytes and groups that are looked at side by side
_MOST_PASSES = 8  # searches that find somebody again


@dataclass(frozen=True)
class EraseUpload:
    """Erases those whom one version of an uploaded object names; repeating it changes nothing."""

    erasures: Erasures
    bucket: Bucket
    starter: EraseStarter
    erasees: ReadErasees
    groups: FindGroups
    erase: EraseGroup
    in_parallel: Parallel
    clock: Clock

    def run(self, key: str, version: str, seconds_left: SecondsLeft = for_ever) -> Receipt | None:
        """Erase the people of `key` at `version`, as far as there is time.

        Returns:
            The receipt, or None where there is none yet, because the next run goes on, or another
            one is at it; also where the key is no file of people.
        """
        if not is_erasure(key):
            return None
        erasure = job_id(self.bucket.name, key, version)
        attempts = self.erasures.begin(erasure, self.clock(), LONGEST_RUN)
        if not attempts:
            if self.erasures.is_finished(erasure):
                self._clear(erasure, key, version)
            return None
        went_on = is_out_of_time = False
        try:
            run = self._run(erasure, key, version, seconds_left)
            receipt = run.receipt(is_last=attempts >= _MOST_ATTEMPTS)
            if receipt:
                self._finish(receipt, key, version)
            went_on, is_out_of_time = True, run.is_out_of_time
        finally:
            self.erasures.leave(erasure, went_on)
        if is_out_of_time:
            self.starter.start(key, version)
        return receipt

    def _run(self, erasure: str, key: str, version: str, seconds_left: SecondsLeft) -> "_Run":
        progress = Progress(started_at=self.clock())
        if stream := self.bucket.read(progress_key(erasure)):
            progress = Progress.model_validate_json(stream.read())
        try:
            erasees = self.erasees.run(key, version)
        except FileError:
            return _Run(self, erasure, [], progress, seconds_left, words.NOT_READ)
        nobody = "" if any(not each.is_nobody for each in erasees) else words.NOBODY
        run = _Run(self, erasure, erasees, progress, seconds_left, nobody)
        if not nobody:
            run.go_on()
        return run

    def _finish(self, receipt: Receipt, key: str, version: str) -> None:
        """Write the receipt, and delete the file that names the people: what is left of it is the
        receipt.
        """
        for suffix, content_type, text in (
            (".json", "application/json", receipt.model_dump_json(indent=2)),
            (".csv", "text/csv; charset=utf-8", _table(receipt)),
        ):
            with self.bucket.write(receipt_key(receipt.erasure, suffix), content_type) as out:
                out.write(text.encode())
        self.erasures.finish(receipt.erasure, self.clock())
        self._clear(receipt.erasure, key, version)

    def _clear(self, done: str, key: str, version: str) -> None:
        """Delete what named the people of an erasure that is done, and how far it had come."""
        for each in self.bucket.versions(key):
            erasure = job_id(self.bucket.name, each.key, each.id)
            if each.key == key and (each.id == version or self.erasures.is_finished(erasure)):
                self.bucket.delete_version(key, each.id)
        for each in self.bucket.versions(progress_key(done)):
            self.bucket.delete_version(each.key, each.id)


class _Run:
    """One run over an erasure, as far as its time reaches."""

    def __init__(
        self,
        use_case: EraseUpload,
        erasure: str,
        erasees: Sequence[Erasee],
        progress: Progress,
        seconds_left: SecondsLeft,
        message: str,
    ) -> None:
        self._of, self._erasure, self._erasees = use_case, erasure, erasees
        self._progress, self._seconds_left = progress, seconds_left
        self._message, self._is_done = message, bool(message)
        self._account = Account(progress.objects, self._keep, use_case.bucket.delete_version)
        self.is_out_of_time = False

    def go_on(self) -> None:
        """Search and erase until all is done, time is up, or a job must be waited for."""
        while not self._is_done:
            if not self._pass(self._of.groups.run()):
                self.is_out_of_time = True
                return
            if not self._next_phase():
                return

    def receipt(self, *, is_last: bool) -> Receipt | None:
        """What was done, if that was all; or if there will be no further run."""
        if not (self._is_done or is_last):
            return None
        done, progress = self._progress, self._progress
        is_clean = not (done.found_again or done.is_busy or done.unread) and done.passes > 0
        return Receipt(
            erasure=self._erasure,
            complete=is_clean and not self._message,
            message=self._message or (words.DONE if is_clean else words.NOT_DONE),
            people=progress.people(self._erasees),
            objects=tuple(progress.objects[key] for key in sorted(progress.objects)),
            results_erased=progress.results,
            ledger_entries_erased=progress.entries,
            not_searched=tuple(sorted(progress.unread)),
            found_again=progress.found_again,
            started_at=progress.started_at,
            finished_at=self._of.clock(),
        )

    def _next_phase(self) -> bool:
        """Go on to the next phase; False where there is nothing to do for now."""
        progress = self._progress
        if progress.phase == "search":
            progress.decide(self._erasees)
        elif progress.phase == "erase":
            progress.prove()
        elif not (progress.found_again or progress.is_busy) or progress.passes >= _MOST_PASSES:
            self._is_done = True
        else:
            waits = progress.is_busy
            progress.prove()
            self._keep()
            return not waits
        self._keep()
        return True

    def _pass(self, groups: dict[str, Group]) -> bool:
        """Go over the groups that are left of a phase; False where there is no time for all."""
        progress = self._progress
        search = Search(self._erasees, progress.undecided)
        left = [name for name in sorted(groups) if self._is_left(name)]
        for names in _few_at_once(left, groups):
            if self._seconds_left() < _SPARE:
                self._keep()
                return False
            looks = self._of.in_parallel(
                lambda name: self._of.erase.look(groups[name], search), names
            )
            for name, found in zip(names, looks, strict=True):
                self._take(name, groups[name], found, search)
                progress.cursor = name
        return True

    def _is_left(self, name: str) -> bool:
        """Whether a group is still to be looked at in this phase."""
        progress = self._progress
        is_of_phase = progress.phase != "erase" or name in progress.hits
        return name > progress.cursor and is_of_phase

    def _take(self, name: str, group: Group, found: Found, search: Search) -> None:
        """What a look at a group found: note it, or erase it."""
        progress = self._progress
        progress.unread.update(found.unread)
        if progress.phase == "search":
            progress.note(name, found.candidates)
            return
        # Of a group that a run died over, what is left may name nobody by itself.
        if not found.is_sure and progress.begun != name:
            return
        progress.found_again += progress.phase == "prove"
        if self._of.erase.is_at_work(group):
            progress.is_busy = True
            return
        progress.erased.update(each.erasee for each in found.candidates if each.is_sure)
        progress.begun = name
        self._keep()
        self._of.erase.erase(group, found, search, self._account)
        progress.begun = ""
        progress.results += self._account.results
        progress.entries += self._account.entries
        self._account.results = self._account.entries = 0

    def _keep(self) -> None:
        with self._of.bucket.write(progress_key(self._erasure), "application/json") as out:
            out.write(self._progress.model_dump_json().encode())


def _few_at_once(names: Sequence[str], groups: Mapping[str, Group]) -> Iterator[list[str]]:
    """Names of groups that are looked at side by side: as many as are small together."""
    few: list[str] = []
    size = 0
    for name in names:
        size += groups[name].size
        if few and (size > _AT_ONCE or len(few) == _MOST_AT_ONCE):
            yield few
            few, size = [], groups[name].size
        few.append(name)
    if few:
        yield few


def _table(receipt: Receipt) -> str:
    """The objects of a receipt as CSV."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["object", "rows_before", "rows_erased", "rows_after", "versions_deleted"])
    for each in receipt.objects:
        counts = (each.rows_before, each.rows_erased, each.rows_after, len(each.versions))
        lines.writerow([each.key, *counts])
    return out.getvalue()
