"""Real sockets: however the provider's host misbehaves, one POST is one request, and what it may
have cost is known.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat

import httpx
import pytest

from enrichment.adapters.provider import Pronto
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.job import Halt
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear

HOOK = "https://hooks.example/webhook"
TWO = [
    (Contact(firstname=name, lastname="Doe", domain="acme.com"), f"token of {name}")
    for name in ("Jane", "John")
]
IMPATIENT = 0.5  # seconds without a byte after which the hasty client gives up
BROKE = "the connection broke before the answer was complete"

Answer = Callable[[socket.socket], None]


class Hasty(httpx.HTTPTransport):
    """The real transport with shorter patience between two bytes."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = request.extensions["timeout"] | {"read": IMPATIENT}
        return super().handle_request(request)


class Host:
    """A listening socket of the loopback; whoever connects has its requests read and gets what
    `answer` does.
    """

    def __init__(self, answer: Answer) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                self._threads.append(
                    threading.Thread(target=self._serve, args=(connection,), daemon=True)
                )
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client has gone
            connection.settimeout(20)
            while request := read_request(connection):
                self.requests.append(request)
                self._answer(connection)


def read_request(connection: socket.socket) -> bytes:
    """One request, or what came instead of one; empty when the client closed the connection."""
    text = b""
    while b"\r\n\r\n" not in text:
        chunk = connection.recv(65_536)
        if not chunk or text.startswith(b"\x16"):  # nothing more, or a TLS handshake
            return text + chunk
        text += chunk
        if text.startswith(b"\x16"):
            return text
    head, _, body = text.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1]
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextmanager
def host(answer: Answer) -> Iterator[Host]:
    listening = Host(answer)
    try:
        yield listening
    finally:
        listening.close()


def enrich(port: int, scheme: str = "http", client: httpx.Client | None = None) -> Submission:
    base = f"{scheme}://127.0.0.1:{port}/api/v2"
    if client:
        return Pronto(client, base).enrich(TWO, EnrichmentType.EMAIL, (), HOOK, "a key")
    with httpx.Client(transport=Hasty()) as fresh:
        return enrich(port, scheme, fresh)


def response(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def says(text: bytes) -> Answer:
    return lambda connection: connection.sendall(text)


def says_and_closes(text: bytes = b"") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_RDWR)

    return answer


def says_and_resets(text: bytes = b"") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return answer


def says_and_waits(text: bytes = b"") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.recv(1)  # until the client goes

    return answer


