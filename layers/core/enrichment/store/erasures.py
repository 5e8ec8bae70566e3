"""Which erasures are at work, so that no two runs are at the same one."""

from enrichment.store.items import Update, erasure_key
from enrichment.store.table import Table

_ANY = "attribute_not_exists(finished_at)"


class Erasures:
    """Erasures by the version of the file that was dropped."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, erasure: str, now: int, longest: int) -> int:
        """Begin a run, unless one is at work since less than `longest` seconds, or all is done.

        Returns:
            The number of runs since one came further, this one included; 0 if it may not run.
        """
        free = f"{_ANY} AND (attribute_not_exists(began_at) OR began_at < :stale)"
        update = Update(
            erasure_key(erasure),
            {"began_at": now, "expires_at": now + self._table.retention},
            condition=free,
            adds={"attempts": 1},
            values={"stale": now - longest},
        )
        if self._table.update(update) is not None:
            return 0
        item = self._table.get(erasure_key(erasure))
        return int(item["attempts"]) if item else 0

    def leave(self, erasure: str, went_on: bool) -> None:
        """End a run, so that the next may begin; one that came further is no failed attempt."""
        sets = {"attempts": 0} if went_on else {}
        update = Update(erasure_key(erasure), sets, condition=_ANY, removes=["began_at"])
        self._table.update(update)

    def finish(self, erasure: str, now: int) -> None:
        """Let no run begin any more."""
        self._table.update(Update(erasure_key(erasure), {"finished_at": now}))

    def is_finished(self, erasure: str) -> bool:
        """Whether no run begins any more."""
        item = self._table.get(erasure_key(erasure))
        return bool(item and item.get("finished_at"))

    def is_idle(self, erasure: str, now: int, longest: int) -> bool:
        """Whether no run is at it."""
        item = self._table.get(erasure_key(erasure)) or {}
        return int(item.get("began_at", 0)) < now - longest
