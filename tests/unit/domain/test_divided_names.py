"""How names of a file were divided."""

from enrichment.domain.columns import Field
from enrichment.domain.divided_names import DividedNames
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
