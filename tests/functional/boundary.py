"""Stepping between the pipeline and its clients, for the tests in which requests go wrong."""

from collections.abc import Callable
from typing import Any

Row = tuple[str, int]
"""A job and a row's number."""


def interpose(client: Any, request: Callable[[str, Callable[[], Any]], Any]) -> None:
    """Let every request of a boto3 client, those of its paginators too, pass through `request` with
    its operation's name.
    """
    send = client._make_api_call
    client._make_api_call = lambda operation, parameters: request(
        operation, lambda: send(operation, parameters)
    )


def row_of(contact: dict[str, Any]) -> Row:
    """The row that a contact's token names."""
    _, _, job, _, row, _ = contact["custom"]["token"].split(".")
    return job, int(row)
