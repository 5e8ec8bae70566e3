"""A contact's result arrives. Behind API Gateway, which the provider calls once for each
contact.
"""

import base64
import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.errors import WebhookError
from enrichment.logs import logger
from enrichment.pipeline import deployed


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    try:
        received = deployed().webhook.run(body)
    except WebhookError as error:
        logger.warning("webhook refused", extra={"status": error.status, "why": str(error)})
        return _answer(error.status, str(error))
    logger.info("webhook", extra={"received": received})
    return _answer(200, received)


def _answer(status: int, message: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"message": message}),
    }
