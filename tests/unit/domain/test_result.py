"""Results are read as tolerantly as they are documented."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.outcome import Outcome, RowState
from enrichment.domain.result import Result, is_final, payload_in, result_in, result_of
from enrichment.store.items import canonical
from tests.unit.builders import JSON

EMAIL, PHONE, PERSONAL = EnrichmentType.EMAIL, EnrichmentType.PHONE, EnrichmentType.PERSONAL_EMAIL


@pytest.mark.parametrize(
    ("payload", "phones"),
    [
        ({"phone": ["+12015550123", "+33612340000"]}, ("+12015550123", "+33612340000")),
        ({"phones": ["+12015550123"]}, ("+12015550123",)),
        ({"phone": [{"number": "+12015550123", "type": "mobile"}]}, ("+12015550123",)),
        (
            {"phones": [{"number": "+12015550123"}, {"number": None}, {"type": "fax"}]},
            ("+12015550123",),
        ),
        ({"phone": " +12015550123 "}, ("+12015550123",)),
        ({"phone": {"number": "+12015550123"}}, ("+12015550123",)),
        ({"phone": [], "phones": ["+12015550123"]}, ("+12015550123",)),
        ({"phone": None, "phones": "+12015550123"}, ("+12015550123",)),
        ({"phone": ["+12015550123", "+12015550123 ", "", None, "N/A", 5]}, ("+12015550123",)),
        ({"phone": None}, ()),
        ({"phone": []}, ()),
        ({"phone": "N/A"}, ()),
        ({}, ()),
    ],
)
def test_phones_are_read_in_every_shape_that_is_documented(
    payload: dict[str, Any], phones: tuple[str, ...]
) -> None:
    assert result_of(payload).phones == phones


def test_unknown_statuses_are_kept_as_they_are() -> None:
    result = result_of(
        {"email": "jane@acme.com", "email_status": "risky", "personal_email_status": "parked"}
    )
    assert (result.email_status, result.personal_email_status) == ("risky", "parked")


@pytest.mark.parametrize("nothing", [None, "", "  ", "N/A", [], {}, 0, False, ["jane@acme.com"]])
def test_what_is_no_address_counts_as_not_found(nothing: object) -> None:
    result = result_of({"email": nothing, "personal_email": nothing})
    assert (result.email, result.personal_email) == ("", "")
    assert not result.found(EMAIL)
    assert not result.found(PERSONAL)


def test_the_status_that_says_nothing_was_found_is_kept() -> None:
    assert result_of({"email": None, "email_status": "N/A"}) == Result(email_status="N/A")


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"email": "jane@acme.com"}, {EMAIL}),
        ({"phone": ["+12015550123"]}, {PHONE}),
        ({"personal_email": "jane@example.org"}, {PERSONAL}),
        ({"email_status": "deliverable", "personal_email_status": "valid"}, set()),
    ],
)
def test_a_result_is_found_only_if_it_holds_what_was_wanted(
    payload: dict[str, Any], found: set[EnrichmentType]
) -> None:
    assert {wanted for wanted in EnrichmentType if result_of(payload).found(wanted)} == found


FIELDS = (
    "email",
    "email_status",
    "personal_email",
    "personal_email_status",
    "phone",
    "phones",
    "first_name",
    "unheard_of",
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
@example(payload=json.loads(r'{"email": "\ud800", "phone": ["\ud800"]}'))
def test_any_json_can_be_read_and_what_is_read_can_be_written(payload: dict[str, Any]) -> None:
    result = result_of(payload)

    assert len(set(result.phones)) == len(result.phones)
    assert "" not in result.phones
    assert "N/A" not in (result.email, result.personal_email, *result.phones)
    "".join(Outcome(state=RowState.FOUND, result=result).cells()).encode()


USUAL = st.fixed_dictionaries(
    {"email": st.none() | st.emails() | st.just("N/A"), "email_status": st.text() | st.just("N/A")},
    optional={name: st.none() | st.text(max_size=5) | JSON for name in FIELDS[2:]},
)


@given(USUAL)
@example({"email": None, "email_status": "N/A", "enrichment_id": "e-2", "status": "finished"})
@example({"email": "jane@acme.com", "email_status": "deliverable", "first_name": "Jane"})
@example({"email": " jane@acme.com ", "email_status": " "})
@example({"email": "N/A", "email_status": "N/A"})
@example({"email": "jane@acme.com", "email_status": "valid", "phone": "+12015550123"})
@example({"_email": "x", "email": "jane@acme.com", "email_status": "valid", "phone": None})
@example({"email": "\ud800", "email_status": "valid"})
@example({"phones": json.loads("[" * 300 + "]" * 300)})
def test_the_text_of_a_result_says_what_the_payload_does(payload: dict[str, Any]) -> None:
    assert result_in(canonical(payload)) == result_of(payload)
    assert canonical(payload_in(canonical(payload))) == canonical(payload)


@pytest.mark.parametrize(
    ("payload", "final"),
    [
        ({"status": "finished"}, True),
        ({"status": " Finished "}, True),
        ({}, True),
        ({"status": None}, True),
        ({"status": ["finished"]}, True),
        ({"status": "pending"}, False),
        ({"status": "pending", "email": "jane@example.com"}, False),
        ({"status": "processing"}, False),
        ({"status": "Queued"}, False),
        ({"status": "in_progress"}, False),
        ({"status": "completed"}, True),
        ({"status": "success"}, True),
        ({"status": "not_found"}, True),
        ({"status": "failed", "email": None}, True),
        ({"status": ""}, True),
        ({"status": "processing", "email": "jane@example.com"}, True),
        ({"status": "done", "phones": [{"number": "+12015550123"}]}, True),
    ],
)
def test_a_payload_is_the_end_unless_its_status_says_that_it_is_not(
    payload: dict[str, object], final: bool
) -> None:
    assert is_final(payload) is final
