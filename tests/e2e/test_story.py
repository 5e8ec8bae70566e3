"""The whole story on the real template: what a person drops, what they get back, and what it cost.

Read from top to bottom it is the shortest description of what the product does. The tests share one
deployed stack; each looks only at its own files, and the last ones at what all of them together
left behind.
"""

import gzip
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from enrichment.domain.folder import (
    ENRICHED,
    INDEX,
    REJECTED,
    is_upload,
    job_id,
    page_key,
    progress_key,
    receipt_key,
)
from enrichment.domain.job import ENDED, Job, JobState
from enrichment.domain.receipt import Receipt
from local import stack
from local.build import BUILT
from local.stack import Stack
from local.tables import same_rows
from local.user import User
from tests.e2e.looking import cells, eventually
from tests.functional.lists import FORMATS, workbook

ROOT = Path(__file__).resolve().parents[2]
CHAT = ROOT / "docs" / "chat"
SAMPLE = ROOT / "events" / "contacts.csv"
DELETED = "incoming/email/q3/wrong.csv"
LIMIT = 90  # seconds a job of some hundred rows may take on the embedded AWS


def ended(account: User, job: str) -> Job:
    def look() -> Job | None:
        found = account.job(job)
        return found if found and found.state in ENDED else None

    return eventually(look, LIMIT)


def dropped(
    deployed: Stack, account: User, key: str, content: bytes, tmp_path: Path
) -> tuple[str, dict[str, str]]:
    """Drop a file and wait for its job to end; the job, and the texts that came back by kind."""
    job, fetched = fetched_for(deployed, account, key, content, tmp_path)
    return job, {kind: path.read_bytes().decode() for kind, path in fetched.items()}


def fetched_for(
    deployed: Stack, account: User, key: str, content: bytes, tmp_path: Path
) -> tuple[str, dict[str, Path]]:
    """Drop a file and wait for its job to end; the job, and the files that came back by kind."""
    file = tmp_path / "dropped"
    file.write_bytes(content)
    job = job_id(deployed.bucket, key, account.upload(file, key))
    ended(account, job)
    return job, account.fetch(key, job, tmp_path / "out")


def behave(deployed: Stack, **changes: object) -> None:
    httpx.put(
        deployed.provider_url.replace("/api/v2", "/behaviour"), json=changes
    ).raise_for_status()


def tokens_of(deployed: Stack, job: str) -> Counter[str]:
    """The tokens of a job's contacts that the provider took, and how often it took each."""
    requests = deployed.ledger()["requests"]
    tokens = (each["custom"]["token"] for request in requests for each in request["contacts"])
    return Counter(token for token in tokens if f".{job}." in token)


class Heard:
    """A queue that hears what the documented rule makes of events, and one that hears messages of
    jobs that are done.
    """

    def __init__(self, deployed: Stack) -> None:
        self._sqs = deployed.client("sqs")
        senders = {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}
        allowed = {"Effect": "Allow", "Principal": senders, "Action": "sqs:SendMessage"}
        policy = {"Version": "2012-10-17", "Statement": [allowed | {"Resource": "*"}]}
        self._events, self._messages = (
            self._sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})[
                "QueueUrl"
            ]
            for name in ("chat", "mail")
        )
        rules, topics = deployed.client("events"), deployed.client("sns")
        rules.put_rule(Name="chat", EventPattern=(CHAT / "rule.json").read_text())
        [target] = json.loads((CHAT / "targets.json").read_text())
        rules.put_targets(Rule="chat", Targets=[target | {"Arn": self._arn(self._events)}])
        stacks = deployed.client("cloudformation").describe_stacks(StackName="enrichment")
        outputs = {each["OutputKey"]: each for each in stacks["Stacks"][0]["Outputs"]}
        topics.subscribe(
            TopicArn=outputs["JobTopicArn"]["OutputValue"],
            Protocol="sqs",
            Endpoint=self._arn(self._messages),
            Attributes={"FilterPolicy": json.dumps({"change": ["done"]})},
        )

    def _arn(self, queue: str) -> str:
        asked = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        return str(asked["Attributes"]["QueueArn"])

    def event(self, title: str) -> dict[str, Any]:
        """What the rule made of the event with this beginning of its title."""
        return eventually(lambda: self._with(self._events, f'"{title}'), LIMIT)

    def message(self, job: str) -> dict[str, Any]:
        """The message of a job."""
        return eventually(lambda: self._with(self._messages, job), LIMIT)

    def _with(self, queue: str, text: str) -> dict[str, Any] | None:
        received = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        bodies = [each["Body"] for each in received.get("Messages", ())]
        return next((json.loads(body) for body in bodies if text in body), None)


