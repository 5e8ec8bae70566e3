"""Fixtures of the tests that run use cases over moto."""

from collections.abc import Iterator

import pytest

from tests.functional.world import REUSE, World
from tests.functional.world import world as new_world


@pytest.fixture(autouse=True)
def no_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def world(no_real_account: None) -> Iterator[World]:
    with new_world() as fresh:
        yield fresh


@pytest.fixture
def knowing(no_real_account: None) -> Iterator[World]:
    """A world in which what is known of people from other files is used again."""
    with new_world(**REUSE) as fresh:
        yield fresh
