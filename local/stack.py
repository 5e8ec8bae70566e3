"""Starting and stopping the local stack: the embedded AWS with IAM enforced and the real template
on it, and the stand-in beside it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from pydantic import BaseModel

from enrichment.adapters.clients import Clients
from enrichment.clock import system_clock
from enrichment.pipeline import Pipeline, new_id
from local.build import ARCHITECTURE, ROOT, RUNTIME, build, run, tool_environment

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

FOLDER = ROOT / ".local"
FILE = FOLDER / "stack.json"
REGION = "us-east-1"
NAME = "enrichment"
_API_KEY_SECRET = "pronto/api-key"  # the default of the template's parameter
_ADMINISTRATOR = "test"  # the key of the embedded AWS that may do everything, and its secret
_SERVICES = (
    *("apigateway", "cloudformation", "dynamodb", "events", "iam", "lambda", "logs", "monitoring"),
    *("s3", "secretsmanager", "sns", "sqs", "sts"),
)
# Parameters that a local run may set, by the environment variable that sets them.
_PARAMETERS = {
    "DEADLINE_MINUTES": "DeadlineMinutes",
    "RETENTION_DAYS": "RetentionDays",
    "CONCURRENCY": "Concurrency",
    "WEBHOOK_CONCURRENCY": "WebhookConcurrency",
    "LOG_LEVEL": "LogLevel",
    "METRIC_FOLDERS": "MetricFolders",
    "LOG_RETENTION_DAYS": "LogRetentionDays",
    "CREDITS_PER_EMAIL": "CreditsPerEmail",
    "CREDITS_PER_PHONE": "CreditsPerPhone",
    "CREDITS_PER_PERSONAL_EMAIL": "CreditsPerPersonalEmail",
    "MOST_NUMBERS_PER_PHONE": "MostNumbersPerPhone",
    "CREDITS_PER_MONTH": "CreditsPerMonth",
    "PRICE_PER_CREDIT": "PricePerCredit",
    "CURRENCY": "Currency",
    "MAX_FILE_MEGABYTES": "MaxFileMegabytes",
    "MAX_ROWS": "MaxRows",
}


class Stack(BaseModel):
    """A running stack, as `.local/stack.json` holds it.

    `provider_url` is the API's base; `processes` are group ids.
    """

    name: str
    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str
    bucket: str
    table: str
    webhook_url: str
    provider_url: str
    ledger_url: str | None
    functions: dict[str, str]
    queues: dict[str, str]
    settings: dict[str, str]
    processes: list[int]

    def client(self, service: str) -> Any:
        """A boto3 client for this stack, with an administrator's rights."""
        return _client(service, self.endpoint_url)

    def pipeline(self) -> Pipeline:
        """The pipeline of this stack, with all variables that its functions have and an
        administrator's rights.
        """
        clients = Clients()
        clients.dynamodb, clients.s3 = self.client("dynamodb"), self.client("s3")
        clients.sqs, clients.secrets = self.client("sqs"), self.client("secretsmanager")
        clients.functions = self.client("lambda")
        environment: dict[str, str] = {}
        for name in self.functions.values():
            function = clients.functions.get_function_configuration(FunctionName=name)
            environment |= function["Environment"]["Variables"]
        return Pipeline(clients, environment, system_clock, new_id)

    def ledger(self) -> dict[str, Any]:
        """The stand-in's ledger; empty when another provider is used."""
        if self.ledger_url is None:
            return {}
        with urllib.request.urlopen(self.ledger_url, timeout=10) as answer:
            return dict(json.load(answer))


class StackError(Exception):
    """The stack could not be started or is not the one that was asked for."""


def current() -> Stack | None:
    """The stack that runs in this clone, if one does."""
    if not FILE.exists():
        return None
    stack = Stack.model_validate_json(FILE.read_text())
    return stack if _answers(f"{stack.endpoint_url}/_ministack/health") else None


def start(
    say: Callable[[str], None], settings: dict[str, str] | None = None, folder: Path = FOLDER
) -> Stack:
    """Start a stack with these settings (environment variables by name), or this process's own.

    Processes are ended again if anything fails.

    Raises:
        StackError, CommandFailed: with what to look at.
    """
    wanted = chosen_settings(dict(os.environ) if settings is None else settings)
    folder.mkdir(parents=True, exist_ok=True)
    started: list[subprocess.Popen[bytes]] = []
    try:
        return _start(say, wanted, folder, started)
    except BaseException:
        _end([process.pid for process in started])
        raise


def redeploy(stack: Stack, template: Path, settings: dict[str, str], log: Path) -> Stack:
    """Deploy another build onto a stack that runs, with the settings that it has and further ones.

    Raises:
        CommandFailed: with what to look at.
    """
    wanted = stack.settings | chosen_settings(settings)
    _deploy(template, stack.endpoint_url, stack.provider_url, wanted, log)
    return stack.model_copy(update={"settings": wanted})


def stop(stack: Stack) -> None:
    """End a stack's processes; what it stored is gone with them."""
    _end(stack.processes)
    if FILE.exists() and Stack.model_validate_json(FILE.read_text()) == stack:
        FILE.unlink()


