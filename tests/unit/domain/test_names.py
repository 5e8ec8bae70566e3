"""Whose name is in a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.cell import damage
from enrichment.domain.columns import Field
from enrichment.domain.names import MAX_NAME, Name, divided, name_in
from tests.unit.builders import TEXT

UNDIVIDED = "the full name could not be divided into a first and a last name"


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("JANE DOE", "JANE", "DOE"),
        ("Doe, Jane", "Jane", "Doe"),
        ("Jane Mary Ann Doe", "Jane", "Doe"),
        ("Jean-Pierre Dupont", "Jean-Pierre", "Dupont"),
        ("Jane O’Neil", "Jane", "O’Neil"),
        ("Jane van der Berg", "Jane", "van der Berg"),
        ("JANE VAN DER BERG", "JANE", "VAN DER BERG"),
        ("de la Cruz, Maria", "Maria", "de la Cruz"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("Abdul Rahman Khan", "Abdul Rahman", "Khan"),
        ("Jack Ma", "Jack", "Ma"),
        ("Karthik S", "Karthik", "S"),
        ("J. R. R. Tolkien", "J.", "Tolkien"),
        ("Мария Иванова", "Мария", "Иванова"),
        ("राम शर्मा", "राम", "शर्मा"),
        ("山田 太郎", "太郎", "山田"),
        ("김민수", "민수", "김"),
        # Capitals tell the last name, as in France.
        ("DUPONT Jean", "Jean", "DUPONT"),
        ("DE LA CRUZ Maria Luz", "Maria", "DE LA CRUZ"),
        ("Jean DUPONT", "Jean", "DUPONT"),
        ("AJ Smith", "AJ", "Smith"),
        # Titles, credentials and nicknames.
        ("Prof. Dr. Hans Müller", "Hans", "Müller"),
        ("PROF Jane Doe", "Jane", "Doe"),
        ("M. Jean Dupont", "Jean", "Dupont"),
        ("Doe, Dr. Jane M.", "Jane", "Doe"),
        ("Jane Doe Jr.", "Jane", "Doe"),
        ("Smith, John, Jr.", "John", "Smith"),
        ("Jane Doe, PhD, MBA", "Jane", "Doe"),
        ("Jane Doe MBA, PMP®", "Jane", "Doe"),
        ('Jane "JD" Doe', "Jane", "Doe"),
        ("Jane (Janie) Doe", "Jane", "Doe"),
        ("Jane Doe née Smith", "Jane", "Doe"),
        # What people add on LinkedIn.
        ("Jane Doe 🚀", "Jane", "Doe"),
        ("👩\u200d💻 Jane Doe ☁️ AWS", "Jane", "Doe"),
        ("Jane 🇫🇷 Doe", "Jane", "Doe"),
        ("Jane Doe (she/her)", "Jane", "Doe"),
        ("Jane Doe, she/her", "Jane", "Doe"),
        ("Jane Doe (she", "Jane", "Doe"),
        ("Jane Doe - MBA", "Jane", "Doe"),
        ("Jane Doe | CEO", "Jane", "Doe"),
        ("Jane Doe: CEO", "Jane", "Doe"),
        ("Jane Doe, CEO at Acme", "Jane", "Doe"),
        ("Jane Doe #OpenToWork", "Jane", "Doe"),
        ("#1 Jane Doe 24/7", "Jane", "Doe"),
    ],
)
def test_a_full_name_is_divided(full: str, first: str, last: str) -> None:
    assert divided(full) == (first, last)
    assert name_in({Field.FULL_NAME: full}) == Name(first, last)


@pytest.mark.parametrize(
    ("full", "missing"),
    [
        ("Jane", "last"),
        ("Doe, PhD", "first"),
        ("Jane D.", "last"),
        ("Jane -MBA", "last"),
        ("Jane @Acme", "last"),
        ("Mr. Doe", "first"),
        ("山田", "first"),
        ("Jane & John Doe", "both"),
        ("Jane and John Doe", "both"),
        ("Jane Doe, Realtor", "both"),
        ("García López, Juan", "both"),
        ("🚀 (she/her)", "both"),
        ("2024", "both"),
    ],
)
def test_a_full_name_that_can_be_read_in_two_ways_or_is_not_one_is_not_divided(
    full: str, missing: str
) -> None:
    problems = name_in(
        {Field.FULL_NAME: full, Field.FIRST_NAME: "", Field.LAST_NAME: "n/a"}
    ).problems

    names = ("first", "last") if missing == "both" else (missing,)
    assert problems == (*(f"the {name} name is missing" for name in names), UNDIVIDED)


@pytest.mark.parametrize(
    ("first", "last", "full", "name"),
    [
        ("Jane", "Doe", "Mary Smith", Name("Jane", "Doe")),
        ("", "", "Jane Doe", Name("Jane", "Doe")),
        ("-", "null", "Jane Doe", Name("Jane", "Doe")),
        ("J.", "", "Jane Doe", Name("Jane", "Doe")),
        ("", "Doe", "Jane M. Doe", Name("Jane", "Doe")),
        ("Jane Doe", "", "Jane Doe", Name("Jane", "Doe")),
        ("Jane", "", "Doe", Name("Jane", "", ("the last name is missing", UNDIVIDED))),
        ("", "Doe", "Jane", Name("", "Doe", ("the first name is missing", UNDIVIDED))),
        ("Jane", "", "n/a", Name("Jane", "", ("the last name is missing",))),
        (
            "Jane",
            "",
            "Jane D\x00oe",
            Name(
                "Jane",
                "",
                ("the last name is missing", "the full name contains a control character"),
            ),
        ),
        (
            "Jane",
            "",
            "Jane " * 50,
            Name(
                "Jane",
                "",
                ("the last name is missing", "the full name is longer than 200 characters"),
            ),
        ),
        ("Ja\nne", "Doe", "", Name("Ja ne", "Doe", ("the first name contains a line break",))),
        (
            "Jane",
            "D\ufffde",
            "Jane Doe",
            Name("Jane", "D e", ("the last name has lost a character (�)",)),
        ),
        (
            "J" * 101,
            "Doe",
            "",
            Name("J" * 101, "Doe", ("the first name is longer than 100 characters",)),
        ),
        ("J" * 100, "Doe", "", Name("J" * 100, "Doe")),
    ],
)
def test_the_full_name_helps_where_the_columns_of_both_names_do_not_suffice(
    first: str, last: str, full: str, name: Name
) -> None:
    assert name_in({Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.FULL_NAME: full}) == name


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("DOE", "DOE"),
        ("Doe, PhD, MBA", "Doe"),
        ("Doe 🚀", "Doe"),
        ("Doe (she/her)", "Doe"),
        ("Doe | CEO", "Doe"),
        ("Doe 2", "Doe"),
        ("Smith - Jones", "Smith Jones"),
        ("van der Berg", "van der Berg"),
        ("O`Brien", "O`Brien"),
        ("D.", "D."),
    ],
)
def test_a_name_in_a_column_of_its_own_loses_only_what_is_no_part_of_it(
    cell: str, name: str
) -> None:
    assert name_in({Field.FIRST_NAME: cell, Field.LAST_NAME: cell}) == Name(name, name)


WORDS = st.sampled_from(
    [
        "Jane",
        "DOE",
        "van",
        "de",
        "Dr.",
        "PhD",
        "J.",
        "&",
        "-",
        ",",
        "(she",
        ")",
        "🚀",
        "é",
        "李",
        "'",
        "#1",
        "|",
    ]
)
NAMES = st.one_of(TEXT, st.text(st.characters()), st.lists(WORDS, max_size=8).map(" ".join))


@given(NAMES, NAMES, NAMES)
def test_no_text_breaks_it_and_a_name_without_problems_is_one(
    first: str, last: str, full: str
) -> None:
    name = name_in({Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.FULL_NAME: full})

    if not name.problems:
        for text in (name.first, name.last):
            assert any(map(str.isalpha, text))
            assert text == text.strip()
            assert len(text) <= MAX_NAME
            assert damage(text) is None


@given(
    st.lists(
        st.sampled_from(["Jane", "Ana", "Doe", "Silva", "Müller"]), min_size=2, max_size=4
    ).map(" ".join),
    NAMES,
)
def test_what_follows_a_separator_never_changes_a_name(full: str, tail: str) -> None:
    assert divided(f"{full} | {tail}") == divided(full) == (full.split()[0], full.split()[-1])
