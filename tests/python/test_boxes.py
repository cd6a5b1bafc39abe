"""Boxes become pictures of their own: looked at, searched and mapped like any other."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tiramisu_vision as tiramisu

LAYER = "features.12.concat"


def test_boxes_are_a_table(marked: tiramisu.Workspace) -> None:
    boxes = marked.boxes
    assert (len(boxes), boxes.labels) == (3, ["wheel", "wheel", "door"])
    assert boxes.table["image"].to_pylist() == [0, 1, 1]
    assert repr(boxes) == f"<3 boxes in images of {marked.folder}>"


def test_boxes_become_pictures_that_are_searched_and_mapped(marked: tiramisu.Workspace, tmp_path: Path) -> None:
    place = tmp_path / "boxes-workspace"
    cut = marked.boxes.cut_out(tmp_path / "boxes", LAYER, workspace=place, progress=False)
    assert (len(cut.images), cut.network, cut.path) == (3, "boxes of ladyfinger", place)
    assert sorted(label or "" for label in cut.images.labels) == ["door", "wheel", "wheel"]
    with (tmp_path / "boxes" / "boxes.csv").open(newline="") as file:
        file_of = {int(row["box"]): row["path"] for row in csv.DictReader(file)}
    ids = cut.ids_by_name([file_of[number] for number in marked.boxes.table["box"].to_pylist()])
    vectors = cut.vectors(LAYER, of=ids).astype(np.float64)
    # A box as large as its picture sees what the picture sees.
    whole = marked.vectors(LAYER, of=0)[0].astype(np.float64)
    assert np.abs(vectors[0] - whole).max() <= 2e-3 * np.abs(whole).max()
    # And any other what a search with that part of the picture sees.
    near = marked.neighbours(1, region=(0.25, 0.5, 0.75, 1.0), layer=LAYER, count=5)
    others = marked.vectors(LAYER, of=near).astype(np.float64)
    cosines = others @ vectors[2] / (np.linalg.norm(others, axis=1) * np.linalg.norm(vectors[2]))
    assert np.abs(cosines - np.array(near.table["score"].to_pylist())).max() < 1e-3
    assert len(cut.neighbours(ids[1], count=2)) == 2
    assert len(cut.map("pca", progress=False)) == 3
    # The pixels are those of the box.
    with Image.open(marked.images[1].path) as picture, Image.open(cut.images[ids[1]].path) as part:
        assert [2 * side for side in part.size] == pytest.approx(picture.size, abs=2)
    again = marked.boxes.cut_out(tmp_path / "boxes", LAYER, workspace=place, progress=False)
    assert len(again.images) == 3


def test_boxes_of_one_label_alone(marked: tiramisu.Workspace, tmp_path: Path) -> None:
    cut = marked.boxes.cut_out(tmp_path / "doors", labels="door", workspace=tmp_path / "doors-workspace", progress=False)
    assert cut.images.labels == ["door"]
    with pytest.raises(tiramisu.TiramisuError, match="no box matches"):
        marked.boxes.cut_out(tmp_path / "none", labels="window", progress=False)
    with pytest.raises(tiramisu.TiramisuError, match="lie in this folder already"):
        marked.boxes.cut_out(marked.folder.parent, LAYER, progress=False)
