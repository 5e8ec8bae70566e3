"""People who are to be erased, and what names them: an e-mail address or a LinkedIn page wherever
it stands, a name only beside its company or domain.

A row that is wrongly erased is lost, and one that is missed is told by nobody. So what is not sure
is not guessed: namesakes at one company with different LinkedIn pages, and names without a company,
are listed for somebody to look at.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from enrichment.domain.addresses import addresses_in
from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact
from enrichment.domain.duplicates import company_key, folded
from enrichment.domain.linkedin import person_key, person_urls
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.names import name_in
from enrichment.domain.row_contact import company_in
from enrichment.domain.websites import company_domain

ENCODED_TWICE = "Ã"  # stands in most texts that were encoded twice
_PAGE = re.compile(r"linkedin\.|(?:^|\n)/?(?:in|pub|sales)/", re.IGNORECASE)
# What is in a text of escapes, of two bytes a character, of shifts, or encoded twice.
_NOT_AS_READ = (b"\\", b"\0", b"\x1b", ENCODED_TWICE.encode())
_WORD = re.compile(r"\w+")


class Traces(NamedTuple):
    """What a text tells of a person: addresses in lower case, pages as `person_key` tells them, the
    name without differences of the keyboard, and where they work: `domain` or `company`, a line
    break, and its name.
    """

    addresses: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    first: str = ""
    last: str = ""
    employers: frozenset[str] = frozenset()


class Candidate(NamedTuple):
    """A person who may be meant by an erasee, row by row: the erasee's row, whether that is sure
    by itself, and what tells this person from others of the name, empty where nothing does.
    """

    erasee: int
    is_sure: bool
    told_by: str = ""


@dataclass(frozen=True)
class Erasee:
    """One row of a file of people who are to be erased."""

    row: int
    traces: Traces

    @property
    def has_own_mark(self) -> bool:
        """Whether an address or a page tells the person."""
        return bool(self.traces.addresses or self.traces.pages)

    @property
    def has_whole_name(self) -> bool:
        """Whether there is a name with a company or domain."""
        return bool(self.traces.first and self.traces.last and self.traces.employers)

    @property
    def is_nobody(self) -> bool:
        """Whether nothing tells a person at all."""
        return not (self.has_own_mark or self.traces.last or self.traces.first)


def traces_of(texts: Sequence[str], said: Mapping[Field, str], manner: Manner = WESTERN) -> Traces:
    """What a row tells of its person.

    Args:
        texts: its cells, and where they link to.
        said: its text by field, as far as its columns are known.
        manner: how full names stand in the file.
    """
    text = "\n".join(texts)
    addresses = addresses_in(text) if "@" in text else frozenset[str]()
    urls = [url for each in texts for url in person_urls(each)] if _PAGE.search(text) else []
    name = name_in(said, manner, urls[0] if urls else None)
    first, last = name.guess or (name.first, name.last)
    return Traces(
        addresses,
        frozenset(map(person_key, urls)),
        folded(first or said.get(Field.FIRST_NAME, "")),
        folded(last or said.get(Field.LAST_NAME, "")),
        frozenset(_employers(said, addresses)),
    )


def traces_of_contact(contact: Contact) -> Traces:
    """What a contact tells, as it is sent."""
    page, company = contact.linkedin_url, contact.company_name
    employers = {f"domain\n{contact.domain}"} if contact.domain else set()
    if company:
        employers.add(f"company\n{company_key(company)}")
    return Traces(
        pages=frozenset({person_key(page)} if page else ()),
        first=folded(contact.firstname),
        last=folded(contact.lastname),
        employers=frozenset(employers),
    )


def texts_in(payload: Any) -> list[str]:
    """All texts in what JSON holds."""
    match payload:
        case str():
            return [payload]
        case dict():
            return [text for value in payload.values() for text in texts_in(value)]
        case list():
            return [text for value in payload for text in texts_in(value)]
        case _:
            return []


def _employers(said: Mapping[Field, str], addresses: Iterable[str]) -> Iterable[str]:
    domains = [company_domain(said), *(company_domain({Field.EMAIL: each}) for each in addresses)]
    yield from (f"domain\n{each}" for each in domains if each)
    company, problem = company_in(said.get(Field.COMPANY, ""))
    if company and not problem:
        yield f"company\n{company_key(company)}"


class Search:
    """Finds those who are to be erased.

    Args:
        erasees: all of them.
        undecided: the rows of those whose name may be that of several people; they are found by
            address and page alone.
    """

    def __init__(self, erasees: Sequence[Erasee], undecided: Collection[int] = ()) -> None:
        self._undecided = undecided
        self._of = {each.row: each.traces for each in erasees}
        self._by_address: dict[str, set[int]] = defaultdict(set)
        self._by_page: dict[str, set[int]] = defaultdict(set)
        self._by_last: dict[str, set[int]] = defaultdict(set)
        for each in erasees:
            for address in each.traces.addresses:
                self._by_address[address].add(each.row)
            for page in each.traces.pages:
                self._by_page[page].add(each.row)
            if word := _last_word(each.traces):
                self._by_last[word].add(each.row)

    def may_be_in(self, content: bytes) -> bool:
        """Whether a file of these bytes may name somebody: most name nobody, and need not be read
        as rows. Nothing is told of what is packed, is not UTF-8, or does not stand there as it is
        read.
        """
        if content.startswith(b"PK") or any(mark in content for mark in _NOT_AS_READ):
            return True
        try:
            return self.may_name([content.decode()])
        except UnicodeDecodeError:
            return True

    def may_name(self, texts: Sequence[str]) -> bool:
        """Whether a row is worth a closer look: most are not, and this is quick."""
        text = "\n".join(texts)
        if ENCODED_TWICE in text:
            return True
        if self._by_address and not self._by_address.keys().isdisjoint(addresses_in(text)):
            return True
        if self._by_page and _PAGE.search(text):
            return True
        words = _WORD.findall(folded.__wrapped__(text)) if self._by_last else ()
        return not self._by_last.keys().isdisjoint(words)

    def of(self, traces: Traces) -> frozenset[int]:
        """The erasees whom a row names, as far as that is sure."""
        return frozenset(each.erasee for each in self.candidates(traces) if each.is_sure)

    def candidates(self, traces: Traces) -> list[Candidate]:
        """Those whom a row names or may name."""
        by_mark = {
            *(row for each in traces.addresses for row in self._by_address.get(each, ())),
            *(row for each in traces.pages for row in self._by_page.get(each, ())),
        }
        word = _last_word(traces)
        of_name = sorted(self._by_last.get(word, set()) - by_mark) if word else []
        by_name = (self._by_name(row, traces) for row in of_name)
        return [
            *(Candidate(row, is_sure=True) for row in sorted(by_mark)),
            *(candidate for candidate in by_name if candidate),
        ]

    def _by_name(self, row: int, traces: Traces) -> Candidate | None:
        wanted = self._of[row]
        if not _agree(wanted, traces) or _are_told_apart(wanted.pages, traces.pages):
            return None
        is_whole = bool(wanted.first and wanted.last and wanted.employers & traces.employers)
        if wanted.employers and not wanted.employers & traces.employers:
            return None
        told_by = "\n".join(sorted(traces.pages))
        if not is_whole:
            employer = min(
                traces.employers, default=""
            )  # a company, if it is known: it sorts first
            told_by = "\n".join([traces.first, traces.last, employer, told_by])
        return Candidate(row, is_whole and row not in self._undecided, told_by)


def undecided(told_by: Mapping[int, Collection[str]], erasees: Sequence[Erasee]) -> dict[int, int]:
    """The erasees by row whose name is that of several people, or is not enough to tell one; and
    how many different people it may be.

    Args:
        told_by: what the candidates of each erasee are told by.
        erasees: all of them.
    """
    found = {}
    for each in erasees:
        people = {told for told in told_by.get(each.row, ()) if told}
        if each.has_whole_name and len(_apart(people)) > 1:
            found[each.row] = len(_apart(people))
        elif not each.has_whole_name and not each.has_own_mark:
            found[each.row] = len(people)
    return found


def _apart(people: Iterable[str]) -> set[str]:
    """Of pages that can be compared, those of the kind of which there are most."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for page in people:
        kinds[page.partition("/")[0]].add(page)
    return max(kinds.values(), key=len, default=set())


def _agree(wanted: Traces, traces: Traces) -> bool:
    """Whether what is known of a name is the same in both."""
    firsts = not wanted.first or wanted.first == traces.first
    return firsts and (not wanted.last or wanted.last == traces.last)


def _are_told_apart(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two people have pages of one kind, and different ones."""
    of_one, of_other = (
        {page.partition("/")[0]: page for page in pages} for pages in (sorted(one), sorted(other))
    )
    return any(of_one[kind] != of_other[kind] for kind in of_one.keys() & of_other.keys())


def _last_word(traces: Traces) -> str:
    words = _WORD.findall(traces.last or traces.first)
    return words[-1] if words else ""
