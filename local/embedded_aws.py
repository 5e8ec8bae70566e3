"""The embedded AWS, mended in the places where it differs from AWS in what this pipeline needs.

The product is written for AWS. Where ministack 1.5.33 answers otherwise, the difference is mended
here, so that the template and the code stay as AWS wants them. Each mend names what it replaces; it
fails at start if a new version moves that.
"""

import json
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import (
    apigateway_v1,
    cloudwatch,
    cloudwatch_logs,
    eventbridge,
    lambda_svc,
    s3,
)
from ministack.services.cloudformation import provisioners

from local.item_keys import RETURN_VALUES, condition_keys

_parts: ContextVar[Iterator[dict[str, list[str]]]] = ContextVar("parts")
_version: ContextVar[str | None] = ContextVar("version", default=None)


def mend() -> None:
    """Put the mends in place, before the first request is served."""
    _events_carry_the_version()
    _batches_are_allowed_by_the_single_action()
    _concurrency_is_a_number()
    _events_are_tried_again()
    _processes_die_alone()
    _layers_are_unpacked_once()
    _bodies_are_validated()
    _requests_count_as_tls()
    _requests_have_the_keys_of_their_items()
    _alarms_calculate()
    _metrics_are_read_out_of_logs()
    _alarms_are_asked_for_by_how_their_names_begin()
    _requests_have_the_source_of_their_events()


def _events_carry_the_version() -> None:
    """S3's EventBridge events of a versioned bucket have `version-id`.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*arguments: Any, **named: Any) -> None:
        token = _version.set(named.get("version_id"))
        try:
            fire(*arguments, **named)
        finally:
            _version.reset(token)

    def dispatch_with_version(event: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        version = _version.get()
        if version and event.get("Source") == "aws.s3":
            detail = s3.json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = event | {"Detail": s3.json.dumps(detail)}
        return dispatch(event, *arguments, **named)

    s3._fire_s3_event, eventbridge._dispatch_event = fire_with_version, dispatch_with_version


def _batches_are_allowed_by_the_single_action() -> None:
    """`SendMessageBatch` needs the permission `sqs:SendMessage`, and `DeleteMessageBatch` needs
    `sqs:DeleteMessage`; there are no actions of their own names.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """
    extract = iam_actions.extract_iam_action

    def extract_single(*arguments: Any, **named: Any) -> Any:
        action = extract(*arguments, **named)
        is_batch = action in ("sqs:SendMessageBatch", "sqs:DeleteMessageBatch")
        return action.removesuffix("Batch") if is_batch else action

    iam_actions.extract_iam_action = extract_single


def _concurrency_is_a_number() -> None:
    """A parameter of type Number that a template refers to arrives as a number; here it stays text
    and breaks the poller.
    """
    concurrency = lambda_svc._sqs_esm_concurrency

    def concurrency_of(esm: dict[str, Any], *arguments: Any, **named: Any) -> int:
        scaling = esm.get("ScalingConfig") or {}
        if "MaximumConcurrency" in scaling:
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return int(concurrency(esm, *arguments, **named))

    lambda_svc._sqs_esm_concurrency = concurrency_of


def _events_are_tried_again() -> None:
    """EventBridge starts functions asynchronously, with Lambda's retries and failure destination;
    here it tries once.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """

    def dispatch(target: str, payload: str) -> None:
        function, configuration, _ = lambda_svc._get_func_record_for_ref(target)
        if function and configuration:
            lambda_svc.invoke_async_with_retry(
                lambda_svc._execution_record_for_config(function, configuration),
                json.loads(payload),
            )

    _ = eventbridge._dispatch_to_lambda  # fails here if it has moved
    eventbridge._dispatch_to_lambda = dispatch


def _processes_die_alone() -> None:
    """A function's process that dies while it starts fails its own invocation; here it takes all
    others of the function along.
    """
    invoke = lambda_runtime.Worker.invoke

    def invoke_alone(worker: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        try:
            return dict(invoke(worker, *arguments, **named))
        except Exception as error:  # whatever a start may raise; the next invocation starts anew
            worker.kill()
            return {"status": "error", "error": str(error)}

    lambda_runtime.Worker.invoke = invoke_alone


def _layers_are_unpacked_once() -> None:
    """All processes share the files of a layer; here each has a copy, which costs seconds and
    gigabytes with many of them.
    """
    unpacking = threading.Lock()

    class Archive(zipfile.ZipFile):
        def extractall(self, path: Any = None, *arguments: Any, **named: Any) -> None:
            place = Path(path)
            if not place.name.startswith("layer_"):
                super().extractall(path, *arguments, **named)
                return
            content = hash(tuple((member.filename, member.CRC) for member in self.infolist()))
            shared = Path(tempfile.gettempdir()) / f"layer-{content:x}"
            with unpacking:
                if not shared.exists():
                    super().extractall(shared)
            place.rmdir()
            place.symlink_to(shared)

    names = {
        "ZipFile": Archive,
        "BadZipFile": zipfile.BadZipFile,
        "LargeFileError": zipfile.LargeZipFile,
    }
    lambda_runtime.zipfile = SimpleNamespace(**names)


def _bodies_are_validated() -> None:
    """A request validator that a template gives to a method is applied to its requests; here it is
    not made, and the method forgets it.
    """
    validators = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RequestValidator"]
    methods = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::Method"]
    create_method = methods["create"]

    def validator(_name: str, properties: dict[str, Any], _stack: str) -> tuple[str, Any]:
        flags = {
            name[0].lower() + name[1:]: str(properties.get(name)).lower() == "true"
            for name in ("ValidateRequestBody", "ValidateRequestParameters")
        }
        _, _, answer = apigateway_v1._create_request_validator(
            properties["RestApiId"], flags | {"name": properties.get("Name", "")}
        )
        made = json.loads(answer)["id"]
        return made, {"RequestValidatorId": made}

    def method(name: str, properties: dict[str, Any], stack: str) -> Any:
        made = create_method(name, properties, stack)
        resource = apigateway_v1._resources[properties["RestApiId"]][properties["ResourceId"]]
        kept = resource["resourceMethods"][properties["HttpMethod"]]
        kept["requestValidatorId"] = properties.get("RequestValidatorId")
        return made

    validators["create"], methods["create"] = validator, method


def _requests_count_as_tls() -> None:
    """AWS is spoken to by TLS, and the template refuses anything else; here there is only HTTP, on
    this machine.
    """
    resolve = iam_evaluator._resolve_condition_key

    def resolve_with_tls(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_with_tls


def _requests_have_the_keys_of_their_items() -> None:
    """IAM evaluates conditions on the partition keys and attributes of a request to DynamoDB, in a
    transaction for each of its items; here they are not known, and count as met.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    context_of = iam_actions.dynamodb_service_context
    checks_of, enforce = iam_actions.dynamodb_transaction_checks, iam_evaluator.enforce

    def context_with_keys(body: bytes) -> dict[str, Any]:
        keys = condition_keys(json.loads(body or b"{}"))
        # A key of one value is compared as it is, not as a set.
        single = {name: values[0] for name, values in keys.items() if name == RETURN_VALUES}
        return dict(context_of(body)) | keys | single

    def checks(action: str, body: bytes, *arguments: Any) -> Any:
        found = checks_of(action, body, *arguments)
        parts = json.loads(body)["TransactItems"] if found else []
        _parts.set(iter([condition_keys(part) for one in parts for part in one.values()]))
        return found

    def enforce_of_part(*arguments: Any, **named: Any) -> Any:
        context = named.get("service_context") or {}
        if "dynamodb:EnclosingOperation" in context:
            named["service_context"] = context | next(_parts.get())
        return enforce(*arguments, **named)

    iam_actions.dynamodb_service_context = context_with_keys
    iam_actions.dynamodb_transaction_checks = checks
    iam_evaluator.enforce = enforce_of_part


