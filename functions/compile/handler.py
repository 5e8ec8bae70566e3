"""A job's output is written. Started asynchronously when the last result is in, at the deadline, or by the sweeper."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment import wiring
from enrichment.observe import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    report = wiring.compile_job().run(event["job"])
    logger.info("compile", extra={"job": event["job"], "rows": report.rows if report else None})
