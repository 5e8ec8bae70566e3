"""One DynamoDB table, spoken to by keys, conditions and transactions.

DynamoDB deletes an item some days after it expired. Until then it is read as absent here, so that
nobody gets what should be gone.

A condition that fails reads back the item that made it fail, to tell 'somebody did it already' from
'that must not happen'.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from enrichment.clock import Clock
from enrichment.store.attributes import plain, wire
from enrichment.store.items import EXPIRY, Update, item_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MOST_PUTS = 100  # in one transaction
_MOST_GETS = 100  # in one BatchGetItem
_MOST_CONFLICTS = 8  # times that a transaction is tried while another one holds its items
# Why a transaction is cancelled that may be tried again.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Table:
    """What all parts of the store share.

    Args:
        client: a botocore DynamoDB client.
        name: the table's name.
        retention: seconds after its creation at which an item may expire.
        clock: by which it is expired.
    """

    most_puts, most_gets = _MOST_PUTS, _MOST_GETS

    def __init__(self, client: "DynamoDBClient", name: str, retention: int, clock: Clock) -> None:
        self._client, self._name, self.retention = client, name, retention
        self._clock = clock

    def get(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        """An item as it is now (a consistent read)."""
        answer = self._client.get_item(TableName=self._name, Key=wire(key), ConsistentRead=True)
        return next(map(plain, self._living([answer["Item"]] if "Item" in answer else [])), None)

    def get_all(self, keys: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Those items of up to `most_gets` keys that there are, as they are now, in any order."""
        return list(map(plain, self.get_all_wired(keys)))

    def get_all_wired(self, keys: Sequence[Mapping[str, str]]) -> list[Mapping[str, Any]]:
        """The same as the API has them."""
        found: list[Mapping[str, Any]] = []
        left: dict[str, Any] = {self._name: {"Keys": list(map(wire, keys)), "ConsistentRead": True}}
        while left:
            answer = self._client.batch_get_item(RequestItems=left)
            found += self._living(answer["Responses"].get(self._name, []))
            left = dict(answer["UnprocessedKeys"])
        return found

    def query(self, pk: str, prefix: str) -> Iterator[dict[str, Any]]:
        """The items of a partition whose sort keys begin so, in their order (consistent reads); all
        where the prefix is empty.
        """
        return map(plain, self.query_wired(pk, prefix))

    def query_wired(self, pk: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """The same as the API has them: who reads many takes what they need of each."""
        return self._queried(self.query_of(pk, prefix))

    def query_of(self, pk: str, prefix: str) -> dict[str, Any]:
        """How the API is asked for these."""
        condition, values = "pk = :pk", {":pk": pk}
        if prefix:
            condition += " AND begins_with(sk, :prefix)"
            values[":prefix"] = prefix
        return {
            "TableName": self._name,
            "ConsistentRead": True,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": wire(values),
        }

    def query_index(
        self, index: str, attribute: str, value: str, ascending: bool = True
    ) -> Iterator[dict[str, Any]]:
        """The items that an index has for a value, in the order of its range key or against it: a
        moment behind at times.
        """
        asked = {
            "TableName": self._name,
            "IndexName": index,
            "KeyConditionExpression": "#attribute = :value",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": wire({":value": value}),
            "ScanIndexForward": ascending,
        }
        return map(plain, self._queried(asked))

    def _queried(self, asked: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The items of all pages. botocore's paginator takes a fifth of the time of a query."""
        while True:
            page = self._client.query(**asked)
            yield from self._living(page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _living(self, items: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        now = self._clock()
        return (item for item in items if EXPIRY not in item or int(item[EXPIRY]["N"]) > now)

    def put_if_new(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """Put an item unless its key is taken; the item that is there, if so."""
        free = f"attribute_not_exists(pk) OR {EXPIRY} <= :now"
        return self.put_if(free, item, now=self._clock())

    def put_if(
        self, condition: str, item: Mapping[str, Any], **values: Any
    ) -> dict[str, Any] | None:
        """Put an item if a condition holds, which refers to `values` as `:name`; the item that
        made it fail, if not.
        """
        request: Any = {"TableName": self._name, "Item": wire(item)}
        request |= {"ConditionExpression": condition}
        request |= {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if values:
            named = {f":{name}": value for name, value in values.items()}
            request["ExpressionAttributeValues"] = wire(named)
        try:
            self._client.put_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return item_of(error)
        return None

    def put(self, item: Mapping[str, Any]) -> None:
        """Put an item, whatever is there."""
        self._client.put_item(TableName=self._name, Item=wire(item))

    def put_beside(self, item: Mapping[str, Any], key: Mapping[str, str], attribute: str) -> bool:
        """Put an item unless its key is taken, as long as the item of another key lacks an
        attribute; False where it has it. One transaction, so that nothing comes between the two.

        Raises:
            ClientError: it met another transaction, or was throttled. Try again later.
        """
        now = {":now": self._clock()}
        lacks = f"attribute_not_exists({attribute}) OR {EXPIRY} <= :now"
        free = f"attribute_not_exists(pk) OR {EXPIRY} <= :now"
        common = {"TableName": self._name, "ExpressionAttributeValues": wire(now)}
        check = {**common, "Key": wire(key), "ConditionExpression": lacks}
        put = {**common, "Item": wire(item), "ConditionExpression": free}
        actions: Any = [{"ConditionCheck": check}, {"Put": put}]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons: list[Any] = error.response.get("CancellationReasons", [])
            checked, put_there = (reason.get("Code") for reason in reasons)
            failed = "ConditionalCheckFailed"
            if failed not in (checked, put_there):
                raise
            return bool(checked != failed)
        return True

    def delete(self, key: Mapping[str, str]) -> bool:
        """Delete an item; False where there was none."""
        answer = self._client.delete_item(
            TableName=self._name, Key=wire(key), ReturnValues="ALL_OLD"
        )
        return bool(answer.get("Attributes"))

    def update(self, update: Update) -> dict[str, Any] | None:
        """Update an item if the condition holds.

        Returns:
            None when it was done; otherwise the item that made the condition fail, empty if there
            is none.
        """
        try:
            self._client.update_item(**update.request(self._name))
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return item_of(error)
        return None

    def transact(
        self, updates: list[Update], puts: Iterable[Mapping[str, Any]] = ()
    ) -> list[dict[str, Any] | None] | None:
        """Do all updates and put all new items, or nothing; `most_puts` of both at most.

        A transaction that meets another one on the same item, or is throttled, is tried again: the
        SDK does not.

        Returns:
            None when it was done; otherwise for each update the item that made its condition fail,
            None for those that held.
        """
        actions: list[Any] = [{"Update": update.request(self._name)} for update in updates]
        for item in puts:
            put = {"TableName": self._name, "Item": wire(item)}
            actions.append({"Put": put | {"ConditionExpression": "attribute_not_exists(pk)"}})
        for attempt in range(_MOST_CONFLICTS):
            try:
                self._client.transact_write_items(TransactItems=actions)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons: list[Any] = error.response.get("CancellationReasons", [])
                codes = [reason.get("Code") for reason in reasons]
                if "ConditionalCheckFailed" in codes:
                    return [
                        plain(reason.get("Item", {})) if code == "ConditionalCheckFailed" else None
                        for code, reason in zip(codes[: len(updates)], reasons, strict=False)
                    ]
                if attempt == _MOST_CONFLICTS - 1 or not _PASSING & set(codes):
                    raise
                # Spreads retries, guards nothing.
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
            else:
                return None
        raise AssertionError("the loop returns or raises")
