"""What befalls requests, webhooks and phone numbers.

It follows from the seed, the request's number in order of arrival and the contact's position in it,
so a run can be repeated. Every draw is made whether or not it is used: which requests one fault
hits does not depend on which other faults are set.
"""

import random
import uuid
from dataclasses import dataclass

from local.provider.behaviour import Behaviour


@dataclass(frozen=True)
class RequestFate:
    """What befalls one enrichment request, and the id it gets if it is accepted."""

    throttled: bool
    broken_before: bool
    broken_after: bool
    silent_after: bool
    enrichment_id: str


@dataclass(frozen=True)
class WebhookFate:
    """How one contact's result comes: seconds until it is there, seconds its webhook lags behind,
    and how often that is sent.
    """

    result_after: float
    late: float
    times: int


def request_fate(behaviour: Behaviour, number: int) -> RequestFate:
    """The fate of the request that arrived as the `number`th."""
    chance = random.Random(f"{behaviour.seed} {number}")
    faults = behaviour.faults
    return RequestFate(
        throttled=chance.random() < faults.throttled,
        broken_before=chance.random() < faults.broken_before,
        broken_after=chance.random() < faults.broken_after,
        silent_after=chance.random() < faults.silent_after,
        enrichment_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    )


def webhook_fate(behaviour: Behaviour, number: int, position: int) -> WebhookFate:
    """The fate of the webhook for the contact at `position` in the request that arrived as the
    `number`th.
    """
    chance = random.Random(f"{behaviour.seed} {number} {position}")
    faults = behaviour.faults
    result_after = chance.uniform(0, behaviour.result_seconds)
    late = chance.random() < faults.webhook_late
    twice = chance.random() < faults.webhook_twice
    missing = chance.random() < faults.webhook_missing
    return WebhookFate(
        result_after, faults.late_seconds if late else 0, 0 if missing else 2 if twice else 1
    )


def is_shown(behaviour: Behaviour, number: str) -> bool:
    """Whether a phone number that was charged is in the result, too."""
    chance = random.Random(f"{behaviour.seed} {number}")
    return chance.random() >= behaviour.faults.number_unshown
