"""Reading what came back, for the tests of flows."""

import csv
import io


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def states(text: str) -> list[str]:
    header, *rows = rows_of(text)
    return [row[header.index("enrichment_status")] for row in rows]
