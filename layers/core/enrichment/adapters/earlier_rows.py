"""Remembers whom a file has named, on the function's own disk, so that memory does not grow with
the file.
"""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from enrichment.domain.duplicates import Identity


class EarlierRowsOnDisk:
    """Finds the earlier row of the same person, by the rules of `Identity`.

    A person is known by the row that named them first. Their LinkedIn page, and their name at a
    domain or a company, lead back to that row. Which kinds of pages a person has, and whether they
    have a domain, is remembered too: a namesake with a different page or domain is somebody else.
    Only 16-byte digests are written, into a file that is deleted at the end of the block.
    """

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="seen-")
        self._database = sqlite3.connect(f"{self._folder.name}/seen.db", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE seen (what BLOB PRIMARY KEY, row INTEGER) WITHOUT ROWID;"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then
        remembered as `row`.
        """
        page = _digest("page", who.profile)
        at_domain = _digest("domain", who.domain and f"{who.name}\n{who.domain}")
        at_company = _digest("company", who.company and f"{who.name}\n{who.company}")
        known = dict(
            self._database.execute(
                "SELECT what, row FROM seen WHERE what IN (?, ?, ?)", (page, at_domain, at_company)
            ).fetchall()
        )
        kinds = [f"{kind} of row" for kind in (who.namespace, at_domain and "domain") if kind]

        found = known.get(page)
        if found is None:
            found = self._unless_told_apart(known.get(at_domain), kinds[:1] if page else [])
        if found is None:
            found = self._unless_told_apart(known.get(at_company), kinds)
        first = row if found is None else found
        what = (page, at_domain, at_company, *(_digest(kind, str(first)) for kind in kinds))
        self._database.executemany(  # also what a copy brought: it tells the next copy
            "INSERT OR IGNORE INTO seen VALUES (?, ?)",
            [(digest, first) for digest in what if digest],
        )
        return found

    def _unless_told_apart(self, namesake: int | None, kinds: Sequence[str]) -> int | None:
        """The namesake's row, unless that person is known to have a page or domain of their own."""
        told = [_digest(kind, str(namesake)) for kind in kinds] if namesake is not None else []
        known = (
            self._database.execute("SELECT 1 FROM seen WHERE what = ?", (digest,)).fetchone()
            for digest in told
        )
        return None if any(known) else namesake


def _digest(what: str, text: str | None) -> bytes | None:
    return None if text is None else blake2b(f"{what}\n{text}".encode(), digest_size=16).digest()
