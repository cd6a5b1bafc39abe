"""Ray's rows are those of one process, bit for bit, also when its workers are killed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import lance
import pyarrow as pa
import pytest
from engines import (
    COLUMN,
    SOURCES,
    WANTED,
    expect_features,
    kill_workers_of_programs,
    make_pictures,
    rows_of,
    running_children,
    the_same,
)

pytest.importorskip("ray.data", reason="ray[data] is not installed")

import ray
import ray.data

from tiramisu_vision import ray as of_ray

# Ray leaves files and sockets to the end of the process.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::FutureWarning"
)


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "ray", 44)


@pytest.fixture(scope="module")
def plain(paths: list[str]) -> pa.Table:
    return rows_of(WANTED.table(pa.table({"path": paths})))


@pytest.fixture(scope="module", autouse=True)
def cluster(paths: list[str]) -> Iterator[None]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    # A machine that stands still for minutes is not taken for dead.
    os.environ |= {"RAY_health_check_timeout_ms": "600000", "RAY_health_check_failure_threshold": "1000"}
    variables = {
        "PYTHONPATH": os.pathsep.join([str(SOURCES), str(Path(__file__).parent)]),
        "TIRAMISU_TEST_MARK": f"ray-{os.getpid()}",
        "TIRAMISU_PROGRAM": os.environ.get("TIRAMISU_PROGRAM", ""),
    }
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        configure_logging=False,
        object_store_memory=100 << 20,
        runtime_env={"env_vars": {name: value for name, value in variables.items() if value}},
    )
    yield
    ray.shutdown()


def test_a_data_set_gets_features(paths: list[str], plain: pa.Table) -> None:
    pictures = ray.data.from_arrow(pa.table({"path": paths, "mine": list(range(len(paths)))}))
    made = of_ray.features(pictures, WANTED, batch_rows=16)
    tables = [pa.table(block) for block in ray.get(made.to_arrow_refs())]
    whole = pa.concat_tables(table for table in tables if table.num_rows)
    assert whole.column_names == ["path", "mine", "width", "height", "problem", COLUMN]
    assert the_same(rows_of(whole), plain)


def test_tasks_write_one_version_though_workers_are_killed(
    paths: list[str], plain: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIRAMISU_TEST_MARK", f"ray-{os.getpid()}")
    target = tmp_path / "table.lance"
    over = kill_workers_of_programs(2)
    done = of_ray.extract(paths, target, dataclasses.replace(WANTED, threads=None), rows_per_shard=12)
    assert len(over()) == 2
    # Each program uses the processors of its task.
    environments = [(Path("/proc") / str(child) / "environ").read_bytes().split(b"\0") for child in running_children()]
    assert environments and all(b"RAYON_NUM_THREADS=1" in environment for environment in environments)
    assert (done.shards, done.rows, done.version) == (4, 45, 2)
    assert the_same(rows_of(lance.dataset(str(target))), plain)
    assert of_ray.extract(paths, target, WANTED, rows_per_shard=12).rows == 0
