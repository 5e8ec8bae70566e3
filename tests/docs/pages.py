"""The pages of the documentation and what they name, as text."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
GUARANTEES = ROOT / "docs" / "guarantees.md"
PARAMETERS = ROOT / "docs" / "parameters.md"
PAGES = (README, CONTRIBUTING, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))

PACKAGE = ROOT / "layers" / "core" / "enrichment"


def quoted(page: Path) -> list[str]:
    """What stands in backticks in a page's text, in order."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`]+)`", text)


def section(page: Path, heading: str) -> str:
    """The text below a heading, up to the next one of any level."""
    _, _, rest = page.read_text().partition(f"# {heading}\n")
    assert rest, f"{page.name} has no section “{heading}”"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text, without their heads."""
    lines = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line[:1] == "|"]
    rules = [number for number, cells in enumerate(lines) if set("".join(cells)) <= set("-|")]
    heads = {number - 1 for number in rules} | set(rules)
    return [
        [cell.strip() for cell in cells]
        for number, cells in enumerate(lines)
        if number not in heads
    ]


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """The shell commands in a page's indented blocks, each with the comment above its block."""
    found = re.finditer(
        r"(?:^<!-- (?P<mark>.+?) -->\n\n)?(?P<block>(?:^ {4}.*\n)+)",
        page.read_text(),
        re.MULTILINE,
    )
    for block in found:
        for line in re.sub(r" \\\n +", " ", block["block"]).splitlines():
            command, _, _ = line.strip().partition("  ")  # what follows explains it
            if re.match(r"([A-Z_]+=\S+ )*(make|aws|sam|python3?|pip|git|docker) ", command):
                yield block["mark"] or "", command


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def defined_names() -> frozenset[str]:
    """Each module, class, function, method (as `Class.method` too) and constant of the package."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        found.add(path.stem)
        for node in ast.walk(syntax(path)):
            match node:
                case ast.ClassDef(name=owner, body=body):
                    found.add(owner)
                    found |= {f"{owner}.{name}" for inner in body for name in _names(inner)}
                case _:
                    found.update(_names(node))
    return frozenset(found)


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
