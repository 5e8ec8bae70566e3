"""A query past botocore's layers is answered as its client is, and whatever is wrong is left to
that.
"""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast
from zlib import crc32

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from moto import mock_aws

from enrichment.adapters.queries import Queries
from enrichment.store.table import Table
from tests.functional.accounts import table_of_the_template

ASKED = {
    "TableName": "table",
    "ConsistentRead": True,
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "RESULT#é#000001"}},
}
AT_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
Listener = Callable[..., AWSResponse | None]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with mock_aws():
        client = boto3.client("dynamodb", "eu-west-3", config=AT_ONCE)
        yield client


@pytest.fixture
def queries(client: Any) -> Queries:
    """Of a client that has called somebody already."""
    queries = Queries(client)
    client.create_table(TableName="table", **table_of_the_template())
    return queries


def heard(client: Any, listener: Listener) -> None:
    client.meta.events.register_first("before-send.dynamodb.Query", listener)


def text(request: AWSPreparedRequest, header: str) -> str:
    value = request.headers[header]
    return value.decode() if isinstance(value, bytes) else value


def test_it_is_answered_as_the_client_is(client: Any, queries: Queries) -> None:
    table = Table(client, "table", 90, lambda: 1)
    for row in range(2):
        table.put(
            {"pk": "RESULT#é#000001", "sk": f"ROW#{row}", "payload": '{"email":"ö@acme.com"}'}
        )

    answer = queries.ask(ASKED)

    assert answer
    assert json.loads(answer)["Items"] == client.query(**ASKED)["Items"] != []


def test_it_is_sent_and_signed_as_the_client_does(client: Any, queries: Queries) -> None:
    sent: list[AWSPreparedRequest] = []
    heard(client, lambda request, **_: sent.append(request))
    client.query(**ASKED)
    queries.ask(ASKED)

    usual, brief = sent
    assert (usual.method, usual.url) == (brief.method, brief.url)
    assert [json.loads(cast(bytes, each.body)) for each in sent] == [ASKED, ASKED]
    for name in ("X-Amz-Target", "Content-Type"):
        assert text(usual, name) == text(brief, name)
    who, what = (text(each, "Authorization").split(", ")[:2] for each in sent)
    assert who[0] == what[0]  # key, day, region and service
    assert set(what[1].partition("=")[2].split(";")) >= {"host", "x-amz-date", "x-amz-target"}


class Raw:
    """What urllib3 has of an answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def answers(status: int, body: bytes, checksum: int) -> Listener:
    headers = HTTPHeaders()
    headers["x-amz-crc32"] = str(checksum)
    return lambda request, **_: AWSResponse(request.url, status, headers, Raw(body))


def breaks(request: AWSPreparedRequest, **_: object) -> None:
    raise ConnectionClosedError(endpoint_url=request.url)


def test_an_answer_that_is_whole_is_taken(client: Any, queries: Queries) -> None:
    heard(client, answers(200, b"{}", crc32(b"{}")))
    assert queries.ask(ASKED) == b"{}"


@pytest.mark.parametrize(
    "listener",
    [answers(400, b"{}", crc32(b"{}")), answers(200, b"{]", crc32(b"{}")), breaks],
    ids=["refused", "harmed", "broken"],
)
def test_what_fails_is_left_to_the_client(
    client: Any, queries: Queries, listener: Listener
) -> None:
    heard(client, listener)
    assert queries.ask(ASKED) is None


def test_a_table_that_is_gone_is_left_to_the_client(client: Any, queries: Queries) -> None:
    client.delete_table(TableName="table")
    assert queries.ask(ASKED) is None


def test_who_has_no_keys_is_told_by_the_client(
    client: Any, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client._request_signer, "_credentials", None)
    assert queries.ask(ASKED) is None


def test_a_client_that_knows_no_address_is_asked_itself(client: Any) -> None:
    assert Queries(client).ask(ASKED) is None


class Server(BaseHTTPRequestHandler):
    """Answers with what it was asked, and by whom."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {"headers": dict(self.headers), "asked": json.loads(asked), "from": id(self)}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


def test_a_function_is_answered_by_a_server_over_one_connection() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    client: Any = boto3.client(
        "dynamodb",
        "eu-west-3",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        aws_access_key_id="function",
        aws_secret_access_key="its key",
        aws_session_token="its token",
        config=AT_ONCE,
    )
    queries = Queries(client)
    client.query(**ASKED)  # so that its address is known
    first, second = (json.loads(queries.ask(ASKED) or b"{}") for _ in range(2))
    server.shutdown()
    server.server_close()

    assert first["asked"] == ASKED
    assert first["headers"]["X-Amz-Security-Token"] == "its token"
    assert "x-amz-security-token" in first["headers"]["Authorization"]
    assert first["from"] == second["from"]
    queries._url = "http://localhost:1/"
    assert queries.ask(ASKED) is None, "nobody is there"
