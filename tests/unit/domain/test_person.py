"""Which contacts of different files are one person to the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.person import Entry, Person, Reuse, person_of
from enrichment.domain.token import RowRef
from tests.unit.builders import TEXT, TYPES, a_contact

SECRET = b"secret"
JANE = "https://www.linkedin.com/in/jane-doe"
OTHER = "https://www.linkedin.com/in/jane-doe-2"
LEAD = "https://www.linkedin.com/sales/lead/ACwAAABcd"


def person(contact: Contact, wanted: EnrichmentType, *countries: str) -> Person:
    return person_of(contact, wanted, countries, SECRET)


def is_known(contact: Contact, earlier: Contact, wanted: EnrichmentType) -> bool:
    """Whether the ledger takes a contact for one that was sent earlier."""
    one, other = person(contact, wanted), person(earlier, wanted)
    return one.key == other.key and not one.is_told_apart(other.marks)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        # Typed otherwise, and what else the rows know.
        (a_contact(domain="acme.com"), a_contact(firstname="JANE", domain="acme.com"), True),
        (
            a_contact(domain="acme.com", company_name="Acme"),
            a_contact(domain="acme.com", linkedin_url=JANE),
            True,
        ),
        (a_contact(company_name="Acme Inc."), a_contact(company_name="ACME"), True),
        # The same person under two domains, or under none in one of two files.
        (a_contact(domain="acme.com"), a_contact(domain="acme.fr"), False),
        (
            a_contact(domain="acme.com", company_name="Acme"),
            a_contact(company_name="Acme"),
            False,
        ),
        # Two namesakes at one company.
        (
            a_contact(domain="acme.com", linkedin_url=JANE),
            a_contact(domain="acme.com", linkedin_url=OTHER),
            False,
        ),
        # Pages that nobody can compare do not say that it is the same person.
        (
            a_contact(domain="acme.com", linkedin_url=JANE),
            a_contact(domain="acme.com", linkedin_url=LEAD),
            False,
        ),
        (a_contact(domain="acme.com"), a_contact(firstname="Janet", domain="acme.com"), False),
    ],
)
def test_an_email_is_of_a_name_at_a_domain_or_company(
    one: Contact, other: Contact, known: bool
) -> None:
    assert is_known(one, other, EnrichmentType.EMAIL) is known
    assert is_known(other, one, EnrichmentType.EMAIL) is known


@pytest.mark.parametrize("wanted", [EnrichmentType.PHONE, EnrichmentType.PERSONAL_EMAIL])
@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        (a_contact(linkedin_url=JANE), a_contact(linkedin_url=JANE, domain="acme.com"), True),
        (
            a_contact(linkedin_url=JANE, firstname="J."),
            a_contact(linkedin_url=JANE, company_name="Acme"),
            True,
        ),
        # Companies are written in many ways; one domain is one company.
        (
            a_contact(linkedin_url=JANE, domain="acme.com", company_name="Acme"),
            a_contact(linkedin_url=JANE, domain="acme.com", company_name="Acme Foods"),
            True,
        ),
        # A person who changed companies, or is under two domains.
        (
            a_contact(linkedin_url=JANE, domain="acme.com"),
            a_contact(linkedin_url=JANE, domain="ajax.com"),
            False,
        ),
        (
            a_contact(linkedin_url=JANE, company_name="Acme"),
            a_contact(linkedin_url=JANE, company_name="Ajax"),
            False,
        ),
        (
            a_contact(linkedin_url=JANE, domain="acme.com"),
            a_contact(linkedin_url=OTHER, domain="acme.com"),
            False,
        ),
    ],
)
def test_a_number_is_of_a_page_at_the_same_company(
    wanted: EnrichmentType, one: Contact, other: Contact, known: bool
) -> None:
    assert is_known(one, other, wanted) is known
    assert is_known(other, one, wanted) is known


def test_those_who_are_told_apart_have_keys_of_their_own() -> None:
    acme = a_contact(linkedin_url=JANE, domain="acme.com")
    ajax = a_contact(linkedin_url=JANE, domain="ajax.com")
    one, other = (person(each, EnrichmentType.PHONE) for each in (acme, ajax))
    assert one.key == other.key
    assert len({one.key, one.own, other.own}) == 3


@given(wanted=TYPES, countries=st.permutations(["FR", "BE", "US"]))
def test_another_type_or_other_countries_are_another_question(
    wanted: EnrichmentType, countries: list[str]
) -> None:
    contact = a_contact(linkedin_url=JANE, domain="acme.com")
    asked = person(contact, wanted, *countries)
    assert asked == person(contact, wanted, "BE", "FR", "US")
    others = {person(contact, kind).key for kind in EnrichmentType}
    others |= {person(contact, kind, "FR").key for kind in EnrichmentType}
    assert len(others) == 6
    assert asked.key not in others


CONTACTS = st.builds(
    Contact,
    firstname=TEXT,
    lastname=TEXT,
    domain=st.sampled_from([None, "acme.com", "ajax.com"]),
    company_name=st.sampled_from([None, "Acme", "Ajax"]),
    linkedin_url=st.sampled_from([None, JANE, OTHER, LEAD]),
)


@given(one=CONTACTS, other=CONTACTS, wanted=TYPES)
def test_nobody_is_told_apart_from_themselves_and_the_ledger_tells_no_names(
    one: Contact, other: Contact, wanted: EnrichmentType
) -> None:
    first, second = person(one, wanted), person(other, wanted)
    assert not first.is_told_apart(first.marks)
    assert first.is_told_apart(second.marks) is second.is_told_apart(first.marks)
    if first.own == second.own:
        assert not first.is_told_apart(second.marks)
    for text in (first.key, first.own, *first.marks):
        assert len(text) in (0, 20, 40)
        assert set(text) <= set("0123456789abcdef")
    assert first.key != person_of(one, wanted, (), b"another secret").key


def test_what_was_found_is_used_longer_than_that_nothing_was() -> None:
    reuse = Reuse(found=90, not_found=30)
    assert [reuse.allows(True, age) for age in (0, 89, 90)] == [True, True, False]
    assert [reuse.allows(False, age) for age in (0, 29, 30)] == [True, True, False]


def entry(job: str, row: int = 1, claim: str = "a") -> Entry:
    return Entry(job=job, batch=1, row=row, claim=claim, marks=("",), expires_at=1)


def test_an_entry_remembers_the_last_rows_of_others_in_whose_place_it_was_put() -> None:
    there = entry("job 0")
    for number in range(1, 10):
        there = entry(f"job {number}").in_place_of(there)
        there = entry(f"job {number}", claim="b").in_place_of(there)
    assert [ref.job for ref in there.before] == [f"job {number}" for number in (8, 7, 6, 5, 4)]
    again = entry("job 8").in_place_of(there)
    assert [ref.job for ref in again.before] == ["job 9", "job 7", "job 6", "job 5", "job 4"]
    assert again.rows == (RowRef("job 8", 1, 1), *again.before)
