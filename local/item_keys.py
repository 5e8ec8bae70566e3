"""The condition keys that IAM has for a request to DynamoDB.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

LEADING_KEYS = "dynamodb:LeadingKeys"
ATTRIBUTES = "dynamodb:Attributes"
RETURN_VALUES = "dynamodb:ReturnValues"

Parameters = Mapping[str, Any]

_EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "ProjectionExpression")
_WORDS = frozenset(
    {"SET", "ADD", "REMOVE", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"}
    | {"attribute_exists", "attribute_not_exists", "begins_with", "if_not_exists"}
)


def condition_keys(given: Parameters) -> dict[str, list[str]]:
    """Those of a request, or of one part of a transaction; none for a table or an index as a whole.

    Args:
        given: its parameters, as they are sent.
    """
    keys = {LEADING_KEYS: list(dict.fromkeys(_leading_keys(given)))}
    if key := _key_in(given):
        keys[ATTRIBUTES] = sorted(_attributes(given) | key.keys())
    if "ReturnValues" in given:
        keys[RETURN_VALUES] = [given["ReturnValues"]]
    return {name: values for name, values in keys.items() if values}


def _leading_keys(given: Parameters) -> Iterator[str]:
    if key := _key_in(given):
        yield key["pk"]["S"]
    if "KeyConditionExpression" in given and "IndexName" not in given:
        yield given["ExpressionAttributeValues"][":pk"]["S"]
    for wanted in given.get("RequestItems", {}).values():
        if isinstance(wanted, Mapping):  # of reads
            yield from (key["pk"]["S"] for key in wanted["Keys"])
        else:
            for request in wanted:
                yield from (_key_in(one)["pk"]["S"] for one in request.values())


def _key_in(given: Parameters) -> dict[str, Any]:
    return dict(given.get("Key") or given.get("Item") or {})


def _attributes(given: Parameters) -> set[str]:
    """The attributes that a request names, anywhere."""
    names = given.get("ExpressionAttributeNames", {})
    expressions = " ".join(given.get(kind, "") for kind in _EXPRESSIONS)
    words = re.findall(r"[#:]?\w+", expressions)
    named = {names.get(word, word) for word in words if not word.startswith(":")}
    return named - _WORDS | set(given.get("Item", {}))
