"""One account at the provider: the credits it has, what it was charged for, and the results that go
out for it.
"""

import asyncio
from typing import Any

import httpx

from local.provider import contract
from local.provider.behaviour import Behaviour
from local.provider.chance import RequestFate, WebhookFate, webhook_fate
from local.provider.contract import Order, Refusal

_SENDERS = 10  # webhooks under way at a time; the others wait for as long as it takes
_PATIENCE = 30  # seconds for a webhook to be answered


class Account:
    """Charges orders and delivers their results.

    Args:
        behaviour: copied, since its balance goes down. A change applies to orders accepted after
            it.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour.model_copy(deep=True)
        self._charges: list[dict[str, Any]] = []
        self._webhooks: list[dict[str, Any]] = []
        self._singles: dict[str, dict[str, Any]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._senders = asyncio.Semaphore(_SENDERS)
        self._client = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)

    def accept(self, order: Order, number: int, fate: RequestFate) -> None:
        """Charge what will be found and enqueue each contact of an order, or neither.

        Raises:
            Refusal: a limit of the plan is reached, there is no consent for personal e-mails, or
                the credits would not suffice if one thing were found for each contact.
        """
        self._check(order)
        found = [
            contract.findings(contact, order.type, self.behaviour.find_rate, order.countries)
            for contact in order.contacts
        ]
        cost = self.behaviour.price(order.type) * sum(map(contract.units, found))
        # More numbers may be found than were checked for; the balance ends at nothing then.
        self.behaviour.balance = max(0, self.behaviour.balance - cost)
        charge = {"enrichment_id": fate.enrichment_id, "type": order.type, "credits": cost}
        self._charges.append(charge | {"contacts": order.contacts})
        if order.single:
            self._singles[fate.enrichment_id] = contract.acknowledgement(order, fate.enrichment_id)
        for position, contact in enumerate(order.contacts):
            result = contract.result(fate.enrichment_id, contact, "finished", found[position])
            coming = self._deliver(order, result, webhook_fate(self.behaviour, number, position))
            delivery = asyncio.get_running_loop().create_task(coming)
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)

    def _check(self, order: Order) -> None:
        if self.behaviour.plan_limit:
            raise contract.invalid(contract.PLAN_MESSAGE)
        if order.type == "personal_email" and not self.behaviour.consent:
            raise contract.invalid(contract.CONSENT_MESSAGE)
        if self.behaviour.price(order.type) * len(order.contacts) > self.behaviour.balance:
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
        """Every credit taken and every webhook sent. `pending` counts contacts whose last webhook
        has not gone out yet.
        """
        return {
            "balance": self.behaviour.balance,
            "credits": sum(charge["credits"] for charge in self._charges),
            "contacts": sum(len(charge["contacts"]) for charge in self._charges),
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

    async def _deliver(self, order: Order, result: dict[str, Any], fate: WebhookFate) -> None:
        await asyncio.sleep(fate.result_after)
        if order.single:
            self._singles[result["enrichment_id"]] = result
        await asyncio.sleep(fate.late)
        for _ in range(fate.times):
            status = await self._post(order.webhook_url, result)
            self._webhooks.append(
                {
                    "enrichment_id": result["enrichment_id"],
                    "custom": result["custom"],
                    "status": status,
                }
            )

    async def _post(self, url: str, payload: dict[str, Any]) -> int | str:
        """The status that a webhook was answered with, or the name of what went wrong."""
        async with self._senders:
            try:
                return (await self._client.post(url, json=payload)).status_code
            # The last two: the address has no host's name.
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                return type(error).__name__
