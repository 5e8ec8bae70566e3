"""Fixtures of the tests that run use cases over an account."""

from collections.abc import Iterator

import pytest

from enrichment.pipeline import Pipeline
from tests.functional.accounts import moto
from tests.functional.lambdas import deployed_account
from tests.functional.world import REUSE, World


@pytest.fixture(autouse=True)
def no_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def world(no_real_account: None, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world in memory; on moto for tests that are marked so."""
    if request.node.get_closest_marker("moto"):
        with moto() as account:
            yield World(account=account)
    else:
        yield World()


@pytest.fixture
def account(no_real_account: None) -> Iterator[Pipeline]:
    """The pipeline as its functions have it, in an account of moto."""
    with deployed_account() as pipeline:
        yield pipeline


@pytest.fixture
def knowing() -> World:
    """A world in which what is known of people from other files is used again."""
    return World(environment=REUSE)
