"""Whom a file has named before: some 30 bytes of memory a row, whatever the row says."""

import json
from array import array
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import repeat
from typing import BinaryIO, Self

from xxhash import xxh3_128_digest

from enrichment.domain.duplicates import Identity

_DIGEST, _SIGN = 12, 3  # bytes of a digest, and of its beginning that is held
_RECORD = _DIGEST + 4  # a digest, and the row that it leads to
_ENTRY = _SIGN + 4  # the beginning of a digest, and the number of its record
_FULL = 256  # entries of a shard on average before their number is doubled
_SIZE_OF_A_SHARD = 1000  # bytes of a CSV file, in which there are seven rows or so
_LEAST, _MOST = 6, 16  # bits of the number of shards to begin with
_NOBODY = -1
_DOMAIN = 1  # the bit for those who have one; kinds of pages have those above it


class EarlierRows:
    """Finds the earlier row of the same person, by the rules of `Identity`.

    A person is known by the row that named them first. Their LinkedIn page, and their name at a
    domain or a company, lead back to that row. Which kinds of pages a person has, and whether they
    have a domain, is remembered too: a namesake with a different page or domain is somebody else.

    Of each page, and of each name at a domain or a company, 12 bytes of a digest are kept on disk,
    in the order in which they came. Memory has 3 of them, and where the others are: they are read
    where these are alike, which is so for copies, and seldom for others of the same shard.

    If two different ones had the same digest, a row would be taken for a copy and its contact be
    lost. Among the 15 million of a file of 5 million rows, such a pair has the chance of
    15,000,000² / 2 / 2⁹⁶: one in 700 trillion such files. The digests are fast, not
    cryptographic: whoever makes two people up who have the same loses one of them.

    Args:
        size: of the file in bytes, from which it is guessed how many rows there will be: to make
            room for more takes time.
        digests: an empty file for them, of 40 bytes a row; without one they are in memory.
    """

    def __init__(self, size: int = 0, digests: BinaryIO | None = None) -> None:
        # Each shard is some entries in a row, among which one is searched for from the start.
        bits = (size // _SIZE_OF_A_SHARD).bit_length() - 1
        self._shards = [b""] * (1 << min(_MOST, max(_LEAST, bits)))
        self._mask, self._room = len(self._shards) - 1, _FULL * len(self._shards)
        self._records = 0
        self._digests = BytesIO() if digests is None else digests
        self._has = array("H")  # what a person has, by the row: a bit for the domain and each page
        self._bits: dict[str, int] = {}

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then
        remembered as `row`. Rows come in the order of their numbers.
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
            self._remember(new, row)
            if row > len(self._has):
                self._has.extend(repeat(0, row - len(self._has)))
            self._has.append(has)
            return None
        # Also what a copy brought is remembered: it tells the next copy.
        self._remember(new, person)
        self._has[person] |= has
        return person

    def stored(self) -> Iterator[bytes]:
        """All of it as bytes, part by part: what `restored` reads."""
        head = json.dumps({"rows": len(self._has), "bits": self._bits}).encode()
        yield len(head).to_bytes(4, "little") + head
        yield self._has.tobytes()
        self._digests.seek(0)
        while records := self._digests.read(_RECORD * 4096):
            yield records

    @classmethod
    def restored(cls, read: Callable[[int], bytes], digests: BinaryIO | None = None) -> Self:
        """What was stored, from a stream's `read`; with a file as for a new one."""
        head = json.loads(read(int.from_bytes(read(4), "little")))
        new = cls(0, digests)
        new._bits = head["bits"]
        new._has.frombytes(read(head["rows"] * new._has.itemsize))
        while records := read(_RECORD * 4096):
            for start in range(0, len(records), _RECORD):
                digest, row = (
                    records[start : start + _DIGEST],
                    records[start + _DIGEST : start + _RECORD],
                )
                new._remember([digest], int.from_bytes(row, "little"))
        return new

    def _unless_told_apart(self, namesake: int, has: int) -> int:
        """The namesake, unless that person is known to have a page or domain of their own."""
        return _NOBODY if self._has[namesake] & has else namesake

    def _bit(self, kind: str | None) -> int:
        return self._bits.setdefault(kind or "", 2 * _DOMAIN << len(self._bits))

    def _person(self, key: str, new: list[bytes]) -> int:
        """The row of the person whom a key leads to; the digest of one that leads to nobody is
        added to `new`.
        """
        digest = xxh3_128_digest(key.encode())[:_DIGEST]
        sign = digest[:_SIGN]
        shard = self._shards[hash(digest) & self._mask]
        at = shard.find(sign)
        while at >= 0:
            # else parts of two neighbours happen to look like it
            if not at % _ENTRY and (person := self._read(shard, at, digest)) != _NOBODY:
                return person
            at = shard.find(sign, at + 1)
        new.append(digest)
        return _NOBODY

    def _read(self, shard: bytes, at: int, digest: bytes) -> int:
        """The row that an entry leads to, if it is of this very digest."""
        number = int.from_bytes(shard[at + _SIGN : at + _ENTRY], "little")
        self._digests.seek(number * _RECORD)
        record = self._digests.read(_RECORD)
        self._digests.seek(self._records * _RECORD)
        return int.from_bytes(record[_DIGEST:], "little") if record[:_DIGEST] == digest else _NOBODY

    def _remember(self, digests: list[bytes], person: int) -> None:
        row = person.to_bytes(4, "little")
        shards, mask, number = self._shards, self._mask, self._records
        written = b""
        for digest in digests:
            shards[hash(digest) & mask] += digest[:_SIGN] + number.to_bytes(4, "little")
            number += 1
            written += digest + row
        self._digests.write(written)
        self._records = number
        if number > self._room:
            self._double()

    def _double(self) -> None:
        """Enter all records anew, in twice as many shards."""
        shards = self._shards = [b""] * (2 * len(self._shards))
        mask = self._mask = len(shards) - 1
        self._room = _FULL * len(shards)
        self._digests.seek(0)
        for number in range(self._records):
            digest = self._digests.read(_RECORD)[:_DIGEST]
            shards[hash(digest) & mask] += digest[:_SIGN] + number.to_bytes(4, "little")
