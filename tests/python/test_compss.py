"""COMPSs drives the shared plan. Its runtime is not on PyPI, so a stub stands for it here: tasks run later, in another
order, and one of them twice. What only the runtime itself does is not tested."""

from __future__ import annotations

import dataclasses
import importlib
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
import pytest
from engines import WANTED, expect_features, make_pictures, rows_of, the_same

from tiramisu_vision import plans, shards
from tiramisu_vision.shards import Job, Shard, Written


class Future:
    """What a task gives before it has run."""

    def __init__(self, run: Callable[[], Any]) -> None:
        self.run = run


@pytest.fixture
def compss(monkeypatch: pytest.MonkeyPatch) -> Any:
    def task(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Future]]:
        assert options == {"returns": 1}
        return lambda work: lambda *arguments: Future(lambda: work(*arguments))

    def wait_on(futures: list[Future]) -> list[Any]:
        futures[0].run()
        done = [future.run() for future in reversed(futures)]
        return done[::-1]

    modules = {
        name: types.ModuleType(name) for name in ("pycompss", "pycompss.api", "pycompss.api.api", "pycompss.api.task")
    }
    modules["pycompss.api.api"].compss_wait_on = wait_on  # type: ignore[attr-defined]
    modules["pycompss.api.api"].compss_get_number_of_resources = lambda: 3  # type: ignore[attr-defined]
    modules["pycompss.api.task"].task = task  # type: ignore[attr-defined]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules.pop("tiramisu_vision.compss", None)
    yield importlib.import_module("tiramisu_vision.compss")
    sys.modules.pop("tiramisu_vision.compss", None)


def test_tasks_write_one_version(compss: Any, home: Path, tmp_path: Path) -> None:
    expect_features()
    paths = make_pictures(home / "compss", 22)
    target = tmp_path / "table.lance"
    done = compss.extract(paths, target, WANTED, rows_per_shard=6)
    assert (done.shards, done.rows, done.version) == (4, 23, 2)
    assert the_same(rows_of(lance.dataset(str(target))), rows_of(WANTED.table(pa.table({"path": paths}))))
    assert compss.extract(paths, target, WANTED, rows_per_shard=6).rows == 0


def test_programs_share_the_processors_and_tasks_the_pictures(
    compss: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_features()
    made: list[tuple[int | None, int]] = []

    def write(job: Job, shard: Shard) -> Written:
        made.append((job.features.threads, shard.count))
        return written(job, shard)

    written = shards.write
    monkeypatch.setattr(shards, "write", write)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(plans, "BATCH_ROWS", 4)
    paths = make_pictures(home / "compss-shares", 22)
    # Six at a time, three machines with two processors each: 23 pictures in as many shares.
    done = compss.extract(paths, tmp_path / "table.lance", dataclasses.replace(WANTED, threads=None))
    assert (done.shards, done.rows) == (6, 23)
    assert set(made) == {(1, 4), (1, 3)}
    made.clear()
    compss.extract(paths, tmp_path / "other.lance", dataclasses.replace(WANTED, threads=2), at_once=2)
    assert set(made) == {(2, 12), (2, 11)}
