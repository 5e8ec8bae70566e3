"""A rejected file that is fixed and dropped comes home into the first answer."""

import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from enrichment.domain.folder import ENRICHED, REJECTED, output_key
from enrichment.domain.job import JobState
from enrichment.domain.outcome import RowState
from tests.functional.outputs import rows_of, states
from tests.functional.world import PRICE, World, contacts

KEY = "incoming/email/leads.csv"
FILE = contacts(3) + ",Doe,a.example\r\nJohn,,b.example\r\n"
SENT = {RowState.FOUND, RowState.NOT_FOUND}


def fixed(rejected: str) -> str:
    return rejected.replace("\r\n,Doe", "\r\nAna,Doe").replace("John,,", "John,Smith,")


def sweep(world: World, seconds: int = 300) -> None:
    world.now += seconds
    world.pipeline.sweep.run()
    world.finish()


def come_home(world: World, first: str, content: str, name: str = "") -> tuple[str, str]:
    """Drop a fixed file of a job, and have what follows; its key and job."""
    key = f"incoming/email/{name or f'leads-{first}.csv'}"
    job = world.enrich(key, content)
    sweep(world)
    return key, job


@pytest.fixture
def first(world: World) -> str:
    return world.enrich(KEY, FILE)


@pytest.fixture
def rejected(world: World, first: str) -> str:
    return world.rejected(KEY, first) or ""


def test_a_rejected_file_says_which_row_each_of_its_rows_is(rejected: str) -> None:
    header, *rows = rows_of(rejected)
    assert header[-2:] == ["rejection_reason", "rejected_row"]
    assert [row[-1] for row in rows] == ["5", "6"]


def test_fixed_rows_are_sent_answered_and_merged_into_the_first_answer(
    world: World, first: str, rejected: str
) -> None:
    before = rows_of(world.enriched(KEY, first))
    charged = len(world.provider.charged)
    key, job = come_home(world, first, fixed(rejected))

    assert len(world.provider.charged) == charged + 2
    own = rows_of(world.enriched(key, job))
    assert own[0][:4] == ["First Name", "Last Name", "Domain", "enrichment_status"]
    assert "rejection_reason" not in world.enriched(key, job)
    merged = rows_of(world.enriched(KEY, first))
    assert merged[:4] == before[:4]
    for was, now, theirs in zip(before[4:], merged[4:], own[1:], strict=True):
        assert now[:3] == was[:3]  # the owner's own cells stay
        assert now[3] in SENT
        assert now[3:9] == theirs[3:9]
    assert merged[4][-1].startswith(f"Fixed as row 2 of leads-{first}.csv")

    report = world.report(KEY, first)
    assert (report["counts"]["rejected"], report["rejected"]) == (0, None)
    assert len(rows_of(world.rejected(KEY, first) or "")) == 1  # the header is left
    assert report["fixed_by"] == [{"job": job, "file": key, "rows": 2}]
    assert report["credits"]["contacts_sent"] == 3
    assert "2 rows were fixed and dropped again as" in report["message"]
    bill = world.report(key, job)
    assert bill["credits"]["contacts_sent"] == 2
    assert bill["credits"]["settled"] == bill["counts"]["found"] * PRICE
    assert report["credits"]["settled"] == [row[3] for row in before].count(RowState.FOUND) * PRICE
    assert bill["mends"]["enriched"] == output_key(ENRICHED, KEY, first, ".csv")
    assert world.job(first).state is JobState.DONE
    sweep(world)
    assert world.functions.compiles == []


@pytest.mark.parametrize("name", ["Kopie von leads-{} (1).csv", "q3/{}.csv"])
def test_the_name_may_be_changed_around_the_jobs_id(
    world: World, first: str, rejected: str, name: str
) -> None:
    come_home(world, first, fixed(rejected), name.format(first))
    assert set(states(world.enriched(KEY, first))) <= SENT


def test_rows_may_be_sorted_added_and_left_out(world: World, first: str, rejected: str) -> None:
    header, _, other = fixed(rejected).splitlines()
    come_home(world, first, f"{header}\r\nNew,Person,c.example\r\n{other}\r\n")

    rows = rows_of(world.enriched(KEY, first))
    assert rows[4][3] == RowState.REJECTED
    assert rows[5][3] in SENT
    assert len(rows) == 6
    left = rows_of(world.rejected(KEY, first) or "")
    assert [row[-1] for row in left[1:]] == ["5"]


