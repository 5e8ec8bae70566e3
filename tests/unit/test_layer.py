"""What the layers of dependencies leave out, and that it is not missed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.model import ServiceModel

from checks.transform import ROOT
from tests.unit.transformed import of_type, transformed

FOLDER = ROOT / "layers" / "dependencies"
CLIENTS = ROOT / "layers" / "core" / "enrichment" / "adapters" / "clients.py"
ASKED = frozenset(re.findall(r'create_client\("(\w+)"', CLIENTS.read_text()))
REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1")


@pytest.fixture(scope="module")
def slimmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is left of botocore's data."""
    full, left = Path(botocore.__file__).parent / "data", tmp_path_factory.mktemp("data") / "data"
    others = {"sts", "iam"}
    shutil.copytree(full, left, ignore=lambda folder, names: _beside(full, folder, names, others))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import slim  # type: ignore[import-not-found]

        slim.slim(left, ASKED)
        yield left
    sys.modules.pop("slim")


def _beside(full: Path, folder: str, names: list[str], others: set[str]) -> set[str]:
    """The services that need not be copied to be left out."""
    if Path(folder) != full:
        return set()
    return {name for name in names if (full / name).is_dir() and name not in ASKED | others}


def session_of(data: Path | None) -> Any:
    session = botocore.session.Session()
    if data:
        session.get_component("data_loader")._search_paths = [str(data)]
    session.set_credentials("testing", "testing")
    return session


def test_the_makefile_keeps_just_the_services_that_are_asked_for() -> None:
    [kept] = re.findall(r"^SERVICES = (.+)$", (FOLDER / "Makefile").read_text(), re.MULTILINE)
    assert sorted(kept.split()) == sorted(ASKED)


def test_the_other_services_are_gone(slimmed: Path) -> None:
    assert {each.name for each in slimmed.iterdir() if each.is_dir()} == ASKED


@pytest.mark.parametrize("service", sorted(ASKED))
def test_a_client_is_the_same_and_goes_to_the_same_place(slimmed: Path, service: str) -> None:
    slim, full = session_of(slimmed), session_of(None)
    for region in REGIONS:
        made = [session.create_client(service, region_name=region) for session in (slim, full)]
        assert made[0].meta.endpoint_url == made[1].meta.endpoint_url
        assert made[0].meta.region_name == made[1].meta.region_name
    models: list[ServiceModel] = [client.meta.service_model for client in made]
    assert models[0].metadata == models[1].metadata
    assert models[0].operation_names == models[1].operation_names
    assert models[0].shape_names == models[1].shape_names
    for name in models[0].operation_names:
        mine, its = (model.operation_model(name) for model in models)
        assert mine.http == its.http
        assert _shape(mine.input_shape) == _shape(its.input_shape)
        assert _shape(mine.output_shape) == _shape(its.output_shape)


CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "dynamodb": ("describe_table", {"TableName": "table"}),
    "events": ("list_rules", {}),
    "lambda": ("get_function", {"FunctionName": "split"}),
    "s3": ("get_object", {"Bucket": "data", "Key": "incoming/email/a b.csv"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "key"}),
    "sns": ("list_topics", {}),
    "sqs": ("get_queue_url", {"QueueName": "submit"}),
}


class Sent(Exception):
    """A request, in place of being sent."""


@pytest.mark.parametrize("service", sorted(ASKED))
def test_a_call_is_the_same_request(slimmed: Path, service: str) -> None:
    def stop(request: Any, **_: object) -> None:
        raise Sent(request.method, request.url, request.body, request.headers.get("X-Amz-Target"))

    operation, parameters = CALLS[service]
    sent = []
    for data in (slimmed, None):
        client = session_of(data).create_client(service, region_name="eu-central-1")
        client.meta.events.register("before-send", stop)
        with pytest.raises(Sent) as raised:
            getattr(client, operation)(**parameters)
        sent.append(raised.value.args)
    assert sent[0] == sent[1]


def _shape(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """A shape with all that is in it, without texts for people."""
    if shape is None or shape.name in above:
        return None
    above = (*above, shape.name)
    own = dict(shape.serialization) | dict(shape.metadata)
    members = getattr(shape, "members", {})
    inner = [getattr(shape, part, None) for part in ("member", "key", "value")]
    return (
        shape.type_name,
        own,
        {name: _shape(member, above) for name, member in members.items()},
        [_shape(each, above) for each in inner],
    )


def test_no_package_is_in_both_layers() -> None:
    pinned = [
        set(re.findall(r"^([\w.-]+)==", (FOLDER / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "files.txt")
    ]
    assert all(pinned)
    assert not pinned[0] & pinned[1]


BEGUN = """
import sys
from bench.account import ENVIRONMENT
from enrichment.adapters.clients import Clients
from enrichment.pipeline import Pipeline
Pipeline(Clients(), ENVIRONMENT, int, str).compile
print(*sys.modules)
"""


def test_compile_begins_without_what_only_new_files_and_pages_need() -> None:
    places = os.environ | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", BEGUN]
    begun = subprocess.run(command, env=places, check=True, capture_output=True, text=True).stdout
    modules = set(begun.split())
    assert "enrichment.usecases.compile" in modules
    assert not modules & {
        "enrichment.domain.evidence",
        "enrichment.domain.worth",
        "enrichment.files.workbook.reading",
        "jinja2",
    }


def test_what_reads_no_files_goes_without_their_packages() -> None:
    functions = of_type(transformed(), "AWS::Lambda::Function")
    without = {
        name.removesuffix("Function")
        for name, function in functions.items()
        if not any("FilesLayer" in str(layer) for layer in function["Layers"])
    }
    assert without == {"Webhook", "Tally", "Cancel"}
    assert all("CoreLayer" in str(function["Layers"]) for function in functions.values())
