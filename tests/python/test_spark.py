"""Spark's rows are those of one process, bit for bit, also when its workers are killed."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest
from engines import (
    COLUMN,
    LAYER,
    SOURCES,
    WANTED,
    expect_features,
    java_lacks,
    kill_workers_of_programs,
    make_pictures,
    rows_of,
    running_children,
    the_same,
)

import tiramisu_vision as tiramisu

if (lacking := java_lacks()) is not None:
    pytest.skip(lacking, allow_module_level=True)
pytest.importorskip("pyspark", reason="pyspark is not installed")

from pyspark.sql import SparkSession

from tiramisu_vision import shards, spark


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "spark", 44)


@pytest.fixture(scope="module")
def plain(paths: list[str]) -> pa.Table:
    return rows_of(WANTED.table(pa.table({"path": paths})))


@pytest.fixture(scope="module")
def session(home: Path, paths: list[str]) -> Iterator[SparkSession]:
    before = {
        name: os.environ.get(name) for name in ("PYTHONPATH", "PYSPARK_PYTHON", "TIRAMISU_TEST_MARK", "SPARK_LOCAL_IP")
    }
    os.environ["PYTHONPATH"] = os.pathsep.join([str(SOURCES), str(Path(__file__).parent)])
    os.environ["TIRAMISU_TEST_MARK"] = f"spark-{os.getpid()}"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    made = (
        # Two tasks at a time, each tried four times.
        SparkSession.builder.master("local[2,4]")
        .config("spark.ui.enabled", "false")
        # A machine that stands still for minutes is not taken for dead.
        .config("spark.network.timeout", "3600s")
        .config("spark.executor.heartbeatInterval", "600s")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.local.dir", str(home / "spark-local"))
        .config("spark.sql.warehouse.dir", str(home / "spark-warehouse"))
        .getOrCreate()
    )
    yield made
    made.stop()
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def vectors_of(rows: list[object], column: str) -> list[bytes | None]:
    return [None if row[column] is None else np.array(row[column], np.float32).tobytes() for row in rows]  # type: ignore[index]


def wide(plain: pa.Table) -> list[bytes | None]:
    return [None if one is None else np.array(one, np.float32).tobytes() for one in plain[COLUMN].to_pylist()]


def test_a_data_frame_of_paths_gets_features(session: SparkSession, paths: list[str], plain: pa.Table) -> None:
    pictures = session.createDataFrame([(path, place) for place, path in enumerate(paths)], "path string, mine long")
    made = spark.features(pictures.repartition(3), WANTED)
    assert made.columns == ["path", "mine", "width", "height", "problem", COLUMN]
    rows = made.orderBy("path").collect()
    assert [row["path"] for row in rows] == plain["path"].to_pylist()
    assert [row["width"] for row in rows] == plain["width"].to_pylist()
    assert vectors_of(rows, COLUMN) == wide(plain)


def test_spark_brings_contents(session: SparkSession, paths: list[str], plain: pa.Table) -> None:
    folder = str(Path(paths[0]).parents[1])
    pictures = session.read.format("binaryFile").option("recursiveFileLookup", "true").load(folder)
    made = spark.features(pictures, WANTED, column="content")
    assert made.columns == ["path", "modificationTime", "length", "width", "height", "problem", COLUMN]
    rows = {row["path"].removeprefix("file:").replace("//", "/"): row for row in made.collect()}
    assert vectors_of([rows[path] for path in plain["path"].to_pylist()], COLUMN) == wide(plain)


def test_rows_can_be_those_of_caffe_on_spark(session: SparkSession, paths: list[str], plain: pa.Table) -> None:
    pictures = session.createDataFrame([(path,) for path in paths], "path string")
    made = spark.features(pictures, WANTED, caffe=True)
    assert [(field.name, field.dataType.simpleString()) for field in made.schema] == [
        ("SampleID", "string"),
        (LAYER, "array<float>"),
    ]
    rows = made.orderBy("SampleID").collect()
    assert [row["SampleID"] for row in rows] == plain["path"].to_pylist()
    assert vectors_of(rows, LAYER) == wide(plain)
    with pytest.raises(tiramisu.MisuseError, match="choose one pooling"):
        spark.features(pictures, caffe=True, layers=[LAYER])
    with pytest.raises(tiramisu.MisuseError, match="no column name"):
        spark.features(pictures, WANTED, caffe=True, sample_id="name")


def test_what_is_wrong_is_told_before_spark_begins(session: SparkSession) -> None:
    with pytest.raises(tiramisu.MisuseError, match="no column of pictures"):
        spark.features(session.createDataFrame([("x",)], "file string"), WANTED)
    with pytest.raises(tiramisu.TiramisuError, match="conv99"):
        spark.features(session.createDataFrame([("x",)], "path string"), layers=["conv99"])


def test_tasks_write_one_version_though_workers_are_killed(
    session: SparkSession, paths: list[str], plain: pa.Table, tmp_path: Path
) -> None:
    target = tmp_path / "table.lance"
    over = kill_workers_of_programs(2)
    done = spark.extract(session, paths, target, WANTED, rows_per_shard=12)
    assert len(over()) == 2
    assert (done.shards, done.rows, done.version) == (4, 45, 2)
    assert the_same(rows_of(lance.dataset(str(target))), plain)
    assert spark.extract(session, paths, target, WANTED, rows_per_shard=12).rows == 0


def test_a_program_uses_the_processors_of_its_task(session: SparkSession, paths: list[str], tmp_path: Path) -> None:
    wanted = dataclasses.replace(WANTED, threads=None)
    assert spark.extract(session, paths[:8], tmp_path / "table.lance", wanted, rows_per_shard=4).rows == 8
    environments = [(Path("/proc") / str(child) / "environ").read_bytes().split(b"\0") for child in running_children()]
    assert environments and all(b"RAYON_NUM_THREADS=1" in environment for environment in environments)


def test_partitions_of_contents_write_one_version(
    session: SparkSession, paths: list[str], plain: pa.Table, tmp_path: Path
) -> None:
    target = tmp_path / "table.lance"
    folder = str(Path(paths[0]).parents[1])
    pictures = session.read.format("binaryFile").option("recursiveFileLookup", "true").load(folder).repartition(3)
    wanted = dataclasses.replace(WANTED, column="content")
    over = kill_workers_of_programs(1)
    done = spark.extract_rows(pictures, target, wanted, columns=["length"])
    assert len(over()) == 1
    assert (done.rows, done.problems, done.version) == (45, 1, 2)
    made = lance.dataset(str(target)).to_table()
    names = pa.array([path.removeprefix("file:").replace("//", "/") for path in made["path"].to_pylist()])
    made = made.set_column(0, "path", names)
    assert the_same(rows_of(made, "path", "width", COLUMN), plain.select(["path", "width", COLUMN]))
    assert spark.extract_rows(pictures, target, wanted, columns=["length"]).rows == 0


def test_partitions_whose_files_were_cleaned_up_are_done_again(
    session: SparkSession, paths: list[str], plain: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "table.lance"
    pictures = session.createDataFrame([(path,) for path in paths], "path string").repartition(2)
    commit, commits = shards.commit, []

    def cleaned_once(where: shards.Target, *rest: Any) -> shards.Committed:
        if not commits:
            lance.dataset(where.uri).cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)
        commits.append(commit(where, *rest))
        return commits[-1]

    monkeypatch.setattr(shards, "commit", cleaned_once)
    assert spark.extract_rows(pictures, target, WANTED).rows == 45
    assert len(commits) == 2 and len(commits[0].lost) == 2
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def test_lines_go_through_a_pipe(session: SparkSession, paths: list[str], plain: pa.Table) -> None:
    pictures = session.sparkContext.parallelize(paths, 2)
    lines = pictures.pipe(spark.pipe_command(WANTED), env=dict(os.environ), checkCode=True).collect()
    rows = [json.loads(line) for line in lines]
    assert [row["path"] for row in rows] == paths
    assert vectors_of(sorted(rows, key=lambda row: row["path"]), COLUMN) == wide(plain)
