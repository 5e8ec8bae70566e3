"""Real crashes: function processes are killed while jobs run and the provider misbehaves; then
every row is checked.

The fixtures tell what happens, in this order, on a stack of this module's own; the tests look at
what it left behind:

    calm       several small jobs at once; nobody is killed and the provider behaves
    aftermath  some hundred rows, the provider's faults, and processes that die: while files are
               split, in the middle of requests to the provider, one by one at random, once all at
               the same time, and once while the outputs are being written
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from enrichment.domain.folder import ENRICHED, REJECTED
from enrichment.domain.job import WRITTEN
from local import stack
from local.provider import contract
from local.provider.behaviour import Behaviour, Faults
from tests.e2e.aftermath import Aftermath
from tests.e2e.crew import DEADLINE, FAMILY, HIDDEN, SLACK, Crew, Upload, contacts_file
from tests.e2e.looking import cells, eventually

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds the functions' processes in /proc"
)

CONCURRENCY = 2
SETTINGS = {
    "DEADLINE_MINUTES": str(DEADLINE // 60),
    "CONCURRENCY": str(CONCURRENCY),  # fewer than the stand-in would serve at a time
    "STANDIN_ANSWER_SECONDS": "0.7",  # long enough to die in
    "STANDIN_RESULT_SECONDS": "1",
    # The first requests after the calm ones get a 429, a 500 before and one after the batch was
    # taken; the next get none.
    "STANDIN_SEED": "2405",
}
# Late webhooks come when the jobs have ended or are about to. Every batch of 100 has some, so no
# job is complete before.
FAULTS = Faults(
    throttled=0.15,
    broken_before=0.1,
    broken_after=0.2,
    webhook_twice=0.1,
    webhook_late=0.1,
    late_seconds=57,
    webhook_missing=0.03,
)
CALM_JOBS, CALM_ROWS = 4, 2
CRASH_JOBS, CRASH_ROWS = 3, 150


@dataclass(frozen=True)
class Calm:
    """The small jobs, and the ledger when the last of their requests had been served."""

    uploads: list[Upload]
    ledger: dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crashes")


@pytest.fixture(scope="module")
def crew(folder: Path) -> Iterator[Crew]:
    started = stack.start(print, SETTINGS, folder / "stack")
    crew = Crew(started)
    crew.hide_results(HIDDEN)
    yield crew
    stack.stop(started)


@pytest.fixture(scope="module")
def calm(crew: Crew, folder: Path) -> Calm:
    uploads = [
        crew.drop(f"calm-{n}", contacts_file(f"calm{n}", CALM_ROWS), folder)
        for n in range(CALM_JOBS)
    ]
    return Calm(uploads, eventually(lambda: crew.ledger(CALM_JOBS), 60))


@pytest.fixture(scope="module")
def aftermath(crew: Crew, calm: Calm, folder: Path) -> Aftermath:
    crew.misbehave(FAULTS)
    uploads = [
        crew.drop(f"crash-{n}", contacts_file(f"crash{n}", CRASH_ROWS), folder)
        for n in range(CRASH_JOBS)
    ]
    everything = [*calm.uploads, *uploads]
    crew.kill(calm.uploads, uploads)

    crew.end_overdue_jobs(everything)
    first = {job.id: job for job in eventually(lambda: crew.all_ended(everything), SLACK)}
    eventually(lambda: crew.stack.ledger()["pending"] == 0, 60)
    eventually(crew.results_are_stored, 3 * HIDDEN, pause=1)
    amended = crew.amend(everything)

    texts = {}
    for upload in everything:
        fetched = crew.account.fetch(upload.key, upload.job, folder)
        texts[upload.job] = {kind: path.read_bytes().decode() for kind, path in fetched.items()}
    log = folder / "stack" / "aws.log"
    return Aftermath(crew, everything, first, amended, crew.stack.ledger(), texts, log)


def test_no_more_requests_than_the_parameter_are_at_the_provider_at_once(calm: Calm) -> None:
    # Seen while nobody was killed: the request of a submitter that died is still being served when
    # the next one sends.
    assert len(calm.ledger["requests"]) == CALM_JOBS > CONCURRENCY
    assert (calm.ledger["most_at_a_time"], calm.ledger["most_waiting"]) == (CONCURRENCY, 0)


def test_it_went_as_wrong_as_it_was_meant_to(aftermath: Aftermath) -> None:
    # Without this, the other tests might prove nothing.
    assert {function for function, times in aftermath.crew.processes.killed.items() if times} >= {
        "split",
        "submit",
        "webhook",
        "tally",
        "compile",
    }
    assert aftermath.ledger["answers"].keys() >= {
        "POST bulk_enrich 202",
        "POST bulk_enrich 429",
        "POST bulk_enrich 500",
    }
    # The door has no function that could die: whatever was posted was accepted.
    assert {status for row in aftermath.each_row for status in row.statuses} == {200}
    assert aftermath.amended, "no result came after the output"
    states = {row.status for row in aftermath.each_row}
    assert states >= {"found", "not_found", "timed_out", "ambiguous", "rejected", "duplicate_of"}


def test_every_row_comes_back_once_in_its_place_with_its_cells(aftermath: Aftermath) -> None:
    for upload in aftermath.uploads:
        header, *output = cells(aftermath.texts[upload.job][ENRICHED])
        width = len(upload.rows[0])
        assert [row[:width] for row in [header, *output]] == upload.rows


def test_every_row_is_in_one_state_and_the_reports_count_them(aftermath: Aftermath) -> None:
    for upload in aftermath.uploads:
        rows, report = aftermath.rows[upload.job], aftermath.report(upload)
        counts = Counter(row.status for row in rows)
        assert report["status"] == "done"
        assert report["rows"] == len(rows) == len(upload.rows) - 1
        assert {state: count for state, count in report["counts"].items() if count} == counts
        unsent = [row.given for row in rows if row.status in ("rejected", "not_sent")]
        returned = cells(aftermath.texts[upload.job].get(REJECTED, ""))[1:]
        assert [row[: len(upload.rows[0])] for row in returned] == unsent


def test_no_contact_is_paid_for_twice(aftermath: Aftermath) -> None:
    tokens = Counter(
        contact["custom"]["token"]
        for request in aftermath.ledger["requests"]
        for contact in request["contacts"]
    )
    assert set(tokens.values()) == {1}
    assert [row for row in aftermath.each_row if len(row.taken) > 1] == []
    assert sum(len(row.taken) for row in aftermath.each_row) == aftermath.ledger["contacts"]


def test_the_reports_tell_what_the_ledger_charged(aftermath: Aftermath) -> None:
    for upload in aftermath.uploads:
        charged = sum(row.credits for row in aftermath.rows[upload.job])
        told = aftermath.report(upload)["credits"]
        assert told["settled"] <= charged <= told["settled"] + told["possibly_charged"]


def test_every_result_that_was_taken_in_is_in_the_output(aftermath: Aftermath) -> None:
    assert [
        row
        for row in aftermath.each_row
        if row.delivered and row.status not in ("found", "not_found")
    ] == []
    for row in aftermath.each_row:
        if row.status in ("found", "not_found"):
            assert row.statuses, row
            [contact] = row.taken
            found = contract.findings(contact, "email", Behaviour().find_rate, frozenset())["email"]
            assert (row.status, row.values["enriched_email"]) == (
                ("found", found) if found else ("not_found", "")
            ), row
            assert contact["firstname"] == row.given[1], row


def test_rows_without_a_result_are_what_the_ledger_says(aftermath: Aftermath) -> None:
    # What is ambiguous may have been charged or not; that nobody can tell is what it says.
    missing = [
        row for row in aftermath.each_row if row.status in ("timed_out", "ambiguous", "not_sent")
    ]
    assert [row for row in missing if row.delivered or row.kind == "rejected"] == []
    assert [row for row in missing if row.status == "timed_out" and not row.taken] == []
    assert [row for row in missing if row.status == "not_sent" and row.taken] == []


def test_rejected_rows_and_duplicates_are_never_sent(aftermath: Aftermath) -> None:
    for rows in aftermath.rows.values():
        for before, row in pairwise(rows):
            if row.kind == "valid":
                continue
            # A copy of a row that was not sent was not sent either.
            as_first = row.kind == "duplicate_of" and before.status == "not_sent"
            assert (row.status, row.taken) == ("not_sent" if as_first else row.kind, []), row
            if row.kind == "duplicate_of":
                assert row.values["enriched_email"] == before.values["enriched_email"], row


def test_every_job_ended_by_its_deadline(aftermath: Aftermath) -> None:
    assert {job.state for job in aftermath.first.values()} <= WRITTEN
    late = [
        job.id
        for job in aftermath.first.values()
        if (job.finished_at or 0) > job.deadline_at + SLACK
    ]
    assert late == []


def test_neither_queues_nor_logs_hold_anybodys_data(aftermath: Aftermath) -> None:
    # The embedded AWS tells of all messages, those included that are hidden for now.
    messages = (
        httpx.get(f"{aftermath.crew.stack.endpoint_url}/_ministack/sqs/messages")
        .raise_for_status()
        .text
    )
    assert aftermath.crew.stack.queues["submit"].rpartition("/")[2] in messages
    assert FAMILY.casefold() not in messages.casefold()
    assert FAMILY.casefold() not in aftermath.log.read_text().casefold()
