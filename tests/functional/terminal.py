"""An operator's terminal: the real command line over boto3's own clients, whose calls are answered
here. `operate` is the function's handler over a world; CloudFormation tells what the template has.
"""

import importlib
import io
import json
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from typer.testing import CliRunner, Result

from checks.transform import source
from enrich.commands import app
from enrich.stack import Place, Stack
from tests.functional.accounts import REGION
from tests.functional.lambdas import Context
from tests.functional.world import World

WHO = "arn:aws:sts::111122223333:assumed-role/Operators/ana"
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def denied(_: dict[str, Any]) -> dict[str, Any]:
    """What AWS says to those who may not."""
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Any")


class Terminal:
    """What stands behind a terminal. `answers` are those of AWS, by operation; `asked` are the
    calls that were made, with their parameters. botocore checks both by the services' models.
    """

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.asked = world, list[tuple[str, dict[str, Any]]]()
        self._handler = importlib.import_module("functions.operate.handler")
        monkeypatch.setattr(self._handler, "deployed", lambda: world.pipeline)
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.setenv("ENRICH_STACK", "team")  # not one that runs on this machine
        for name in ("ENRICH_LOCAL", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        template = source()
        values = dict.fromkeys(template["Outputs"], "") | {"BucketName": "data"}
        outputs = [{"OutputKey": name, "OutputValue": one or name} for name, one in values.items()]
        parameters = [
            {"ParameterKey": name, "ParameterValue": str(one.get("Default", ""))}
            for name, one in template["Parameters"].items()
        ]
        now = datetime.now(UTC)
        stack = {"StackName": "team", "StackStatus": "CREATE_COMPLETE", "CreationTime": now}
        stack |= {"Outputs": outputs, "Parameters": parameters}
        parts = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": name,
                "ResourceType": one["Type"],
                "Timestamp": now,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, one in template["Resources"].items()
        ]
        self.answers: dict[str, Answer] = {
            "DescribeStacks": lambda _: {"Stacks": [stack]},
            "DescribeStackResources": lambda _: {"StackResources": parts},
            "GetCallerIdentity": lambda _: {"Arn": WHO},
            "Invoke": self._invoke,
            "GetObject": self._get,
            "ListObjectsV2": lambda given: {
                "Contents": [{"Key": key} for key in world.keys(given["Prefix"])][:1]
            },
            "PutObject": lambda given: {"VersionId": self._put(**given)},
            "FilterLogEvents": lambda _: {"events": []},
            "GetQueueAttributes": lambda _: {"Attributes": {"ApproximateNumberOfMessages": "0"}},
            "GetMetricData": lambda _: {"MetricDataResults": []},
            "DescribeAlarms": lambda _: {"MetricAlarms": []},
            "ListSubscriptionsByTopic": lambda _: {
                "Subscriptions": [{"SubscriptionArn": "arn:aws:sns:1", "Endpoint": "ops@a.example"}]
            },
            "DescribeSecret": lambda given: {"Name": given["SecretId"]},
            "GetAccountSettings": lambda _: {
                "AccountLimit": {"UnreservedConcurrentExecutions": 1000}
            },
            "GetAccount": lambda _: {"throttleSettings": {"rateLimit": 10_000, "burstLimit": 5000}},
        }

    def run(self, *words: str, say: str | None = None) -> Result:
        """Run a command; `say` is what somebody types when asked."""
        return CliRunner().invoke(app, words, input=say, obj=self._connect)

    def data(self, *words: str) -> Any:
        """What a command answers as data, which is all that it prints."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def _connect(self, place: Place) -> Stack:
        _behind.set(self)
        return Stack(place.name, _client)

    def answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        given = context["given"]
        self.asked.append((model.name, given))
        answer = self.answers[model.name](given)
        if model.output_shape is not None:
            wrong = ParamValidator().validate(answer, model.output_shape)
            assert not wrong.has_errors(), wrong.generate_report()
        return SimpleNamespace(status_code=200, headers={}), answer

    def _invoke(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["FunctionName"] == "OperateFunctionName"
        answer = self._handler.handler(json.loads(given["Payload"]), Context())
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _get(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"Body": self.world.s3.get_object(**given | {"Bucket": "data"})["Body"]}

    def _put(self, Key: str, Body: Any, **_: Any) -> str:  # noqa: N803
        version, _size = self.world.upload(Key, Body.read())
        self.world.pipeline.erase.run(Key, version)
        return version


_behind: ContextVar[Terminal] = ContextVar("behind")


@cache
def _client(service: str) -> Any:
    """A client, which takes long to make, whose calls the terminal of the moment answers."""
    client = boto3.client(
        service,  # type: ignore[call-overload]  # the name is not a literal
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.meta.events.register("before-parameter-build", _note_parameters)
    client.meta.events.register("before-call", lambda **call: _behind.get().answer(**call))
    return client


def _note_parameters(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["given"] = dict(params)
