"""The evaluation of policies that the tests of rights rest on."""

from itertools import product

import pytest
from ministack.core import iam_evaluator

from tests.iam.policies import Condition, Policies, Request, Statement

OPERATORS = [
    f"{each}{name}{if_exists}"
    for each, name, if_exists in product(
        ("", "ForAllValues:", "ForAnyValue:"),
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
        ("", "IfExists"),
    )
]
WANTED = [("JOB#*",), ("JOB#1", "PLAN#?"), ("*/",)]
GIVEN = [None, ("JOB#1",), ("JOB#1", "PLAN#1"), ("JOB#1", "BUDGET#1"), ("incoming/",), ("job#1",)]
ALLOW: dict[str, object] = {
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::data/in/*",
}


def policies(*statements: dict[str, object]) -> Policies:
    return Policies(tuple(map(Statement.read, statements)))


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_condition_means_what_the_embedded_aws_takes_it_for(operator: str) -> None:
    for wanted, given in product(WANTED, GIVEN):
        single = ":" not in operator
        if given and len(given) > 1 and single:
            continue  # there is no such request: these keys have one value
        mine = Condition(operator, "key", wanted).holds({"key": given} if given else {})
        actual = (given[0] if single else list(given)) if given else None
        its = iam_evaluator._evaluate_single_condition(operator, actual, list(wanted))
        assert mine == its, (wanted, given)


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert not policies().allow(Request("s3:PutObject", "arn:aws:s3:::data/in/a"))


@pytest.mark.parametrize(
    ("action", "key", "allowed"),
    [
        ("s3:PutObject", "in/a/b.csv", True),
        ("S3:putobject", "in/a", True),
        ("s3:GetObject", "in/a", False),
        ("s3:PutObject", "out/in/a", False),
        ("s3:PutObject", "IN/a", False),
    ],
)
def test_action_and_resource_must_match(action: str, key: str, allowed: bool) -> None:
    assert policies(ALLOW).allow(Request(action, f"arn:aws:s3:::data/{key}")) == allowed


def test_a_denial_outweighs_whatever_allows() -> None:
    denial = ALLOW | {"Effect": "Deny", "Resource": "*/_limits.json"}
    for order in ((ALLOW, denial), (denial, ALLOW)):
        assert policies(*order).allow(Request("s3:PutObject", "arn:aws:s3:::data/in/a"))
        limits = Request("s3:PutObject", "arn:aws:s3:::data/in/_limits.json")
        assert not policies(*order).allow(limits)


def test_all_conditions_must_hold() -> None:
    like = {"StringLike": {"s3:prefix": "in/*"}, "StringNotLike": {"s3:prefix": "*/"}}
    one = policies(ALLOW | {"Condition": like})
    for prefix, allowed in (("in/a", True), ("in/", False), ("out/a", False)):
        asked = Request("s3:PutObject", "arn:aws:s3:::data/in/a", {"s3:prefix": (prefix,)})
        assert one.allow(asked) == allowed


@pytest.mark.parametrize("part", ["NotAction", "NotResource", "Principal"])
def test_what_is_not_known_here_is_refused(part: str) -> None:
    with pytest.raises(AssertionError):
        Statement.read(ALLOW | {part: "*"})
