"""Topics, by which people are told in words."""

import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from enrichment.domain.message import Message
from enrichment.logs import logger


class Topics:
    """The stack's own topic, and those that folders name.

    Args:
        client: a botocore SNS client.
        own: ARN of the stack's own.
    """

    def __init__(self, client: Any, own: str) -> None:
        self._client, self._own = client, own

    def publish(self, message: Message, change: str, names: Sequence[str]) -> None:
        """Tell those who subscribed to the stack's own topic, and the topics among `names`.

        A message has the attributes `change` and, where addresses are among the names, `to`, by
        which subscriptions are filtered. A topic of others that cannot be told is logged and left
        out: told again, everybody else would get the message twice.
        """
        addresses = [name for name in names if "@" in name]
        attributes = {"change": {"DataType": "String", "StringValue": change}}
        if addresses:
            listed = json.dumps(addresses, ensure_ascii=False)
            attributes["to"] = {"DataType": "String.Array", "StringValue": listed}
        self._publish(self._own, message, attributes)
        for topic in (name for name in names if "@" not in name):
            try:
                self._publish(topic, message, attributes)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                logger.error("a topic was not told", extra={"topic": topic, "code": code})

    def _publish(self, topic: str, message: Message, attributes: dict[str, Any]) -> None:
        self._client.publish(
            TopicArn=topic,
            Subject=message.subject,
            Message=message.text,
            MessageAttributes=attributes,
        )
