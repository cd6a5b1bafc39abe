"""How far ``pull`` is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .progress import Progress, ProgressTold, in_bytes, shown

#: Seconds between two looks at how much of a file is here.
_PACE_SECS = 0.25


class Coming:
    """How many bytes came, of how many."""

    def __init__(self, told: ProgressTold) -> None:
        self._show = shown(told)
        self._expected = self._came = 0
        self._begun = self._last = time.monotonic()

    def expect(self, size: int) -> None:
        """So many are still to come."""
        self._expected += size

    def came(self, size: int) -> None:
        """So many came."""
        self._came += size
        if time.monotonic() > self._last + _PACE_SECS:
            self._tell(self._came)

    @contextmanager
    def watching(self, part: Path) -> Iterator[None]:
        """Tells of a file that grows, meanwhile."""
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(_PACE_SECS):
                self._tell(self._came + _size(part))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()

    def __enter__(self) -> Coming:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self._came:
            self._expected = self._came
            self._tell(self._came)
            self._show.finish()
        self._show.close()

    def _tell(self, came: int) -> None:
        self._last = time.monotonic()
        rate = came / max(self._last - self._begun, 0.001)
        # Of some files nobody says before how large they are.
        total = max(self._expected, came)
        self._show.show(Progress("Bringing the workspace", came, total, f"{in_bytes(rate)}/s", "B"))


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        # It was not begun, or has its name.
        return 0
