"""Daft's rows are those of one process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from engines import COLUMN, LAYER, WANTED, contents, expect_features, make_pictures, rows_of

import tiramisu_vision as tiramisu

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


def test_what_is_wrong_is_told_at_once() -> None:
    expect_features()
    with pytest.raises(tiramisu.MisuseError, match="no column of pictures"):
        of_daft.features(daft.from_pydict({"file": ["a"]}), layers=[LAYER])
