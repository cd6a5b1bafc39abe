"""Where vectors live outside of a workspace, all asked alike: by key, and by likeness.

:class:`LanceVectors` keeps them in a Lance table, :class:`tiramisu_vision.redis.RedisVectors` in a running Redis. What
is best depends on what is asked: a table holds more than memory does, is scanned quickly and keeps every version;
Redis answers and changes single keys in a fraction of a millisecond, and holds all in memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import lance
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .errors import MisuseError

#: How likeness is measured: ``cosine`` and ``dot`` are the larger the nearer, ``euclidean`` the smaller.
METRICS = ("cosine", "euclidean", "dot")

Array = npt.NDArray[Any]


class Vectors(Protocol):
    """A home of vectors."""

    def put(self, rows: pa.Table) -> int:
        """Keeps the vectors of rows; what a key had before is replaced. Rows without a vector are passed over. How many
        rows were kept."""

    def get(self, column: str, keys: Sequence[str]) -> Array:
        """The vectors of keys, ``[keys, channels]``, in their order.

        Raises:
            KeyError: when one has none.
        """

    def neighbours(
        self, column: str, vector: npt.ArrayLike, count: int = 10, metric: str = "cosine"
    ) -> list[tuple[str, float]]:
        """The keys whose vectors are most like one, the nearest first, each with its score."""


class LanceVectors:
    """Vectors in a Lance table, wherever pylance reaches."""

    def __init__(
        self, uri: str | os.PathLike[str], key: str = "path", storage_options: Mapping[str, str] | None = None
    ) -> None:
        self.uri, self.key = os.fspath(uri), key
        self._options = None if storage_options is None else dict(storage_options)

    def open(self) -> lance.LanceDataset:
        """The newest version."""
        return lance.dataset(self.uri, storage_options=self._options)

    def put(self, rows: pa.Table) -> int:
        """See :meth:`Vectors.put`. One version of the table."""
        kept = rows.select([self.key, *vector_columns(rows.schema)])
        kept = kept.filter(_has_all(kept)).combine_chunks()
        try:
            table = self.open()
        except (ValueError, FileNotFoundError):
            lance.write_dataset(kept, self.uri, mode="create", storage_options=self._options)
            return int(kept.num_rows)
        if kept.num_rows:
            table.merge_insert(self.key).when_matched_update_all().when_not_matched_insert_all().execute(kept)
        return int(kept.num_rows)

    def get(self, column: str, keys: Sequence[str]) -> Array:
        """See :meth:`Vectors.get`. With a scalar index on the key (``create_scalar_index``) nothing else is read."""
        table = self.open()
        listed = ", ".join("'" + key.replace("'", "''") + "'" for key in keys) or "''"
        rows = table.to_table(columns=[self.key, column], filter=f"{self.key} IN ({listed})").combine_chunks()
        place = {key: number for number, key in enumerate(rows[self.key].to_pylist())}
        lacking = [key for key in keys if key not in place]
        if lacking:
            raise KeyError(f"there is no vector of {lacking[0]}")
        found = numbers(rows[column].combine_chunks()) if rows.num_rows else _none_of(table.schema.field(column).type)
        return found[[place[key] for key in keys]]

    def neighbours(
        self, column: str, vector: npt.ArrayLike, count: int = 10, metric: str = "cosine"
    ) -> list[tuple[str, float]]:
        """See :meth:`Vectors.neighbours`. Lance compares, with an index where there is one."""
        expect_metric(metric)
        table = self.open()
        wanted = np.asarray(vector, dtype=np.float32)
        expect_size(wanted, table.schema.field(column).type.list_size, column)
        nearest = {"column": column, "q": wanted, "k": count, "metric": {"euclidean": "l2"}.get(metric, metric)}
        rows = table.to_table(columns=[self.key, "_distance"], nearest=nearest)
        far = rows["_distance"].to_numpy().astype(np.float64)
        # Lance gives one less the cosine and one less the product, and the square of the distance.
        scores = np.sqrt(np.maximum(far, 0)) if metric == "euclidean" else 1 - far
        return list(zip(rows[self.key].to_pylist(), scores.tolist(), strict=True))


def vector_columns(schema: pa.Schema) -> list[str]:
    """The names of the columns with vectors.

    Raises:
        MisuseError: when there are none.
    """
    found = [field.name for field in schema if pa.types.is_fixed_size_list(field.type)]
    if not found:
        raise MisuseError(f"none of the columns has vectors: {', '.join(schema.names)}")
    return found


def numbers(column: pa.FixedSizeListArray) -> Array:
    """Vectors as ``[rows, channels]``."""
    flat = np.asarray(column.flatten().to_numpy(zero_copy_only=False))
    return flat.reshape(len(column), column.type.list_size)


def expect_metric(metric: str) -> None:
    """Whether there is such a metric."""
    if metric not in METRICS:
        raise MisuseError(f"there is no metric {metric}; choose {', '.join(METRICS)}")


def expect_size(vector: Array, size: int, column: str) -> None:
    """Whether a vector may be compared with those of a column."""
    if vector.shape != (size,):
        raise MisuseError(f"vectors of {column} have {size} numbers, and this one has the shape {vector.shape}")


def _has_all(rows: pa.Table) -> pa.Array:
    there = np.ones(rows.num_rows, bool)
    for column in rows.columns:
        there &= np.asarray(column.is_valid().to_numpy(), dtype=bool)
    return pa.array(there)


def _none_of(type: pa.FixedSizeListType) -> Array:
    return np.empty((0, type.list_size), type.value_type.to_pandas_dtype())
