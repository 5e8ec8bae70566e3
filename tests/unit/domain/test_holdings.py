"""What a row has already: only what the provider would be asked for, and only if it is real."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.holdings import Holdings
from enrichment.domain.mapping import ByMapping
from enrichment.domain.phones import phones_in, regions_of
from tests.unit.builders import TEXT

EMAIL, PHONE, PERSONAL = EnrichmentType
HEADER = ["Name", "Work e-mail", "E-mail", "Private e-mail", "Mobile", "Phone 2", "Fax"]
FOUND = ByMapping().find(HEADER)


def held(
    wanted: EnrichmentType, countries: tuple[str, ...] = (), domain: str = "acme.fr", **cells: str
) -> tuple[str, ...]:
    """What a row with some cells has, each by its header in lower case with underscores."""
    row = [cells.get(name.lower().replace(" ", "_").replace("-", "_"), "") for name in HEADER]
    return Holdings(FOUND, wanted, countries).of(row, domain)


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        ("jane@acme.fr", ["jane@acme.fr"]),
        ("Jane Doe <Jane.Doe@mail.Acme.fr>", ["Jane.Doe@mail.Acme.fr"]),
        ("mailto:jane@acme.fr", ["jane@acme.fr"]),
        ("j.doe@gmail.com; jane@acme.fr", ["jane@acme.fr"]),
        ("'jane@acme.fr", ["jane@acme.fr"]),  # as Excel keeps a text from being anything else
        ("'jane@acme.fr'", ["jane@acme.fr"]),
        ("“jane@acme.fr”", ["jane@acme.fr"]),
        ("jane@acme.fr\u200b", ["jane@acme.fr"]),
        ("o'neil@acme.fr", ["o'neil@acme.fr"]),
        ("jane@acme.de", []),  # the same person under two domains
        ("jane@agency.example", []),
        ("j.doe@gmail.com", []),
        ("info@acme.fr", []),
        ("sales.emea@acme.fr", []),
        ("noemail@acme.fr", []),
        ("firstname.lastname@acme.fr", []),
        ("jane.doe(at)acme.fr", []),
        ("jane..doe@acme.fr", []),
        ("jürgen@acme.fr", []),
        ("@acme.fr", []),
        ("acme.fr", []),
        ("n/a", []),
    ],
)
def test_a_work_email_counts_if_it_is_somebodys_at_the_domain_that_would_be_sent(
    cell: str, has: list[str]
) -> None:
    assert held(EMAIL, work_e_mail=cell) == tuple(has)
    assert held(EMAIL, e_mail=cell) == tuple(has)
    assert held(EMAIL, private_e_mail=cell) == ()


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        ("j.doe@gmail.com", ["j.doe@gmail.com"]),
        ("jane@acme.fr, j.doe@yahoo.co.uk", ["j.doe@yahoo.co.uk"]),
        ("jane@acme.fr", []),
        ("info@gmail.com", []),
        ("j.doe@gmail", []),
    ],
)
def test_a_personal_email_is_one_at_a_mail_host_in_any_column(cell: str, has: list[str]) -> None:
    assert held(PERSONAL, work_e_mail=cell) == tuple(has)
    assert held(PERSONAL, e_mail=cell) == tuple(has)
    assert held(PERSONAL, private_e_mail=cell) == tuple(has)


def test_in_a_column_of_private_email_every_address_counts_but_the_companys() -> None:
    assert held(PERSONAL, private_e_mail="jane@doe-family.example") == ("jane@doe-family.example",)
    assert held(PERSONAL, e_mail="jane@doe-family.example") == ()
    assert held(PERSONAL, private_e_mail="jane@acme.fr") == ()


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        ("06 12 34 56 78", ["+33612345678"]),
        ("0033 6 12 34 56 78", ["+33612345678"]),
        ("33612345678.0", ["+33612345678"]),
        ("Tel.: +33 (0)6 12 34 56 78 (mobile)", ["+33612345678"]),
        ("01 42 68 53 00 ext. 4512", ["+33142685300"]),
        ("01 42 68 53 00 poste 12", ["+33142685300"]),
        ("+33 1 42 68 53 00 (poste 12)", ["+33142685300"]),
        ("06 12 34 56 78 - mobile", ["+33612345678"]),
        ("06 12 34 56 78 +33 6 98 76 54 32", ["+33612345678", "+33698765432"]),
        ("Tel 01 42 68 53 00 (work) Mob 06 12 34 56 78", ["+33142685300", "+33612345678"]),
        ("Mobile 06 12 34 56 78 Fax 01 42 68 53 01", ["+33612345678"]),
        ("T 01 42 68 53 00 F 01 42 68 53 01", ["+33142685300"]),
        ("Télécopie : 01 42 68 53 01", []),
        ("06 12 34 56 78 / 06 98 76 54 32", ["+33612345678", "+33698765432"]),
        ("06 12 34 56 78\n+1 415 200 1234", ["+33612345678", "+14152001234"]),
        ("06 12 34 56 78, F: 01 42 68 53 00", ["+33612345678"]),
        ("Fax +33 1 42 68 53 00", []),
        ("4512", []),
        ("ext. 4512", []),
        ("x4512; x4513", []),
        ("0800 123 456", []),  # a hotline
        ("00 00 00 00 00", []),
        ("3.3612345678E+10", []),
        ("2024-05-12 10:00", []),
        ("call me", []),
    ],
)
def test_a_phone_counts_if_it_is_a_valid_number_of_a_person(cell: str, has: list[str]) -> None:
    assert held(PHONE, mobile=cell) == tuple(has)
    assert held(PHONE, phone_2=cell) == tuple(has)
    assert held(PHONE, fax=cell) == ()


def test_only_numbers_of_the_wanted_countries_count_and_they_say_where_a_number_is() -> None:
    both = "+32 470 12 34 56; 06 12 34 56 78"
    assert held(PHONE, ("FR",), mobile=both) == ("+33612345678",)
    assert held(PHONE, ("BE",), mobile=both) == ("+32470123456",)
    assert held(PHONE, ("DE",), mobile=both) == ()
    assert held(PHONE, ("BE", "FR"), "acme.com", mobile="06 12 34 56 78") == ("+33612345678",)


def test_without_countries_the_companys_domain_tells_where_a_number_is_or_it_is_american() -> None:
    assert held(PHONE, domain="acme.co.uk", mobile="07400 123456") == ("+447400123456",)
    for domain in ("acme.com", "acme.io", ""):
        assert held(PHONE, domain=domain, mobile="(415) 200-1234") == ("+14152001234",)
        assert held(PHONE, domain=domain, mobile="06 12 34 56 78") == ()


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        ("0171/1234567", ["+491711234567"]),
        ("030/901820 / 0171/1234567", ["+4930901820", "+491711234567"]),
        ("+49 30 901820/21", ["+4930901820"]),
    ],
)
def test_a_slash_stands_in_german_numbers_and_between_numbers(cell: str, has: list[str]) -> None:
    assert list(phones_in(cell, regions_of("acme.de"))) == has


@given(cells=st.lists(TEXT | st.text("0123456789+()/;,.@- x", max_size=30), min_size=7, max_size=7))
def test_whatever_a_row_holds_has_something_or_nothing(cells: list[str]) -> None:
    for wanted in EnrichmentType:
        has = Holdings(FOUND, wanted, ("DE", "US")).of(cells, "acme.example")
        assert all(text and text.isprintable() for text in has)
