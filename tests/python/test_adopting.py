"""Vectors that were made elsewhere become part of a workspace, and selections go to the window."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from engines import LAYER, WANTED, expect_features, make_pictures

import tiramisu_vision as tiramisu
from tiramisu_vision import shards


@pytest.fixture
def pictures(tmp_path: Path, home: Path, has_program: None) -> Path:
    expect_features()
    make_pictures(tmp_path / "pictures", 22)
    return tmp_path / "pictures"


def paths_of(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*.jpg"))


def numbers(count: int, channels: int = 5, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, channels)).astype(np.float32)


def bits(work: tiramisu.Workspace, pooling: str) -> dict[Path, bytes]:
    """The vectors of each picture."""
    vectors = work.vectors(LAYER, pooling)
    return {path: vector.tobytes() for path, vector in zip(work.images_with(LAYER, pooling).paths, vectors, strict=True)}


def test_a_table_of_shards_becomes_a_workspace_that_needs_no_extraction(pictures: Path, tmp_path: Path) -> None:
    paths = paths_of(pictures)
    wanted = replace(WANTED, poolings=("average", "maximum"), thumbnails=True)
    done = shards.extract(paths, tmp_path / "table.lance", wanted, rows_per_shard=7)
    assert (done.rows, done.problems) == (23, 1)
    place = tmp_path / "workspace"
    with pytest.warns(tiramisu.Remark, match="of 23 rows: 1 about a picture that could not be read, such as broken.jpg"):
        work = shards.adopt(tmp_path / "table.lance", pictures, workspace=place, progress=False)
    assert (len(work.images), len(work.problems), work.network) == (23, 1, "ladyfinger")
    assert sum(small is not None for small in work.images.thumbnails()) == 22

    directly = tiramisu.extract(pictures, workspace=tmp_path / "directly", layers=[LAYER], compute="cpu", progress=False)
    for pooling in ("average", "maximum"):
        assert bits(work, pooling) == bits(directly, pooling) and len(bits(work, pooling)) == 22
    (name,) = (name for name in work.tables if name.startswith("ladyfinger"))
    version = work.table(name).version
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tiramisu.Remark)
        work.extract([LAYER], progress=False)
        again = shards.adopt(tmp_path / "table.lance", pictures, workspace=place, progress=False)
    assert again.table(name).version == version, "nothing was written"
    assert again.neighbours(again.query("problem is null")[0], count=3).about["exact"]


def test_later_pictures_join_a_table_and_its_workspace(pictures: Path, tmp_path: Path) -> None:
    paths = [path for path in paths_of(pictures) if "broken" not in path]
    target, place = tmp_path / "table.lance", tmp_path / "workspace"
    shards.extract(paths[:10], target, WANTED)
    assert len(shards.adopt(target, pictures, workspace=place, progress=False).images) == 10
    shards.extract(paths, target, WANTED)
    work = shards.adopt(shards.Target(str(target)), pictures, workspace=place, progress=False)
    assert len(work.images) == len(work.images_with(LAYER)) == 22
    # Only one pooling was made.
    assert work.layers == [tiramisu.Layer(LAYER, 512, ("average",), "float16")]
    assert len(work.neighbours(work.images[0], layer=LAYER, count=4)) == 4


def test_keys_that_are_no_paths_of_this_machine_have_a_prefix(pictures: Path, tmp_path: Path) -> None:
    paths = [path for path in paths_of(pictures) if "broken" not in path][:6]
    rows = pa.table({"key": [path.replace(str(pictures), "s3://photos") for path in paths], "path": paths})
    target = shards.Target(str(tmp_path / "table.lance"), key="key")
    shards.extract(rows, target, WANTED)
    with pytest.raises(tiramisu.TiramisuError, match=r"none of the 6 rows could be stored; .*prefix="):
        shards.adopt(target, pictures, workspace=tmp_path / "workspace", progress=False)
    work = shards.adopt(target, pictures, workspace=tmp_path / "workspace", prefix="s3://photos", progress=False)
    assert sorted(map(str, work.images.paths)) == paths


def test_vectors_of_ones_own_are_kept_bit_for_bit(own: tiramisu.Workspace) -> None:
    vectors = numbers(len(own.images))
    mine = tiramisu.from_vectors(own.folder, own.images, vectors, name="mine", workspace=own.path, about="a test", progress=False)
    assert mine.network == "mine" and mine.layers == [tiramisu.Layer("vector", 5, ("average",), "float32")]
    assert mine.vectors("vector").tobytes() == vectors.tobytes()
    near = mine.neighbours(mine.images[3], count=3, metric="euclidean")
    far = np.linalg.norm(vectors - vectors[3], axis=1)
    assert near.ids.tolist() == np.argsort(far)[1:4].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tiramisu.Remark)
        assert len(mine.map("pca", progress=False)) == len(own.images)
        assert len(mine.clusters(3, progress=False)) == 3
    # The network's are as they were, and what is meant where none is named.
    assert tiramisu.open(own.path).network == "ladyfinger"
    assert tiramisu.open(own.path, network="mine").vectors("vector", of=[2]).tobytes() == vectors[2].tobytes()
    with pytest.raises(tiramisu.TiramisuError, match="vectors of your own"):
        mine.extract(progress=False)


def test_halves_several_layers_and_torchs_arrays_are_taken(pictures: Path, tmp_path: Path) -> None:
    paths = [Path(path) for path in paths_of(pictures) if "broken" not in path]
    layers = {"shallow": numbers(22, 3).astype(np.float16), "deep": numbers(22, 7).astype(np.float64)}
    place = tmp_path / "workspace"
    work = tiramisu.from_vectors(pictures, paths, layers, name="two", workspace=place, progress=False)
    assert [(layer.name, layer.channels, layer.dtype) for layer in work.layers] == [
        ("shallow", 3, "float16"),
        ("deep", 7, "float32"),
    ]
    of = work.ids_of(paths).tolist()
    assert np.array_equal(work.vectors("shallow", of=of), layers["shallow"])
    assert np.array_equal(work.vectors("deep", of=of), layers["deep"].astype(np.float32))
    # The only table there is, so it need not be named.
    assert tiramisu.open(place).network == "two"


def test_what_does_not_fit_is_told_and_nothing_is_lost(own: tiramisu.Workspace) -> None:
    vectors = numbers(4)
    vectors[2, 1] = np.nan
    names = [*own.images.paths[:3], own.folder / "nowhere.jpg"]
    with pytest.warns(tiramisu.Remark, match=r"of 4 rows: 1 about no picture .*nowhere.*; 1 with numbers that are not finite"):
        mine = tiramisu.from_vectors(own.folder, names, vectors, name="mine", workspace=own.path, progress=False)
    assert mine.images_with("vector").ids.tolist() == [0, 1]

    def store(images: object, array: object, name: str = "mine") -> None:
        tiramisu.from_vectors(own.folder, images, array, name=name, workspace=own.path, progress=False)  # type: ignore[arg-type]

    with pytest.raises(tiramisu.TiramisuError, match="have 5 numbers, and these have 6"):
        store([0], numbers(1, 6))
    with pytest.raises(tiramisu.TiramisuError, match="is a network"):
        store([0], numbers(1), name="filters")
    with pytest.raises(tiramisu.MisuseError, match="there are 2 images and 3 vectors"):
        store([0, 1], numbers(3))
    with pytest.raises(tiramisu.MisuseError, match="shape"):
        store([0, 1], [1.0, 2.0])
    with pytest.raises(tiramisu.MisuseError, match="by their paths, or by their numbers"):
        store([0, "a.jpg"], numbers(2))
    with pytest.raises(tiramisu.MisuseError, match="numbers; those of vector"):
        store(["a.jpg"], [["x"]])
    again = tiramisu.open(own.path, network="mine")
    assert again.vectors("vector").tobytes() == vectors[:2].tobytes()


def test_a_selection_waits_for_the_window(own: tiramisu.Workspace) -> None:
    assert own.select([4, 2]) is False
    assert json.loads((own.path / ".selection.json").read_text())["images"] == [2, 4]
    assert own.images[1:3].select() is False
    assert json.loads((own.path / ".selection.json").read_text())["images"] == [1, 2]
    assert own.select([]) is False
    assert json.loads((own.path / ".selection.json").read_text())["images"] == []
    with pytest.raises(KeyError):
        own.select([99])
    with pytest.raises(tiramisu.TiramisuError, match="no window has this folder open"):
        own.selection()


def test_a_feed_that_fails_is_told_and_stores_nothing(pictures: Path, tmp_path: Path) -> None:
    paths = [path for path in paths_of(pictures) if "broken" not in path]
    shards.extract(paths, tmp_path / "table.lance", WANTED)
    table = lance.dataset(str(tmp_path / "table.lance"))
    for file in (tmp_path / "table.lance" / "data").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises((OSError, ValueError, tiramisu.TiramisuError)):
        shards.adopt(table, pictures, workspace=tmp_path / "workspace", progress=False)
