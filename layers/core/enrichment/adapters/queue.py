"""The queue of batches to submit, and the queues of what failed.

A message is a hint where work may be; the table says whether there is any.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MOST_MESSAGES = 10  # in one call
_MOST_LOOKS = 20  # calls for dead letters in one sweep
# seconds,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_MOST_DELAY = 900


class SubmitQueue:
    """Where `submit` gets its batches from. Messages carry a job and a batch number, never a
    contact.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, batches: Iterable[tuple[str, int]], delay: int = 0) -> None:
        """Ask for batches (job, number) to be submitted, `delay` seconds from now (900 at most).

        A message that SQS does not take is not missed: the sweeper finds a planned batch that
        nobody submits.
        """
        messages = iter(batches)
        while chunk := list(islice(messages, _MOST_MESSAGES)):
            self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {
                        "Id": str(position),
                        "MessageBody": json.dumps({"job": job, "batch": number}),
                        "DelaySeconds": min(max(delay, 0), _MOST_DELAY),
                    }
                    for position, (job, number) in enumerate(chunk)
                ],
            )


@dataclass(frozen=True)
class Letter:
    """A message that nobody could handle; `body` is empty if it is not a JSON object."""

    body: dict[str, Any]
    handle: str


class DeadLetters:
    """A queue of messages or events that a function failed to handle after all retries."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def look(self) -> Iterator[Letter]:
        """Some of the letters, some hundred at most. One that is not cleared is there again a
        minute later.
        """
        for _ in range(_MOST_LOOKS):
            received = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST_MESSAGES,
                VisibilityTimeout=60,
                WaitTimeSeconds=0,
            ).get("Messages", [])
            if not received:
                return
            for message in received:
                yield Letter(_object(message["Body"]), message["ReceiptHandle"])

    def clear(self, letter: Letter) -> None:
        """Throw a letter away."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
