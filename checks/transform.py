"""The templates after SAM's transform, offline: what SAM generates is checked too."""

import os
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
_NOTHING = {"Ref": "AWS::NoValue"}
_BUILT = {"Runtime": "python3.13", "Architecture": "arm64"}


class NoManagedPolicies:
    """SAM asks for AWS-managed policies only where a function has no role of its own; asking is a
    failure here.
    """

    def load(self) -> dict[str, str]:
        return {}


def source() -> dict[str, Any]:
    """The template as it is written, for the caller to change at will."""
    return deepcopy(_parsed())


def watching() -> dict[str, Any]:
    """The template of what watches, which CloudFormation gets as it is written."""
    return dict(yaml_parse((ROOT / "watch.yaml").read_text()))


def transformed() -> dict[str, Any]:
    """The template as CloudFormation gets it, for the caller to change at will."""
    return deepcopy(_transformed())


@cache  # it takes a third of a second
def _parsed() -> dict[str, Any]:
    return dict(yaml_parse((ROOT / "template.yaml").read_text()))


@cache
def _transformed() -> dict[str, Any]:
    template = source()
    for name, resource in template["Resources"].items():
        # `sam build` puts an address here; only its presence matters.
        for place in ("CodeUri", "ContentUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = f"s3://bucket/{name}"
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}):
        return dict(transform(template, dict(_BUILT), NoManagedPolicies()))


def deployed(template: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a transformed template deploys with these parameters and the defaults of the others.

    Scanners take a condition for its property, so they are given what is left once it is decided.
    """
    parameters = {
        name: _read(given["Type"], chosen.get(name, given.get("Default")))
        for name, given in template["Parameters"].items()
        if name in chosen or "Default" in given
    }
    decided = _Decided(parameters, template.get("Conditions", {}))
    return {
        **{key: template[key] for key in ("AWSTemplateFormatVersion", "Description", "Parameters")},
        "Resources": {
            name: decided.of({key: part for key, part in resource.items() if key != "Condition"})
            for name, resource in template["Resources"].items()
            if decided.holds(resource.get("Condition"))
        },
    }


def both_deployed(chosen: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the two templates deploy with these parameters: the stack, and what watches it."""
    stack = deployed(transformed(), chosen)
    given = stack["Resources"]["Watch"]["Properties"]["Parameters"]
    known = {name: value for name, value in given.items() if not isinstance(value, dict)}
    return stack, deployed(watching(), known)


def _read(kind: str, value: Any) -> Any:
    return value.split(",") if kind == "CommaDelimitedList" else value


class _Decided:
    """Parameters and the conditions that follow from them."""

    def __init__(self, parameters: Mapping[str, Any], conditions: Mapping[str, Any]) -> None:
        self._parameters, self._conditions = parameters, conditions

    def holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.of(self._conditions[condition]))

    def of(self, value: Any) -> Any:
        """A part of the template with parameters and conditions in their place."""
        if isinstance(value, list):
            return [part for part in map(self.of, value) if part != _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, given)] = value.items()
            if decide := getattr(self, _FUNCTIONS.get(function, ""), None):
                return decide(given)
        parts = {key: self.of(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part != _NOTHING}

    def _ref(self, name: str) -> Any:
        return self._parameters.get(name, {"Ref": name})

    def _if(self, given: list[Any]) -> Any:
        condition, then, otherwise = given
        return self.of(then if self.holds(condition) else otherwise)

    def _equals(self, given: list[Any]) -> bool:
        one, other = map(self.of, given)
        return bool(one == other)

    def _join(self, given: list[Any]) -> Any:
        parts = self.of(given[1])
        known = all(isinstance(part, str) for part in parts)
        return given[0].join(parts) if known else {"Fn::Join": [given[0], parts]}

    def _not(self, given: list[Any]) -> bool:
        return not self.of(given[0])

    def _and(self, given: list[Any]) -> bool:
        return all(map(self.of, given))

    def _or(self, given: list[Any]) -> bool:
        return any(map(self.of, given))


_FUNCTIONS = {
    "Ref": "_ref",
    "Condition": "holds",
    "Fn::If": "_if",
    "Fn::Equals": "_equals",
    "Fn::Join": "_join",
    "Fn::Not": "_not",
    "Fn::And": "_and",
    "Fn::Or": "_or",
}
