"""What is brought is what is there; what is there already is not brought again; what was changed here is not lost."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision import program, pull, pull_progress, pulling, replacing

SOURCES = Path(tiramisu.__file__).parents[1]
LAYER = "features.12.concat"
OTHER = "features.3.concat"


def grow(work: tiramisu.Workspace, folder: Path) -> tiramisu.Workspace:
    for path in sorted(folder.glob("*/*_0002.*"))[:3]:
        shutil.copy(path, work.folder / path.parent.name)
    return work.extract(progress=False)


def by_the_program(remote: Path, local: Path, *, layers: list[str] | None = None) -> Any:
    words = [f"--layer={layer}" for layer in layers or ()]
    return program.ask("pull", str(remote), str(local), *words)


def by_the_package(remote: Path, local: Path, *, layers: list[str] | None = None) -> Any:
    pulled = pull(remote, local, layers=layers)
    return {"files": pulled.files, "bytes": pulled.bytes, "tables": list(pulled.tables)}


def test_no_module_hides_a_function_of_its_name() -> None:
    # A module that is imported by its name becomes an attribute of the package.
    for path in Path(tiramisu.__file__).parent.glob("*.py"):
        with contextlib.suppress(ImportError):
            importlib.import_module(f"tiramisu_vision.{path.stem}")
    functions = [name for name in tiramisu.__all__ if name.islower() and not name.startswith("_")]
    assert "pull" in functions and all(callable(getattr(tiramisu, name)) for name in functions)


def test_what_is_brought_opens_and_answers(own: tiramisu.Workspace, tmp_path: Path) -> None:
    own.tag("odd", own.images[1::2])
    pull(own.path, tmp_path / "here")
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    assert here.images.table.equals(own.images.table)
    assert here.tags["odd"].ids.tolist() == own.tags["odd"].ids.tolist()
    assert here.neighbours(3, count=4).ids.tolist() == own.neighbours(3, count=4).ids.tolist()


def test_only_what_changed_is_brought_the_next_time(own: tiramisu.Workspace, folder: Path, tmp_path: Path) -> None:
    first = pull(own.path, tmp_path / "here")
    nothing = pull(own.path, tmp_path / "here")
    assert (nothing.files, nothing.bytes, nothing.tables) == (0, 0, ())
    grown = grow(own, folder)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "here").rglob("data/*.lance")}
    more = pull(own.path, tmp_path / "here")
    assert 0 < more.bytes < first.bytes and "images" in more.tables
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    assert len(here.images) == 14 and here.vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()


@pytest.mark.parametrize("layers", [None, [LAYER]])
@pytest.mark.parametrize("bring", [by_the_program, by_the_package])
def test_what_is_here_does_not_come_again_once_old_versions_were_deleted_there(
    bring: Any, layers: list[str] | None, own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    own.tag("odd", 1)
    first = bring(own.path, here, layers=layers)
    # Results are written anew, and pictures and vectors added to.
    tables = [path for path in here.glob("*.lance") if path.name.startswith(("images", "ladyfinger"))]
    before = {path: path.stat().st_mtime_ns for table in tables for path in table.glob("data/*.lance")}
    grown = grow(own, folder)
    program.ask("storage", str(own.path), "--sizes-only", "--keep-versions=1")
    more = bring(own.path, here, layers=layers)
    assert 0 < more["bytes"] < first["bytes"] and "images" in more["tables"]
    assert len(tables) == 2 and {path: path.stat().st_mtime_ns for path in before} == before
    opened = tiramisu.open(here, compute="cpu")
    assert len(opened.images) == 14 and opened.vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()
    assert list(opened.tags) == ["odd"] and not list(here.glob(".*.lance*"))
    assert bring(own.path, here, layers=layers)["files"] == 0


def test_a_file_that_was_damaged_here_is_not_taken_for_that_of_there(
    own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    pull(own.path, here)
    grown = grow(own, folder)
    program.ask("storage", str(own.path), "--sizes-only", "--keep-versions=1")
    (table,) = (path.parent.parent for path in here.glob("*/data/*.lance") if path.parent.parent.name.startswith("lady"))
    (data,) = (table / "data").iterdir()
    data.write_bytes(data.read_bytes()[:-1])
    pull(own.path, here)
    assert tiramisu.open(here, compute="cpu").vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()


@pytest.mark.parametrize("is_damaged", [False, True])
def test_an_index_stays_if_it_is_whole_and_deleted_rows_come(
    is_damaged: bool, own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    table = next(path for path in own.path.glob("*.lance") if path.name.startswith("lady"))
    lance.dataset(str(table)).create_scalar_index("id", "BTREE")
    pull(own.path, here)
    times = {path: path.stat().st_mtime_ns for path in (here / table.name).glob("_indices/*/*")}
    assert len(times) > 1
    if is_damaged:
        longest = max(times, key=lambda path: path.stat().st_size)
        longest.write_bytes(longest.read_bytes()[:-1])
        del times[longest]
    # Rows are deleted there, and all versions but the newest.
    lance.dataset(str(table)).delete("id = 3")
    program.ask("storage", str(own.path), "--sizes-only", "--keep-versions=1")
    pull(own.path, here)
    there = {path.relative_to(table): path.read_bytes() for path in table.rglob("*") if path.parts[-2] != "_transactions"
             and path.is_file() and ("_indices" in path.parts or "_deletions" in path.parts)}  # fmt: skip
    assert len(there) > 2 and all((here / table.name / path).read_bytes() == content for path, content in there.items())
    stayed = [path.stat().st_mtime_ns == time for path, time in times.items()]
    assert all(stayed) != is_damaged


@pytest.mark.parametrize("layers", [None, [LAYER]])
def test_progress_counts_bytes_of_all_that_comes(
    layers: list[str] | None, own: tiramisu.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_progress, "_PACE_SECS", 0.001)
    own.tag("odd", 1)
    told: list[tiramisu.Progress] = []
    pulled = pull(own.path, tmp_path / "here", layers=layers, progress=told.append)
    last = told[-1]
    assert (last.title, last.unit, last.done) == ("Bringing the workspace", "B", last.total)
    assert len(told) > 3 and all(0 <= one.done <= one.total for one in told)
    assert [one.done for one in told] == sorted(one.done for one in told)
    # Of most it is known before that it comes.
    assert told[0].total > 0.8 * last.total
    if layers is None:
        assert last.done == pulled.bytes
    told.clear()
    pull(own.path, tmp_path / "here", layers=layers, progress=told.append)
    assert told == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_data_is_on_the_disk_before_the_version_of_some_layers_has_a_name(
    own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    here, trace = tmp_path / "here", tmp_path / "trace.txt"
    pulling_it = f"from tiramisu_vision import pull; pull({str(own.path)!r}, {str(here)!r}, layers=[{LAYER!r}])"
    calls = "trace=write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:1] + [str(SOURCES)])}
    for manifests in (1, 1):
        command = ["strace", "-f", "-y", "-e", "signal=none", "-e", calls, "-o", str(trace), sys.executable, "-c", pulling_it]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if "Operation not permitted" in done.stderr:
            pytest.skip("strace may not watch")
        assert done.returncode == 0, done.stderr
        table = next(path for path in here.glob("*.lance") if path.name.startswith("lady"))
        named, early = named_too_early(trace.read_text(), table)
        assert (named, early) == (manifests, [])
        grow(own, folder)


def named_too_early(trace: str, table: Path) -> tuple[int, list[str]]:
    """How many versions of a table got their names, and which files of it were not on the disk then."""
    unwritten: set[str] = set()
    named, early = 0, []
    for line in trace.splitlines():
        call = re.search(r"\b(\w+)\((?:\d+<([^>]*)>)?", line)
        if call is None or "resumed>" in line or str(table) not in line:
            continue
        name, path = call[1], call[2] or ""
        if "write" in name and path.startswith(f"{table}/data/"):
            unwritten.add(path)
        elif name in ("fsync", "fdatasync"):
            unwritten.discard(path)
        elif name.startswith(("rename", "link")):
            old, new = (text for text in re.findall(r'"([^"]*)"', line)[:2])
            if old in unwritten:
                unwritten.discard(old)
                unwritten.add(new)
            if new.startswith(f"{table}/_versions/") and new.endswith(".manifest"):
                named += 1
                early += [f"{new} before {path}" for path in sorted(unwritten)]
    return named, early


@pytest.mark.parametrize("is_there", [False, True])
def test_a_version_of_some_layers_that_was_not_named_leaves_the_one_before(
    is_there: bool, own: tiramisu.Workspace, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    if is_there:
        pull(own.path, here, layers=[LAYER])
    before = own.vectors(LAYER).tobytes()
    grown = grow(own, folder)

    def ending(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lance.LanceDataset, "commit", ending)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            pull(own.path, here, layers=[LAYER])
        if is_there:
            table = next(path for path in here.glob("*.lance") if path.name.startswith("lady"))
            column = lance.dataset(str(table)).to_table()["features_12_concat_average"].combine_chunks()
            assert column.flatten().to_numpy().tobytes() == before[: column.flatten().nbytes] and len(column) == 11
    monkeypatch.undo()
    pull(own.path, here, layers=[LAYER])
    assert tiramisu.open(here, compute="cpu").vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()


def test_some_layers_are_brought_alone(own: tiramisu.Workspace, folder: Path, tmp_path: Path) -> None:
    both = own.extract([OTHER], progress=False)
    assert len(both.layers) == 2
    first = pull(own.path, tmp_path / "here", layers=[OTHER])
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    assert [layer.name for layer in here.layers] == [OTHER]
    assert here.vectors(OTHER).tobytes() == both.vectors(OTHER).tobytes()
    assert here.neighbours(2, layer=OTHER, count=3).ids.tolist() == both.neighbours(2, layer=OTHER, count=3).ids.tolist()
    assert pull(own.path, tmp_path / "here", layers=[OTHER]).files == 0
    grown = grow(both, folder)
    more = pull(own.path, tmp_path / "here", layers=[OTHER])
    assert 0 < more.bytes < first.bytes
    assert tiramisu.open(tmp_path / "here").vectors(OTHER).tobytes() == grown.vectors(OTHER).tobytes()
    with pytest.raises(tiramisu.TiramisuError, match=r"brought with features\.3\.concat"):
        pull(own.path, tmp_path / "here")
    with pytest.raises(tiramisu.TiramisuError, match=r"no layer conv99; it has features\.12\.concat, features\.3\.concat"):
        pull(own.path, tmp_path / "other", layers=["conv99"])


@pytest.mark.parametrize("layers", [None, [LAYER]])
@pytest.mark.parametrize("bring", [by_the_program, by_the_package])
def test_what_was_brought_asks_again_where_it_came_from(
    bring: Any, layers: list[str] | None, own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    own.extract([OTHER], progress=False)
    first = bring(own.path, tmp_path / "here", layers=layers)
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    before = [layer.name for layer in here.layers]
    assert len(before) == (2 if layers is None else 1)
    assert here.pull(progress=False).files == 0
    grown = grow(own, folder)
    more = here.pull(progress=False)
    assert 0 < more.bytes < first["bytes"] and more.path == here.path
    # Whoever holds it sees what came.
    assert len(here.images) == 14 and [layer.name for layer in here.layers] == before
    assert here.vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()
    with pytest.raises(tiramisu.TiramisuError, match=r"was not brought from elsewhere, which pull\(FROM, TO\) does"):
        own.pull()


def test_what_was_interrupted_goes_on(own: tiramisu.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring = pulling._Pull._bring
    count = 0

    def failing(self: pulling._Pull, remote: str, local: Path) -> None:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError("the line is down")
        bring(self, remote, local)

    monkeypatch.setattr(pulling._Pull, "_bring", failing)
    for _ in range(3):
        with pytest.raises(OSError, match="the line is down"):
            pull(own.path, tmp_path / "here")
        with pytest.raises(tiramisu.TiramisuError):
            tiramisu.open(tmp_path / "here")
    monkeypatch.setattr(pulling._Pull, "_bring", bring)
    pull(own.path, tmp_path / "here")
    assert tiramisu.open(tmp_path / "here").images.table.equals(own.images.table)
    assert not list((tmp_path / "here").rglob("*.part"))


@pytest.mark.parametrize("content", [b"", b"half of it"])
def test_a_table_that_did_not_reach_the_disk_is_written_again(
    content: bytes, own: tiramisu.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    settle = pulling.durable.settle

    def failing(table: Path, known: frozenset[Path]) -> None:
        if any(table.glob("_versions/*.manifest")):
            raise KeyboardInterrupt
        settle(table, known)

    monkeypatch.setattr(pulling.durable, "settle", failing)
    with pytest.raises(KeyboardInterrupt):
        pull(own.path, here, layers=[LAYER])
    monkeypatch.undo()
    begun = [name for name, table in json.loads((here / ".brought.json").read_bytes())["tables"].items() if not table["here"]]
    (manifest,) = (here / f"{begun[0]}.lance" / "_versions").glob("*.manifest")
    manifest.write_bytes(content)
    pull(own.path, here, layers=[LAYER])
    assert tiramisu.open(here).vectors(LAYER).tobytes() == own.vectors(LAYER).tobytes()
    # One that was noted may have something that is nowhere else.
    (manifest,) = (here / f"{begun[0]}.lance" / "_versions").glob("*.manifest")
    manifest.write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        pull(own.path, here, layers=[LAYER])


def test_what_was_changed_here_is_not_overwritten(own: tiramisu.Workspace, folder: Path, tmp_path: Path) -> None:
    own.tag("odd", 1)
    pull(own.path, tmp_path / "here")
    tiramisu.open(tmp_path / "here", compute="cpu").tag("mine", 2)
    own.tag("theirs", 3)
    with pytest.raises(tiramisu.TiramisuError, match="the table tags was changed here"):
        pull(own.path, tmp_path / "here")
    assert list(tiramisu.open(tmp_path / "here").tags) == ["mine", "odd"]


@pytest.mark.parametrize("layers", [None, [LAYER]])
def test_what_was_changed_here_can_be_given_up(layers: list[str] | None, own: tiramisu.Workspace, tmp_path: Path) -> None:
    own.tag("odd", 1)
    pull(own.path, tmp_path / "here", layers=layers)
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    here.tag("mine", 2)
    # Also vectors, as another program may have written them.
    table = here.table(here._choice.table.name)
    table.delete("id = 3")
    own.tag("theirs", 3)
    with pytest.raises(tiramisu.TiramisuError, match=r"was changed here since it was brought.*pull\(\.\.\., discard=True\)"):
        here.pull(progress=False)
    assert here.vectors(LAYER).shape[0] == 10
    assert set(here.pull(discard=True, progress=False).tables) == {"tags", here._choice.table.name}
    assert list(here.tags) == ["odd", "theirs"]
    np.testing.assert_array_equal(here.vectors(LAYER), own.vectors(LAYER))
    assert here.pull(progress=False).files == 0


@pytest.mark.parametrize("bring", [by_the_program, by_the_package])
def test_what_a_person_chose_here_is_kept(bring: Any, own: tiramisu.Workspace, tmp_path: Path) -> None:
    here = tmp_path / "here"
    chosen = ("tag_colours.json", "awaited_classes.json")
    for name in chosen:
        (own.path / name).write_text('{"theirs": 1}')
    bring(own.path, here)
    assert [(here / name).read_text() for name in chosen] == ['{"theirs": 1}'] * 2
    for name in chosen:
        (here / name).write_text('{"mine": 1}')
    bring(own.path, here)
    assert [(here / name).read_text() for name in chosen] == ['{"mine": 1}'] * 2


def test_a_place_is_the_same_however_it_is_said(own: tiramisu.Workspace, tmp_path: Path) -> None:
    here = tmp_path / "here"
    roundabout = f"{own.path}/../{own.path.name}/"
    program.ask("pull", roundabout, str(here))
    for remote in (roundabout, own.path):
        assert pull(remote, here).files == 0
    # As the program wrote it before.
    record = json.loads((here / ".brought.json").read_bytes())
    (here / ".brought.json").write_text(json.dumps({**record, "from": roundabout}))
    assert pull(own.path, here).files == 0
    assert program.ask("pull", str(own.path), str(here))["files"] == 0


def test_a_table_that_was_made_anew_is_brought_anew(own: tiramisu.Workspace, tmp_path: Path) -> None:
    own.tag("odd", 1)
    own.tag("even", 2)
    pull(own.path, tmp_path / "here")
    shutil.rmtree(own.path / "tags.lance")
    own.tag("new", 4)
    # What a process of the same number left.
    (tmp_path / "here" / f".deleted{os.getpid()}-0-tags.lance" / "data").mkdir(parents=True)
    pull(own.path, tmp_path / "here")
    assert {tag: images.ids.tolist() for tag, images in tiramisu.open(tmp_path / "here").tags.items()} == {"new": [4]}


def test_the_folder_of_pictures_may_lie_elsewhere(own: tiramisu.Workspace, tmp_path: Path) -> None:
    shutil.copytree(own.folder, tmp_path / "pictures")
    pull(own.path, tmp_path / "here", folder=tmp_path / "pictures")
    assert tiramisu.open(tmp_path / "here").folder == tmp_path / "pictures"
    assert json.loads((own.path / "workspace.json").read_text())["image_folder"] == str(own.folder)


@pytest.mark.parametrize("layers", [None, [OTHER]])
@pytest.mark.parametrize(("one", "another"), [(by_the_program, by_the_package), (by_the_package, by_the_program)])
def test_the_program_and_the_package_go_on_where_the_other_ended(
    one: Any, another: Any, layers: list[str] | None, own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    both = own.extract([OTHER], progress=False)
    both.tag("odd", 1)
    first = one(own.path, here, layers=layers)
    kept = (here / ".brought.json").read_bytes()
    assert another(own.path, here, layers=layers)["tables"] == []
    assert json.loads((here / ".brought.json").read_bytes())["tables"] == json.loads(kept)["tables"]
    # What is new there comes, and that alone.
    grown = grow(both, folder)
    more = another(own.path, here, layers=layers)
    assert 0 < more["bytes"] < first["bytes"] and "images" in more["tables"]
    assert tiramisu.open(here).vectors(OTHER).tobytes() == grown.vectors(OTHER).tobytes()
    assert one(own.path, here, layers=layers)["tables"] == []
    # A table that was made anew there, and one that was changed here.
    shutil.rmtree(own.path / "tags.lance")
    own.tag("new", 4)
    assert another(own.path, here, layers=layers)["tables"] == ["tags"]
    assert one(own.path, here, layers=layers)["tables"] == []
    assert list(tiramisu.open(here).tags) == ["new"]
    tiramisu.open(here, compute="cpu").tag("mine", 2)
    with pytest.raises(tiramisu.TiramisuError, match="was changed here"):
        one(own.path, here, layers=layers)
    # Other layers than before are refused by either.
    with pytest.raises(tiramisu.TiramisuError, match="the folder was brought with"):
        another(own.path, here, layers=[LAYER])


@pytest.mark.parametrize("later", [by_the_program, by_the_package])
def test_the_folder_of_pictures_that_was_named_is_kept(later: Any, own: tiramisu.Workspace, tmp_path: Path) -> None:
    here, pictures = tmp_path / "here", tmp_path / "pictures"
    pull(own.path, here, folder=pictures)
    own.tag("odd", 1)
    assert later(own.path, here)["tables"] == ["tags"]
    assert tiramisu.open(here).folder == pictures
    # Where none was named, it is the one that the workspace there says, also when it says another.
    plain = tmp_path / "plain"
    pull(own.path, plain)
    assert tiramisu.open(plain).folder == own.folder
    said = json.loads((own.path / "workspace.json").read_text())
    moved = tmp_path / "moved"
    (own.path / "workspace.json").write_text(json.dumps({**said, "image_folder": str(moved)}))
    later(own.path, plain)
    later(own.path, here)
    assert (tiramisu.open(plain).folder, tiramisu.open(here).folder) == (moved, pictures)


@pytest.mark.parametrize("ended", ["files", "whole", "replace"])
def test_a_table_stays_until_the_one_that_was_made_anew_is_whole(
    ended: str, own: tiramisu.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.tag("odd", 1)
    here = tmp_path / "here"
    pull(own.path, here)
    shutil.rmtree(own.path / "tags.lance")
    own.tag("new", 4)
    if ended == "files":
        # Before the last file is there.
        def failing(*_: object) -> None:
            raise OSError("the line is down")

        monkeypatch.setattr(pulling.durable, "replace", failing)
        with pytest.raises(OSError, match="the line is down"):
            pull(own.path, here)
        assert list(tiramisu.open(here).tags) == ["odd"]
        monkeypatch.undo()
        pull(own.path, here)
    else:
        # Before the one is out of sight, or before the other is in its place.
        rename = os.replace
        last = "tags.lance" if ended == "whole" else ".tags.lance.whole"

        def stopping(source: Path, to: Path) -> None:
            if Path(source).name == last:
                raise KeyboardInterrupt
            rename(source, to)

        monkeypatch.setattr(os, "replace", stopping)
        with pytest.raises(KeyboardInterrupt):
            pull(own.path, here)
        monkeypatch.undo()
        assert (here / ".tags.lance.whole").exists() and (here / "tags.lance").exists() == (ended == "whole")
        if ended == "whole":
            # Nothing was replaced, so it does not come back by itself; a table that is brought leaves nothing of it.
            replacing.finish(here)
            shutil.rmtree(here / "tags.lance")
            replacing.finish(here)
            assert not (here / "tags.lance").exists() and (here / ".tags.lance.part").exists()
            pull(own.path, here)
            assert list(tiramisu.open(here).tags) == ["new"]
            assert not list(here.glob(".*.lance.*"))
            return
        # Whoever writes next puts it there; here it is the program.
        tiramisu.open(here, compute="cpu").tag("mine", 2)
        assert list(tiramisu.open(here).tags) == ["mine", "new"]
        return
    assert list(tiramisu.open(here).tags) == ["new"]
    assert not list(here.glob(".*.part")) and not list(here.glob(".deleted*"))


@pytest.mark.skipif(os.name == "nt", reason="the program's lock is another there")
def test_a_workspace_that_somebody_writes_to_is_not_touched(
    own: tiramisu.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    pull(own.path, tmp_path / "here")
    monkeypatch.setattr(pulling, "_PATIENCE_SECS", 0.1)
    with (tmp_path / "here" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(tiramisu.TiramisuError, match="another program writes to the workspace"):
            pull(own.path, tmp_path / "here")


@pytest.mark.skipif(os.name == "nt", reason="the program's lock is another there")
def test_who_waited_goes_on_from_what_the_other_brought(
    own: tiramisu.Workspace, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    here = tmp_path / "here"
    pull(own.path, here, layers=[LAYER])
    grown = grow(own, folder)
    with (here / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def ending(_: float) -> None:
            monkeypatch.undo()
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert pull(own.path, here, layers=[LAYER]).files > 0

        monkeypatch.setattr(pulling.time, "sleep", ending)
        assert pull(own.path, here, layers=[LAYER]).files == 0
    assert pull(own.path, here, layers=[LAYER]).files == 0
    assert tiramisu.open(here).vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()


def test_what_is_no_workspace_is_told(tmp_path: Path, own: tiramisu.Workspace) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(tiramisu.TiramisuError, match="there is no workspace"):
        pull(tmp_path / "empty", tmp_path / "here")
    (tmp_path / "former" / "images.lance").mkdir(parents=True)
    (tmp_path / "former" / ".pulled.json").write_text("{}")
    with pytest.raises(tiramisu.TiramisuError, match="was brought by an earlier version"):
        pull(own.path, tmp_path / "former")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(tiramisu.TiramisuError, match="has something else in it"):
        pull(own.path, tmp_path / "full")
    assert lance.dataset(str(own.path / "images.lance")).count_rows() == 11
