"""The template as CloudFormation gets it: transformed, so that what SAM generates counts too."""

import json
from typing import Any

import pytest

from tests.unit.transformed import of_type, transformed


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return transformed()


def test_every_function_has_a_role_of_its_own(resources: dict[str, Any]) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    roles = [json.dumps(function["Role"]) for function in functions.values()]
    assert len(functions) == len(set(roles)) == 8


def test_no_statement_allows_more_than_named_actions_on_named_resources(
    resources: dict[str, Any],
) -> None:
    policies = [
        policy["PolicyDocument"]
        for role in of_type(resources, "AWS::IAM::Role").values()
        for policy in role.get("Policies", [])
    ]
    policies += [
        policy["PolicyDocument"]
        for policy in of_type(resources, "AWS::IAM::ManagedPolicy").values()
    ]
    for statement in (statement for policy in policies for statement in policy["Statement"]):
        actions = (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        assert not any("*" in action for action in actions), statement
        if statement["Resource"] == "*":
            assert all(action.startswith("xray:") for action in actions), statement


def test_no_role_may_scan_and_only_that_of_erase_may_delete(resources: dict[str, Any]) -> None:
    roles = of_type(resources, "AWS::IAM::Role")
    erase = json.dumps(roles.pop("EraseRole"))
    for action in ("dynamodb:Scan", '"s3:DeleteObject"', "s3:PutLifecycleConfiguration", '"iam:'):
        assert action not in json.dumps(roles) + erase
    for action in ("dynamodb:DeleteItem", "s3:DeleteObject"):
        assert action not in json.dumps(roles)


def test_every_queue_of_work_has_its_dead_letters_and_six_times_the_patience(
    resources: dict[str, Any],
) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    functions = of_type(resources, "AWS::Lambda::Function")
    for name in ("Submit", "Webhook"):
        queue, timeout = queues[f"{name}Queue"], functions[f"{name}Function"]["Timeout"]
        assert queue["RedrivePolicy"]
        assert queue["VisibilityTimeout"] >= 6 * timeout
        assert queue["MessageRetentionPeriod"] == 14 * 86_400


def test_functions_that_are_started_asynchronously_have_a_failure_destination(
    resources: dict[str, Any],
) -> None:
    configured = of_type(resources, "AWS::Lambda::EventInvokeConfig")
    functions = {json.dumps(properties["FunctionName"]) for properties in configured.values()}
    assert functions == {
        json.dumps({"Ref": f"{name}Function"}) for name in ("Split", "Compile", "Erase")
    }
    assert all(
        properties["DestinationConfig"]["OnFailure"]["Destination"]
        for properties in configured.values()
    )


def test_uploads_start_a_job_everywhere_but_below_the_pipelines_own_folders(
    resources: dict[str, Any],
) -> None:
    from enrichment.domain.folder import NOT_UPLOADS

    rules = of_type(resources, "AWS::Events::Rule")
    [left_out] = rules["SplitFunctionUpload"]["EventPattern"]["detail"]["object"]["key"]
    assert {prefix.rstrip("/") for prefix in left_out["anything-but"]["prefix"]} == NOT_UPLOADS
    people = rules["EraseFunctionUpload"]["EventPattern"]["detail"]["object"]["key"]
    assert people == [{"prefix": "erase/"}]


def test_a_batch_may_come_back_to_its_queue_as_often_as_it_must(resources: dict[str, Any]) -> None:
    """Lambda stops loops of a function over a queue after 16 rounds, unless they are allowed.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """
    functions = of_type(resources, "AWS::Lambda::Function")
    loops = {name for name, found in functions.items() if found.get("RecursiveLoop") == "Allow"}
    assert loops == {"SubmitFunction", "EraseFunction"}


def test_sweeps_do_not_overlap(resources: dict[str, Any]) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    fed = [
        mapping["EventSourceArn"]
        for mapping in mappings
        if mapping["FunctionName"] == {"Ref": "SweepFunction"}
    ]
    [rule] = of_type(resources, "AWS::Events::Rule")["TickRule"]["Targets"]
    assert fed == [rule["Arn"]] == [{"Fn::GetAtt": ["Ticks", "Arn"]}]
    assert of_type(resources, "AWS::SQS::Queue")["Ticks"]["FifoQueue"]
    assert rule["SqsParameters"] == {"MessageGroupId": "ticks"}


def test_dead_letters_are_delivered_with_the_longest_stack_name(resources: dict[str, Any]) -> None:
    """A name that is left to CloudFormation is cut where it is too long; the policy names it."""
    functions = of_type(resources, "AWS::Lambda::Function").values()
    longest = 64 - max(len(name_of(each["FunctionName"], "")) for each in functions)
    rules = of_type(resources, "AWS::Events::Rule").values()
    names = {name_of(rule["Name"], "s" * longest) for rule in rules}
    assert all(len(name) <= 64 for name in names)

    [statement] = of_type(resources, "AWS::SQS::QueuePolicy")["FailedEventsPolicy"][
        "PolicyDocument"
    ]["Statement"]
    sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert {name_of(each, "s" * longest).rpartition("rule/")[2] for each in sources} <= names


def name_of(value: Any, stack: str) -> str:
    """A name that the template makes of the stack's."""
    return str(value["Fn::Sub"]).replace("${AWS::StackName}", stack)
