"""What a file may hold, and what numbers of credits make sense."""

import sys
from dataclasses import dataclass

# What is more is a slip of the keyboard, or no balance; the table takes numbers of 38 digits.
MOST_CREDITS = 10**12


@dataclass(frozen=True)
class Limits:
    """More is refused in words.

    `file` and `unpacked` are bytes, as the file was dropped and as it lies on the disk; `rows` are
    those below its header.
    """

    file: int
    unpacked: int
    rows: int


# For a file that was judged before: a limit that was lowered since must not keep its job from
# ending.
NO_LIMITS = Limits(sys.maxsize, sys.maxsize, sys.maxsize)
