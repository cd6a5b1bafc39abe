"""What the documentation shows is so."""

from __future__ import annotations

import ast
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


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.stem)
def test_every_argument_that_is_described_is_one_and_has_a_line_of_its_own(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef) or "\nArgs:\n" not in (told := ast.get_docstring(node) or ""):
            continue
        arguments = node.args
        known = {one.arg for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
        known |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None}
        lines = told.split("\nArgs:\n")[1].split("\n\n")[0].splitlines()
        begins = [line.split(": ")[0].strip() for line in lines if not line.startswith(8 * " ")]
        assert begins and set(begins) <= known, f"{node.name}: {begins}"
        # One that was joined to the line before is no longer found.
        joined = [name for line in lines for name in known if f". {name}: " in line]
        assert not joined, f"{node.name}: {joined}"


def test_the_workspace_has_doctests() -> None:
    modules = [tiramisu.workspace, tiramisu.questions]
    assert sum(len(test.examples) for found in modules for test in doctest.DocTestFinder().find(found)) > 15
