"""What goes wrong, by the status with which the command ends."""

DONE, REFUSED, USAGE, NO_ACCESS, FAILED = 0, 1, 2, 3, 4


class Trouble(Exception):
    """Why a command ends early, in a sentence; `status` is its exit code."""

    status = FAILED


class Refused(Trouble):
    """The stack answered that it cannot be done, or does not know what was named."""

    status = REFUSED


class WrongUsage(Trouble):
    """The command cannot be run as it was given."""

    status = USAGE


class NoAccess(Trouble):
    """The stack is not there, or not for these credentials."""

    status = NO_ACCESS


class Failed(Trouble):
    """AWS or the stack failed; it may work at another time."""
