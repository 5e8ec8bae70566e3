"""The templates after SAM's transform, for the tests that look at what is really deployed."""

from typing import Any

from checks import transform

ROOT = transform.ROOT


def transformed() -> dict[str, Any]:
    """The resources of both templates as CloudFormation gets them."""
    return dict(transform.transformed()["Resources"] | transform.watching()["Resources"])


def deployed(**chosen: str) -> dict[str, Any]:
    """The resources that are deployed with these parameters and the defaults of the others."""
    stack, watching = transform.both_deployed(chosen)
    return dict(stack["Resources"] | watching["Resources"])


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == kind
    }
