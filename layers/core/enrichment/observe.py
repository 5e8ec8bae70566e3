"""The logger of all functions: JSON lines with the request's id, and never a contact's data, a key or a token."""

from aws_lambda_powertools.logging import Logger

logger = Logger(service="enrichment")
