"""Daft's rows are those of one process."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from engines import (
    COLUMN,
    LAYER,
    WANTED,
    contents,
    expect_features,
    make_pictures,
    rows_of,
    running_children,
    the_same,
)

import tiramisu_vision as tiramisu
from tiramisu_vision import shards
from tiramisu_vision.features import end_idle

daft = pytest.importorskip("daft", reason="daft is not installed")

from tiramisu_vision import daft as of_daft  # noqa: E402


@pytest.mark.parametrize("column", ["path", "content"])
def test_a_data_frame_gets_features(column: str, home: Path) -> None:
    expect_features()
    paths = make_pictures(home / f"daft-{column}", 22)
    plain = rows_of(WANTED.table(pa.table({"path": paths})))
    pictures = daft.from_arrow(contents(paths) if column == "content" else pa.table({"path": paths}))
    rows = of_daft.features(pictures, WANTED, column=column, batch_rows=8).to_arrow().sort_by("path")
    assert rows.column_names == ["path", "width", "height", "problem", COLUMN]
    assert rows["path"].to_pylist() == plain["path"].to_pylist()
    assert rows["width"].to_pylist() == plain["width"].to_pylist()
    for made, wanted in zip(rows[COLUMN].to_pylist(), plain[COLUMN].to_pylist(), strict=True):
        assert (made is None) == (wanted is None)
        assert made is None or np.float32(made).tobytes() == np.float32(wanted).tobytes()


def test_shards_write_one_version_and_each_program_has_its_processors(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_features()
    monkeypatch.setenv("TIRAMISU_TEST_MARK", f"daft-{os.getpid()}")
    paths = make_pictures(home / "daft-shards", 22)
    target = tmp_path / "table.lance"
    wanted = dataclasses.replace(WANTED, threads=None)
    # None of those that other tests have left.
    end_idle()
    done = of_daft.extract(paths, target, wanted, rows_per_shard=6, at_once=2)
    # Kept for the next shard of the same kind.
    environments = [(Path("/proc") / str(child) / "environ").read_bytes().split(b"\0") for child in running_children()]
    assert environments and all(b"RAYON_NUM_THREADS=1" in environment for environment in environments)
    assert (done.shards, done.rows, done.version) == (4, 23, 2)
    assert the_same(rows_of(lance.dataset(str(target))), rows_of(WANTED.table(pa.table({"path": paths}))))
    assert of_daft.extract(paths, target, wanted, rows_per_shard=6).rows == 0


def test_a_shard_that_fails_leaves_nothing_visible_and_says_why(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_features()
    paths = make_pictures(home / "daft-fails", 8)
    target = tmp_path / "table.lance"
    write, made = shards.write, []

    def failing(job: shards.Job, shard: shards.Shard) -> shards.Written:
        made.append(shard.name)
        if len(made) > 1:
            raise tiramisu.ProgramError("the program is gone")
        return write(job, shard)

    monkeypatch.setattr(shards, "write", failing)
    with pytest.raises(tiramisu.ProgramError, match="the program is gone"):
        of_daft.extract(paths, target, WANTED, rows_per_shard=3)
    assert lance.dataset(str(target)).count_rows() == 0
    monkeypatch.setattr(shards, "write", write)
    assert of_daft.extract(paths, target, WANTED, rows_per_shard=3).rows == len(paths)


def test_what_is_wrong_is_told_at_once() -> None:
    expect_features()
    with pytest.raises(tiramisu.MisuseError, match="no column of pictures"):
        of_daft.features(daft.from_pydict({"file": ["a"]}), layers=[LAYER])
