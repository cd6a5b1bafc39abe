"""What a person writes is understood where it is clear, and what is wrong is said with what to write instead."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision.analyses import GroupMethod, MapMethod
from tiramisu_vision.features import Features
from tiramisu_vision.progress import Progress, shown

LAYER = "features.12.concat"


def test_neighbours_by_the_whole_network_are_found_once_it_is_embedded(own: tiramisu.Workspace) -> None:
    with pytest.raises(tiramisu.TiramisuError, match="There is no full-network embedding yet"):
        own.neighbours(0, embedding=True)
    made = own.embed(progress=False)
    assert made["images"] == 11
    near = own.neighbours(0, embedding=True, count=3)
    assert near.about["metric"] == "features that differ" and near.table["rank"].to_pylist() == [1, 2, 3]
    with pytest.raises(tiramisu.MisuseError, match="metric"):
        own.neighbours(0, embedding=True, metric="euclidean")


def test_a_layer_stands_wherever_its_name_does(work: tiramisu.Workspace, tmp_path: Path) -> None:
    layer = work.layers[-1]
    assert str(layer) == LAYER
    assert work.vectors(layer).shape == (132, 512) and work.images[:3].vectors(layer).shape == (3, 512)
    assert len(work.images_with(layer)) == 132
    assert work.neighbours(0, layer=layer, count=2).about["layer"] == LAYER
    assert len(work.neighbours(0, mix={layer: 1.0, work.layers[0]: 0.5}, count=2)) == 2
    assert work.exemplars(layer, 17, count=2).about["layer"] == LAYER
    assert work.map("pca", layer=layer, progress=False).about["layer"] == LAYER
    assert Features(layers=[layer]) == Features(layers=[LAYER]) == Features(layers=layer)
    taken = work.images[:2].export(tmp_path / "taken.parquet", layers=layer, progress=False)
    assert taken.is_file()


def test_layers_of_one_network_are_named_to_extract_by_another_workspace(work: tiramisu.Workspace, folder: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    shutil.copy(work.images[0].path, few)
    seen = tiramisu.extract(few, layers=work.layers[-1:], workspace=tmp_path / "workspace", compute="cpu", progress=False)
    assert [layer.name for layer in seen.layers] == [LAYER]


def test_a_layer_that_is_not_stored_is_told_with_those_like_it(work: tiramisu.Workspace) -> None:
    with pytest.raises(KeyError) as told:
        work.vectors("features.12.conct")
    assert "Did you mean features.12.concat or" in told.value.args[0]
    assert "Workspace.layers lists all 33" in told.value.args[0] and len(told.value.args[0]) < 200
    with pytest.raises(KeyError, match="the layer zzz is not stored \\(average\\). Workspace.layers lists"):
        work.vectors("zzz")


def test_one_way_of_being_the_same_may_be_named_alone(own: tiramisu.Workspace) -> None:
    first = own.images[0]
    shutil.copy(first.path, first.path.with_name("again.jpg"))
    grown = own.extract(progress=False)
    (group,) = grown.duplicates("content", progress=False)
    assert len(group) == 2
    assert len(grown.odd_pictures("tiny", progress=False)) == len(grown.odd_pictures(["tiny"], progress=False))


def test_images_in_no_group_are_told_and_given(work: tiramisu.Workspace) -> None:
    groups = work.clusters(method="hdbscan", least=5, neighbours=5, progress=False)
    lost = groups.about["unassigned"]
    assert lost > 0 and len(groups.unassigned) == lost
    assert f"{lost} of 132 images are in no group" in repr(groups)
    assert f"{lost} of 132 images are in no group" in groups._repr_html_()
    assert sum(len(groups.of(group.index)) for group in groups) + lost == 132
    assert "in no group" not in repr(work.clusters(4, progress=False))


def test_a_group_that_is_not_there_is_told_with_those_that_are(work: tiramisu.Workspace) -> None:
    groups = work.clusters(4, progress=False)
    for index in (99, -1):
        with pytest.raises(IndexError, match=f"there is no group {index}; there are 4 groups, 0 to 3"):
            groups.of(index)
    with pytest.raises(IndexError, match="there is no group 4; there are 4 groups, 0 to 3"):
        groups[4]


def test_all_methods_of_the_program_are_named_and_none_besides(work: tiramisu.Workspace) -> None:
    def of(ask: object) -> set[str]:
        with pytest.raises(tiramisu.MisuseError) as told:
            ask()  # type: ignore[operator]
        return set(str(told.value).split("possible values: ")[1].split(", "))

    def communities() -> None:
        work._ask("communities", "--method=nonsense", "--", str(work.folder))

    groups = of(lambda: work.clusters(method="nonsense", progress=False)) | of(communities)  # type: ignore[arg-type]
    assert groups == set(get_args(GroupMethod))
    assert of(lambda: work.map("nonsense", progress=False)) == set(get_args(MapMethod))  # type: ignore[arg-type]
    for method in get_args(GroupMethod):
        assert work.clusters(method=method, progress=False).about["method"] == method


def test_a_folder_without_pictures_is_told_and_has_no_layers(has_program: None, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.warns(tiramisu.Remark, match=r"there are no pictures in this folder .*empty") as told:
        work = tiramisu.extract(tmp_path / "empty", workspace=tmp_path / "workspace", compute="cpu", progress=False)
    assert len(told) == 1 and len(work.images) == 0 and work.layers == []


def test_a_class_of_tagged_pictures_can_be_made_compared_and_removed(work: tiramisu.Workspace) -> None:
    work.tag("odd ones", work.images[1::2])
    made = work.add_class("- odd", "tag('odd ones')", progress=False)
    rows = {row["class"]: row for row in made.to_pylist()}
    assert rows["- odd"]["images"] == 66 and rows["- odd"]["of"] == "tag('odd ones')" and len(rows) == 23
    assert len(work.neighbours(like="class:- odd", count=4)) == 4
    near = work.nearest_classes("ferns - trees", count=2, progress=False).to_pylist()
    assert len(near) == 2 and not {"ferns", "trees"} & {row["class"] for row in near}
    assert near[0]["score"] >= near[1]["score"]
    with pytest.raises(tiramisu.MisuseError, match="there is no column lable"):
        work.add_class("x", "lable = 'ferns'", progress=False)
    assert work.remove_class("- odd", progress=False).num_rows == 22
    assert set(work.classes("tag", progress=False)["class"].to_pylist()) == {"odd ones"}
    work.untag("odd ones", work.images)


def test_a_bar_tells_no_rate_of_what_was_there_before(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    show = shown(True)
    show.show(Progress("Fetching", 195_035_136, 200_000_000, "", "B"))
    show.close()
    drawn = capsys.readouterr().err
    assert "195M/200M" in drawn and "?B/s" in drawn
    # The next file has the same name, and is counted from its own beginning.
    show = shown(True)
    for done in (190, 10):
        show.show(Progress("Fetching", done, 200, ""))
    assert "10/200" in capsys.readouterr().err.split("190/200")[-1]
    show.close()
