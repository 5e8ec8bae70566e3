"""The day that the documentation tells is one that the pipeline lives through."""

from pathlib import Path

from tests.docs.day import PAGE, told


def test_the_day_is_as_it_is_told(tmp_path: Path) -> None:
    assert PAGE.read_text() == told(tmp_path), "write it anew: python -m tests.docs.day"
    assert len(list(tmp_path.glob("*.html"))) >= 6
