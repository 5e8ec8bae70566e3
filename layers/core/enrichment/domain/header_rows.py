"""Which rows are headers, and what the cells of one say."""

from collections.abc import Sequence

from enrichment.domain.evidence import ValueKind, look
from enrichment.domain.header_words import Meaning, in_group, is_known, meaning


def likeness_of(cells: Sequence[str], above: Sequence[str] = ()) -> float:
    """How much a row looks like a header: the sum of what its cells name, each thing once."""
    best: dict[object, float] = {}
    for each in meanings_of(cells, above):
        if name := each.field or each.kind:
            best[name] = max(best.get(name, 0.0), each.weight)
    data = sum(1 for cell in cells if cell and look(cell).kind in _ADDRESSES)
    return sum(best.values()) - data


_ADDRESSES = (ValueKind.EMAIL, ValueKind.PROFILE, ValueKind.SALES, ValueKind.URL)
_DATA = (*_ADDRESSES, ValueKind.DOMAIN)  # but `person.name` may be a header


def is_data(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of some rows is one like the others: it has addresses where they have."""
    first, *others = rows or [[]]
    kinds = {at: look(cell).kind for at, cell in enumerate(first) if cell.strip()}
    addresses = {at: kind for at, kind in kinds.items() if kind in _DATA}
    alike = [
        at
        for at, kind in addresses.items()
        if 2 * sum(at < len(row) and look(row[at]).kind is kind for row in others) >= len(others)
    ]
    return bool(alike)


def groups_of(above: Sequence[str], header: Sequence[str]) -> list[str]:
    """The name of each column's group, if the row above a header names groups of columns: several
    cells, each at the start of its columns.

    >>> groups_of(["Person", "", "Company"], ["Name", "Email", "Name", "Website"])
    ['Person', 'Person', 'Company', 'Company']
    """
    width = len(header)
    named = [cell for cell in above if cell.strip()]
    fewer = len(set(named)) < width or all(map(is_known, header))
    if len(named) < 2 or not fewer or not all(map(_may_be_group, named)):
        return [""] * width
    groups, group = [], ""
    for at, cell in enumerate(header):
        own = above[at].strip() if at < len(above) else ""
        group = own or group
        groups.append(group if own or cell.strip() else "")
    return groups


def _may_be_group(cell: str) -> bool:
    return look(cell).kind is ValueKind.TEXT and is_known(cell)


def meanings_of(header: Sequence[str], above: Sequence[str]) -> list[Meaning]:
    """What each cell of a header says, below the names of groups in the row above it."""
    groups = groups_of(above, header) if any(above) else [""] * len(header)
    return [
        in_group(group, cell) if group else meaning(cell)
        for group, cell in zip(groups, header, strict=True)
    ]