@pytest.fixture(scope="module")
def heard(deployed: Stack) -> Heard:
    return Heard(deployed)


def test_a_file_dropped_into_the_bucket_comes_back_enriched(
    deployed: Stack, account: User, heard: Heard, tmp_path: Path
) -> None:
    job, texts = dropped(
        deployed, account, "incoming/email/contacts.csv", SAMPLE.read_bytes(), tmp_path
    )

    before, after = cells(SAMPLE.read_bytes().decode()), cells(texts[ENRICHED])
    assert [theirs[: len(mine)] for mine, theirs in zip(before, after, strict=True)] == before
    status = after[0].index("enrichment_status")
    counts = Counter(row[status] for row in after[1:])
    report = json.loads(texts[".json"])
    assert {state: rows for state, rows in report["counts"].items() if rows} == counts
    assert (counts["rejected"], counts["duplicate_of"]) == (8, 4)
    assert counts["found"] + counts["not_found"] == 236
    assert len(cells(texts[REJECTED])) == 1 + 8
    assert "contacts.csv" in texts[".html"]
    title = f"contacts.csv: {counts['found']} of 236 found"
    event, mail = heard.event(title), heard.message(job)
    assert event["content"]["title"] == mail["Subject"] == title
    assert event["content"]["description"].startswith(f"{counts['found']} of 236 contacts found.")
    assert event["metadata"] == {"threadId": job, "eventType": "done"}
    link = re.search(rf"http\S+/reports/email/contacts-{job}\.html\S+", mail["Message"])
    assert link
    assert httpx.get(link[0]).text == texts[".html"]

    sent = tokens_of(deployed, job)
    assert (len(sent), set(sent.values())) == (236, {1})


