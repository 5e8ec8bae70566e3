"""Whose name is in a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain import names
from enrichment.domain.cell import damage
from enrichment.domain.columns import Field
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.names import MAX_NAME, Name, divided, name_in
from enrichment.domain.spelling import Spelling
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
        ("Jane -MBA", "last"),
        ("Jane @Acme", "last"),
        ("Mr. Doe", "first"),
        ("山田", "first"),
        ("Jane & John Doe", "both"),
        ("Jane and John Doe", "both"),
        ("Jane Doe, Realtor", "both"),
        ("Olga Levin / Boris Levin", "both"),
        ("García López, Xyz", "both"),
        ("Li Wei", "both"),
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
        ("Doe-", "Doe"),
        ("“Joe” Doe", "Doe"),
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


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        # Patronymics, in both orders and scripts; two words by the given names of the language.
        ("Иванов Иван Иванович", "Иван", "Иванов"),
        ("Иван Иванович Иванов", "Иван", "Иванов"),
        ("Ivanov Ivan Ivanovich", "Ivan", "Ivanov"),
        ("Ivan Ivanovich Ivanov", "Ivan", "Ivanov"),
        ("Шевченко Тарас Григорович", "Тарас", "Шевченко"),
        ("Петрова Мария", "Мария", "Петрова"),
        ("Егоров Степан Ильич", "Степан", "Егоров"),
        ("Roman Abramovich", "Roman", "Abramovich"),
        ("Ада Прокопович", "Ада", "Прокопович"),
        # Vietnamese: the last word is what somebody is called.
        ("Nguyễn Văn An", "An", "Nguyễn"),
        ("Trần Thị Bích Ngọc", "Ngọc", "Trần"),
        ("Lê Hoàng", "Hoàng", "Lê"),
        ("Nam Lê", "Nam", "Lê"),
        ("Nguyen An", "An", "Nguyen"),
        ("An Nguyen", "An", "Nguyen"),
        ("Minh Van Nguyen", "Minh", "Nguyen"),
        ("David Nguyen", "David", "Nguyen"),
        ("Le Roux", "Le", "Roux"),
        # Chinese and Korean in Latin letters.
        ("Wang Xiaoming", "Xiaoming", "Wang"),
        ("Xiaoming Wang", "Xiaoming", "Wang"),
        ("Wang Xiao Ming", "Xiao Ming", "Wang"),
        ("Xiao Ming Wang", "Xiao Ming", "Wang"),
        ("Wei Zhang", "Wei", "Zhang"),
        ("Kim Min-su", "Min-su", "Kim"),
        ("Park Ji Sung", "Ji Sung", "Park"),
        ("Min-su Kim", "Min-su", "Kim"),
        ("Wang David", "David", "Wang"),
        ("Kim Kardashian", "Kim", "Kardashian"),
        ("Kim Hansen", "Kim", "Hansen"),
        ("Hanne Aas", "Hanne", "Aas"),
        ("Sultan Ndoliwa", "Sultan", "Ndoliwa"),
        ("Lee Johnson", "Lee", "Johnson"),
        ("Tim Park", "Tim", "Park"),
        ("Yo-Yo Ma", "Yo-Yo", "Ma"),
        ("Wong Kar-wai", "Kar-wai", "Wong"),
        ("Goh Chok Tong", "Chok Tong", "Goh"),
        ("Lee Jean-Luc", "Lee", "Jean-Luc"),
        ("Tanaka Hiroshi", "Hiroshi", "Tanaka"),
        ("Hiroshi Tanaka", "Hiroshi", "Tanaka"),
        # In their own script, parted or not.
        ("남궁민수", "민수", "남궁"),
        ("山田太郎", "太郎", "山田"),
        ("佐々木健一", "健一", "佐々木"),
        ("高橋みなみ", "みなみ", "高橋"),
        ("マイケル・ジャクソン", "マイケル", "ジャクソン"),
        # Two surnames, and double given names.
        ("Juan García López", "Juan", "García López"),
        ("Juan Carlos García López", "Juan Carlos", "García López"),
        ("María del Carmen Ruiz Gil", "María del Carmen", "Ruiz Gil"),
        ("José Luis Pérez", "José Luis", "Pérez"),
        ("João da Silva Santos", "João", "da Silva Santos"),
        ("García López, Juan Carlos", "Juan Carlos", "García López"),
        # Particles that are written large.
        ("Isabella Dalla Costa", "Isabella", "Dalla Costa"),
        ("Anna Lena Zur Mühlen", "Anna", "Zur Mühlen"),
        ("Fatima Zahra El Idrissi", "Fatima", "El Idrissi"),
        # Names of Hungary alone tell that the family name stands first.
        ("Nagy László", "László", "Nagy"),
        ("László Nagy", "László", "Nagy"),
    ],
)
def test_a_full_name_is_divided_as_its_language_has_it(full: str, first: str, last: str) -> None:
    assert name_in({Field.FULL_NAME: full}) == Name(first, last)


@pytest.mark.parametrize(
    ("full", "manner", "first", "last"),
    [
        ("Nagy Anna", Manner(family_first=True), "Anna", "Nagy"),
        ("Dupont Jean-Pierre", Manner(family_first=True), "Jean-Pierre", "Dupont"),
        ("van der Berg Jan", Manner(family_first=True), "Jan", "van der Berg"),
        ("De Ishaan", Manner(family_first=True), "Ishaan", "De"),
        ("Lo Russo Anna", Manner(family_first=True), "Anna", "Lo Russo"),
        ("Anna Nagyová", Manner(family_first=True), "Anna", "Nagyová"),
        ("Sophie NOËL", Manner(family_first=True), "Sophie", "NOËL"),
        ("Moretti Gian Luca", Manner(family_first=True), "Gian Luca", "Moretti"),
        ("Juan Garcia Lopez", Manner(two_surnames=True), "Juan", "Garcia Lopez"),
        (
            "Luis Alberto de la Vega Ruiz",
            Manner(two_surnames=True),
            "Luis Alberto",
            "de la Vega Ruiz",
        ),
        ("Hans Peter Müller", Manner(two_surnames=True), "Hans Peter", "Müller"),
        (
            "Ku Escalante Kehila Abigail",
            Manner(True, False, True),
            "Kehila Abigail",
            "Ku Escalante",
        ),
        ("Doe Smith, Xyz", Manner(family_before_comma=True), "Xyz", "Doe Smith"),
        ("王小明", Manner(chinese=True), "小明", "王"),
        ("林結衣", Manner(japanese=True), "結衣", "林"),
        ("欧阳娜娜", Manner(chinese=True), "娜娜", "欧阳"),
        ("楚欣", Manner(chinese=True), "欣", "楚"),
    ],
)
def test_the_manner_of_the_file_tells_what_a_name_alone_does_not(
    full: str, manner: Manner, first: str, last: str
) -> None:
    assert divided(full, manner) == (first, last)


def test_a_header_that_states_the_order_is_believed() -> None:
    for full in ("García López Juan Carlos", "García López, Juan Carlos"):
        name = name_in({Field.FULL_NAME_FAMILY_FIRST: full})
        assert name == Name("Juan Carlos", "García López")


@pytest.mark.parametrize(
    ("full", "email", "page", "name"),
    [
        ("Xyz Doe", "doe.xyz@acme.com", None, Name("Doe", "Xyz")),
        ("Xyz Doe", "dxyz@acme.com", None, Name("Doe", "Xyz")),
        ("Xyz Doe", "xdoe@acme.com", None, Name("Xyz", "Doe")),
        ("Müller Jörg", "joerg.mueller@acme.de", None, Name("Jörg", "Müller")),
        ("Li Wei", "wei.li@acme.cn", None, Name("Wei", "Li")),
        ("Xyz Doe", "", "https://www.linkedin.com/in/doe-xyz-5a1b", Name("Doe", "Xyz")),
        ("Jane D.", "jane.doe@acme.com", None, Name("Jane", "Doe")),
        ("Jane D.", "", "https://www.linkedin.com/in/jane-doe-5a1b", Name("Jane", "Doe")),
    ],
)
def test_the_address_and_the_page_of_a_row_spell_its_name(
    full: str, email: str, page: str | None, name: Name
) -> None:
    assert name_in({Field.FULL_NAME: full, Field.EMAIL: email}, page=page) == name


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({Field.FIRST_NAME: "Dr. Michal", Field.LAST_NAME: "Doe MBA"}, Name("Michal", "Doe")),
        ({Field.FIRST_NAME: "Jane M.", Field.LAST_NAME: "Doe, Jr."}, Name("Jane", "Doe")),
        ({Field.FIRST_NAME: "MA", Field.LAST_NAME: "DO"}, Name("MA", "DO")),
        (
            {Field.FIRST_NAME: "Jan", Field.NAME_PREFIX: "van der", Field.LAST_NAME: "Berg"},
            Name("Jan", "van der Berg"),
        ),
        (
            {Field.FIRST_NAME: "Jan", Field.NAME_PREFIX: "Mr.", Field.LAST_NAME: "Berg"},
            Name("Jan", "Berg"),
        ),
        (
            {Field.FIRST_NAME: "Ana", Field.LAST_NAME: "Ruiz", Field.SECOND_LAST_NAME: "Gil"},
            Name("Ana", "Ruiz Gil"),
        ),
        (
            {Field.FIRST_NAME: "Jane & John", Field.LAST_NAME: "Doe"},
            Name(
                "Jane & John",
                "Doe",
                ("the first name is that of two people, who need a row each",),
            ),
        ),
        (
            {Field.FIRST_NAME: "Olga / Boris", Field.LAST_NAME: "Levin"},
            Name(
                "Olga Boris",
                "Levin",
                ("the first name is that of two people, who need a row each",),
            ),
        ),
        ({Field.FIRST_NAME: "Tom 🚀", Field.LAST_NAME: "Larkin ⭐ Hiring"}, Name("Tom", "Larkin")),
        (
            {Field.FIRST_NAME: "José", Field.LAST_NAME: "Ortega y Gasset"},
            Name("José", "Ortega y Gasset"),
        ),
        (
            {Field.FIRST_NAME: "Jane", Field.LAST_NAME: "D."},
            Name("Jane", "D.", ("the last name is only an initial",)),
        ),
        ({Field.FULL_NAME: "Jane D."}, Name("Jane", "D.", ("the last name is only an initial",))),
    ],
)
def test_columns_of_their_own_hold_more_than_names_too(cells: dict[Field, str], name: Name) -> None:
    assert name_in(cells) == name


# Halves of names as their owners bear them: given names with last names of the same language.
BORNE = {
    "western": (
        ["Jane", "Jean-Pierre", "Anneliese", "Olivia", "Renée"],
        ["Doe", "van der Berg", "O'Neil", "Smith-Jones", "Müller", "de la Tour", "d'Arc", "Ng"],
    ),
    "spanish": (
        ["Juan", "María José", "Juan Carlos", "Ana María", "María del Carmen"],
        ["García López", "Núñez Gil", "Pérez", "de la Vega Ruiz"],
    ),
    "slavic": (["Иван", "Мария", "Ольга"], ["Иванов", "Петрова", "Ковальчук"]),
    "chinese": (["Xiaoming", "Xiao Ming"], ["Wang", "Zhang"]),
    "korean": (["Min-su", "Ji Sung"], ["Kim", "Park"]),
    "vietnamese": (["An", "Văn An", "Thị Ngọc"], ["Nguyễn", "Trần"]),
}
HALVES = st.sampled_from(sorted(BORNE)).flatmap(
    lambda language: st.tuples(*map(st.sampled_from, BORNE[language]))
)
BEFORE = st.sampled_from(["", "Dr. ", "Prof. Dr. ", "Mr. ", "🚀 "])
BETWEEN = st.sampled_from(["", " M.", " (she/her)", ' "JD"'])
BEHIND = st.sampled_from(
    ["", " MBA", ", PhD, PMP", " Jr.", " 🚀", " | CEO", " (she/her)", " née Smith"]
)


@given(HALVES, BEFORE, BETWEEN, BEHIND)
def test_a_name_in_two_columns_and_in_one_is_the_same(
    halves: tuple[str, str], before: str, between: str, behind: str
) -> None:
    first, last = f"{before}{halves[0]}{between}", f"{halves[1]}{behind}"
    in_two = name_in({Field.FIRST_NAME: first, Field.LAST_NAME: last})

    assert in_two.problems == ()
    assert in_two.last == halves[1]
    assert name_in({Field.FULL_NAME: f"{first} {last}"}) == in_two


PLAIN_WORDS = st.one_of(
    st.sampled_from(
        ["Jane", "Doe", "Van", "Kim", "Wang", "Nguyen", "Juan", "Maria", "Garcia", "Nagy", "Laszlo"]
    ),
    st.sampled_from(
        ["Mba", "Junior", "And", "Dr", "Abdul", "La", "Sir", "Nee", "Li", "An", "Test"]
    ),
    st.sampled_from(sorted(names._telling_words())).map(str.title),
    st.from_regex("[A-Z][a-z]{1,8}", fullmatch=True),
)
MANNERS = st.sampled_from([WESTERN, Manner(two_surnames=True), Manner(family_first=True)])
SPELLINGS = st.sampled_from([Spelling(), Spelling("jane.doe"), Spelling(page="doe-jane")])


@given(st.lists(PLAIN_WORDS, min_size=1, max_size=3).map(" ".join), MANNERS, SPELLINGS)
def test_the_short_way_of_a_full_name_ends_where_the_long_one_does(
    full: str, manner: Manner, spelling: Spelling
) -> None:
    short = names._divided_plain(full, manner, spelling)
    assert short in (None, names._divided(full, manner, spelling))


ADDRESSES = st.sampled_from(["", "doe", "jane.doe", "doe.jane7", "jdoe", "djane", "kim-wang"])


@given(st.lists(PLAIN_WORDS, min_size=2, max_size=3).map(" ".join), ADDRESSES, ADDRESSES)
def test_a_row_that_cannot_spell_a_name_backward_need_not_be_read(
    full: str, local: str, slug: str
) -> None:
    page = f"https://www.linkedin.com/in/{slug}" if slug else None
    cells = {Field.FULL_NAME: full, Field.EMAIL: f"{local}@acme.example"}
    assert name_in(cells, WESTERN, page) == names._from_cells("", "", cells, WESTERN, page)


@given(st.lists(PLAIN_WORDS, min_size=1, max_size=2).map("-".join), PLAIN_WORDS)
def test_the_short_way_of_two_columns_ends_where_the_long_one_does(first: str, last: str) -> None:
    cells = {Field.FIRST_NAME: first, Field.LAST_NAME: last}
    if names.is_plain_name(first) and names.is_plain_name(last):
        assert names._from_cells(first, last, cells, WESTERN, None) == Name(first, last)


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
