"""The files of a table that a version refers to, as ``pull`` brings them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import lance

from .errors import TiramisuError


def manifests(version: int) -> tuple[str, str]:
    """What the file of a version may be called."""
    return f"_versions/{2**64 - 1 - version:020}.manifest", f"_versions/{version}.manifest"


def is_needed(file: str, table: lance.LanceDataset) -> bool:
    """Whether a version refers to a file."""
    data, deletions, indices = _needed(table)
    top, _, rest = file.partition("/")
    if top == "data":
        return rest in data or rest.split("/")[0] in {name.removesuffix(".lance") for name in data}
    if top == "_deletions":
        return rest.split("-")[0] in deletions
    return top == "_indices" and rest.split("/")[0] in indices


@lru_cache(maxsize=1)
def _needed(table: lance.LanceDataset) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data, deletions = set(), set()
    for fragment in table.get_fragments():
        told = fragment.metadata.to_json()
        for file in told["files"]:
            if file.get("base_id") is not None:
                raise TiramisuError(f"the table has files elsewhere, which cannot be brought: {table.uri}")
            data.add(file["path"])
        if told["deletion_file"] is not None:
            deletions.add(str(told["id"]))
    indices = {segment.uuid for index in table.describe_indices() for segment in index.segments}
    return frozenset(data), frozenset(deletions), frozenset(indices)


def data_sizes(table: lance.LanceDataset) -> dict[str, int]:
    """The bytes of files, where the table says how many they are."""
    files = [file for fragment in table.get_fragments() for file in fragment.metadata.to_json()["files"]]
    return {f"data/{file['path']}": file["file_size_bytes"] for file in files if file["file_size_bytes"]}


def is_kept(here: Path, to: Path, size: int | None) -> bool:
    """Whether a file that is here already could be kept under a second name: these files never change, and their names are drawn
    by chance, but for those of versions."""
    if here.is_symlink() or not here.is_file() or size not in (None, here.stat().st_size):
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(here, to, follow_symlinks=False)
    except (OSError, NotImplementedError):
        # Where files cannot have two names, it is brought.
        return False
    return True


def signature(fragment: Any) -> str:
    """What tells a fragment from another, and from itself with other rows deleted; the program writes the same."""
    told = fragment.metadata.to_json()
    files, deleted = " ".join(file["path"] for file in told["files"]), told["deletion_file"]
    return files if deleted is None else f"{files} without {deleted['read_version']}-{deleted['id']}"
