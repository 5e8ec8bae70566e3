"""A folder's own mapping of headers, for files whose columns have names of their own making."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from enrichment.domain.characters import whole
from enrichment.domain.columns import Field, find_columns, normalised
from enrichment.errors import BadMapping
from enrichment.words import files as words

MAX_MAPPING = 1_000_000  # bytes that are read of one
_FIELDS: MappingProxyType[str, Field] = MappingProxyType(
    {normalised(field): field for field in Field}
)


def mapping_of(text: bytes, key: str) -> dict[str, Field | None]:
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


def mapped_columns(header: Sequence[str], mapping: Mapping[str, Field | None]) -> dict[Field, int]:
    """The position of each field's column: as the mapping says, and found by the header for what it
    does not mention.

    >>> mapped_columns(["Wer", "Firma"], {"wer": Field.FULL_NAME})
    {<Field.FULL_NAME: 'full name'>: 0, <Field.COMPANY: 'company'>: 1}
    """
    names = list(map(normalised, header))
    said = {field: names.index(name) for name, field in mapping.items() if field and name in names}
    unsaid = ["" if name in mapping else text for name, text in zip(names, header, strict=True)]
    return said | {
        field: position for field, position in find_columns(unsaid).items() if field not in said
    }


def _field(header: str, name: object, key: str) -> Field | None:
    if name is None:
        return None
    field = _FIELDS.get(normalised(name)) if isinstance(name, str) else None
    if field is None:
        raise BadMapping(
            words.mapping_unknown_field(
                key, header, whole(json.dumps(name, ensure_ascii=False)), ", ".join(Field)
            )
        )
    return field
