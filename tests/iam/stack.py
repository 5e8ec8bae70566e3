"""The template as a stack whose names are known: what its references stand for, which policies its
roles have, and what Lambda and API Gateway do in a role's name.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from checks.transform import source
from tests.iam.policies import Policies, Request, Statement
from tests.unit.transformed import of_type, transformed

PARTITION, REGION, ACCOUNT, STACK = "aws", "us-east-1", "111122223333", "enrichment"
FUNCTIONS = (
    *("split", "submit", "webhook", "tally", "compile", "inform", "erase", "cancel", "sweep"),
    "operate",
)
ROLES = (*FUNCTIONS, "door")

_PSEUDO = {
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0a1b2c3d",
    "AWS::URLSuffix": "amazonaws.com",
}
_HERE = f"{REGION}:{ACCOUNT}"
# What a reference to a resource stands for, and its ARN, by its type.
_REFERENCES = {
    "AWS::S3::Bucket": "data",
    "AWS::SQS::Queue": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{name}}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_HERE}:secret:{{name}}-AbCdEf",
    "AWS::IAM::ManagedPolicy": "{name}",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:{{name}}",
}
_ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::data",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:{{name}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:{{name}}:*",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:{{name}}",
}
_STREAM = f"arn:aws:dynamodb:{_HERE}:table/Table/stream/label"

# What Lambda does in a role's name with a source of events.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
_POLLING = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ),
}


class Stack:
    """The template with each reference resolved. Parameters have their defaults, but for those
    that are `given`.
    """

    def __init__(self, **given: str) -> None:
        template = source()
        self._conditions: Mapping[str, Any] = template["Conditions"]
        defaults = {name: one.get("Default") for name, one in template["Parameters"].items()}
        self._parameters = defaults | given
        self.resources = transformed()

    def name_of(self, function: str) -> str:
        """What a function is called."""
        return str(self.resolved({"Ref": f"{function.title()}Function"}))

    def environment(self, function: str) -> dict[str, str]:
        """The variables of a function."""
        properties = self.resources[f"{function.title()}Function"]["Properties"]
        variables = self.resolved(properties["Environment"]["Variables"])
        return {name: str(value) for name, value in variables.items()}

    def policies(self, role: str) -> Policies:
        """What a role may do."""
        properties = self.resources[f"{role.title()}Role"]["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
        documents += map(self._document, self.resolved(properties.get("ManagedPolicyArns", [])))
        return _read(self.resolved(documents))

    def managed(self, *names: str) -> Policies:
        """What somebody may do to whom these policies are attached."""
        return _read(self.resolved([self._document(name) for name in names]))

    def done_by_others(self, role: str) -> list[Request]:
        """What Lambda or API Gateway asks for in a role's name."""
        return [*self._of_door()] if role == "door" else [*self._of_function(role)]

    def resolved(self, value: Any) -> Any:
        """A part of the template without intrinsic functions."""
        match value:
            case {"Ref": str(name)}:
                return self._reference(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::If": [str(name), yes, no]}:
                return self.resolved(yes if self.holds(name) else no)
            case {"Fn::Sub": _} | {"Fn::Join": _} | {"Fn::Split": _} | {"Fn::Select": _}:
                return self._put_together(value)
            case dict():
                pairs = ((key, self.resolved(part)) for key, part in value.items())
                return {key: part for key, part in pairs if part is not None}
            case list():
                parts = map(self.resolved, value)
                return [part for part in parts if part is not None]
        return value

    def holds(self, name: str) -> bool:
        """Whether a condition of the template does."""
        return self._is_true(self._conditions[name])

    def _is_true(self, condition: Any) -> bool:
        match condition:
            case {"Fn::Not": [inner]}:
                return not self._is_true(inner)
            case {"Fn::Equals": [one, other]}:
                return bool(self.resolved(one) == self.resolved(other))
        raise AssertionError(condition)

    def _document(self, name: str) -> Any:
        return self.resources[name]["Properties"]["PolicyDocument"]

    def _put_together(self, value: Mapping[str, Any]) -> Any:
        """A text, or a list, that is made of others."""
        match value:
            case {"Fn::Sub": str(text)}:
                return self._filled(text, {})
            case {"Fn::Sub": [str(text), dict(variables)]}:
                return self._filled(text, self.resolved(variables))
            case {"Fn::Join": [str(between), parts]}:
                return between.join(self.resolved(parts))
            case {"Fn::Split": [str(between), text]}:
                return self.resolved(text).split(between)
            case {"Fn::Select": [place, parts]}:
                return self.resolved(parts)[int(place)]
        raise AssertionError(value)

    def _filled(self, text: str, variables: Mapping[str, str]) -> str:
        """A text with the values of the names in it."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            return variables[name] if name in variables else self._named(name)

        return re.sub(r"\$\{([\w:.]+)\}", value, text)

    def _named(self, name: str) -> str:
        resource, _, attribute = name.partition(".")
        return str(self._attribute(resource, attribute) if attribute else self._reference(name))

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return None
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        kind = self.resources[name]["Type"]
        return _REFERENCES.get(kind, "{name}").format(name=self._name(name))

    def _attribute(self, name: str, attribute: str) -> str:
        match attribute:
            case "Arn":
                return _ARNS[self.resources[name]["Type"]].format(name=self._name(name))
            case "StreamArn":
                return _STREAM
            case "QueueName":
                return name
        return str(self._reference(name))

    def _name(self, name: str) -> str:
        properties = self.resources[name].get("Properties", {})
        given = properties.get("FunctionName") or properties.get("LogGroupName")
        return str(self.resolved(given)) if given else name

    def _of_function(self, role: str) -> Iterator[Request]:
        name = f"{role.title()}Function"
        properties = self.resources[name]["Properties"]
        logs = self.resolved({"Fn::GetAtt": ["Logs", "Arn"]})
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield Request(action, logs.replace(":*", ":log-stream:one"))
        if "TracingConfig" in properties:
            yield Request("xray:PutTraceSegments", "*")
            yield Request("xray:PutTelemetryRecords", "*")
        for mapping in of_type(self.resources, "AWS::Lambda::EventSourceMapping").values():
            if mapping["FunctionName"] == {"Ref": name}:
                yield from self._polled(mapping)
        for invoked in of_type(self.resources, "AWS::Lambda::EventInvokeConfig").values():
            if invoked["FunctionName"] == {"Ref": name}:
                yield from self._failed(invoked)

    def _polled(self, source: Mapping[str, Any]) -> Iterator[Request]:
        arn = self.resolved(source["EventSourceArn"])
        for action in _POLLING[arn.split(":")[2]]:
            yield Request(action, arn)
        yield from self._failed(source)

    def _failed(self, asked: Mapping[str, Any]) -> Iterator[Request]:
        if destination := asked.get("DestinationConfig"):
            yield Request("sqs:SendMessage", self.resolved(destination["OnFailure"]["Destination"]))

    def _of_door(self) -> Iterator[Request]:
        uri = self.resolved(self.resources["ProntoMethod"]["Properties"]["Integration"]["Uri"])
        queue = uri.rpartition("/")[2]
        yield Request("sqs:SendMessage", f"arn:aws:sqs:{_HERE}:{queue}")


def _read(documents: list[Any]) -> Policies:
    statements = (each for document in documents for each in document["Statement"])
    return Policies(tuple(map(Statement.read, statements)))


@cache
def the_stack() -> Stack:
    """The stack with the defaults of all parameters."""
    return Stack()
