"""How far the program is, read from the lines that it writes while it works."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"^(?P<title>.+?): (?P<done>\d+) of (?P<total>\d+) \(\d+ %\), (?P<words>.*)$")
#: Lines about work of which nobody knows how far it is.
_OTHER = re.compile(r"^(Still at work after .*|[A-Z][^:]*: \d+(\.\d+)? (s|min|h)\b.*)$")


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    >>> Progress.parse("Extracting features: 72 of 132 (55 %), 15.1/s, 4 s left")
    Progress(title='Extracting features', done=72, total=132, words='15.1/s, 4 s left')
    """

    #: What is done.
    title: str
    #: How many are done.
    done: int
    #: Of how many.
    total: int
    #: Rate, time left, and how many could not be read.
    words: str

    @staticmethod
    def parse(line: str) -> Progress | None:
        """Reads a line of the program; ``None`` when it is about something else."""
        found = _LINE.match(line)
        if found is None:
            return None
        return Progress(found["title"], int(found["done"]), int(found["total"]), found["words"])


#: ``True`` to show progress, ``False`` not to, or a function that is called with it.
ProgressTold = bool | Callable[[Progress], None]


def is_progress(line: str) -> bool:
    """Whether a line only says that work goes on.

    >>> is_progress("Still at work after 12 s"), is_progress("no index was built")
    (True, False)
    """
    return Progress.parse(line) is not None or _OTHER.match(line) is not None


class Shown:
    """Shows nothing; those below do."""

    def show(self, progress: Progress) -> None:
        """Takes in how far the work is."""

    def finish(self) -> None:
        """The work is done."""

    def close(self) -> None:
        """The work is over, done or not."""


def shown(told: ProgressTold) -> Shown:
    """What to show progress with."""
    if told is False:
        return Shown()
    if callable(told):
        return _Called(told)
    try:
        with warnings.catch_warnings():
            # In a notebook without ipywidgets it draws with letters, which needs no telling.
            warnings.filterwarnings("ignore", message="IProgress not found")
            from tqdm.auto import tqdm
    except ImportError:
        return _Lines()
    return _Bar(tqdm)


class _Called(Shown):
    """A function of the caller's."""

    def __init__(self, call: Callable[[Progress], None]) -> None:
        self._call = call

    def show(self, progress: Progress) -> None:
        self._call(progress)


class _Bar(Shown):
    """tqdm's bar, drawn with the first progress: work of a moment needs none."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._title = ""

    def show(self, progress: Progress) -> None:
        if self._bar is None or self._title != progress.title:
            self.close()
            self._bar = self._tqdm(total=progress.total, desc=progress.title, unit="")
            self._title = progress.title
        self._bar.total = progress.total
        self._bar.n = progress.done
        self._bar.refresh()

    def finish(self) -> None:
        if self._bar is not None:
            self._bar.n = self._bar.total
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class _Lines(Shown):
    """A line now and then, where tqdm is not installed."""

    def show(self, progress: Progress) -> None:
        print(f"{progress.title}: {progress.done} of {progress.total}, {progress.words}", file=sys.stderr)
