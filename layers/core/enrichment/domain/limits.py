"""What a file may hold."""

import sys
from dataclasses import dataclass


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
