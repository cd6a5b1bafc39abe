"""What the documentation shows is so."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import tiramisu_vision as tiramisu

HERE = Path(tiramisu.__file__).parent
MODULES = sorted(path.stem for path in HERE.glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_what_the_documentation_shows_is_so(module: str, folder: Path, work: tiramisu.Workspace) -> None:
    """Doctests speak of `work`, what is known of the sample pictures, and `folder`, where they are."""
    name = "tiramisu_vision" if module == "__init__" else f"tiramisu_vision.{module}"
    try:
        found = importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f"an extra is not installed: {error}")
    names = {**vars(found), "work": work, "folder": folder, "tiramisu": tiramisu}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder().find(found, name, extraglobs=names):
        runner.run(test)
    assert runner.summarize().failed == 0


def test_the_workspace_has_doctests() -> None:
    modules = [tiramisu.workspace, tiramisu.questions]
    assert sum(len(test.examples) for found in modules for test in doctest.DocTestFinder().find(found)) > 15
