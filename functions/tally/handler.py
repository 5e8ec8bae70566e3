"""Results were stored. Fed by the table's stream with the keys of new results, in windows whose
state goes from run to run.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.domain.window import Window
from enrichment.logs import logger
from enrichment.pipeline import deployed
from enrichment.store.items import batch_of_result_key


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    tally, window = deployed().tally, Window.from_state(event.get("state") or {})
    tally.run(
        (batch_of_result_key(record["dynamodb"]["Keys"]["pk"]["S"]) for record in event["Records"]),
        window,
    )
    if event.get("isFinalInvokeForWindow"):
        tally.end(window)
    return {"state": window.state()}
