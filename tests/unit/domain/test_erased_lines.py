"""Lines of a plan of which nothing is told any more."""

import json

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import Contact
from enrichment.domain.plan import (
    PlannedRow,
    contacts_erased,
    contacts_of,
    erased_line,
    planned_row,
)

TEXT = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable())
ROWS = st.integers(1, 1_048_576)
CONTACTS = st.builds(Contact, TEXT, TEXT, st.none() | TEXT, st.none() | TEXT, st.none() | TEXT)
LINES = st.one_of(
    st.builds(PlannedRow, ROWS, contact=CONTACTS),
    st.builds(PlannedRow, ROWS, rejected=TEXT),
    st.builds(PlannedRow, ROWS, not_worth=TEXT),
    st.builds(PlannedRow, ROWS, already=st.tuples(TEXT), spared=st.sampled_from([True, None])),
    st.builds(PlannedRow, ROWS, duplicate_of=ROWS),
    st.builds(PlannedRow, ROWS, over_budget=st.just(True)),
    st.builds(PlannedRow, ROWS, not_sampled=ROWS),
)


@given(LINES)
def test_an_erased_line_is_as_long_as_it_was_and_tells_nothing(planned: PlannedRow) -> None:
    line = planned.line()
    erased = erased_line(line)
    assert len(erased) == len(line)
    assert erased.count(b"\n") == 1
    assert json.loads(erased).keys() == {"row", "erased"}
    assert planned_row(erased).row == planned.row
    assert erased_line(erased) == erased


@given(st.lists(CONTACTS, min_size=1, max_size=5), st.data())
def test_the_other_contacts_of_a_batch_stand_where_they_stood(
    contacts: list[Contact], data: st.DataObject
) -> None:
    lines = [PlannedRow(row, each).line() for row, each in enumerate(contacts, start=2)]
    gone = data.draw(st.sets(st.sampled_from(range(len(lines)))))
    left = b"".join(erased_line(line) if at in gone else line for at, line in enumerate(lines))
    before, after = contacts_of(b"".join(lines), 7), contacts_of(left, 7)
    assert after == [each for at, each in enumerate(before) if at not in gone]
    assert contacts_erased(left) == len(gone)
