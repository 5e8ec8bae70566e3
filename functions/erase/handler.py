"""The people of a file below `erase/` are erased. Fed by EventBridge with S3's `Object Created`, by
a run that had no time left, and by the sweeper.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.clock import left_of
from enrichment.logs import logger
from enrichment.pipeline import deployed

erase = deployed().erase  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    upload = event["detail"]["object"]
    receipt = erase.run(upload["key"], upload["version-id"], left_of(context))
    if receipt:
        told = {"erasure": receipt.erasure, "complete": receipt.complete}
        logger.info("erase", extra=told | {"objects": len(receipt.objects)})
