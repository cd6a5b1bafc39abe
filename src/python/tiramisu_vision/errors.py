"""What can go wrong, in the program's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


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


@contextmanager
def needing(package: str, module: str | None = None) -> Iterator[None]:
    """What is done in it needs a package that does not come with this one; that it is lacking is said with what to do.

    >>> with needing("nonsense"):
    ...     import nonsense
    Traceback (most recent call last):
    ModuleNotFoundError: this needs nonsense, which is not installed: pip install nonsense

    Args:
        package: what it is installed by.
        module: what it is imported by, if that is another name.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != (module or package):
            raise
        told = f"this needs {package}, which is not installed: pip install {package}"
        raise ModuleNotFoundError(told, name=error.name) from error
