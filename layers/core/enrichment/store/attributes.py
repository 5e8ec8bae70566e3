"""Values as DynamoDB's API has them: each with a letter for its type.

boto3 brings the same as `TypeSerializer` and `TypeDeserializer`; importing boto3 takes as long as a
quarter of what a function needs to begin with.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values, or those of an expression, as the API takes them.

    Raises:
        TypeError: a value is of a type that no item here has, such as a float or a set.
    """
    return {name: _typed(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values as the API gives them, in Python's own types; numbers are decimals.

    Raises:
        TypeError: a value is of a type that no item here has.
    """
    return {name: _untyped(value) for name, value in item.items()}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": str(value)}  # a member of an enum, too
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case Mapping():
            return {"M": wire(value)}
        case list() | tuple():
            return {"L": list(map(_typed, value))}
    raise TypeError(f"a {type(value).__name__} is stored nowhere")


def _untyped(value: Mapping[str, Any]) -> Any:
    if "S" in value:  # most are
        return value["S"]
    [(kind, held)] = value.items()
    match kind:
        case "BOOL":
            return held
        case "N":
            return Decimal(held)
        case "NULL":
            return None
        case "M":
            return plain(held)
        case "L":
            return list(map(_untyped, held))
    raise TypeError(f"a value of type {kind} is stored nowhere")
