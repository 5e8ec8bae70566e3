"""How a person is told from others."""

import pytest

from enrichment.domain.contact import Contact
from enrichment.domain.duplicates import identity
from tests.unit.builders import a_contact

SITE = "https://www.linkedin.com/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            a_contact(company_name="Acme  Corp"),
            a_contact(firstname="JANE", lastname="doe", company_name="ACME corp"),
        ),
        (
            a_contact(firstname="Renée", company_name="Acme"),
            a_contact(firstname="Rene\u0301e", company_name="Acme"),
        ),
        (
            a_contact(lastname="Straße", company_name="Acme"),
            a_contact(lastname="STRASSE", company_name="Ａcme"),
        ),
        (
            a_contact(lastname="O’Neil-Doe", company_name="Acme"),
            a_contact(lastname="O'Neil‑Doe", company_name="Acme"),
        ),
        (a_contact(company_name="Acme Inc."), a_contact(company_name="ACME, Inc")),
        (a_contact(company_name="Acme"), a_contact(company_name="Acme GmbH & Co. KG")),
        (
            a_contact(company_name="Acme S.A.S."),
            a_contact(company_name="acme sas", domain="acme.com"),
        ),
    ],
)
def test_a_name_at_a_company_is_compared_without_what_is_only_typed_otherwise(
    one: Contact, other: Contact
) -> None:
    assert (identity(one).name, identity(one).company) == (
        identity(other).name,
        identity(other).company,
    )


@pytest.mark.parametrize(
    "other",
    [
        a_contact(company_name="Ajax"),
        a_contact(company_name="Acme Foods"),
        a_contact(company_name="Inc"),
        a_contact(firstname="John", company_name="Acme"),
        a_contact(firstname="Jane Doe", lastname="", company_name="Acme"),
        a_contact(firstname="J", lastname="aneDoe", company_name="Acme"),
        a_contact(firstname="Jané", company_name="Acme"),
    ],
)
def test_another_name_or_company_is_another_person(other: Contact) -> None:
    acme = identity(a_contact(company_name="Acme"))
    assert (acme.name, acme.company) != (identity(other).name, identity(other).company)


@pytest.mark.parametrize(
    ("path", "namespace"),
    [
        ("in/jane-doe", "in"),
        ("pub/jane-doe/1/2/3", "pub"),
        ("in/ACoAAABcd", "ACoAA"),
        ("in/ACwAAABcd", "ACwAA"),
        ("sales/lead/ACwAAABcd", "ACwAA"),
        (None, None),
    ],
)
def test_pages_are_compared_within_their_namespace(path: str | None, namespace: str | None) -> None:
    assert identity(a_contact(linkedin_url=path and SITE + path)).namespace == namespace
