"""How Spark's tasks are counted, which needs neither Spark nor Java."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from tiramisu_vision import shards


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module beside the one that others import; what it takes of Spark stands in."""
    for name in ("pyspark", "pyspark.sql", "pyspark.sql.pandas", "pyspark.sql.pandas.types", "pyspark.sql.types"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    where = Path(shards.__file__).with_name("spark.py")
    spec = importlib.util.spec_from_file_location("tiramisu_vision.spark_apart", where)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("tasks", "told", "at_once"),
    [
        (None, {}, 8),
        (None, {"spark.task.cpus": "3"}, 2),
        # Fewer shares than could run at once; and more, of which the others wait.
        (2, {}, 2),
        (1000, {}, 8),
        (1000, {"spark.task.cpus": "16"}, 1),
    ],
)
def test_shards_are_made_for_those_that_run_at_once(
    spark: Any, monkeypatch: pytest.MonkeyPatch, tasks: int | None, told: Mapping[str, str], at_once: int
) -> None:
    session = SimpleNamespace(
        sparkContext=SimpleNamespace(defaultParallelism=8),
        conf=SimpleNamespace(get=lambda name, default: told.get(name, default)),
    )
    asked: dict[str, Any] = {}
    monkeypatch.setattr(shards, "extract", lambda *_, **options: asked.update(options))
    spark.extract(session, ["a.jpg"], "table.lance", tasks=tasks)
    assert asked["at_once"] == at_once
