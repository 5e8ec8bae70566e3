"""In which columns rows may have what is looked for: those of the person, and no others."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from enrichment.domain.columns import Held
from enrichment.domain.found import Found
from enrichment.domain.mapping import ByMapping, mapping_of
from enrichment.words import columns as words

NUMBERS = [f"+33 6 12 34 56 {number}" for number in range(10, 22)]


@dataclass(frozen=True)
class Row:
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=dict)


def found(header: str, values: list[str] | None = None, above: str = "") -> Found:
    """What a column is beside a name and a company."""
    rows = [Row(["Jane Doe", "Acme", value]) for value in values or []]
    groups = ["Person", "Company", above] if above else []
    return ByMapping().find(["Name", "Company", header], rows, groups)


def held(header: str, values: list[str] | None = None, above: str = "") -> list[Held]:
    return [each.held for each in found(header, values, above).held]


@pytest.mark.parametrize(
    "header",
    [
        "Phone", "phone_number", "Mobile Phone", "Contact: Mobile", "Direct Dial", "Work phone",
        "Person Phone", "Phone 1 - Value", "Mobile No.", "Handynummer", "Tel. privat",
        "Tél. mobile", "Téléphone portable", "Teléfono móvil", "Cellulare", "Telefone", "Mobiel",
        "Telefon komórkowy", "휴대폰", "電話番号", "手机号", "enriched_phone",
        "Enriched_Phone_2", "WhatsApp",
    ],
)  # fmt: skip
def test_columns_of_a_persons_phone(header: str) -> None:
    assert held(header) == held(header, NUMBERS) == [Held.PHONE]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Fax", words.FAX),
        ("Phone/Fax", words.FAX),
        ("Company Phone", words.COMPANY_PHONE),
        ("Corporate Phone", words.COMPANY_PHONE),
        ("HQ phone", words.COMPANY_PHONE),
        ("Main phone", words.COMPANY_PHONE),
        ("Switchboard", words.COMPANY_PHONE),
        ("Telefonzentrale", words.COMPANY_PHONE),
        ("Téléphone société", words.COMPANY_PHONE),
        ("Assistant’s phone", words.SOMEBODY_ELSE),
        ("Owner phone", words.SOMEBODY_ELSE),
        ("Emergency contact phone", words.SOMEBODY_ELSE),
        ("CEO phone", words.SOMEBODY_ELSE),
        ("Second contact’s mobile", words.SECOND_PERSON),
        ("Contact 2 phone", words.SECOND_PERSON),
    ],
)
def test_a_phone_that_is_not_the_persons_is_left_alone_and_the_report_says_why(
    header: str, why: str
) -> None:
    told = found(header, NUMBERS)
    assert told.held == ()
    assert [(each.field, each.why) for each in told.unused] == [(Held.PHONE, why)]


@pytest.mark.parametrize(
    "header",
    [
        "Phone type",
        "Phone ext.",
        "Extension",
        "Phone country",
        "Do not call",
        "Has phone",
        "Number",
    ],
)
def test_what_only_says_something_about_a_phone_is_none(header: str) -> None:
    assert held(header, NUMBERS) == []


def test_numbers_that_several_people_share_are_a_switchboards() -> None:
    shared = [NUMBERS[at // 4] for at in range(12)]
    told = found("Phone", shared)
    assert told.held == ()
    assert told.unused[0].why == words.SHARED_NUMBERS
    assert held("Phone", NUMBERS) == [Held.PHONE]


def test_a_column_without_a_name_is_known_by_its_numbers_and_others_by_their_group() -> None:
    assert held("", NUMBERS) == held("Whatever", NUMBERS) == [Held.PHONE]
    assert held("Whatever", [str(number) for number in range(100_000, 100_012)]) == []
    assert held("Phone", ["iPhone", "Android", "iPhone", "none"]) == []
    assert held("Phone", NUMBERS, above="Company") == []


@pytest.mark.parametrize(
    "header", ["Private e-mail", "Personal Email", "E-Mail privat", "E-mail perso", "個人メール"]
)
def test_columns_of_private_email(header: str) -> None:
    assert held(header) == [Held.PERSONAL_EMAIL]


@pytest.mark.parametrize(
    "header",
    [
        "Personal email status",
        "Owner personal email",
        "Invalid email",
        "enriched_email_status",
    ],
)
def test_columns_that_hold_no_private_email(header: str) -> None:
    assert held(header, ["valid", "valid", "n/a"]) == []


def test_a_mapping_says_what_columns_hold_and_leaves_others_alone() -> None:
    text = {"Rückruf": "phone", "Post": "personal email", "Handy": None, "enriched_phone": None}
    header = ["Name", "Firma", "Rückruf", "Post", "Handy", "enriched_phone", "Mobil"]

    told = ByMapping(mapping_of(json.dumps(text).encode(), "_columns.json")).find(header)

    assert [(each.held, header[each.position], each.sure) for each in told.held] == [
        (Held.PHONE, "Rückruf", 100),
        (Held.PERSONAL_EMAIL, "Post", 100),
        (Held.PHONE, "Mobil", 85),
    ]


def test_what_was_stored_without_such_columns_is_still_read() -> None:
    old = '{"taken": [{"field": "e-mail", "position": 0}], "unused": []}'
    assert Found.model_validate_json(old).held == ()
