"""Features of pictures that come as a stream of Arrow batches, without a workspace: what engines drive.

Pictures come as a column ``path`` (text), or ``content`` or ``bytes`` (the bytes of a file); all other columns are
passed on. The same rows come out in the same order, with ``width``, ``height``, ``problem`` and a column of vectors
for each layer and pooling. ``tiramisu features --help`` has the details.

>>> from tiramisu_vision.features import Features
>>> import pyarrow as pa
>>> wanted = Features(layers=["features.12.concat"], poolings=["average"], compute="cpu")
>>> pictures = pa.table({"path": [str(path) for path in work.images[:2].paths], "mine": [1, 2]})
>>> wanted.table(pictures).column_names
['path', 'mine', 'width', 'height', 'problem', 'features_12_concat_average']
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any

import pyarrow as pa

from . import program
from .errors import MisuseError, ProgramError
from .named_layers import ManyLayers, names_of
from .running import Child, borrow, end_idle, failure, give_back, without_words

__all__ = ["SIZES_AND_PROBLEM", "USUAL", "Features", "Worker", "end_idle"]

#: Columns that are taken for pictures where none is named, and whether they have the bytes of files.
USUAL = {"path": False, "content": True, "bytes": True}
#: Columns that are added before those of vectors.
SIZES_AND_PROBLEM = ("width", "height", "problem")


@dataclass(frozen=True)
class Features:
    """Which features of which pictures are wanted. It is small, and goes to other processes and machines as it is.

    Attributes:
        network: a name of ``tiramisu networks list``, or a file; by default the built-in network.
        layers: layers or their names, ``"all"``, or ``"default"``.
        poolings: how space is pooled away: ``average``, ``maximum`` or both.
        vectors: the numbers of vectors: ``half`` as a workspace has them, or ``single`` as the network gives them.
        column: the column with the pictures, where it has another name, or there are several.
        thumbnails: whether there is a column ``thumbnail``, the small JPEG that a workspace has of each picture.
        keep_content: whether the column with the bytes of pictures is passed on.
        folder: the folder where paths begin that are not absolute.
        compute: the device that computes: ``auto``, ``gpu`` or ``cpu``.
        precision: the precision in which the network runs: ``single`` or ``half``.
        threads: how many processors one stream may use; by default all, and of an engine's task those that the engine counts
            for it.
    """

    network: str | os.PathLike[str] | None = None
    layers: ManyLayers | None = None
    poolings: Sequence[str] = ("average", "maximum")
    vectors: str = "half"
    column: str | None = None
    thumbnails: bool = False
    keep_content: bool = False
    folder: str | os.PathLike[str] | None = None
    compute: str = "auto"
    precision: str = "single"
    threads: int | None = None

    def __post_init__(self) -> None:
        # Plain and unchangeable, so that equal wishes are equal and may be keys.
        given = {
            "network": None if self.network is None else os.fspath(self.network),
            "folder": None if self.folder is None else os.fspath(self.folder),
            "layers": None if self.layers is None else tuple(names_of(self.layers)),
            "poolings": (self.poolings,) if isinstance(self.poolings, str) else tuple(self.poolings),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    @staticmethod
    def wished(wanted: Features | None, options: dict[str, Any]) -> Features:
        """A wish with some fields changed, or of these fields alone."""
        return Features(**options) if wanted is None else replace(wanted, **options)

    def words(self) -> list[str]:
        """The options of ``tiramisu features``."""
        words = [f"--pooling={','.join(self.poolings)}", f"--vectors={self.vectors}"]
        words += [f"--compute={self.compute}", f"--precision={self.precision}"]
        words += [] if self.network is None else [f"--network={self.network}"]
        if self.layers is not None:
            words.append("--layers=" + ",".join(names_of(self.layers)))
        words += [] if self.column is None else [f"--column={self.column}"]
        words += ["--thumbnails"] if self.thumbnails else []
        words += ["--keep-content"] if self.keep_content else []
        words += [] if self.folder is None else [f"--folder={self.folder}"]
        return words

    def described(self) -> dict[str, Any]:
        """What the program says of what it would add: ``network``, ``fingerprint``, ``columns`` ...

        Raises:
            TiramisuError: with the program's message, when there is no such network or layer.
        """
        known: dict[str, Any] = json.loads(_described(program.checked(), tuple(self.words())))
        return known

    def picture_column(self, incoming: pa.Schema) -> str:
        """The name of the column with the pictures.

        Raises:
            MisuseError: when there is none, or more than one.
        """
        found = [name for name in incoming.names if name == self.column or (self.column is None and name in USUAL)]
        if len(found) == 1:
            return str(found[0])
        wanted = self.column or ", ".join(USUAL)
        there = ", ".join(incoming.names) or "none"
        if not found:
            raise MisuseError(f"there is no column of pictures ({wanted}); there are: {there}")
        raise MisuseError(f"pictures may be in any of {', '.join(found)}; name the column (column=...)")

    def schema(self, incoming: pa.Schema) -> pa.Schema:
        """What comes out of rows with such columns, without making any."""
        told = self.described()
        pictures = self.picture_column(incoming)
        is_left_out = not self.keep_content and not _is_text(incoming.field(pictures).type)
        kept = [field for field in incoming if not (is_left_out and field.name == pictures)]
        made = {key: told[key] for key in ("network", "fingerprint", "preprocessing", "version")}
        made["columns"] = [column for column in told["columns"] if "layer" in column]
        for column in made["columns"]:
            column.pop("type")
        metadata = {**(incoming.metadata or {}), b"tiramisu": json.dumps(made, separators=(",", ":")).encode()}
        return pa.schema(kept + [_field(column) for column in self.described()["columns"]], metadata=metadata)

    def of(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Iterator[pa.RecordBatch]:
        """Features of pictures, batch by batch, in their order. Memory is a few batches.

        ``batches`` is read by a thread of its own, ahead of what is taken here by as much as the pipes hold. A program
        that is still there from an earlier stream of the same kind is used again.

        Raises:
            TiramisuError: with the program's message.
        """
        coming = iter(batches)
        if schema is None:
            first = next(coming, None)
            if first is None:
                return
            schema, coming = first.schema, chain([first], coming)
        child = borrow(self, schema)
        is_whole = False
        try:
            yield from child.stream(coming)
            is_whole = True
        finally:
            give_back(child, is_whole)

    def table(self, pictures: pa.Table, batch_rows: int = 256) -> pa.Table:
        """Features of pictures that are all there."""
        made = list(self.of(pictures.to_batches(max_chunksize=batch_rows), pictures.schema))
        return pa.Table.from_batches(made, made[0].schema if made else self.schema(pictures.schema))


class Worker:
    """One program that answers table after table: for engines that hand over one at a time and wait.

    >>> with Worker(Features(layers=["features.12.concat"], compute="cpu")) as worker:
    ...     worker(pa.table({"path": ["nowhere.jpg"]}))["problem"].null_count
    0
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self._child: Child | None = None

    def __call__(self, pictures: pa.Table) -> pa.Table:
        """The rows of ``pictures`` with their features."""
        if self._child is None or self._child.schema != pictures.schema:
            self.close()
            self._child = borrow(self.features, pictures.schema)
        child, is_whole = self._child, False
        try:
            made = list(child.stream(pictures.to_batches(), ahead=False))
            is_whole = True
        finally:
            if not is_whole:
                self._child = None
                child.kill()
        return pa.Table.from_batches(made, child.made_schema)

    def close(self) -> None:
        """Lets the program go."""
        child, self._child = self._child, None
        if child is not None:
            give_back(child, True)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Engines drop their workers without a word.
        child = getattr(self, "_child", None)
        if child is not None:
            child.kill()

    def __reduce__(self) -> tuple[type[Worker], tuple[Features]]:
        return Worker, (self.features,)


