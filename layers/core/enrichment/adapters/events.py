"""The account's event bus, by which others hear of changes."""

from datetime import UTC, datetime
from typing import Any

from enrichment.errors import NotTold


class EventBus:
    """The default bus of the account.

    Args:
        client: a botocore EventBridge client.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def put(self, source: str, detail_type: str, detail: str, at: int) -> None:
        """Put an event, whose detail is a JSON object in text, of a moment (epoch seconds).

        Raises:
            NotTold: the bus did not take it.
        """
        entry = {
            "Source": source,
            "DetailType": detail_type,
            "Detail": detail,
            "Time": datetime.fromtimestamp(at, UTC),
        }
        answer = self._client.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise NotTold(f"an event was not taken: {answer['Entries'][0].get('ErrorCode')}")
