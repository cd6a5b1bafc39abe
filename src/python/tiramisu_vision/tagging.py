"""Words that a person gives to images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from . import tables
from .images import Images

if TYPE_CHECKING:
    from .workspace import Workspace

#: How long a predicate may get. The system bounds what a program can be told: Windows to 32,767 letters in all.
_LETTERS = 24_000


def read(workspace: Workspace) -> dict[str, Images]:
    """The images of each tag. Tags go by the paths of their pictures, as the program reads them: a row whose number
    means another picture by now belongs to the one with its path, or waits until that is there again."""
    if "tags" not in tables.names(workspace.path):
        return {}
    known = workspace.catalogue.id_of_name
    bearers: dict[str, set[int]] = {}
    for batch in workspace.table("tags").to_batches(columns=["id", "path", "tag"]):
        columns = (batch[name].to_pylist() for name in ("id", "path", "tag"))
        for id, path, tag in zip(*columns, strict=True):
            image = id if path is None else known.get(path)
            if image is not None:
                bearers.setdefault(tag, set()).add(image)
    return {tag: workspace._with_answer(sorted(bearers[tag]), {}, {}) for tag in sorted(bearers)}


def change(workspace: Workspace, tag: str, ids: npt.NDArray[np.uint32], *, remove: bool) -> int:
    """Gives or takes a tag; returns how many images changed.

    Very many images are named in several portions, each a commit of its own.
    """
    changed = 0
    for predicate in _predicates(np.unique(ids)):
        words = [f"--where={predicate}", *(["--remove"] if remove else []), "--", str(workspace.folder), tag]
        changed += workspace._ask("tag", *words)["changed"]
    return changed


def _predicates(ids: npt.NDArray[np.uint32]) -> list[str]:
    """Predicates that are true for these images, none too long.

    >>> _predicates(np.array([1, 2, 3, 7]))
    ['id between 1 and 3 or id = 7']
    """
    if len(ids) == 0:
        return []
    runs = np.split(ids, np.flatnonzero(np.diff(ids) != 1) + 1)
    words = [f"id between {run[0]} and {run[-1]}" if len(run) > 1 else f"id = {run[0]}" for run in runs]
    predicates = [words[0]]
    for word in words[1:]:
        if len(predicates[-1]) + len(word) < _LETTERS:
            predicates[-1] += f" or {word}"
        else:
            predicates.append(word)
    return predicates
