"""One local stack for each module of end-to-end tests: deployed by `sam deploy`, with IAM
enforced.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local import stack
from local.stack import Stack
from local.user import User

HERE = Path(__file__).parent
SETTINGS = {
    "STANDIN_RESULT_SECONDS": "0.5",
    "STANDIN_API_KEY": "an-api-key",
    "PRONTO_API_KEY": "an-api-key",
}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each module has one process, since it has one stack."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    started = stack.start(print, SETTINGS, tmp_path_factory.mktemp("stack"))
    yield started
    stack.stop(started)


@pytest.fixture(scope="module")
def account(deployed: Stack) -> User:
    return User(deployed)
