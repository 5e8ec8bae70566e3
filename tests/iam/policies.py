"""IAM's evaluation of identity policies, as far as the template's need it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Self

Context = Mapping[str, tuple[str, ...]]
"""The condition keys that a request has, each with its values."""


@dataclass(frozen=True)
class Request:
    """One action on one resource."""

    action: str
    resource: str
    context: Context = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Condition:
    """One line of a statement's conditions: a key, how it is compared, and with what."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Whether it does for a request; a key that is absent fails all but IfExists, ForAllValues
        and negated operators.

        Raises:
            KeyError: the operator is none of those known here.
        """
        each, _, name = self.operator.rpartition(":")
        compare, negated = _OPERATORS[name.removesuffix("IfExists")]
        given = context.get(self.key)
        if given is None:
            return name.endswith("IfExists") or each == "ForAllValues" or (not each and negated)
        combined = all if each != "ForAnyValue" else any
        return combined(self._meets(value, compare, negated) for value in given)

    def _meets(self, value: str, compare: Callable[[str, str], bool], negated: bool) -> bool:
        return any(compare(value, wanted) for wanted in self.values) != negated


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def read(cls, statement: Mapping[str, Any]) -> Self:
        """A statement as a policy has it, with everything resolved to text.

        Raises:
            AssertionError: it has a part that is not known here.
        """
        parts = {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert statement.keys() <= parts, statement.keys() - parts
        return cls(
            statement["Effect"],
            _several(statement["Action"]),
            _several(statement["Resource"]),
            tuple(
                Condition(operator, key, _several(values))
                for operator, keys in statement.get("Condition", {}).items()
                for key, values in keys.items()
            ),
        )

    def covers(self, request: Request) -> bool:
        """Whether it is about a request."""
        return (
            any(_like(request.action.lower(), action.lower()) for action in self.actions)
            and any(_like(request.resource, resource) for resource in self.resources)
            and all(condition.holds(request.context) for condition in self.conditions)
        )

    def narrower(self) -> Iterable[tuple[str, Self]]:
        """The statement with one action, resource or value of a condition less, each by what it
        lacks.
        """
        for action, actions in _one_less(self.actions):
            yield action, replace(self, actions=actions)
        for resource, resources in _one_less(self.resources):
            yield resource, replace(self, resources=resources)
        for place, condition in enumerate(self.conditions):
            for value, values in _one_less(condition.values):
                less = replace(condition, values=values)
                others = (*self.conditions[:place], less, *self.conditions[place + 1 :])
                yield value, replace(self, conditions=others)

    def unconditional(self) -> Iterable[Self]:
        """The statement without one of its conditions."""
        for place in range(len(self.conditions)):
            others = (*self.conditions[:place], *self.conditions[place + 1 :])
            yield replace(self, conditions=others)

    def __str__(self) -> str:
        keys = (",".join(condition.values) for condition in self.conditions)
        last = (resource.rpartition(":")[2] for resource in self.resources)
        return " ".join((self.effect, ",".join(self.actions), ",".join(last), *keys))


@dataclass(frozen=True)
class Policies:
    """All statements of a role or a person. Nothing is allowed but by one, and none outweighs a
    denial.
    """

    statements: tuple[Statement, ...]

    def allow(self, request: Request) -> bool:
        effects = {each.effect for each in self.statements if each.covers(request)}
        return effects == {"Allow"}

    def without(self, statement: Statement, *instead: Statement) -> Self:
        """The same with a statement taken away, or others in its place."""
        at = self.statements.index(statement)
        return replace(
            self, statements=(*self.statements[:at], *instead, *self.statements[at + 1 :])
        )


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _one_less(values: Sequence[str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    if len(values) > 1:
        for at, value in enumerate(values):
            yield value, (*values[:at], *values[at + 1 :])


def _like(value: str, pattern: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(one) or re.escape(one) for one in pattern), re.DOTALL)


def _equal(value: str, wanted: str) -> bool:
    return value == wanted


# How each operator compares one value, and whether none of the wanted ones may match.
_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "Bool": (_equal, False),
}
