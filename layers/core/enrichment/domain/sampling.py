"""Which contacts of a file are sent as a sample of it."""

from dataclasses import dataclass

from enrichment.domain.plan import PlannedRow


@dataclass(frozen=True)
class Spread:
    """A sample of `size` contacts out of `contacts`, spread evenly: each stands in the middle of
    its share of the file. Where there are no more than `size`, it is all of them.
    """

    size: int
    contacts: int

    def takes(self, number: int) -> bool:
        """Whether the contact of this number, from 0, is in the sample.

        >>> [number for number in range(10) if Spread(3, 10).takes(number)]
        [1, 4, 8]
        """
        return number < self.contacts and (
            self.size >= self.contacts or self._before(number + 1) > self._before(number)
        )

    def _before(self, number: int) -> int:
        """How many of the first `number` contacts are in the sample."""
        return (number * self.size + self.contacts // 2) // self.contacts


class Sample:
    """Tells which rows are left out, asked row by row in the order of the file."""

    def __init__(self, spread: Spread) -> None:
        self._spread = spread
        self._met = 0
        self._answered = _Rows()  # whose copies are no more left out than they are themselves

    def left_out(self, row: int, earlier: int | None) -> int | None:
        """The first row of a person who is not in the sample; None of one who is, or who needs
        nothing.

        Args:
            row: names the person.
            earlier: the row that named the same person first, if an earlier one did.
        """
        if earlier is None and self._spread.takes(self._next()):
            self._answered.add(row)
            return None
        first = row if earlier is None else earlier
        return None if first in self._answered else first

    def note(self, decided: PlannedRow) -> None:
        """Take note of a row that was decided without asking."""
        if decided.contact or decided.spared:
            self._answered.add(decided.row)
        if decided.contact or decided.not_sampled == decided.row:
            self._met += 1

    def _next(self) -> int:
        self._met += 1
        return self._met - 1


class _Rows:
    """Numbers of rows, of which each takes a bit."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, row: int) -> None:
        at, bit = divmod(row, 8)
        self._bits.extend(bytes(max(0, at + 1 - len(self._bits))))
        self._bits[at] |= 1 << bit

    def __contains__(self, row: int) -> bool:
        at, bit = divmod(row, 8)
        return at < len(self._bits) and bool(self._bits[at] & 1 << bit)
