"""How far the program is, read from the lines that it writes while it works."""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_AMOUNT = r"\d+(?:\.\d+)?(?: (?:B|kB|MB|GB|TB))?"
_LINE = re.compile(rf"^(?P<title>.+?): (?P<done>{_AMOUNT}) of (?P<total>{_AMOUNT}) \(\d+ %\), (?P<words>.*)$")
#: Lines about work of which nobody knows how far it is.
_OTHER = re.compile(r"^(Still at work after .*|[A-Z][^:]*: \d+(\.\d+)? (s|min|h)\b.*)$")

#: How many bytes a word of the program means.
_BYTES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        title: what is done.
        done: how many are done.
        total: of how many.
        words: rate, time left, and how many could not be read.
        unit: what is counted: ``B`` for bytes, nothing for pictures and the like.

    >>> Progress.parse("Extracting features: 72 of 132 (55 %), 15.1/s, 4 s left")
    Progress(title='Extracting features', done=72, total=132, words='15.1/s, 4 s left', unit='')
    >>> Progress.parse("Fetching alexnet: 1.5 MB of 20 MB (8 %), 512 kB/s")
    Progress(title='Fetching alexnet', done=1500000, total=20000000, words='512 kB/s', unit='B')
    """

    title: str
    done: int
    total: int
    words: str
    unit: str = ""

    @staticmethod
    def parse(line: str) -> Progress | None:
        """Reads a line of the program; ``None`` when it is about something else."""
        found = _LINE.match(line)
        if found is None:
            return None
        unit = "B" if found["total"].endswith("B") else ""
        return Progress(found["title"], _amount(found["done"]), _amount(found["total"]), found["words"], unit)


def _amount(words: str) -> int:
    """A number, or bytes as the program says them.

    >>> _amount("72"), _amount("1.5 kB")
    (72, 1500)
    """
    number, _, unit = words.partition(" ")
    return round(float(number) * _BYTES[unit])


def in_bytes(size: float) -> str:
    """Bytes in the program's words.

    >>> in_bytes(512), in_bytes(1500), in_bytes(20_000_000)
    ('512 B', '1.5 kB', '20 MB')
    """
    unit = "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"


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
        # One that goes back is of other work with the same name.
        if self._bar is None or self._title != progress.title or progress.done < self._bar.n:
            self.close()
            is_bytes = progress.unit == "B"
            # What was there when it is first heard of was not done in the moment since, which its rate would have to say.
            self._bar = self._tqdm(
                total=progress.total, initial=progress.done, desc=progress.title, unit=progress.unit, unit_scale=is_bytes
            )
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

    #: Seconds between two lines at least.
    _PACE_SECS = 1.0

    def __init__(self) -> None:
        self._next = 0.0

    def show(self, progress: Progress) -> None:
        if time.monotonic() < self._next and progress.done != progress.total:
            return
        self._next = time.monotonic() + self._PACE_SECS
        done, total = (in_bytes(size) if progress.unit else size for size in (progress.done, progress.total))
        print(f"{progress.title}: {done} of {total}, {progress.words}", file=sys.stderr)
