"""Messages that are given back to their queue."""

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from checks.transform import source
from enrichment import pipeline
from enrichment.adapters.queue import SubmitQueue

ROOT = Path(__file__).resolve().parents[3]


class Client:
    """Notes what is asked of it, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._error = error

    def change_message_visibility(self, **parameters: Any) -> None:
        self.asked.append(parameters)
        if self._error:
            raise self._error


def queue(client: Any) -> SubmitQueue:
    return SubmitQueue(client, "https://queue.test")


def test_a_message_is_given_back_by_its_receipt() -> None:
    client = Client()
    queue(client).give_back("receipt", 30)
    assert client.asked == [
        {"QueueUrl": "https://queue.test", "ReceiptHandle": "receipt", "VisibilityTimeout": 30}
    ]


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "ChangeMessageVisibility"),
        EndpointConnectionError(endpoint_url="https://queue.test"),
    ],
)
def test_one_that_cannot_be_given_back_hides_no_other_error(error: Exception) -> None:
    client = Client(error)
    queue(client).give_back("receipt", 30)
    assert len(client.asked) == 1


def test_the_submitter_may_give_messages_back() -> None:
    template = source()
    policies = template["Resources"]["SubmitRole"]["Properties"]["Policies"]
    statements = policies[0]["PolicyDocument"]["Statement"]
    assert any("sqs:ChangeMessageVisibility" in statement["Action"] for statement in statements)


def test_the_handler_tells_which_message_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[Any, ...]] = []
    submit = SimpleNamespace(run=lambda *arguments: ran.append(arguments))
    monkeypatch.setattr(pipeline, "deployed", lambda: SimpleNamespace(submit=submit))
    monkeypatch.syspath_prepend(str(ROOT / "functions" / "submit"))
    monkeypatch.delitem(sys.modules, "handler", raising=False)
    module = importlib.import_module("handler")
    monkeypatch.delitem(sys.modules, "handler")
    event = json.loads((ROOT / "events" / "submit.json").read_text())
    message = json.loads(event["Records"][0]["body"])
    context = SimpleNamespace(
        function_name="submit",
        memory_limit_in_mb=128,
        invoked_function_arn="arn",
        aws_request_id="request",
    )

    module.handler(event, context)
    assert ran == [(message["job"], message["batch"], "MessageReceiptHandle")]
