"""The short way of plain rows ends where the long one does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment import vocabulary
from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.duplicates import Identity, identity
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.plain_rows import FIELDS, PlainRows
from enrichment.domain.plan import PlannedRow
from enrichment.domain.planner import Planner
from tests.unit.builders import TEXT, TYPES

COLUMNS = {each: (at,) for at, each in enumerate(FIELDS)}


@dataclass(frozen=True)
class Row:
    cells: list[str]
    number: int = 2
    links: Mapping[int, str] = field(default_factory=dict)


def short(cells: Sequence[str], wanted: EnrichmentType) -> tuple[Contact, Identity] | None:
    return PlainRows(len(cells), COLUMNS, wanted).contact(Row(list(cells)))


def at_length(cells: Sequence[str], wanted: EnrichmentType) -> PlannedRow:
    header = [each.value for each in FIELDS]
    return Planner(header, COLUMNS, wanted, EarlierRows())._at_length(Row(list(cells)), None)


PAGE = "https://www.linkedin.com/in/jane-roe"
EMAIL = EnrichmentType.EMAIL
AT_EXAMPLE = ["Jane", "Roe", "", "", "", "jane@example.com", "", ""]
PLAIN = ["Jane", "Roe", "Acme", "", "www.acme.com", "jane@acme.com", PAGE, ""]


def test_a_plain_row_takes_it() -> None:
    contact = Contact("Jane", "Roe", "acme.com", "Acme", PAGE)
    assert short(PLAIN, EMAIL) == (contact, identity(contact))


ODD = [
    (Field.FIRST_NAME, "Test"),
    (Field.FIRST_NAME, "JosÃ©"),
    (Field.FIRST_NAME, "Dr. Jane"),
    (Field.LAST_NAME, "Smith"),  # as in manuals, at example.com
    (Field.LAST_NAME, "van Dam"),
    (Field.LAST_NAME, ""),
    (Field.COMPANY, "Freelance"),
    (Field.COMPANY, "CrÃ©dit Agricole"),
    (Field.COMPANY, "A" * 201),
    (Field.DOMAIN, "a&uuml;b.com"),
    (Field.DOMAIN, "mÃ¼ller.com"),
    (Field.LINKEDIN, "linkedin.com/in/renÃ©"),
    (Field.LINKEDIN, "linkedin.com/in/"),
    (Field.LINKEDIN, "linkedin.com/company/acme"),
]


@pytest.mark.parametrize(("where", "cell"), ODD)
def test_one_unusual_cell_leaves_a_row_to_the_long_way(where: Field, cell: str) -> None:
    assert short(with_cell(PLAIN, where, cell), EMAIL) is None


def with_cell(cells: Sequence[str], where: Field, cell: str) -> list[str]:
    return [cell if each is where else own for each, own in zip(FIELDS, cells, strict=True)]


SPECIAL = [
    word.capitalize()
    for table in ("test", "placeholder", "office", "company", "at_example", "no_company")
    for name in vocabulary.words("worth", table)
    for word in (name, *name.split())
]
LEAD = "https://www.linkedin.com/sales/lead/ACwAAAB"
ANYWHERE = st.sampled_from([*(cell for _, cell in ODD), LEAD]) | st.sampled_from(SPECIAL) | TEXT
CHANGES = st.sampled_from(ODD) | st.tuples(st.sampled_from(FIELDS), ANYWHERE)
USUAL = st.tuples(
    st.sampled_from(["Jane", "John", "Zoë", "Groß"]),
    st.sampled_from(["Roe", "Smith", "Müller-Roe"]),
    st.sampled_from(["", "Acme", "Acme, Inc.", "Freelance"]),
    st.sampled_from(["", "acme.com", "gmail.com"]),
    st.sampled_from(["", "http://acme.com/", "www.acme.com", "example.com"]),
    st.sampled_from(["", "jane@acme.com", "jane@example.com"]),
    st.sampled_from(["", PAGE, "linkedin.com/in/"]),
    st.just(""),
)


@given(cells=USUAL, changes=st.lists(CHANGES, max_size=2), wanted=TYPES)
@example(cells=PLAIN, changes=[(Field.LINKEDIN, ""), (Field.SALES_NAVIGATOR, LEAD)], wanted=EMAIL)
@example(cells=AT_EXAMPLE, changes=[(Field.LAST_NAME, "Smith")], wanted=EMAIL)
def test_what_takes_it_ends_where_it_would_have_at_length(
    cells: Sequence[str], changes: list[tuple[Field, str]], wanted: EnrichmentType
) -> None:
    for change in changes:
        cells = with_cell(cells, *change)
    if plain := short(cells, wanted):
        contact, who = plain
        assert at_length(cells, wanted) == PlannedRow(2, contact)
        assert who == identity(contact)


@pytest.mark.parametrize(
    "columns",
    [
        {each: at for each, at in COLUMNS.items() if each is not Field.LAST_NAME},
        COLUMNS | {Field.NAME_PREFIX: (0,)},
        COLUMNS | {Field.COMPANY: (2, 3)},
    ],
)
def test_no_row_takes_it_where_more_cells_tell_the_name_or_the_company(
    columns: dict[Field, tuple[int, ...]],
) -> None:
    plain_rows = PlainRows(len(PLAIN), columns, EMAIL)
    assert plain_rows.contact(Row(PLAIN)) is None


def test_no_row_takes_it_that_has_links_or_another_width() -> None:
    plain_rows = PlainRows(len(PLAIN), COLUMNS, EMAIL)
    for row in (Row([*PLAIN, ""]), Row(PLAIN[:-1]), Row(PLAIN, links={6: PAGE})):
        assert plain_rows.contact(row) is None
