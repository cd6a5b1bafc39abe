"""What a collection has that stands out: what may be wrong with it, and who stands where in the graph of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .named_layers import AnyLayer, source
from .probe import listed
from .progress import ProgressTold

if TYPE_CHECKING:
    from .images import Images


class Findings:
    """A part of :class:`tiramisu_vision.Workspace`. What is found is kept in the workspace, where the window shows it."""

    folder: Path

    if TYPE_CHECKING:

        def _ask(self, verb: str, *words: str, progress: ProgressTold = False) -> Any: ...
        def _answered(self, answer: dict[str, Any], key: str, wanted: list[str]) -> Images: ...
        def _with_answer(self, ids: list[int], added: dict[str, Any], about: dict[str, Any]) -> Images: ...
        def ids_by_name(self, names: list[str]) -> list[int]: ...

    def suspicious_labels(
        self,
        *,
        layer: AnyLayer | None = None,
        pooling: str = "average",
        neighbours: int = 15,
        others: int = 4,
        by: str = "margin",
        count: int = 1000,
        progress: ProgressTold = True,
    ) -> Images:
        """Images whose labels are probably wrong, the most suspicious first: their neighbours have another label.

        ``likely`` is the label that each should probably have, ``reason`` says why, ``layers`` how many layers agree, and
        ``middles`` at how many of them the mean of the likely label is nearer than that of the image's own;
        :attr:`Images.about` has how many there are in all (``suspicious``) and which layers were asked. These are the
        rows that cleanlab's confident learning finds in the shares of labels among neighbours. They are kept in the
        workspace, where the window shows them.

        Args:
            neighbours: how many neighbours of each image are considered.
            others: how many further layers are asked whether they agree.
            by: ``margin`` (how much more probable another label is) or ``confidence`` (how improbable its own is).
            count: how many to list.

        >>> wrong = work.suspicious_labels(progress=False)
        >>> wrong.about["labels"] > 1, len(wrong) == wrong.about["suspicious"]
        (True, True)
        """
        words = [*source(layer, pooling), f"--neighbours={neighbours}", f"--others={others}"]
        words += [f"--by={by}", f"--top={count}"]
        answer = self._ask("suspicious-labels", *words, "--", str(self.folder), progress=progress)
        columns = ["likely", "margin", "confidence", "likely_neighbours", "label_neighbours", "layers"]
        columns += ["middles", "reason"]
        return self._answered(answer, "rows", columns)

    def odd_pictures(self, only: str | Sequence[str] = (), *, progress: ProgressTold = True) -> Images:
        """Pictures that something is wrong with, whatever they show, with the ``reason`` of each: blurred, dark, bright,
        near-blank, of odd shape, tiny; and files that cannot be read.

        :attr:`Images.about` has how many there are of each (``counts``), and the ways in which so many are that it is not
        odd (``common``). What was measured of every image is kept in the workspace.

        Args:
            only: ``unreadable``, ``blurred``, ``dark``, ``bright``, ``blank``, ``shape``, ``tiny``; all by default. One, or
                several.

        >>> odd = work.odd_pictures(progress=False)
        >>> odd.about["images"], dict(odd.about["counts"])["unreadable"]
        (132, 0)
        """
        words = [f"--only={kind}" for kind in listed(only)]
        answer = self._ask("odd-pictures", *words, "--", str(self.folder), progress=progress)
        return self._answered(answer, "rows", ["reason"])

    def duplicates(
        self,
        only: str | Sequence[str] = (),
        *,
        layer: AnyLayer | None = None,
        pooling: str = "average",
        progress: ProgressTold = True,
    ) -> list[Images]:
        """Groups of images that are the same picture. :attr:`Images.about` of each has the ``reasons``, each a way and how
        far the images are apart in it at most, and the ``labels`` and ``splits`` among them, where they differ.

        Args:
            only: ``content`` (equal bytes), ``appearance`` (alike to the eye), ``features`` (the same to a layer); all by
                default.
            layer: the layer for ``features``.

        >>> work.duplicates("content", progress=False)
        []
        """
        words = [f"--only={way}" for way in listed(only)] + source(layer, pooling)
        answer = self._ask("duplicates", *words, "--", str(self.folder), progress=progress)
        of_all = {key: answer[key] for key in ("layer", "pooling") if key in answer}
        groups = []
        for told in answer["groups"]:
            about = {**of_all, **{key: value for key, value in told.items() if key != "images"}}
            groups.append(self._with_answer(self.ids_by_name(told["images"]), {}, about))
        return groups

    def outliers(
        self,
        count: int = 20,
        *,
        by: str = "distance",
        layer: AnyLayer | None = None,
        pooling: str = "average",
        neighbours: int = 10,
        progress: ProgressTold = True,
    ) -> Images:
        """The images unlike all others, the least alike first, with ``rank`` and ``score``.

        Args:
            by: ``distance`` (far from the last of its ``neighbours``), ``factor`` (in a sparser region than its neighbours,
                LOF) or ``cluster`` (far from the centre of its own cluster).

        >>> work.outliers(3, progress=False).table["rank"].to_pylist()
        [1, 2, 3]
        """
        words = [*source(layer, pooling), f"--by={by}", f"--neighbours={neighbours}", f"--top={count}"]
        answer = self._ask("outliers", *words, "--", str(self.folder), progress=progress)
        return self._answered(answer, "outliers", ["rank", "score"])

    def centrality(
        self,
        by: str = "typicality",
        *,
        count: int = 20,
        layer: AnyLayer | None = None,
        pooling: str = "average",
        neighbours: int = 15,
        seed: int = 0,
        progress: ProgressTold = True,
    ) -> Images:
        """Typical pictures, hubs or bridges in the graph of nearest neighbours, the highest first, with all that is measured
        of each: ``degree``, ``in_degree``, ``pagerank``, ``typicality``, ``betweenness``, ``harmonic``, ``community``,
        ``component`` and others. :attr:`Images.about` has the ``table`` with those of every image, and what the ``graph`` is
        like as a whole.

        Args:
            by: ``typicality``, ``in_degree`` (hubs, which are near everything), ``betweenness`` (bridges between groups),
                ``pagerank``, ``harmonic`` or ``degree``.
            neighbours: how many nearest neighbours each image is joined with.
            seed: of the images from which ways are searched, where there are too many to search from all.

        >>> hubs = work.centrality("in_degree", count=3, progress=False)
        >>> hubs.table["in_degree"][0].as_py() > 15, work.table(hubs.about["table"]).count_rows()
        (True, 132)
        """
        words = [*source(layer, pooling), f"--by={by}", f"--neighbours={neighbours}", f"--top={count}", f"--seed={seed}"]
        answer = self._ask("centrality", *words, "--", str(self.folder), progress=progress)
        measured = ["degree", "mutual_degree", "in_degree", "pagerank", "typicality", "betweenness", "harmonic"]
        return self._answered(answer, "most_central", [*measured, "community", "component", "strong_component"])
