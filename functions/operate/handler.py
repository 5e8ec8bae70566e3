"""An operator sees jobs, or decides about one: `{"action": "resume", "job": "…"}`. Invoked by hand,
or by the command line in `ops/`.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.logs import logger
from enrichment.pipeline import deployed
from enrichment.usecases.operate import Done


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    answer = deployed().operate.answer(event)
    if isinstance(answer, Done):
        logger.info("operate", extra=answer.model_dump())
    return answer.model_dump(mode="json")
