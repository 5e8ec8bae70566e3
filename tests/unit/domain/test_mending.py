"""What was encoded twice is mended, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.mending import mended

NAMES = ["Müller", "José", "François Lefèvre", "Núñez", "Иван", "Søren", "Łukasz", "Émilie"]


def name(text: str) -> str:
    return mended({Field.FULL_NAME: text})[Field.FULL_NAME]


@pytest.mark.parametrize("text", NAMES)
def test_text_that_was_encoded_twice_is_mended(text: str) -> None:
    assert name(text.encode().decode("latin-1")) == text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("MÃƒÂ¼ller", "Müller"),
        ("M&uuml;ller", "Müller"),
        ("O&#39;Neil", "O'Neil"),
        ("AT&amp;T", "AT&T"),
        ("https://acme.example/?a=1&copy=2", "https://acme.example/?a=1&copy=2"),
        ("DÄ…b", "Dąb"),
        ("Ãngel", "Ãngel"),
        ("Zoë’s", "Zoë’s"),
        ("Čačák Åsa Ñandú", "Čačák Åsa Ñandú"),
        ("РСФСР", "РСФСР"),
    ],
)
def test_only_what_is_certain_is_mended(text: str, right: str) -> None:
    assert name(text) == right


@given(st.lists(st.sampled_from([*NAMES, "Jane", "山田 太郎", "Γιώργος", "Ö"]), min_size=1))
def test_good_text_stays_as_it_is(words: list[str]) -> None:
    assert name(" ".join(words)) == " ".join(words)
