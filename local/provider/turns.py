"""Turn-taking: so many requests are served at a time, the rest are queued."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable


class Turns:
    """Hands out turns, and remembers how many were taken and waited for at a time.

    Args:
        limit: how many may have their turn at a time; asked anew for every turn.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._free = asyncio.Condition()
        self._serving = self._waiting = 0
        self.most_at_a_time = self.most_waiting = 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it for as long as the block runs."""
        async with self._free:
            if not self._is_free():
                await self._wait()
            self._serving += 1
            self.most_at_a_time = max(self.most_at_a_time, self._serving)
        try:
            yield
        finally:
            self._serving -= 1
            await self.look_again()

    async def look_again(self) -> None:
        """Let those who wait look whether it is their turn: one has ended, or the limit has
        changed.
        """
        async with self._free:
            self._free.notify_all()

    async def _wait(self) -> None:
        self._waiting += 1
        self.most_waiting = max(self.most_waiting, self._waiting)
        try:
            await self._free.wait_for(self._is_free)
        finally:
            self._waiting -= 1

    def _is_free(self) -> bool:
        return self._serving < self._limit()
