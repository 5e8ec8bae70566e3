"""The accounts in which a world may be: one of moto, or one in memory, many times as fast."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from checks.transform import source
from enrichment.clock import Clock
from tests.functional.moto_mends import quick_transactions
from tests.simulation import aws
from tests.simulation.dynamodb import DynamoDB

REGION = "us-east-1"
SECRETS = {"signing-key": "first signing key", "person-key": "the person key"}


class Moto:
    """What moto takes for AWS. Nothing here knows of our clock: its objects are of today."""

    def __init__(self, api_key: str, _: Clock) -> None:
        self.s3 = boto3.client("s3", REGION)
        self.dynamodb = boto3.client("dynamodb", REGION)
        self.secrets = boto3.client("secretsmanager", REGION)
        self.s3.create_bucket(Bucket="data")
        self.s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb.create_table(TableName="table", **table_of_the_template())
        for name, value in SECRETS.items() | {("api-key", api_key)}:
            self.secrets.create_secret(Name=name, SecretString=value)

    def keys(self, prefix: str) -> list[str]:
        """The keys of the objects that there are."""
        listed = self.s3.list_objects_v2(Bucket="data", Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def items(self) -> list[dict[str, Any]]:
        """What the table holds, as it is sent."""
        return list(self.dynamodb.scan(TableName="table")["Items"])


class InMemory:
    """As much of AWS as the pipeline asks for. To let the calls of a client go wrong, replace its
    `guard`.
    """

    def __init__(self, api_key: str, clock: Clock) -> None:
        self.s3 = aws.S3(_let, clock)
        self.dynamodb = DynamoDB(_let, lambda *_: None)
        self.secrets = aws.Secrets(_let, SECRETS | {"api-key": api_key})

    def keys(self, prefix: str) -> list[str]:
        return [key for key in self.s3.there() if key.startswith(prefix)]

    def items(self) -> list[dict[str, Any]]:
        return self.dynamodb.sent()


def _let(_: str, act: Callable[[], Any]) -> Any:
    return act()


def table_of_the_template() -> dict[str, Any]:
    """The table's properties as `template.yaml` has them, as far as `create_table` takes them."""
    properties = source()["Resources"]["Table"]["Properties"]
    return {
        name: properties[name]
        for name in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    }


@contextmanager
def moto() -> Iterator[Callable[[str, Clock], Moto]]:
    """Lets an account of moto be opened."""
    with mock_aws(), quick_transactions():
        yield Moto
