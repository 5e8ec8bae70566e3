"""Names in the documentation and names in the code are the same, both ways: what a page names
exists, and nothing that people may use is left out.
"""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from checks.transform import source
from enrich import errors
from enrich.commands import ENDED_BY_HAND, app
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import OWN_FOLDERS, UPLOADS, WORK, request_of
from enrichment.domain.operating import Action
from enrichment.domain.outcome import REASON_COLUMN, RESULT_COLUMNS, ROW_COLUMN, RowState, fresh
from enrichment.errors import BadOption
from local.provider.behaviour import Behaviour
from local.stack import chosen_settings
from tests.docs.pages import (
    ARCHITECTURE,
    CONTRIBUTING,
    PACKAGE,
    PAGES,
    PARAMETERS,
    README,
    ROOT,
    commands,
    defined_names,
    quoted,
    rows,
    section,
    syntax,
)

TEMPLATE: dict[str, Any] = source()


def test_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*?## ", makefile, re.MULTILINE))
    shown = [command for page in PAGES for _, command in commands(page)]
    inline = [text for page in PAGES for text in quoted(page)]
    named = {
        word
        for command in (*shown, *inline)
        if command.startswith("make ")
        for word in command.split()[1:]
        if "=" not in word
    }
    assert named == targets


def test_parameters_of_the_template() -> None:
    listed = [cells[0] for cells in rows(PARAMETERS.read_text()) if len(cells) == 5]
    assert sorted(listed) == sorted(f"`{name}`" for name in TEMPLATE["Parameters"])
    assert "(docs/parameters.md)" in README.read_text()


def test_parameters_that_the_configurations_set() -> None:
    read = tomllib.loads((ROOT / "samconfig.toml").read_text())
    overrides = [
        environment["deploy"]["parameters"]["parameter_overrides"]
        for environment in read.values()
        if isinstance(environment, dict) and "deploy" in environment
    ]
    assert overrides
    assert set(re.findall(r"(\w+)=", " ".join(overrides))) <= TEMPLATE["Parameters"].keys()


