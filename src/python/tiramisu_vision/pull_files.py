"""The files of a table that a version refers to, as ``pull`` brings them."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa

from . import tables
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


def index_sizes(table: lance.LanceDataset) -> dict[str, int]:
    """The bytes of whole indices, by their folders, where the table says how many they are."""
    segments = [segment for index in table.describe_indices() for segment in index.segments]
    return {f"_indices/{segment.uuid}": segment.size_bytes for segment in segments if segment.size_bytes}


def lacking_bytes(table: lance.LanceDataset, places: Iterable[Path]) -> int:
    """How many bytes of a table lie at none of these places, as far as it says that of its files."""
    sizes = {**data_sizes(table), **index_sizes(table)}
    return sum(size for file, size in sizes.items() if not any((place / file).exists() for place in places))


def vector_bytes(table: lance.LanceDataset, layers: Collection[str], known: Collection[str]) -> int:
    """The bytes of the vectors of some layers, but for fragments whose signatures are known."""
    wanted = [column for column in tables.columns(table) if column.layer in layers]
    row = sum(np.dtype(column.dtype).itemsize * column.channels for column in wanted)
    new = [fragment for fragment in table.get_fragments() if signature(fragment) not in known]
    return row * sum(int(fragment.count_rows()) for fragment in new)


def kept(table: lance.LanceDataset, files: Iterable[str], former: Path) -> frozenset[str]:
    """Which files of a table another table here has, whole: those of which it is said how large they are. Of an index that is
    said of all files together. What rows are deleted is said in files of some bytes, which come again."""
    wanted = data_sizes(table)
    of_indices: dict[str, list[str]] = {}
    for file in files:
        if file.startswith("_indices/"):
            of_indices.setdefault("/".join(file.split("/")[:2]), []).append(file)
    found = {file for file in files if file in wanted and _size(former / file) == wanted[file]}
    for folder, size in index_sizes(table).items():
        its = of_indices.get(folder, [])
        sizes = [_size(former / file) for file in its]
        if None not in sizes and sum(size or 0 for size in sizes) == size:
            found.update(its)
    return frozenset(found)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() and not path.is_symlink() else None


def keep(here: Path, to: Path) -> bool:
    """Gives a file that is here a second name: these files never change, and their names are drawn by chance. Returns whether
    that could be done."""
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


def schema_of(schema: pa.Schema, names: list[str]) -> pa.Schema:
    """The schema of a table that has only some columns of another, and says of no other in its metadata."""
    metadata = dict(schema.metadata or {})
    if b"tiramisu" in metadata:
        made = json.loads(metadata[b"tiramisu"])
        if isinstance(made.get("columns"), list):
            made["columns"] = [column for column in made["columns"] if column.get("name", column.get("column")) in names]
            metadata[b"tiramisu"] = json.dumps(made).encode()
    return pa.schema([schema.field(name) for name in names], metadata=metadata)
