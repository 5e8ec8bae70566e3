"""One stack, on AWS or this machine: where it is, and each call that is made to it."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)

from enrich.answers import Checked, Done, JobView, Listed
from enrich.errors import Failed, NoAccess, Refused

DEFAULT = "contact-enrichment"  # what samconfig.toml calls a stack
LOCAL = Path(".local/stack.json")  # where `make up` writes its addresses
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired"}
_QUICK = Config(connect_timeout=5, read_timeout=70, retries={"total_max_attempts": 3})

Clients = Callable[[str], Any]
"""Makes a boto3 client of a service."""


@dataclass(frozen=True)
class Place:
    """Where a stack is. `local` is the file in which a stack on this machine says where; it may
    have been found rather than named.
    """

    name: str = ""
    profile: str | None = None
    region: str | None = None
    local: Path | None = None
    is_found: bool = False

    @classmethod
    def given(
        cls, name: str | None, profile: str | None, region: str | None, local: Path | None
    ) -> "Place":
        """As options say. Where they name no stack, the one that runs in this folder, if any."""
        is_found = not (name or profile or local) and LOCAL.exists()
        local = LOCAL if is_found else local
        return cls(name or ("" if local else DEFAULT), profile, region, local, is_found)


def connect(place: Place) -> "Stack":
    """The stack at a place.

    Raises:
        NoAccess: there is none, or no way to it.
    """
    if place.local:
        return _on_this_machine(place.local, place.name)
    with _told("sign in"):
        session: Any = boto3.Session(profile_name=place.profile, region_name=place.region)
        return Stack(place.name, lambda service: session.client(service, config=_QUICK))


def _on_this_machine(file: Path, name: str) -> "Stack":
    try:
        there = json.loads(file.read_text())
        endpoint, region = there["endpoint_url"], there["region"]
        keys = {
            "aws_access_key_id": there["access_key_id"],
            "aws_secret_access_key": there["secret_access_key"],
        }
    except (OSError, ValueError, KeyError) as error:
        raise NoAccess(f"{file} does not say where a local stack is: run make up") from error
    config = _QUICK.merge(Config(s3={"addressing_style": "path"}))
    session: Any = boto3.Session(region_name=region, **keys)
    return Stack(
        name or there["name"],
        lambda service: session.client(service, endpoint_url=endpoint, config=config),
        is_local=True,
    )


class Stack:
    """A deployed stack, as whoever holds the credentials may see it.

    Args:
        name: of the stack in CloudFormation.
        clients: makes a boto3 client of a service, when one is first needed.
        is_local: whether it runs on this machine.
    """

    def __init__(self, name: str, clients: Clients, is_local: bool = False) -> None:
        self.name, self._clients, self.is_local = name, clients, is_local
        self._made: dict[str, Any] = {}

    # What it is

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        with _told("see the stack", self.name):
            answer = self._client("cloudformation").describe_stacks(StackName=self.name)
        if said := _date_of(answer):
            self.ahead = (datetime.now(UTC) - said).total_seconds()
        return cast(Mapping[str, Any], answer["Stacks"][0])

    ahead: float | None = None
    """Seconds by which this machine's clock is ahead of AWS's; None before AWS was asked."""

    @property
    def status(self) -> str:
        """The word of CloudFormation for how the last deployment went."""
        return str(self._description["StackStatus"])

    @cached_property
    def outputs(self) -> dict[str, str]:
        outputs = self._description.get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}

    def output(self, name: str) -> str:
        """An output that each stack of this kind has.

        Raises:
            NoAccess: it is a stack of another kind.
        """
        if name not in self.outputs:
            raise NoAccess(f"{self.name} is no contact-enrichment stack: it has no output {name}")
        return self.outputs[name]

    @cached_property
    def parameters(self) -> dict[str, str]:
        parameters = self._description.get("Parameters", [])
        return {each["ParameterKey"]: each["ParameterValue"] for each in parameters}

    @cached_property
    def parts(self) -> dict[str, str]:
        """The physical ids of its resources, by the names that the template gives them."""
        with _told("see the stack's parts", self.name):
            answer = self._client("cloudformation").describe_stack_resources(StackName=self.name)
        return {
            each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
            for each in answer["StackResources"]
        }

    @cached_property
    def caller(self) -> str:
        """The ARN of whoever holds the credentials."""
        with _told("learn who you are"):
            return str(self._client("sts").get_caller_identity()["Arn"])

    # What its function answers

    def jobs(self, **wanted: Any) -> Listed:
        """Jobs, the newest first; see the function's `ListJobs` for what may be wanted."""
        return cast(Listed, self._ask({"action": "jobs", **wanted}))

    def show(self, job: str) -> JobView:
        """One job, by its id, its file's path or name.

        Raises:
            Refused: there is none, or several files have the name.
        """
        return cast(JobView, self._ask({"action": "show", "job": job}))

    def decide(self, action: str, job: str) -> Done:
        """Do something about one job.

        Raises:
            Refused: it makes no sense.
        """
        return cast(Done, self._ask({"action": action, "job": job, "by": self.caller}))

    def redrive(self) -> Done:
        """Try dead letters again."""
        return cast(Done, self._ask({"action": "redrive", "by": self.caller}))

    def check(self) -> Checked:
        """Have the stack look at itself and the provider."""
        return cast(Checked, self._ask({"action": "check"}))

    def _ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        function = self.output("OperateFunctionName")
        with _told("ask the stack", self.name):
            answer = self._client("lambda").invoke(
                FunctionName=function, Payload=json.dumps(question).encode()
            )
        body = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            kind = body.get("errorType", "an error") if isinstance(body, dict) else "an error"
            raise Failed(
                f"the function {function} failed with {kind}; its log says why (enrich tail"
                " --errors)"
            )
        if "error" in body:
            raise Refused(str(body["error"]))
        return cast(Mapping[str, Any], body)

    # Its log

    def log(self, words: Sequence[str], since: datetime) -> Iterator[Mapping[str, Any]]:
        """The lines of all functions in which all of some words stand, in the order of time."""
        pages = self._client("logs").get_paginator("filter_log_events")
        with _told("read the log", self.name):
            for page in pages.paginate(
                logGroupName=self.output("LogGroupName"),
                filterPattern=" ".join(f'"{word}"' for word in words),
                startTime=int(since.timestamp() * 1000),
            ):
                yield from page["events"]

    # Its files

    def read(self, key: str) -> bytes | None:
        """A report; None if there is none. It is listed first: to those who may list only some
        folders, S3 calls a missing file forbidden.
        """
        bucket, s3 = self.output("BucketName"), self._client("s3")
        with _told("read reports", self.name):
            listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
            if [each["Key"] for each in listed] != [key]:
                return None
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def erase(self, file: Path) -> str:
        """Drop a file of people who are to be erased; where its receipt will be."""
        bucket, key = self.output("BucketName"), f"erase/{file.name}"
        with _told("drop files there", self.name, "AdminPolicy"), file.open("rb") as body:
            put = self._client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return f"reports/erase/receipt-{erasure_of(bucket, key, put['VersionId'])}.json"

    # What AWS knows of it

    def messages(self, url: str) -> int:
        """About how many messages are in a queue, also those at work or delayed."""
        with _told("look at queues", self.name):
            answer = self._client("sqs").get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )
        return sum(int(count) for count in answer["Attributes"].values())

    def figures(
        self, wanted: Mapping[str, tuple[str, str, str, str, str]], since: datetime, until: datetime
    ) -> dict[str, float]:
        """Figures of CloudWatch by a name of one's own: the sum or the maximum of a time. One of
        which there is no data is not among them.

        Args:
            wanted: of each its namespace, metric, dimension, the dimension's value, and statistic.
            since, until: the time.
        """
        if not wanted:
            return {}
        period = max(60, 60 * -(-int((until - since).total_seconds()) // 60))
        names = dict(enumerate(wanted))
        queries = [
            {
                "Id": f"q{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": wanted[name][0],
                        "MetricName": wanted[name][1],
                        "Dimensions": [{"Name": wanted[name][2], "Value": wanted[name][3]}],
                    },
                    "Period": period,
                    "Stat": wanted[name][4],
                },
            }
            for number, name in names.items()
        ]
        with _told("read metrics", self.name):
            answer = self._client("cloudwatch").get_metric_data(
                MetricDataQueries=queries, StartTime=since, EndTime=until
            )
        results = {names[int(each["Id"][1:])]: each for each in answer["MetricDataResults"]}
        return {
            name: float(sum(values) if wanted[name][4] == "Sum" else max(values))
            for name, each in results.items()
            if (values := each.get("Values"))
        }

    def alarms(self) -> list[Mapping[str, Any]]:
        """The stack's alarms."""
        pages = self._client("cloudwatch").get_paginator("describe_alarms")
        with _told("see alarms", self.name):
            return [
                alarm
                for page in pages.paginate(AlarmNamePrefix=f"{self.name}-")
                for alarm in page.get("MetricAlarms", [])
            ]

    def told_of_alarms(self) -> list[str]:
        """Who confirmed to be told of alarms."""
        pages = self._client("sns").get_paginator("list_subscriptions_by_topic")
        with _told("see who is told of alarms", self.name):
            return [
                each["Endpoint"]
                for page in pages.paginate(TopicArn=self.output("AlarmTopicArn"))
                for each in page["Subscriptions"]
                if each["SubscriptionArn"].startswith("arn:")
            ]

    def secret(self, name: str) -> Mapping[str, Any] | None:
        """What is known of a secret but its value; None if there is none."""
        with _told("see secrets", self.name):
            try:
                return cast(
                    Mapping[str, Any],
                    self._client("secretsmanager").describe_secret(SecretId=name),
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return None
                raise

    def runs_at_a_time(self) -> int:
        """How many runs of functions the account may have at a time, for all that reserve none."""
        with _told("see the account's limits", self.name):
            answer = self._client("lambda").get_account_settings()
        return int(answer["AccountLimit"]["UnreservedConcurrentExecutions"])

    def requests_a_second(self) -> tuple[float, int] | None:
        """How many requests a second the account's APIs take, and how many at once; None where that
        is not told.
        """
        with _told("see the account's limits", self.name):
            limits = self._client("apigateway").get_account().get("throttleSettings")
        return (float(limits["rateLimit"]), int(limits["burstLimit"])) if limits else None

    def _client(self, service: str) -> Any:
        if service not in self._made:
            with _told("sign in"):
                self._made[service] = self._clients(service)
        return self._made[service]


def erasure_of(bucket: str, key: str, version: str) -> str:
    """The id of an erasure, as the stack makes it."""
    digest = hashlib.sha256("\n".join((bucket, key, version)).encode()).digest()
    return b32encode(digest[:10]).decode().lower()


@contextmanager
def _told(what: str, stack: str = "", policy: str = "OperatorPolicy") -> Iterator[None]:
    """Turn what AWS refuses into a sentence.

    Raises:
        NoAccess, Failed: in place of the SDK's errors.
    """
    try:
        yield
    except _NO_CREDENTIALS as error:
        raise NoAccess(
            f"there are no AWS credentials ({type(error).__name__}): sign in, or set AWS_PROFILE"
        ) from None
    except NoRegionError:
        raise NoAccess("no region is set: give --region, or set AWS_REGION") from None
    except EndpointConnectionError as error:
        raise NoAccess(f"nothing answers at {error.kwargs.get('endpoint_url', 'AWS')}") from None
    except ClientError as error:
        raise _trouble(error, what, stack, policy) from None
    except BotoCoreError as error:
        raise Failed(f"AWS could not be asked ({type(error).__name__}); try again") from None


def _trouble(error: ClientError, what: str, stack: str, policy: str) -> NoAccess | Failed:
    code, said = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in _EXPIRED:
        return NoAccess("these AWS credentials are not valid any more: sign in again")
    if "AccessDenied" in code or code in ("UnauthorizedOperation", "AuthorizationError", "403"):
        return NoAccess(
            f"these credentials may not {what}: attach the stack's {policy} (its output"
            f" {policy}Arn)"
        )
    if code == "ValidationError" and "does not exist" in said:
        return NoAccess(f"there is no stack {stack} here: give --stack, --region or --profile")
    return Failed(f"AWS would not let us {what}: {code}")


def _date_of(answer: Mapping[str, Any]) -> datetime | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
