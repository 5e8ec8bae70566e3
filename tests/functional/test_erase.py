"""People are erased by dropping a file that names them."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from enrichment.domain.folder import job_id, output_key
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from enrichment.domain.receipt import Receipt
from enrichment.store.items import reading_key
from enrichment.usecases.webhook import Received
from tests.functional.lists import FORMATS, HEADER, table, workbook
from tests.functional.outputs import rows_of, states
from tests.functional.world import REUSE, Killed, World, contacts

KEY = "incoming/email/leads.csv"
PEOPLE = "erase/people.csv"
CORPUS = Path(__file__).parents[1] / "corpus" / "files"
JANE2 = "First Name,Last Name,Domain\nJane2,Doe,company2.example\n"


def left(world: World, word: str) -> list[str]:
    """The keys of which any version holds a word, and items of the table that do."""
    keys = [key for (key, _), body in world.versions().items() if word.encode() in body]
    items = [item["pk"]["S"] for item in world.items() if word in json.dumps(item)]
    return sorted({*keys, *items})


def proven(receipt: Receipt | None) -> Receipt:
    """A receipt that says that all is erased, and whose numbers say so, too."""
    assert receipt
    assert (receipt.complete, receipt.found_again, receipt.not_searched) == (True, 0, ())
    assert all(each.rows_before - each.rows_erased == each.rows_after for each in receipt.objects)
    return receipt


def test_a_person_is_gone_from_everything_and_the_receipt_adds_up(world: World) -> None:
    job = world.enrich(KEY, contacts(5))
    assert len(left(world, "Jane2")) > 2

    receipt = proven(world.erase(PEOPLE, JANE2))

    assert left(world, "Jane2") == left(world, "company2.example") == []
    assert [person.fate for person in receipt.people] == ["erased"]
    original = rows_of(contacts(5))
    assert rows_of(world.content(KEY).decode()) == [*original[:2], ["", "", ""], *original[3:]]
    assert states(world.enriched(KEY, job))[1] == RowState.ERASED
    counts = {each.key: (each.rows_before, each.rows_after) for each in receipt.objects}
    assert counts[KEY] == counts[output_key("enriched", KEY, job, ".csv")] == (5, 4)


@pytest.mark.moto
def test_earlier_versions_are_deleted_for_good_and_those_that_name_nobody_stay(
    world: World,
) -> None:
    world.enrich(KEY, contacts(5))
    first = world.versions(KEY)
    world.enrich(KEY, contacts(1))
    world.enrich(KEY, contacts(4))

    receipt = proven(world.erase(PEOPLE, JANE2))

    assert left(world, "Jane2") == []
    there = list(world.versions(KEY).values())
    assert contacts(1).encode() in there
    assert not set(first) & set(world.versions(KEY))
    deleted = {each.key: len(each.versions) for each in receipt.objects}
    assert deleted[KEY] == 2
    assert world.keys("erase/") == []
    assert world.versions("erase/") == world.versions("work/erasures/") == {}


def test_a_receipt_names_nobody(world: World) -> None:
    world.enrich(KEY, contacts(3))
    receipt = proven(world.erase("erase/Jane2 Doe.csv", JANE2))
    written = "".join(world.read(key) or "" for key in world.keys("reports/erase/"))
    assert receipt.model_dump_json(indent=2) in written
    assert not [word for word in ("Jane2", "Doe", "company2") if word in written]
    assert [(person.row, person.fate) for person in receipt.people] == [(2, "erased")]


def test_what_is_written_anew_is_no_upload(world: World) -> None:
    world.enrich(KEY, contacts(3))
    proven(world.erase(PEOPLE, JANE2))
    [version] = [version for (_, version) in world.versions(KEY)]
    posts = len(world.provider.posts)

    made = world.pipeline.split.run(KEY, version, 100)
    world.now += 1000
    world.pipeline.sweep.run()

    assert world.functions.splits == []
    assert world.job(made or "").state is JobState.REPEATED
    assert len(world.provider.posts) == posts
    reports = [
        world.read(key) or "" for key in world.keys("reports/email/") if key.endswith("json")
    ]
    assert {json.loads(report)["status"] for report in reports} == {"done"}


def test_an_address_erases_each_row_that_holds_it_and_all_that_came_of_it(world: World) -> None:
    job = world.enrich(KEY, contacts(6))
    header, *rows = rows_of(world.enriched(KEY, job))
    found = next(row for row in rows if row[header.index("enriched_email")])
    address = found[header.index("enriched_email")]

    proven(world.erase(PEOPLE, f"{address.upper()}\n"))

    assert left(world, address) == left(world, f"{found[0]},") == []
    assert states(world.enriched(KEY, job)).count(RowState.ERASED) == 1


def test_copies_of_a_row_are_erased_with_it(world: World) -> None:
    file = (
        "First Name,Last Name,Company,Email\nAna,Silva,Acme,\nBo,Li,Brio,\n"
        "Ana,Silva,ACME,ana@acme.example\n"
    )
    key = "incoming/email/refresh=true/leads.csv"
    job = world.enrich(key, file)
    assert states(world.enriched(key, job))[2] == RowState.DUPLICATE_OF
    proven(world.erase(PEOPLE, "Email\nana@acme.example\n"))
    ended = states(world.enriched(key, job))
    assert [ended[0], ended[2]] == [RowState.ERASED, RowState.ERASED]
    assert "Ana" not in world.content(key).decode()


@pytest.mark.parametrize(
    "people", ["First Name,Last Name,Domain\nAna,Doe,a.example\n", "E-mail\nana@home.example\n"]
)
def test_a_row_that_came_home_is_erased_with_the_one_that_was_fixed(
    world: World, people: str
) -> None:
    """The first file and its answer do not say whose row it is."""
    first = world.enrich(KEY, contacts(2) + ",Doe,a.example\r\n")
    rejected = world.rejected(KEY, first) or ""
    fixed = rejected.replace(",Doe,", "Ana,Doe,").replace("rejected_row", "rejected_row,Private")
    second = f"incoming/email/leads-{first}.csv"
    job = world.enrich(second, fixed.replace(",4\r\n", ",4,ana@home.example\r\n"))
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()
    assert "ana.doe@a.example" in world.enriched(KEY, first)

    proven(world.erase(PEOPLE, people))

    assert left(world, "ana.doe@") == []
    assert states(world.enriched(KEY, first))[2] == RowState.ERASED
    assert states(world.enriched(second, job)) == [RowState.ERASED]


def test_rows_of_a_running_job_are_not_sent_and_end_as_erased(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    proven(world.erase(PEOPLE, JANE2))
    world.submit_all()
    world.submit_all()
    assert [each["firstname"] for each in world.provider.charged] == [
        "Jane1",
        "Jane3",
        "Jane4",
        "Jane5",
    ]
    world.deliver()
    world.finish()
    assert world.job(job).state is JobState.DONE
    ended = states(world.enriched(KEY, job))
    assert [state == RowState.ERASED for state in ended] == [False, True, False, False, False]
    assert world.report(KEY, job)["counts"]["erased"] == 1


def test_a_batch_of_which_nobody_is_left_is_not_sent(world: World) -> None:
    job = world.drop(KEY, contacts(2))
    proven(world.erase(PEOPLE, JANE2 + "Jane1,Doe,company1.example\n"))
    world.submit_all()
    world.finish()
    assert world.provider.posts == []
    assert world.job(job).state is JobState.DONE
    assert states(world.enriched(KEY, job)) == [RowState.ERASED, RowState.ERASED]


def test_a_webhook_that_comes_later_stores_nothing_but_what_it_cost(world: World) -> None:
    job = world.drop(KEY, contacts(5))
    world.submit_all()
    proven(world.erase(PEOPLE, JANE2))
    late = next(each for each in world.provider.webhooks if json.dumps(each).count("company2"))
    body = json.dumps(late).encode()
    assert world.pipeline.webhook.run(body) is Received.ERASED
    assert world.pipeline.webhook.run(body) is Received.ERASED
    unfinished = json.dumps(late | {"status": "pending"}).encode()
    assert world.pipeline.webhook.run(unfinished) is Received.ERASED
    assert left(world, "company2") == []
    world.deliver()
    world.finish()
    world.now += 4000
    world.pipeline.sweep.run()
    world.finish()
    report = world.report(KEY, job)
    assert report["counts"]["erased"] == 1
    charged = sum(charge.credits for charge in world.provider.ledger)
    assert (report["credits"]["settled"], report["credits"]["possibly_charged"]) == (charged, 0)
    assert world.metrics.counted["StrayResults"] == 0


def test_the_ledger_forgets_a_person(knowing: World) -> None:
    job = knowing.enrich(KEY, contacts(3))
    entries = [item["pk"]["S"] for item in knowing.items() if item["sk"]["S"] == "PERSON"]
    receipt = proven(knowing.erase(PEOPLE, JANE2))
    there = [item["pk"]["S"] for item in knowing.items() if item["sk"]["S"] == "PERSON"]
    assert (len(entries), len(there), receipt.ledger_entries_erased) == (3, 2, 1)
    assert knowing.job(job).state is JobState.DONE


def test_a_name_that_may_be_several_people_is_listed_and_nobody_is_erased(world: World) -> None:
    header = "First Name,Last Name,Company,LinkedIn URL\n"
    file = (
        f"{header}John,Smith,Acme,https://www.linkedin.com/in/john-1\n"
        "John,Smith,Acme,https://www.linkedin.com/in/john-2\n"
        "Ana,Silva,Acme,\n"
    )
    world.enrich(KEY, file)
    receipt = proven(
        world.erase(PEOPLE, "Name,Company\nJohn Smith,Acme\nAna Silva,\nAna Silva,Acme\n")
    )
    assert [(each.row, each.fate, each.people) for each in receipt.people] == [
        (2, "ambiguous", 2),
        (3, "incomplete", 1),
        (4, "erased", 0),
    ]
    text = world.content(KEY).decode()
    assert text.count("John,Smith") == 2
    assert "Silva" not in text

    proven(world.erase(PEOPLE, "LinkedIn\nlinkedin.com/in/John-2/\n"))
    text = world.content(KEY).decode()
    assert "john-1" in text
    assert "john-2" not in text


def test_a_namesake_at_another_company_stays(world: World) -> None:
    world.enrich(KEY, contacts(3, lambda n: f"Jane,Doe,company{n}.example"))
    proven(world.erase(PEOPLE, "First Name,Last Name,Domain\nJane,Doe,company2.example\n"))
    rows = rows_of(world.content(KEY).decode())
    assert [row[2] for row in rows[1:]] == ["company1.example", "", "company3.example"]


def test_a_job_whose_file_was_replaced_reads_what_is_left_of_it(world: World) -> None:
    """Its own version names somebody, and the newest one does not."""
    first = world.drop(KEY, contacts(5))
    world.enrich(KEY, contacts(1, lambda n: f"Zoe{n},Poe,zoo{n}.example"))
    proven(world.erase(PEOPLE, JANE2))
    world.submit_all()
    world.submit_all()
    world.deliver()
    world.finish()
    assert world.job(first).state is JobState.DONE
    assert left(world, "Jane2") == []
    assert "Zoe1" in world.content(KEY).decode()
    ended = states(world.enriched(KEY, first))
    assert ended.index(RowState.ERASED) == 1
    assert len(ended) == 5


def test_a_file_that_is_being_read_is_waited_for(world: World) -> None:
    version, size = world.upload(KEY, contacts(3))
    job = world.pipeline.split._begin(KEY, version, size)
    assert world.erase(PEOPLE, JANE2) is None
    world.pipeline.split.run(KEY, version, size)
    world.now += 1000
    restarted = 0
    for _ in range(3):  # until the folder's turn comes
        world.now += 180
        restarted += world.pipeline.sweep.run().erasures_restarted
    assert restarted == 1
    [people] = world.functions.erasures
    proven(world.pipeline.erase.run(*people))
    assert left(world, "Jane2") == []
    assert world.job(job.id).state is JobState.RUNNING


@pytest.mark.parametrize("death", range(1, 60, 4))
def test_a_run_that_dies_anywhere_is_gone_on_with(death: int) -> None:
    world = World(environment=REUSE)
    world.enrich(KEY, contacts(4) + ",,\nJane9,,\n")
    world.drop("incoming/email/others.csv", contacts(3))
    version, _ = world.upload(PEOPLE, JANE2)
    writes = 0

    def guard(name: str, act: Callable[[], Any]) -> Any:
        nonlocal writes
        done = act()
        writes += name in ("write", "put", "update", "delete", "delete item")
        if writes == death:
            raise Killed
        return done

    world.s3.guard = world.dynamodb.guard = guard
    receipt = None
    try:
        receipt = world.pipeline.erase.run(PEOPLE, version)
    except Killed:
        world.s3.guard = world.dynamodb.guard = lambda _, act: act()
        world.now += 2000
        receipt = world.pipeline.erase.run(PEOPLE, version)
    if receipt is None:  # all was done but for clearing up
        [written] = [key for key in world.keys("reports/erase/") if key.endswith(".json")]
        receipt = Receipt.model_validate_json(world.content(written))
    proven(receipt)
    assert left(world, "Jane2") == left(world, "company2.example") == []
    assert world.versions("erase/") == {}


def test_a_run_without_time_left_starts_the_next(world: World) -> None:
    world.enrich(KEY, contacts(3))
    for number in range(80):
        world.upload(f"enriched/email/{number}.csv", contacts(3))
    version, _ = world.upload(PEOPLE, JANE2)
    runs, receipt = 0, None
    while receipt is None:
        looks = iter([900] * 2)
        receipt = world.pipeline.erase.run(PEOPLE, version, lambda left=looks: next(left, 0))  # type: ignore[misc]
        runs += 1
        assert receipt or world.functions.erasures.pop() == (PEOPLE, version)
        assert runs < 20
    proven(receipt)
    assert runs > 2
    assert left(world, "Jane2") == []


def test_the_same_erasure_twice_is_one(world: World) -> None:
    world.enrich(KEY, contacts(3))
    version, _ = world.upload(PEOPLE, JANE2)
    proven(world.pipeline.erase.run(PEOPLE, version))
    before = world.versions()
    assert world.pipeline.erase.run(PEOPLE, version) is None
    assert world.versions() == before


def test_an_erasure_that_is_at_work_is_left_alone(world: World) -> None:
    version, _ = world.upload(PEOPLE, JANE2)
    erasure = job_id("data", PEOPLE, version)
    assert world.pipeline.erasures.begin(erasure, world.now, 960) == 1
    assert world.pipeline.erase.run(PEOPLE, version) is None
    world.now += 961
    proven(world.pipeline.erase.run(PEOPLE, version))


def test_rows_that_are_removed_leave_no_row_where_no_job_reads_them() -> None:
    world = World(environment={"ERASED_ROWS": "remove"})
    job = world.enrich(KEY, contacts(4))
    proven(world.erase(PEOPLE, JANE2))
    assert len(rows_of(world.content(KEY).decode())) == 5
    assert len(rows_of(world.enriched(KEY, job))) == 4
    assert left(world, "Jane2") == []


def test_a_file_that_names_nobody_is_answered(world: World) -> None:
    receipt = world.erase(PEOPLE, b"%PDF-1.4")
    assert receipt
    assert not receipt.complete
    assert receipt.message
    assert world.keys("reports/erase/")
    assert world.versions("erase/") == {}


def test_objects_that_cannot_be_searched_are_listed(world: World) -> None:
    world.drop("incoming/email/scan.pdf", b"%PDF-1.4 \xe2\xe3 Jane2")
    receipt = world.erase(PEOPLE, JANE2)
    assert receipt
    assert not receipt.complete
    assert receipt.not_searched == ("incoming/email/scan.pdf",)


def unpacked(content: bytes) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(archive.namelist()[0])
    return content


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_keeps_its_form_byte_for_byte_but_for_the_rows(world: World, name: str) -> None:
    key = f"incoming/email/{name}"
    file = FORMATS[name]()
    job = world.enrich(key, file)
    assert world.job(job).state is JobState.DONE

    proven(world.erase(PEOPLE, "First Name,Last Name,Domain\nJane2,Doé,company2.example\n"))

    before, after = unpacked(file), unpacked(world.content(key))
    start = next(
        at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other
    )
    ends = zip(reversed(before), reversed(after), strict=False)
    end = next(at for at, (one, other) in enumerate(ends) if one != other)
    gone = before[start : len(before) - end]
    codec = "utf-16-le" if name == "unicode.txt" else "latin-1"
    assert "ane1" not in gone.decode(codec, "replace")
    assert "ane3" not in gone.decode(codec, "replace")
    assert "company2" not in after.decode(codec, "replace").replace("\0", "")
    [answer] = world.keys("enriched/")
    assert b"company2" not in unpacked(world.content(answer)).replace(b"\0", b"")
    assert b"company3" in unpacked(world.content(answer)).replace(b"\0", b"")


def test_a_workbook_keeps_its_formats_and_nothing_of_the_person_in_any_part(world: World) -> None:
    key = "incoming/email/leads.xlsx"
    job = world.enrich(key, workbook())
    assert world.job(job).state is JobState.DONE

    proven(world.erase(PEOPLE, "First Name,Last Name,Domain\nJane2,Doé,company2.example\n"))

    for object_key in (key, output_key("enriched", key, job, ".xlsx")):
        content = world.content(object_key)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = b"".join(archive.read(name) for name in archive.namelist()).lower()
        assert b"jane2" not in parts
        assert b"company2" not in parts
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert [sheet.cell(3, at).value for at in (1, 2)] == [None, None]
        assert sheet.cell(3, 1).font.bold
        comment = sheet.cell(4, 1).comment
        assert comment
        assert comment.text == "Call in June"
        assert [cell.value for cell in sheet[4]][:3] == table()[2]
    report = world.report(key, job)
    assert report["taken"][0]["examples"] == []


def test_reports_show_no_names_as_they_were_divided_any_more(world: World) -> None:
    file = "Full Name,Domain\nJane2 Doe,company2.example\nAna Silva,acme.example\n"
    job = world.enrich(KEY, file)
    assert [name["written"] for name in world.report(KEY, job)["names"]] == [
        "Jane2 Doe",
        "Ana Silva",
    ]

    proven(world.erase(PEOPLE, JANE2))

    assert world.report(KEY, job)["names"] == []
    assert left(world, "Jane2") == []


def put_as_until_version_5(world: World, job: str) -> None:
    """Move how its file was read into the item of a job."""
    [reading] = [item for item in world.items() if item["sk"]["S"] == "READING"]
    [item] = [item for item in world.items() if item["sk"]["S"] == "JOB"]
    world.dynamodb.put_item(TableName="table", Item=reading | item)
    assert world.pipeline.table.delete(reading_key(job))


@pytest.mark.parametrize(
    ("name", "prepare"),
    [
        ("libre.ods", lambda _world, _job: None),
        ("old.xls", lambda _world, _job: None),
        ("old.xls", put_as_until_version_5),
    ],
)
def test_an_old_workbook_is_written_anew_and_its_job_goes_on(
    world: World, name: str, prepare: Callable[[World, str], None]
) -> None:
    file = (CORPUS / "spreadsheets" / name).read_bytes()
    key = f"incoming/email/{name}"
    job = world.enrich(key, file)
    prepare(world, job)
    answer = output_key("enriched", key, job, ".xlsx")
    header, *rows = load_workbook(io.BytesIO(world.content(answer))).active.iter_rows(  # type: ignore[union-attr]
        values_only=True
    )
    status = header.index("enrichment_status")
    at = next(at for at, row in enumerate(rows) if row[status] in ("found", "not_found"))
    contact = world.provider.charged[0]
    people = io.StringIO()
    table = csv.DictWriter(people, ["firstname", "lastname", "domain", "company_name"])
    table.writerow(
        {"firstname": "First Name", "lastname": "Last Name"}
        | {"domain": "Domain", "company_name": "Company"}
    )
    table.writerow({each: contact.get(each, "") for each in table.fieldnames})

    receipt = proven(world.erase(PEOPLE, people.getvalue()))

    assert [each.fate for each in receipt.people] == ["erased"]
    assert world.content(key).startswith(b"PK")
    world.pipeline.jobs.change(job, state=JobState.COMPILING)
    world.pipeline.compile.run(job)
    assert world.job(job).state is JobState.DONE
    assert world.report(key, job)["counts"]["erased"] >= 1
    assert at >= 0


def test_a_sheet_that_is_not_read_is_told_where_it_may_name_somebody(world: World) -> None:
    book = load_workbook(io.BytesIO(workbook()))
    for name in ("Jane2", "Zoe"):
        other = book.create_sheet(name)
        other.append([*HEADER[:2], "Notes"])
        other.append([name, "Doé", "met in May"])
    out = io.BytesIO()
    book.save(out)
    world.drop("incoming/email/leads.xlsx", out.getvalue())
    receipt = world.erase(PEOPLE, "First Name,Last Name,Domain\nJane2,Doé,company2.example\n")
    assert receipt
    assert not receipt.complete
    assert receipt.not_searched == ("incoming/email/leads.xlsx",)
    receipt = proven(world.erase(PEOPLE, "Email\nsomebody@else.example\n"))
    assert [each.fate for each in receipt.people] == ["not_found"]


def people_in_a_workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["People to erase"])
    sheet.append(HEADER)
    sheet.append(["Jane2", "Doe", "company2.example"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PEOPLE_FILES: dict[str, Callable[[], bytes]] = {
    "people.csv": JANE2.encode,
    "people.txt": lambda: b"\xff\xfe" + JANE2.replace(",", "\t").encode("utf-16-le"),
    "people.csv.gz": lambda: gzip.compress(JANE2.encode()),
    "people.xlsx": people_in_a_workbook,
    "people.json": lambda: json.dumps(
        [{"first_name": "Jane2", "last_name": "Doe", "domain": "company2.example"}]
    ).encode(),
    "full names.csv": lambda: b"Name;Website\nJane2 Doe;https://www.company2.example/about\n",
}


@pytest.mark.parametrize("name", PEOPLE_FILES)
def test_people_are_named_in_any_format_that_is_read(world: World, name: str) -> None:
    world.enrich(KEY, contacts(3))
    proven(world.erase(f"erase/{name}", PEOPLE_FILES[name]()))
    assert left(world, "Jane2") == []
    assert "Jane3" in world.content(KEY).decode()


def test_what_was_set_aside_is_erased(world: World) -> None:
    world.drop(KEY, contacts(3))
    world.submit_all()
    other = world.provider.webhooks[0] | {"email": "jane.doe@elsewhere.example"}
    world.deliver([*world.provider.webhooks, other])
    world.finish()
    assert [pk for pk in left(world, "elsewhere") if pk.startswith("ASIDE")]
    proven(world.erase(PEOPLE, "jane.doe@elsewhere.example\n"))
    assert left(world, "elsewhere") == left(world, "Jane1") == []


def test_nothing_is_set_aside_for_a_row_whose_person_was_erased(world: World) -> None:
    world.drop(KEY, contacts(3))
    world.submit_all()
    first, second, _ = results = world.provider.webhooks
    world.deliver(results)
    world.finish()
    proven(world.erase(PEOPLE, "First Name,Last Name,Domain\nJane1,Doe,company1.example\n"))

    world.deliver([each | {"status": "on its way", "note": "Jane"} for each in (first, second)])
    aside = [item for item in world.items() if item["pk"]["S"].startswith("ASIDE")]
    assert [item["row"]["N"] for item in aside] == ["3"]
    assert world.metrics.counted["StrayResults"] == 1


def test_a_job_compiled_again_after_an_erasure_says_so(world: World) -> None:
    job = world.enrich(KEY, contacts(4))
    proven(world.erase(PEOPLE, JANE2))
    current = world.job(job)
    world.pipeline.jobs.change(job, state=JobState.COMPILING)
    world.pipeline.compile.run(job)
    assert world.job(job).state is JobState.DONE
    assert current.delivered == 4
    assert states(world.enriched(KEY, job))[1] == RowState.ERASED
    assert left(world, "Jane2") == []


def test_a_second_erasure_of_the_same_file_finds_its_job(world: World) -> None:
    job = world.enrich(KEY, contacts(4))
    proven(world.erase(PEOPLE, JANE2))
    receipt = proven(
        world.erase(PEOPLE, "First Name,Last Name,Domain\nJane3,Doe,company3.example\n")
    )
    assert [person.fate for person in receipt.people] == ["erased"]
    assert states(world.enriched(KEY, job))[1:3] == [RowState.ERASED, RowState.ERASED]
    assert left(world, "Jane3") == []


def test_a_bucket_of_ten_thousand_objects_is_one_run(world: World) -> None:
    """It takes some five seconds of one processor in memory; in S3, two reads of each object."""
    for number in range(10_000):
        first = "Zoé" if number % 2 else "Zoe"
        file = contacts(5, lambda n, who=first: f"{who}{n},Poe,company{n}.example")  # type: ignore[misc]
        folder = ("incoming", "enriched", "rejected")[number % 3]
        world.upload(f"{folder}/email/{number}.csv", file)
    world.enrich(KEY, contacts(3))
    receipt = proven(world.erase(PEOPLE, JANE2))
    assert left(world, "Jane2") == []
    assert KEY in [each.key for each in receipt.objects]
