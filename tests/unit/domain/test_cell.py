"""What the text of a cell is taken for."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.cell import damage, said, tidy


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" \t Jane\r\n", "Jane"),
        ("\u00a0Jane \u2003 Mary\u200b\ufeff", "Jane Mary"),
        ("Ja\u00adne", "Jane"),
        ("Rene\u0301e", "Renée"),
        ("\u200eعلی\u200cرضا\u200c", "علی\u200cرضا"),
        ("DOE", "DOE"),
    ],
)
def test_only_what_shows_is_kept_in_one_unicode_form(cell: str, text: str) -> None:
    assert tidy(cell) == said(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "-",
        "--",
        ".",
        "?",
        "\u200b",
        "n/a",
        "N/A",
        "#N/A",
        "#REF!",
        "null",
        "NULL",
        "(null)",
        "None",
        "nan",
        "UNKNOWN",
        "!?",
    ],
)
def test_usual_words_for_nothing_are_nothing(cell: str) -> None:
    assert said(cell) == ""


@pytest.mark.parametrize("cell", ["Null", "Nan", "Na", "NA", "Nil", "3M", "1&1", "李", "Nonette"])
def test_names_that_look_like_nothing_are_names(cell: str) -> None:
    assert said(cell) == cell


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("\tJane\n", None),
        ("\ufeff\n Jane", None),
        ("Jane\u2028Mary", None),
        ("Ja\nne", "contains a line break"),
        ("Ja\tne", "contains a control character"),
        ("Ja\x00ne", "contains a control character"),
        ("Ja\x9fne", "contains a control character"),
        ("\u202eenaJ", "contains a control character"),
        ("Jane\u2069", "contains a control character"),
        ("Ren\ufffde", "has lost a character (�)"),
        ("Jane \ud83d", "has lost a character (�)"),
    ],
)
def test_control_characters_and_lost_text_inside_are_damage(cell: str, what: str | None) -> None:
    assert damage(cell) == what


@given(st.text(st.characters()))
def test_tidied_text_is_as_tidy_as_it_gets(cell: str) -> None:
    text = tidy(cell)

    assert tidy(text) == text == unicodedata.normalize("NFC", text)
    assert " ".join(text.split()) == text
    if not damage(cell):
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def tidied_the_long_way(cell: str) -> str:
    """By the category of each character."""
    joiners = "\u200c\u200d"
    shown = "".join(
        character
        for character in cell
        if unicodedata.category(character) != "Cf"
        or character in joiners
        or "\u202a" <= character <= "\u202e"
        or "\u2066" <= character <= "\u2069"
    )
    words = (word.strip(joiners) for word in shown.split())
    return unicodedata.normalize("NFC", " ".join(word for word in words if word))


def is_plain(character: str) -> bool:
    """Whether a character stays as it is, wherever it stands."""
    told_by_category = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Zs")
    return not told_by_category and unicodedata.is_normalized("NFC", f"a{character}b")


def test_every_character_is_tidied_as_by_its_category() -> None:
    characters = [chr(number) for number in range(sys.maxunicode + 1)]
    special = [one for one in characters if not is_plain(one)]
    texts = [text for one in special for text in (one, f"a{one}b")]
    assert len(texts) > 2000
    assert [text for text in texts if tidy(text) != tidied_the_long_way(text)] == []
    # The others by the hundred, which are of a kind: all should be left as they are.
    plain = sorted(filter(is_plain, characters), key=unicodedata.category)
    hundreds = [plain[at : at + 100] for at in range(0, len(plain), 100)]
    rows = [
        "".join(f"{before}{one}b" for one in some) for some in hundreds for before in (" ", "a")
    ]
    assert [text for text in rows if tidy(text) != text.strip(" ")] == []


@given(st.text(st.sampled_from("aÅ\u030a \t\u00a0\u200b\u200c\u202e\ufffd\ud83d가\u1100\u1161.")))
def test_any_text_is_tidied_as_by_the_categories_of_its_characters(text: str) -> None:
    assert tidy(text) == tidied_the_long_way(text)
