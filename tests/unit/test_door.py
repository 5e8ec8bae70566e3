"""The door for results, as CloudFormation gets it: a queue accepts, and no function is in the
path.
"""

import hashlib
import json
import re
from typing import Any

import pytest

from checks.transform import source
from enrichment.adapters.clients import BRISK, FILES, PATIENT
from enrichment.domain.folder import job_id
from enrichment.domain.token import FORM, RowRef, SigningKeys, sign
from enrichment.usecases.webhook import MOST_BYTES, NEEDED
from tests.unit.transformed import deployed, of_type, transformed

SNAPSHOT = (
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Method",
)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return transformed()


@pytest.fixture(scope="module")
def method(resources: dict[str, Any]) -> dict[str, Any]:
    [method] = of_type(resources, "AWS::ApiGateway::Method").values()
    return dict(method)


@pytest.fixture(scope="module")
def stage(resources: dict[str, Any]) -> dict[str, Any]:
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()
    return dict(stage)


def test_no_function_is_in_the_path_of_acceptance(
    resources: dict[str, Any], method: dict[str, Any]
) -> None:
    integration = method["Integration"]
    assert integration["Type"] == "AWS"
    assert ":sqs:path/" in integration["Uri"]["Fn::Sub"]
    assert "Function" not in json.dumps(of_type(resources, "AWS::ApiGateway::Method"))
    assert not of_type(resources, "AWS::Lambda::Permission").keys() & {
        name for name in resources if "Webhook" in name
    }
    # `sam deploy --guided` asks about a function's API event without authorizer.
    assert not of_type(resources, "AWS::Serverless::Api")


def test_the_door_may_send_to_its_one_queue_and_nothing_else() -> None:
    resources = deployed()
    [policy] = of_type(resources, "AWS::IAM::Role")["DoorRole"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": ["WebhookQueue", "Arn"]},
        }
    ]
    assert "ManagedPolicyArns" not in of_type(resources, "AWS::IAM::Role")["DoorRole"]


def test_the_door_takes_json_with_a_token_of_the_right_form_only(
    resources: dict[str, Any], method: dict[str, Any]
) -> None:
    integration = method["Integration"]
    assert integration["PassthroughBehavior"] == "NEVER"
    assert list(integration["RequestTemplates"]) == ["application/json"]
    [validator] = of_type(resources, "AWS::ApiGateway::RequestValidator").values()
    assert validator["ValidateRequestBody"] is True
    assert method["RequestValidatorId"]
    assert list(method["RequestModels"]) == ["application/json"]

    schema = of_type(resources, "AWS::ApiGateway::Model")["ResultModel"]["Schema"]
    assert (schema["type"], schema["required"]) == ("object", ["custom"])
    custom = schema["properties"]["custom"]
    assert (custom["type"], custom["required"]) == ("object", ["token"])
    assert custom["properties"]["token"] == {"type": "string", "pattern": FORM}


