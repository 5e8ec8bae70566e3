"""What `make docs` writes stands on the pages as it would be written now."""

import re
from pathlib import Path

import pytest

from docs.generate import PAGES, PARTS, PICTURES, ROOT, filled


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_up_to_date(page: Path) -> None:
    text = page.read_text()
    assert text == filled(text), "run make docs"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_up_to_date_and_stands_on_a_page(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == PICTURES[name](), "run make docs"
    assert any(f"]({name})" in page.read_text() for page in PAGES)


def test_every_part_stands_on_a_page_once() -> None:
    parts = [
        name
        for page in PAGES
        for name in re.findall(r"<!-- generated: (.+?) -->", page.read_text())
    ]
    assert sorted(parts) == sorted(PARTS)
