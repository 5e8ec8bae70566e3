"""One account at the provider: the credits it has, what it was charged for, and the results that go
out for it.
"""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from local.provider import contract
from local.provider.behaviour import Behaviour
from local.provider.chance import RequestFate, WebhookFate, is_shown, webhook_fate
from local.provider.contract import Order, Refusal

_SENDERS = 10  # webhooks under way at a time; the others wait for as long as it takes
_PATIENCE = 30  # seconds for a webhook to be answered


@dataclass(frozen=True)
class Making:
    """The result of one contact that is to be made: what it will find, and the price of each."""

    enrichment_id: str
    contact: dict[str, Any]
    order: Order
    found: dict[str, Any]
    price: int


class Account:
    """Takes orders, delivers their results, and charges each of them for what it has found.

    Args:
        behaviour: copied, since its balance goes down. A change applies to orders accepted after
            it.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour.model_copy(deep=True)
        self._requests: list[dict[str, Any]] = []
        self._charges: list[dict[str, Any]] = []
        self._webhooks: list[dict[str, Any]] = []
        self._singles: dict[str, dict[str, Any]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._set_aside = 0  # credits that results to be made were checked for
        self._senders = asyncio.Semaphore(_SENDERS)
        self._client = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)

    def accept(self, order: Order, number: int, fate: RequestFate) -> None:
        """Enqueue each contact of an order, or none of them.

        Raises:
            Refusal: a limit of the plan is reached, there is no consent for personal e-mails, or
                the credits would not suffice if one thing were found for each contact.
        """
        self._check(order)
        price = self.behaviour.price(order.type)
        self._set_aside += price * len(order.contacts)
        self._requests.append(
            {
                "at": time.time(),
                "enrichment_id": fate.enrichment_id,
                "type": order.type,
                "contacts": order.contacts,
            }
        )
        if order.single:
            self._singles[fate.enrichment_id] = contract.acknowledgement(order, fate.enrichment_id)
        for position, contact in enumerate(order.contacts):
            found = contract.findings(
                contact,
                order.type,
                self.behaviour.find_rate,
                order.countries,
                self.behaviour.most_numbers,
            )
            making = Making(fate.enrichment_id, contact, order, found, price)
            coming = self._deliver(making, webhook_fate(self.behaviour, number, position))
            delivery = asyncio.get_running_loop().create_task(coming)
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)

    def _check(self, order: Order) -> None:
        if self.behaviour.plan_limit:
            raise contract.invalid(contract.PLAN_MESSAGE)
        if order.type == "personal_email" and not self.behaviour.consent:
            raise contract.invalid(contract.CONSENT_MESSAGE)
        needed = self.behaviour.price(order.type) * len(order.contacts)
        if needed > self.behaviour.balance - self._set_aside:
            raise Refusal(422, {"error": contract.CREDITS_MESSAGE})

    def single_result(self, enrichment_id: str) -> dict[str, Any]:
        """The result of a single enrichment as it stands.

        Raises:
            Refusal: there is none by this id; one of a bulk enrichment cannot be polled [D].
        """
        if enrichment_id not in self._singles:
            raise contract.invalid("No single enrichment has this id", 404)
        return self._singles[enrichment_id]

    def ledger(self) -> dict[str, Any]:
        """Every request accepted, every charge and every webhook sent. A charge is for one
        contact, and names it by its `custom`; `found` counts its e-mails or numbers. Times are
        epoch seconds. `pending` counts contacts whose last webhook has not gone out yet.
        """
        return {
            "balance": self.behaviour.balance,
            "credits": sum(charge["credits"] for charge in self._charges),
            "found": sum(charge["found"] for charge in self._charges),
            "contacts": sum(len(request["contacts"]) for request in self._requests),
            "requests": self._requests,
            "charges": self._charges,
            "webhooks": self._webhooks,
            "pending": len(self._deliveries),
        }

    async def close(self) -> None:
        """Drop the results that have not gone out yet."""
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._client.aclose()

    async def _deliver(self, making: Making, fate: WebhookFate) -> None:
        await asyncio.sleep(fate.result_after)
        result = self._make(making)
        await asyncio.sleep(fate.late)
        for _ in range(fate.times):
            status = await self._post(making.order.webhook_url, result)
            self._webhooks.append(
                {
                    "enrichment_id": result["enrichment_id"],
                    "custom": result["custom"],
                    "status": status,
                }
            )

    def _make(self, making: Making) -> dict[str, Any]:
        """Make a contact's result, and charge what it has."""
        found = contract.units(making.found)
        self._set_aside -= making.price
        if found:
            charged = found * making.price
            self.behaviour.balance -= charged
            self._charges.append(
                {
                    "at": time.time(),
                    "enrichment_id": making.enrichment_id,
                    "type": making.order.type,
                    "custom": making.contact.get("custom"),
                    "found": found,
                    "credits": charged,
                }
            )
        told = contract.told(
            making.found, self.behaviour.phone_shape, partial(is_shown, self.behaviour)
        )
        result = contract.result(making.enrichment_id, making.contact, "finished", told)
        if making.order.single:
            self._singles[making.enrichment_id] = result
        return result

    async def _post(self, url: str, payload: dict[str, Any]) -> int | str:
        """The status that a webhook was answered with, or the name of what went wrong."""
        async with self._senders:
            try:
                return (await self._client.post(url, json=payload)).status_code
            # The last two: the address has no host's name.
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                return type(error).__name__