def _alarms_calculate() -> None:
    """An alarm may calculate with several metrics; here it is refused, so it gets the first of them
    alone.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """
    record = provisioners._cw_metric_alarm_record

    def record_of_first(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        rest = dict(properties)
        for metric in rest.pop("Metrics", []):
            if looked_at := metric.get("MetricStat"):
                named = {"Statistic": looked_at["Stat"], "Period": looked_at["Period"]}
                rest = looked_at["Metric"] | named | rest
        return dict(record(name, rest))

    provisioners._cw_metric_alarm_record = record_of_first


def _metrics_are_read_out_of_logs() -> None:
    """CloudWatch takes metrics out of log lines in its embedded metric format; here it does not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    append = cloudwatch_logs._append_log_events

    def append_and_read(stream: Any, events: list[dict[str, Any]]) -> None:
        append(stream, events)
        for event in events:
            if event["message"].startswith('{"_aws"'):
                _record(json.loads(event["message"]))

    cloudwatch_logs._append_log_events = append_and_read


def _record(line: dict[str, Any]) -> None:
    """Record the metrics of one line, and look at their alarms."""
    for told in line["_aws"]["CloudWatchMetrics"]:
        for names, metric in product(told["Dimensions"], told["Metrics"]):
            dimensions = {name: line[name] for name in names}
            for value in line[metric["Name"]]:
                cloudwatch.record_metric(
                    told["Namespace"], metric["Name"], value, metric["Unit"], dimensions
                )
        for alarm in list(cloudwatch._alarms.values()):
            if alarm["Namespace"] == told["Namespace"]:
                cloudwatch._evaluate_alarm(alarm)


def _alarms_are_asked_for_by_how_their_names_begin() -> None:
    """A policy may name the alarms that somebody sees; here they count as all that there are.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    resource_of = iam_actions.extract_resource_arn

    def resource_with_prefix(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, *where: str
    ) -> Any:
        if headers.get("x-amz-target", "").endswith(".DescribeAlarms"):
            prefix = json.loads(body).get("AlarmNamePrefix", "")
            return f"arn:aws:cloudwatch:{':'.join(where)}:alarm:{prefix}*"
        return resource_of(service, method, path, headers, body, query, *where)

    iam_actions.extract_resource_arn = resource_with_prefix


def _requests_have_the_source_of_their_events() -> None:
    """IAM evaluates conditions on the source of the events that a request puts; here it is not
    known.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    context_of = iam_actions.request_tag_context

    def context_with_source(service: str, action: str, body: bytes, *arguments: Any) -> Any:
        context = context_of(service, action, body, *arguments)
        if action != "events:PutEvents":
            return context
        entries = json.loads(body or b"{}").get("Entries", [])
        return context | {"events:source": [str(entry.get("Source")) for entry in entries]}

    iam_actions.request_tag_context = context_with_source


if __name__ == "__main__":
    mend()
    app.main()
