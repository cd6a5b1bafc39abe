"""Features by Daft: as columns of a DataFrame, made when they are wanted, or written to a Lance table as one version.

Daft looks through as many batches at once as it has processors; each has one of them, unless ``cpus`` or ``threads``
say otherwise.

>>> from tiramisu_vision import daft as of_daft                                         # doctest: +SKIP
>>> pictures = daft.from_glob_path("/photos/*.jpg")                                     # doctest: +SKIP
>>> of_daft.features(pictures, layers=["fire9/concat"]).show()                          # doctest: +SKIP
>>> of_daft.extract(paths, "s3://bucket/table.lance", layers=["fire9/concat"])          # doctest: +SKIP
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import daft
import pyarrow as pa

from . import shards
from .features import Features
from .shards import BATCH_ROWS, Committed, Job, Shard, Written


def features(
    pictures: daft.DataFrame,
    wanted: Features | None = None,
    *,
    batch_rows: int = BATCH_ROWS,
    cpus: float | None = None,
    **options: Any,
) -> daft.DataFrame:
    """The rows of ``pictures`` with their features. Vectors have single floats, as Daft knows no halves; in half
    precision these are the same numbers as in a workspace. The column with the bytes of pictures is left out, unless
    it is asked for.

    Args:
        pictures: with a column ``path``, ``content`` or ``bytes``; or name it: ``column=...``.
        wanted: which features; or name its fields: ``network=..., layers=...``.
        batch_rows: rows that go through a program together.
        cpus: what Daft counts for each batch, by default one; it is also how many processors a program uses, unless
            ``threads`` says otherwise.

    Raises:
        TiramisuError: with the program's message, when there is no such network, layer or column.
    """
    wanted = _with_share(Features.wished(wanted, options), cpus)
    incoming = pictures.schema().to_pyarrow_schema()
    column = wanted.picture_column(incoming)
    made = wanted.schema(incoming)
    kept = [name for name in made.names if name in incoming.names]
    added = [field for field in made if field.name not in kept]
    fields = [pa.field(field.name, _of_daft(field.type)) for field in added]

    @daft.func.batch(return_dtype=daft.DataType.from_arrow_type(pa.struct(fields)), batch_size=batch_rows, cpus=cpus)
    def look(of: daft.Series) -> Any:
        rows = wanted.table(pa.table({column: of.to_arrow()})).combine_chunks()
        arrays = [rows[field.name].combine_chunks().cast(field.type) for field in fields]
        return pa.StructArray.from_arrays(arrays, fields=fields)

    whole = pictures.with_column(_MADE, look(pictures[column]))
    return whole.select(*kept, *[daft.col(_MADE).get(field.name).alias(field.name) for field in fields])


def engine(**options: Any) -> shards.Engine:
    """An engine for :func:`tiramisu_vision.shards.extract`: a row of a DataFrame for each shard, and a batch for each row.

    Args:
        options: of ``daft.func.batch``: ``cpus``, ``gpus``, ``max_retries``, ``use_process`` ...
    """

    def run(job: Job, shares: Sequence[Shard]) -> Iterator[Written]:
        known = replace(job, features=_with_share(job.features, options.get("cpus")))

        @daft.func.batch(return_dtype=daft.DataType.string(), batch_size=1, **options)
        def write(of: daft.Series) -> list[str]:
            return [shards.write(known, pickle.loads(shard)).to_json() for shard in of.to_pylist()]

        rows = daft.from_pydict({"shard": [pickle.dumps(shard) for shard in shares]})
        if daft.get_or_infer_runner_type() == "ray":
            # Of one partition one machine of a cluster would have all rows.
            rows = rows.into_partitions(len(shares))
        for row in rows.select(write(rows["shard"]).alias("written")).iter_rows():
            yield Written.from_json(row["written"])

    return run


def extract(
    pictures: Any,
    target: Any,
    wanted: Features | None = None,
    *,
    at_once: int | None = None,
    rows_per_shard: int = shards.ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    daft_options: Mapping[str, Any] | None = None,
    **options: Any,
) -> Committed:
    """Brings features into a Lance table, as one version; see :func:`tiramisu_vision.shards.extract`.

    Args:
        at_once: how many shards are done at a time, so that all have the same to do; by default as many as this machine has
            processors for. Where Daft runs on a cluster, name those of all machines.
        daft_options: of ``daft.func.batch``, for each shard.
    """
    counted = dict(daft_options or {})
    return shards.extract(
        pictures,
        target,
        Features.wished(wanted, options),
        engine=engine(**counted),
        rows_per_shard=rows_per_shard,
        at_once=_at_once(counted.get("cpus")) if at_once is None else at_once,
        columns=columns,
        storage_options=storage_options,
        progress=False,
    )


#: A column for a moment.
_MADE = "__tiramisu_made"


def _of_daft(type: pa.DataType) -> pa.DataType:
    return pa.list_(pa.float32(), type.list_size) if pa.types.is_fixed_size_list(type) else type


def _with_share(wanted: Features, cpus: float | None) -> Features:
    """With as many threads as Daft counts processors: all that run on a machine share it."""
    return wanted if wanted.threads is not None else replace(wanted, threads=max(1, int(cpus or 1)))


def _at_once(cpus: float | None) -> int:
    return max(1, int((os.cpu_count() or 1) / (cpus or 1)))
