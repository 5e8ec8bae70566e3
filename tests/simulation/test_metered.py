"""Items are as large as DynamoDB says that they are, and what is written takes units by that.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from typing import Any

import pytest

from enrichment.store.items import Update
from enrichment.store.table import Table
from tests.simulation.metered import Metered, size_of

KEY = {"pk": "one", "sk": "two"}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é€😀"}, 2 + 3 + 4),
        ({"N": "0"}, 2),
        ({"N": "12"}, 2),
        ({"N": "1800000000"}, 6),
        ({"N": "-12.5"}, 4),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "abc"}, {"N": "1"}]}, 3 + (1 + 3) + (1 + 2)),
        ({"M": {}}, 3),
        ({"M": {"é": {"L": [{"S": "abc"}]}, "b": {"BOOL": True}}}, 3 + (1 + 2 + 7) + (1 + 1 + 1)),
    ],
)
def test_an_attribute_has_the_size_of_its_name_and_of_its_value(
    value: dict[str, Any], size: int
) -> None:
    assert size_of({"at": value}) == 2 + size
    assert size_of({"at": value, "ö": value}) == 4 + 2 * size


def test_a_type_of_which_nothing_is_known_has_no_size() -> None:
    with pytest.raises(ValueError, match="SS"):
        size_of({"at": {"SS": ["a"]}})


@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_write_takes_the_units_of_the_larger_item_before_and_after(in_transaction: bool) -> None:
    metered = Metered()
    client: Any = metered
    table = Table(client, "table", 90, lambda: 1)
    table.put(KEY)
    grows = Update(KEY, {"text": "x" * 2000})
    shrinks = Update(KEY, removes=["text"])
    taken = []
    for update in (grows, shrinks, Update(KEY, {"text": ""})):
        before = metered.writes
        if in_transaction:
            table.transact([update])
        else:
            table.update(update)
        taken.append(metered.writes - before)
    assert taken == ([4, 4, 2] if in_transaction else [2, 2, 1])
