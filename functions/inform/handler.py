"""People are told how far their jobs are. Fed by the table's stream with the keys of jobs that
changed, those of some seconds together.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.logs import logger
from enrichment.pipeline import deployed
from enrichment.store.items import job_of_key

inform = deployed().inform  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    inform.run(job_of_key(record["dynamodb"]["Keys"]["pk"]["S"]) for record in event["Records"])
