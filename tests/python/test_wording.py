"""What the program says of commands and options is said in Python of what there is in Python, and of nothing else."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision import shards
from tiramisu_vision.features import Features
from tiramisu_vision.wording import in_python

SOURCES = Path(__file__).parents[2] / "src"

#: What asks with a verb.
ASKING: dict[str, Callable[..., Any]] = {
    "adopt": shards.adopt,
    "boxes": tiramisu.Boxes.cut_out,
    "centrality": tiramisu.Workspace.centrality,
    "class add": tiramisu.Workspace.add_class,
    "class arithmetic": tiramisu.Workspace.nearest_classes,
    "class list": tiramisu.Workspace.classes,
    "class remove": tiramisu.Workspace.remove_class,
    "cluster": tiramisu.Workspace.clusters,
    "communities": tiramisu.Workspace.clusters,
    "duplicates": tiramisu.Workspace.duplicates,
    "embed": tiramisu.Workspace.embed,
    "exemplars": tiramisu.Workspace.exemplars,
    "export": tiramisu.Images.export,
    "extract": tiramisu.extract,
    "features": Features,
    "info": tiramisu.open,
    "neighbours": tiramisu.Workspace.neighbours,
    "odd-pictures": tiramisu.Workspace.odd_pictures,
    "outliers": tiramisu.Workspace.outliers,
    "project": tiramisu.Workspace.map,
    "query": tiramisu.Workspace.query,
    "sample": tiramisu.sample,
    "select": tiramisu.Workspace.select,
    "suspicious-labels": tiramisu.Workspace.suspicious_labels,
    "tag": tiramisu.Workspace.tag,
    "vectors": tiramisu.from_vectors,
}


def arguments(asking: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(asking).parameters) - {"self"}


def given(verb: str) -> set[str]:
    """What can be said to a method, and to what opened the workspace that it is one of."""
    asking = ASKING[verb]
    is_of_workspace = "self" in inspect.signature(asking).parameters
    return arguments(asking) | (arguments(tiramisu.open) - {"folder"} if is_of_workspace else set())


@lru_cache(maxsize=1)
def texts() -> list[str]:
    """The texts of the program that name commands or options, with a word in the place of each that is put in."""
    found = []
    for path in sorted(SOURCES.rglob("*.rs")):
        lines = path.read_text(encoding="utf-8").splitlines()
        code = "\n".join(line for line in lines if not line.lstrip().startswith("//")).replace("'\"'", "").replace("'\\\"'", "")
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', code, re.DOTALL):
            told = re.sub(r"\\\n\s*", "", text).replace('\\"', '"')
            if "`tiramisu " in told or re.search(r"(?<![\w-])--[a-z]", told):
                found.append(re.sub(r"\{[^}]*\}", "umap", told))
    return found


@pytest.mark.parametrize("verb", ASKING)
def test_no_text_of_the_program_becomes_a_call_or_an_argument_that_does_not_exist(verb: str) -> None:
    known, changed = texts(), 0
    assert any("--batch 1" in text for text in known) and any("--judge-all" in text for text in known)
    methods = {name: arguments(asking) for asking in ASKING.values() for name in [asking.__name__]}
    for text in known:
        told = in_python(text, *verb.split())
        changed += told != text
        # Commands that stay are commands.
        rest = re.sub(r"`tiramisu [^`]*`", "", told)
        for call in re.findall(r"`(\w+\([^`]*\))`", rest):
            parsed = ast.parse(call, mode="eval").body
            assert isinstance(parsed, ast.Call) and isinstance(parsed.func, ast.Name), f"{text} -> {told}"
            assert {keyword.arg for keyword in parsed.keywords} <= methods[parsed.func.id], f"{text} -> {told}"
        rest = re.sub(r"`\w+\([^`]*\)`", "", rest)
        for name in set(re.findall(r"(?<![\w-])([a-z_]+)=(?:\.\.\.|\"|True)", rest)) - set(re.findall(r"([a-z_]+)=", text)):
            assert name in given(verb), f"{text} -> {told}"
    assert changed > 5, "what a call can say is said as one"


@pytest.mark.parametrize(
    ("asked", "told", "is_told"),
    [
        ("extract", "With fewer at a time: `tiramisu extract --batch 1`", "With fewer at a time: `tiramisu extract --batch 1`"),
        ("project", "(`tiramisu project --judge-all`), --judge-all", "(`tiramisu project --judge-all`), --judge-all"),
        ("export", "--layer says whose vectors to write", "layers=... says whose vectors to write"),
        ("neighbours", "Name it with --layer, or layers with --layers", "Name it with layer=..., or layers with --layers"),
        ("extract", "add `--layers`, or `--compute cpu`.", 'add `layers=...`, or `compute="cpu"`.'),
        ("sample", "Try --compute cpu.", "Try --compute cpu."),
        ("export", "are --by cluster:NAME; --by and --link are not", 'are by="cluster:NAME"; by=... and --link are not'),
        ("export", "add --format files: /a/b", 'add format="files": /a/b'),
        ("export", "(on the command line: --format)", "(on the command line: --format)"),
        ("export", "--by on the command line", "--by on the command line"),
        ("cluster", "`tiramisu communities FOLDER`", '`clusters(method="leiden")`'),
        ("cluster", "`tiramisu cluster FOLDER --count 5`", "`clusters(count=5)`"),
        ("extract", '`tiramisu extract "/a b/--batch"`', "`extract()`"),
        ("vectors", "Store them under another name (--name).", "Store them under another name (name=...)."),
        ("export", "`tiramisu index FOLDER --format x`", "`tiramisu index FOLDER --format x`"),
        ("export", "then `--network squeezenet-1.1`", 'then `network="squeezenet-1.1"`'),
    ],
)  # fmt: skip
def test_an_option_is_an_argument_only_where_the_method_has_it(asked: str, told: str, is_told: str) -> None:
    assert in_python(told, asked) == is_told
