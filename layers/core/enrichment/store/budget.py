"""The credits of a calendar month."""

from enrichment.store.items import Update, budget_key
from enrichment.store.table import Table


def reservation(month: str, cost: int, cap: int) -> Update:
    """The write that reserves `cost` credits if the month's cap has room for them."""
    room = "attribute_not_exists(reserved) OR reserved <= :room"
    values = {"room": cap - cost}
    return Update(budget_key(month), adds={"reserved": cost}, condition=room, values=values)


def give_back(month: str | None, cost: int) -> list[Update]:
    """The write that gives credits back; none where nothing was reserved."""
    return [Update(budget_key(month), adds={"reserved": -cost})] if month and cost else []


class Budget:
    """What is reserved in each month."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def reserved(self, month: str) -> int:
        """Credits reserved in a month, such as 2026-11; always 0 where there is no cap."""
        item = self._table.get(budget_key(month))
        return int(item["reserved"]) if item else 0
