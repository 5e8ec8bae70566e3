"""The stand-in provider and a receiver of webhooks, each served over real HTTP on a loopback port
of its own.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.provider.behaviour import Behaviour
from local.provider.service import application

T = TypeVar("T")
Json = dict[str, Any]

_LIMIT = 10.0  # seconds that anything may take


def eventually(look: Callable[[], T]) -> T:
    """What `look` answers as soon as that is true."""
    end = time.monotonic() + _LIMIT
    while not (seen := look()):
        assert time.monotonic() < end, f"nothing came within {_LIMIT} seconds; last seen: {seen!r}"
        time.sleep(0.01)
    return seen


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an application in a thread; its base URL."""
    config = uvicorn.Config(
        app, log_level="warning", lifespan="on", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    # asyncio turns Nagle's algorithm off, which costs 40 ms a request, only for sockets that name
    # their protocol
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            eventually(lambda: server.started)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_LIMIT)
    assert not thread.is_alive()


@dataclass
class Receiver:
    """Keeps what was posted to `url` in order of arrival, and answers it with `status`."""

    url: str = ""
    status: int = 204
    webhooks: list[Json] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.webhooks.append(await request.json())
        return Response(status_code=self.status)

    def about(self, enrichment_id: str) -> list[Json]:
        return [webhook for webhook in self.webhooks if webhook["enrichment_id"] == enrichment_id]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(Starlette(routes=[Route("/hook", receiver.receive, methods=["POST"])])) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@dataclass
class StandIn:
    """A running stand-in as its client and its owner see it."""

    client: httpx.Client
    hook: str

    def bulk(self, contacts: Any, kind: str = "email", **more: Any) -> httpx.Response:
        """Post a valid batch, apart from what is given."""
        body = {"contacts": contacts, "enrichment_type": [kind], "webhook_url": self.hook}
        return self.client.post("/api/v2/contacts/bulk_enrich", json=body | more)

    def single(self, contact: Json, kind: str = "email", **more: Any) -> httpx.Response:
        body = contact | {"enrichment_type": [kind], "webhook_url": self.hook}
        return self.client.post("/api/v2/contacts/single_enrich", json=body | more)

    def poll(self, enrichment_id: str) -> httpx.Response:
        return self.client.get(f"/api/v2/contacts/{enrichment_id}")

    def ledger(self) -> Json:
        return dict(self.client.get("/ledger").raise_for_status().json())

    def change(self, **fields: Any) -> None:
        self.client.put("/behaviour", json=fields).raise_for_status()

    def settled(self) -> Json:
        """The ledger once every webhook has gone out."""

        def look() -> Json | None:
            ledger = self.ledger()
            return None if ledger["pending"] else ledger

        settled = eventually(look)
        assert settled is not None
        return settled


@contextmanager
def stand_in(receiver: Receiver | None = None, **behaviour: Any) -> Iterator[StandIn]:
    """A stand-in that behaves as told, and fast where nothing is said."""
    asked = Behaviour.model_validate({"answer_seconds": 0, "result_seconds": 0.05} | behaviour)
    with (
        serving(application(asked)) as url,
        httpx.Client(
            base_url=url, headers={"X-API-KEY": asked.api_key}, timeout=_LIMIT, trust_env=False
        ) as client,
    ):
        yield StandIn(client, receiver.url if receiver else "http://127.0.0.1:9/nobody")


def contact(number: int = 0, **fields: Any) -> Json:
    """A contact who may be sent for every type; a field that is given as None is left out."""
    whole = {
        "firstname": "Jane",
        "lastname": f"Doe {number}",
        "domain": "example.com",
        "company_name": "Example",
        "linkedin_url": f"https://www.linkedin.com/in/jane-doe-{number}/",
        "custom": {"row": number},
    }
    return {name: value for name, value in (whole | fields).items() if value is not None}


def contacts(count: int) -> list[Json]:
    return [contact(number) for number in range(count)]
