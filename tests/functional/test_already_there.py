"""Rows that have what is looked for already are not sent, keep what they have and cost nothing."""

import json

import pytest

from enrichment.domain.columns import Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RESULT_COLUMNS
from enrichment.steps.intake import content_of
from tests.functional.outputs import rows_of, states
from tests.functional.world import PRICE, World

KEY = "incoming/email/leads.csv"
FILE = (
    "First Name,Last Name,Company,Website,E-mail\r\n"
    "Jane,Doe,Acme,acme.example,Jane Doe <jane@acme.example>\r\n"
    "Jane,Doe,Acme,acme.example,\r\n"
    "John,Roe,Acme,acme.example,john@former.example\r\n"  # the same person under two domains
    "Joan,Poe,Beta,,joan@beta.example\r\n"
    "Info,Desk,Acme,acme.example,info@acme.example\r\n"
    ",Moe,Acme,acme.example,moe@acme.example\r\n"
    "Jim,Loe,Acme,acme.example,info@acme.example\r\n"
)
PHONES = (
    "Name,LinkedIn URL,Mobile,Fax,Company phone\r\n"
    "Jane Doe,linkedin.com/in/jane,+33 6 12 34 56 78; +32 470 12 34 56,,\r\n"
    "John Roe,linkedin.com/in/john,ext. 4512,+33 1 42 68 53 00,\r\n"
    "Joan Poe,linkedin.com/in/joan,,,+33 1 42 68 53 01\r\n"
    "Jim Loe,,06 98 76 54 32,,\r\n"
)


def results(world: World, key: str, job: str) -> list[list[str]]:
    """The columns of results of each row."""
    header, *rows = rows_of(world.enriched(key, job))
    return [row[header.index("enrichment_status") :] for row in rows]


def names(world: World) -> list[str]:
    return sorted(contact["firstname"] for contact in world.provider.charged)


def test_only_what_is_missing_is_sent_and_the_rest_keeps_its_value_also_as_a_result(
    world: World,
) -> None:
    job = world.enrich(KEY, FILE)

    assert names(world) == ["Jim", "John"]
    jane, copy, _, joan, desk, moe, _ = results(world, KEY, job)
    assert jane[:3] == ["already_there", "jane@acme.example", ""]
    assert copy[:2] == ["duplicate_of", "jane@acme.example"]
    assert copy[-1] == "The same person as in row 2, which has the e-mail already"
    assert [row[0] for row in (joan, desk, moe)] == ["already_there", "not_worth", "already_there"]
    assert "refresh=true" in joan[-1]
    report = world.report(KEY, job)
    assert report["counts"]["already_there"] == 3
    assert report["already_there"] == {
        "rows": 3,
        "contacts": 2,
        "credits": 2 * PRICE,
        "cost": "2.00 EUR",
    }
    assert report["credits"]["contacts_sent"] == 2
    rejected = rows_of(world.rejected(KEY, job) or "")
    assert [row[0] for row in rejected[1:]] == ["Info"]


@pytest.mark.parametrize("options", ["", "check=off/", "force=true/"])
def test_an_estimate_says_how_many_have_it_and_what_that_saves(world: World, options: str) -> None:
    key = f"estimate/email/{options}leads.csv"

    report = world.report(key, world.enrich(key, FILE))

    assert report["already_there"]["rows"] == 3
    assert report["counts"]["to_send"] == (3 if "off" in options else 2)
    page = world.read(f"reports/{key.removesuffix('.csv')}-{report['job']}.html") or ""
    assert "have a work e-mail already" in page


def test_what_a_file_is_taken_for_is_as_it_was_before_such_columns_were_known() -> None:
    """So that a file that was enriched then is known again; the digest is that of then."""
    columns = {Field.COMPANY: (2,), Field.EMAIL: (3,), Field.FIRST_NAME: (0,)}
    then = "98b3683923ba860e8e23cabad1daaeadc6cd40898010b2367cf7e64adc4dc885"
    assert content_of("digest", Request(EnrichmentType.EMAIL), columns) == then
    assert content_of("digest", Request(EnrichmentType.EMAIL, refresh=True), columns) != then


def test_whoever_wants_all_again_says_so_and_it_is_another_content(world: World) -> None:
    world.enrich(KEY, FILE)
    key = "incoming/email/refresh=true/leads.csv"

    report = world.report(key, world.enrich(key, FILE))

    assert (report["status"], report["already_there"], report["held"]) == ("done", None, [])
    assert names(world) == ["Jane", "Jim", "Jim", "Joan", "John", "John"]
    again = "incoming/email/refresh=true/copy.csv"
    assert world.report(again, world.enrich(again, FILE))["status"] == "repeated"
    assert world.report(KEY, world.enrich(KEY, FILE))["status"] == "repeated"


