"""The template as CloudFormation gets it: transformed, so that what SAM generates counts too."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from checks.transform import source, watching
from tests.unit.transformed import deployed, of_type, transformed

KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return transformed()


def test_every_function_has_a_role_of_its_own(resources: dict[str, Any]) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    roles = [json.dumps(function["Role"]) for function in functions.values()]
    assert len(functions) == len(set(roles)) == 10


def test_no_statement_allows_more_than_named_actions_on_named_resources() -> None:
    resources = deployed(KmsKeyArn=KEY, SubnetIds="subnet-0a", SecurityGroupIds="sg-0a")
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
            # These know no resources.
            knows_none = (
                "xray:",
                "ec2:",
                "cloudwatch:GetMetricData",
                "lambda:GetAccountSettings",
                "secretsmanager:BatchGetSecretValue",
            )
            assert all(action.startswith(knows_none) for action in actions), statement


def test_no_role_may_scan_and_only_that_of_erase_may_delete(resources: dict[str, Any]) -> None:
    roles = of_type(resources, "AWS::IAM::Role")
    erase = json.dumps(roles.pop("EraseRole"))
    for action in (
        "dynamodb:Scan",
        "dynamodb:BatchWriteItem",  # which may delete, too
        '"s3:DeleteObject"',
        "s3:PutLifecycleConfiguration",
        '"iam:',
    ):
        assert action not in json.dumps(roles) + erase
    for action in ("dynamodb:DeleteItem", "s3:DeleteObject"):
        assert action not in json.dumps(roles)


def test_every_role_and_policy_has_the_path_and_every_role_the_boundary(
    resources: dict[str, Any],
) -> None:
    roles = of_type(resources, "AWS::IAM::Role")
    boundary = {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    assert all(role["PermissionsBoundary"] == boundary for role in roles.values())
    for made in roles | of_type(resources, "AWS::IAM::ManagedPolicy"):
        assert resources[made]["Properties"]["Path"] == {"Ref": "RolePath"}, made


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
        json.dumps({"Ref": f"{name}Function"}) for name in ("Split", "Compile", "Erase", "Cancel")
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


def test_no_name_is_too_long_whatever_the_stack_is_called(resources: dict[str, Any]) -> None:
    """CloudFormation cuts the names that it makes; a stack's own name may have 128 characters."""
    longest = {
        ("AWS::Lambda::Function", "FunctionName"): 64,
        ("AWS::Events::Rule", "Name"): 64,
        ("AWS::SQS::Queue", "QueueName"): 80,
        ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
        ("AWS::CloudWatch::Dashboard", "DashboardName"): 255,
        ("AWS::IAM::Role", "RoleName"): 64,
        ("AWS::S3::Bucket", "BucketName"): 63,
        ("AWS::Logs::LogGroup", "LogGroupName"): 512,
        ("AWS::ApiGateway::RestApi", "Name"): 1024,
    }
    named = {
        (kind, name): properties[attribute]
        for kind, attribute in longest
        for name, properties in of_type(resources, kind).items()
        if attribute in properties
    }
    starting_themselves = {"SplitFunction": "split", "EraseFunction": "erase"}
    after_the_stack = {"Logs", "AccessLogs", "Api", "Dashboard"}
    assert {name for _, name in named} == {*starting_themselves, *after_the_stack}
    stack_id = "Fn::Select", [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]
    for resource, function in starting_themselves.items():
        name = named["AWS::Lambda::Function", resource]
        assert name == {"Fn::Join": ["-", [f"enrichment-{function}", dict([stack_id])]]}
        assert len(f"enrichment-{function}-{uuid4()}") <= 64


