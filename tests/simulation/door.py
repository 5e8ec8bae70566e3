"""The door: what it accepts is in its queue before it answers; `webhook` takes it from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enrichment.usecases.webhook import Message
from tests.simulation.hub import Hub

MOST_AT_ONCE = 10
HIDDEN = 126  # seconds that a message is hidden from others while somebody works on it
# The template allows 100 attempts, which outlast an outage of three hours. With fewer of them dead
# letters are part of the histories.
MOST_ATTEMPTS = 8

Work = Callable[[list[Message]], list[str]]
"""Takes messages and returns the ids of those that it leaves."""


@dataclass
class Held:
    """A message in the queue."""

    message: Message
    visible_at: int
    attempts: int = 0


class Door:
    """A queue of bodies with its consumer and its dead letters.

    The consumer's runs may be killed at each of their calls; messages come in any order, again
    though they were done, and late. While `broken`, a bad deploy of the consumer is out.

    Args:
        hub: chooses.
        work: the consumer.
    """

    def __init__(self, hub: Hub, work: Work) -> None:
        self._hub, self._work = hub, work
        self.queue: dict[str, Held] = {}
        self.dead: dict[str, Message] = {}
        self.broken = False
        self._ids = 0

    def accept(self, body: bytes) -> None:
        """Take what somebody posts, store it, and answer 2xx; the caller knows it is safe when this
        returns.
        """
        self._ids += 1
        message = Message(f"message {self._ids}", body, self._hub.now)
        self.queue[message.id] = Held(message, self._hub.now)
        self._look_in(self._hub.some(1, 30))

    # What SQS's client asks for

    def take_dead(self, most: int) -> list[dict[str, Any]]:
        """Some dead letters as SQS gives them; they stay until they are deleted."""
        return [
            {"MessageId": name, "ReceiptHandle": name, "Body": message.body.decode()}
            for name, message in list(self.dead.items())[:most]
        ]

    def delete_dead(self, handle: str) -> None:
        self.dead.pop(handle, None)

    # The consumer

    def _look_in(self, delay: int) -> None:
        self._hub.at(self._hub.now + delay, "", self._deliver)

    def _deliver(self) -> None:
        """Start the consumer on some of the messages that nobody works on."""
        now, chance = self._hub.now, self._hub.chance
        visible = [held for held in self.queue.values() if held.visible_at <= now]
        taken = chance.sample(visible, min(len(visible), self._hub.some(1, MOST_AT_ONCE)))
        for held in taken:
            held.visible_at, held.attempts = now + HIDDEN, held.attempts + 1
            if held.attempts > MOST_ATTEMPTS:
                del self.queue[held.message.id]
                self.dead[held.message.id] = held.message
        messages = [held.message for held in taken if held.message.id in self.queue]
        if messages:
            name = f"the door's queue hands over {len(messages)} results"
            self._hub.later(0, 0, name, lambda: self._consume(messages))
        if taken:
            self._look_in(HIDDEN)
        if len(taken) < len(visible):
            self._look_in(1)

    def _consume(self, messages: list[Message]) -> str:
        if self.broken:
            return "the bad deploy of webhook raised"
        left = self._work(messages)
        for message in messages:
            if message.id not in left and self._hub.copies(lost=0.03, doubled=0) == 1:
                self.queue.pop(message.id, None)
        return f"left {len(left)} of them in the queue"
