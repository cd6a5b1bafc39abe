"""Pictures that lie on HDFS, read through fsspec, make the rows that they make here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import lance
import pyarrow as pa
import pytest
import webhdfs
from engines import COLUMN, WANTED, expect_features, make_pictures, rows_of, the_same

from tiramisu_vision import shards

pytest.importorskip("requests", reason="requests is not installed, which fsspec asks HDFS with")
reading = pytest.importorskip("fsspec.implementations.webhdfs", reason="fsspec is not installed")


def test_contents_from_hdfs_make_the_same_rows(home: Path, tmp_path: Path) -> None:
    expect_features()
    folder = home / "hdfs"
    paths = make_pictures(folder, 11)
    plain = rows_of(WANTED.table(pa.table({"path": paths})))
    with webhdfs.serving(folder) as (host, port):
        store = reading.WebHDFS(host, port, skip_instance_cache=True)
        names = sorted(name for name in store.find("/") if name.endswith(".jpg"))
        assert len(names) == 12
        contents = pa.array([store.cat_file(name) for name in names], pa.binary())
    pictures = pa.table({"path": [f"hdfs://{name}" for name in names], "content": contents})
    wanted = dataclasses.replace(WANTED, column="content")
    done = shards.extract(pictures, tmp_path / "table.lance", wanted, rows_per_shard=5)
    assert (done.shards, done.rows, done.problems) == (3, 12, 1)
    made = lance.dataset(str(tmp_path / "table.lance")).to_table()
    here = pa.array([str(folder / path.removeprefix("hdfs:///")) for path in made["path"].to_pylist()])
    made = made.set_column(made.column_names.index("path"), "path", here)
    assert the_same(rows_of(made, "path", "width", COLUMN), plain.select(["path", "width", COLUMN]))
