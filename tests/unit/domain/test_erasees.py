"""Who is meant by a file of people who are to be erased."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.erasees import Erasee, Search, Traces, traces_of, undecided

LETTERS = st.text("abcdefghijklmnopqrstuvwxyzéñ", min_size=2, max_size=8)
JANE = {Field.FIRST_NAME: "Jane", Field.LAST_NAME: "Doe", Field.COMPANY: "Acme Inc."}


def search(*erasees: Traces) -> Search:
    return Search([Erasee(row, each) for row, each in enumerate(erasees, start=2)])


def found(searched: Search, texts: list[str], said: dict[Field, str] | None = None) -> set[int]:
    """The erasees whom a row names, as a file is searched for them."""
    if not searched.may_name([*texts, *(said or {}).values()]):
        return set()
    return set(searched.of(traces_of(texts, said or {})))


@pytest.mark.parametrize(
    "cell",
    [
        "jane@acme.com",
        "JANE@Acme.com",
        "Jane Doe <jane@acme.com>",
        "info@acme.com; jane@acme.com",
        "mailto:jane@acme.com",
        "old: jane@acme.com/j.doe@acme.com",
    ],
)
def test_an_address_is_found_in_any_cell_that_holds_it(cell: str) -> None:
    assert found(search(traces_of(["Jane@acme.com"], {})), ["x", cell]) == {2}


@pytest.mark.parametrize("cell", ["jane@acme.co", "ajane@acme.com", "jane@acme.com.au", "acme.com"])
def test_another_address_is_not_found(cell: str) -> None:
    assert found(search(traces_of(["jane@acme.com"], {})), [cell]) == set()


def test_a_mailbox_names_nobody() -> None:
    assert Erasee(2, traces_of(["info@acme.com"], {})).is_nobody


@pytest.mark.parametrize(
    "cell",
    [
        "https://www.linkedin.com/in/jane-doe",
        "http://fr.linkedin.com/in/Jane-Doe/en?trk=x",
        "in/jane-doe",
        "see linkedin.com/in/jane-doe, thanks",
    ],
)
def test_a_page_is_found_in_any_spelling(cell: str) -> None:
    assert found(search(traces_of(["linkedin.com/in/jane-doe/"], {})), [cell]) == {2}


def test_a_name_needs_its_company_or_domain() -> None:
    jane = search(traces_of([], JANE))
    for company, is_found in (("ACME", True), ("Acme, Inc", True), ("Apex", False), ("", False)):
        said = JANE | {Field.COMPANY: company}
        assert found(jane, list(said.values()), said) == ({2} if is_found else set())


def test_a_name_is_found_at_the_host_of_an_address_beside_it() -> None:
    said = {Field.FIRST_NAME: "Jane", Field.LAST_NAME: "Doe", Field.DOMAIN: "acme.com"}
    row = {Field.FIRST_NAME: "jane", Field.LAST_NAME: "DOE"}
    assert found(search(traces_of([], said)), ["jane", "DOE", "j@acme.com"], row) == {2}


def test_a_namesake_with_another_page_is_somebody_else() -> None:
    mine, other = "linkedin.com/in/jane-1", "linkedin.com/in/jane-2"
    jane = search(traces_of([mine], JANE))
    assert found(jane, [*JANE.values(), other], JANE) == set()
    assert found(jane, [*JANE.values()], JANE) == {2}


def test_names_of_several_people_and_half_names_are_undecided() -> None:
    whole, half = Erasee(2, traces_of([], JANE)), Erasee(3, traces_of([], {Field.LAST_NAME: "Doe"}))
    told = {2: {"in/jane-1", "in/jane-2"}, 3: {"a", "b", "c"}}
    assert undecided(told, [whole, half]) == {2: 2, 3: 3}
    assert undecided({2: {"in/jane-1", "ACoAA/1"}}, [whole]) == {}  # which cannot be compared


def test_of_the_undecided_only_addresses_and_pages_are_sure() -> None:
    jane = Erasee(2, traces_of(["jane@acme.com"], JANE))
    searched = Search([jane], undecided={2})
    assert searched.of(traces_of([], JANE)) == frozenset()
    assert searched.of(traces_of(["jane@acme.com"], {})) == {2}


@given(first=LETTERS, last=LETTERS, company=LETTERS, others=st.lists(st.text(max_size=20)))
def test_whoever_is_in_a_row_is_found_in_it(
    first: str, last: str, company: str, others: list[str]
) -> None:
    said = {Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.DOMAIN: f"{company}.example"}
    traces = traces_of([], said)
    address = f"jane.{company}@somewhere.example"  # nobody has an address like sales.x@
    row = [*others, address.upper()]
    if Erasee(2, traces).has_whole_name:
        assert found(search(traces), [*others, *said.values()], said) == {2}
    if company.isascii():
        assert found(search(traces_of([address], {})), row) == {2}


@given(rows=st.lists(st.tuples(LETTERS, LETTERS, LETTERS), min_size=1, max_size=8, unique=True))
def test_nobody_is_found_in_a_row_of_somebody_else(rows: list[tuple[str, str, str]]) -> None:
    def said(row: tuple[str, str, str]) -> dict[Field, str]:
        first, last, company = row
        domain = f"{company}.example"
        return {Field.FIRST_NAME: first, Field.LAST_NAME: last, Field.DOMAIN: domain}

    searched = search(traces_of([], said(rows[0])))
    mine = traces_of([], said(rows[0]))
    for row in rows[1:]:
        other = traces_of([], said(row))
        is_same = (other.first, other.last) == (mine.first, mine.last)
        if not (is_same and other.employers & mine.employers):
            assert found(searched, list(row), said(row)) == set()


@given(
    before=st.text(max_size=50),
    after=st.text(max_size=50),
    name=LETTERS,
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp932"]),
)
def test_a_file_that_names_somebody_is_read_as_rows(
    before: str, after: str, name: str, codec: str
) -> None:
    searched = search(traces_of([], JANE | {Field.LAST_NAME: name}))
    row = f"{before},Jane,{name},Acme,{after}"
    content = row.encode(codec, errors="ignore")
    if searched.may_name(row.split(",")) and content.decode(codec) == row:
        assert searched.may_be_in(content)


def test_a_name_that_was_encoded_twice_is_found() -> None:
    said = {Field.FIRST_NAME: "Jürgen", Field.LAST_NAME: "Müller", Field.COMPANY: "Acme"}
    searched = search(traces_of([], said))
    cells = [text.encode().decode("cp1252") for text in said.values()]
    assert searched.may_name(cells)
    assert searched.may_be_in(",".join(cells).encode())
