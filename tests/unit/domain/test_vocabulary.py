"""Every word of the vocabulary is read and does what its file says."""

import pytest

from enrichment.domain.addresses import first_address
from enrichment.domain.cell import said
from enrichment.domain.columns import Field, Held
from enrichment.domain.duplicates import identity
from enrichment.domain.finding import find_columns
from enrichment.domain.header_words import NOTHING, meaning
from enrichment.domain.linkedin import profile_in
from enrichment.domain.mapping import ByMapping
from enrichment.domain.names import divided
from enrichment.domain.websites import company_domain
from enrichment.vocabulary import load, word_set, words
from tests.unit.builders import a_contact

LISTS = {"company_list", "connection_list"}  # they only say what stands beside them
FILES = (
    "cells",
    "given_names",
    "headers",
    "hosts",
    "legal_forms",
    "mailboxes",
    "names",
    "worth",
)


@pytest.mark.parametrize("table", sorted(load("headers").keys() - LISTS))
def test_every_header_alone_is_a_column(table: str) -> None:
    assert [word for word in words("headers", table) if meaning(word) == NOTHING] == []


@pytest.mark.parametrize("header", words("headers", "company_list"))
def test_beside_the_header_of_a_list_of_companies_a_name_is_the_company_s(header: str) -> None:
    assert find_columns([header, "Name"]).columns == {Field.COMPANY: (1,)}


@pytest.mark.parametrize("file", FILES)
def test_no_word_stands_in_a_table_twice(file: str) -> None:
    for table in load(file):
        assert len(words(file, table)) == len(word_set(file, table))


def test_every_host_of_everybody_is_no_company_s() -> None:
    tables = ("free_mail", "page", "site_builder")
    hosts = [host for table in tables for host in words("hosts", table)]
    hosts += [f"{brand}.com" for brand in words("hosts", "free_mail_brand")]
    assert [host for host in hosts if company_domain({Field.WEBSITE: host})] == []


def held(word: str) -> list[Held]:
    return [each.held for each in ByMapping().find(["Name", word]).held]


def test_every_word_for_a_phone_names_one_and_none_for_a_fax_or_a_switchboard_does() -> None:
    phones = words("header_words", "phone")
    assert [word for word in phones if held(word) != [Held.PHONE]] == []
    others = (*words("header_words", "fax"), *words("header_words", "company_phone"))
    assert [word for word in others if held(word)] == []


def test_no_mailbox_and_no_placeholder_is_somebodys_address() -> None:
    local = (*words("mailboxes", "mailbox"), *words("mailboxes", "placeholder"))
    assert [each for each in local if first_address(f"{each}@acme.example", bool)] == []


def test_every_legal_form_is_left_out() -> None:
    forms = words("legal_forms", "legal_form")
    companies = {identity(a_contact(company_name=f"Acme {form.upper()}")).company for form in forms}
    assert companies == {"acme"}


def test_every_placeholder_says_nothing() -> None:
    placeholders = [word.upper() for word in words("cells", "placeholder")]
    placeholders += words("cells", "placeholder_as_written")
    assert set(map(said, placeholders)) == {""}


def test_every_pronoun_ends_a_name() -> None:
    names = [f"Jane Doe, {pronoun.title()}/x" for pronoun in words("cells", "pronoun")]
    assert set(map(divided, names)) == {("Jane", "Doe")}


@pytest.mark.parametrize("page", load("linkedin")["page"], ids=lambda page: page["is"])
def test_every_page_of_linkedin_is_called_what_it_is(page: dict[str, str]) -> None:
    for path in page["paths"]:
        profile = profile_in({Field.LINKEDIN: f"https://www.linkedin.com/{path}/x"})
        assert f"is {page['is']}, not {page['wanted']};" in profile.problem
