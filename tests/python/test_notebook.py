"""The notebook does what it shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", sorted((HERE / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebook_runs_from_top_to_bottom(
    path: Path, home: Path, has_program: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    pytest.importorskip("pandas")
    monkeypatch.setenv("PYTHONPATH", str(HERE.parents[1] / "src" / "python"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    assert os.environ["XDG_DATA_HOME"].startswith(str(home))
    notebook = nbformat.read(path, as_version=4)
    ran = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    ran.execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("data:image/jpeg" in data.get("text/html", "") for data in shown) >= 5


def test_the_notebook_is_kept_without_its_outputs() -> None:
    import json

    for path in (HERE / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        assert all(not cell.get("outputs") for cell in cells), f"{path} holds pictures: clear its outputs"
