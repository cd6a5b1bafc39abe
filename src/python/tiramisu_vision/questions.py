"""Questions about a collection. Each is answered by the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy.typing as npt

from . import analyses, probe, program
from .analyses import Clusters, GroupMethod, MapMethod
from .classes import Classes
from .findings import Findings
from .images import Images, ManyImages
from .named_layers import AnyLayer
from .progress import ProgressTold

if TYPE_CHECKING:
    from .workspace import Workspace


class Questions(Findings, Classes):
    """A part of :class:`tiramisu_vision.Workspace`: which images are meant, which are alike, and how they lie together."""

    @property
    def _whole(self) -> Workspace:
        return cast("Workspace", self)

    def query(self, predicate: str) -> Images:
        """The images for which a predicate is true, ascending. ``tiramisu query --help`` has the language.

        Its ``path`` is what the column ``name`` of :attr:`Images.table` has, and may be called so, too; an absolute path in the
        folder means the same. What is asked for that no image has, such as a tag, is told in a warning.

        >>> len(work.query("label in ('ferns', 'spirals') and width > 64"))
        12
        """
        answer = self._ask("query", "--", str(self.folder), predicate)
        program._tell(answer["remarks"])
        about = {key: value for key, value in answer.items() if key != "images"}
        return self._with_answer([row["id"] for row in answer["images"]], {}, about)

    def neighbours(
        self,
        of: ManyImages | None = None,
        *,
        against: ManyImages | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        vector: npt.ArrayLike | None = None,
        layer: AnyLayer | None = None,
        pooling: str = "average",
        metric: str | None = None,
        count: int = 10,
        where: str | None = None,
        region: tuple[float, float, float, float] | None = None,
        anywhere: bool = False,
        mix: Mapping[AnyLayer, float] | Mapping[str, float] | None = None,
        embedding: bool = False,
        exact: bool = False,
    ) -> Images:
        """The images most like others, nearest first, with ``rank`` and ``score`` (``region``, where one was looked for).

        Args:
            of: what to be like: images of the collection, or files elsewhere.
            against: what to be unlike.
            like: many at once: ``label:NAME``, ``tag:NAME``, ``cluster:CLUSTERING:NUMBER`` or ``class:NAME``.
            unlike: the same for what to be unlike.
            vector: a vector of the layer to be like.
            layer: where to compare; by default the deepest stored layer before the class scores.
            metric: ``cosine`` (unless another is named), ``euclidean`` or ``dot``.
            where: a predicate that neighbours have to fulfil.
            region: the part of the (single) picture to search with, as shares of its sides: left, top, right, bottom.
            anywhere: search for that part anywhere in the others; needs stored activations.
            mix: several layers, each with its weight.
            embedding: compare by the full-network embedding, which :meth:`embed` makes once. It has a metric of its own: the
                ``score`` is how many features differ.
            exact: compare every image, even where an index would be quicker.

        >>> near = work.neighbours(work.query("label = 'ferns'")[0], count=3)
        >>> near.labels
        ['ferns', 'ferns', 'ferns']
        >>> near.about["layer"], near.about["exact"]
        ('features.12.concat', True)
        """
        arguments = probe.Probe(
            self._whole, of, against, like, unlike, vector, layer, pooling, metric, count, where, region, anywhere, mix, embedding,
            exact,
        )  # fmt: skip
        with arguments.written() as words:
            answer = self._ask("neighbours", f"--folder={self.folder}", *words)
        return self._answered(answer, "neighbours", ["rank", "score", "region"])

    def embed(self, *, progress: ProgressTold = True) -> dict[str, Any]:
        """Makes the full-network embedding: of every feature of every stored layer, whether it is unusually strong in an image,
        unusually weak, or neither. What the program says of it. It is kept in the workspace, and ``neighbours(...,
        embedding=True)`` compares by it.

        >>> work.embed(progress=False)["images"]
        132
        >>> near = work.neighbours(0, embedding=True, count=3)
        >>> near.about["metric"], len(near)
        ('features that differ', 3)
        """
        answer: dict[str, Any] = self._ask("embed", "--", str(self.folder), progress=progress)
        return answer

    def exemplars(self, layer: AnyLayer, channel: int | None = None, count: int | None = None) -> Images:
        """The images that excite a channel of a layer most, the strongest first; without a ``channel``, the strongest of
        each channel, in the order of channels. With ``channel``, ``rank``, ``value``, and ``row`` and ``column`` of that
        value in the channel's map.

        >>> work.exemplars("features.12.concat", 17, count=2).table["channel"].to_pylist()
        [17, 17]
        """
        words = [f"--layer={layer}"]
        words += [] if channel is None else [f"--channel={channel}"]
        words += [] if count is None else [f"--count={count}"]
        answer = self._ask("exemplars", *words, "--", str(self.folder))
        return self._answered(answer, "exemplars", ["channel", "rank", "value", "row", "column"])

    def map(
        self,
        method: MapMethod = "umap",
        *,
        layer: AnyLayer | None = None,
        pooling: str = "average",
        seed: int = 0,
        place: bool = False,
        progress: ProgressTold = True,
    ) -> Images:
        """A map: where each image lies on a plane, as ``x`` and ``y``, ascending by image.

        ``kept`` is the share of an image's nearest neighbours that are near it on the map, ``placed`` says whether it
        got its place after the map was made; :attr:`Images.about` has ``trustworthiness`` and ``neighbours_kept`` of the
        whole. The map is kept in the workspace, where the window shows it.

        Args:
            method: ``pca``, ``umap``, ``tsne`` or ``pacmap``.
            place: leave the map that is there as it is, and place the images on it that were added later.

        >>> work.map("pca", progress=False).table.column_names[-4:]
        ['x', 'y', 'kept', 'placed']
        """
        return analyses.project(self._whole, method, layer, pooling, seed, place, progress)

    def clusters(
        self,
        count: int | None = None,
        *,
        method: GroupMethod = "kmeans",
        layer: AnyLayer | None = None,
        pooling: str = "average",
        seed: int = 0,
        neighbours: int | None = None,
        least: int | None = None,
        resolution: float | None = None,
        progress: ProgressTold = True,
    ) -> Clusters:
        """Groups of images, without labels. They are kept in the workspace, where the window shows them.

        With ``hdbscan`` an image may be in no group, and often most are: how many is said where the answer is shown, and
        :attr:`Clusters.unassigned` has them.

        Args:
            count: how many (``kmeans``, ``spectral`` and ``fluid``; 20 by default).
            method: ``kmeans``, ``hdbscan`` or ``spectral`` (by eigenvectors of the neighbour graph), or a community of that
                graph: ``leiden``, ``fluid``, ``propagation``.
            neighbours: nearest neighbours that make a region dense (``hdbscan``), or that an image is joined with.
            least: smallest size of a cluster (``hdbscan``).
            resolution: a larger one gives more communities (``leiden``).

        >>> groups = work.clusters(4, progress=False)
        >>> len(groups), sum(group.size for group in groups), len(groups.images)
        (4, 132, 132)
        """
        options = {"count": count, "neighbours": neighbours, "least": least, "resolution": resolution}
        return analyses.cluster(self._whole, method, layer, pooling, seed, options, progress)
