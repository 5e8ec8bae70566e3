"""What is required of a contact, and what of a row is sent."""

from typing import Any
from unicodedata import category

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection
from enrichment.domain.duplicates import identity
from enrichment.domain.row_contact import contact_from
from local.provider.contract import bulk_order, single_order
from tests.unit.builders import TEXT, TYPES, a_contact

EMAIL, PHONE, PERSONAL = EnrichmentType.EMAIL, EnrichmentType.PHONE, EnrichmentType.PERSONAL_EMAIL
INITIAL = "The last name is only an initial"
PAGE, LEAD = "https://www.linkedin.com/in/jane-doe", "https://www.linkedin.com/sales/lead/ACwAAAB"


def jane(**cells: str) -> dict[Field, str]:
    """The cells of a row that names a person; keywords are the lower-case names of other fields."""
    return {Field.FIRST_NAME: "Jane", Field.LAST_NAME: "Doe"} | {
        Field[name.upper()]: text for name, text in cells.items()
    }


@pytest.mark.parametrize(
    ("cells", "wanted", "reason"),
    [
        (jane(first_name=" ", company="Acme"), EMAIL, "The first name is missing"),
        (jane(last_name="", company="Acme"), EMAIL, "The last name is missing"),
        (jane(linkedin=PAGE), EMAIL, "A company or a website is needed to find an e-mail"),
        (
            jane(email="jane@gmail.com"),
            EMAIL,
            (
                "A company or a website is needed to find an e-mail, and the row’s website or"
                " e-mail address does not belong to a company"
            ),
        ),
        (
            jane(company="Acme"),
            PHONE,
            "The LinkedIn URL is missing, and it is needed to find a phone number",
        ),
        (
            jane(linkedin="\t"),
            PERSONAL,
            "The LinkedIn URL is missing, and it is needed to find a personal e-mail",
        ),
        (
            jane(linkedin="https://example.org/in/jane"),
            PHONE,
            (
                "The LinkedIn URL is not the address of a LinkedIn profile, and it is needed to"
                " find a phone number"
            ),
        ),
        (
            jane(linkedin="https://www.linkedin.com/company/acme"),
            PHONE,
            (
                "The LinkedIn URL is a company page, not a person's; a person's is needed to find a"
                " phone number"
            ),
        ),
        (
            jane(sales_navigator="https://www.linkedin.com/talent/profile/AEM"),
            PERSONAL,
            (
                "The Sales Navigator URL is a link that only Recruiter opens, not a public profile;"
                " a public profile is needed to find a personal e-mail"
            ),
        ),
        (
            {Field.FULL_NAME: "Jane", Field.COMPANY: "Acme"},
            EMAIL,
            (
                "The last name is missing; the full name could not be divided into a first and a"
                " last name"
            ),
        ),
        (
            jane(first_name="Ja\tne", company="Acme"),
            EMAIL,
            "The first name contains a control character",
        ),
        (jane(last_name="D\ufffd", linkedin=PAGE), PHONE, "The last name has lost a character (�)"),
        (
            jane(last_name="D" * 101, company="Acme"),
            EMAIL,
            "The last name is longer than 100 characters",
        ),
        (jane(company="Ac\nme"), EMAIL, "The company contains a line break"),
        (jane(company="A" * 201), EMAIL, "The company is longer than 200 characters"),
        (
            jane(company="n/a", website="-"),
            EMAIL,
            "A company or a website is needed to find an e-mail",
        ),
        (jane(last_name="D.", company="Acme"), EMAIL, INITIAL),
        ({Field.FULL_NAME: "Jane D.", Field.COMPANY: "Acme"}, EMAIL, INITIAL),
        (
            {},
            EMAIL,
            (
                "The first name is missing; the last name is missing; a company or a website is"
                " needed to find an e-mail"
            ),
        ),
    ],
)
def test_a_row_is_rejected_with_everything_that_is_wrong_with_it(
    cells: dict[Field, str], wanted: EnrichmentType, reason: str
) -> None:
    assert contact_from(cells, wanted) == Rejection(reason=reason)


