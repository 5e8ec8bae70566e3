"""Items are read as boto3 reads them."""

from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from enrichment.store.items import plain, wire

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(10**37), 10**37)
    | st.decimals(-9, 9, places=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_an_item_is_read_as_boto3_reads_it(item: dict[str, object]) -> None:
    sent = wire(item)
    deserialize = TypeDeserializer().deserialize
    assert plain(sent) == {name: deserialize(value) for name, value in sent.items()}