def test_a_file_of_which_every_row_has_it_is_answered_at_once_as_often_as_it_is_dropped(
    world: World,
) -> None:
    file = "".join(FILE.splitlines(keepends=True)[:2])
    for key in (KEY, "incoming/email/again.csv"):
        job = world.drop(key, file)
        assert world.messages.take() == []
        world.finish()

        assert world.job(job).state is JobState.DONE
        report = world.report(key, job)
        assert (report["status"], report["counts"]["already_there"]) == ("done", 1)
        assert (report["credits"]["settled"], report["rejected"]) == (0, None)
        assert states(world.enriched(key, job)) == ["already_there"]
    assert world.provider.requests == []


def test_an_answer_that_is_dropped_again_has_what_was_found(world: World) -> None:
    file = "First Name,Last Name,Domain\r\n" + "".join(
        f"Jane{number},Doe,company{number}.example\r\n" for number in range(12)
    )
    first = world.enrich(KEY, file)
    found = states(world.enriched(KEY, first)).count("found")
    assert 0 < found < 12
    sent = len(world.provider.charged)
    key = "incoming/email/again.csv"

    job = world.enrich(key, world.enriched(KEY, first))

    report = world.report(key, job)
    assert report["counts"]["already_there"] == found
    assert len(world.provider.charged) - sent == 12 - found
    assert [(each["field"], each["header"]) for each in report["held"]] == [
        ("work e-mail", "enriched_email")
    ]
    header, *rows = rows_of(world.enriched(key, job))
    assert header[-len(RESULT_COLUMNS) + 1] == "enriched_email_2"
    for row in rows:
        if row[header.index("enrichment_status_2")] == "already_there":
            assert row[header.index("enriched_email_2")] == row[header.index("enriched_email")]


def test_phones_of_the_wanted_countries_are_there_and_extensions_and_faxes_are_none(
    world: World,
) -> None:
    key = "incoming/phone/countries=FR/leads.csv"

    job = world.enrich(key, PHONES)

    assert names(world) == ["Joan", "John"]
    jane, *_, jim = results(world, key, job)
    assert (jane[0], jane[3]) == ("already_there", "+33612345678")
    assert (jim[0], jim[3]) == ("already_there", "+33698765432")
    report = world.report(key, job)
    assert report["already_there"]["contacts"] == 1
    assert [(each["field"], each["header"]) for each in report["held"]] == [("phone", "Mobile")]
    assert [(each["looks_like"], each["header"]) for each in report["unused"]] == [
        ("phone", "Fax"),
        ("phone", "Company phone"),
    ]
    assert report["mapping"]["Mobile"] == "phone"
    assert report["mapping"]["Fax"] is None
    both = "incoming/phone/leads.csv"
    jane, *_ = results(world, both, world.enrich(both, PHONES))
    assert jane[3] == "+33612345678; +32470123456"


def test_such_columns_matter_for_one_type_only_and_may_be_left_alone(world: World) -> None:
    file = PHONES.replace("Name,", "Full Name,").replace("Fax", "Website")
    report = world.report(KEY, world.enrich(KEY, file))
    assert (report["held"], report["counts"]["already_there"]) == ([], 0)
    assert "Mobile" not in report["mapping"]

    world.provider.charged.clear()
    world.drop("incoming/phone/_columns.json", json.dumps({"Mobile": None}))
    key = "incoming/phone/leads.csv"
    assert world.report(key, world.enrich(key, PHONES))["counts"]["already_there"] == 0
    assert names(world) == ["Jane", "Joan", "John"]


def test_a_personal_email_is_there_in_whatever_column(world: World) -> None:
    world.provider.behaviour.consent = True
    key = "incoming/personal_email/leads.csv"
    file = (
        "Name,LinkedIn URL,E-mail,E-Mail privat\r\n"
        "Jane Doe,linkedin.com/in/jane,jane@gmail.com,\r\n"
        "John Roe,linkedin.com/in/john,john@acme.example,john@roe-family.example\r\n"
        "Joan Poe,linkedin.com/in/joan,joan@acme.example,\r\n"
    )

    job = world.enrich(key, file)

    assert names(world) == ["Joan"]
    assert [row[4] for row in results(world, key, job)][:2] == [
        "jane@gmail.com",
        "john@roe-family.example",
    ]
