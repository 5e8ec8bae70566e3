"""When two contacts are the same person."""

import pytest

from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, contact_from
from enrichment.domain.duplicates import identity
from tests.unit.builders import a_contact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.linkedin.com/in/jane-doe", "https://linkedin.com/in/jane-doe/"),
        ("https://www.linkedin.com/in/jane-doe", "https://fr.linkedin.com/in/Jane-Doe?trk=search"),
        ("https://www.linkedin.com/in/ren%C3%A9e", "https://www.linkedin.com/in/renée"),
    ],
)
def test_spellings_of_one_linkedin_page_are_one_person(one: str, other: str) -> None:
    first, second = identity(a_contact(linkedin_url=one)), identity(a_contact(linkedin_url=other))
    assert first.profile == second.profile is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_contact(domain="acme.com"), a_contact(firstname="JANE", lastname="doe", domain="acme.com")),
        (a_contact(company_name="Acme  Corp"), a_contact(company_name="ACME corp")),
        (a_contact(firstname="Renée", company_name="Acme"), a_contact(firstname="Rene\u0301e", company_name="Acme")),
        (a_contact(lastname="Straße", company_name="Acme"), a_contact(lastname="STRASSE", company_name="Acme")),
    ],
)
def test_a_name_at_a_company_is_compared_without_case_and_unicode_form(one: Contact, other: Contact) -> None:
    assert identity(one).name == identity(other).name is not None


@pytest.mark.parametrize(
    "other",
    [
        a_contact(domain="acme.org"),
        a_contact(firstname="John", domain="acme.com"),
        a_contact(firstname="Jane Doe", lastname="", domain="acme.com"),
        a_contact(firstname="J", lastname="aneDoe", domain="acme.com"),
        a_contact(firstname="Jané", domain="acme.com"),
    ],
)
def test_another_name_or_company_is_another_person(other: Contact) -> None:
    assert identity(a_contact(domain="acme.com")).name != identity(other).name


def test_a_name_without_a_company_tells_nobody() -> None:
    assert identity(a_contact(linkedin_url="https://linkedin.com/in/jane")).name is None


@pytest.mark.parametrize(
    "address",
    [
        "https://www.linkedin.com/in/",
        "https://www.linkedin.com/company/acme",
        "https://www.linkedin.com/profile/view?id={}",
        "https://www.linkedin.com/feed/",
    ],
)
def test_an_address_that_names_no_person_does_not_make_two_people_one(address: str) -> None:
    people = [
        contact_from(
            {Field.FIRST_NAME: name, Field.LAST_NAME: "Doe", Field.COMPANY: "Acme", Field.LINKEDIN: address.format(number)},
            EnrichmentType.EMAIL,
        )
        for number, name in enumerate(("Jane", "John"))
    ]
    profiles = [identity(person).profile for person in people if isinstance(person, Contact)]
    assert len(profiles) == 2
    assert None in profiles or profiles[0] != profiles[1]
