"""How steps of batches change what is counted: in the month, in the job's line in it, and in the
job. All of it changes in one transaction, so the lines always add up to the month.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from enrichment.domain.credits import Account, Cap, Movement
from enrichment.domain.job import Job
from enrichment.store.items import ANYHOW, Update, budget_key, job_key, line_key

# What a job counts, by the names of a movement; its `contacts` and `found` are other things.
_SO_FAR = {"sent": "contacts", "answered": "answered", "hits": "found", "things": "things"}
_NOT_GROWN = "NOT reserved > :then"  # also where nothing was reserved yet
_NOT_CANCELLED = "attribute_exists(pk) AND attribute_not_exists(cancelled_at)"
_NO_CLAIM_SINCE = f"{_NOT_GROWN} AND NOT claims > :claims"


class Month(BaseModel):
    """What all jobs did in one month. `claims` counts the batches that were claimed, `changes` all
    that happened, and `stated` is how many of these the last statement has.
    """

    model_config = ConfigDict(frozen=True)

    reserved: int = 0
    charged: int = 0
    moved_at: int = 0
    claims: int = 0
    changes: int = 0
    stated: int = 0
    stated_at: int = 0

    @property
    def account(self) -> Account:
        return Account(self.reserved, self.charged, self.moved_at)


_NOTHING_YET = Month()


@dataclass(frozen=True)
class Room:
    """The caps that a job's next batch is held against, with what counted against them when they
    were looked at.
    """

    caps: Sequence[Cap] = ()
    month: Month = _NOTHING_YET

    @property
    def tightest(self) -> Cap | None:
        return min(self.caps, key=lambda cap: cap.left, default=None)


def moved(
    job: Job, month: str, movement: Movement, now: int, room: Room | None = None
) -> list[Update]:
    """The writes by which a step of one of a job's batches changes what is counted: those of the
    month, of the job's line in it, and of the job.

    Args:
        job: the job.
        month: in which the batch reserved its credits.
        movement: what changes.
        now: epoch seconds.
        room: of a claim: the job must not be cancelled, and nothing have grown since the caps were
            looked at. Only a claim makes it grow, or a result that costs more than was reserved for
            it.
    """
    counts = movement._asdict()
    spent = {name: counts[name] for name in ("reserved", "charged")}
    so_far = {name: counts[counted] for name, counted in _SO_FAR.items()}
    steps = {"changes": 1} | ({"claims": 1} if room else {})
    when = {"moved_at": now}
    line = when | {"job": job.id, "file": job.key, "type": job.wanted}
    of_month = Update(budget_key(month), when, condition=ANYHOW, adds=spent | steps)
    of_job = Update(job_key(job.id), when, adds=spent | so_far)
    if room:
        of_job = replace(of_job, condition=_NOT_CANCELLED)
    if room and room.caps:
        then = {"then": room.month.reserved, "claims": room.month.claims}
        of_month = replace(of_month, condition=_NO_CLAIM_SINCE, values=then)
        of_job = replace(
            of_job,
            condition=f"{_NOT_CANCELLED} AND {_NOT_GROWN}",
            values={"then": job.reserved},
        )
    return [of_month, Update(line_key(month, job), line, condition=ANYHOW, adds=counts), of_job]
