"""The stand-in as an HTTP service, with a ledger of every credit it took.

Beside the provider's own paths below `/api/v2` there are three for whoever runs it: `GET /ledger`, `GET /behaviour` and
`PUT /behaviour` (a JSON object with the fields to change).
"""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.provider import contract
from local.provider.behaviour import Behaviour
from local.provider.contract import Order, Refusal


class Service:
    """One account at the provider."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.charges: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.answers: dict[str, int] = {}
        self.most_at_a_time = 0
        self._serving = 0
        self._places = asyncio.Semaphore(behaviour.concurrency)
        self._chance = random.Random(behaviour.seed)
        self._singles: dict[str, dict[str, Any]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=10))

    # The provider's own paths

    async def bulk(self, request: Request) -> Response:
        return await self._serve(request, contract.bulk_order)

    async def single(self, request: Request) -> Response:
        return await self._serve(request, contract.single_order)

    async def result(self, request: Request) -> Response:
        self._authenticate(request)
        result = self._singles.get(request.path_params["enrichment_id"])
        if result is None:
            raise contract.invalid("No single enrichment has this id", 404)
        return JSONResponse(result)

    async def credits(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse({"credits": self.behaviour.balance})

    # For whoever runs it

    async def ledger(self, _: Request) -> Response:
        return JSONResponse(
            {
                "balance": self.behaviour.balance,
                "credits": sum(charge["credits"] for charge in self.charges),
                "contacts": sum(len(charge["contacts"]) for charge in self.charges),
                "charges": self.charges,
                "webhooks": self.webhooks,
                "answers": self.answers,
                "most_at_a_time": self.most_at_a_time,
                "pending": len(self._deliveries),
            }
        )

    async def read_behaviour(self, _: Request) -> Response:
        return JSONResponse(self.behaviour.model_dump(exclude={"api_key"}))

    async def change_behaviour(self, request: Request) -> Response:
        try:
            changed = Behaviour.model_validate(self.behaviour.model_dump() | await _json(request))
        except ValidationError as error:
            raise contract.invalid(f"{error.error_count()} fields have no such value or do not exist", 400) from None
        if changed.concurrency != self.behaviour.concurrency:
            self._places = asyncio.Semaphore(changed.concurrency)
        if changed.seed != self.behaviour.seed:
            self._chance = random.Random(changed.seed)
        self.behaviour = changed
        return await self.read_behaviour(request)

    # What they are made of

    async def _serve(self, request: Request, order_of: Any) -> Response:
        """Answer an enrichment request: at most `concurrency` at a time, the rest wait for their turn [D]."""
        self._authenticate(request)
        body = await _json(request)
        async with self._places:
            self._serving += 1
            self.most_at_a_time = max(self.most_at_a_time, self._serving)
            try:
                await asyncio.sleep(self.behaviour.answer_seconds)
                answer = self._answer(order_of(body), single=order_of is contract.single_order)
            finally:
                self._serving -= 1
        if answer.status_code < 300 and self._happens(self.behaviour.faults.silent_after):
            await asyncio.sleep(self.behaviour.faults.silent_seconds)
        return answer

    def _answer(self, order: Order, single: bool) -> Response:
        faults = self.behaviour.faults
        if self._happens(faults.throttled):
            return JSONResponse({"error": 429, "message": "Too many requests"}, 429, {"Retry-After": str(faults.retry_after)})
        if self._happens(faults.broken_before):
            return JSONResponse({"error": 500, "message": "Internal error"}, 500)
        enrichment_id = self._accept(order, single)
        if self._happens(faults.broken_after):
            return JSONResponse({"error": 500, "message": "Internal error"}, 500)
        if single:
            contact = order.contacts[0]
            return JSONResponse(
                {
                    "enrichment_id": enrichment_id,
                    "first_name": contact["firstname"],
                    "last_name": contact["lastname"],
                    "status": "pending",
                    "custom": contact.get("custom"),
                },
                202,
            )
        return JSONResponse({"enrichment_id": enrichment_id, "status": "queued"}, 202)

    def _accept(self, order: Order, single: bool) -> str:
        behaviour = self.behaviour
        if order.type == "personal_email" and not behaviour.consent:
            raise contract.invalid(contract.CONSENT_MESSAGE)
        price = {"email": behaviour.price_email, "phone": behaviour.price_phone, "personal_email": behaviour.price_personal_email}
        cost = price[order.type] * len(order.contacts)
        if cost > behaviour.balance:
            raise Refusal(422, {"error": contract.CREDITS_MESSAGE})
        behaviour.balance -= cost
        enrichment_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        self.charges.append({"enrichment_id": enrichment_id, "type": order.type, "credits": cost, "contacts": order.contacts})
        for contact in order.contacts:
            if single:
                self._singles[enrichment_id] = self._payload(enrichment_id, contact, {}) | {"status": "pending"}
            delivery = asyncio.get_running_loop().create_task(self._deliver(order, enrichment_id, contact, single))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
        return enrichment_id

    async def _deliver(self, order: Order, enrichment_id: str, contact: dict[str, Any], single: bool) -> None:
        """Post one contact's result, once it is there, as often as the faults want it."""
        faults = self.behaviour.faults
        pause = self._chance.uniform(0, self.behaviour.result_seconds)
        late = faults.late_seconds if self._happens(faults.webhook_late) else 0
        times = 0 if self._happens(faults.webhook_missing) else 2 if self._happens(faults.webhook_twice) else 1
        found = contract.findings(contact, order.type, self.behaviour.find_rate, order.countries)
        payload = self._payload(enrichment_id, contact, found)
        await asyncio.sleep(pause)
        if single:
            self._singles[enrichment_id] = payload
        await asyncio.sleep(late)
        for _ in range(times):
            try:
                status: int | str = (await self._client.post(order.webhook_url, json=payload)).status_code
            except httpx.HTTPError as error:
                status = type(error).__name__
            self.webhooks.append({"enrichment_id": enrichment_id, "custom": contact.get("custom"), "status": status})

    def _payload(self, enrichment_id: str, contact: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
        return {
            "enrichment_id": enrichment_id,
            "first_name": contact["firstname"],
            "last_name": contact["lastname"],
            "status": "finished",
            **found,
            "custom": contact.get("custom"),
        }

    def _happens(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    def _authenticate(self, request: Request) -> None:
        if request.headers.get("X-API-KEY") != self.behaviour.api_key:
            raise contract.invalid("Invalid API key", 401)

    async def count(self, request: Request, response: Response) -> None:
        """Note an answer in the ledger."""
        name = f"{request.method} {request.url.path.rpartition('/')[2]} {response.status_code}"
        self.answers[name] = self.answers.get(name, 0) + 1

    async def close(self) -> None:
        for delivery in self._deliveries:
            delivery.cancel()
        await self._client.aclose()


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise contract.invalid("The body is not JSON", 400) from None


def application(behaviour: Behaviour) -> Starlette:
    """The service as an ASGI application."""
    service = Service(behaviour)

    async def refuse(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101  # it is registered for this class alone
        return JSONResponse(error.body, error.status)

    async def counted(request: Request, endpoint: Any) -> Response:
        try:
            response: Response = await endpoint(request)
        except Refusal as error:
            response = JSONResponse(error.body, error.status)
        await service.count(request, response)
        return response

    def api(path: str, endpoint: Any, method: str) -> Route:
        async def route(request: Request) -> Response:
            return await counted(request, endpoint)

        return Route(f"/api/v2{path}", route, methods=[method])

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.close()

    return Starlette(
        routes=[
            api("/contacts/bulk_enrich", service.bulk, "POST"),
            api("/contacts/single_enrich", service.single, "POST"),
            api("/contacts/{enrichment_id}", service.result, "GET"),
            api("/credits", service.credits, "GET"),
            Route("/ledger", service.ledger, methods=["GET"]),
            Route("/behaviour", service.read_behaviour, methods=["GET"]),
            Route("/behaviour", service.change_behaviour, methods=["PUT"]),
        ],
        exception_handlers={Refusal: refuse},
        lifespan=lifespan,
    )
