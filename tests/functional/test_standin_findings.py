"""What the stand-in finds for whom: a function of the contact alone, with everything in it that the
contract names.
"""

import re

from hypothesis import given
from hypothesis import strategies as st

from local.provider.contract import TYPES, findings
from tests.functional.standin import Json, contacts

ANYWHERE: frozenset[str] = frozenset()
PREFIXES = {"US": "+1", "FR": "+33", "GB": "+44", "DE": "+49", "BE": "+32"}
MAILBOX = re.compile(r"[a-z0-9]+\.[a-z0-9]+@[^@]+")

people = st.fixed_dictionaries(
    {
        "firstname": st.text(min_size=1),
        "lastname": st.text(min_size=1),
        "company_name": st.text(min_size=1),
    },
    optional={
        "domain": st.just("example.com"),
        "linkedin_url": st.text(),
        "custom": st.dictionaries(st.text(), st.text()),
    },
)
types = st.sampled_from(TYPES)
rates = st.floats(0, 1)


def is_found(result: Json) -> bool:
    return any(result.get(kind) for kind in TYPES)


@given(people, types, rates, st.dictionaries(st.text(), st.integers()))
def test_findings_follow_from_the_person_and_not_from_the_custom_fields(
    person: Json, wanted: str, rate: float, custom: Json
) -> None:
    assert findings(person, wanted, rate, ANYWHERE) == findings(
        person | {"custom": custom}, wanted, rate, ANYWHERE
    )


@given(people, types, rates, rates)
def test_a_higher_find_rate_finds_the_same_and_more(
    person: Json, wanted: str, one: float, other: float
) -> None:
    at_low, at_high = (findings(person, wanted, rate, ANYWHERE) for rate in sorted((one, other)))

    assert at_low == at_high or not is_found(at_low)
    assert not is_found(findings(person, wanted, 0, ANYWHERE))
    assert is_found(findings(person, wanted, 1, ANYWHERE))


@given(people, types, rates, st.sets(st.sampled_from([*PREFIXES, "ES"]), min_size=1))
def test_numbers_of_other_countries_come_only_to_who_has_none_of_those_wanted(
    person: Json, wanted: str, rate: float, countries: set[str]
) -> None:
    anywhere = findings(person, wanted, rate, ANYWHERE)
    preferred = findings(person, wanted, rate, frozenset(countries))

    if wanted != "phone":
        assert preferred == anywhere
        return
    allowed = tuple(PREFIXES[country] for country in countries if country in PREFIXES)
    ours = [phone for phone in anywhere["phone"] if phone.startswith(allowed)]
    assert preferred["phone"] == (ours or anywhere["phone"][:1])


@given(people, st.integers(1, 40))
def test_a_contact_has_as_many_numbers_as_are_set_and_no_more(person: Json, most: int) -> None:
    assert 1 <= len(findings(person, "phone", 1, ANYWHERE, most)["phone"]) <= most


@given(people)
def test_what_is_found_has_the_form_that_it_should(person: Json) -> None:
    phones = findings(person, "phone", 1, ANYWHERE)["phone"]

    assert MAILBOX.fullmatch(findings(person, "email", 1, ANYWHERE)["email"])
    assert MAILBOX.fullmatch(findings(person, "personal_email", 1, ANYWHERE)["personal_email"])
    assert all(re.fullmatch(r"\+[1-9]\d{7,14}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_a_file_of_contacts_shows_every_kind_of_result() -> None:
    found = {
        kind: [findings(each, kind, 0.7, ANYWHERE) for each in contacts(500)] for kind in TYPES
    }

    assert {result["email_status"] for result in found["email"]} == {
        "deliverable",
        "catch-all",
        "N/A",
    }
    statuses = {result["personal_email_status"] for result in found["personal_email"]}
    assert statuses == {"valid", "invalid", "catch-all", "N/A"}
    assert {len(result["phone"]) for result in found["phone"]} == {0, 1, 2, 3, 4, 5}
    for kind in TYPES:
        assert 0.6 < sum(map(is_found, found[kind])) / 500 < 0.8
