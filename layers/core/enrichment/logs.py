"""The logger of all functions: JSON lines with the request's id, and never a contact's data, a key
or a token.
"""

import logging

from aws_lambda_powertools.logging import Logger

# At DEBUG, Lambda sets the root logger to it too, and these would log bodies: people's data,
# secrets and tokens.
for _talker in ("boto3", "botocore", "urllib3", "httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

logger = Logger(service="enrichment")
