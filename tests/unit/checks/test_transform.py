"""What a template deploys once its parameters are known."""

from typing import Any

from checks.__main__ import OPTIONS
from checks.transform import deployed, transformed

TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "A template.",
    "Parameters": {"Log": {"Type": "String", "Default": "none"}, "Days": {"Type": "Number"}},
    "Conditions": {
        "HasLog": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Log"}, "none"]}]},
        "Both": {"Fn::And": [{"Condition": "HasLog"}, {"Fn::Equals": [{"Ref": "Days"}, 1]}]},
        "Either": {"Fn::Or": [{"Condition": "HasLog"}, {"Condition": "Both"}]},
    },
    "Resources": {
        "Log": {"Type": "Log", "Condition": "Either", "Properties": {"Days": {"Ref": "Days"}}},
        "Bucket": {
            "Type": "Bucket",
            "Properties": {
                "Log": {"Fn::If": ["HasLog", {"Ref": "Log"}, {"Ref": "AWS::NoValue"}]},
                "Tags": [{"Fn::If": ["Both", "both", {"Ref": "AWS::NoValue"}]}, {"Ref": "Topic"}],
            },
        },
    },
}


def test_conditions_are_decided_by_defaults() -> None:
    assert deployed(TEMPLATE, {})["Resources"] == {
        "Bucket": {"Type": "Bucket", "Properties": {"Tags": [{"Ref": "Topic"}]}}
    }


def test_conditions_are_decided_by_what_is_chosen() -> None:
    resources = deployed(TEMPLATE, {"Log": "all", "Days": 1})["Resources"]
    assert resources["Log"] == {"Type": "Log", "Properties": {"Days": 1}}
    assert resources["Bucket"]["Properties"] == {"Log": "all", "Tags": ["both", {"Ref": "Topic"}]}


def test_each_condition_is_scanned_both_ways() -> None:
    template = transformed()
    for condition in template["Conditions"]:
        probe = {**template, "Resources": {"Probe": {"Condition": condition}}}
        present = {bool(deployed(probe, chosen)["Resources"]) for chosen in ({}, OPTIONS)}
        assert present == {True, False}, condition
