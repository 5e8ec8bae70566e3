"""The stand-in as an HTTP service.

Beside the provider's own paths below `/api/v2` there are three for whoever runs it, without a key:

    GET /ledger       every credit taken and every webhook sent, the answers by endpoint and status,
                      and how many requests were served (`most_at_a_time`) and queued
                      (`most_waiting`) at a time
    GET /behaviour    how it behaves now, but for the key
    PUT /behaviour    a JSON object with the fields to change; `faults` is one field, so
                      `{"faults": {}}` ends them all
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.provider import contract
from local.provider.account import Account
from local.provider.behaviour import Behaviour
from local.provider.chance import request_fate
from local.provider.contract import Order, Refusal
from local.provider.turns import Turns

Endpoint = Callable[[Request], Awaitable[Response]]

_API = "/api/v2"
_BROKEN = {"error": 500, "message": "Internal error"}


def application(behaviour: Behaviour) -> Starlette:
    """The service as an ASGI application."""
    service = Service(behaviour)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.close()

    return Starlette(
        routes=[
            Route(
                f"{_API}/contacts/bulk_enrich",
                service.counted(service.bulk, "bulk_enrich"),
                methods=["POST"],
            ),
            Route(
                f"{_API}/contacts/single_enrich",
                service.counted(service.single, "single_enrich"),
                methods=["POST"],
            ),
            Route(
                f"{_API}/contacts/{{enrichment_id}}",
                service.counted(service.result, "contacts"),
                methods=["GET"],
            ),
            Route(f"{_API}/credits", service.counted(service.credits, "credits"), methods=["GET"]),
            Route(f"{_API}/account", service.counted(service.account, "account"), methods=["GET"]),
            Route("/ledger", service.ledger, methods=["GET"]),
            Route("/behaviour", service.read_behaviour, methods=["GET"]),
            Route("/behaviour", _answered(service.change_behaviour), methods=["PUT"]),
        ],
        lifespan=lifespan,
    )


class Service:
    """The endpoints of one account."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._account = Account(behaviour)
        self._turns = Turns(lambda: self._behaviour.concurrency)
        self._answers: Counter[str] = Counter()
        self._arrived = 0

    @property
    def _behaviour(self) -> Behaviour:
        return self._account.behaviour

    # The provider's own paths

    async def bulk(self, request: Request) -> Response:
        return await self._enrich(request, contract.bulk_order)

    async def single(self, request: Request) -> Response:
        return await self._enrich(request, contract.single_order)

    async def result(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse(self._account.single_result(request.path_params["enrichment_id"]))

    async def credits(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse(
            {
                "search_credits": self._behaviour.search_balance,
                "enrichment_credits": self._behaviour.balance,
            }
        )

    async def account(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse(contract.ACCOUNT)

    # For whoever runs it

    async def ledger(self, _: Request) -> Response:
        requests = {
            "answers": self._answers,
            "most_at_a_time": self._turns.most_at_a_time,
            "most_waiting": self._turns.most_waiting,
        }
        return JSONResponse(self._account.ledger() | requests)

    async def read_behaviour(self, _: Request) -> Response:
        return JSONResponse(self._behaviour.model_dump(exclude={"api_key"}))

    async def change_behaviour(self, request: Request) -> Response:
        changes = await _json(request)
        if not isinstance(changes, dict):
            raise contract.invalid("The body must be a JSON object", 400)
        try:  # nothing is awaited between reading the balance and writing it back
            self._account.behaviour = Behaviour.model_validate(
                self._behaviour.model_dump() | changes
            )
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
            )
            raise contract.invalid(wrong, 400) from None
        await self._turns.look_again()
        return await self.read_behaviour(request)

    # What they are made of

    def counted(self, endpoint: Endpoint, name: str) -> Endpoint:
        """An endpoint whose answers the ledger counts, refusals included, as `POST bulk_enrich
        202`.
        """
        answered = _answered(endpoint, lambda: self._behaviour.error_list)

        async def route(request: Request) -> Response:
            response = await answered(request)
            self._answers[f"{request.method} {name} {response.status_code}"] += 1
            return response

        return route

    async def close(self) -> None:
        await self._account.close()

    async def _enrich(self, request: Request, order_of: Callable[[Any], Order]) -> Response:
        """Answer an enrichment request in its turn, as its fate wants it."""
        self._authenticate(request)
        body = await _json(request)
        self._arrived += 1
        number, faults = self._arrived, self._behaviour.faults
        fate = request_fate(self._behaviour, number)
        async with self._turns.turn():
            await asyncio.sleep(self._behaviour.answer_seconds)
            if fate.throttled:
                raise Refusal(
                    429,
                    {"error": 429, "message": "Too many requests"},
                    {"Retry-After": str(faults.retry_after)},
                )
            if fate.broken_before:
                raise Refusal(500, _BROKEN)
            order = order_of(body)
            self._account.accept(order, number, fate)
            if fate.broken_after:
                raise Refusal(500, _BROKEN)
        if fate.silent_after:
            await asyncio.sleep(faults.silent_seconds)
        return JSONResponse(contract.acknowledgement(order, fate.enrichment_id), 202)

    def _authenticate(self, request: Request) -> None:
        if request.headers.get("X-API-KEY") != self._behaviour.api_key:
            raise contract.invalid("Invalid API key", 401)
        if self._behaviour.forbidden:
            raise contract.invalid("This API key may not do that", 403)


def _answered(endpoint: Endpoint, in_a_list: Callable[[], bool] = lambda: False) -> Endpoint:
    """An endpoint whose refusals are answers, with their words in a list if so wanted."""

    async def route(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            body = contract.listed(refusal.body) if in_a_list() else refusal.body
            return JSONResponse(body, refusal.status, refusal.headers)

    return route


async def _json(request: Request) -> Any:
    """The body, as strictly as JSON is written: no NaN, and no lone surrogate, which could not be
    sent back.
    """
    try:
        return from_json(await request.body(), allow_inf_nan=False)
    except ValueError:
        raise contract.invalid("The body is not JSON", 400) from None
