"""How far an erasure has come, as it is stored between two runs. It names nobody."""

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from enrichment.domain.erasees import Candidate, Erasee, undecided
from enrichment.domain.receipt import ErasedObject, ErasedPerson, Fate

_KIND = re.compile(r"[A-Za-z]{2,5}/")  # of a page, see `person_key`


class Progress(BaseModel):
    """First all is searched, to know which names may mean several people; then those groups are
    erased that have somebody; then all is searched again, until that finds nobody.

    `cursor` is the last group of the phase that is done, `begun` the one that is being erased.
    `told` has digests of what tells the candidates of each erasee apart, `undecided` how many
    people a name may mean, by the erasee's row, and `erased` the rows of those who were found.
    `is_busy` tells that a job's files could not be erased yet. `found_again` counts the groups in
    which a pass of the last phase found somebody.
    """

    started_at: int
    phase: Literal["search", "erase", "prove"] = "search"
    cursor: str = ""
    begun: str = ""
    passes: int = 0
    told: dict[int, set[str]] = {}
    undecided: dict[int, int] = {}
    hits: set[str] = set()
    erased: set[int] = set()
    objects: dict[str, ErasedObject] = {}
    results: int = 0
    entries: int = 0
    unread: set[str] = set()
    found_again: int = 0
    is_busy: bool = False

    def note(self, group: str, candidates: Sequence[Candidate]) -> None:
        """Note whom the first search found in a group."""
        if candidates:
            self.hits.add(group)
        for each in candidates:
            if each.told_by:
                self.told.setdefault(each.erasee, set()).add(_digest(each.told_by))

    def decide(self, erasees: Sequence[Erasee]) -> None:
        """End the first search."""
        self.undecided = undecided(self.told, erasees)
        self.phase, self.cursor = "erase", ""

    def prove(self) -> None:
        """Begin to search all, once more."""
        self.phase, self.cursor = "prove", ""
        self.passes += 1
        self.found_again, self.is_busy = 0, False
        self.unread.clear()  # what was named there may be gone

    def people(self, erasees: Sequence[Erasee]) -> tuple[ErasedPerson, ...]:
        """What became of each erasee."""
        return tuple(
            ErasedPerson(
                row=each.row, fate=self._fate(each), people=self.undecided.get(each.row, 0)
            )
            for each in erasees
        )

    def _fate(self, erasee: Erasee) -> Fate:
        if erasee.is_nobody:
            return "nobody"
        if erasee.row in self.undecided:
            return "ambiguous" if erasee.has_whole_name else "incomplete"
        return "erased" if erasee.row in self.erased else "not_found"


def _digest(told_by: str) -> str:
    """What tells a person, without telling it; with the kind of a page, by which pages may be
    compared.
    """
    kind = _KIND.match(told_by)
    return (kind[0] if kind else "") + hashlib.sha256(told_by.encode()).hexdigest()[:24]
