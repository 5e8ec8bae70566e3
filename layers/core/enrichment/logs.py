"""The logger of all functions: JSON lines with the ids of request and job, and never a contact's
data, a key or a token.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools.logging import Logger

# At DEBUG, Lambda sets the root logger to it too, and these would log bodies: people's data,
# secrets and tokens.
for _talker in ("boto3", "botocore", "urllib3", "httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

logger = Logger(service="enrichment")


@contextmanager
def about(job: str) -> Iterator[None]:
    """Give the job to all lines of a block, and to one that tells of the error that ends it.

    Only the error's type is told: its text may quote a file.
    """
    outer = logger.get_current_keys().get("job")
    logger.append_keys(job=job)
    try:
        yield
    except Exception as error:
        logger.error("failed", extra={"error": type(error).__name__})  # noqa: TRY400  # no traceback
        raise
    finally:
        logger.append_keys(job=outer) if outer else logger.remove_keys(["job"])
