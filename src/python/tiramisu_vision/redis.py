"""Vectors in a running Redis: a home for those who ask for and change single pictures, much and often.

>>> import redis                                                                    # doctest: +SKIP
>>> from tiramisu_vision import redis as of_redis                                   # doctest: +SKIP
>>> client = redis.Redis()                                                          # doctest: +SKIP
>>> of_redis.put(client, "holiday", made)                                           # doctest: +SKIP
>>> of_redis.get(client, "holiday", "fire9_concat_average", ["a.jpg"]).shape        # doctest: +SKIP
(1, 512)

Keys of Redis: ``tiramisu:NAME`` is a hash of each column's kind and size, ``tiramisu:NAME:COLUMN`` one of each
picture's numbers (little-endian). Redis itself compares no vectors (its module for that is not in every distribution),
so neighbours are found here, by reading all of a column in pieces: exact, and as quick as the connection is.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .errors import MisuseError
from .homes import Array, _has_all, expect_metric, expect_size, numbers, vector_columns

#: Rows that go over the connection together.
_TOGETHER = 1000


class RedisVectors:
    """Vectors under a name in a running Redis (``redis.Redis``, or whatever has its methods)."""

    def __init__(self, client: Any, name: str, key: str = "path") -> None:
        self.client, self.name, self.key = client, name, key

    def put(self, rows: pa.Table) -> int:
        """See :meth:`tiramisu_vision.homes.Vectors.put`. Each thousand rows are changed at once; a reader may see some
        before the others."""
        columns = vector_columns(rows.schema)
        rows = rows.select([self.key, *columns])
        rows = rows.filter(_has_all(rows))
        kinds = {column: _kind(rows.schema.field(column).type) for column in columns}
        there = self._kinds()
        for column, kind in kinds.items():
            if there.get(column, kind) != kind:
                raise MisuseError(
                    f"{self.name} has vectors of another kind or size in {column}: {there[column]}, not {kind}"
                )
        if not rows.num_rows:
            return 0
        self.client.hset(self._name(), mapping={column: json.dumps(kind) for column, kind in kinds.items()})
        for batch in rows.combine_chunks().to_batches(max_chunksize=_TOGETHER):
            keys = batch[self.key].to_pylist()
            with self.client.pipeline(transaction=True) as pipe:
                for column in columns:
                    values = np.ascontiguousarray(numbers(batch[column]))
                    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
                    pipe.hset(
                        self._name(column),
                        mapping={key: value.tobytes() for key, value in zip(keys, values, strict=True)},
                    )
                pipe.execute()
        return int(rows.num_rows)

    def get(self, column: str, keys: Sequence[str]) -> Array:
        """See :meth:`tiramisu_vision.homes.Vectors.get`."""
        dtype, size = self._shape(column)
        parts: list[bytes] = []
        for begin in range(0, len(keys), _TOGETHER):
            some = list(keys[begin : begin + _TOGETHER])
            for key, value in zip(some, self.client.hmget(self._name(column), some), strict=True):
                if value is None:
                    raise KeyError(f"there is no vector of {key}")
                parts.append(value)
        return np.frombuffer(b"".join(parts), dtype).reshape(len(keys), size)

    def neighbours(
        self, column: str, vector: npt.ArrayLike, count: int = 10, metric: str = "cosine"
    ) -> list[tuple[str, float]]:
        """See :meth:`tiramisu_vision.homes.Vectors.neighbours`. Memory is some thousand vectors."""
        expect_metric(metric)
        dtype, size = self._shape(column)
        wanted = np.asarray(vector, dtype=np.float32)
        expect_size(wanted, size, column)
        best: dict[str, float] = {}
        for keys, values in self._all(column, dtype, size):
            scores = _scores(values.astype(np.float32), wanted, metric)
            # While it is changed, Redis may give a key twice.
            best.update(zip(keys, scores.tolist(), strict=True))
            best = dict(_nearest(best, count, metric))
        return _nearest(best, count, metric)

    def __len__(self) -> int:
        kinds = self._kinds()
        return max((int(self.client.hlen(self._name(column))) for column in kinds), default=0)

    def delete(self, keys: Sequence[str] | None = None) -> None:
        """Forgets keys; without any, everything under the name."""
        for column in self._kinds():
            if keys is None:
                self.client.delete(self._name(column))
            elif keys:
                self.client.hdel(self._name(column), *keys)
        if keys is None:
            self.client.delete(self._name())

    def _name(self, column: str | None = None) -> str:
        return f"tiramisu:{self.name}" if column is None else f"tiramisu:{self.name}:{column}"

    def _kinds(self) -> dict[str, Any]:
        return {_text(column): json.loads(kind) for column, kind in self.client.hgetall(self._name()).items()}

    def _shape(self, column: str) -> tuple[np.dtype[Any], int]:
        kinds = self._kinds()
        if column not in kinds:
            there = ", ".join(sorted(kinds)) or "nothing"
            raise KeyError(f"{self.name} has no vectors {column}; it has {there}")
        return np.dtype(kinds[column]["item"]).newbyteorder("<"), int(kinds[column]["size"])

    def _all(self, column: str, dtype: np.dtype[Any], size: int) -> Iterator[tuple[list[str], Array]]:
        cursor = 0
        while True:
            cursor, some = self.client.hscan(self._name(column), cursor, count=_TOGETHER)
            if some:
                yield (
                    [_text(key) for key in some],
                    np.frombuffer(b"".join(some.values()), dtype).reshape(len(some), size),
                )
            if cursor == 0:
                return


def put(client: Any, name: str, rows: pa.Table, key: str = "path") -> int:
    """Keeps the vectors of rows; see :meth:`RedisVectors.put`."""
    return RedisVectors(client, name, key).put(rows)


def get(client: Any, name: str, column: str, keys: Sequence[str]) -> Array:
    """The vectors of keys; see :meth:`RedisVectors.get`."""
    return RedisVectors(client, name).get(column, keys)


def neighbours(
    client: Any, name: str, column: str, vector: npt.ArrayLike, count: int = 10, metric: str = "cosine"
) -> list[tuple[str, float]]:
    """The keys most like a vector; see :meth:`RedisVectors.neighbours`."""
    return RedisVectors(client, name).neighbours(column, vector, count, metric)


def _kind(type: pa.FixedSizeListType) -> dict[str, Any]:
    return {"item": np.dtype(type.value_type.to_pandas_dtype()).name, "size": type.list_size}


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")


def _scores(values: Array, wanted: Array, metric: str) -> Array:
    if metric == "euclidean":
        return np.asarray(np.linalg.norm(values - wanted, axis=1))
    products = values @ wanted
    if metric == "cosine":
        lengths = np.linalg.norm(values, axis=1) * np.linalg.norm(wanted)
        products = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return np.asarray(products)


def _nearest(scored: dict[str, float], count: int, metric: str) -> list[tuple[str, float]]:
    sign = 1 if metric == "euclidean" else -1
    return heapq.nsmallest(count, scored.items(), key=lambda one: (sign * one[1], one[0]))
