"""Which rows are not worth a credit, and which files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment import vocabulary
from enrichment.domain import worth
from enrichment.domain.columns import Field
from enrichment.domain.worth import are_people, is_no_company, not_worth
from enrichment.words import rows as words
from tests.unit.builders import TEXT


def full(name: str) -> dict[Field, str]:
    return {Field.FULL_NAME: name}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((name, words.TEST) for name in ("Test Test", "John Test", "TBD", "n/a", "Asdf Asdf")),
        *((name, words.TEST) for name in ("LinkedIn Member", "Deleted User", "Foo Bar", "xxx")),
        *((name, words.TEST) for name in ("Max Mustermann", "Vorname Nachname", "Test1 User2")),
        *((name, words.ADDRESS_AS_NAME) for name in ("jane@acme.com", "www.acme.com", "acme.com")),
        ("+49 170 1234567", words.NUMBER_AS_NAME),
        *((name, words.GARBLED) for name in ("M?ller Hans", "J\ufffdr\ufffdme Doe", "Ã© Doe")),
        *((name, words.TOTAL) for name in ("Total", "Grand total: 250", "Gesamtsumme")),
        *((name, words.TEST) for name in ("Do Not Contact", "x x", "DUPLICATE Doe")),
        *((name, words.OFFICE) for name in ("The Manager", "Info", "Sales Team", "Zentrale Köln")),
        *((name, words.COMPANY_AS_NAME) for name in ("Hotel Adler", "Garage Dupont", "Acme Inc.")),
        *((name, words.COMPANY_AS_NAME) for name in ("Müller & Söhne GmbH", "Joe's Diner")),
        *((name, words.COMPANY_AS_NAME) for name in ("Bank of America", "北京酒店", "ООО Ромашка")),
    ],
)
def test_a_row_without_a_person_is_not_worth_a_credit(name: str, reason: str) -> None:
    assert not_worth(full(name)) == reason
    first, _, last = name.partition(" ")
    if last:
        assert not_worth({Field.FIRST_NAME: first, Field.LAST_NAME: last}) == reason


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe",
        "John Doe",
        "Jon Tester",
        "Joe Sample",
        "Maria Sales",
        "Minji Park",
        "Charlotte Church",
        "Bar Refaeli",
        "Les Paul",
        "Harald Hirschsprung",
        "Shaquille O'Neil",
        "Jane Doe, PhD",
        "Yao Ming",
        "王小明",
        "Jane",
        "",
        "-",
    ],
)
def test_a_person_with_a_telling_name_is_worth_one(name: str) -> None:
    assert not_worth(full(name)) is None


def test_john_doe_is_a_person_anywhere_but_at_example_com() -> None:
    assert not_worth(full("John Doe") | {Field.EMAIL: "john@example.com"}) == words.TEST
    assert not_worth(full("John Doe") | {Field.EMAIL: "john@acme.example"}) is None
    assert not_worth(full("Olivia Hartwell") | {Field.EMAIL: "o@example.com"}) is None


def test_half_a_name_that_says_little_is_not_held_to_be_a_test() -> None:
    assert not_worth({Field.FIRST_NAME: " ", Field.LAST_NAME: "Blank"}) is None


@pytest.mark.parametrize(
    "company",
    [
        "Self-employed",
        "SELF EMPLOYED",
        "Freelance / Selbständig",
        "Freelancer (self-employed)",
        "Confidential",
        "Stealth Startup",
        "Autónomo",
        "À mon compte",
        "zzp'er",
        "Serbest meslek",
        "Самозанятый",
    ],
)
def test_a_company_that_is_none_is_told(company: str) -> None:
    assert is_no_company(company)


@pytest.mark.parametrize("company", ["", "Acme", "Freelance Solutions Ltd", "Stealth Security"])
def test_a_company_with_such_a_word_in_its_name_is_one(company: str) -> None:
    assert not is_no_company(company)


HOTELS = ["Hotel Adler", "Schlosshof", "Mandarin Oriental", "Hyatt Regency", "The Fontenay"] * 5
BRANDS = ["Subway", "Fuddruckers", "7 Eleven", "Chick & Co", "Wendy's", "Ruby Tuesday"] * 5
PEOPLE = ["Jane Doe", "Olivia Hartwell", "Rajesh Iyer", "Chukwu Okonkwo", "Ayşe Öztürk"] * 5


@pytest.mark.parametrize(
    ("names", "people"),
    [
        (HOTELS, False),
        (BRANDS, False),
        (["Test Test"] * 9 + PEOPLE[:3], False),
        (PEOPLE, True),
        (PEOPLE + HOTELS[:5], True),
        (["Rajesh Iyer", "Chukwu Okonkwo", "Xyz Abcd"] * 20, True),
        (HOTELS[:4], True),  # too few to tell
        (["王秀芳", "李伟", "張怡君", "김민수", "山田太郎"] * 8, True),
        (["محمد بن سلمان بن عبد العزيز", "فاطمة بنت أحمد بن علي"] * 20, True),
        ([""] * 50, True),
    ],
)
def test_a_file_is_of_people_by_what_stands_in_its_names(names: list[str], people: bool) -> None:
    assert are_people(map(full, names)) is people


def test_columns_of_things_tell_a_list_of_things() -> None:
    rows = [full(f"{thing} Oak") for thing in ("Table", "Lamp", "Rug", "Vase", "Bench")]
    assert are_people(rows, ["Name", "Brand"])
    assert not are_people(rows, ["Name", "Brand", "Price"])
    assert are_people(map(full, PEOPLE), ["Name", "Price"])


SPECIAL = sorted(worth._special())
WORDS = st.one_of(
    st.sampled_from(SPECIAL),
    st.sampled_from(
        ["Jane", "doe", "park", "o'neil", "smith-jones", "aaa", "x", "Zoë", "Société", "Hôtel"]
    ),
    st.from_regex("[a-zà-öø-ž]{1,9}", fullmatch=True),
)


@given(st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_the_short_way_past_plain_names_misses_nothing(name: str) -> None:
    cells = full(name)
    if worth.is_plain_text(name):
        assert worth._after_all(cells) is None


@given(st.dictionaries(st.sampled_from(Field), TEXT | st.text(st.characters(), max_size=9)))
def test_no_text_breaks_it(cells: dict[Field, str]) -> None:
    assert not_worth(cells) != ""
    are_people([cells] * 30)
    is_no_company(cells.get(Field.COMPANY, ""))


@pytest.mark.parametrize(
    ("file", "table"), [("worth", "test"), ("worth", "company"), ("cells", "total")]
)
def test_every_word_alone_tells(file: str, table: str) -> None:
    found = [word for word in vocabulary.words(file, table) if not not_worth(full(word))]
    assert found == []


def test_every_company_that_is_none_is_none() -> None:
    assert [
        word for word in vocabulary.words("worth", "no_company") if not is_no_company(word)
    ] == []
