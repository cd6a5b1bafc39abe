"""What the tests share: a program, and a small collection that it extracted once."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src" / "python"
sys.path.insert(0, str(SOURCES))

import tiramisu_vision as tiramisu  # noqa: E402
from tiramisu_vision import program  # noqa: E402

# Older checks of this folder are programs of their own.
collect_ignore = ["parity_caffe.py", "parity_torch.py", "read_workspace.py"]


def pytest_report_header() -> str:
    try:
        return f"program: {program.checked()}"
    except tiramisu.ProgramError as error:
        return f"no program, so what needs it is skipped: {error}"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own, so that nothing is read or written in the person's."""
    home = tmp_path_factory.mktemp("home")
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(home / "data")
    yield home
    os.environ.pop("XDG_DATA_HOME") if before is None else os.environ.update(XDG_DATA_HOME=before)


@pytest.fixture(scope="session")
def has_program() -> None:
    try:
        program.checked()
    except tiramisu.ProgramError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def folder(home: Path, has_program: None) -> Path:
    """132 sample pictures, six of each of 22 kinds, extracted with the built-in network."""
    folder = tiramisu.sample(home / "sample", count=132)
    tiramisu.extract(folder, compute="cpu", progress=False)
    return folder


@pytest.fixture
def work(folder: Path) -> tiramisu.Workspace:
    return tiramisu.open(folder, compute="cpu")


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> tiramisu.Workspace:
    """A collection that a test may change: eleven of the pictures, with a workspace of their own."""
    mine = tmp_path / "mine"
    for path in sorted(folder.glob("*/*_0001.*"))[:11]:
        (mine / path.parent.name).mkdir(parents=True)
        shutil.copy(path, mine / path.parent.name)
    return tiramisu.extract(mine, workspace=tmp_path / "workspace", layers=["features.12.concat"], compute="cpu", progress=False)


@pytest.fixture
def marked(own: tiramisu.Workspace, tmp_path: Path) -> tiramisu.Workspace:
    """Three boxes in two pictures, the first as large as its picture."""
    rows = own.images.table.select(["name", "width", "height"]).to_pylist()

    def box(image: int, share: tuple[float, float, float, float], category: int) -> dict[str, object]:
        width, height = rows[image]["width"], rows[image]["height"]
        sides = (width, height, width, height)
        return {
            "image_id": image,
            "category_id": category,
            "bbox": [part * side for part, side in zip(share, sides, strict=True)],
        }

    found = [box(0, (0, 0, 1, 1), 1), box(1, (0, 0, 0.5, 0.5), 1), box(1, (0.25, 0.5, 0.5, 0.5), 2)]
    names = [{"id": 1, "name": "wheel"}, {"id": 2, "name": "door"}]
    images = [
        {"id": place, "file_name": row["name"], "width": row["width"], "height": row["height"]}
        for place, row in enumerate(rows)
    ]
    annotations = [{"id": place + 1, **one} for place, one in enumerate(found)]
    file = tmp_path / "instances.json"
    file.write_text(json.dumps({"images": images, "categories": names, "annotations": annotations}))
    program.ask("import", f"--workspace={own.path}", f"--from={file}", "--", str(own.folder))
    return own