def test_several_files_mend_one_after_the_other(world: World, first: str, rejected: str) -> None:
    header, one, other = fixed(rejected).splitlines()
    come_home(world, first, f"{header}\r\n{one}\r\n")
    come_home(world, first, f"{header}\r\n{other}\r\n", f"more-{first}.csv")

    assert set(states(world.enriched(KEY, first))) <= SENT
    assert [each["rows"] for each in world.report(KEY, first)["fixed_by"]] == [1, 1]


def test_what_is_rejected_again_and_mended_again_comes_home_all_the_way(
    world: World, first: str, rejected: str
) -> None:
    half = rejected.replace("\r\n,Doe", "\r\nAna,Doe")
    key, second = come_home(world, first, half)
    again = world.rejected(key, second) or ""
    assert rows_of(again)[1][-1] == "3"

    name = f"leads-{first}-{second}.csv"
    come_home(world, first, again.replace("John,,", "John,Smith,"), name)
    sweep(world)

    assert set(states(world.enriched(key, second))) <= SENT
    rows = rows_of(world.enriched(KEY, first))
    assert rows[5][3] in SENT
    assert rows[5][-1].startswith(f"Fixed as row 3 of leads-{first}.csv: Fixed as row 2 of {name}")
    assert world.report(KEY, first)["credits"]["contacts_sent"] == 3


def test_of_two_rows_that_claim_one_the_first_counts(
    world: World, first: str, rejected: str
) -> None:
    header, one, _ = fixed(rejected).splitlines()
    come_home(world, first, "\r\n".join([header, one, one.replace("Ana", "Zoe"), ""]))

    row = rows_of(world.enriched(KEY, first))[4]
    assert row[-1] == (
        f"Fixed as row 2 of leads-{first}.csv, the first to say so: another row says to be this"
        " row, too, and was not taken"
    )


@pytest.mark.parametrize("claim", ["99", "2", "-5", "9" * 40])
def test_a_row_that_claims_none_that_was_left_out_is_only_in_its_own_answer(
    world: World, first: str, rejected: str, claim: str
) -> None:
    before = world.enriched(KEY, first)
    header, one, _ = fixed(rejected).splitlines()
    key, job = come_home(world, first, f"{header}\r\n{one.rpartition(',')[0]},{claim}\r\n")

    assert set(states(world.enriched(key, job))) <= SENT
    assert world.enriched(KEY, first) == before


def test_a_result_that_comes_late_comes_home_too(world: World, first: str, rejected: str) -> None:
    key = f"incoming/email/leads-{first}.csv"
    job = world.drop(key, fixed(rejected))
    world.submit_all()
    sweep(world, 600)  # all is quiet, and a first answer is delivered
    assert states(world.enriched(key, job)) == [RowState.AWAITED] * 2
    sweep(world)
    assert states(world.enriched(KEY, first))[3:] == [RowState.AWAITED] * 2
    assert world.report(KEY, first)["status"] == "done"

    world.deliver()
    world.finish()
    for _ in range(2):
        sweep(world)
    assert set(states(world.enriched(KEY, first))) <= SENT


def test_rows_of_a_job_that_still_awaits_results_do_not_end_it(world: World) -> None:
    first = world.drop(KEY, FILE)
    world.submit_all()
    waiting, world.provider.webhooks = world.provider.webhooks, []
    sweep(world, 600)
    rejected = world.rejected(KEY, first) or ""
    come_home(world, first, fixed(rejected))

    report = world.report(KEY, first)
    assert (report["status"], report["counts"]["awaited"]) == ("first_answer", 3)
    world.deliver(waiting)
    world.finish()
    for _ in range(2):
        sweep(world)
    assert set(states(world.enriched(KEY, first))) <= SENT
    assert world.job(first).state is JobState.DONE


