"""Which columns of the files that CRMs export are taken for what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import HEADERS, Field, find_columns, normalised

APOLLO = [
    "First Name", "Last Name", "Title", "Company", "Email", "Email Status", "# Employees", "Industry", "Person Linkedin Url",
    "Website", "Company Linkedin Url", "Facebook Url", "Company Phone",
]  # fmt: skip
EXPORTS = {
    "hubspot": (
        ["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Lead Status", "Company name", "Website URL"],
        {
            "FIRST_NAME": "First Name", "LAST_NAME": "Last Name", "COMPANY": "Company name", "EMAIL": "Email",
            "WEBSITE": "Website URL",
        },
    ),
    "salesforce report": (
        ["Salutation", "First Name", "Last Name", "Title", "Account Name", "Mailing City", "Email", "Website"],
        {"FIRST_NAME": "First Name", "LAST_NAME": "Last Name", "COMPANY": "Account Name", "EMAIL": "Email", "WEBSITE": "Website"},
    ),
    "salesforce fields": (
        ["Id", "FirstName", "LastName", "Company", "Email", "Website"],
        {"FIRST_NAME": "FirstName", "LAST_NAME": "LastName", "COMPANY": "Company", "EMAIL": "Email", "WEBSITE": "Website"},
    ),
    "apollo": (
        APOLLO,
        {
            "FIRST_NAME": "First Name", "LAST_NAME": "Last Name", "COMPANY": "Company", "EMAIL": "Email",
            "LINKEDIN": "Person Linkedin Url", "WEBSITE": "Website",
        },
    ),
    "pipedrive": (
        ["Person - ID", "Person - First name", "Person - Last name", "Person - Organization", "Person - Email - Work"],
        {
            "FIRST_NAME": "Person - First name", "LAST_NAME": "Person - Last name", "COMPANY": "Person - Organization",
            "EMAIL": "Person - Email - Work",
        },
    ),
    "snake case": (
        ["first_name", "last_name", "company_name", "company_domain", "linkedin_url"],
        {
            "FIRST_NAME": "first_name", "LAST_NAME": "last_name", "COMPANY": "company_name", "DOMAIN": "company_domain",
            "LINKEDIN": "linkedin_url",
        },
    ),
    "one word": (
        ["Firstname", "Lastname", "Company", "Domain", "LinkedIn URL"],
        {
            "FIRST_NAME": "Firstname", "LAST_NAME": "Lastname", "COMPANY": "Company", "DOMAIN": "Domain",
            "LINKEDIN": "LinkedIn URL",
        },
    ),
    "untidy": (
        ["\ufeffFIRST-NAME ", "  last   name", "Company:", "web-site", "E-mail"],
        {
            "FIRST_NAME": "\ufeffFIRST-NAME ", "LAST_NAME": "  last   name", "COMPANY": "Company:", "WEBSITE": "web-site",
            "EMAIL": "E-mail",
        },
    ),
}  # fmt: skip


def taken(header: list[str]) -> dict[str, str]:
    return {field.name: header[position] for field, position in find_columns(header).items()}


@pytest.mark.parametrize("export", EXPORTS)
def test_the_columns_of_a_crm_export_are_found(export: str) -> None:
    header, expected = EXPORTS[export]
    assert taken(header) == expected


@pytest.mark.parametrize(
    ("header", "field", "winner"),
    [
        (["Email", "Work email"], Field.EMAIL, "Work email"),
        (["LinkedIn", "Person Linkedin Url"], Field.LINKEDIN, "Person Linkedin Url"),
        (["Company", "Company name"], Field.COMPANY, "Company name"),
        (["URL", "Company website"], Field.WEBSITE, "Company website"),
    ],
)
def test_the_header_that_says_more_wins_wherever_it_stands(header: list[str], field: Field, winner: str) -> None:
    assert header[find_columns(header)[field]] == winner
    assert header[::-1][find_columns(header[::-1])[field]] == winner


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    assert find_columns(["Email", "First name", "EMAIL"])[Field.EMAIL] == 0


@pytest.mark.parametrize("header", ["Company Linkedin Url", "company_linkedin_url", "Company LinkedIn", "Facebook Url"])
def test_another_page_than_the_persons_is_not_taken_for_it(header: str) -> None:
    assert find_columns([header]) == {}


@given(st.permutations(APOLLO))
def test_the_order_of_the_columns_does_not_matter(header: list[str]) -> None:
    assert taken(header) == taken(APOLLO)


@given(st.lists(st.text(max_size=15), max_size=8))
def test_any_header_can_be_read(header: list[str]) -> None:
    found = find_columns(header)
    assert all(normalised(header[position]) in HEADERS[field] for field, position in found.items())


def test_every_known_name_is_written_as_names_are_compared_and_means_one_field() -> None:
    names = [name for known in HEADERS.values() for name in known]
    assert names == [normalised(name) for name in names]
    assert len(names) == len(set(names))
