"""Transactions that are cancelled, and answers of several pages."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from enrichment.store.table import Table
from tests.simulation.dynamodb import Exceptions, TransactionCanceled

ITEM = {"pk": "PLAN#job#plan", "sk": "BATCH#000001"}


class Busy:
    """A table that cancels some transactions before it takes one."""

    exceptions = Exceptions

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)

    def transact_write_items(self, **_: Any) -> None:
        if self.reasons:
            raise TransactionCanceled([{"Code": "None"}, {"Code": self.reasons.pop(0)}])


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.store.table.time.sleep", lambda _: None)


class Pages:
    """A table that answers each query with one item a page, of which the second has expired."""

    def query(self, **asked: Any) -> dict[str, Any]:
        page = int(asked.get("ExclusiveStartKey", {"sk": {"N": "0"}})["sk"]["N"])
        item = {"sk": {"S": f"{page}"}, "expires_at": {"N": "0" if page == 1 else "99"}}
        more = {"LastEvaluatedKey": {"sk": {"N": str(page + 1)}}} if page < 3 else {}
        return {"Items": [item], **more}


def table_of(client: Busy | Pages) -> Table:
    return Table(cast(Any, client), "table", 0, lambda: 9)


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_what_passes_is_tried_again(reason: str) -> None:
    client = Busy(*[reason] * 7)
    assert table_of(client).transact([], [ITEM]) is None
    assert client.reasons == []


def test_it_is_tried_eight_times_at_most() -> None:
    client = Busy(*["ThrottlingError"] * 9)
    with pytest.raises(ClientError):
        table_of(client).transact([], [ITEM])
    assert len(client.reasons) == 1


def test_what_does_not_pass_is_not_tried_again() -> None:
    client = Busy("ValidationError", "None")
    with pytest.raises(ClientError):
        table_of(client).transact([], [ITEM])
    assert len(client.reasons) == 1


def test_a_query_gives_the_items_of_all_pages_that_did_not_expire() -> None:
    assert [item["sk"] for item in table_of(Pages()).query("pk", "")] == ["0", "2", "3"]
