"""What can go wrong, in the program's own words."""

from __future__ import annotations


class TiramisuError(Exception):
    """Something could not be done; the message is the program's own."""


class MisuseError(TiramisuError, ValueError):
    """What was asked makes no sense: an unknown column in a predicate, a number out of range."""


class ProgramError(TiramisuError):
    """The program cannot be found or started, or is of another version than this package."""


class InterruptedByRequest(TiramisuError):
    """The program was told to stop (by ``kill``); what was committed stays."""


class Remark(UserWarning):
    """Something that the program said beside its answer."""
