"""Results were stored. Fed by the table's stream with the keys of new results."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment import wiring
from enrichment.adapters.items import batch_of_result_key
from enrichment.observe import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    wiring.tally_results().run(batch_of_result_key(record["dynamodb"]["Keys"]["pk"]["S"]) for record in event["Records"])
