"""Results that the door accepted are stored. Fed by SQS with some at a time, each the body of one
webhook.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.adapters.clients import BRISK
from enrichment.clock import left_of
from enrichment.logs import logger
from enrichment.pipeline import deployed
from enrichment.usecases.webhook import Message, Received

receive = deployed(BRISK).webhook  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    messages = map(_message, event["Records"])
    taken = receive.run_all(messages, left_of(context))
    if taken.failures:
        logger.error("webhooks kept", extra={"failures": taken.failures})
    # A line for each result would cost more than the function; that it is stored says enough.
    log = logger.info if taken.left or taken.done.keys() - {Received.STORED} else logger.debug
    log("webhooks", extra=dict(taken.done) | {"left": len(taken.left)})
    return {"batchItemFailures": [{"itemIdentifier": message} for message in taken.left]}


def _message(record: dict[str, Any]) -> Message:
    # What came in whatever form must not be tried for ever because it cannot be encoded.
    body = record["body"].encode(errors="surrogatepass")
    return Message(record["messageId"], body, int(record["attributes"]["SentTimestamp"]) // 1000)
