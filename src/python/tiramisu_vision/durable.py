"""Files that are there after a power cut as well: what they hold is put on the disk before their name is."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Puts ``content`` in the place of what a file holds; at every moment one of the two is there, whole."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Puts what a file holds on the disk."""
    # Where only who may write a file may put it on the disk.
    with path.open("r+b" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Puts the names in a folder on the disk."""
    if os.name == "nt":
        # The system writes names down by itself there.
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError:
        # A file system that has no such thing is taken at its word.
        pass
    finally:
        os.close(opened)


def settle(folder: Path, known: frozenset[Path] = frozenset()) -> None:
    """Puts all that lies below a folder on the disk but what was known before, and the folder's own name."""
    folders = []
    for path in folder.rglob("*"):
        if path.is_dir():
            folders.append(path)
        elif path not in known:
            sync_file(path)
    # Names after what they stand for.
    for path in [*folders, folder, folder.parent]:
        sync_folder(path)
