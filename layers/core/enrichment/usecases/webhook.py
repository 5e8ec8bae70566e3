"""Webhooks that the door accepted are checked and their results stored."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from enrichment.adapters.clients import BRISK
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.secrets import SigningKey
from enrichment.clock import Clock, SecondsLeft
from enrichment.domain.metric import Metric
from enrichment.domain.result import is_final
from enrichment.domain.token import RowRef, key_id_of, verify
from enrichment.errors import (
    ForgedWebhook,
    KeyNotRead,
    MalformedWebhook,
    OversizedWebhook,
    SettingsError,
    WebhookError,
)
from enrichment.logs import about, logger
from enrichment.store.results import Results, Stored

MOST_BYTES = 64 << 10  # of a body; a result has some hundred
# Seconds that one result may take: two writes, each tried to the end of its client's patience.
NEEDED = 2 * BRISK.longest


@dataclass(frozen=True)
class Message:
    """A body in the door's queue: its name there, and when the door took it, in epoch seconds."""

    id: str
    body: bytes
    sent_at: int


@dataclass
class Taken:
    """What became of some messages, for their log line.

    `left` are the ids of those that stay in the queue, from which they come again; `failures` the
    types of what went wrong, whose texts may quote a message. With `no_keys` the signing key could
    not be read, without which the rest need not try.
    """

    done: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    no_keys: bool = False


class Received(StrEnum):
    """What became of a genuine webhook."""

    STORED = "stored"
    REPEATED = "repeated"
    SET_ASIDE = "set aside"
    ERASED = "erased"


@dataclass(frozen=True)
class ReceiveWebhook:
    """Writes a genuine result with one conditional put; a forged one writes nothing.

    What is stored is the payload as it came, with the fields we do not know [A] and without
    `custom`, so that how it is read can be mended later.
    """

    results: Results
    signing_key: SigningKey
    metrics: Metrics
    clock: Clock

    def run_all(self, messages: Iterable[Message], seconds_left: SecondsLeft) -> Taken:
        """Store what each message tells. One that fails takes no other with it.

        Args:
            messages: some, of which each may take `NEEDED` seconds.
            seconds_left: until the function is ended.
        """
        taken = Taken()
        for message in messages:
            if taken.no_keys or seconds_left() < NEEDED:
                taken.left.append(message.id)
            else:
                self._take(message, taken)
        for name, metric in (("forged", Metric.FORGED), ("malformed", Metric.MALFORMED)):
            if taken.done[name]:
                self.metrics.count(metric, taken.done[name])
        return taken

    def _take(self, message: Message, taken: Taken) -> None:
        try:
            taken.done[self.run(message.body, message.sent_at)] += 1
        except ForgedWebhook:
            taken.done["forged"] += 1
        except WebhookError:
            taken.done["malformed"] += 1
        except KeyNotRead:
            taken.left.append(message.id)
        except Exception as error:  # whatever it is, the message stays
            taken.failures.append(type(error).__name__)
            taken.no_keys = isinstance(error, SettingsError)
            taken.left.append(message.id)

    def run(self, body: bytes, sent_at: int | None = None) -> Received:
        """Store what a webhook's body tells; `sent_at` is when the door took it, now by default.

        Raises:
            OversizedWebhook, MalformedWebhook, ForgedWebhook: nothing was written, nor would be
                later.
            KeyNotRead: it may be signed with a key that is newer than those at hand. Try again.
        """
        if len(body) > MOST_BYTES:
            raise OversizedWebhook(f"the body is larger than {MOST_BYTES} bytes")
        payload = _object(body)
        custom = payload.pop("custom", None)
        token = custom.get("token") if isinstance(custom, dict) else None
        ref = self._verified(token, self.clock() if sent_at is None else sent_at)
        with about(ref.job):
            return self._store(ref, payload)

    def _store(self, ref: RowRef, payload: Mapping[str, Any]) -> Received:
        if not is_final(payload):
            return self._aside(ref, payload, "not a final status")
        match self.results.put(ref, payload, self.clock()):
            case Stored.FIRST:
                return Received.STORED
            case Stored.AGAIN:
                return Received.REPEATED
            case Stored.ERASED:
                return Received.ERASED
            case Stored.OTHER:
                return self._aside(ref, payload, "the row has another result")

    def _aside(self, ref: RowRef, payload: Mapping[str, Any], why: str) -> Received:
        if not self.results.set_aside(ref, payload, why, self.clock()):
            return Received.ERASED
        logger.warning("set aside", extra={"batch": ref.batch, "why": why})
        self.metrics.count(Metric.STRAY)
        return Received.SET_ASIDE

    def _verified(self, token: object, sent_at: int) -> RowRef:
        if not isinstance(token, str):
            raise ForgedWebhook("there is no token")
        claimed = key_id_of(token)
        if claimed is None:
            raise ForgedWebhook("the token has a form that no token has")
        return verify(token, self.signing_key.find(claimed, sent_at))


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedWebhook("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise MalformedWebhook("the body is not a JSON object")
    return payload
