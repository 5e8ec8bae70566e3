"""Whom a file has named before."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain import earlier_rows
from enrichment.domain.contact import Contact
from enrichment.domain.duplicates import Identity, identity
from enrichment.domain.earlier_rows import EarlierRows
from tests.unit.builders import a_contact

PAGE, OTHER_PAGE = "https://www.linkedin.com/in/jane-doe", "https://www.linkedin.com/in/jane-doe-2"
LEAD, OTHER_LEAD = (
    "https://www.linkedin.com/sales/lead/ACwAAAB",
    "https://www.linkedin.com/sales/lead/ACwAAAC",
)
MEMBER = "https://www.linkedin.com/in/ACwAAAB"


def firsts(*people: Identity) -> list[int | None]:
    """For each row, counted from 0, the earlier one that is said to name the same person."""
    seen = EarlierRows()
    return [seen.first_row(who, row) for row, who in enumerate(people)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            a_contact(linkedin_url=PAGE),
            a_contact(firstname="J.", linkedin_url=PAGE, domain="acme.com"),
        ),
        (a_contact(linkedin_url=MEMBER), a_contact(firstname="J.", linkedin_url=LEAD)),
        (a_contact(domain="acme.com"), a_contact(firstname="JANE", domain="acme.com")),
        (
            a_contact(domain="acme.com", company_name="Acme"),
            a_contact(domain="acme.com", company_name="Acme France"),
        ),
        (a_contact(company_name="Acme Inc."), a_contact(company_name="ACME, Inc")),
        # Of one row the domain is not known, or the page, or the pages cannot be compared.
        (a_contact(company_name="Acme", domain="acme.com"), a_contact(company_name="Acme")),
        (a_contact(company_name="Acme", linkedin_url=PAGE), a_contact(company_name="Acme")),
        (
            a_contact(company_name="Acme", linkedin_url=PAGE),
            a_contact(company_name="Acme", linkedin_url=LEAD),
        ),
    ],
)
def test_two_rows_name_the_same_person_in_either_order(one: Contact, other: Contact) -> None:
    assert firsts(identity(one), identity(other)) == [None, 0]
    assert firsts(identity(other), identity(one)) == [None, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_contact(domain="acme.com"), a_contact(domain="acme.org")),
        (a_contact(domain="acme.com"), a_contact(company_name="Acme")),
        (
            a_contact(domain="acme.com", company_name="Acme"),
            a_contact(domain="acme.fr", company_name="Acme"),
        ),
        (
            a_contact(domain="acme.com", linkedin_url=PAGE),
            a_contact(domain="acme.com", linkedin_url=OTHER_PAGE),
        ),
        (
            a_contact(company_name="Acme", linkedin_url=LEAD),
            a_contact(company_name="Acme", linkedin_url=OTHER_LEAD),
        ),
        (a_contact(linkedin_url=PAGE), a_contact(linkedin_url=LEAD)),
        (a_contact(), a_contact()),
    ],
)
def test_namesakes_of_whom_different_things_are_known_are_two_people(
    one: Contact, other: Contact
) -> None:
    assert firsts(identity(one), identity(other)) == [None, None]
    assert firsts(identity(other), identity(one)) == [None, None]


def test_a_page_that_a_copy_brought_belongs_to_the_same_person_too() -> None:
    plain, with_page = (
        a_contact(company_name="Acme"),
        a_contact(linkedin_url=PAGE, company_name="Acme"),
    )
    married = a_contact(lastname="Smith", linkedin_url=PAGE)
    assert firsts(identity(plain), identity(with_page), identity(married)) == [None, 0, 0]


def test_a_page_or_domain_that_a_copy_brought_tells_the_next_namesake_apart() -> None:
    plain = a_contact(company_name="Acme")
    pages = (a_contact(linkedin_url=page, company_name="Acme") for page in (PAGE, OTHER_PAGE))
    assert firsts(identity(plain), *map(identity, pages)) == [None, 0, None]
    domains = (a_contact(domain=domain, company_name="Acme") for domain in ("acme.com", "acme.fr"))
    assert firsts(identity(plain), *map(identity, domains)) == [None, 0, None]


def by_the_rules(people: list[Identity]) -> list[int | None]:
    """What `EarlierRows` says, by plain dictionaries."""
    first: dict[Sequence[str], int] = {}
    has: dict[int, set[str]] = {}
    earlier = []
    for row, who in enumerate(people):
        kinds = {kind for kind in (who.namespace, who.domain and "a domain") if kind}
        page: Sequence[str] = ("page", who.profile or "")
        at_domain: Sequence[str] = ("domain", who.name, who.domain or "")
        at_company: Sequence[str] = ("company", who.name, who.company or "")
        found = first.get(page)
        for key, telling in ((at_domain, kinds - {"a domain"}), (at_company, kinds)):
            if found is None and key in first and not has[first[key]] & telling:
                found = first[key]
        earlier.append(found)
        person = row if found is None else found
        has.setdefault(person, set()).update(kinds)
        for key in (page, at_domain, at_company):
            if key[-1]:
                first.setdefault(key, person)
    return earlier


MANY = st.integers(0, 40).map(str)
CROWD = st.lists(
    st.builds(
        Identity,
        st.none() | st.builds("{}/{}".format, st.sampled_from(["in", "pub", "ACwAA"]), MANY),
        MANY,
        st.none() | MANY,
        st.none() | MANY,
    ),
    max_size=60,
)


@given(CROWD)
def test_people_are_found_as_in_plain_dictionaries(people: list[Identity]) -> None:
    assert firsts(*people) == by_the_rules(people)


@given(CROWD, st.integers(0, 60))
def test_what_was_stored_is_restored(people: list[Identity], at: int) -> None:
    seen = EarlierRows()
    before = [seen.first_row(who, row) for row, who in enumerate(people[:at])]
    again = EarlierRows.restored(BytesIO(b"".join(seen.stored())).read)
    after = [again.first_row(who, row) for row, who in enumerate(people[at:], start=at)]
    assert before + after == firsts(*people)


def test_people_are_found_however_many_there_are() -> None:
    people = [Identity(f"in/{n % 9_000}", f"{n}", f"{n % 7_000}", "acme") for n in range(30_000)]
    people += [Identity(None, who.name, who.domain) for who in people]
    assert firsts(*people) == by_the_rules(people)

    seen = EarlierRows()
    for row, who in enumerate(people[:30_000]):
        seen.first_row(who, row)
    again = EarlierRows.restored(BytesIO(b"".join(seen.stored())).read)
    later = [again.first_row(who, row) for row, who in enumerate(people[30_000:], start=30_000)]
    assert later == by_the_rules(people)[30_000:]


def test_whose_digests_begin_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_rows, "_SIGN", 1)
    monkeypatch.setattr(earlier_rows, "_ENTRY", 5)
    people = [Identity(f"in/{n % 900}", f"{n}", f"{n % 700}", "acme") for n in range(2_000)]
    people += [Identity(None, who.name, who.domain) for who in people]
    assert firsts(*people) == by_the_rules(people)


FEW = st.none() | st.sampled_from("ab")
PAGES = st.none() | st.sampled_from(["in/a", "in/b", "ACwAA/a", "ACwAA/b"])
PEOPLE = st.lists(st.builds(Identity, PAGES, st.sampled_from("ab"), FEW, FEW), max_size=30)


@given(PEOPLE)
def test_a_copy_names_a_row_that_was_new_and_nobody_has_two_pages_of_one_kind(
    people: list[Identity],
) -> None:
    earlier = firsts(*people)

    persons: dict[int, list[Identity]] = {}
    for row, (who, first) in enumerate(zip(people, earlier, strict=True)):
        assert first is None or (first < row and earlier[first] is None)
        persons.setdefault(row if first is None else first, []).append(who)
    for rows in persons.values():
        own = {who.profile for who in rows if who.profile}
        assert len({page.partition("/")[0] for page in own}) == len(own)
        assert own.isdisjoint(
            who.profile for other in persons.values() if other is not rows for who in other
        )


@given(PEOPLE)
def test_whoever_is_new_shares_no_page_with_anyone_before_and_no_name_unless_a_page_or_domain_tells(
    people: list[Identity],
) -> None:
    earlier = firsts(*people)

    for row, who in enumerate(people):
        if earlier[row] is None:
            before = people[:row]
            namesakes = [other for other in before if other.name == who.name]
            assert who.profile is None or who.profile not in [other.profile for other in before]
            if who.profile is None:
                assert who.domain is None or who.domain not in [other.domain for other in namesakes]
                if who.domain is None:
                    assert who.company is None or who.company not in [
                        other.company for other in namesakes
                    ]
