"""What is dropped: a small file, what is looked for, and the caps on its credits."""

import json
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


class Drop:
    """A file, what is asked of it, and what is known of its rows from the start.

    Args:
        hub: chooses.
        copied: whether the same file is uploaded twice, under two names.
    """

    def __init__(self, hub: Hub, copied: bool) -> None:
        self._hub = hub
        self.wanted = "phone" if hub.chance.random() < 0.4 else "email"
        self.caps = Caps(self._cap(0.25), self._folder_cap(), self._cap(0.2))
        self.file, self.rows = self._make_file()
        option = hub.chance.random() < 0.5 and self.caps.file is not None
        options = f"max_credits={self.caps.file}/" if option else ""
        names = ("leads.csv", "copy of leads.csv") if copied else ("leads.csv",)
        self.keys = [f"incoming/{self.wanted}/{options}{name}" for name in names]
        self.limits = self._limits(None if option else self.caps.file)

    @property
    def most_each(self) -> int:
        return MOST_EACH[self.wanted]

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

    def _make_file(self) -> tuple[str, dict[int, str]]:
        rows: dict[int, str] = {}
        lines = ["First Name,Last Name,Domain,LinkedIn URL"]
        where = self._hub.some(1, 999)  # so that others are found in each history
        for number in range(2, 2 + self._hub.some(1, 14)):
            luck = self._hub.chance.random()
            rows[number] = "bad" if luck < 0.05 else "rejected" if luck < 0.12 else "good"
            first = {"bad": BAD_NAME, "rejected": "", "good": f"Jane{number}"}[rows[number]]
            profile = f"https://www.linkedin.com/in/doe-{number}-{where}"
            lines.append(f"{first},Doe{number},company{number}.example,{profile}")
        return "\r\n".join(lines) + "\r\n", rows
