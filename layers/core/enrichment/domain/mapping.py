"""A folder's own mapping of headers, for files whose columns have names of their own making."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from types import MappingProxyType

from enrichment.domain.characters import whole
from enrichment.domain.columns import Field, Held, normalised
from enrichment.domain.finding import find_columns
from enrichment.domain.found import Found, HeldColumn, SampleRow, TakenColumn
from enrichment.domain.header_rows import likeness_of
from enrichment.domain.held_columns import with_held
from enrichment.errors import BadMapping
from enrichment.words import columns
from enrichment.words import files as words

MAX_MAPPING = 1_000_000  # bytes that are read of one
_CAN_BE = (*Field, Held.PHONE, Held.PERSONAL_EMAIL)
_NAMED: MappingProxyType[str, Field | Held] = MappingProxyType(
    {normalised(each): each for each in _CAN_BE}
)


def mapping_of(text: bytes, key: str) -> dict[str, Field | Held | None]:
    """Read `_columns.json`: what each header is, by its normalised text; null for a column to be
    left alone.

    Args:
        text: the file.
        key: where it lies, for errors.

    Raises:
        BadMapping: it is no JSON object of headers and fields.
    """
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMapping(words.mapping_no_json(key)) from None
    if not isinstance(mapping, dict):
        raise BadMapping(words.mapping_no_object(key))
    return {
        normalised(whole(header)): _field(whole(header), name, key)
        for header, name in mapping.items()
    }


@dataclass(frozen=True)
class ByMapping:
    """Finds columns as a mapping says, and by evidence what it does not mention. Several columns
    for one field are trusted in the mapping's order.

    >>> ByMapping({"wer": Field.FULL_NAME}).find(["Wer", "Firma"]).columns
    {<Field.FULL_NAME: 'full name'>: (0,), <Field.COMPANY: 'company'>: (1,)}
    """

    mapping: Mapping[str, Field | Held | None] = dataclass_field(default_factory=dict)

    def likeness(self, cells: Sequence[str], above: Sequence[str] = ()) -> float:
        names = list(map(normalised, cells)) if self.mapping else []
        said = {field for name in names if (field := self.mapping.get(name))}
        return len(said) + likeness_of(self._left(cells), above)

    def find(
        self,
        header: Sequence[str],
        sample: Sequence[SampleRow] = (),
        above: Sequence[str] = (),
    ) -> Found:
        names = list(map(normalised, header))
        said = self._said(names)
        kept = [at for at, name in enumerate(names) if name not in self.mapping]
        found = find_columns(header, sample, above, among=kept)
        taken = [*said.taken, *(each for each in found.taken if each.field not in said.columns)]
        order = list(Field)
        whole = Found(
            taken=tuple(sorted(taken, key=lambda each: order.index(each.field))),
            held=said.held,
            unused=found.unused,
        )
        return with_held(whole, header, sample, above, kept)

    def _said(self, names: Sequence[str]) -> Found:
        """What the mapping says of columns by their normalised headers."""
        there = [(each, names.index(name)) for name, each in self.mapping.items() if name in names]
        return Found(
            taken=tuple(
                TakenColumn(field=each, position=at, sure=100, why=columns.BY_FOLDER)
                for each, at in there
                if isinstance(each, Field)
            ),
            held=tuple(
                HeldColumn(held=each, position=at, sure=100, why=columns.BY_FOLDER)
                for each, at in there
                if isinstance(each, Held)
            ),
        )

    def _left(self, cells: Sequence[str]) -> Sequence[str]:
        if not self.mapping:
            return cells
        return ["" if normalised(cell) in self.mapping else cell for cell in cells]


def _field(header: str, name: object, key: str) -> Field | Held | None:
    if name is None:
        return None
    field = _NAMED.get(normalised(name)) if isinstance(name, str) else None
    if field is None:
        raise BadMapping(
            words.mapping_unknown_field(
                key, header, whole(json.dumps(name, ensure_ascii=False)), ", ".join(_CAN_BE)
            )
        )
    return field
