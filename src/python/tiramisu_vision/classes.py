"""Classes: the means of many images, compared with one another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .named_layers import ManyLayers, names_of
from .probe import listed
from .progress import ProgressTold

_LISTED = pa.schema(
    [
        ("class", pa.string()),
        ("by", pa.string()),
        ("of", pa.string()),
        ("images", pa.uint32()),
        ("nearest", pa.string()),
        ("score", pa.float64()),
    ]
)
_NEAREST = pa.schema([("class", pa.string()), ("by", pa.string()), ("images", pa.uint32()), ("score", pa.float64())])


class Classes:
    """A part of :class:`tiramisu_vision.Workspace`: a class is a label, a tag, a cluster, or what a predicate lets through. Its
    vector is the mean of its images at every stored layer, each layer brought to length 1."""

    folder: Path

    if TYPE_CHECKING:

        def _ask(self, verb: str, *words: str, progress: ProgressTold = False) -> Any: ...

    def classes(
        self,
        by: str | Sequence[str] = "label",
        *,
        layers: ManyLayers | None = None,
        metric: str = "cosine",
        progress: ProgressTold = True,
    ) -> pa.Table:
        """The classes, a row each: what it is called (``class``), what makes it (``by``, and which, ``of``), how many
        ``images`` it has, the ``nearest`` other one and its ``score``.

        Args:
            by: what makes a class: ``label``, ``tag``, ``cluster`` (where there is one clustering) or ``cluster:NAME``; one, or
                several. Those of :meth:`add_class` are always among them.
            layers: the layers to take; by default all that are stored.
            metric: how near two classes are: ``cosine``, ``euclidean`` or ``dot``.

        >>> known = work.classes(progress=False)
        >>> known.num_rows, known["images"][0].as_py()
        (22, 6)
        """
        return self._listed(["list"], [], by, layers, metric, progress)

    def add_class(self, name: str, where: str, *, progress: ProgressTold = True) -> pa.Table:
        """Adds a class of the images for which a predicate is true, which is evaluated anew for every comparison; what there is
        then, as :meth:`classes` has it. For a class of pictures that were picked out, give them a tag first.

        It is kept in the workspace; ``neighbours(like="class:NAME")`` looks for what is like it.

        >>> _ = work.tag("picked", work.images[:9])
        >>> work.add_class("mine", "tag('picked')", progress=False).num_rows
        23
        >>> len(work.neighbours(like="class:mine", count=3))
        3
        >>> work.remove_class("mine", progress=False).num_rows, work.untag("picked", work.tags["picked"])
        (22, 9)

        Args:
            name: what to call it.
            where: what must be true of its images, as in :meth:`query`.

        Raises:
            MisuseError: when the predicate makes no sense.
            TiramisuError: when there is such a class, or no image is in it.
        """
        return self._listed(["add", name], [f"--where={where}"], "label", None, "cosine", progress)

    def remove_class(self, name: str, *, progress: ProgressTold = True) -> pa.Table:
        """Removes a class that was added; what there is then."""
        return self._listed(["remove", name], [], "label", None, "cosine", progress)

    def nearest_classes(
        self,
        expression: str,
        *,
        count: int = 10,
        by: str | Sequence[str] = "label",
        layers: ManyLayers | None = None,
        metric: str = "cosine",
        progress: ProgressTold = True,
    ) -> pa.Table:
        """The classes nearest to one, or to a sum or difference of classes (``a - b``, ``a + b - c``) without these: ``class``,
        ``by``, ``images`` and ``score``, the nearest first. From left to right; a difference is 0 where it would be negative, so
        that ``a - b`` is what ``a`` has more of.

        >>> near = work.nearest_classes("ferns", count=3, progress=False)
        >>> near.num_rows, "ferns" in near["class"].to_pylist()
        (3, False)

        Args:
            expression: a class, or several joined by plus or minus signs with spaces around them.
            count: how many to list.
            by: as :meth:`classes` has it.
            layers: the layers to take; by default all that are stored.
            metric: ``cosine``, ``euclidean`` or ``dot``.
        """
        words = [*_choice(by, layers, metric), f"--count={count}"]
        answer = self._ask("class", str(self.folder), "arithmetic", *words, "--", expression, progress=progress)
        return pa.Table.from_pylist(answer["nearest"], schema=_NEAREST)

    def _listed(
        self,
        verb: list[str],
        options: list[str],
        by: str | Sequence[str],
        layers: ManyLayers | None,
        metric: str,
        progress: ProgressTold,
    ) -> pa.Table:
        words = [verb[0], *options, *_choice(by, layers, metric)]
        rows = self._ask("class", str(self.folder), *words, "--", *verb[1:], progress=progress)
        return pa.Table.from_pylist(rows, schema=_LISTED)


def _choice(by: str | Sequence[str], layers: ManyLayers | None, metric: str) -> list[str]:
    words = [f"--by={what}" for what in listed(by)]
    return [*words, *(f"--layer={layer}" for layer in names_of(layers)), f"--metric={metric}"]
