"""Phone numbers in a cell, as `phonenumbers` knows them.

https://github.com/daviddrysdale/python-phonenumbers

The package takes 45 ms of a cold start and some 60 µs a number, so it is imported and asked only
for a text with enough digits.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

_FEWEST_DIGITS = 6  # of a number without its country, but for those of a few islands
_LONGEST = 250  # characters of a cell in which numbers are looked for
_BETWEEN = re.compile(r"[;,|\n\r\t]+|\s/+\s|\s+(?:or|oder|ou|o|and|und|et|y|e)\s+", re.IGNORECASE)
# +33 6 12 34 56 78 +33 6 12 34 56 79; Tel 01 42 68 53 00 (work) Mob 06 12 34 56 78
_NEXT = re.compile(
    r"(\d(?:\s*\([^\d()]*\))?)\s+(?=\+|[^\W\d]{1,15}[.:]?\s*[(+]{0,2}\d(?:[\s()./-]{0,3}\d){5})"
)
_SLASH = re.compile(r"/+")
_FAX = re.compile(
    r"fax|faks|факс|传真|傳真|t[eé]l[eé]copi|^\W*f\s*[:.]|^\W*f(?=[\s+])|\(f\)", re.IGNORECASE
)
# (mobile), Tel.:, and how a program writes a number that it took for an amount
_NO_NUMBER = re.compile(r"\([^\d()]*\)|^[^\d:+]{0,30}:|\.0$")
# What stands behind a number: poste 12, (Durchwahl 7); - mobile
_EXTENSION = re.compile(r"(?<=\d)[\s(,;-]+[^\W\d]{1,12}[.:]?\s*\d{1,5}\)?$")
_LABEL = re.compile(r"(?<=\d)[\s,–-]+[^\W\d][^\d+#]*$")
_ABROAD = re.compile(r"^\s*(?:\+\s*)?00(?=[1-9])")

# Endings of countries under which companies of everywhere have their sites.
_OF_EVERYWHERE = frozenset({"AI", "CC", "CO", "FM", "GG", "IO", "LY", "ME", "SH", "TO", "TV", "WS"})
_WITHOUT_ANY = "US"  # the country of a number that nothing tells a country of


def phones_in(cell: str, regions: Sequence[str], among: Collection[str] = ()) -> tuple[str, ...]:
    """The valid numbers in a cell in E.164, in its order, without faxes and hotlines.

    Args:
        cell: may hold several numbers, with extensions and labels.
        regions: the countries (ISO 3166) in which a number without one may be, the likeliest
            first: the first where it is valid counts.
        among: the countries whose numbers count; empty for all.

    >>> phones_in("030/901820 ext. 12; Fax: 030/901821; +33 6 12 34 56 78", ["DE"])
    ('+4930901820', '+33612345678')
    """
    if len(cell) > _LONGEST or _digits(cell) < _FEWEST_DIGITS:
        return ()
    parts = _BETWEEN.split(_NEXT.sub(r"\1;", cell))
    found = (number for part in parts for number in _in_part(part, regions, among))
    return tuple(dict.fromkeys(found))


def regions_of(domain: str | None, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The countries in which numbers without one may be: the company's own, by the ending of its
    domain, before those that are wanted; or else the United States.

    >>> regions_of("acme.co.uk"), regions_of("acme.com", ["FR"]), regions_of("acme.io")
    (('GB',), ('FR',), ('US',))
    """
    ending = (domain or "").rpartition(".")[2].upper()
    region = "GB" if ending == "UK" else ending
    own = (region,) if len(region) == 2 and region not in _OF_EVERYWHERE else ()
    return tuple(dict.fromkeys((*own, *wanted))) or (_WITHOUT_ANY,)


def _in_part(part: str, regions: Sequence[str], among: Collection[str]) -> Iterator[str]:
    """The numbers in a part: `0171/1234567` is one, and `+4930901820/21` another."""
    if _FAX.search(part):
        return
    pieces = _SLASH.split(part)
    if len(pieces) > 1 and _digits(pieces[0]) < _FEWEST_DIGITS:
        pieces = [part]
    yield from filter(None, (_number(piece, regions, among) for piece in pieces))


def _number(text: str, regions: Sequence[str], among: Collection[str]) -> str:
    """The number that a text is; empty if it is none that counts."""
    import phonenumbers

    text = _ABROAD.sub("+", _NO_NUMBER.sub("", text.strip().lstrip("'")))
    text = _LABEL.sub("", _EXTENSION.sub("", text.rstrip()))
    if _digits(text) < _FEWEST_DIGITS:
        return ""
    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        kind = phonenumbers.number_type(number)
        if kind != phonenumbers.PhoneNumberType.UNKNOWN:
            where = phonenumbers.region_code_for_number(number)
            counts = kind in _of_people() and (not among or where in among)
            as_e164 = phonenumbers.PhoneNumberFormat.E164
            return phonenumbers.format_number(number, as_e164) if counts else ""
    return ""


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


@cache
def _of_people() -> frozenset[int]:
    """The kinds of numbers that one person may have; hotlines are a company's."""
    from phonenumbers import PhoneNumberType as Kind

    return frozenset(
        {
            Kind.FIXED_LINE,
            Kind.FIXED_LINE_OR_MOBILE,
            Kind.MOBILE,
            Kind.PERSONAL_NUMBER,
            Kind.VOIP,
        }
    )
