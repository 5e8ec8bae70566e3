"""The commands that the documentation shows. Each block of them says above it how it is tried:

    <!-- run by .ci/run -->    that file runs the very command
    <!-- dry run -->           `make --dry-run` knows the target; what it starts is tried elsewhere
    <!-- a real account -->    it needs an AWS account and is tried by nobody here

What `make run` and `make up` start, `local.run` and `local.stack`, is what the tests in `tests/e2e`
deploy with.
"""

import os
import re
import shlex
import subprocess

import pytest

from tests.docs.pages import CONTRIBUTING, README, ROOT, commands, quoted

SHOWN = [*commands(README), *commands(CONTRIBUTING)]
RUN = [(mark, command) for mark, command in SHOWN if mark.startswith("run by ")]
MAKE = sorted({command for _, command in SHOWN if command.startswith("make ")})


def test_every_command_says_how_it_is_tried() -> None:
    unmarked = [
        command
        for mark, command in SHOWN
        if mark not in ("dry run", "a real account") and (mark, command) not in RUN
    ]
    assert unmarked == []
    assert len(SHOWN) > 5


@pytest.mark.parametrize(("mark", "command"), RUN)
def test_a_command_that_is_said_to_be_run_is_run(mark: str, command: str) -> None:
    runner = (ROOT / mark.removeprefix("run by ")).read_text()
    targets = [word for word in shlex.split(command)[1:] if "=" not in word]
    reached = {target for target in targets if re.search(rf"^make .*\b{target}\b", runner, re.M)}
    # Every target sets up what it needs, so whoever runs another runs this one.
    assert set(targets) - {"setup"} <= reached


@pytest.mark.parametrize("command", MAKE)
def test_make_knows_what_is_shown(command: str) -> None:
    own = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    dry = subprocess.run(
        [*shlex.split(command), "--dry-run"], cwd=ROOT, env=own, capture_output=True, text=True
    )
    assert dry.returncode == 0, dry.stderr


def test_a_real_account_is_needed_only_by_the_tools_for_one() -> None:
    needing = {command.split()[0] for mark, command in SHOWN if mark == "a real account"}
    assert needing <= {"aws", "sam"}


def test_commands_within_a_sentence_are_targets_of_make() -> None:
    inline = [text for page in (README, CONTRIBUTING) for text in quoted(page)]
    tools = {text.split()[0] for text in inline if re.fullmatch(r"[a-z]+( [\w=-]+)+", text)}
    assert tools <= {"make", "sam", "pre-commit"}