@pytest.mark.moto
@pytest.mark.parametrize("gone", ["job", "answer", "version", "type", "estimate", "name"])
def test_where_nothing_is_to_be_mended_it_is_a_file_of_its_own(
    world: World, first: str, rejected: str, gone: str
) -> None:
    before = world.enriched(KEY, first)
    key = f"incoming/email/leads-{first}.csv"
    match gone:
        case "job":
            stored = {"pk": {"S": f"JOB#{first}"}, "sk": {"S": "JOB"}}
            world.dynamodb.delete_item(TableName="table", Key=stored)
        case "answer":
            answer = output_key(ENRICHED, KEY, first, ".csv")
            world.s3.delete_object(Bucket="data", Key=answer)
        case "version":
            version = world.job(first).version
            world.s3.delete_object(Bucket="data", Key=KEY, VersionId=version)
        case "type":
            key = f"incoming/phone/leads-{first}.csv"
            rejected = rejected.replace("Domain", "LinkedIn URL").replace(
                ".example", ".linkedin.com/in/ana-doe"
            )
        case "estimate":
            key = f"estimate/email/leads-{first}.csv"
        case "name":
            key = "incoming/email/fixed.csv"
    job = world.enrich(key, fixed(rejected))
    sweep(world)

    assert world.job(job).mends == ""
    assert world.report(key, job)["mends"] is None
    if gone not in ("type", "estimate"):
        assert set(states(world.enriched(key, job))) <= SENT
        assert "rejection_reason" not in world.enriched(key, job)
    if gone != "answer":
        assert world.enriched(KEY, first) == before


@pytest.mark.moto
def test_an_answer_that_is_deleted_meanwhile_stays_deleted(
    world: World, first: str, rejected: str
) -> None:
    world.enrich(f"incoming/email/leads-{first}.csv", fixed(rejected))
    answer = output_key(ENRICHED, KEY, first, ".csv")
    world.s3.delete_object(Bucket="data", Key=answer)
    sweep(world)

    assert world.read(answer) is None
    assert world.job(first).state is JobState.DONE


def test_a_rejected_file_of_an_earlier_version_is_a_file_of_its_own(
    world: World, first: str, rejected: str
) -> None:
    old = "\r\n".join(line.rpartition(",")[0] for line in fixed(rejected).splitlines())
    key, job = come_home(world, first, old)

    assert world.job(job).mends == ""
    assert "rejection_reason" in world.enriched(key, job)


def test_a_row_over_budget_comes_home_as_well(world: World) -> None:
    key = f"incoming/email/max_credits={PRICE - 1}/leads.csv"
    first = world.enrich(key, contacts(3))
    come_home(world, first, world.rejected(key, first) or "")

    assert set(states(world.enriched(key, first))) <= SENT
    assert world.report(key, first)["credits"]["contacts_sent"] == 0


def book(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet("Leads")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def test_a_workbook_comes_home_into_a_workbook(world: World) -> None:
    key = "incoming/email/leads.xlsx"
    rows = [row.split(",") for row in FILE.splitlines()]
    first = world.enrich(key, book([[*rows[0], "Seen"], *([*row, 7] for row in rows[1:])]))
    rejected = world.content(output_key(REJECTED, key, first, ".xlsx"))
    workbook = openpyxl.load_workbook(io.BytesIO(rejected))
    sheet = workbook.active
    assert sheet
    sheet["A2"], sheet["B3"] = "Ana", "Smith"
    sheet["F2"] = 5  # a spreadsheet may make a number of it
    saved = io.BytesIO()
    workbook.save(saved)

    mending = f"incoming/email/leads-{first} fixed.xlsx"
    job = world.enrich(mending, saved.getvalue())
    sweep(world)

    def answer(of: str, which: str) -> list[tuple[Any, ...]]:
        content = world.content(output_key(ENRICHED, of, which, ".xlsx"))
        [sheet] = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        return list(sheet.iter_rows(values_only=True))

    own = answer(mending, job)
    assert own[0][3:5] == ("Seen", "enrichment_status")
    merged = answer(key, first)
    assert [row[:4] for row in merged[4:]] == [
        (None, "Doe", "a.example", 7),
        ("John", None, "b.example", 7),
    ]
    assert {row[4] for row in merged[1:]} <= SENT
    assert merged[4][5:10] == own[1][5:10]


@pytest.mark.parametrize(
    "content",
    [
        b"rejected_row,rejection_reason\n5,The last name is missing\n",
        b'[{"rejected_row": 5, "rejection_reason": "The last name is missing"}]',
        book([["rejected_row", "rejection_reason"], [5, "The last name is missing"]]),
    ],
    ids=["csv", "json", "xlsx"],
)
def test_a_file_of_nothing_but_our_columns_is_answered_in_words(
    world: World, first: str, content: bytes
) -> None:
    key = f"incoming/email/leads-{first}"
    job = world.drop(key, content)

    assert world.job(job).state is JobState.REFUSED
    assert "no column for" in world.report(key, job)["message"]
