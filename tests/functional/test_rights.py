"""Each function may do what its task takes, and nothing else.

The policies are the template's, evaluated by `tests/iam/policies.py`: with each statement taken
away in turn, that takes seconds. `tests/e2e/test_rights.py` tries the roles of a deployed stack.
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.iam.attacks import ATTACKS, OWN_TASKS, may
from tests.iam.policies import Policies, Statement
from tests.iam.stack import ROLES, the_stack
from tests.iam.stories import STORIES, Story
from tests.iam.world import Asked, Rights, WorldOfRoles, template_rights
from tests.unit.transformed import of_type

RIGHTS = template_rights()
ALLOWED = [
    pytest.param(role, statement, id=f"{role}: {statement}")
    for role, policies in RIGHTS.items()
    for statement in policies.statements
    if statement.effect == "Allow"
]
GUARDED = [
    pytest.param(role, statement, id=f"{role}: {statement}")
    for role, policies in RIGHTS.items()
    for statement in policies.statements
    if statement.effect == "Deny" or statement.conditions
]


one_process = pytest.mark.xdist_group("stories")  # each would go through all of them


@pytest.fixture(scope="module")
def asked() -> dict[Story, list[Asked]]:
    """What the stories ask for, with all rights of the template."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return {story: asked_in(story) for story in STORIES}


def asked_in(story: Story) -> list[Asked]:
    world = WorldOfRoles(RIGHTS)
    story(world)
    return world.iam.asked


def refused(story: Story, rights: Rights) -> list[Asked]:
    """What a story asks for in vain. It may end there, or go on without."""
    world = WorldOfRoles(rights)
    with suppress(Exception):
        story(world)
    return world.iam.denied


def test_every_role_is_looked_at_but_the_one_that_has_a_policy_of_aws() -> None:
    made = {f"{role.title()}Role" for role in ROLES}
    assert of_type(the_stack().resources, "AWS::IAM::Role").keys() == made | {"LogRole"}


@pytest.mark.parametrize("story", STORIES)
def test_every_flow_gets_by_with_the_rights_of_the_template(story: Story) -> None:
    world = WorldOfRoles(RIGHTS)
    story(world)
    assert world.iam.denied == []


@one_process
@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_without_any_one_statement_something_fails(
    asked: dict[Story, list[Asked]], role: str, statement: Statement
) -> None:
    less = RIGHTS[role].without(statement)
    needing = (story for story in STORIES if not suffices(less, role, asked[story]))
    story = next(needing, None)
    assert story, "nobody needs it"
    assert refused(story, {**RIGHTS, role: less})


@one_process
@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_no_statement_names_an_action_a_resource_or_a_partition_that_nobody_needs(
    asked: dict[Story, list[Asked]], role: str, statement: Statement
) -> None:
    everything = [each for story in STORIES for each in asked[story]]
    needless = [
        named
        for named, narrower in statement.narrower()
        if suffices(RIGHTS[role].without(statement, narrower), role, everything)
    ]
    assert needless == []


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("role", ROLES)
def test_a_function_that_was_taken_over_can_do_no_more_than_its_task(
    role: str, attack: str
) -> None:
    assert may(RIGHTS[role], attack) == (attack in OWN_TASKS[role])


@pytest.mark.parametrize("role", ROLES)
def test_some_forty_attacks_are_in_vain_whoever_tries(role: str) -> None:
    assert OWN_TASKS[role] <= ATTACKS.keys()
    assert len(ATTACKS.keys() - OWN_TASKS[role]) >= 40


@pytest.mark.parametrize(("role", "statement"), GUARDED)
def test_without_any_one_condition_or_denial_some_attack_succeeds(
    role: str, statement: Statement
) -> None:
    for weaker in weakened(RIGHTS[role], statement):
        assert any(may(weaker, attack) for attack in ATTACKS.keys() - OWN_TASKS[role])


def weakened(policies: Policies, statement: Statement) -> Iterator[Policies]:
    """The policies without a denial or a part of it, or without one of a statement's conditions."""
    if statement.effect == "Deny":
        yield policies.without(statement)
        yield from (policies.without(statement, less) for _, less in statement.narrower())
    else:
        yield from (policies.without(statement, less) for less in statement.unconditional())


def suffices(policies: Policies, role: str, asked: list[Asked]) -> bool:
    return all(policies.allow(each.request) for each in asked if each.role == role)
