"""How far the sweeper has listed each folder of the bucket."""

from collections.abc import Iterable
from dataclasses import asdict

from enrichment.domain.listing import Listing
from enrichment.store.items import LISTINGS, listing_key
from enrichment.store.table import Table


class Listings:
    """Listings by folder."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, folders: Iterable[str]) -> dict[str, Listing]:
        """How far each of some folders is, which is not at all where nothing is known of it."""
        found = {
            str(item["sk"]): Listing(
                began_at=int(item["began_at"]),
                earlier_at=int(item["earlier_at"]),
                looked_at=int(item["looked_at"]),
                latest=int(item["latest"]),
                after=str(item["after"]),
            )
            for item in self._table.query(LISTINGS, "")
        }
        return {folder: found.get(folder, Listing()) for folder in folders}

    def keep(self, folder: str, listing: Listing) -> None:
        """Note how far a folder is."""
        expiry = {"expires_at": listing.looked_at + self._table.retention}
        self._table.put(asdict(listing) | listing_key(folder) | expiry)
