"""A table that takes the place of another of its name; the program does the same (``src/store/replacing.rs``)."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

from . import durable
from .pull_record import Stamp


def part_of(path: Path) -> Path:
    """Where the table is written that is to take the place of another."""
    return path.with_name(f".{path.name}.part")


def replace(path: Path) -> None:
    """Puts the table that was written, and is on the disk, in the place of another, which stays whole until then. What ends
    halfway is finished by whoever writes next: the name it has meanwhile says that it is whole."""
    whole = path.with_name(f".{path.name}.whole")
    os.replace(part_of(path), whole)
    durable.sync_folder(path.parent)
    # A process before may have had our number.
    names = (path.with_name(f".deleted{os.getpid()}-{count}-{path.name}") for count in itertools.count())
    gone = next(name for name in names if not name.exists())
    os.replace(path, gone)
    os.replace(whole, path)
    durable.sync_folder(path.parent)
    shutil.rmtree(gone, ignore_errors=True)


def finish(root: Path) -> None:
    """Puts tables in their places that are whole, and the one before each is gone already. Where that is still there, nothing
    was replaced, and it is one that was begun: it does not come back once somebody drops the one that is there."""
    for whole in root.glob(".*.lance.whole"):
        path = root / whole.name[1:].removesuffix(".whole")
        if Stamp.at(whole) is not None:
            os.replace(whole, part_of(path) if path.exists() else path)
            durable.sync_folder(root)
