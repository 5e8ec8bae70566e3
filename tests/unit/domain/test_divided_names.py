"""How names of a file were divided."""

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.divided_names import DividedNames
from enrichment.domain.plan import PlannedRow
from tests.unit.builders import a_contact


def test_names_that_were_divided_or_changed_are_noted_and_others_are_not() -> None:
    names = DividedNames({Field.FIRST_NAME: (0,), Field.LAST_NAME: (1,), Field.FULL_NAME: (2,)})
    names.add_if_changed(2, ["Jane ", " Doe", ""], a_contact())
    names.add_if_changed(3, ["jane", "DOE", ""], a_contact())
    names.add_if_changed(4, ["", "", "Doe, Jane"], a_contact())
    names.add_if_changed(5, ["Jane", "Doe"], a_contact())
    assert [(each.row, each.written, each.first, each.last) for each in names.names()] == [
        (3, "jane | DOE", "Jane", "Doe"),
        (4, "Doe, Jane", "Jane", "Doe"),
    ]


def test_only_so_many_names_are_noted() -> None:
    names = DividedNames({Field.FULL_NAME: (0,)})
    for row in range(2, 50):
        names.add_if_changed(row, ["Jane Doe"], a_contact())
    assert names.is_full
    assert [each.row for each in names.names()] == list(range(2, 22))


NAMES = st.sampled_from(["Jane", " Jane", "Doe", "", " ", 'D"oe', "Zoë"])


@given(
    columns=st.dictionaries(
        st.sampled_from([Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME]),
        st.lists(st.integers(0, 3), min_size=1, max_size=2).map(tuple),
    ),
    cells=st.lists(NAMES, max_size=4),
    first=NAMES.map(str.strip),
    last=NAMES.map(str.strip).filter(bool),
)
def test_a_line_that_begins_so_has_nothing_to_be_noted(
    columns: dict[Field, tuple[int, ...]], cells: list[str], first: str, last: str
) -> None:
    names = DividedNames(columns)
    contact = a_contact(firstname=first, lastname=last)
    start = names.line_start(5, cells)
    names.add_if_changed(5, cells, contact)

    begins_so = start is not None and PlannedRow(5, contact).line().startswith(start)
    assert begins_so <= (not names.names())
    assert begins_so or names.names() or not first
