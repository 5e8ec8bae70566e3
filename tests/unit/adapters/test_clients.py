"""What botocore is spared, it would have done alike."""

import json
from typing import Any

from botocore.parsers import create_parser
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.clients import read_at_once

_QUERY = get_session().get_service_model("dynamodb").operation_model("Query")
SCALARS = st.one_of(
    st.builds(lambda text: {"S": text}, st.text()),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda told: {"BOOL": told}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda texts: {"SS": texts}, st.lists(st.text(), min_size=1)),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.builds(lambda values: {"L": values}, st.lists(inner, max_size=3))
        | st.builds(lambda values: {"M": values}, st.dictionaries(st.text(), inner, max_size=3))
    ),
    max_leaves=6,
)
ITEMS = st.dictionaries(st.text(min_size=1), VALUES, max_size=4)


def response(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"status_code": status, "headers": {}, "body": json.dumps(body).encode()}


def parsed(response: dict[str, Any]) -> dict[str, Any]:
    shape: Any = _QUERY.output_shape
    return dict(create_parser("json").parse(response, shape))


@given(items=st.lists(ITEMS, max_size=3), last=st.none() | ITEMS)
def test_an_answer_is_read_as_botocore_reads_it(items: list[Any], last: Any) -> None:
    body = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    body |= {"LastEvaluatedKey": last} if last else {}
    at_once: dict[str, Any] = {}
    answer = response(200, body)
    read_at_once(answer, at_once)

    assert parsed(answer) | at_once == parsed(response(200, body))


def test_a_refusal_is_left_to_botocore() -> None:
    body = {"__type": "com.amazonaws#ThrottlingException", "message": "slower"}
    answer, at_once = response(400, body), dict[str, Any]()
    read_at_once(answer, at_once)

    assert not at_once
    assert parsed(answer)["Error"]["Code"] == "ThrottlingException"