def chosen_settings(environment: dict[str, str]) -> dict[str, str]:
    """The settings of a local run among environment variables; empty ones count as not set."""
    names = [*_PARAMETERS, "PRONTO_BASE_URL", "PRONTO_API_KEY"]
    return {
        name: value
        for name, value in environment.items()
        if value and (name in names or name.startswith("STANDIN_"))
    }


def _start(
    say: Callable[[str], None],
    wanted: dict[str, str],
    folder: Path,
    started: list[subprocess.Popen[bytes]],
) -> Stack:
    say("building the functions")
    template = build(folder / "build.log")

    say("starting the embedded AWS")
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    scratch = folder / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # what a stack before this one left
    scratch.mkdir()
    started.append(
        _spawn(
            [sys.executable, "-m", "local.embedded_aws"],
            folder / "aws.log",
            AUTH="true",
            BIND_HOST="127.0.0.1",
            GATEWAY_PORT=str(port),
            SERVICES=",".join(_SERVICES),
            SFTP_ENABLED="0",
            IOT_MTLS_ENABLED="0",
            TMPDIR=str(scratch),
            STATE_DIR=str(scratch / "state"),
            PYTHONDONTWRITEBYTECODE="1",
        )
    )
    provider, ledger = wanted.get("PRONTO_BASE_URL"), None
    if provider is None:
        provider_port = _free_port()
        standin_url = f"http://127.0.0.1:{provider_port}"
        provider, ledger = f"{standin_url}/api/v2", f"{standin_url}/ledger"
        standin = {name: value for name, value in wanted.items() if name.startswith("STANDIN_")}
        key = wanted.get("PRONTO_API_KEY")
        standin |= {"STANDIN_API_KEY": key} if key else {}
        started.append(
            _spawn(
                [sys.executable, "-m", "local.provider", str(provider_port)],
                folder / "provider.log",
                **standin,
            )
        )
        _wait(ledger, started[-1], folder / "provider.log")
    _wait(f"{endpoint}/_ministack/health", started[0], folder / "aws.log")

    say("deploying the template")
    secret = wanted.get("PRONTO_API_KEY", "local-api-key")
    _client("secretsmanager", endpoint).create_secret(Name=_API_KEY_SECRET, SecretString=secret)
    _deploy(template, endpoint, provider, wanted, folder / "deploy.log")
    outputs = _outputs(_client("cloudformation", endpoint))
    stack = Stack(
        name=NAME,
        endpoint_url=endpoint,
        region=REGION,
        access_key_id=_ADMINISTRATOR,
        secret_access_key=_ADMINISTRATOR,
        bucket=outputs["BucketName"],
        table=outputs["TableName"],
        webhook_url=outputs["WebhookUrl"],
        provider_url=provider,
        ledger_url=ledger,
        functions=_functions(_client("cloudformation", endpoint)),
        queues={
            "submit": outputs["SubmitQueueUrl"],
            "submit_dead_letters": outputs["SubmitDeadLettersUrl"],
            "webhook": outputs["WebhookQueueUrl"],
            "webhook_dead_letters": outputs["WebhookDeadLettersUrl"],
            "failed_events": outputs["FailedEventsUrl"],
        },
        settings=wanted,
        processes=[process.pid for process in started],
    )
    write_for_owner(folder / FILE.name, stack.model_dump_json(indent=2) + "\n")
    return stack


def _deploy(
    template: Path, endpoint: str, provider: str, wanted: dict[str, str], log: Path
) -> None:
    parameters = {
        "Runtime": RUNTIME,
        "Architecture": ARCHITECTURE,
        "ProntoBaseUrl": provider,
        "WebhookBaseUrl": f"{endpoint}/_aws/execute-api/{NAME}/prod",
    } | {parameter: wanted[name] for name, parameter in _PARAMETERS.items() if name in wanted}
    command = ["sam", "deploy", "--template-file", str(template), "--stack-name", NAME]
    command += ["--region", REGION, "--resolve-s3"]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    command += ["--no-confirm-changeset", "--no-progressbar"]
    # By this tag the embedded AWS gives the API a name that is known before.
    command += ["--tags", f"ms-custom-id={NAME}"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    run(command, log, AWS_ENDPOINT_URL=endpoint)


def write_for_owner(path: Path, text: str) -> None:
    """Write a file that nobody else may read: settings may hold the provider's key."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _spawn(command: list[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=tool_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    _children[process.pid] = process
    return process


# Those that this very process started, to be waited for.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _end(groups: list[int]) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, kind)
        if kind is signal.SIGTERM:
            time.sleep(0.5)
    for group in groups:
        if group in _children:
            _children.pop(group).wait()


def _outputs(client: "CloudFormationClient") -> dict[str, str]:
    stacks = client.describe_stacks(StackName=NAME)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}


def _functions(client: "CloudFormationClient") -> dict[str, str]:
    """The names of the stack's functions by the folders that they are in."""
    resources = client.describe_stack_resources(StackName=NAME)["StackResources"]
    return {
        resource["LogicalResourceId"].removesuffix("Function").lower(): resource[
            "PhysicalResourceId"
        ]
        for resource in resources
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }


def _client(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is not a literal
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=_ADMINISTRATOR,
        aws_secret_access_key=_ADMINISTRATOR,
        config=Config(s3={"addressing_style": "path"}),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > end:
            raise StackError(f"nothing answers at {url}; see {log}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False