def drips(text: bytes, drop: bytes, seconds: float) -> Answer:
    """Begin with a text, then send a drop again and again for as long as anybody listens."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        for _ in repeat(None):
            time.sleep(seconds)
            connection.sendall(drop)

    return answer


PAGE = b"<!doctype html><title>Oops</title><h1>credit consent Sorry</h1>"
HTML = "Content-Type: text/html"
ENDLESS = "HTTP/1.1 {}\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"2000\r\n" + b" " * 8192 + b"\r\n"
SHORT = b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"enrichment_id": "e-1"}'
BOMB = gzip.compress(bytes(20 << 20))


@pytest.mark.parametrize(
    ("answer", "submission"),
    [
        pytest.param(
            says(response("200 OK", b'{"enrichment_id": "e-1"}')),
            Accepted("e-1"),
            id="200 in place of 202",
        ),
        pytest.param(
            says(response("202 Accepted", b'{"status": "queued"}')),
            Accepted(None),
            id="202 without an id",
        ),
        pytest.param(says(response("204 No Content")), Accepted(None), id="204"),
        pytest.param(
            says(response("202 Accepted", PAGE, HTML)), Accepted(None), id="202 with a page"
        ),
        pytest.param(
            says(response("202 Accepted", BOMB, "Content-Encoding: gzip")),
            Accepted(None),
            id="202 with a bomb",
        ),
        pytest.param(
            says(response("500 Oops", PAGE, HTML)),
            Unclear("the provider answered 500"),
            id="500 with a page",
        ),
        pytest.param(
            says(response("502 Bad Gateway", PAGE, HTML)),
            Unclear("the provider answered 502"),
            id="502 with a page",
        ),
        pytest.param(
            says(response("403 Forbidden", PAGE, HTML)),
            Refused(Halt.BAD_KEY, ""),
            id="403 with a page",
        ),
        pytest.param(
            says(response("422 No", PAGE, HTML)),
            Invalid(""),
            id="422 with a page, whose words mean nothing",
        ),
        pytest.param(
            drips(ENDLESS.format("202 Accepted").encode(), CHUNK, 0),
            Accepted(None),
            id="202 with an endless body",
        ),
        pytest.param(
            drips(ENDLESS.format("503 Busy").encode(), CHUNK, 0),
            Unclear("the provider answered 503"),
            id="503 with an endless body",
        ),
        pytest.param(says_and_closes(SHORT), Accepted("e-1"), id="202 with a body that breaks off"),
        pytest.param(says_and_resets(SHORT), Accepted("e-1"), id="202 with a body that is reset"),
        pytest.param(says_and_waits(SHORT), Accepted("e-1"), id="202 with a body that stops"),
        pytest.param(
            says_and_closes(),
            Unclear(f"{BROKE} (RemoteProtocolError)"),
            id="closed before an answer",
        ),
        pytest.param(
            says_and_resets(), Unclear(f"{BROKE} (ReadError)"), id="reset before an answer"
        ),
        pytest.param(says_and_waits(), Unclear(f"{BROKE} (ReadTimeout)"), id="no answer"),
        pytest.param(
            says_and_waits(b"HTTP/1.1 202 Acc"),
            Unclear(f"{BROKE} (ReadTimeout)"),
            id="an answer that stops in its head",
        ),
        pytest.param(
            says_and_closes(b"HTTP/1.1 202 Acc"),
            Unclear(f"{BROKE} (RemoteProtocolError)"),
            id="a head that breaks off",
        ),
        pytest.param(
            says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
            Unclear(f"{BROKE} (RemoteProtocolError)"),
            id="another protocol",
        ),
        pytest.param(
            drips(b"HTTP/1.1 202 Accepted\r\n", b"X-Padding: " + b"x" * 8192 + b"\r\n", 0),
            Unclear(f"{BROKE} (RemoteProtocolError)"),
            id="an endless head",
        ),
    ],
)
def test_each_misbehaviour_has_its_meaning_and_one_request_arrived(
    answer: Answer, submission: Submission
) -> None:
    with host(answer) as provider:
        started = time.monotonic()
        assert enrich(provider.port) == submission
        assert time.monotonic() - started < 5
    assert len(provider.requests) == 1
    assert provider.requests[0].startswith(b"POST /api/v2/contacts/bulk_enrich HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "status",
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"],
)
def test_a_redirect_is_not_followed(status: str) -> None:
    with host(says(response("202 Accepted"))) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/api/v2/contacts/bulk_enrich"
        with host(says(response(status, b"", location))) as provider:
            assert enrich(provider.port) == Unclear(
                f"the provider answered {status[:3]}", Halt.UNEXPECTED
            )
    assert (len(provider.requests), elsewhere.requests) == (1, [])


def test_a_body_that_drips_is_given_up_after_some_seconds() -> None:
    drip = drips(ENDLESS.format("202 Accepted").encode(), b"1\r\n \r\n", 0.1)
    with host(drip) as provider, httpx.Client(transport=Hasty()) as client:
        pronto = Pronto(client, f"http://127.0.0.1:{provider.port}/api/v2", longest_read=1)
        started = time.monotonic()
        assert pronto.enrich(TWO, EnrichmentType.EMAIL, (), HOOK, "a key") == Accepted(None)
        assert 1 <= time.monotonic() - started < 5
    assert len(provider.requests) == 1


@pytest.mark.parametrize("path", ["contacts/e-1", "credits"])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drips(ENDLESS.format("200 OK").encode(), CHUNK, 0), id="endless"),
        pytest.param(says(response("200 OK", BOMB, "Content-Encoding: gzip")), id="a bomb"),
        pytest.param(says_and_resets(), id="reset"),
    ],
)
def test_what_is_looked_up_is_bounded_too(answer: Answer, path: str) -> None:
    with host(answer) as provider, httpx.Client(transport=Hasty()) as client:
        pronto = Pronto(client, f"http://127.0.0.1:{provider.port}/api/v2")
        started = time.monotonic()
        found = pronto.credits_left("k") if path == "credits" else pronto.poll("e-1", "k")
        assert found is None
        assert time.monotonic() - started < 5
    assert provider.requests[0].startswith(f"GET /api/v2/{path} HTTP/1.1\r\n".encode())


def test_what_is_looked_up_and_drips_is_given_up_after_some_seconds() -> None:
    drop = b"1\r\n \r\n"
    with (
        host(drips(ENDLESS.format("200 OK").encode(), drop, 0.1)) as provider,
        httpx.Client(transport=Hasty()) as client,
    ):
        started = time.monotonic()
        pronto = Pronto(client, f"http://127.0.0.1:{provider.port}/api/v2", longest_read=1)
        assert pronto.credits_left("k") is None
        assert 1 <= time.monotonic() - started < 5


def test_a_refused_connection_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert enrich(port) == NotSent(30, "no connection to the provider (ConnectError)")


def test_a_handshake_with_a_plain_port_sends_nothing() -> None:
    with host(says_and_closes(response("400 Bad Request"))) as provider:
        assert enrich(provider.port, "https") == NotSent(
            30, "no connection to the provider (ConnectError)"
        )
    assert all(
        request.startswith(b"\x16") and b"Jane" not in request for request in provider.requests
    )


def test_a_handshake_that_breaks_off_sends_nothing() -> None:
    with host(says_and_resets()) as provider:
        assert enrich(provider.port, "https") == NotSent(
            30, "no connection to the provider (ConnectError)"
        )


def test_a_name_that_does_not_resolve_sends_nothing() -> None:
    client = httpx.Client(transport=Hasty(verify=ssl.create_default_context()))
    with client:
        submission = Pronto(client, "https://nobody.invalid/api/v2").enrich(
            TWO, EnrichmentType.EMAIL, (), "https://hooks.example", "k"
        )
    assert submission == NotSent(30, "no connection to the provider (ConnectError)")


@pytest.mark.parametrize("goodbye", [says_and_closes, says_and_resets])
def test_a_connection_that_was_closed_between_two_batches_loses_neither(
    goodbye: Callable[[bytes], Answer],
) -> None:
    with (
        host(goodbye(response("202 Accepted", b'{"enrichment_id": "e-1"}'))) as provider,
        httpx.Client(transport=Hasty()) as client,
    ):
        assert enrich(provider.port, client=client) == Accepted("e-1")
        time.sleep(0.1)  # until the end of the connection has arrived
        assert enrich(provider.port, client=client) == Accepted("e-1")
    assert len(provider.requests) == 2


def test_an_answer_that_was_given_up_is_not_taken_for_the_next_ones() -> None:
    """What is left of a long answer must not be read as the answer to the next batch, on the same
    connection.
    """
    left = response(
        "202 Accepted",
        b" " * 200_000 + response("401 Unauthorized", b'{"error": "Invalid API key"}'),
    )
    with host(says(left)) as provider, httpx.Client(transport=Hasty()) as client:
        assert [enrich(provider.port, client=client) for _ in range(3)] == [Accepted(None)] * 3
    assert len(provider.requests) == 3
