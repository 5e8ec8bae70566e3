"""What the documentation points to is there: files, headings and tests; and its lines are short."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import ARCHITECTURE, GUARANTEES, PACKAGE, PAGES, ROOT, quoted, syntax

LINKING = (*PAGES, ROOT / "tests" / "corpus" / "README.md")
TOP_FOLDERS = ("docs/", "events/", "functions/", "layers/", "local/", "tests/", ".ci/", ".github/")
WIDTH = 100
RECORDED = ROOT / "docs" / "simulation.md"  # its histories are quoted as they were told


def by_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", LINKING, ids=by_name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    broken = [link for link in links if not is_external(link) and not leads_somewhere(page, link)]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = {
        text.partition("::")[0] for text in quoted(page) if re.fullmatch(r"\.?[\w./:-]+", text)
    }
    paths = [path for path in named if path.startswith(TOP_FOLDERS)]
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_every_test_that_a_guarantee_names_exists() -> None:
    missing = []
    path = ROOT / "tests"
    for text in quoted(GUARANTEES):
        found = re.fullmatch(
            r"(?P<file>(?:unit|functional|simulation|e2e)/[\w./]*)?(::(\w+))?", text
        )
        if found is None:
            continue
        if found["file"]:
            path = ROOT / "tests" / found["file"]
        there = functions_in(path)
        named = {found[3]} if found[3] else {name for name in there if name.startswith("test_")}
        if not named & there:
            missing.append(text)
    assert missing == []


def test_every_promise_names_a_test() -> None:
    promises = re.split(r"\n\n(?=\*\*)", GUARANTEES.read_text())[1:]
    assert len(promises) > 20
    proof = re.compile(r"`(?:(?:unit|functional|simulation|e2e)/|::test_)|[Tt]he\scrash\stest")
    assert [promise[:60] for promise in promises if not proof.search(promise)] == []


def test_every_module_that_the_architecture_names_exists() -> None:
    modules = [text for text in quoted(ARCHITECTURE) if re.fullmatch(r"\w+(/\w+)+\.py", text)]
    assert [name for name in modules if not (PACKAGE / name).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != RECORDED], ids=by_name)
def test_lines_are_short_unless_they_are_a_tables_or_cannot_be_broken(page: Path) -> None:
    long = [
        number
        for number, line in enumerate(page.read_text().splitlines(), start=1)
        if len(line) > WIDTH and " " in line and not line.startswith("|")
    ]
    assert long == []


def is_external(link: str) -> bool:
    return re.match(r"[a-z]+:", link) is not None


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not heading or heading in headings(target))


def headings(page: Path) -> set[str]:
    """The headings of a page as GitHub names them in addresses."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in found}


def functions_in(path: Path) -> set[str]:
    """The functions of a module, or of all modules in a folder; none if it is not there."""
    modules = path.rglob("*.py") if path.is_dir() else filter(Path.exists, [path])
    nodes = (node for module in modules for node in ast.walk(syntax(module)))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
