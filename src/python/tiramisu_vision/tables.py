"""Reading the workspace's tables, straight from Lance."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lance
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .errors import Remark, TiramisuError

#: The latest format of workspaces that is known here; `workspace.json` says which one a workspace has.
FORMAT = 2
#: The pooling that is meant where none is named.
POOLINGS = ("average", "maximum")


@dataclass(frozen=True)
class Layer:
    """A layer of the network whose vectors are stored.

    Attributes:
        name: its name in the network.
        channels: numbers in a vector.
        poolings: how its channels were pooled: ``average``, ``maximum`` or both.
        dtype: ``float16``, or ``float32`` where a number of the layer is beyond half precision.
    """

    name: str
    channels: int
    poolings: tuple[str, ...]
    dtype: str

    def __str__(self) -> str:
        """Its name: a layer stands wherever the name of one is asked for."""
        return self.name


@dataclass(frozen=True)
class Column:
    """A column of vectors."""

    name: str
    layer: str
    pooling: str
    channels: int
    dtype: str


@dataclass(frozen=True)
class FeatureTable:
    """Which network's vectors a table holds."""

    #: The table's name, without ``.lance``.
    name: str
    network: str
    fingerprint: str
    #: Whether they are vectors of one's own, and no network made them.
    is_own: bool = False


