"""Files whose columns take more than a header to be found, on their whole way."""

import io
import json
from typing import Any

from openpyxl import Workbook, load_workbook

from enrichment.domain.outcome import RESULT_COLUMNS
from enrichment.words import jobs as job_words
from enrichment.words import rows as words
from tests.functional.outputs import rows_of, states
from tests.functional.world import World

KEY = "incoming/email/leads.csv"
PEOPLE = [
    ("Olivia", "Hartwell", "Brackenridge Logistics Ltd", "olivia.hartwell@brackenridge.example"),
    ("Thomas", "Weber", "Nordlicht Energie AG", "thomas.weber@nordlicht.example"),
    ("Giulia", "Moretti", "Vetreria Murano", "giulia.moretti@vetreria.example"),
    ("Hannah", "Lindqvist", "Tidewater Robotics", "hannah.lindqvist@tidewater.example"),
    ("Pedro", "Almeida", "Cortes Studio", "pedro.almeida@cortes.example"),
]


def lines(*rows: object) -> str:
    return "".join(",".join(map(str, row)) + "\r\n" for row in rows)  # type: ignore[call-overload]


def report(world: World, content: str | bytes, key: str = KEY) -> dict[str, Any]:
    return world.report(key, world.enrich(key, content))


def test_a_file_without_a_header_is_read_by_its_values_and_says_so(world: World) -> None:
    content = lines(*((f"{first} {last}", *rest) for first, last, *rest in PEOPLE))

    told = report(world, content, "incoming/email/refresh=true/leads.csv")

    assert told["columns"] == {
        "full name": "Column 1",
        "company": "Column 2",
        "e-mail": "Column 3",
    }
    assert told["read_as"] == "CSV with commas, in UTF-8, without a header"
    assert job_words.NO_HEADER in told["message"]
    assert ", ".join(RESULT_COLUMNS) in job_words.NO_HEADER
    assert (told["rows"], told["credits"]["contacts_sent"]) == (5, 5)
    answer = rows_of(world.content(told["enriched"]).decode())
    assert [row[:3] for row in answer] == rows_of(content)
    assert all(len(row) == 3 + len(RESULT_COLUMNS) for row in answer)


def test_a_mapping_names_the_columns_of_a_file_without_a_header_by_number(world: World) -> None:
    world.drop("incoming/email/_columns.json", json.dumps({"Column 2": None}))
    content = lines(*((f"{first} {last}", *rest) for first, last, *rest in PEOPLE))
    assert report(world, content)["columns"] == {"full name": "Column 1", "e-mail": "Column 3"}