@lru_cache(maxsize=32)
def _described(path: os.PathLike[str], words: tuple[str, ...]) -> str:
    command = [os.fspath(path), "features", *words, "--schema"]
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if told.returncode != 0:
        message = program._message(told.stdout, told.stderr.splitlines())
        raise failure(told.returncode, message or without_words(told.returncode))
    try:
        json.loads(told.stdout)
    except ValueError as error:
        raise ProgramError(f"the program's answer is not JSON ({error}): {' '.join(command)}") from error
    return told.stdout


def _is_text(type: pa.DataType) -> bool:
    if pa.types.is_dictionary(type):
        type = type.value_type
    tests: list[Callable[[pa.DataType], bool]] = [pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view]
    return any(test(type) for test in tests)


#: The types of columns beside those of vectors.
_BESIDE = {"uint32": pa.uint32(), "string": pa.string(), "binary": pa.binary()}


def _field(column: dict[str, Any]) -> pa.Field:
    if "layer" not in column:
        return pa.field(column["name"], _BESIDE[column["type"]])
    item = {"float16": pa.float16(), "float": pa.float32()}[column["item"]]
    metadata = {"layer": column["layer"], "pooling": column["pooling"], "range": "whole"}
    # The program's own word to Lance: vectors are not searched for equal ones.
    metadata["lance-encoding:dict-divisor"] = str(2**64 - 1)
    return pa.field(column["name"], pa.list_(pa.field("item", item), column["size"]), metadata=metadata)
