"""Dead letters are tried again, once an operator has mended what made them fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.adapters.queue import DeadLetters
from enrichment.adapters.starter import CompileStarter, EraseStarter, SplitStarter
from enrichment.domain.folder import is_erasure
from enrichment.steps.dead_letters import event_of


@dataclass(frozen=True)
class RedriveDeadLetters:
    """Sends messages back to the queue that they came from, and starts anew what an event asked
    for. Whatever it starts twice does no harm.

    SQS has a redrive of its own. Whoever asks for it must be allowed to receive the messages, which
    hold people's data; and it moves nothing that a function's failure left.

    Args:
        queues: of messages, with the queue that each came from, and of events, without one.
        bucket: the name of the data bucket.
    """

    queues: tuple[DeadLetters, ...]
    split_starter: SplitStarter
    compile_starter: CompileStarter
    erase_starter: EraseStarter
    bucket: str

    def run(self) -> int:
        """Try again what can be received now; how many letters that were."""
        return sum(
            queue.send_home() if queue.home else self._started(queue) for queue in self.queues
        )

    def left(self) -> int:
        """About how many letters there still are, also of those that somebody looks at just now."""
        return sum(queue.waiting() for queue in self.queues)

    def _started(self, queue: DeadLetters) -> int:
        started = 0
        for letter in queue.look():
            if self._start(event_of(letter.body)):
                queue.clear(letter)
                started += 1
        return started

    def _start(self, event: Mapping[str, Any]) -> bool:
        match event:
            case {"job": str(job)}:
                self.compile_starter.start(job)
            case {"detail": {"object": {"key": str(key), "version-id": str(version)}}} if (
                is_erasure(key)
            ):
                self.erase_starter.start(key, version)
            case {
                "detail": {"object": {"key": str(key), "version-id": str(version), "size": size}}
            }:
                self.split_starter.start(self.bucket, key, version, int(size))
            case {"DDBStreamBatchInfo": _} | {"detail-type": "Scheduled Event"}:
                pass  # every sweep counts results again, and every tick sweeps
            case _:
                return False
        return True