def test_a_company_that_is_merged_belongs_to_all_its_rows_and_the_file_keeps_its_cells(
    world: World,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Person", None, "Company", None])
    sheet.append(["First name", "Last name", "Name", "City"])
    for first, last in (("Jane", "Doe"), ("John", "Roe"), ("", "Poe")):
        sheet.append([first, last, None, None])
    sheet["C3"] = "Acme"
    sheet.merge_cells("C3:C5")
    sheet.merge_cells("A1:B1")
    out = io.BytesIO()
    book.save(out)
    key = "incoming/email/leads.xlsx"

    told = report(world, out.getvalue(), key)

    assert told["columns"] == {
        "first name": "First name",
        "last name": "Last name",
        "company": "Name",
    }
    assert {contact["company_name"] for contact in world.provider.charged} == {"Acme"}
    assert told["counts"]["rejected"] == 1
    enriched = load_workbook(io.BytesIO(world.content(told["enriched"]))).active
    rejected = load_workbook(io.BytesIO(world.content(told["rejected"]))).active
    assert enriched is not None
    assert rejected is not None
    assert [cell.value for cell in enriched["C"]] == ["Company", "Name", "Acme", None, None]
    assert [cell.value for cell in rejected["C"]] == ["Name", "Acme"]


def test_a_header_again_totals_and_another_table_come_back_with_their_reasons(
    world: World,
) -> None:
    content = lines(
        ("Name", "Company", "E-mail"),
        ("Jane Doe", "Acme", ""),
        ("Name", "Company", "E-mail"),
        ("John Roe", "Acme", ""),
        ("Total", "2", ""),
        ("Company", "Website", "Country"),
        ("Acme", "acme.example", "France"),
    )

    told = report(world, content)

    assert told["credits"]["contacts_sent"] == 2
    assert [row["reason"] for row in told["sample"]] == [
        words.REPEATED_HEADER,
        words.TOTAL,
        words.of_another_table(6),
        words.of_another_table(6),
    ]
    assert len(states(world.content(told["enriched"]).decode())) == 6


def test_several_columns_for_one_field_are_used_row_by_row(world: World) -> None:
    content = lines(
        ("Name", "Company Name", "company"), ("Jane Doe", "", "Acme"), ("John Roe", "Beta", "")
    )

    told = report(world, content)

    assert told["credits"]["contacts_sent"] == 2
    assert {contact["company_name"] for contact in world.provider.charged} == {"Acme", "Beta"}
    assert [each["header"] for each in told["taken"]] == ["Name", "Company Name", "company"]


def test_words_of_headers_that_are_values_make_no_header(world: World) -> None:
    content = lines(
        ("Name", "Lead type", "Channel", "Source", "Firm"),
        *(
            (f"{first} {last}", "Company", "Email", "Website", company)
            for first, last, company, _ in PEOPLE
        ),
    )
    told = report(world, content)
    assert told["read_as"] == "CSV with commas, in UTF-8, header in row 1"
    assert told["columns"] == {"full name": "Name", "company": "Firm"}


def test_somebody_whose_name_is_a_word_of_headers_is_no_header(world: World) -> None:
    content = lines(
        ("Wer", "Wo"),
        *((f"{first} {last}", company) for first, last, company, _ in PEOPLE),
        ("Page", "Reid & Sons Ltd"),
    )
    told = report(world, content)
    assert told["read_as"] == "CSV with commas, in UTF-8, header in row 1"
    assert (told["columns"], told["rows"]) == ({"full name": "Wer", "company": "Wo"}, 6)


def test_a_mapping_trusts_columns_in_its_order(world: World) -> None:
    mapping = {"B": "company", "A": "company", "Who": "full name"}
    world.drop("incoming/email/_columns.json", json.dumps(mapping))
    content = lines(("Who", "A", "B"), ("Jane Doe", "Acme", "Beta"), ("John Roe", "Acme", ""))

    told = report(world, content)

    assert {contact["company_name"] for contact in world.provider.charged} == {"Beta", "Acme"}
    assert {each["header"]: (each["sure"], each["why"]) for each in told["taken"]} == dict.fromkeys(
        ["B", "A", "Who"], (100, "the folder’s _columns.json says so")
    )


def test_a_doubtful_column_is_asked_about_and_nothing_is_sent(world: World) -> None:
    places = ("Blue Bay", "Old Mill", "Tall Oak", "Grey Sea", "Red Hill", "New Quay", "Low Moor")
    content = lines(("name", "Firm"), *((place, "Acme") for place in (*places, "High Fell")))

    told = report(world, content)

    assert told["status"] == "refused"
    assert "Is “name” the full name? It may be it, but that is only" in told["message"]
    assert told["unused"][0]["examples"] == ["Blue Bay", "Old Mill", "Tall Oak"]
    assert told["mapping"] == {"name": "full name", "Firm": "company"}
    assert world.provider.requests == []
    page = next(name for name in world.keys("reports/") if name.endswith(".html"))
    assert "_columns.json" in (world.read(page) or "")

    world.drop("incoming/email/_columns.json", json.dumps(told["mapping"]))
    assert report(world, content + "\r\n")["status"] == "done"


def test_the_mapping_that_is_offered_leaves_alone_what_only_looks_like_what_others_are(
    world: World,
) -> None:
    people = [(f"{first} {last}", mail, company) for first, last, company, mail in PEOPLE]
    told = report(world, lines(("Name", "Owner Email", "Former company"), *people))
    assert told["mapping"] == {
        "Name": "full name",
        "Owner Email": "e-mail",
        "Former company": "company",
    }
    told = report(world, lines(("Name", "Referrer Email", "Firm"), *people))
    assert told["mapping"] == {"Name": "full name", "Firm": "company", "Referrer Email": "e-mail"}
    twice = [(name, company, company) for name, _, company in people]
    told = report(world, lines(("Name", "Former company", "Firm"), *twice))
    assert told["mapping"] == {"Name": "full name", "Firm": "company", "Former company": None}


def test_an_estimate_shows_columns_names_and_what_would_be_sent(world: World) -> None:
    key = "estimate/email/leads.csv"
    content = lines(
        ("Full name", "Company", "LinkedIn"),
        ("Dr. Jane Doe", "Acme", "linkedin.com/in/jane-doe"),
        ("", "Acme", ""),
    )

    told = report(world, content, key)

    assert [(each["field"], each["header"], each["sure"]) for each in told["taken"]] == [
        ("full name", "Full name", 98),
        ("company", "Company", 91),
        ("LinkedIn URL", "LinkedIn", 100),
    ]
    assert told["names"] == [{"row": 2, "written": "Dr. Jane Doe", "first": "Jane", "last": "Doe"}]
    assert told["first_rows"] == [
        {
            "row": 2,
            "first": "Jane",
            "last": "Doe",
            "company": "Acme",
            "domain": "",
            "linkedin": "https://www.linkedin.com/in/jane-doe",
        }
    ]


def test_the_report_of_a_job_tells_how_its_columns_were_found(world: World) -> None:
    told = report(world, lines(("Name", "Org"), ("Jane Doe", "Acme Ltd"), ("John Roe", "Beta AG")))
    assert told["taken"][1] | {"sure": 0} == {
        "field": "company",
        "header": "Org",
        "sure": 0,
        "why": "its header and its values say so",
        "examples": ["Acme Ltd", "Beta AG"],
    }
    assert told["status"] == "done"
