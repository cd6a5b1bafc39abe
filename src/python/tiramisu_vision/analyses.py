"""Maps and clusters: work over all images, done and kept by the program."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from . import thumbnails
from .images import Images
from .named_layers import AnyLayer, source
from .progress import ProgressTold

if TYPE_CHECKING:
    from .workspace import Workspace

#: How images are put into groups: clusters of their vectors, or communities of the graph of nearest neighbours.
GroupMethod = Literal["kmeans", "hdbscan", "spectral", "leiden", "fluid", "propagation"]
#: How a map is made.
MapMethod = Literal["pca", "umap", "tsne", "pacmap"]
#: Methods of the verb `communities`; the others are those of `cluster`.
COMMUNITIES = ("leiden", "fluid", "propagation")


@dataclass(frozen=True)
class Cluster:
    """One group of images.

    Attributes:
        index: its number, from 0.
        name: what a person calls it.
        size: how many images are in it.
        purity: the share of its images with the commonest label; ``None`` where there are no labels.
        labels: labels and how many of its images have each, the commonest first.
        channels: the channels that set it apart, the clearest first: layer, channel, and the mean deviation from all images.
        exemplars: the images nearest to its centre, nearest first.
    """

    index: int
    name: str | None
    size: int
    purity: float | None
    labels: list[tuple[str, int]]
    channels: list[tuple[str, int, float]]
    exemplars: Images


class Clusters:
    """Groups of images, by number: ``groups[0]`` is the first, ``groups.of(0)`` has its images, and ``groups.unassigned`` those
    that are in no group.

    >>> groups = work.clusters(4, progress=False)
    >>> groups[0].index, len(groups[0].exemplars) > 0
    (0, True)
    >>> groups.images.table.column_names[-2:]
    ['cluster', 'cluster_name']
    """

    def __init__(self, images: Images, groups: list[Cluster]) -> None:
        #: All images with a vector, ascending, with ``cluster`` (null for those in none) and ``cluster_name``.
        self.images = images
        self._groups = groups

    @property
    def about(self) -> dict[str, Any]:
        """What the program said of the whole: ``name`` (for ``cluster('NAME')`` in predicates), ``quality``,
        ``agreement_with_labels`` ..."""
        return self.images.about

    @property
    def unassigned(self) -> Images:
        """The images that are in no group, ascending: what ``hdbscan`` takes for noise, often many; none with most methods."""
        return self.images[np.flatnonzero(self._numbers() < 0)]

    def of(self, index: int) -> Images:
        """The images of one group, ascending. Those that are in none are :attr:`unassigned`.

        Raises:
            IndexError: when there is no such group.
        """
        if not 0 <= index < len(self):
            raise IndexError(self._no_group(index))
        return self.images[np.flatnonzero(self._numbers() == index)]

    def _numbers(self) -> npt.NDArray[Any]:
        return np.asarray(self.images.table["cluster"].fill_null(-1).to_numpy())

    def _no_group(self, index: int) -> str:
        there = {0: "there are no groups", 1: "there is one group, 0"}.get(
            len(self), f"there are {len(self)} groups, 0 to {len(self) - 1}"
        )
        return f"there is no group {index}; {there}"

    def _in_none(self) -> str:
        count = int(np.count_nonzero(self._numbers() < 0))
        return f"{count:,} of {len(self.images):,} images are in no group" if count else ""

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, index: int) -> Cluster:
        try:
            return self._groups[index]
        except IndexError:
            raise IndexError(self._no_group(index)) from None

    def __iter__(self) -> Iterator[Cluster]:
        return iter(self._groups)

    def __repr__(self) -> str:
        lines = [f"{len(self)} clusters of {len(self.images)} images ({self.about['method']}, {self.about['layer']})"]
        for group in self._groups:
            labels = ", ".join(f"{label} {count}" for label, count in group.labels[:3])
            lines.append(f"  {group.index}: {group.size} images{'  ' + labels if labels else ''}")
        if self._in_none():
            lines.append(f"  {self._in_none()} (unassigned)")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for group in self._groups:
            labels = ", ".join(f"{label} {count}" for label, count in group.labels[:3])
            parts.append(f"<h4>Cluster {group.index}: {group.size:,} images</h4>")
            few = len(self) <= 30
            parts.append(thumbnails.sheet(group.exemplars._workspace, group.exemplars[:8], labels) if few else html.escape(labels))
        if self._in_none():
            parts.append(f"<p>{self._in_none()}</p>")
        return "".join(parts)


def project(
    workspace: Workspace,
    method: MapMethod,
    layer: AnyLayer | None,
    pooling: str,
    seed: int,
    place: bool,
    progress: ProgressTold,
) -> Images:
    """See :meth:`Workspace.map`."""
    words = [f"--method={method}", *source(layer, pooling), "--place" if place else f"--seed={seed}"]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "map.csv")
        answer = workspace._ask("project", *words, f"--out={path}", "--", str(workspace.folder), progress=progress)
        types = {"path": pa.string(), "x": pa.float32(), "y": pa.float32(), "kept": pa.float32(), "placed": pa.bool_()}
        rows = _read_csv(path, types)
    del answer["out"]
    added = {name: rows[name] for name in ("x", "y", "kept", "placed")}
    return _ascending(workspace, [_unguarded(path) for path in rows["path"].to_pylist()], added, answer)


def cluster(
    workspace: Workspace,
    method: GroupMethod,
    layer: AnyLayer | None,
    pooling: str,
    seed: int,
    options: dict[str, Any],
    progress: ProgressTold,
) -> Clusters:
    """See :meth:`Workspace.clusters`."""
    verb = "communities" if method in COMMUNITIES else "cluster"
    words = [f"--method={method}", *source(layer, pooling), f"--seed={seed}"]
    words += [f"--{name}={value}" for name, value in options.items() if value is not None]
    answer = workspace._ask(verb, *words, "--", str(workspace.folder), progress=progress)
    rows = answer.pop("assignments")
    added = {
        "cluster": pa.array([row["cluster"] for row in rows], pa.int32()),
        "cluster_name": pa.array([row["name"] for row in rows], pa.string()),
    }
    images = _ascending(workspace, [row["path"] for row in rows], added, answer)
    return Clusters(images, [_group(workspace, told) for told in answer["clusters"]])


def _group(workspace: Workspace, told: dict[str, Any]) -> Cluster:
    return Cluster(
        told["cluster"],
        told["name"],
        told["size"],
        told["purity"],
        [(label, count) for label, count in told["labels"]],
        [(channel["layer"], channel["channel"], channel["mean_z"]) for channel in told["telling"]],
        workspace._with_answer(workspace.ids_by_name(told["exemplars"]), {}, {}),
    )


def _ascending(workspace: Workspace, names: list[str], added: dict[str, Any], about: dict[str, Any]) -> Images:
    ids = np.array(workspace.ids_by_name(names), dtype=np.int64)
    order = pa.array(np.argsort(ids, kind="stable"))
    columns = {name: values.take(order) for name, values in added.items()}
    return workspace._with_answer(np.sort(ids).tolist(), columns, about)


def _unguarded(cell: str) -> str:
    """What the program keeps spreadsheets from computing begins with an apostrophe."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def _read_csv(path: str, types: dict[str, pa.DataType]) -> pa.Table:
    convert = csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    return csv.read_csv(path, convert_options=convert, parse_options=csv.ParseOptions(newlines_in_values=True))
