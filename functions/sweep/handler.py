"""Lost work is found and overdue jobs are ended. Runs on a schedule."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment import wiring
from enrichment.observe import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    swept = wiring.sweep().run()
    cleared = wiring.tidy_dead_letters().run()
    (logger.error if swept.problems else logger.info)("sweep", extra=asdict(swept) | {"dead_letters_cleared": cleared})
