"""Lost work is found and overdue jobs are ended. Runs on a schedule."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.logs import logger
from enrichment.pipeline import deployed


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    swept = deployed().sweep.run()
    log = logger.error if swept.problems else logger.info
    log("sweep", extra=asdict(swept))
