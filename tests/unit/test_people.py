"""The policies for people that the template makes, and those that the documentation shows."""

import json
import re
from typing import Any

import pytest

from enrichment.domain.folder import request_of
from tests.iam.policies import Policies, Request, Statement
from tests.iam.stack import Stack
from tests.unit.transformed import ROOT

FOLDER = "email/team"
STACK = Stack(UploadFolder=FOLDER)
UPLOADER, READER = STACK.managed("UploaderPolicy"), STACK.managed("ReaderPolicy")
OPERATOR, ADMIN = STACK.managed("OperatorPolicy"), STACK.managed("AdminPolicy")

OWN = (f"incoming/{FOLDER}/q3/leads.csv", f"estimate/{FOLDER}/leads.csv")
OWN_ANSWERS = (
    f"enriched/{FOLDER}/leads-abc.csv",
    f"rejected/{FOLDER}/leads-abc.csv",
    f"rejected/estimate/{FOLDER}/leads-abc.csv",
    f"reports/{FOLDER}/leads-abc.html",
    f"reports/estimate/{FOLDER}/leads-abc.html",
)
OTHERS = (
    "incoming/email/teamwork/leads.csv",
    "incoming/phone/leads.csv",
    "incoming/email/leads.csv",
)
OTHERS_ANSWERS = tuple(
    answer.replace(FOLDER, "email/others") for answer in (*OWN_ANSWERS, "reports/statements/1.csv")
)
INTERNAL = "work/jobs/abc/plan-1.jsonl"
# A file of a team's own folder by what the documentation withholds.
WITHHELD = {
    "NoColumns": f"incoming/{FOLDER}/_columns.json",
    "NoLimits": f"incoming/{FOLDER}/_limits.json",
    "NoForce": f"incoming/{FOLDER}/force=true/leads.csv",
    "NoRefresh": f"incoming/{FOLDER}/q3/refresh=true/leads.csv",
    "NoErasing": "erase/leads.csv",
}


def allowed(policies: Policies, action: str, key: str) -> bool:
    return policies.allow(Request(f"s3:{action}", f"arn:aws:s3:::data/{key}"))


def listed(policies: Policies, prefix: str | None) -> bool:
    context = {} if prefix is None else {"s3:prefix": (prefix,)}
    return policies.allow(Request("s3:ListBucket", "arn:aws:s3:::data", context))


def withholding() -> dict[str, Statement]:
    """The statements that the documentation shows, by their names."""
    page = (ROOT / "docs" / "security.md").read_text()
    [policy] = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown: list[dict[str, Any]] = json.loads(policy.replace("BUCKET", "data"))["Statement"]
    return {each["Sid"]: Statement.read(each) for each in shown}


@pytest.mark.parametrize("key", OWN)
def test_an_uploader_drops_files_into_one_folder_and_reads_them(key: str) -> None:
    assert allowed(UPLOADER, "PutObject", key)
    assert allowed(UPLOADER, "GetObject", key)
    assert not allowed(UPLOADER, "DeleteObject", key)


@pytest.mark.parametrize("key", OWN_ANSWERS)
def test_an_uploader_reads_and_lists_the_answers_and_writes_none(key: str) -> None:
    assert allowed(UPLOADER, "GetObject", key)
    assert listed(UPLOADER, key.rpartition("/")[0] + "/")
    assert not allowed(UPLOADER, "PutObject", key)


@pytest.mark.parametrize("key", [*OTHERS, *OTHERS_ANSWERS, INTERNAL])
def test_an_uploader_neither_sees_nor_touches_what_is_others(key: str) -> None:
    for action in ("GetObject", "GetObjectVersion", "PutObject", "DeleteObject"):
        assert not allowed(UPLOADER, action, key)


@pytest.mark.parametrize("prefix", [None, "", "incoming/", "incoming/email/", "reports/", "work/"])
def test_an_uploader_lists_no_other_folder(prefix: str | None) -> None:
    assert not listed(UPLOADER, prefix)


def test_an_uploader_raises_no_budget() -> None:
    assert not allowed(UPLOADER, "PutObject", f"incoming/{FOLDER}/_limits.json")
    assert allowed(UPLOADER, "PutObject", f"incoming/{FOLDER}/_notify.json")


def test_without_a_folder_there_is_no_uploader() -> None:
    assert STACK.holds("HasUploadFolder")
    assert not Stack().holds("HasUploadFolder")


@pytest.mark.parametrize("key", [*OWN_ANSWERS, *OTHERS_ANSWERS])
def test_a_reader_reads_every_answer_and_writes_nothing(key: str) -> None:
    assert allowed(READER, "GetObject", key)
    assert not allowed(READER, "PutObject", key)


@pytest.mark.parametrize("key", [*OWN, INTERNAL])
def test_a_reader_reads_no_upload(key: str) -> None:
    assert not allowed(READER, "GetObject", key)
    assert not listed(READER, key)


def test_an_operator_operates_and_looks() -> None:
    here = "us-east-1:111122223333"
    functions = f"arn:aws:lambda:{here}:function"
    for action, resource in (
        ("lambda:InvokeFunction", f"{functions}:{STACK.name_of('operate')}"),
        ("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{here}:alarm:enrichment-Paused-1"),
        ("logs:FilterLogEvents", f"arn:aws:logs:{here}:log-group:/enrichment/enrichment:*"),
    ):
        assert OPERATOR.allow(Request(action, resource))
    assert allowed(OPERATOR, "GetObject", OWN_ANSWERS[-1])
    for other in ("submit", "erase"):
        start = Request("lambda:InvokeFunction", f"{functions}:{STACK.name_of(other)}")
        assert not OPERATOR.allow(start)
    for key in (*OWN, *OWN_ANSWERS, INTERNAL):
        assert not allowed(OPERATOR, "PutObject", key)


@pytest.mark.parametrize("key", [*OWN, *OTHERS, *WITHHELD.values()])
def test_an_administrator_decides_what_folders_may_do(key: str) -> None:
    assert allowed(ADMIN, "PutObject", key)


def test_an_administrator_replaces_secrets_without_reading_them_and_writes_no_answer() -> None:
    secret = STACK.resolved({"Ref": "SigningKey"})
    assert ADMIN.allow(Request("secretsmanager:PutSecretValue", secret))
    assert not ADMIN.allow(Request("secretsmanager:GetSecretValue", secret))
    for key in (*OWN_ANSWERS, INTERNAL):
        assert not allowed(ADMIN, "PutObject", key)


def test_the_documentation_withholds_each_thing_by_itself() -> None:
    shown = withholding()
    assert shown.keys() == WITHHELD.keys()
    for name, statement in shown.items():
        less = Policies((*ADMIN.statements, statement))
        refused = {each for each, key in WITHHELD.items() if not allowed(less, "PutObject", key)}
        assert refused == {name}
        assert all(allowed(less, "PutObject", key) for key in (*OWN, *OTHERS))


def test_what_is_withheld_is_what_the_folders_mean() -> None:
    assert request_of(WITHHELD["NoForce"]).force
    assert request_of(WITHHELD["NoRefresh"]).refresh
