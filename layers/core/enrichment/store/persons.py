"""The ledger of persons: who was looked up, for which row."""

from collections.abc import Sequence
from typing import Any

from enrichment.domain.person import Entry
from enrichment.store.items import fields_of, key_of_person, person_key
from enrichment.store.table import Table


class Persons:
    """Persons by their keyed hash (`domain.person`)."""

    def __init__(self, table: Table) -> None:
        self._table, self.most = table, table.most_gets

    def add(self, key: str, entry: Entry) -> Entry | None:
        """Enter somebody who is not known: one conditional write; the entry that is there, if the
        person is.
        """
        there = self._table.put_if_new(_item(key, entry))
        return Entry.model_validate(there) if there else None

    def replace(self, key: str, there: Entry, entry: Entry) -> Entry | None:
        """Put an entry in another's place, as long as it is the same as it was read; the one that
        is there, if not.
        """
        same = "attribute_not_exists(pk) OR claim = :claim"
        now = self._table.put_if(same, _item(key, entry), claim=there.claim)
        return Entry.model_validate(now) if now else None

    def enter(self, key: str, entry: Entry) -> None:
        """Enter somebody, known or not."""
        self._table.put(_item(key, entry))

    def forget(self, key: str) -> bool:
        """Delete the entry of somebody; False where there was none."""
        return self._table.delete(person_key(key))

    def of(self, keys: Sequence[str]) -> dict[str, Entry]:
        """The entries of up to `most` keys, each of which is named once."""
        items = self._table.get_all([person_key(key) for key in keys])
        return {key_of_person(item["pk"]): Entry.model_validate(item) for item in items}


def _item(key: str, entry: Entry) -> dict[str, Any]:
    return person_key(key) | fields_of(entry)