@pytest.mark.parametrize(
    ("cells", "wanted", "contact"),
    [
        (jane(company="\u00a0Acme \u200b"), EMAIL, a_contact(company_name="Acme")),
        (
            jane(first_name="Rene\u0301e", website="www.Acme.com/fr"),
            EMAIL,
            a_contact(firstname="Renée", domain="acme.com"),
        ),
        (
            {Field.FULL_NAME: "Jane Doe, PhD", Field.EMAIL: "jane@acme.com"},
            EMAIL,
            a_contact(domain="acme.com"),
        ),
        (
            jane(company="Acme", linkedin=f"{PAGE}/?trk=x"),
            EMAIL,
            a_contact(company_name="Acme", linkedin_url=PAGE),
        ),
        (
            jane(company="Acme", domain="acme.com", linkedin=PAGE),
            PHONE,
            a_contact(company_name="Acme", domain="acme.com", linkedin_url=PAGE),
        ),
        (jane(linkedin=PAGE), PERSONAL, a_contact(linkedin_url=PAGE)),
        (jane(sales_navigator=f"{LEAD},NAME_SEARCH,x"), PHONE, a_contact(linkedin_url=LEAD)),
        (jane(linkedin=LEAD, sales_navigator=PAGE), PHONE, a_contact(linkedin_url=PAGE)),
        # A page tells whose it is where the name does not.
        (jane(last_name="D.", linkedin=LEAD), PHONE, a_contact(lastname="D.", linkedin_url=LEAD)),
        (
            {Field.FULL_NAME: "Jane D.", Field.LINKEDIN: LEAD},
            PHONE,
            a_contact(lastname="D.", linkedin_url=LEAD),
        ),
        ({Field.FULL_NAME: "Jane D.", Field.LINKEDIN: PAGE}, PHONE, a_contact(linkedin_url=PAGE)),
        (
            {Field.FULL_NAME: "Jane Doe, Realtor", Field.LINKEDIN: LEAD},
            PHONE,
            a_contact(linkedin_url=LEAD),
        ),
        # What is bad and not needed is left out.
        (jane(company="Self-employed", linkedin=PAGE), PHONE, a_contact(linkedin_url=PAGE)),
        (jane(company="Freelance", domain="acme.com"), EMAIL, a_contact(domain="acme.com")),
        (
            jane(company="Acme", linkedin="https://www.linkedin.com/company/acme"),
            EMAIL,
            a_contact(company_name="Acme"),
        ),
        (jane(company="Ac\nme", domain="acme.com"), EMAIL, a_contact(domain="acme.com")),
        (jane(company="A" * 201, linkedin=PAGE), PHONE, a_contact(linkedin_url=PAGE)),
        (jane(company="A" * 200, domain="gmail.com"), EMAIL, a_contact(company_name="A" * 200)),
    ],
)
def test_a_row_with_what_its_type_needs_becomes_a_contact(
    cells: dict[Field, str], wanted: EnrichmentType, contact: Contact
) -> None:
    assert contact_from(cells, wanted) == contact


CELLS = st.one_of(
    TEXT,
    st.text(st.characters(), max_size=8),
    st.builds(
        "{}linkedin.com/{}/{}".format,
        st.sampled_from(["", "https://www."]),
        st.sampled_from(["in", "company"]),
        TEXT,
    ),
    st.builds("{}{}.com".format, st.sampled_from(["", "https://", "a@"]), TEXT),
)
ROWS = st.dictionaries(st.sampled_from(Field), CELLS)


@given(cells=ROWS, wanted=TYPES)
@example(
    cells=jane(website="https://acme.com/\u2100", linkedin="linkedin.com/in/\u2100"), wanted=PHONE
)
@example(cells={**jane(domain="acme.com"), Field.SECOND_LAST_NAME: "Roe\x1b"}, wanted=EMAIL)
@example(cells=jane(domain="acme\u2488com", linkedin="//linkedin.com\u2100/in/x"), wanted=EMAIL)
def test_no_text_breaks_the_mapping_and_the_provider_takes_whatever_passes_it(
    cells: dict[Field, str], wanted: EnrichmentType
) -> None:
    contact = contact_from(cells, wanted)

    if isinstance(contact, Rejection):
        assert contact.reason
        return
    identity(contact)
    body: dict[str, Any] = contact.fields()
    common = {"enrichment_type": [wanted.value], "webhook_url": "https://hooks.example/webhook"}
    assert bulk_order({"contacts": [body, body], **common}).contacts == [body, body]
    assert single_order(body | common).type == wanted
    for text in body.values():
        assert text == text.strip() != ""
        assert len(text) <= 500
        assert not any(category(character) in ("Cc", "Cs") for character in text)
