"""Webhooks that the door accepted are checked and their results stored."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

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
from enrichment.parallel import Parallel
from enrichment.store.results import Results, Stored

HasTime = Callable[[], bool]

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

    def keep(self, message: str, error: Exception) -> None:
        """Leave a message that met an error."""
        self.failures.append(type(error).__name__)
        self.left.append(message)


class Received(StrEnum):
    """What became of a genuine webhook."""

    STORED = "stored"
    REPEATED = "repeated"
    SET_ASIDE = "set aside"
    ERASED = "erased"


class End(NamedTuple):
    """What became of a genuine webhook, and why it was set aside, if it was."""

    received: Received
    why: str = ""


class Genuine(NamedTuple):
    """What a genuine webhook tells of a row."""

    ref: RowRef
    payload: Mapping[str, Any]


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
    in_parallel: Parallel

    def run_all(self, messages: Iterable[Message], seconds_left: SecondsLeft) -> Taken:
        """Store what each message tells, some at a time. One that fails takes no other with it.

        Args:
            messages: some, of which each may take `NEEDED` seconds.
            seconds_left: until the function is ended.
        """
        taken = Taken()

        def has_time() -> bool:
            return seconds_left() >= NEEDED

        checked = {
            message.id: genuine
            for message in messages
            if (genuine := self._checked(message, has_time, taken))
        }
        stored = self.in_parallel(lambda genuine: self._stored(genuine, has_time), checked.values())
        for (message, genuine), outcome in zip(checked.items(), stored, strict=True):
            self._note(message, genuine, outcome, taken)
        for name, metric in (("forged", Metric.FORGED), ("malformed", Metric.MALFORMED)):
            if taken.done[name]:
                self.metrics.count(metric, taken.done[name])
        return taken

    def _checked(self, message: Message, has_time: HasTime, taken: Taken) -> Genuine | None:
        """What a message tells; None where it is done with, or stays for another time."""
        if taken.no_keys or not has_time():
            taken.left.append(message.id)
            return None
        try:
            return self._genuine(message.body, message.sent_at)
        except ForgedWebhook:
            taken.done["forged"] += 1
        except WebhookError:
            taken.done["malformed"] += 1
        except KeyNotRead:
            taken.left.append(message.id)
        except Exception as error:  # whatever it is, the message stays
            taken.no_keys = isinstance(error, SettingsError)
            taken.keep(message.id, error)
        return None

    def _stored(self, genuine: Genuine, has_time: HasTime) -> End | Exception | None:
        """What became of a result, or the error that it met; None where there was no time."""
        if not has_time():
            return None
        try:
            return self._store(genuine)
        except Exception as error:  # others are stored beside it
            return error

    def _note(
        self, message: str, genuine: Genuine, outcome: End | Exception | None, taken: Taken
    ) -> None:
        with about(genuine.ref.job):
            match outcome:
                case None:
                    taken.left.append(message)
                case End():
                    taken.done[self._tell(genuine, outcome)] += 1
                case _:
                    logger.error("failed", extra={"error": type(outcome).__name__})
                    taken.keep(message, outcome)

    def run(self, body: bytes, sent_at: int | None = None) -> Received:
        """Store what a webhook's body tells; `sent_at` is when the door took it, now by default.

        Raises:
            OversizedWebhook, MalformedWebhook, ForgedWebhook: nothing was written, nor would be
                later.
            KeyNotRead: it may be signed with a key that is newer than those at hand. Try again.
        """
        genuine = self._genuine(body, self.clock() if sent_at is None else sent_at)
        with about(genuine.ref.job):
            return self._tell(genuine, self._store(genuine))

    def _genuine(self, body: bytes, sent_at: int) -> Genuine:
        if len(body) > MOST_BYTES:
            raise OversizedWebhook(f"the body is larger than {MOST_BYTES} bytes")
        payload = _object(body)
        custom = payload.pop("custom", None)
        token = custom.get("token") if isinstance(custom, dict) else None
        return Genuine(self._verified(token, sent_at), payload)

    def _store(self, genuine: Genuine) -> End:
        if not is_final(genuine.payload):
            return self._aside(genuine, "not a final status")
        match self.results.put(genuine.ref, genuine.payload, self.clock()):
            case Stored.FIRST:
                return End(Received.STORED)
            case Stored.AGAIN:
                return End(Received.REPEATED)
            case Stored.ERASED:
                return End(Received.ERASED)
            case Stored.OTHER:
                return self._aside(genuine, "the row has another result")

    def _aside(self, genuine: Genuine, why: str) -> End:
        is_kept = self.results.set_aside(*genuine, why, self.clock())
        return End(Received.SET_ASIDE, why) if is_kept else End(Received.ERASED)

    def _tell(self, genuine: Genuine, end: End) -> Received:
        """What became of a result; if it was set aside, the log and the metrics tell of it."""
        if end.why:
            logger.warning("set aside", extra={"batch": genuine.ref.batch, "why": end.why})
            self.metrics.count(Metric.STRAY)
        return end.received

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
