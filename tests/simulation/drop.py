"""What is dropped: small files, what is looked for, and the caps on their credits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.hub import Hub
from tests.simulation.provider import BAD_NAME, MOST_NUMBERS, PRICES

MOST_EACH = {"email": PRICES["email"], "phone": PRICES["phone"] * MOST_NUMBERS}
"""What one contact may cost at most, as the pipeline reckons."""


@dataclass(frozen=True)
class Caps:
    """The most credits of a month, of a folder in a month, and of each file; None for no cap."""

    month: int | None
    folder: tuple[str, int] | None
    file: int | None

    def __str__(self) -> str:
        said = {
            "of the month": self.month,
            "of a folder in it": self.folder and self.folder[1],
            "of the file": self.file,
        }
        caps = [f"{most} {name}" for name, most in said.items() if most is not None]
        return "caps on credits: " + (", ".join(caps) or "none")


@dataclass(frozen=True)
class File:
    """A file and what it is dropped for, and of each of its rows what is known from the start:
    whether it is good, bad or rejected, and whom it names, by number.
    """

    wanted: str
    text: str
    rows: dict[int, str]
    people: dict[int, int]


class Drop:
    """Files by their keys, and what is asked of them.

    Args:
        hub: chooses.
        copied: whether the same file is uploaded twice, under two names.
        shared: whether there are one or two more files, which share people with the first.
    """

    def __init__(self, hub: Hub, copied: bool, shared: bool) -> None:
        self._hub = hub
        self.wanted = "phone" if hub.chance.random() < 0.4 else "email"
        self.caps = Caps(self._cap(0.25), self._folder_cap(), self._cap(0.2))
        where = hub.some(1, 999)  # so that others are found in each history
        first = self._make_file(self.wanted, range(2, 2 + hub.some(1, 14)), where)
        option = hub.chance.random() < 0.5 and self.caps.file is not None
        options = f"max_credits={self.caps.file}/" if option else ""
        files = {"leads.csv": first} | ({"copy of leads.csv": first} if copied else {})
        for number in range(1, 1 + (hub.some(1, 2) if shared else 0)):
            some = self._some_of(first, number)
            files[f"fair {number}.csv"] = self._make_file(self._another_type(), some, where)
        self.files = {
            f"incoming/{file.wanted}/{options}{name}": file for name, file in files.items()
        }
        self.limits = self._limits(None if option else self.caps.file)

    @property
    def most_each(self) -> int:
        return MOST_EACH[self.wanted]

    def _another_type(self) -> str:
        """What another file is dropped for; the same where there are caps of folders."""
        free = self.caps.folder is None and self.caps.file is None
        return self._hub.chance.choice(list(MOST_EACH)) if free else self.wanted

    def _cap(self, share: float) -> int | None:
        """A cap that pays for none to most of the contacts, and not for whole ones."""
        if self._hub.chance.random() >= share:
            return None
        return self._hub.some(self.most_each // 2, 15 * self.most_each)

    def _folder_cap(self) -> tuple[str, int] | None:
        cap = self._cap(0.2)
        folder = self._hub.chance.choice(["incoming", f"incoming/{self.wanted}"])
        return None if cap is None else (folder, cap)

    def _limits(self, of_file: int | None) -> dict[str, bytes]:
        """The `_limits.json` of folders, by their keys."""
        folder, cap = self.caps.folder or (f"incoming/{self.wanted}", None)
        said = {"credits_per_month": cap, "credits_per_file": of_file}
        limits = {name: most for name, most in said.items() if most is not None}
        return {f"{folder}/_limits.json": json.dumps(limits).encode()} if limits else {}

    def _some_of(self, first: File, file: int) -> list[int]:
        """Some of the first file's people, with some others, in another order."""
        people = list(first.people.values())
        some = self._hub.chance.sample(people, self._hub.some(1, len(people)))
        others = range(100 * file, 100 * file + self._hub.some(0, 4))
        return self._hub.chance.sample([*some, *others], len(some) + len(others))

    def _make_file(self, wanted: str, people: Sequence[int], where: int) -> File:
        rows: dict[int, str] = {}
        lines = ["First Name,Last Name,Domain,LinkedIn URL"]
        for row, number in enumerate(people, start=2):
            luck = self._hub.chance.random()
            rows[row] = "bad" if luck < 0.05 else "rejected" if luck < 0.12 else "good"
            name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
            first = {"bad": BAD_NAME, "rejected": "", "good": f"Jane{name}"}[rows[row]]
            profile = f"https://www.linkedin.com/in/doe-{number}-{where}"
            lines.append(f"{first},Doe{name},company{number}.example,{profile}")
        text = "\r\n".join(lines) + "\r\n"
        return File(wanted, text, rows, dict(enumerate(people, start=2)))
