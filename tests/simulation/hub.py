"""The hub: who goes on, what becomes of each call, and what happens next.

Every function's run is a greenlet that stops at each of its calls to the outside. Nothing but the
hub decides anything, so a seed is a history.
"""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError
from greenlet import getcurrent, greenlet

from enrichment.errors import SettingsError
from tests.simulation.aws import START
from tests.simulation.fates import POST, WELL, Fate, Fates, Killed

MOST_STEPS = 20_000


class Violation(AssertionError):
    """A history that breaks a promise."""


@dataclass
class Event:
    """Something that will happen at `due`: a message, a webhook, a tick.

    One without a name is no function's run: it happens at once, and the story leaves it out.
    """

    due: int
    name: str
    run: Callable[[], Any]
    retry_after: int | None = None  # seconds until it is tried again if it fails; None for never
    most_attempts: int = 1
    attempt: int = 1
    asked: str = ""  # the call at which its run has stopped


class Hub:
    """Lets events happen, interleaved, and tells the story of it.

    Args:
        chance: chooses everything.
        script: what goes wrong, by the number of the call; then nothing else does. It is what
            Hypothesis shrinks.
    """

    def __init__(self, chance: random.Random, script: Mapping[int, int] | None = None) -> None:
        self.chance, self._fates = chance, Fates(chance, script)
        self.now = START
        self.faults = 0.0  # the share of calls that go wrong
        self.story: list[str] = []
        self._events: list[Event] = []
        self._running: list[tuple[greenlet, Event]] = []
        self._broken: Violation | None = None

    def let_calls_fail(self) -> None:
        """Choose how much goes wrong from here on."""
        self.faults = self._fates.share_of_faults()

    def some(self, least: int, most: int) -> int:
        return least + self.chance.randrange(most - least + 1)

    def copies(self, lost: float, doubled: float) -> int:
        """How often something comes that should come once."""
        if not self.faults:
            return 1
        luck = self.chance.random()
        return 0 if luck < lost else 2 if luck < lost + doubled else 1

    def at(self, due: int, name: str, run: Callable[[], Any]) -> None:
        """Let something happen at a time."""
        self._events.append(Event(due, name, run))

    def pending(self, name: str) -> int:
        """How many events there are whose names begin so."""
        return sum(event.name.startswith(name) for event in self._events)

    def later(
        self,
        least: int,
        spread: int,
        name: str,
        run: Callable[[], Any],
        retry_after: int | None = None,
        most: int = 1,
    ) -> None:
        """Let something happen after `least` seconds or up to `spread` more."""
        due = self.now + least + (self.chance.randrange(spread) if spread else 0)
        self._events.append(Event(due, name, run, retry_after, most))

    # What a function's run meets

    def guard(self, name: str, act: Callable[[], Any]) -> Any:
        """A call to AWS: the caller stops, and the hub says how it goes."""
        if getcurrent().parent is None:  # nobody's run
            return act()
        match getcurrent().parent.switch(name):
            case Fate.KILLED_BEFORE:
                raise Killed
            case Fate.FAILS:
                raise throttled(name)
            case Fate.TWICE:
                with suppress(ClientError):
                    act()
                return act()
            case Fate.LOST:
                act()
                raise throttled(name)
            case Fate.KILLED_AFTER:
                act()
                raise Killed
        return act()

    def fate_of_post(self) -> str:
        """What becomes of a POST: well, or one of the mishaps. The caller stops here, too."""
        return str(getcurrent().parent.switch(POST))

    # The promises and the story

    def promise(self, kept: bool, words: str) -> None:
        """Hold the history to a promise.

        It is remembered here as well, since the run that broke it may swallow the exception.

        Raises:
            Violation: it is broken.
        """
        if not kept:
            self._broken = self._broken or Violation(self.told(f"BROKEN: {words}"))
            raise self._broken

    def tell(self, line: str) -> None:
        self.story.append(f"{self.now - START:6d} s  {line}")

    def told(self, end: str) -> str:
        """The history as a readable story."""
        return "\n".join([*self.story, "", end])

    # The course of events

    def run(self, quiet: int, end: int) -> None:
        """Let everything happen until `end`; from `quiet` on nothing goes wrong any more.

        Raises:
            Violation: with the story.
        """
        for _ in range(MOST_STEPS):
            if self.now >= quiet and self.faults:
                self.faults = 0.0
                self.tell("from here on nothing goes wrong")
            if not self._step(end):
                return
        self.promise(False, "it comes to rest")

    def _step(self, end: int) -> bool:
        """Let one thing go on; False when nothing is left to happen before `end`."""
        due = [event for event in self._events if event.due <= self.now]
        if self._running and (not due or self.chance.random() < 0.7):
            self._go_on(self.chance.randrange(len(self._running)))
            return True
        if due:
            event = due[self.chance.randrange(len(due))]
            self._events.remove(event)
            self._begin(event)
            return True
        upcoming = min((event.due for event in self._events), default=end)
        if upcoming >= end:
            return False
        self.now = upcoming
        return True

    def _begin(self, event: Event) -> None:
        if not event.name:
            event.run()
            return
        self.tell(event.name + (f" (attempt {event.attempt})" if event.attempt > 1 else ""))
        self._running.append((greenlet(event.run), event))
        self._go_on(len(self._running) - 1, first=True)

    def _go_on(self, position: int, first: bool = False) -> None:
        task, event = self._running[position]
        if self.chance.random() < 0.1:
            self.now += self.chance.randrange(20)
        try:
            asked = task.switch() if first else task.switch(self._fate(event))
        except Killed:
            self.tell(f"    … killed: {event.name}")
            self._ended(position, well=False)
        except (
            ClientError,
            SettingsError,
        ) as error:  # else it is our own bug, and ends the history
            self.tell(f"    … failed: {event.name}: {type(error).__name__}")
            self._ended(position, well=False)
        else:
            if task.dead:
                if isinstance(asked, str):
                    self.tell(f"    … {asked}")
                self._ended(position, well=True)
            else:
                event.asked = str(asked)
        if self._broken:
            raise self._broken

    def _ended(self, position: int, well: bool) -> None:
        _, event = self._running.pop(position)
        if not well and event.retry_after is not None and event.attempt < event.most_attempts:
            due, attempt = self.now + event.retry_after, event.attempt + 1
            self._events.append(replace(event, due=due, attempt=attempt))

    def _fate(self, event: Event) -> Fate | str:
        fate = self._fates.choose(event.asked, self.faults)
        if isinstance(fate, str):
            words = "" if fate == WELL else f"the provider is {fate}"
        else:
            told = fate.name.lower().replace("_", " ")
            words = "" if fate is Fate.WELL else f"{event.asked} {told}"
        if words:
            self.tell(f"    {event.name}: {words}")
        return fate


def throttled(name: str) -> ClientError:
    """What AWS answers when it does not do what it is asked."""
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, name)
