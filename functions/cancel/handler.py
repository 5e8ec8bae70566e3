"""A file below `incoming/` was deleted, so its job is cancelled. Fed by EventBridge with S3's
`Object Deleted`.
"""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.logs import logger
from enrichment.pipeline import deployed
from enrichment.usecases.cancel import Deletion

cancel = deployed().cancel  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    detail = event["detail"]
    deletion = Deletion(
        key=detail["object"]["key"],
        version=detail["object"]["version-id"],
        marked=detail["deletion-type"] == "Delete Marker Created",
        at=int(datetime.fromisoformat(event["time"]).timestamp()),
    )
    for job in cancel.run(deletion):
        logger.info("cancel", extra={"job": job})