def test_phone_numbers_come_from_the_countries_asked_for(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    key = "incoming/phone/countries=FR,GB/leads + co é 100%.csv"
    lines = [f"Jane{n},Doe,https://www.linkedin.com/in/jane-{n}\r\n" for n in range(30)]

    job, texts = dropped(
        deployed,
        account,
        key,
        ("First Name,Last Name,LinkedIn URL\r\n" + "".join(lines)).encode(),
        tmp_path,
    )

    header, *rows = cells(texts[ENRICHED])
    numbers = {
        number
        for row in rows
        for number in row[header.index("enriched_phone")].split("; ")
        if number
    }
    assert {"+33", "+44"} & {number[:3] for number in numbers}  # others may come, and are charged
    assert f"enriched/phone/countries=FR,GB/leads + co é 100%-{job}.csv" in account.list_keys(
        ENRICHED
    )


def page_of(account: User, key: str) -> dict[str, Any]:
    """The data of the page that is found by a file's path."""
    found = account.read(page_key(key, ".json") or "")
    return json.loads(found) if found else {}


def test_whoever_deletes_a_file_stops_its_job(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    behave(deployed, concurrency=1, answer_seconds=3)
    key, file = DELETED, tmp_path / "wrong.csv"
    lines = [f"Jane{n},Doe,wrong{n}.example\n" for n in range(600)]
    file.write_text("First Name,Last Name,Domain\n" + "".join(lines))
    job = job_id(deployed.bucket, key, account.upload(file, key))
    eventually(lambda: page_of(account, key).get("status") == "sending", LIMIT)

    deployed.client("s3").delete_object(Bucket=deployed.bucket, Key=key)

    ended(account, job)
    behave(deployed, concurrency=5, answer_seconds=0.05)
    report = page_of(account, key)
    assert (report["job"], report["status"]) == (job, "cancelled")
    assert report["counts"]["not_sent"] > 0
    assert len(tokens_of(deployed, job)) + report["counts"]["not_sent"] <= len(lines)
    listed = (account.read(INDEX) or b"").decode()
    assert f'href="email/q3/wrong-{job}.html"' in listed


def test_personal_emails_wait_for_the_accounts_consent(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    key, file = "incoming/personal_email/leads.csv", tmp_path / "leads.csv"
    file.write_bytes(b"First Name,Last Name,LinkedIn URL\nJane,Doe,linkedin.com/in/jane\n")

    job = job_id(deployed.bucket, key, account.upload(file, key))
    eventually(lambda: page_of(account, key).get("status") == "paused", LIMIT)
    assert "has not consented" in page_of(account, key)["message"]

    behave(deployed, consent=True)
    account.operate(job, "resume")
    ended(account, job)
    report = json.loads(account.fetch(key, job, tmp_path / "out")[".json"].read_text())
    assert report["counts"]["found"] + report["counts"]["not_found"] == 1


def test_a_workbook_comes_back_as_a_workbook_by_the_columns_that_its_folder_names(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    (tmp_path / "_columns.json").write_text('{"Ansprechpartner (neu)": "full name"}')
    account.upload(tmp_path / "_columns.json", "incoming/email/q4/_columns.json")
    workbook = Workbook()
    workbook.create_sheet("Leads").append(["Leads of the fair"])
    workbook["Leads"].append(["Ansprechpartner (neu)", "Web", "Seit"])
    for n in range(30):
        workbook["Leads"].append(
            [f"Jane{n} Doe", f"https://www.firm{n}.example/", date(2026, 1, 1 + n)]
        )
    workbook.save(tmp_path / "leads.xlsx")

    _, fetched = fetched_for(
        deployed,
        account,
        "incoming/email/q4/leads.xlsx",
        (tmp_path / "leads.xlsx").read_bytes(),
        tmp_path,
    )

    report = json.loads(fetched[".json"].read_text())
    assert report["read_as"] == "Excel workbook (.xlsx), sheet “Leads”, header in row 2"
    assert report["columns"] == {"full name": "Ansprechpartner (neu)", "website": "Web"}
    assert same_rows(tmp_path / "leads.xlsx", fetched[ENRICHED], report)
    assert load_workbook(fetched[ENRICHED])["Leads"]["C3"].value == datetime(
        2026, 1, 1
    )  # Excel has no zones


def test_the_same_file_again_costs_nothing_and_so_does_an_estimate(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    dropped(deployed, account, "incoming/email/first/contacts.csv", SAMPLE.read_bytes(), tmp_path)
    requests = len(deployed.ledger()["requests"])
    again, estimate = (
        json.loads(dropped(deployed, account, key, SAMPLE.read_bytes(), tmp_path)[1][".json"])
        for key in ("incoming/email/again/contacts.csv", "estimate/phone/contacts.csv")
    )

    assert (again["status"], estimate["status"]) == ("repeated", "estimated")
    assert account.read(again["earlier"]["enriched"])
    assert account.read(estimate["rejected"])
    assert estimate["credits"]["at_most"] == 5 * 30 * estimate["counts"]["to_send"] > 0
    assert len(deployed.ledger()["requests"]) == requests


@pytest.mark.parametrize(
    "key", ["leads.csv", "somewhere/a.csv", "incoming/fax/a.csv", "incoming/email/speed=9/a.csv"]
)
def test_a_file_in_the_wrong_place_gets_a_report_and_nothing_is_sent(
    deployed: Stack, account: User, tmp_path: Path, key: str
) -> None:
    requests = len(deployed.ledger()["requests"])

    _, texts = dropped(deployed, account, key, SAMPLE.read_bytes(), tmp_path)

    assert json.loads(texts[".json"])["status"] == "refused"
    assert "This file was not processed" in texts[".html"]
    assert len(deployed.ledger()["requests"]) == requests


def versions(deployed: Stack, folder: str = "") -> list[dict[str, Any]]:
    listing = deployed.client("s3").get_paginator("list_object_versions")
    pages = listing.paginate(Bucket=deployed.bucket, Prefix=folder)
    return [version for page in pages for version in page.get("Versions", [])]


def holding(deployed: Stack, word: str) -> list[str]:
    """What holds a word, found without the product's help: versions of objects, in whatever they
    are packed, and items of the table.
    """
    s3, found = deployed.client("s3"), []
    for version in versions(deployed):
        wanted = {"Key": version["Key"], "VersionId": version["VersionId"]}
        content = s3.get_object(Bucket=deployed.bucket, **wanted)["Body"].read()
        if any(word in part.replace(b"\0", b"").decode("latin-1") for part in parts_of(content)):
            found.append(version["Key"])
    table = deployed.client("dynamodb").get_paginator("scan").paginate(TableName=deployed.table)
    items = (item for page in table for item in page["Items"])
    return found + [item["pk"]["S"] for item in items if word in json.dumps(item)]


def parts_of(content: bytes) -> list[bytes]:
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            return [archive.read(name) for name in archive.namelist()]
    return [gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content]


def test_a_person_is_erased_from_files_of_ten_formats_and_a_receipt_proves_it(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    files = {name: make() for name, make in FORMATS.items()} | {"leads.xlsx": workbook()}
    assert len(files) == 10
    for name, content in files.items():
        key = f"incoming/email/force=true/erased/{name}"
        _, fetched = fetched_for(deployed, account, key, content, tmp_path)
        assert ENRICHED in fetched, name
    assert len(holding(deployed, "company2.example")) > 2 * len(files)

    people = tmp_path / "people.csv"
    people.write_text("First Name,Last Name,Domain\nJane2,Doé,company2.example\n")
    key = "erase/people.csv"
    erasure = job_id(deployed.bucket, key, account.upload(people, key))
    text = eventually(lambda: account.read(receipt_key(erasure, ".json")), LIMIT)
    gone_last = ("erase/", progress_key(erasure))
    eventually(lambda: not any(versions(deployed, folder) for folder in gone_last), LIMIT)

    receipt = Receipt.model_validate_json(text)
    assert (receipt.complete, receipt.adds_up, receipt.found_again) == (True, True, 0)
    assert {each.key for each in receipt.objects} >= {
        f"incoming/email/force=true/erased/{name}" for name in files
    }
    assert holding(deployed, "company2.example") == []
    assert len(holding(deployed, "company3.example")) > 2 * len(files)


def next_version(folder: Path) -> Path:
    """The template of a build that has another module in the layer that all functions share."""
    copy = folder / "next"
    shutil.copytree(BUILT, copy, copy_function=os.link)
    (copy / "CoreLayer" / "python" / "enrichment" / "of_the_next_version.py").touch()
    return copy / "template.yaml"


def configurations(deployed: Stack) -> list[dict[str, Any]]:
    functions = deployed.client("lambda")
    names = deployed.functions.values()
    return [functions.get_function_configuration(FunctionName=name) for name in names]


@contextmanager
def results_wait(deployed: Stack) -> Iterator[None]:
    """Results stay in the queue of the door."""
    functions, name = deployed.client("lambda"), deployed.functions["webhook"]
    [mapping] = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    yield
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def test_a_deploy_in_the_middle_of_a_job_costs_no_row_and_no_credit(
    deployed: Stack, account: User, tmp_path: Path
) -> None:
    behave(deployed, concurrency=1, answer_seconds=6)  # so that requests are under way
    key, file = "incoming/email/upgraded.csv", tmp_path / "upgraded.csv"
    lines = [f"Jane{n},Doe,upgraded{n}.example\n" for n in range(200)]
    file.write_text("First Name,Last Name,Domain\n" + "".join(lines))
    job = job_id(deployed.bucket, key, account.upload(file, key))
    eventually(lambda: (now := account.progress(job)) and now.batches == 2, LIMIT)
    before, log = configurations(deployed), tmp_path / "deploy.log"

    with results_wait(deployed):
        stack.redeploy(deployed, next_version(tmp_path), {"RETENTION_DAYS": "91"}, log)
        progress = account.progress(job)
        assert progress
        assert (progress.state, progress.results) == (JobState.RUNNING, 0)

    for old, new in zip(before, configurations(deployed), strict=True):
        assert new["Environment"]["Variables"]["RETENTION_DAYS"] == "91"
        assert new["Layers"] != old["Layers"]
    ended(account, job)
    behave(deployed, concurrency=5, answer_seconds=0.05)
    output = account.fetch(key, job, tmp_path / "out")[ENRICHED].read_text()
    header, *rows = cells(output)
    assert [row[:3] for row in rows] == [line.strip().split(",") for line in lines]
    assert {row[header.index("enrichment_status")] for row in rows} == {"found", "not_found"}
    sent = tokens_of(deployed, job)
    assert (len(sent), set(sent.values())) == (len(lines), {1})


def test_results_were_all_acknowledged_and_no_queue_of_failures_holds_anything(
    deployed: Stack,
) -> None:
    statuses = Counter(webhook["status"] for webhook in deployed.ledger()["webhooks"])
    assert set(statuses) == {200}
    sqs = deployed.client("sqs")
    for name, url in deployed.queues.items():
        waiting = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        assert waiting["ApproximateNumberOfMessages"] == "0", name


def test_what_the_pipeline_wrote_started_no_job(deployed: Stack, account: User) -> None:
    uploads = [key for key in account.list_keys() if is_upload(key)]
    pages = deployed.client("dynamodb").get_paginator("scan").paginate(TableName=deployed.table)
    jobs = [item for page in pages for item in page["Items"] if item["sk"]["S"] == "JOB"]
    assert {job["key"]["S"] for job in jobs} == {*uploads, DELETED}
    assert all(job["state"]["S"] in ENDED for job in jobs)
