"""Whoever has the credentials of a function can do no more than its task, on the deployed stack;
and whoever operates it gets by with the policy for that.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import enrich
from local.stack import Stack
from tests.iam.attacks import ATTACKS, OWN_TASKS
from tests.iam.stack import the_stack

DENIED = ("AccessDenied", "AuthorizationError")  # some services add Exception
_SERVICES = {"functions": "lambda", "secrets": "secretsmanager", "topics": "sns"}
# What belongs in a call that is not looked at before it is allowed.
_REST: dict[str, dict[str, Any]] = {
    "put_object": {"Body": b""},
    "send_message_batch": {"Entries": [{"Id": "0", "MessageBody": "{}"}]},
    "delete_message": {"ReceiptHandle": "one"},
    "put_bucket_policy": {"Policy": "{}"},
    "put_bucket_lifecycle_configuration": {"LifecycleConfiguration": {"Rules": []}},
    "put_secret_value": {"SecretString": "another"},
    "publish": {"Message": "hello"},
    "subscribe": {"Protocol": "email", "Endpoint": "eve@evil.example"},
}


@pytest.fixture(scope="module")
def names(deployed: Stack) -> dict[str, str]:
    """What the deployed stack calls what the attacks name."""
    found = deployed.client("cloudformation").describe_stack_resources(StackName="enrichment")
    made = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found["StackResources"]}
    wanted = (
        *("SubmitQueue", "WebhookQueue", "FailedEvents", "Ticks", "SigningKey", "PersonKey"),
        *("JobTopic", "AlarmTopic"),
    )
    functions = {the_stack().name_of(each): name for each, name in deployed.functions.items()}
    own = {"Table": deployed.table, "data": deployed.bucket}
    return {name: made[name] for name in wanted} | functions | own


def credentials_of(deployed: Stack, function: str) -> dict[str, Any]:
    role = deployed.client("lambda").get_function_configuration(
        FunctionName=deployed.functions[function]
    )["Role"]
    given = deployed.client("sts").assume_role(RoleArn=role, RoleSessionName="taken-over")
    keys = given["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Parameters with the names of the deployed stack."""
    match value:
        case dict():
            return {names.get(key, key): renamed(one, names) for key, one in value.items()}
        case list():
            return [renamed(one, names) for one in value]
        case str() if "/" in value and value.rpartition("/")[2] in names:
            return names[value.rpartition("/")[2]]
        case str() if value.startswith("arn:"):
            return names[value.rpartition(":")[2].removesuffix("-AbCdEf")]
    return names.get(value, value) if isinstance(value, str) else value


def said(session: Any, deployed: Stack, attack: str, names: dict[str, str]) -> str:
    """What an attack is answered: the code of an error, empty if there is none."""
    service, method, given = ATTACKS[attack]
    client = session.client(
        _SERVICES.get(service, service),
        endpoint_url=deployed.endpoint_url,
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    try:
        getattr(client, method)(**renamed(given, names), **_REST.get(method, {}))
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize("function", [role for role in OWN_TASKS if role != "door"])
def test_whoever_has_a_functions_credentials_is_denied_all_but_its_task(
    deployed: Stack, names: dict[str, str], function: str
) -> None:
    session = boto3.Session(**credentials_of(deployed, function), region_name=deployed.region)
    own = OWN_TASKS[function]
    answers = {each: said(session, deployed, each, names) for each in ATTACKS.keys() - own}
    assert {each: code for each, code in answers.items() if not code.startswith(DENIED)} == {}
    for harmless in own & {"read a job", "read the signing key"}:
        assert said(session, deployed, harmless, names) == ""


def terminal(deployed: Stack, name: str, *policies: str) -> Any:
    """Runs `enrich` as somebody new to whom these policies of the stack are attached."""
    iam = deployed.client("iam")
    stack = deployed.client("cloudformation").describe_stacks(StackName=deployed.name)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    iam.create_user(UserName=name)
    for policy in policies:
        iam.attach_user_policy(UserName=name, PolicyArn=outputs[f"{policy}Arn"])
    keys = iam.create_access_key(UserName=name)["AccessKey"]
    environment = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_ENDPOINT_URL": deployed.endpoint_url,
        "AWS_REGION": deployed.region,
        "ENRICH_STACK": deployed.name,
        "PYTHONPATH": str(Path(enrich.__file__).parents[1]),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "enrich", *words],
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )

    return run


def test_an_operator_gets_by_with_the_policy_and_may_not_erase(
    deployed: Stack, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Email\r\nnobody@nowhere.example\r\n")
    run = terminal(deployed, "ana", "OperatorPolicy")

    seen = json.loads(run("doctor", "--json").stdout)["findings"]
    assert [each for each in seen if each["state"] == "unknown"] == []
    assert run("tail", "--errors").returncode == 0
    assert json.loads(run("jobs", "--json").stdout)["more"] is False
    assert run("redrive", "--wait", "30").returncode == 0
    refused = run("erase", str(people), "--yes")
    assert (refused.returncode, "AdminPolicy" in refused.stderr) == (3, True)


def test_somebody_without_the_policy_learns_its_name(deployed: Stack) -> None:
    refused = terminal(deployed, "bob")("jobs")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "OperatorPolicy" in refused.stderr
