"""A person's LinkedIn page: every spelling of its address as one, and what other addresses of
LinkedIn are.

No live account has told whether the provider takes Sales Navigator's addresses; they are sent where
a row has nothing better [A].
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, unquote

from enrichment import vocabulary
from enrichment.domain.cell import damage, excess, said, tidy
from enrichment.domain.columns import Field
from enrichment.words import rows as words

# characters; a public address has at most 100 of its own, percent-encoded at most 9 for each
MAX_URL = 500
SITE = "https://www.linkedin.com/"

# An address in a text: by its host, after any number of schemes, also broken ones, or by its path
# alone at the start. A comma is part of Sales Navigator's addresses, unless another address
# follows.
_NEXT = r"https?[:/]|www\.|(?:[\w-]+\.)*linkedin\.com"
_ADDRESS = re.compile(
    r"""(?<![^\s"'<>(\[{,;|])(?:https?[:/]++|//)*+"""
    r"""(?:(?:[\w-]+\.)*linkedin\.com\.?(?::\d+)?/|^/?(?=(?:in|pub|sales/lead|sales/people)/))"""
    rf"""(?P<path>(?:[^\s"<>|;`,]|,(?!$|\s|{_NEXT}))*)""",
    re.IGNORECASE,
)
# linkedin.com/in/jane doe: whose page that is cannot be known.
_BROKEN_OFF = re.compile(rf"\s(?!{_NEXT})\w", re.IGNORECASE)

# The address that most cells hold, which needs no more than its name.
_PLAIN = re.compile(
    r"(?:https?://)?(?:www\.|[a-z]{2}\.)?linkedin\.com/in/([a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?)/?"
)
# Case matters in these, not in the names that people choose.
_MEMBER_ID = re.compile(r"AC[ow]AA[A-Za-z0-9_-]+")
_LEAD_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Profile:
    """The address of a person's page, or None and what is wrong, with `{}` for what it is needed
    for.
    """

    url: str | None
    problem: str = ""


_MISSING = Profile(None, words.profile_needed(Field.LINKEDIN, words.MISSING, "{}"))


def profile_in(cells: Mapping[Field, str]) -> Profile:
    """The row's best address of a person: a public profile from either column, or else one of Sales
    Navigator.
    """
    page = cells.get(Field.LINKEDIN, "")
    if not (page or cells.get(Field.SALES_NAVIGATOR)):
        return _MISSING
    url = plain_page(page)
    return Profile(url) if url else _profile_among(cells)


def plain_page(cell: str) -> str | None:
    """The canonical address in a cell that holds no more than one of the usual form; None for any
    other cell.
    """
    found = _PLAIN.fullmatch(cell)
    if found is None or found[1] in vocabulary.word_set("linkedin", "nobody"):
        return None
    return f"{SITE}in/{found[1]}"


def _profile_among(cells: Mapping[Field, str]) -> Profile:
    columns = {
        field: said(cells.get(field, "")) for field in (Field.LINKEDIN, Field.SALES_NAVIGATOR)
    }
    found = [url for text in columns.values() for url in person_urls(text)]
    if found:
        url = min(found, key=is_sales_navigator)
        too_long = excess(url, MAX_URL)
        return (
            Profile(None, words.profile_needed(Field.LINKEDIN, too_long, "{}"))
            if too_long
            else Profile(url)
        )
    field, text = next(
        ((field, text) for field, text in columns.items() if text), (Field.LINKEDIN, "")
    )
    if not text:
        return Profile(None, words.profile_needed(field, words.MISSING, "{}"))
    for what, wanted in filter(None, map(_other, _paths(text))):
        return Profile(None, words.another_page(field, what, wanted, "{}"))
    problem = damage(cells[field]) or words.NO_PROFILE
    return Profile(None, words.profile_needed(field, problem, "{}"))


def person_urls(text: str) -> list[str]:
    """The canonical addresses of the people whose pages are named in a text, in its order.

    Always ASCII and on `www.linkedin.com`, without query, language and trailing slash. Public names
    are lower-case, because LinkedIn does not tell case in them, and percent-encoded.

    >>> person_urls("http://fr.linkedin.com/in/René-D/en?trk=x")
    ['https://www.linkedin.com/in/ren%C3%A9-d']
    """
    return [url for url in map(_person, _paths(text)) if url]


def is_sales_navigator(url: str) -> bool:
    """Whether a canonical address is one of Sales Navigator, which only its subscribers can
    open.
    """
    return url.startswith(f"{SITE}sales/")


def person_key(url: str) -> str:
    """What tells the person of a canonical address: a namespace, `/`, and the name in it.

    A member's id is the same in a public address and in Sales Navigator's. Keys of two namespaces
    cannot be compared: a person has a name of their own choice as well as one id of each kind
    (`ACoAA`, `ACwAA`).
    """
    path = url.removeprefix(SITE).removeprefix("sales/")
    who = path[path.find("/") + 1 :]
    return f"{who[:5]}/{who}" if who[:2] == "AC" and _MEMBER_ID.fullmatch(who) else path


def _paths(text: str) -> Iterator[list[str]]:
    """The paths of LinkedIn's addresses in a text, each in its segments; one that is broken off has
    none.
    """
    detours = vocabulary.word_set("linkedin", "detour")
    text = tidy(text).replace("\\", "/")
    for match in _ADDRESS.finditer(text):
        path = re.split(r"[?#]", match["path"], maxsplit=1)[0]
        is_whole = (
            match["path"] != path or path.endswith("/") or not _BROKEN_OFF.match(text, match.end())
        )
        segments = [segment for segment in path.split("/") if segment] if is_whole else []
        while segments and segments[0].lower() in detours:
            segments = segments[1:]
        yield segments


def _person(segments: list[str]) -> str | None:
    match [segment.lower() for segment in segments[:2]]:
        case ["in", _]:
            slug = _slug(segments[1])
            return f"{SITE}in/{slug}" if slug else None
        case ["pub", name] if name != "dir":
            parts = [
                _slug(segments[1]),
                *(part.lower() for part in segments[2:5] if re.fullmatch(r"(?a:\w{1,3})", part)),
            ]
            return f"{SITE}pub/{'/'.join(part for part in parts if part)}" if parts[0] else None
        case ["sales", "lead" | "people"] if len(segments) > 2:
            lead = unquote(segments[2]).partition(",")[0]
            return f"{SITE}sales/lead/{lead}" if _LEAD_ID.fullmatch(lead) else None
        case _:
            return None


def _slug(segment: str) -> str | None:
    """A person's name in an address, percent-encoded; None if it can be nobody's."""
    text = segment
    for _ in range(3):  # encoded twice is not rare; no name has a percent sign
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:
            return None
    text = tidy(re.split(r"[/?#]", text, maxsplit=1)[0])
    text = text.rstrip(".'’:!*]}" if "(" in text else ".'’:!*]})")  # of the sentence around it
    if not _MEMBER_ID.fullmatch(text):
        text = unicodedata.normalize("NFC", text.lower())
    is_nobody = not text or text in vocabulary.word_set("linkedin", "nobody")
    if is_nobody or "%" in text or " " in text or damage(text):
        return None
    return quote(text, safe="")


def _other(segments: list[str]) -> tuple[str, str] | None:
    """What a page is that is not a person's, and what is wanted in its place."""
    lower = [segment.lower() for segment in segments]
    return _pages().get("/".join(lower[:2])) or _pages().get(lower[0] if lower else "")


@cache
def _pages() -> Mapping[str, tuple[str, str]]:
    kinds = vocabulary.load("linkedin")["page"]
    return {path: (kind["is"], kind["wanted"]) for kind in kinds for path in kind["paths"]}
