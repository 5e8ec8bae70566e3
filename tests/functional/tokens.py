"""Rows by the tokens of their contacts, for the tests in which requests go wrong."""

from typing import Any

Row = tuple[str, int]
"""A job and a row's number."""


def row_of(contact: dict[str, Any]) -> Row:
    """The row that a contact's token names."""
    _, _, job, _, row, _ = contact["custom"]["token"].split(".")
    return job, int(row)
