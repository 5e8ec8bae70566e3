"""The provider with a ledger. What becomes of each request is the hub's choice."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import httpx

from local.provider import contract
from tests.simulation.fates import WELL, Killed
from tests.simulation.hub import Hub

PRICES = {"email": 3, "phone": 30}
MOST_NUMBERS = 5  # that the pipeline reckons with; some contacts have more
BAD_NAME = "Bad"  # of a contact that the provider does not take

Place = tuple[str, int]
"""A job and a row of its file."""


@dataclass(frozen=True)
class Sent:
    """What a token names: the row that was sent, and the month whose budget its batch counts in."""

    place: Place
    batch: int
    month: str


@dataclass(frozen=True)
class Charge:
    """A line of the ledger: so many e-mails or numbers were found for a row that was sent."""

    sent: Sent
    found: int
    credits: int


class Provider:
    """Takes orders behind an httpx transport, and charges what it finds.

    Args:
        hub: chooses.
        balance: the account's credits.
        most_numbers: that a contact may have.
        sent_by: what a token names.
        on_order: hears of each contact that is accepted, by its place.
        on_result: hears of each result, which is to be told by webhook, and of its place.
    """

    def __init__(
        self,
        hub: Hub,
        balance: int,
        most_numbers: int,
        sent_by: Callable[[str], Sent],
        on_order: Callable[[Place], None],
        on_result: Callable[[dict[str, Any], Place], None],
    ) -> None:
        self._hub, self._sent_by = hub, sent_by
        self._on_order, self._on_result = on_order, on_result
        self._most_numbers = most_numbers
        self.balance = balance
        self.accepted: Counter[Place] = Counter()  # how often each row was
        self.ledger: list[Charge] = []
        self.key_works = True

    def credits_of(self, job: str) -> int:
        """What a job was charged for."""
        return sum(charge.credits for charge in self.ledger if charge.sent.place[0] == job)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            if "credits" in request.url.path:
                balances = {"search_credits": 5, "enrichment_credits": self.balance}
                return httpx.Response(200, json=balances)
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
        order = order_of(json.loads(request.content))
        if any(contact["firstname"] == BAD_NAME for contact in order.contacts):
            return httpx.Response(422, json={"error": 422, "message": "a contact is not valid"})
        if len(order.contacts) * PRICES[order.type] > self.balance:
            return httpx.Response(422, json={"error": contract.CREDITS_MESSAGE})
        for contact in order.contacts:
            self._enrich(contact, order.type)
        return httpx.Response(202, json={"enrichment_id": "e"})

    def _enrich(self, contact: dict[str, Any], wanted: str) -> None:
        sent = self._sent_by(contact["custom"]["token"])
        self.accepted[sent.place] += 1
        self._on_order(sent.place)
        found = contract.findings(contact, wanted, 0.7, frozenset(), self._most_numbers)
        if things := contract.units(found):
            self.ledger.append(Charge(sent, things, things * PRICES[wanted]))
            self.balance -= things * PRICES[wanted]
        shape = self._hub.chance.choice(get_args(contract.PhoneShape))
        told = contract.told(found, shape, lambda _: True)
        result = {"enrichment_id": "e", "status": "finished", **told, "custom": contact["custom"]}
        self._on_result(result, sent.place)
