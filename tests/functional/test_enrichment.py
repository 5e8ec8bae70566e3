"""A file's whole way through the pipeline, and what its owner gets back."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.domain.batch import BatchState
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RESULT_COLUMNS, RowState
from local.provider.behaviour import Behaviour
from tests.functional.outputs import rows_of, states
from tests.functional.world import PRICE, Provider, World, contacts

SAMPLE = Path(__file__).resolve().parents[2] / "events" / "contacts.csv"
KEY = "incoming/email/contacts.csv"


@pytest.mark.moto
def test_every_row_of_the_sample_comes_back_once_in_order_with_its_cells_untouched(
    world: World,
) -> None:
    original = SAMPLE.read_bytes().decode()

    job = world.enrich(KEY, original)

    before, after = rows_of(original), rows_of(world.enriched(KEY, job))
    assert len(before) == len(after) >= 231
    assert [theirs[: len(mine)] for mine, theirs in zip(before, after, strict=True)] == before
    assert after[0][-7:] == list(RESULT_COLUMNS)
    assert world.job(job).state is JobState.DONE


def test_each_valid_contact_is_charged_once_and_nothing_else_leaves_the_account(
    world: World,
) -> None:
    job = world.enrich(KEY, SAMPLE.read_bytes())

    report = world.report(KEY, job)
    sent = {(contact["firstname"], contact["lastname"]) for contact in world.provider.charged}
    assert (
        len(sent)
        == len(world.provider.charged)
        == report["credits"]["contacts_sent"]
        == world.job(job).contacts
    )
    fields = {field for contact in world.provider.charged for field in contact}
    assert fields <= {"firstname", "lastname", "domain", "company_name", "linkedin_url", "custom"}
    assert {field for contact in world.provider.charged for field in contact["custom"]} == {"token"}


def test_the_report_adds_up_and_groups_the_reasons(world: World) -> None:
    job = world.enrich(KEY, SAMPLE.read_bytes())

    report = world.report(KEY, job)
    found = states(world.enriched(KEY, job))
    assert report["counts"] == {state: found.count(state) for state in RowState}
    assert sum(report["counts"].values()) == report["rows"] == len(found)
    assert sum(reason["rows"] for reason in report["reasons"]) == report["counts"]["rejected"] == 8
    assert sum(report["with_quality"].values()) == sum(report["email_quality"].values())
    assert sum(row["rows"] for row in report["sample"]) == 8
    assert report["credits"]["settled"] == PRICE * report["counts"]["found"]


def test_rows_that_are_alike_are_shown_once_and_names_only_where_they_were_changed(
    world: World,
) -> None:
    file = "Name,Company\nMarie Curie,Acme\n" + "Sold to,\n" * 12 + "Ana Silva,Brio\n"

    report = world.report(KEY, world.enrich(KEY, file))

    assert [(row["row"], row["rows"]) for row in report["sample"]] == [(3, 12)]
    assert [(name["row"], name["first"], name["last"]) for name in report["names"]] == [
        (2, "Marie", "Curie"),
        (15, "Ana", "Silva"),
    ]
    divided = "First Name,Last Name,Company\nJane,Doe,Acme\nJohn,Poe,Brio\n"
    assert world.report(KEY, world.enrich(KEY, divided))["names"] == []


def test_the_rejected_file_holds_the_unsent_rows_as_they_were_with_the_reason(world: World) -> None:
    job = world.drop(
        KEY, "First Name,Last Name,Domain\nJane,Doe,a.example\n,Roe,b.example\nJohn,Poe,c.example\n"
    )
    world.submit_all()
    world.deliver()
    world.finish()

    assert (
        world.rejected(KEY, job) == "First Name,Last Name,Domain,rejection_reason,rejected_row\n"
        ",Roe,b.example,The first name is missing,3\n"
    )


def test_no_rejected_file_is_written_when_every_row_could_be_sent(world: World) -> None:
    job = world.enrich(KEY, contacts(3))

    assert world.rejected(KEY, job) is None
    assert world.report(KEY, job)["rejected"] is None


def test_a_duplicate_is_sent_once_and_every_copy_gets_the_result(world: World) -> None:
    world.provider.behaviour.find_rate = 1
    file = (
        "First Name,Last"
        " Name,Domain\nJane,Doe,a.example\nJohn,Roe,b.example\nJANE,doe,https://www.a.example/\n"
    )

    job = world.enrich(KEY, file)

    header, first, _, copy = rows_of(world.enriched(KEY, job))
    email = header.index("enriched_email")
    assert copy[3] == "duplicate_of"
    assert copy[email] == first[email] != ""
    assert "row 2" in copy[-1]
    assert len(world.provider.charged) == 2


def test_one_valid_row_goes_to_the_single_endpoint(world: World) -> None:
    job = world.enrich(KEY, contacts(1))

    (post,) = world.provider.posts
    assert post.url.path == "/api/v2/contacts/single_enrich"
    assert states(world.enriched(KEY, job))[0] in ("found", "not_found")


def test_phone_numbers_are_joined_and_the_countries_asked_for_come_first(world: World) -> None:
    world.provider.behaviour.find_rate = 1
    key = "incoming/phone/countries=FR,GB,DE/leads.csv"
    header = "First Name,Last Name,Person Linkedin Url"
    lines = [f"Jane{n},Doe,https://www.linkedin.com/in/jane-{n}" for n in range(40)]

    job = world.enrich(key, "\n".join([header, *lines]))

    header_row, *rows = rows_of(world.enriched(key, job))
    cells = [row[header_row.index("enriched_phone")] for row in rows]
    assert any("; " in cell for cell in cells)
    first = {cell[:3] for cell in cells if cell}
    assert {"+33", "+44", "+49"} & first  # others may come, and are charged
    assert world.job(job).countries == ("FR", "GB", "DE")


def test_semicolons_a_byte_order_mark_and_line_ends_are_kept(world: World) -> None:
    file = (
        "\ufeffVorname;First Name;Last"
        ' Name;Domain\r\nx;Zoë;Müller;a.example\r\n"a;b";Jo;Roe;b.example\r\n'
    )

    job = world.enrich(KEY, file)

    enriched = world.enriched(KEY, job)
    assert enriched.startswith("\ufeffVorname;First Name;Last Name;Domain;enrichment_status;")
    assert '\r\n"a;b";Jo;Roe;b.example;' in enriched
    assert enriched.count("\r\n") == 3


def test_the_same_upload_told_twice_changes_nothing(world: World) -> None:
    version, size = world.upload(KEY, contacts(150))
    job = world.pipeline.split.run(KEY, version, size)
    world.submit_all()
    items = world.items()

    again = world.pipeline.split.run(KEY, version, size)

    assert again == job
    assert world.items() == items
    assert world.messages.take() == []


def test_an_upload_overwritten_while_its_job_runs_makes_two_jobs_with_their_own_rows(
    world: World,
) -> None:
    first = world.drop(KEY, contacts(2, lambda n: f"Old{n},Doe,old{n}.example"))
    second = world.drop(KEY, contacts(3, lambda n: f"New{n},Doe,new{n}.example"))
    world.submit_all()
    world.deliver()
    world.finish()

    assert first != second
    assert [row[0] for row in rows_of(world.enriched(KEY, first))[1:]] == ["Old1", "Old2"]
    assert [row[0] for row in rows_of(world.enriched(KEY, second))[1:]] == ["New1", "New2", "New3"]


def test_keys_with_spaces_plus_percent_and_accents_are_taken_as_they_are(world: World) -> None:
    key = "incoming/email/q3 2026/100% l+eads é (1).csv"

    job = world.enrich(key, contacts(2))

    assert f"enriched/email/q3 2026/100% l+eads é (1)-{job}.csv" in world.keys("enriched/")


def test_101_and_201_rows_make_no_batch_of_one(world: World) -> None:
    for number, sizes in (
        (101, [51, 50]),
        (201, [100, 51, 50]),
        (200, [100, 100]),
        (102, [100, 2]),
    ):
        job = world.drop(f"incoming/email/{number}.csv", contacts(number))
        assert [batch.size for batch in world.pipeline.batches.of(world.job(job))] == sizes


def test_a_file_of_rows_that_cannot_be_sent_is_answered_without_asking_the_provider(
    world: World,
) -> None:
    job = world.enrich(KEY, "First Name,Last Name,Domain\n,,\nJane,,a.example\n")

    assert states(world.enriched(KEY, job)) == ["rejected", "rejected"]
    assert world.provider.requests == []
    assert world.job(job).state is JobState.DONE


def test_results_that_come_before_the_202_is_stored_are_counted(world: World) -> None:
    """The webhooks are faster than the answer to the request that asked for them."""
    job = world.drop(KEY, contacts(2))
    provider = world.provider

    class Impatient(Provider):
        def __call__(self, request):  # type: ignore[no-untyped-def]
            answer = super().__call__(request)
            world.deliver()
            return answer

    provider.__class__ = Impatient
    world.submit_all()
    world.finish()

    assert [batch.state for batch in world.pipeline.batches.of(world.job(job))] == [
        BatchState.COMPLETE
    ]
    assert world.job(job).state is JobState.DONE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cells=st.lists(
        st.tuples(
            *[st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)] * 4
        ),
        min_size=1,
        max_size=30,
    ),
    delimiter=st.sampled_from(",;\t"),
    find_rate=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_whatever_the_cells_every_row_ends_in_one_state(
    cells: list[tuple[str, ...]], delimiter: str, find_rate: float
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(header := ["First Name", "Last Name", "Company", "Notes"])
    writer.writerows(cells)
    key = "incoming/email/check=off/leads.csv"  # what looks like no people is sent, too
    mapping = json.dumps(dict(zip(header, ["first name", "last name", "company"], strict=False)))
    world = World(Provider(Behaviour(find_rate=find_rate)))
    world.upload("incoming/_columns.json", mapping)  # such cells are no evidence of names
    job = world.enrich(key, text.getvalue())
    before, after = (
        rows_of(text.getvalue(), delimiter),
        rows_of(world.enriched(key, job), delimiter),
    )
    assert [row[:4] for row in after] == before
    assert all(row[4] in set(RowState) for row in after[1:])
    assert len(world.provider.charged) == world.job(job).contacts