def identity(root: Path) -> dict[str, Any]:
    """What ``workspace.json`` says.

    Raises:
        TiramisuError: when it cannot be read, or a later version made the workspace.
    """
    path = root / "workspace.json"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TiramisuError(f"the workspace cannot be read ({error.strerror}): {path}") from error
    try:
        known: dict[str, Any] = json.loads(text)
        made_as = int(known["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise TiramisuError(f"workspace.json is damaged; `tiramisu extract` on the folder makes it again: {path}") from error
    if made_as > FORMAT:
        raise TiramisuError(
            f"the workspace has format {made_as}, and this package knows formats up to {FORMAT}: install a newer one: {root}"
        )
    return known


def folder_of(known: dict[str, Any]) -> Path:
    """The folder of pictures that a workspace is about."""
    exact = known.get("image_folder_bytes")
    return Path(os.fsdecode(bytes(exact)) if exact else known.get("image_folder", ""))


def open_table(root: Path, name: str) -> lance.LanceDataset:
    """The newest version of a table.

    Raises:
        TiramisuError: when there is none, or it cannot be read.
    """
    path = root / f"{name}.lance"
    if not path.is_dir():
        raise TiramisuError(f"the workspace has no table {name}: {root}")
    try:
        return lance.dataset(str(path))
    except (OSError, ValueError) as error:
        raise TiramisuError(f"the table cannot be read ({error}): {path}") from error


def names(root: Path) -> list[str]:
    """All tables, by name."""
    return sorted(path.stem for path in root.glob("*.lance") if not path.name.startswith(".") and path.is_dir())


def feature_tables(root: Path) -> list[FeatureTable]:
    """The tables of vectors, by name; not those of layers that are still being added.

    A table that cannot be read takes no other with it: it is left out, and a warning says so.
    """
    found = []
    for name in names(root):
        try:
            metadata = open_table(root, name).schema.metadata or {}
        except TiramisuError as error:
            warnings.warn(f"{error}; it is left out", Remark, stacklevel=2)
            continue
        if b"tiramisu" in metadata:
            made = json.loads(metadata[b"tiramisu"])
            preprocessing = made.get("preprocessing")
            is_own = isinstance(preprocessing, dict) and "vectors" in preprocessing
            found.append(FeatureTable(name, made["network"], made["fingerprint"], is_own))
    known = {table.name for table in found}
    return [table for table in found if table.name.removesuffix("_supplement") not in known - {table.name}]


def columns(table: lance.LanceDataset) -> list[Column]:
    """The columns of vectors, in the table's order. Each says in its own metadata what it holds."""
    found = []
    for column in table.schema:
        held = column.metadata or {}
        if b"layer" in held and b"pooling" in held and pa.types.is_fixed_size_list(column.type):
            dtype = "float16" if pa.types.is_float16(column.type.value_type) else "float32"
            layer, pooling = held[b"layer"].decode(), held[b"pooling"].decode()
            found.append(Column(column.name, layer, pooling, column.type.list_size, dtype))
    return found


def bytes_of_vectors(batch: pa.RecordBatch) -> int:
    """What the vectors of rows take."""
    return sum(column.nbytes for column in batch.columns if pa.types.is_fixed_size_list(column.type))


def layers(found: list[Column]) -> list[Layer]:
    """The layers that columns hold, in their order."""
    by_name: dict[str, list[Column]] = {}
    for column in found:
        by_name.setdefault(column.layer, []).append(column)
    return [
        Layer(
            name,
            of[0].channels,
            tuple(column.pooling for column in of),
            "float32" if any(column.dtype == "float32" for column in of) else "float16",
        )
        for name, of in by_name.items()
    ]


@dataclass(frozen=True)
class Rows:
    """Vectors, and whose they are: ascending by image."""

    ids: npt.NDArray[np.uint32]
    values: npt.NDArray[Any]


def read_rows(table: lance.LanceDataset, column: Column, names: pa.ChunkedArray) -> Rows:
    """All vectors of a column that belong to images on record, whose names are in the order of their numbers.

    What comes out of Lance in one piece is not copied; several pieces are put together in one array.
    """
    count = table.count_rows()
    ids: list[npt.NDArray[np.uint32]] = []
    pieces: list[npt.NDArray[Any]] = []
    whole: npt.NDArray[Any] | None = None
    filled = 0
    for batch in _batches(table, ["id", "path", column.name], count):
        keep = _fitting(batch, column.name, names)
        if not keep.all():
            batch = batch.filter(pa.array(keep))
        if batch.num_rows == 0:
            continue
        piece = _numbers(batch[column.name], column)
        ids.append(np.asarray(batch["id"].to_numpy(), dtype=np.uint32))
        if batch.num_rows == count:
            pieces.append(piece)
            break
        if whole is None:
            whole = np.empty((count, column.channels), column.dtype)
        whole[filled : filled + len(piece)] = piece
        filled += len(piece)
    if pieces:
        values = pieces[0]
    else:
        values = np.empty((0, column.channels), column.dtype) if whole is None else whole[:filled]
    found = np.concatenate(ids) if ids else np.empty(0, np.uint32)
    if np.any(found[1:] < found[:-1]):
        order = np.argsort(found, kind="stable")
        found, values = found[order], values[order]
    # Of one piece it is Lance's own memory: whoever wants to write into it copies it, whatever its size.
    values.flags.writeable = False
    return Rows(found, values)


def _batches(table: lance.LanceDataset, wanted: list[str], count: int) -> Iterator[pa.RecordBatch]:
    # Lance hands over one batch a fragment at most; a bound keeps memory for large ones in hand.
    batches: Iterator[pa.RecordBatch] = table.to_batches(columns=wanted, batch_size=max(1, min(count, 1 << 16)))
    return batches


def _fitting(batch: pa.RecordBatch, column: str, names: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which rows have a vector and are of the image on record: an older table of images may have been put back."""
    valid = np.asarray(batch[column].is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    ids = np.asarray(batch["id"].to_numpy(), dtype=np.int64)
    known = ids < len(names)
    if not known.any():
        return np.zeros(len(ids), bool)
    there = names.take(pa.array(np.where(known, ids, 0)))
    same = np.asarray(pc.equal(there.combine_chunks(), batch["path"]).to_numpy(zero_copy_only=False), dtype=bool)
    fits: npt.NDArray[np.bool_] = valid & known & same
    return fits


def _numbers(array: pa.FixedSizeListArray, column: Column) -> npt.NDArray[Any]:
    """Rows of numbers, seen where they lie."""
    flat = array.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat).reshape(len(array), column.channels)
