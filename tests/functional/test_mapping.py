"""A folder's `_columns.json` says what its files' columns are."""

import io
import json

import pytest
from openpyxl import Workbook

from tests.functional.world import World

FILE = "Wer,Zeile,Chef,Domain\r\nJane Doe,7,x,a.example\r\nJohn Doe,8,y,b.example\r\n"
MAPPING = {"Wer": "full name"}


def drop(world: World, key: str, content: str = FILE) -> dict[str, object]:
    return world.report(key, world.enrich(key, content))


@pytest.mark.parametrize("folder", ["incoming", "incoming/email", "incoming/email/q3"])
@pytest.mark.parametrize("top", ["incoming", "estimate"])
def test_a_mapping_holds_for_the_files_of_its_folder_and_those_below_and_for_their_estimates(
    world: World, folder: str, top: str
) -> None:
    assert world.drop(f"{folder}/_columns.json", json.dumps(MAPPING)) == ""

    report = drop(world, f"{top}/email/q3/leads.csv")

    assert report["columns"] == {"full name": "Wer", "domain": "Domain"}
    assert world.report("incoming/email/_columns.json", "") == {}


def test_the_nearest_mapping_counts_and_null_leaves_a_column_alone(world: World) -> None:
    world.drop("incoming/_columns.json", json.dumps({"Chef": "full name"}))
    world.drop(
        "incoming/email/_columns.json",
        json.dumps({"wer": "Full_Name", "Domain": None, "Zeile": "company"}),
    )
    assert drop(world, "incoming/email/leads.csv")["columns"] == {
        "full name": "Wer",
        "company": "Zeile",
    }


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("{", "incoming/email/_columns.json is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[1]", "must hold one object"),
        (
            '{"Wer": "boss"}',
            (
                'maps the header “Wer” to "boss", which is not looked for. It can be: first name,'
                " last name, full name"
            ),
        ),
        ('{"Wer": 7}', "maps the header “Wer” to 7, which is not looked for"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_answered_with_the_file_that_needed_it(
    world: World, mapping: str, words: str
) -> None:
    world.drop("incoming/email/_columns.json", mapping)
    report = drop(world, "incoming/email/leads.csv")
    assert report["status"] == "refused"
    assert words in str(report["message"])
    assert world.provider.requests == []


OF_ITS_OWN_MAKING = {"Wer": "full name", "Wo": "company"}


def on_the_second_sheet() -> bytes:
    book = Workbook()
    book.active.append(["Notes", "by Jo"])  # type: ignore[union-attr]  # a new book has a sheet
    second = book.create_sheet("Kunden")
    second.append(["Wer", "Wo", "Betrag"])
    second.append(["Jane Doe", "Acme", 7])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in row 1.csv", b"Wer,Wo,Betrag\r\nJane Doe,Acme,7\r\n"),
        ("below a title.csv", b"Kunden im November\r\n\r\nWer,Wo,Betrag\r\nJane Doe,Acme,7\r\n"),
        ("commas in the header.csv", b"Wer;Wo;Betrag, netto, brutto\r\nJane Doe;Acme;7\r\n"),
        ("second sheet.xlsx", on_the_second_sheet()),
        ("keys.jsonl", b'{"Wer": "Jane Doe", "Wo": "Acme", "Betrag": 7}\n'),
    ],
)
def test_a_mapping_finds_the_header_the_sheet_and_the_delimiter_too(
    world: World, name: str, content: bytes
) -> None:
    world.drop("incoming/email/_columns.json", json.dumps(OF_ITS_OWN_MAKING))
    key = f"incoming/email/{name}"

    report = world.report(key, world.enrich(key, content))

    assert report["columns"] == {"full name": "Wer", "company": "Wo"}
    assert (report["rows"], report["credits"]["contacts_sent"]) == (1, 1)