def test_dead_letters_of_rules_are_delivered(resources: dict[str, Any]) -> None:
    rules = of_type(resources, "AWS::Events::Rule")
    for rule in rules.values():
        [target] = rule["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["FailedEvents", "Arn"]}}
    policy = of_type(resources, "AWS::SQS::QueuePolicy")["FailedEventsPolicy"]
    [allowed, _] = policy["PolicyDocument"]["Statement"]
    sources = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert sorted(source["Fn::GetAtt"][0] for source in sources) == sorted(rules)


def test_nothing_that_holds_data_is_reached_without_tls() -> None:
    resources = deployed()
    guarded = [
        name
        for kind, place in (
            ("AWS::SQS::QueuePolicy", "Queues"),
            ("AWS::SNS::TopicPolicy", "Topics"),
            ("AWS::S3::BucketPolicy", "Bucket"),
        )
        for policy in of_type(resources, kind).values()
        if any(map(denies_without_tls, policy["PolicyDocument"]["Statement"]))
        for name in names_in(policy[place])
    ]
    kinds = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket")
    assert sorted(guarded) == sorted(name for kind in kinds for name in of_type(resources, kind))


def test_a_key_of_ones_own_encrypts_all_that_is_stored() -> None:
    resources = deployed(KmsKeyArn=KEY)
    kinds = {
        *(
            "AWS::DynamoDB::Table",
            "AWS::Lambda::Function",
            "AWS::Logs::LogGroup",
            "AWS::S3::Bucket",
        ),
        *("AWS::SecretsManager::Secret", "AWS::SNS::Topic", "AWS::SQS::Queue"),
    }
    without = {
        name
        for kind in kinds
        for name, properties in of_type(resources, kind).items()
        if KEY not in json.dumps(properties)
    }
    assert without == {"BucketAccessLogs"}  # S3 delivers logs under no other kind of key


def test_functions_run_in_a_network_where_one_is_given() -> None:
    for function in of_type(deployed(), "AWS::Lambda::Function").values():
        assert "VpcConfig" not in function
    inside = deployed(SubnetIds="subnet-0a,subnet-0b", SecurityGroupIds="sg-0a")
    for function in of_type(inside, "AWS::Lambda::Function").values():
        assert function["VpcConfig"]["SubnetIds"] == ["subnet-0a", "subnet-0b"]
        assert function["VpcConfig"]["SecurityGroupIds"] == ["sg-0a"]


def test_what_watches_has_no_name_that_the_template_has() -> None:
    """So that a waiver, a page and a test may speak of both by their names."""
    assert not source()["Resources"].keys() & watching()["Resources"].keys()


def test_what_watches_is_given_its_parameters_and_no_other() -> None:
    properties = source()["Resources"]["Watch"]["Properties"]
    assert properties["TemplateURL"] == "watch.yaml"
    assert properties["Parameters"].keys() == watching()["Parameters"].keys()


def test_every_alarm_tells_the_topic(resources: dict[str, Any]) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms)


def test_people_are_told_by_the_stacks_own_topic_and_by_those_that_are_allowed() -> None:
    allowed = [f"arn:aws:sns:us-east-1:123456789012:{name}" for name in ("sales", "ops")]
    for chosen, topics in (("", []), (",".join(allowed), [allowed])):
        resources = deployed(NotifyTopics=chosen)
        [policy] = of_type(resources, "AWS::IAM::Role")["InformRole"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        told = [each["Resource"] for each in statements if each["Action"] == "sns:Publish"]
        assert told == [{"Ref": "JobTopic"}, *topics]


def test_a_failed_first_deploy_leaves_nothing_and_a_deletion_loses_nothing(
    resources: dict[str, Any],
) -> None:
    kept = {
        name
        for name, resource in resources.items()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
        and resource["UpdateReplacePolicy"] == "Retain"
    }
    assert kept == {
        *("Bucket", "BucketAccessLogs", "Table", "PersonKey"),
        *("WebhookQueue", "WebhookDeadLetters"),
    }


def test_every_folder_of_the_bucket_has_an_end(resources: dict[str, Any]) -> None:
    from enrichment.domain.folder import OWN_FOLDERS, UPLOADS

    rules = of_type(resources, "AWS::S3::Bucket")["Bucket"]["LifecycleConfiguration"]["Rules"]
    ends = {rule["Prefix"].rstrip("/"): rule for rule in rules if "Prefix" in rule}
    assert ends.keys() == {*OWN_FOLDERS, *UPLOADS}
    assert all("Ref" in rule["ExpirationInDays"] for rule in ends.values())
    [everywhere] = [rule for rule in rules if not {"Prefix", "TagFilters"} & rule.keys()]
    earlier = {"NoncurrentDays": {"Ref": "EarlierVersionDays"}}
    assert everywhere["NoncurrentVersionExpiration"] == earlier
    assert everywhere["ExpiredObjectDeleteMarker"]


def test_what_was_deleted_by_mistake_can_be_brought_back(resources: dict[str, Any]) -> None:
    bucket = of_type(resources, "AWS::S3::Bucket")["Bucket"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    [table] = of_type(resources, "AWS::DynamoDB::Table").values()
    recovery = table["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_what_only_the_deployer_knows_is_asked_first_and_all_has_a_default() -> None:
    template = source()
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [name for group in groups for name in group["Parameters"]]
    first = groups[0]["Parameters"]
    assert list(template["Parameters"])[: len(first)] == first  # as `sam deploy --guided` asks
    assert sorted(shown) == sorted(template["Parameters"])
    assert all("Default" in parameter for parameter in template["Parameters"].values())


@pytest.mark.parametrize("name", ["ProntoBaseUrl", "WebhookBaseUrl"])
def test_addresses_are_https_but_for_this_machine(name: str) -> None:
    pattern = source()["Parameters"][name]["AllowedPattern"]
    for url in ("https://app.example.com/api", "http://127.0.0.1:9000/api", "http://localhost/api"):
        assert re.fullmatch(pattern, url), url
    for url in ("http://app.example.com/api", "http://localhost.example.com/api", "ftp://a/b"):
        assert not re.fullmatch(pattern, url), url


def denies_without_tls(statement: dict[str, Any]) -> bool:
    without_tls = {"Bool": {"aws:SecureTransport": "false"}}
    return (statement["Effect"], statement.get("Condition")) == ("Deny", without_tls)


def names_in(references: Any) -> list[str]:
    """The logical ids that a policy's property refers to."""
    return [each["Ref"] for each in (references if isinstance(references, list) else [references])]
