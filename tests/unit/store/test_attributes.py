"""DynamoDB's values are written and read as boto3 does it."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.batch import BatchState
from enrichment.store.attributes import plain, wire

_SINGLE = (
    st.none()
    | st.booleans()
    | st.integers(-(10**38) + 1, 10**38 - 1)
    | st.decimals(-(10**9), 10**9, places=6)
    | st.text()
)
_VALUES = st.recursive(
    _SINGLE, lambda value: st.lists(value) | st.dictionaries(st.text(), value), max_leaves=8
)


@given(st.dictionaries(st.text(), _VALUES))
def test_what_is_written_is_what_boto3_writes_and_comes_back(item: dict[str, Any]) -> None:
    written = wire(item)
    assert written == {name: TypeSerializer().serialize(value) for name, value in item.items()}
    assert plain(written) == item
    assert plain(written) == {
        name: TypeDeserializer().deserialize(value) for name, value in written.items()
    }


def test_members_of_enums_are_written_as_their_text() -> None:
    written = wire({"state": BatchState.SENDING, "of": (BatchState.SENDING,)})
    assert written == {
        "state": {"S": BatchState.SENDING.value},
        "of": {"L": [{"S": BatchState.SENDING.value}]},
    }
    assert type(written["state"]["S"]) is str


@pytest.mark.parametrize("value", [0.5, {"a"}, b"a", object()])
def test_what_no_item_has_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        wire({"value": value})


@pytest.mark.parametrize("value", [{"SS": ["a"]}, {"B": b"a"}])
def test_what_no_item_has_is_not_read(value: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        plain({"value": value})


def test_numbers_come_as_decimals() -> None:
    assert plain({"rows": {"N": "12"}}) == {"rows": Decimal(12)}
    assert isinstance(plain({"rows": {"N": "12"}})["rows"], Decimal)
