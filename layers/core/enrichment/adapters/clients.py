"""The clients that reach AWS and the provider, each made when it is first asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    import httpx
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_RETRIES = Config(
    retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=20
)


class Clients:
    """One client of each service for a process. Tests and the simulation bring their own."""

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return boto3.client("dynamodb", config=_RETRIES)

    @cached_property
    def s3(self) -> "S3Client":
        return boto3.client("s3", config=_RETRIES)

    @cached_property
    def sqs(self) -> "SQSClient":
        return boto3.client("sqs", config=_RETRIES)

    @cached_property
    def functions(self) -> "LambdaClient":
        return boto3.client("lambda", config=_RETRIES)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return boto3.client("secretsmanager", config=_RETRIES)

    @cached_property
    def http(self) -> "httpx.Client":
        import httpx

        return httpx.Client()
