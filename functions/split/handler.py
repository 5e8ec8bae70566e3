"""A file below `incoming/` or `estimate/` becomes a job. Fed by EventBridge with S3's `Object
Created`, and by the sweeper.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from enrichment.clock import left_of
from enrichment.domain.folder import job_id
from enrichment.logs import about, logger
from enrichment.pipeline import deployed

split = deployed().split  # made before the first event comes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    # The key is read as it stands: EventBridge does not encode it, and Powertools' event class
    # would turn `+` into a space.
    bucket, upload = event["detail"]["bucket"]["name"], event["detail"]["object"]
    key, version = upload["key"], upload["version-id"]
    with about(job_id(bucket, key, version)):
        job = split.run(key, version, upload["size"], left_of(context))
        logger.info("split" if job else "no upload")
    return {"job": job}