def test_outputs_of_the_template() -> None:
    listed = {cells[0] for cells in rows(section(PARAMETERS, "Outputs"))}
    assert listed == {f"`{name}`" for name in TEMPLATE["Outputs"]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_in_camel_case_are_the_templates_or_the_codes(page: Path) -> None:
    """`BucketName`, `StrayResultsAlarm`, `PlannedRow`: whatever has a hump in it."""
    templates = ((ROOT / name).read_text() for name in ("template.yaml", "watch.yaml"))
    known = set(re.findall(r"\w+", "\n".join(templates))) | defined_names()
    named = {
        text for text in quoted(page) if re.fullmatch(r"(?:[A-Z][a-z0-9]+){2,}(?:\.\w+)?", text)
    }
    assert named - known == set()


def test_top_folders_and_types() -> None:
    assert set(re.findall(r"`(\w+)/[^`\n]*`", section(README, "Dropping files"))) == set(UPLOADS)
    assert set(re.findall(r"`(\w+)/…`", section(README, "What comes back"))) == OWN_FOLDERS - {WORK}
    places = re.findall(r"`incoming/(\w+)/", section(README, "Dropping files"))
    assert set(places) == set(EnrichmentType)


def test_options_of_folders() -> None:
    shown = re.findall(r"`(incoming/[^`]+=[^`]+)/`", section(README, "Dropping files"))
    wanted = [path.replace("<any of these>", "email") for path in shown]
    for path in wanted:
        request_of(f"{path}/leads.csv")
    with pytest.raises(BadOption) as refused:
        request_of("incoming/email/colour=blue/leads.csv")
    offered = set(re.findall(r"(\w+)=", str(refused.value))) - {"colour"}
    assert set(re.findall(r"(\w+)=", " ".join(shown))) == offered


def test_statuses_of_rows() -> None:
    listed = [cells[0] for cells in rows(section(README, "What comes back"))]
    assert sorted(re.findall(r"`(\w+)`", " ".join(listed))) == sorted(RowState)


def test_columns_of_results() -> None:
    text = section(README, "What comes back")
    columns = {*RESULT_COLUMNS, REASON_COLUMN, ROW_COLUMN}
    a_second = fresh(["enriched_email"], ["enriched_email"])
    named = set(re.findall(r"`((?:enrich(?:ed|ment)|reject(?:ion|ed))_\w+)`", text))
    assert named == columns | set(a_second)


def test_actions_of_an_operator() -> None:
    text = section(README, "Deploying")
    assert [action for action in Action if f"`{action}`" not in text] == []
    assert set(re.findall(r'"action": "(\w+)"', text)) <= set(Action)


def test_commands_of_operators() -> None:
    """`enrich`, in the table of `docs/operations.md` and in its exit codes."""
    tables = rows(section(ROOT / "docs" / "operations.md", "From a terminal"))
    listed = {cells[0].strip("`") for cells in tables if cells[0].startswith("`")}
    assert listed == set(get_command(app).commands)  # type: ignore[attr-defined]
    codes = {int(cells[0]) for cells in tables if cells[0].isdigit()}
    there = {errors.DONE, ENDED_BY_HAND, *(one.status for one in errors.Trouble.__subclasses__())}
    assert codes == there


def test_variables_of_local_runs() -> None:
    pages = [page.read_text() for page in (README, CONTRIBUTING, PARAMETERS)]
    listed = {
        name
        for cells in rows(PARAMETERS.read_text())
        for name in re.findall(r"^`([A-Z][A-Z_]+)`$", f"{cells[0]}\n{cells[-1]}", re.MULTILINE)
    }
    used = set(re.findall(r"\b([A-Z][A-Z_]+)=", "\n".join(pages)))
    assert used <= variables() | {"UPGRADE", "ARGS"}
    assert listed == variables()


def test_rooms_of_the_package() -> None:
    """A room in brackets in the contract of imports may be there or not."""
    listed = {cells[0].strip("`/") for cells in rows(section(ARCHITECTURE, "The rooms"))}
    there = {
        path.name
        for path in PACKAGE.iterdir()
        if path.name not in ("__init__.py", "__pycache__", "py.typed")
    }
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = " ".join(contracts["contracts"][0]["layers"])
    optional = set(re.findall(r"\((\w+)\)", floors))
    assert listed - optional == there - optional
    assert {name.removesuffix(".py") for name in listed} == set(re.findall(r"\w+", floors))


def test_names_that_the_architecture_follows() -> None:
    named = {text for text in quoted(ARCHITECTURE) if re.fullmatch(r"[A-Za-z_]+\.?\w+", text)}
    files = {text for text in named if text.endswith((".py", ".toml", ".json"))}
    functions = {path.name for path in (ROOT / "functions").iterdir()}
    known = defined_names() | functions | set(Action) | set(RowState)
    assert sorted(named - files - known) == []


def variables() -> set[str]:
    """The environment variables that a local run or a simulation reads."""
    sources = [*(ROOT / "local").glob("*.py"), ROOT / "tests" / "simulation" / "__main__.py"]
    nodes = [node for source in sources for node in ast.walk(syntax(source))]
    read = {name for node in nodes for name in _asked_for(node)}
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    names = [
        text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)*", text)
    ]
    standin = {f"STANDIN_{name.upper()}" for name in Behaviour.model_fields}
    return read - {"PATH"} | set(chosen_settings(dict.fromkeys(names, "set"))) | standin


def _asked_for(node: ast.AST) -> list[str]:
    """The variable that an expression such as `os.environ["NAME"]` reads."""
    match node:
        case (
            ast.Call(
                func=ast.Attribute(value=source, attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            )
            | ast.Subscript(value=source, slice=ast.Constant(value=str(name)))
        ) if "environ" in ast.unparse(source):
            return [name]
    return []
