"""Features by COMPSs, written to a Lance table as one version.

COMPSs has its own installer (https://compss.bsc.es); the application is started by ``runcompss``, on machines where
this package is installed, too. COMPSs counts one processor for each task, and so much each program uses, unless
``threads`` says otherwise:

>>> from tiramisu_vision import compss                                             # doctest: +SKIP
>>> compss.extract(paths, "/gpfs/table.lance", layers=["fire9/concat"])            # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pycompss.api.api import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
    compss_get_number_of_resources,
    compss_wait_on,
)
from pycompss.api.task import task  # type: ignore[import-not-found, import-untyped, unused-ignore]

from . import shards
from .features import Features
from .shards import Committed, Job, Shard, Written


@task(returns=1)  # type: ignore[untyped-decorator, unused-ignore]
def write(job: Job, shard: Shard) -> Written:
    """One shard, as a task of COMPSs, which tries it again where it fails."""
    return shards.write(job, shard)


def engine(job: Job, shares: Sequence[Shard]) -> list[Written]:
    """The engine for :func:`tiramisu_vision.shards.extract`: one task a shard."""
    if job.features.threads is None:
        job = replace(job, features=replace(job.features, threads=1))
    written: list[Written] = compss_wait_on([write(job, shard) for shard in shares])
    return written


def extract(
    pictures: Any,
    target: Any,
    wanted: Features | None = None,
    *,
    at_once: int | None = None,
    rows_per_shard: int = shards.ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    **options: Any,
) -> Committed:
    """Brings features into a Lance table, as one version; see :func:`tiramisu_vision.shards.extract`.

    Args:
        at_once: how many tasks run at a time, so that all have the same to do; by default one for each processor of this
            machine, and as many on each of the others that COMPSs has now.
    """
    return shards.extract(
        pictures,
        target,
        Features.wished(wanted, options),
        engine=engine,
        rows_per_shard=rows_per_shard,
        at_once=_at_once() if at_once is None else at_once,
        columns=columns,
        storage_options=storage_options,
        progress=False,
    )


def _at_once() -> int:
    return max(1, int(compss_get_number_of_resources())) * (os.cpu_count() or 1)
