"""Batches are submitted to the provider. Fed by SQS with one message at a time."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.logs import about, logger
from enrichment.pipeline import deployed

submit = deployed().submit  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    for record in event["Records"]:
        message = json.loads(record["body"])
        job, batch = message["job"], message["batch"]
        with about(job):
            submit.run(job, batch, record.get("receiptHandle"))
