"""What the documentation shows is so."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tiramisu_vision as tiramisu

HERE = Path(tiramisu.__file__).parent
MODULES = sorted(path.stem for path in HERE.glob("*.py"))

#: What an extra is needed for, which not everybody has.
NEEDS = {
    "tiramisu_vision.images.Images.to_torch": "torch",
    "tiramisu_vision.images.Images.to_datasets": "datasets",
    "tiramisu_vision.images.Images.to_fiftyone": "fiftyone",
}

#: What can be asked and done, beside the functions of the package itself.
ASKED = {
    tiramisu.Workspace: (
        "images", "layers", "vectors", "neighbours", "map", "clusters", "exemplars", "tags", "tag", "query", "select", "pull",
    ),
    tiramisu.Images: ("to_torch", "to_datasets", "to_fiftyone", "export"),
    tiramisu.Boxes: ("cut_out",),
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_what_the_documentation_shows_is_so(module: str, request: pytest.FixtureRequest) -> None:
    try:
        tests = [test for test in doctests(module) if test.name not in NEEDS]
    except ImportError as error:
        pytest.skip(f"an extra is not installed: {error}")
    run(tests, request)


@pytest.mark.parametrize("name", NEEDS)
def test_what_the_documentation_shows_of_other_libraries_is_so(name: str, request: pytest.FixtureRequest) -> None:
    pytest.importorskip(NEEDS[name], reason=f"{NEEDS[name]} is not installed")
    (test,) = [test for test in doctests(name.split(".")[1]) if test.name == name]
    assert test.examples
    run([test], request)


def doctests(module: str) -> Iterator[doctest.DocTest]:
    name = "tiramisu_vision" if module == "__init__" else f"tiramisu_vision.{module}"
    yield from doctest.DocTestFinder().find(importlib.import_module(name), name)


def run(tests: list[doctest.DocTest], request: pytest.FixtureRequest) -> None:
    """Doctests speak of `work`, what is known of the sample pictures, `folder`, where they are, and `marked`, what is known of
    pictures with boxes."""
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in tests:
        told = "".join(example.source for example in test.examples)
        names = [name for name in ("work", "folder", "marked") if name in told]
        test.globs.update({name: request.getfixturevalue(name) for name in names}, tiramisu=tiramisu)
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


def test_all_that_can_be_asked_and_done_is_shown_by_a_doctest_that_runs() -> None:
    functions = [name for name in tiramisu.__all__ if inspect.isfunction(getattr(tiramisu, name))]
    assert set(functions) >= {"open", "extract", "sample", "from_vectors", "pull"}
    asked: list[tuple[Any, str]] = [(tiramisu, name) for name in functions]
    asked += [(owner, name) for owner, names in ASKED.items() for name in names]

    def is_shown(owner: Any, name: str) -> bool:
        told = inspect.getdoc(getattr(owner, name)) or ""
        examples = doctest.DocTestParser().get_examples(told)
        return any(not example.options.get(doctest.SKIP) for example in examples)

    assert [f"{owner.__name__}.{name}" for owner, name in asked if not is_shown(owner, name)] == []
