"""Remembers whom a file has named, on the function's own disk, so that memory does not grow with the file."""

import sqlite3
from hashlib import blake2b
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from enrichment.domain.duplicates import Identity


class SeenOnDisk:
    """Finds the earlier row of the same person.

    The same LinkedIn page is the same person. So is the same name at the same company, unless both rows have a LinkedIn page
    and these differ. Only 16-byte digests are written, into a file that goes with the block.
    """

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="seen-")
        self._database = sqlite3.connect(f"{self._folder.name}/seen.db", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE profile (who BLOB PRIMARY KEY, row INTEGER) WITHOUT ROWID;"
            "CREATE TABLE name (who BLOB PRIMARY KEY, row INTEGER, has_profile INTEGER) WITHOUT ROWID;"
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()
        self._folder.cleanup()

    def first_row(self, who: Identity, row: int) -> int | None:
        """The row that named the same person earlier; None at the first time, which is then remembered as `row`."""
        profile, name = _digest(who.profile), _digest(who.name)
        found = self._database.execute("SELECT row FROM profile WHERE who = ?", (profile,)).fetchone()
        if found is None:
            found = self._database.execute(
                "SELECT row FROM name WHERE who = ? AND NOT (has_profile AND ?)", (name, profile is not None)
            ).fetchone()
        first = row if found is None else int(found[0])
        if profile is not None:  # also one that a copy brought: it tells the next copy
            self._database.execute("INSERT OR IGNORE INTO profile VALUES (?, ?)", (profile, first))
        if name is not None:
            self._database.execute("INSERT OR IGNORE INTO name VALUES (?, ?, ?)", (name, first, profile is not None))
        return None if found is None else first


def _digest(text: str | None) -> bytes | None:
    return None if text is None else blake2b(text.encode(), digest_size=16).digest()
