"""The queue of batches to submit. A message is a hint where work may be; the table says whether there is any."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MOST_MESSAGES = 10  # in one call
_MOST_DELAY = 900  # seconds, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html


class SubmitQueue:
    """Where `submit` gets its batches from. Messages carry a job and a batch number, never a contact."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, batches: Iterable[tuple[str, int]], delay: int = 0) -> None:
        """Ask for batches (job, number) to be submitted, `delay` seconds from now (900 at most).

        A message that SQS does not take is not missed: the sweeper finds a planned batch that nobody submits.
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
