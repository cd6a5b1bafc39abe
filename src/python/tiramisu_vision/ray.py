"""Features by Ray: as a data set of Ray Data, or written to a Lance table as one version.

The package has to be installed on Ray's machines (``pip install 'tiramisu-vision[ray]'``).

>>> from tiramisu_vision import ray as of_ray                                       # doctest: +SKIP
>>> made = of_ray.features(ray.data.read_parquet("s3://photos/paths"), concurrency=8)  # doctest: +SKIP
>>> of_ray.extract(paths, "s3://bucket/table.lance", layers=["fire9/concat"])          # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ray
import ray.data

from . import shards
from .features import Features, Worker
from .shards import BATCH_ROWS, Committed, Job, Shard, Written


def features(
    pictures: ray.data.Dataset,
    wanted: Features | None = None,
    *,
    concurrency: int | tuple[int, int] = 1,
    batch_rows: int = BATCH_ROWS,
    num_cpus: float | None = None,
    num_gpus: float | None = None,
    **options: Any,
) -> ray.data.Dataset:
    """The rows of ``pictures`` with their features, made when Ray wants them.

    Args:
        pictures: with a column ``path``, ``content`` or ``bytes`` (``ray.data.read_binary_files(..., include_paths=True)``
            gives ``bytes`` and ``path``: name one).
        wanted: which features; or name its fields: ``network=..., layers=...``.
        concurrency: how many programs run; each is kept by an actor.
        num_cpus: what Ray counts for each of them, by default one; it is also how many processors a program uses, unless
            ``threads`` says otherwise.
        num_gpus: the same of GPUs.
    """
    wanted = Features.wished(wanted, options)
    wanted = _with_share(wanted, num_cpus, num_gpus)
    return pictures.map_batches(
        Worker,
        fn_constructor_args=(wanted,),
        batch_format="pyarrow",
        batch_size=batch_rows,
        concurrency=concurrency,
        num_cpus=num_cpus,
        num_gpus=num_gpus,
    )


def engine(**options: Any) -> shards.Engine:
    """An engine for :func:`tiramisu_vision.shards.extract`: one task a shard, tried again where its worker dies.

    Args:
        options: of ``ray.remote``: ``num_cpus``, ``num_gpus``, ``max_retries`` ...
    """

    def run(job: Job, shares: Sequence[Shard]) -> list[Written]:
        counted = _counted(options)
        task = ray.remote(**counted)(shards.write)
        known = ray.put(replace(job, features=_with_share(job.features, counted["num_cpus"], counted.get("num_gpus"))))
        written: list[Written] = ray.get([task.remote(known, shard) for shard in shares])
        return written

    return run


def extract(
    pictures: Any,
    target: Any,
    wanted: Features | None = None,
    *,
    rows_per_shard: int = shards.ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    ray_options: Mapping[str, Any] | None = None,
    **options: Any,
) -> Committed:
    """Brings features into a Lance table, as one version; see :func:`tiramisu_vision.shards.extract`.

    Args:
        ray_options: of ``ray.remote``, for each task.
    """
    if not ray.is_initialized():
        ray.init()
    return shards.extract(
        pictures,
        target,
        Features.wished(wanted, options),
        engine=engine(**(ray_options or {})),
        rows_per_shard=rows_per_shard,
        at_once=_at_once(_counted(ray_options or {})),
        columns=columns,
        storage_options=storage_options,
        progress=False,
    )


def _counted(options: Mapping[str, Any]) -> dict[str, Any]:
    """What Ray counts for each task, and how often it tries one."""
    return {"num_cpus": 1, "max_retries": 3, **options}


def _at_once(counted: Mapping[str, Any]) -> int:
    """How many tasks run at a time on what Ray has now."""
    there = ray.cluster_resources()
    asked = {"CPU": counted["num_cpus"], "GPU": counted.get("num_gpus")}
    return max(1, int(min((there.get(name, 0) / count for name, count in asked.items() if count), default=1)))


def _with_share(wanted: Features, num_cpus: float | None, num_gpus: float | None = None) -> Features:
    """With as many threads as Ray counts processors: all that run on a machine share it. Who counts GPUs alone counts none."""
    if wanted.threads is not None or (num_gpus and num_cpus is None):
        return wanted
    return replace(wanted, threads=max(1, int(num_cpus or 1)))
