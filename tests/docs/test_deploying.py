"""The workflow that deploys, and its role, fit the template and the configuration."""

import json
import tomllib
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from checks.transform import transformed
from tests.docs.pages import ROOT

CONFIGURATION = tomllib.loads((ROOT / "samconfig.toml").read_text())


def test_the_role_may_make_every_kind_of_resource() -> None:
    policy = json.loads((ROOT / "docs" / "deploy-policy.json").read_text())
    allowed = {
        action.partition(":")[0]
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    kinds = {resource["Type"] for resource in transformed()["Resources"].values()}
    assert {kind.split("::")[1].lower() for kind in kinds} <= allowed


def test_the_role_reaches_every_stack_of_the_configurations() -> None:
    policy = (ROOT / "docs" / "deploy-policy.json").read_text()
    assert "stack/contact-enrichment*/*" in policy
    for stage in stages():
        name = CONFIGURATION[stage]["global"]["parameters"]["stack_name"]
        assert name.startswith("contact-enrichment")


def test_the_workflow_deploys_every_stage() -> None:
    workflow: dict[Any, Any] = yaml_parse(
        (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
    )
    on = workflow[True]  # YAML reads the word on as true
    assert on["workflow_dispatch"]["inputs"]["stage"]["options"] == stages()


def stages() -> list[str]:
    return [name for name, part in CONFIGURATION.items() if isinstance(part, dict)]
