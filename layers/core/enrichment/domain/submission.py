"""What may come of one POST to the provider, told apart by what it means for credits
(`docs/contract.md`, *Asking*).
"""

from dataclasses import dataclass

from enrichment.domain.job import Halt


@dataclass(frozen=True)
class Accepted:
    """2xx: the contacts are enqueued and charged. The id is missing only if the answer had none."""

    enrichment_id: str | None


@dataclass(frozen=True)
class Refused:
    """Nothing was enqueued, and nothing will be until somebody changes what `halt` names."""

    halt: Halt
    message: str


@dataclass(frozen=True)
class Invalid:
    """Nothing was enqueued, because a contact of the batch is not valid; the message is the
    provider's.
    """

    message: str


@dataclass(frozen=True)
class NotSent:
    """Provably nothing was enqueued: no connection came about, or the provider said 'too fast'
    (429).
    """

    retry_after: int
    reason: str


@dataclass(frozen=True)
class Unclear:
    """The request may have been enqueued and charged; it must never be sent again by itself.

    `halt` is set when the answer is so far from the documentation that asking for the next batch
    makes no sense.
    """

    reason: str
    halt: Halt | None = None


Submission = Accepted | Refused | Invalid | NotSent | Unclear
