"""The queue of batches to submit, and the queues of what failed.

A message of the first is a hint where work may be; the table says whether there is any.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_MOST_MESSAGES = 10  # in one call
_MOST_LOOKS = 20  # calls for dead letters in one sweep
_MOST_RETURNS = 100  # the same for those that are sent back
# Seconds for which a letter that somebody looks at is hidden from others. The sweeper looks each
# minute, and an operator who redrives is to find some in between.
_LOOKED_AT = 20
# seconds,
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_MOST_DELAY = 900

_COUNTS: "list[QueueAttributeNameType]" = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]


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

    def give_back(self, receipt: str, delay: int) -> None:
        """Let a message that was received be delivered again in `delay` seconds, not only when its
        visibility timeout ends, at which it comes back if SQS does not take this.
        """
        with suppress(BotoCoreError, ClientError):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=delay
            )

    def waiting(self) -> int:
        """About how many messages there are: those that wait, are delayed, or at work."""
        return _waiting(self._client, self._url)


@dataclass(frozen=True)
class Letter:
    """A message that nobody could handle; `body` is empty if it is not a JSON object."""

    body: dict[str, Any]
    handle: str


class DeadLetters:
    """A queue of messages or events that a function failed to handle after all retries.

    Args:
        client: a botocore SQS client.
        url: the queue's.
        home: the queue that they came from, if they are to be tried again as they are.
    """

    def __init__(self, client: "SQSClient", url: str, home: str | None = None) -> None:
        self._client, self._url, self.home = client, url, home

    def look(self) -> Iterator[Letter]:
        """Some of the letters, some hundred at most. One that is not cleared is there again some
        seconds later.
        """
        for _ in range(_MOST_LOOKS):
            received = self._receive()
            if not received:
                return
            for message in received:
                yield Letter(_object(message["Body"]), message["ReceiptHandle"])

    def waiting(self) -> int:
        """About how many letters there are, also those that somebody looks at."""
        return _waiting(self._client, self._url)

    def clear(self, letter: Letter) -> None:
        """Throw a letter away."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.handle)

    def send_home(self) -> int:
        """Send some of the letters back to where they came from, a thousand at most; how many that
        were. A death in between doubles a message, which does no harm, and loses none.
        """
        sent = 0
        if self.home is None:
            return sent
        for _ in range(_MOST_RETURNS):
            received = {message["MessageId"]: message for message in self._receive()}
            if not received:
                break
            answer = self._client.send_message_batch(
                QueueUrl=self.home,
                Entries=[
                    {"Id": name, "MessageBody": message["Body"]}
                    for name, message in received.items()
                ],
            )
            gone = [entry["Id"] for entry in answer.get("Successful", [])]
            if gone:
                self._client.delete_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": name, "ReceiptHandle": received[name]["ReceiptHandle"]}
                        for name in gone
                    ],
                )
            sent += len(gone)
        return sent

    def _receive(self) -> "Sequence[MessageTypeDef]":
        return self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_MOST_MESSAGES,
            VisibilityTimeout=_LOOKED_AT,
            WaitTimeSeconds=0,
        ).get("Messages", [])


def _waiting(client: "SQSClient", url: str) -> int:
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)
    return sum(int(count) for count in answer["Attributes"].values())


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
