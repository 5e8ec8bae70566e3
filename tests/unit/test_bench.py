"""What `make bench` measures does what it says; how fast it is, no test says."""

import csv
from pathlib import Path

import pydantic
import pytest

from bench import fairness, idle, informing, passing, sending, starting, sustained
from bench.account import KEY, Account
from bench.answered import Answered, Untold, prepare
from bench.one import measured
from bench.people import MANY_COPIES, NO_EMAILS, ONE_NAME, TWO_NAMES, WORKBOOK, Kind, write
from bench.subjects import SUBJECTS
from bench.watching import counted
from checks.transform import ROOT

ROWS = 6_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Path]:
    folder = tmp_path_factory.mktemp("bench")
    kinds = enumerate((TWO_NAMES, ONE_NAME, NO_EMAILS, WORKBOOK))
    files = {kind: folder / f"{number}{kind.suffix}" for number, kind in kinds}
    for kind, path in files.items():
        write(path, ROWS, kind)
    return files


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_goes_over_all_rows(files: dict[Kind, Path], name: str) -> None:
    found = measured(name, files[SUBJECTS[name].kind])
    assert found["rows"] == ROWS
    assert found["seconds"] > 0


def test_the_people_are_like_those_of_real_files(files: dict[Kind, Path]) -> None:
    with files[TWO_NAMES].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {len(row) for row in rows} == {10}
    companies = {row["Company"] for row in rows}
    assert 20 < ROWS / len(companies) < 60
    abroad = sum(not (row["First Name"] + row["Last Name"]).isascii() for row in rows)
    assert 0.05 < abroad / ROWS < 0.15
    copies = ROWS - len({tuple(row.values()) for row in rows})
    assert 0.01 < copies / ROWS < 0.03


def test_a_split_asks_its_stores_as_seldom_as_they_allow(
    files: dict[Kind, Path],
) -> None:
    account = Account(files[TWO_NAMES])
    job = account.pipeline().split.run(KEY, "1", files[TWO_NAMES].stat().st_size)

    assert job
    batches = -(-account.contacts // 100)
    assert account.calls == {
        "put_item": 1,  # the job
        "head_object": 1,  # whether somebody uploaded it, and no erasure wrote it
        "list_object_versions": 1,  # whether it was deleted
        # The upload; a mapping, limits and who is told in either of its folders; its pages.
        "get_object": 11,
        "get_item": 2,  # the content; the job, in case that no row is sent
        "put_object": 5,  # the plan, of one part; its page and data, and those of its path
        "transact_write_items": -(-batches // 100) + 1,  # the batches; the step to RUNNING
        "send_message_batch": 1,  # a batch of each lane
    }


@pytest.mark.parametrize("kind", [NO_EMAILS, MANY_COPIES], ids=["few copies", "many copies"])
def test_a_compilation_reads_each_batch_once(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    write(path, ROWS, kind)
    prepare(path)
    account = Answered(path)
    pipeline = account.pipeline()
    pipeline.metrics = Untold("bench")
    report = pipeline.compile.run(account.job)

    assert report
    assert report.credits
    contacts = report.credits.contacts_sent
    assert contacts > 0.8 * ROWS
    batches = -(-contacts // 100)
    assert account.calls["Query of results"] == batches
    assert account.reads <= 7 * batches


@pytest.mark.parametrize("rows", [100, 2_000])
def test_what_a_job_tells_hardly_grows_with_its_rows(rows: int) -> None:
    found = counted(rows)
    sweeps, outputs, released = 60, 1, rows // 2_000
    assert found["contacts"] == rows
    assert 0 < found["lines"] <= sweeps + outputs + released
    assert 0 < found["bytes"] < 500 * found["lines"] + 1_000
    assert 0 < found["usd"] < 0.01
    assert 0 < found["usd_a_month_at_rest"] < 1


def test_showing_progress_costs_as_many_calls_as_there_are_pages() -> None:
    calls = informing.counted(300)["calls"]
    looks = calls["runs"] - 1  # the last finds the answer
    assert calls["put_object"] <= 5 * calls["runs"]
    assert calls["get_object"] <= 6 * calls["runs"]
    assert looks > 200


def test_a_job_uses_more_of_the_requests_than_one_batch_a_run_could() -> None:
    latency, beside, balance = 0.3, 0.13, 0.3  # seconds, of which the last is once a job
    batches = 40
    ideal = batches / sending.SLOTS * latency
    one_each = ideal / (balance + batches / sending.SLOTS * (latency + beside))
    assert one_each + 0.15 < sending.Job(batches).used(latency) <= 1


def test_a_small_file_waits_less_than_a_minute_behind_a_large_one_and_before_it_did_not() -> None:
    found = fairness.counted()
    assert max(found["lanes"]["one"]) < 15
    assert min(found["one queue, a message a batch"]["one"]) > 600
    assert min(found["lanes"]["used"]) > 0.95


def test_what_a_contact_passes_is_as_little_as_was_to_be_reached() -> None:
    number = 1_000
    found, goals = passing.contact(number, 1), passing.GOALS
    assert 1 / 25 < found["invocations"] <= goals["invocations"]
    assert passing.door_line() < found["log_bytes"] <= goals["log_bytes"]
    processes = 5 + 2 + 1  # of `submit`, `webhook` and `compile`
    assert 0 < found["secrets"] * number <= processes
    assert found["messages"] == 1 + 1 / 100
    usd = found["usd"]
    assert usd.keys() > passing.FLOOR.keys()
    for name in passing.FLOOR:
        assert usd[name] == pytest.approx(passing.FLOOR[name] * 1_000_000)
    assert sum(usd.values()) < 2.5 * sum(passing.FLOOR.values()) * 1_000_000


def test_a_stack_at_rest_costs_the_same_with_a_million_files_as_with_a_hundred_thousand() -> None:
    few, many, most = (idle.month(files, 60) for files in (0, 100_000, 1_000_000))
    assert few["listings"] == 2 * 3  # folders
    assert many["listings"] == most["listings"] == 60 // 3
    assert sum(most["usd"].values()) <= idle.GOAL
    alarms, *_ = idle.standing()
    assert alarms.endswith("alarms")


def test_tally_counts_every_result_in_few_runs() -> None:
    found = sustained.kept_up(500, 1_500, 1)
    assert found["results"] == 1_500
    assert 1 <= found["runs"] <= 3
    assert 0 < found["busy"] <= 1
    assert found["waited"] > 0


def test_a_fresh_process_makes_its_clients_and_takes_results() -> None:
    packages = Path(pydantic.__file__).parents[1]
    path = [ROOT / "functions" / "webhook", ROOT / "layers" / "core", packages]
    with starting.account() as url:
        task = {"function": "webhook", "path": list(map(str, path))}
        ours = starting.run(task, starting.events(), url)
        floor = starting.run({"clients": ["dynamodb"], "path": [str(packages)]}, [], url)
    assert {"dynamodb", "secrets"} <= set(ours["made"])
    assert floor["made"] == ["dynamodb"]
    assert min(ours["begin"], ours["first"], ours["later"], floor["begin"]) > 0
