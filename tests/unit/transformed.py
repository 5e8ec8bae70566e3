"""The template after SAM's transform, for the tests that look at what is really deployed."""

from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]


class NoManagedPolicies:
    """SAM asks for AWS-managed policies only where a function has no role of its own; asking is a
    failure here.
    """

    def load(self) -> dict[str, str]:
        return {}


def transformed() -> dict[str, Any]:
    """The resources of the template as CloudFormation gets them."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for name, resource in template["Resources"].items():
        # `sam build` puts an address here; only its presence matters.
        for place in ("CodeUri", "ContentUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = f"s3://bucket/{name}"
    parameters = {"Runtime": "python3.13", "Architecture": "arm64"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return dict(transform(template, parameters, NoManagedPolicies())["Resources"])


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == kind
    }
