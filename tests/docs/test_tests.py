"""Tests stand alone: what several of them need has a module of its own."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROM_A_TEST = re.compile(r"^\s*(?:from|import)\s+tests(?:\.\w+)*\.test_\w+", re.MULTILINE)


def test_no_test_imports_from_another() -> None:
    modules = (ROOT / "tests").rglob("*.py")
    assert [str(path) for path in modules if FROM_A_TEST.search(path.read_text())] == []
