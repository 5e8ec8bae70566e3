"""The clients that reach AWS and the provider, each made when it is first asked for.

They are botocore's: boto3 makes the same ones, and brings what moves large files besides.
"""

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import botocore
from botocore.config import Config
from botocore.session import get_session
from pydantic_core import from_json

if TYPE_CHECKING:
    import httpx
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from enrichment.adapters.queries import Queries


@dataclass(frozen=True)
class Patience:
    """How long a call to AWS may take, in seconds, and how often it is tried. A function must
    outlive its slowest call, or it dies before it can tell.
    """

    connect: int
    read: int
    attempts: int

    @property
    def longest(self) -> int:
        """Seconds that a call takes at worst, with the waits between its attempts: up to 1 s, then
        up to twice as long each.
        """
        waits = sum(min(1 << n, 20) for n in range(self.attempts - 1))
        return self.attempts * (self.connect + self.read) + waits

    @property
    def config(self) -> Config:
        return Config(
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            connect_timeout=self.connect,
            read_timeout=self.read,
        )


PATIENT = Patience(connect=2, read=6, attempts=4)
FILES = Patience(connect=3, read=20, attempts=3)  # S3 needs a while to put a large file together
# For a function that takes many small things, each of which comes again if it fails.
BRISK = Patience(connect=1, read=2, attempts=2)


def read_at_once(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Read an answer of DynamoDB as the JSON that it is, in place of botocore, which walks through
    each attribute by the service's model: that took half of the time of a compilation.

    The two differ where an attribute is binary, and nothing in the table is.
    """
    if response_dict["status_code"] == HTTPStatus.OK:
        customized_response_dict.update(from_json(response_dict["body"], cache_strings="keys"))
        response_dict["body"] = b""


class Clients:
    """One client of each service for a process. Tests and the simulation bring their own."""

    def __init__(self, patience: Patience = PATIENT) -> None:
        self._config = patience.config
        self._session = get_session()

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        # Requests are written by `store/`, not by people; checking them costs time at each claim.
        # Who asks is put together for each request unless it is told: a fifth of its time.
        brief = Config(parameter_validation=False, user_agent=f"botocore/{botocore.__version__}")
        client = cast(
            "DynamoDBClient",
            self._session.create_client("dynamodb", config=self._config.merge(brief)),
        )
        client.meta.events.register("before-parse.dynamodb.Query", read_at_once)
        return client

    @cached_property
    def queries(self) -> "Queries":
        from enrichment.adapters.queries import Queries

        return Queries(self.dynamodb)

    @cached_property
    def s3(self) -> "S3Client":
        return cast("S3Client", self._session.create_client("s3", config=FILES.config))

    @cached_property
    def links(self) -> "S3Client":
        """For links: signed by version 4, which objects under a key of KMS want, and to the
        bucket's own region. botocore does neither for links by itself.
        """
        lasting = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
        return cast(
            "S3Client", self._session.create_client("s3", config=FILES.config.merge(lasting))
        )

    @cached_property
    def events(self) -> Any:
        return self._session.create_client("events", config=self._config)

    @cached_property
    def topics(self) -> Any:
        return self._session.create_client("sns", config=self._config)

    @cached_property
    def sqs(self) -> "SQSClient":
        return cast("SQSClient", self._session.create_client("sqs", config=self._config))

    @cached_property
    def functions(self) -> "LambdaClient":
        return cast("LambdaClient", self._session.create_client("lambda", config=self._config))

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return cast(
            "SecretsManagerClient",
            self._session.create_client("secretsmanager", config=self._config),
        )

    @cached_property
    def http(self) -> "httpx.Client":
        import httpx

        return httpx.Client()
