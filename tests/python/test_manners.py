"""What a person writes is understood where it is clear, and what is wrong is said with what to write instead."""

from __future__ import annotations

import dataclasses
import inspect
import pydoc
import shutil
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
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


def test_layers_of_one_workspace_can_be_extracted_into_another(work: tiramisu.Workspace, tmp_path: Path) -> None:
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


def test_a_path_may_be_written_whole_or_below_the_folder(work: tiramisu.Workspace) -> None:
    image = work.images[7]
    name = work.images.table["name"][7].as_py()
    for predicate in (f"path = '{name}'", f"name = '{name}'", f"path = '{image.path}'", f"path in ('{image.path}')"):
        assert work.query(predicate).ids.tolist() == [7], predicate
    assert len(work.query(f"path like '{image.path.parent}/%'")) == 6
    with pytest.warns(tiramisu.Remark, match=r"no image is at /nowhere/tom\.jpg"):
        assert len(work.query("path = '/nowhere/tom.jpg'")) == 0


def test_a_sample_is_not_painted_among_other_pictures(has_program: None, tmp_path: Path) -> None:
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(tiramisu.TiramisuError, match=r"lies in the folder already.*mine\.jpg"):
        tiramisu.sample(tmp_path, count=22)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.jpg"]
    painted = tiramisu.sample(tmp_path / "painted", count=3)
    assert tiramisu.sample(painted, count=5) == painted and len(list(painted.glob("*/*.jpg"))) == 5


def test_an_ending_that_is_unknown_makes_no_folder(work: tiramisu.Workspace, tmp_path: Path) -> None:
    few = work.images[:2]
    with pytest.raises(tiramisu.MisuseError, match=r'FILE\.csv.*FILE\.parquet.*add format="files"'):
        few.export(tmp_path / "few.xlsx", progress=False)
    assert list(tmp_path.iterdir()) == []
    assert len(list(few.export(tmp_path / "few.xlsx", format="files", progress=False).iterdir())) == 2


def test_pictures_that_are_taken_twice_are_not_doubled(work: tiramisu.Workspace, tmp_path: Path) -> None:
    few, to = work.images[:3], tmp_path / "few"
    few.export(to, progress=False)
    before = sorted(to.iterdir())
    with pytest.raises(tiramisu.TiramisuError, match="files lie in this folder already.*add overwrite=True"):
        few.export(to, progress=False)
    before[0].write_bytes(b"changed")
    few.export(to, overwrite=True, progress=False)
    assert sorted(to.iterdir()) == before and before[0].read_bytes() == few[0].path.read_bytes()


def test_an_array_replaces_no_table_but_the_one_that_was_written_beside_it(work: tiramisu.Workspace, tmp_path: Path) -> None:
    few = work.images[:3]
    few.export(tmp_path / "k.csv", progress=False)
    own = (tmp_path / "k.csv").read_bytes()
    with pytest.raises(tiramisu.TiramisuError, match=r"would replace this file.*k\.csv"):
        few.export(tmp_path / "k.npy", overwrite=True, progress=False)
    assert (tmp_path / "k.csv").read_bytes() == own and not (tmp_path / "k.npy").exists()
    few.export(tmp_path / "other.npy", progress=False)
    work.images[:5].export(tmp_path / "other.npy", overwrite=True, progress=False)
    assert len((tmp_path / "other.csv").read_text().splitlines()) == 6


def test_parquet_has_the_columns_of_a_csv(work: tiramisu.Workspace, tmp_path: Path) -> None:
    few = work.images[:3]
    table = pa.csv.read_csv(few.export(tmp_path / "few.csv", progress=False))
    named = [name for name in table.column_names if not name.startswith(("class_", "probability_"))]
    read = pq.read_table(few.export(tmp_path / "few.parquet", layers=LAYER, progress=False))
    assert read.column_names == [*named, "features_12_concat_average"]
    for name in ("id", "path", "label", "width", "height", "file_bytes", "modified_unix_secs", "source"):
        assert read[name].to_pylist() == table[name].to_pylist(), name
    assert read["tags"].to_pylist() == [[], [], []]


def test_options_are_told_as_arguments(work: tiramisu.Workspace) -> None:
    with pytest.raises(tiramisu.MisuseError, match=r'^least=\.\.\. means nothing to kmeans; .* choose method="hdbscan"$'):
        work.clusters(least=3, progress=False)
    with pytest.raises(tiramisu.TiramisuError, match=r"^no image matches where=\.\.\., so there is nothing to compare with"):
        work.neighbours(0, where="id < 0")


@pytest.mark.parametrize(
    "answer",
    [
        tiramisu.Boxes, tiramisu.Cluster, tiramisu.Clusters, tiramisu.Image, tiramisu.Images, tiramisu.Layer, tiramisu.Progress,
        tiramisu.Pulled, tiramisu.Workspace,
    ],
)  # fmt: skip
def test_help_tells_of_every_attribute(answer: type) -> None:
    fields = {field.name for field in dataclasses.fields(answer)} if dataclasses.is_dataclass(answer) else set()
    names = fields | {name for name in vars(answer) if not name.startswith("_")}
    told = pydoc.plain(pydoc.render_doc(answer))
    attributes = told.partition("Attributes:")[2].partition("Method resolution order")[0]
    for name in names:
        member = inspect.getattr_static(answer, name, None)
        has_words = isinstance(member, (property, staticmethod)) or inspect.isfunction(member)
        assert inspect.getdoc(getattr(answer, name)) if has_words else f" {name}: " in attributes, name


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
