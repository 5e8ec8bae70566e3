"""Whom a file has named before, remembered on disk."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.seen import SeenOnDisk
from enrichment.domain.duplicates import Identity, identity
from tests.unit.builders import a_contact

PAGE, OTHER_PAGE = "https://www.linkedin.com/in/jane-doe", "https://www.linkedin.com/in/jane-doe-2"


@pytest.fixture
def seen() -> Iterator[SeenOnDisk]:
    with SeenOnDisk() as fresh:
        yield fresh


def test_the_same_linkedin_page_is_the_same_person_under_any_name(seen: SeenOnDisk) -> None:
    assert seen.first_row(identity(a_contact(linkedin_url=PAGE)), 2) is None
    assert seen.first_row(identity(a_contact(firstname="J.", linkedin_url=PAGE, domain="acme.com")), 3) == 2


def test_the_same_name_at_the_same_company_in_another_case_is_the_same_person(seen: SeenOnDisk) -> None:
    assert seen.first_row(identity(a_contact(domain="acme.com")), 2) is None
    assert seen.first_row(identity(a_contact(firstname="JANE", domain="acme.com")), 3) == 2
    assert seen.first_row(identity(a_contact(domain="acme.org")), 4) is None


def test_namesakes_at_one_company_with_two_linkedin_pages_are_two_people(seen: SeenOnDisk) -> None:
    assert seen.first_row(identity(a_contact(linkedin_url=PAGE, company_name="Acme")), 2) is None
    assert seen.first_row(identity(a_contact(linkedin_url=OTHER_PAGE, company_name="Acme")), 3) is None
    assert seen.first_row(identity(a_contact(linkedin_url=OTHER_PAGE)), 4) == 3


def test_a_name_with_a_page_and_the_same_name_without_one_are_the_same_person_in_either_order(seen: SeenOnDisk) -> None:
    with_page, without = a_contact(linkedin_url=PAGE, company_name="Acme"), a_contact(company_name="Acme")
    assert seen.first_row(identity(with_page), 2) is None
    assert seen.first_row(identity(without), 3) == 2
    with SeenOnDisk() as other_way_round:
        assert other_way_round.first_row(identity(without), 2) is None
        assert other_way_round.first_row(identity(with_page), 3) == 2


def test_a_page_that_a_duplicate_brought_belongs_to_the_same_person_too(seen: SeenOnDisk) -> None:
    assert seen.first_row(identity(a_contact(company_name="Acme")), 2) is None
    assert seen.first_row(identity(a_contact(linkedin_url=PAGE, company_name="Acme")), 3) == 2
    assert seen.first_row(identity(a_contact(firstname="Jane M.", linkedin_url=PAGE)), 4) == 2


def test_two_people_of_whom_nothing_is_known_are_not_the_same(seen: SeenOnDisk) -> None:
    assert seen.first_row(Identity(None, None), 2) is None
    assert seen.first_row(Identity(None, None), 3) is None


FEW = st.none() | st.sampled_from("abcd")


@given(st.lists(st.builds(Identity, FEW, FEW), max_size=30))
def test_a_duplicate_always_names_a_row_that_was_new_and_shares_a_page_or_a_name(people: list[Identity]) -> None:
    with SeenOnDisk() as seen:
        earlier = [seen.first_row(who, row) for row, who in enumerate(people)]

    for row, first in enumerate(earlier):
        if first is not None:
            assert first < row
            assert earlier[first] is None
    new = [people[row] for row, first in enumerate(earlier) if first is None]
    pages = [who.profile for who in new if who.profile]
    nameless = [who.name for who in new if who.name and not who.profile]
    assert len(set(pages)) == len(pages)
    assert len(set(nameless)) == len(nameless)
