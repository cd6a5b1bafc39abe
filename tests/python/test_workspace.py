"""What a workspace says is what its tables and the program say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision import program
from tiramisu_vision.features import Features

LAYER = "features.12.concat"


def told(*arguments: str) -> dict:
    """What the program answers when it is asked without this package."""
    done = subprocess.run([str(program.find()), *arguments, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_folder_and_its_workspace_open_alike(folder: Path) -> None:
    by_folder = tiramisu.open(folder)
    by_workspace = tiramisu.open(by_folder.path)
    assert by_folder.folder == by_workspace.folder == folder.resolve()
    assert by_folder.images.ids.tolist() == by_workspace.images.ids.tolist() == list(range(132))


def test_paths_of_images_are_files(work: tiramisu.Workspace) -> None:
    images = work.images
    assert all(path.is_absolute() and path.is_file() for path in images.paths)
    assert images.table["path"].to_pylist() == [str(path) for path in images.paths]
    assert images.table["name"][0].as_py() == "bricks/bricks_0001.jpg"


def test_vectors_are_those_that_the_program_exports(work: tiramisu.Workspace, tmp_path: Path) -> None:
    for pooling in ("average", "maximum"):
        out = tmp_path / f"{pooling}.npy"
        told("export", str(work.folder), "--layer", LAYER, "--pooling", pooling, "--to", str(out))
        vectors = work.vectors(LAYER, pooling)
        assert vectors.dtype == np.float16
        np.testing.assert_array_equal(vectors.astype(np.float32), np.load(out))
        assert len(work.images_with(LAYER, pooling)) == len(vectors)


def test_vectors_are_seen_where_lance_put_them(work: tiramisu.Workspace) -> None:
    vectors = work.vectors(LAYER)
    assert not vectors.flags.owndata and vectors.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        vectors[0] = 0


def test_vectors_of_images_come_in_their_order(work: tiramisu.Workspace) -> None:
    everything = work.vectors(LAYER)
    near = work.neighbours(7, count=5)
    np.testing.assert_array_equal(near.vectors(LAYER), everything[near.ids])
    np.testing.assert_array_equal(work.vectors(LAYER, of=[9, "bricks/bricks_0001.jpg", 9]), everything[[9, 0, 9]])


def test_vectors_in_several_pieces_are_put_together(own: tiramisu.Workspace, folder: Path) -> None:
    before = own.vectors(LAYER)
    for path in sorted(folder.glob("*/*_0002.*"))[:11]:
        shutil.copy(path, own.folder / path.parent.name)
    after = own.extract(progress=False)
    assert len(after.table(own._choice.table.name).get_fragments()) > 1
    vectors = after.vectors(LAYER)
    assert vectors.shape == (22, 512)
    np.testing.assert_array_equal(vectors[:11], before)
    assert after.images_with(LAYER).ids.tolist() == list(range(22))


def test_rows_that_belong_to_another_picture_are_left_out(own: tiramisu.Workspace) -> None:
    path = own.path / "images.lance"
    rows = lance.dataset(str(path)).to_table()
    names = rows["path"].to_pylist()
    names[2], names[3] = names[3], names[2]
    place = rows.schema.get_field_index("path")
    lance.write_dataset(rows.set_column(place, rows.schema.field(place), pa.array(names)), str(path), mode="overwrite")
    assert own.images_with(LAYER).ids.tolist() == [0, 1, *range(4, 11)]
    assert own.vectors(LAYER).shape == (9, 512)
    with pytest.raises(KeyError, match="image 2 has no vector"):
        own.vectors(LAYER, of=[2])


def test_neighbours_are_those_of_the_program_and_of_numpy(work: tiramisu.Workspace) -> None:
    probe = work.images[30]
    near = work.neighbours(probe, count=8)
    answer = told("neighbours", str(probe.path), "-k", "8")
    assert near.table["name"].to_pylist() == [row["path"] for row in answer["neighbours"]]
    vectors = work.vectors(LAYER).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors @ vectors[30]
    assert near.ids.tolist() == [int(id) for id in np.argsort(-scores) if id != 30][:8]
    np.testing.assert_allclose(near.table["score"].to_numpy(), scores[near.ids], atol=2e-3)


def test_neighbours_of_a_vector_a_file_and_a_mean(work: tiramisu.Workspace, tmp_path: Path) -> None:
    vector = work.vectors(LAYER, of=[30])[0]
    assert work.neighbours(vector=vector, layer=LAYER, count=1).ids.tolist() == [30]
    elsewhere = tmp_path / "elsewhere.jpg"
    shutil.copy(work.images[30].path, elsewhere)
    assert 30 in work.neighbours(elsewhere, count=1).ids
    ferns = work.neighbours(like="label:ferns", count=6)
    assert ferns.labels.count("ferns") >= 4
    among = work.neighbours(work.images[[30, 31]], against=5, where="label = 'trees'", metric="euclidean")
    assert set(among.labels) == {"trees"} and len(among) == 6
    with_region = work.neighbours(30, region=(0, 0, 0.5, 0.5), mix=None, count=3)
    assert len(with_region) == 3


def test_what_makes_no_sense_is_told_in_words_of_arguments(work: tiramisu.Workspace) -> None:
    with pytest.raises(tiramisu.MisuseError, match=r"^invalid value 'mds' for method; possible values: pca, umap, tsne, pacmap$"):
        work.map("mds", progress=False)
    with pytest.raises(tiramisu.MisuseError, match=r"name images whose neighbours .* \(like=\.\.\.\), or a vector"):
        work.neighbours()
    with pytest.raises(tiramisu.MisuseError, match="for vectors; possible values: half, single"):
        Features(vectors="double").described()


def test_exemplars_excite_a_channel_most(work: tiramisu.Workspace) -> None:
    images = work.exemplars(LAYER, 17, count=3)
    values = images.table["value"].to_numpy()
    assert (np.diff(values) <= 0).all()
    strongest = work.vectors(LAYER, "maximum")[:, 17].astype(np.float32)
    assert images.ids[0] == strongest.argmax()
    of_all = work.exemplars(LAYER)
    assert len(set(of_all.table["channel"].to_pylist())) == len(of_all) > 400


def test_a_query_gives_ascending_images(work: tiramisu.Workspace) -> None:
    found = work.query("label in ('trees', 'ferns') and not (width < 10)")
    assert found.ids.tolist() == sorted(found.ids.tolist()) and set(found.labels) == {"trees", "ferns"}
    assert found.about["count"] == 12
    assert len(work.query("label = 'nothing'")) == 0


def test_a_map_has_a_place_for_every_image(work: tiramisu.Workspace) -> None:
    drawn = work.map("umap", layer=LAYER, progress=False)
    assert drawn.ids.tolist() == list(range(132))
    assert drawn.about["method"] == "umap" and 0.5 < drawn.about["trustworthiness"] <= 1
    kept = [name for name in work.tables if name.startswith("map_") and "_umap_" in name]
    stored = work.table(kept[0]).to_table().sort_by("id")
    np.testing.assert_array_equal(stored["x"].to_numpy(), drawn.table["x"].to_numpy())


def test_clusters_hold_every_image_once(work: tiramisu.Workspace) -> None:
    groups = work.clusters(5, layer=LAYER, progress=False)
    assert sorted(id for group in groups for id in groups.of(group.index).ids.tolist()) == list(range(132))
    assert [group.size for group in groups] == [len(groups.of(group.index)) for group in groups]
    again = work.query(f"cluster('{groups.about['name']}') = 0")
    assert again.ids.tolist() == groups.of(0).ids.tolist()
    communities = work.clusters(method="leiden", neighbours=10, progress=False)
    assert communities.about["method"] == "leiden" and len(communities) > 1


def test_the_same_picture_twice_is_found(own: tiramisu.Workspace) -> None:
    first = own.images[0]
    shutil.copy(first.path, first.path.with_name("again.jpg"))
    grown = own.extract(progress=False)
    (group,) = grown.duplicates(["content"], progress=False)
    assert {image.path.name for image in group} == {first.path.name, "again.jpg"}
    assert group.about["reasons"][0][0] == "content"


def test_outliers_and_centrality_are_those_of_the_tables(work: tiramisu.Workspace) -> None:
    far = work.outliers(5, by="factor", progress=False)
    assert far.table["rank"].to_pylist() == [1, 2, 3, 4, 5] and far.about["by"] == "factor"
    scores = far.table["score"].to_numpy()
    assert (np.diff(scores) <= 0).all()
    hubs = work.centrality("in_degree", count=132, neighbours=10, progress=False)
    table = work.table(hubs.about["table"]).to_table(columns=["id", "in_degree"]).to_pydict()
    known = dict(zip(table["id"], table["in_degree"], strict=True))
    assert [known[id] for id in hubs.ids.tolist()] == hubs.table["in_degree"].to_pylist()
    assert sum(known.values()) == 132 * 10 and (np.diff(hubs.table["in_degree"].to_numpy().astype(int)) <= 0).all()
    with pytest.raises(tiramisu.MisuseError):
        work.centrality("beauty", progress=False)


def test_tags_are_given_and_taken(own: tiramisu.Workspace) -> None:
    assert own.tags == {}
    assert own.tag("odd", own.images[1::2]) == 5
    assert own.tag("odd", [1, 2]) == 1
    assert own.tag("--remove", 0) == 1
    assert {tag: images.ids.tolist() for tag, images in own.tags.items()} == {
        "--remove": [0],
        "odd": [1, 2, 3, 5, 7, 9],
    }
    assert own.query("tag('odd')").ids.tolist() == [1, 2, 3, 5, 7, 9]
    assert own.query("tag('odd')").untag("odd") == 6
    assert list(own.tags) == ["--remove"]


def test_a_picture_that_cannot_be_read_is_told(own: tiramisu.Workspace) -> None:
    (own.folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    with pytest.warns(tiramisu.Remark, match=r"1 picture could not be read, the first being broken\.jpg"):
        work = own.extract(progress=False)
    assert work.problems.table["name"].to_pylist() == ["broken.jpg"]
    assert len(work.images) == 12 and work.vectors(LAYER).shape[0] == 11
    assert "not readable" in work.problems._repr_html_()


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are Unicode there")
def test_names_that_are_not_unicode_stay_exact(own: tiramisu.Workspace) -> None:
    odd = os.fsencode(own.folder) + b"/caf\xe9.jpg"
    shutil.copy(own.images[0].path, odd)
    work = own.extract(progress=False)
    image = work.images[11]
    assert os.fsencode(image.path) == odd and image.path.is_file()
    assert work.ids_of(image.path).tolist() == [11]


def test_layers_can_be_added(own: tiramisu.Workspace) -> None:
    assert [layer.name for layer in own.layers] == [LAYER]
    work = own.extract(["features.3.concat"], progress=False)
    assert {layer.name: layer.channels for layer in work.layers} == {LAYER: 512, "features.3.concat": 128}
    assert work.vectors("features.3.concat", "maximum").shape == (11, 128)


@pytest.mark.skipif(os.name == "nt", reason="locks are POSIX's")
def test_while_another_writes_questions_are_answered_and_nothing_is_kept(own: tiramisu.Workspace) -> None:
    import fcntl

    with (own.path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert len(own.neighbours(0, count=2)) == 2 and own.vectors(LAYER).shape == (11, 512)
        with pytest.warns(tiramisu.Remark, match="could not be saved: the workspace is already open"):
            assert len(own.clusters(3, progress=False).images) == 11
        with pytest.raises(tiramisu.TiramisuError, match="The tag could not be saved"):
            own.tag("x", 0)
    assert own.tag("x", 0) == 1


def test_a_damaged_result_takes_no_other_table_with_it(own: tiramisu.Workspace) -> None:
    (own.path / "map_broken.lance" / "_versions").mkdir(parents=True)
    (own.path / "map_broken.lance" / "_versions" / "1.manifest").write_bytes(b"nothing of Lance's")
    with pytest.warns(tiramisu.Remark, match=r"map_broken\.lance; it is left out"):
        again = tiramisu.open(own.path)
    assert again.vectors(LAYER).shape == (11, 512)


def test_a_second_network_has_to_be_named(own: tiramisu.Workspace) -> None:
    filters = tiramisu.extract(own.folder, network="filters", workspace=own.path, progress=False)
    assert filters.network == "analytic filters"
    assert filters.neighbours(0, count=2).about["layer"] in [layer.name for layer in filters.layers]
    assert tiramisu.open(own.path).network == "ladyfinger"
    (own.path / f"{own._choice.table.name}.lance").rename(own.path.parent / "away.lance")
    alone = tiramisu.open(own.path)
    assert alone.network == "analytic filters" and len(alone.neighbours(0, count=2)) == 2
    with pytest.raises(tiramisu.TiramisuError, match="is not on this machine|nothing was extracted with vgg16"):
        tiramisu.open(own.path, network="vgg16")


def test_images_are_taken_like_an_array(work: tiramisu.Workspace) -> None:
    images = work.images
    assert images[-1].id == 131 and [image.id for image in images[5:8]] == [5, 6, 7]
    assert images[images.ids % 50 == 0].ids.tolist() == [0, 50, 100]
    with pytest.raises(IndexError):
        images[132]
    assert pa.table(images).num_rows == 132


def test_a_notebook_shows_pictures(work: tiramisu.Workspace) -> None:
    shown = work.neighbours(0, count=3)._repr_html_()
    assert shown.count("data:image/jpeg;base64,") == 3 and "score" in shown
    assert work.images._repr_html_().count("<img") == 20 and "and 112 more" in work.images._repr_html_()
    assert len(shown) < 90_000
    assert "score" in repr(work.neighbours(0, count=3))
    groups = work.clusters(4, progress=False)
    cards = groups._repr_html_()
    assert all(f"<p>{group.labels[0][0]} {group.labels[0][1]}" in cards for group in groups)
    assert str(work.folder) not in cards


def test_html_of_names_is_harmless(own: tiramisu.Workspace) -> None:
    shutil.copy(own.images[0].path, own.folder / "<script>alert(1).jpg")
    shown = own.extract(progress=False).images._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_imported_labels_take_the_place_of_the_folders(own: tiramisu.Workspace, tmp_path: Path) -> None:
    names = own.images.table["name"].to_pylist()
    listed = tmp_path / "labels.csv"
    listed.write_text(f"path,label\n{names[0]},another\n")
    arguments = ["import", str(own.folder), "--workspace", str(own.path), "--from", str(listed)]
    told(*arguments)
    labels = own.images.table["label"].to_pylist()
    assert labels == ["another"] + [name.split("/")[0] for name in names[1:]]
    assert own.query("label = 'another'").ids.tolist() == [0]
    told(*arguments[:4], "--forget")
    assert own.images.table["label"].to_pylist() == [name.split("/")[0] for name in names]
