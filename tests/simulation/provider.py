"""The provider with a ledger. What becomes of each request is the hub's choice."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from local.provider import contract
from tests.simulation.fates import WELL, Killed
from tests.simulation.hub import Hub

PRICE = 1
BAD_NAME = "Bad"  # of a contact that the provider does not take

Place = tuple[str, int]
"""A job and a row of its file."""


class Provider:
    """Takes orders behind an httpx transport.

    Args:
        hub: chooses.
        balance: the account's credits.
        place_of: the place that a token names.
        on_result: hears of each result, which is to be told by webhook, and of its place.
    """

    def __init__(
        self,
        hub: Hub,
        balance: int,
        place_of: Callable[[str], Place],
        on_result: Callable[[dict[str, Any], Place], None],
    ) -> None:
        self._hub, self._place_of, self._on_result = hub, place_of, on_result
        self.balance = balance
        self.accepted: Counter[Place] = Counter()  # how often each row was
        self.key_works = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            if "credits" in request.url.path:
                return httpx.Response(200, json={"credits": self.balance})
            return httpx.Response(404)
        mishap = self._hub.fate_of_post()
        if mishap == WELL:
            return self._serve(request)
        if mishap.endswith(" after"):
            self._serve(request)
        return self._go_wrong(mishap)

    def _go_wrong(self, mishap: str) -> httpx.Response:
        match mishap:
            case "refused connection":
                raise httpx.ConnectError("refused")
            case "throttled":
                wait = str(self._hub.chance.randrange(90))
                return httpx.Response(429, headers={"Retry-After": wait})
            case "silent before" | "silent after":
                raise httpx.ReadTimeout("no response")
            case "killed before" | "killed after":
                raise Killed
        return httpx.Response(503 if mishap == "broken before" else 500)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        if not self.key_works:
            return httpx.Response(401, json={"error": 401, "message": "Invalid API key"})
        single = request.url.path.endswith("single_enrich")
        order_of = contract.single_order if single else contract.bulk_order
        contacts = order_of(json.loads(request.content)).contacts
        if any(contact["firstname"] == BAD_NAME for contact in contacts):
            return httpx.Response(422, json={"error": 422, "message": "a contact is not valid"})
        if len(contacts) * PRICE > self.balance:
            return httpx.Response(422, json={"error": contract.CREDITS_MESSAGE})
        self.balance -= len(contacts) * PRICE
        for contact in contacts:
            self._enrich(contact)
        return httpx.Response(202, json={"enrichment_id": "e"})

    def _enrich(self, contact: dict[str, Any]) -> None:
        custom = contact["custom"]
        place = self._place_of(custom["token"])
        self.accepted[place] += 1
        found = contract.findings(contact, "email", 0.7, frozenset())
        result = {"enrichment_id": "e", "status": "finished", **found, "custom": custom}
        self._on_result(result, place)