@pytest.mark.parametrize("row", [2, 1_048_577])
def test_every_token_of_ours_has_the_form(row: int) -> None:
    ref = RowRef(job_id("bucket", "incoming/email/leads.csv", "1"), row // 100 + 1, row)
    for key in range(100):
        assert re.search(FORM, sign(ref, SigningKeys(b"key %d" % key)))


def test_what_was_not_accepted_is_never_answered_as_if_it_was(method: dict[str, Any]) -> None:
    responses = method["Integration"]["IntegrationResponses"]
    assert [(r.get("SelectionPattern"), r["StatusCode"]) for r in responses] == [
        ("200", "200"),
        ("400", "413"),
        (None, "503"),
    ]


def test_a_burst_and_its_repetition_pass_many_times_over(stage: dict[str, Any]) -> None:
    parameters = source()["Parameters"]
    [settings] = stage["MethodSettings"]
    assert settings["ThrottlingBurstLimit"] == {"Ref": "WebhookBurst"}
    assert settings["ThrottlingRateLimit"] == {"Ref": "WebhookRate"}
    assert parameters["WebhookBurst"]["Default"] >= 5 * 2 * 5 * 100
    assert parameters["WebhookRate"]["Default"] >= 2 * 2 * 5 * 100


def test_the_logs_of_the_door_hold_no_body_and_no_token(stage: dict[str, Any]) -> None:
    [settings] = stage["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)
    written = stage["AccessLogSetting"]["Fn::If"][1]["Format"]
    variables = set(re.findall(r"\$[\w.]+", written))
    assert variables == {
        "$context.requestId",
        "$context.requestTime",
        "$context.identity.sourceIp",
        "$context.httpMethod",
        "$context.resourcePath",
        "$context.status",
        "$context.integration.status",
        "$context.responseLength",
        "$context.responseLatency",
        "$context.error.responseType",
    }
    assert json.loads(written)


def test_an_access_log_does_not_fail_in_an_account_that_never_had_one(
    resources: dict[str, Any],
) -> None:
    # Without the account's role, a stage with an access log cannot be made.
    condition, created, _ = resources["ApiStage"]["Properties"]["Description"]["Fn::If"]
    assert condition == "CreatesLogRole"
    assert "${AccountLogging}" in created["Fn::Sub"], "the stage would not wait for it"
    for name in ("AccountLogging", "LogRole"):
        assert resources[name]["Condition"] == "CreatesLogRole"
        assert resources[name]["DeletionPolicy"] == "Retain", "others in the account need it"


def test_a_changed_door_is_deployed(resources: dict[str, Any], stage: dict[str, Any]) -> None:
    shown = {kind: of_type(resources, kind) for kind in SNAPSHOT}
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:8]
    name = f"ApiDeployment{digest}"
    assert list(of_type(resources, "AWS::ApiGateway::Deployment")) == [name], f"name it {name}"
    assert stage["DeploymentId"] == {"Ref": name}


def test_the_consumer_takes_several_at_a_time_and_reports_each_by_itself(
    resources: dict[str, Any],
) -> None:
    mapping = of_type(resources, "AWS::Lambda::EventSourceMapping")["WebhookFunctionResults"]
    assert mapping["BatchSize"] == 25
    window = mapping["MaximumBatchingWindowInSeconds"]
    tally = of_type(resources, "AWS::Lambda::EventSourceMapping")["TallyFunctionResults"]
    assert window + tally["MaximumBatchingWindowInSeconds"] <= 10, "how long an answer waits"
    hidden = resources["WebhookQueue"]["Properties"]["VisibilityTimeout"]
    assert hidden >= 6 * resources["WebhookFunction"]["Properties"]["Timeout"] + window
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WebhookConcurrency"}}
    tracing = of_type(resources, "AWS::Lambda::Function")["WebhookFunction"]["TracingConfig"]
    assert tracing == {"Mode": "PassThrough"}


def test_the_queue_of_results_is_encrypted_and_keeps_them_as_long_as_it_can() -> None:
    queues = of_type(deployed(), "AWS::SQS::Queue")
    queue, dead = queues["WebhookQueue"], queues["WebhookDeadLetters"]
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
        assert each["MessageRetentionPeriod"] == 14 * 86_400
    assert queue["MaximumMessageSize"] == MOST_BYTES
    hours = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] / 3600
    assert hours > 3


def test_a_call_that_hangs_is_given_up_before_its_function_is(resources: dict[str, Any]) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    webhook = functions["WebhookFunction"]["Timeout"]
    assert 2 * BRISK.longest <= NEEDED < webhook
    others = {name: f["Timeout"] for name, f in functions.items() if name != "WebhookFunction"}
    for name, timeout in others.items():
        assert PATIENT.longest < timeout, name
    for name in ("SplitFunction", "SubmitFunction", "CompileFunction", "SweepFunction"):
        assert FILES.longest < others[name], name
