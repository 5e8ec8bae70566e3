"""Whom a file has named before: some 60 bytes of memory a row, whatever the row says."""

import json
from array import array
from collections.abc import Callable, Iterator
from typing import Self

from xxhash import xxh3_128_digest

from enrichment.domain.duplicates import Identity

_DIGEST = 10  # bytes
_ENTRY = _DIGEST + 4  # a digest, and the number of the person it leads to
_FULL = 24 * _ENTRY  # bytes of a shard on average before their number is doubled
_SIZE_OF_A_SHARD = 1000  # bytes of a CSV file, in which there are seven rows or so
_NOBODY = -1
_DOMAIN = 1  # the bit for those who have one; kinds of pages have those above it


class EarlierRows:
    """Finds the earlier row of the same person, by the rules of `Identity`.

    A person is known by the row that named them first. Their LinkedIn page, and their name at a
    domain or a company, lead back to that row. Which kinds of pages a person has, and whether they
    have a domain, is remembered too: a namesake with a different page or domain is somebody else.

    Of each page, and of each name at a domain or a company, 10 bytes of a digest are kept. If two
    different ones had the same, a row would be taken for a copy and its contact be lost. Among the
    15 million of a file of 5 million rows, such a pair has the chance of 15,000,000² / 2 / 2⁸⁰: one
    in ten billion such files. With 8 bytes it would be one in 160,000. The digests are fast, not
    cryptographic: whoever makes two people up who have the same loses one of them.

    Args:
        size: of the file in bytes, from which it is guessed how many rows there will be: to make
            room for more takes time.
    """

    def __init__(self, size: int = 0) -> None:
        # Each shard is some entries in a row, among which one is searched for from the start.
        self._shards = [b""] * (1 << max(6, (size // _SIZE_OF_A_SHARD).bit_length() - 1))
        self._mask, self._bytes = len(self._shards) - 1, 0
        self._rows = array("Q")  # by the person's number: the row that named them first
        self._has = array("H")  # and what they have, a bit for the domain and each kind of page
        self._bits: dict[str, int] = {}

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then
        remembered as `row`.
        """
        profile, name, domain, company = who
        page = self._bit(who.namespace) if profile else 0
        has = page | _DOMAIN if domain else page
        new: list[bytes] = []
        of_page = self._person(f"page\n{profile}", new) if profile else _NOBODY
        of_domain = self._person(f"domain\n{name}\n{domain}", new) if domain else _NOBODY
        of_company = self._person(f"company\n{name}\n{company}", new) if company else _NOBODY

        person = of_page
        if person == _NOBODY != of_domain:
            person = self._unless_told_apart(of_domain, page)
        if person == _NOBODY != of_company:
            person = self._unless_told_apart(of_company, has)
        if person == _NOBODY:
            self._remember(new, len(self._rows))
            self._rows.append(row)
            self._has.append(has)
            return None
        # Also what a copy brought is remembered: it tells the next copy.
        self._remember(new, person)
        self._has[person] |= has
        return self._rows[person]

    def stored(self) -> Iterator[bytes]:
        """All of it as bytes, part by part: what `restored` reads."""
        head = json.dumps({"people": len(self._rows), "bits": self._bits}).encode()
        yield len(head).to_bytes(4, "little") + head
        yield self._rows.tobytes()
        yield self._has.tobytes()
        yield from self._shards

    @classmethod
    def restored(cls, read: Callable[[int], bytes]) -> Self:
        """What was stored, from a stream's `read`."""
        head = json.loads(read(int.from_bytes(read(4), "little")))
        new = cls()
        new._bits = head["bits"]
        for column in (new._rows, new._has):
            column.frombytes(read(head["people"] * column.itemsize))
        while entries := read(_ENTRY * 4096):
            for start in range(0, len(entries), _ENTRY):
                entry = entries[start : start + _ENTRY]
                new._shards[hash(entry[:_DIGEST]) & new._mask] += entry
            new._bytes += len(entries)
            while new._bytes > _FULL * len(new._shards):
                new._double()
        return new

    def _unless_told_apart(self, namesake: int, has: int) -> int:
        """The namesake, unless that person is known to have a page or domain of their own."""
        return _NOBODY if self._has[namesake] & has else namesake

    def _bit(self, kind: str | None) -> int:
        return self._bits.setdefault(kind or "", 2 * _DOMAIN << len(self._bits))

    def _person(self, key: str, new: list[bytes]) -> int:
        """The number of the person whom a key leads to; the digest of one that leads to nobody is
        added to `new`.
        """
        digest = xxh3_128_digest(key.encode())[:_DIGEST]
        shard = self._shards[hash(digest) & self._mask]
        at = shard.find(digest)
        while at > 0 and at % _ENTRY:  # parts of two neighbours that happen to look like it
            at = shard.find(digest, at + 1)
        if at < 0:
            new.append(digest)
            return _NOBODY
        return int.from_bytes(shard[at + _DIGEST : at + _ENTRY], "little")

    def _remember(self, digests: list[bytes], person: int) -> None:
        number = person.to_bytes(4, "little")
        shards, mask = self._shards, self._mask
        for digest in digests:
            shards[hash(digest) & mask] += digest + number
        self._bytes += _ENTRY * len(digests)
        if self._bytes > _FULL * len(self._shards):
            self._double()

    def _double(self) -> None:
        """Divide each shard in two, by one more bit of the hashes of its digests."""
        bit = len(self._shards)
        for at in range(bit):
            shard = self._shards[at]
            entries = [shard[start : start + _ENTRY] for start in range(0, len(shard), _ENTRY)]
            halves: tuple[list[bytes], list[bytes]] = ([], [])
            for entry in entries:
                halves[hash(entry[:_DIGEST]) & bit > 0].append(entry)
            self._shards[at] = b"".join(halves[0])
            self._shards.append(b"".join(halves[1]))
        self._mask = len(self._shards) - 1
