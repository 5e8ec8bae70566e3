"""A job's output is written. Started asynchronously when the last result is in, at the deadline, or
by the sweeper.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.clock import left_of
from enrichment.logs import about, logger
from enrichment.pipeline import deployed


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    with about(event["job"]):
        report = deployed().compile.run(event["job"], left_of(context))
        logger.info("compile", extra={"rows": report.rows if report else None})
