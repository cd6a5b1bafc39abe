"""What is known of a folder of pictures."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import lance
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import networks, program, tables, tagging
from .boxes import Boxes
from .catalogue import Catalogue
from .errors import Remark, TiramisuError
from .images import Image, Images, ManyImages, OneImage
from .named_layers import AnyLayer, ManyLayers, names_of, not_stored
from .progress import ProgressTold
from .pulling import Pulled, pull_again
from .questions import Questions
from .tables import Layer, Rows


class Workspace(Questions):
    """What is known of a folder of pictures: made by :func:`open` and :func:`extract`.

    Tables are read when they are asked for, so an answer is of the state at that moment. Whatever is a result of many
    images comes in ascending order of their numbers unless it says otherwise.

    Only one program writes a workspace at a time. While the window has the folder open, everything can be read and asked;
    maps and clusters are made but not kept, which a warning says, and tags and extractions are refused.

    Attributes:
        path: where the workspace lies.
        folder: the folder of pictures that it is about, absolute.

    >>> work
    <Workspace of 132 images in ...sample, seen by ladyfinger>
    """

    def __init__(
        self,
        path: Path,
        network: str | os.PathLike[str] | None = None,
        *,
        compute: str = "auto",
        precision: str = "single",
    ) -> None:
        known = tables.identity(path)
        self.path: Path = path
        self.folder: Path = tables.folder_of(known)
        self._choice = networks.choose(path, None if network is None else os.fspath(network))
        self._compute, self._precision = compute, precision
        self._catalogue: Catalogue | None = None

    @property
    def network(self) -> str | None:
        """The network whose vectors are looked at; ``None`` before anything was extracted."""
        return None if self._choice.table is None else self._choice.table.network

    # What there is.

    @property
    def images(self) -> Images:
        """All images on record, row *i* being image *i*. Also those that could not be read (``problem`` says why).

        >>> len(work.images), work.images[0].label
        (132, 'bricks')
        """
        return Images(self, self.catalogue.rows)

    @property
    def problems(self) -> Images:
        """The images that could not be read, or whose files are gone; the column ``problem`` says why."""
        images = self.images
        return images[np.asarray(images.table["problem"].is_valid().to_numpy())]

    @property
    def layers(self) -> list[Layer]:
        """The layers whose vectors are stored, in the order of the network (those that were added later, last).

        >>> work.layers[-1]
        Layer(name='features.12.concat', channels=512, poolings=('average', 'maximum'), dtype='float16')
        """
        table = self._features()
        return tables.layers(tables.columns(table)) if table.count_rows() else []

    @property
    def tables(self) -> list[str]:
        """The names of all tables, for :meth:`table`. Kept results are among them, by what they are: ``map_...``,
        ``clusters_...``."""
        return tables.names(self.path)

    def table(self, name: str) -> lance.LanceDataset:
        """One table as Lance opens it, in its newest version.

        >>> work.table("images").schema.names[:2]
        ['id', 'path']
        """
        return tables.open_table(self.path, name)

    def vectors(self, layer: AnyLayer, pooling: str = "average", of: ManyImages | None = None) -> npt.NDArray[Any]:
        """The vectors of a layer, ``[images, channels]``, as float16, or float32 where the layer has large numbers.

        Row *i* is that of the *i*-th of :meth:`images_with`, the images that have one, ascending; or of the *i*-th of
        ``of``. The array is Lance's own memory where it can be, and cannot be written to: ``.astype(np.float32)``
        makes a copy that can, and that numbers are better computed with.

        >>> vectors = work.vectors("features.12.concat")
        >>> vectors.shape, vectors.dtype
        ((132, 512), dtype('float16'))
        >>> work.vectors("features.12.concat", of=[5, 3]).shape
        (2, 512)

        Raises:
            KeyError: when one of ``of`` has no vector.
        """
        rows = self._rows(layer, pooling)
        if of is None:
            return rows.values
        ids = self.ids_of(of)
        places = np.searchsorted(rows.ids, ids)
        inside = np.minimum(places, max(len(rows.ids) - 1, 0))
        lacking = ids[rows.ids[inside] != ids] if len(rows.ids) else ids
        if len(lacking):
            raise KeyError(f"image {lacking[0]} has no vector at {layer} ({pooling}); see images_with(layer, pooling)")
        values = rows.values[places]
        values.flags.writeable = False
        return values

    def images_with(self, layer: AnyLayer, pooling: str = "average") -> Images:
        """The images that have a vector at a layer, in the order of the rows of :meth:`vectors`."""
        return self._with_answer(self._rows(layer, pooling).ids.tolist(), {}, {})

    # Tags.

    @property
    def tags(self) -> dict[str, Images]:
        """The images of each tag, ascending; tags in alphabetical order.

        >>> _ = work.tag("odd", work.images[1::2])
        >>> {tag: len(tagged) for tag, tagged in work.tags.items()}
        {'odd': 66}
        >>> _ = work.untag("odd", work.tags["odd"])
        """
        return tagging.read(self)

    def tag(self, tag: str, images: ManyImages) -> int:
        """Gives images a tag; how many did not bear it before. The pictures are not changed.

        >>> work.tag("round", work.query("label = 'spirals'")), list(work.tags)
        (6, ['round'])
        >>> work.untag("round", work.tags["round"]), list(work.tags)
        (6, [])
        """
        return tagging.change(self, tag, self.ids_of(images), remove=False)

    def untag(self, tag: str, images: ManyImages) -> int:
        """Takes a tag from images; how many bore it."""
        return tagging.change(self, tag, self.ids_of(images), remove=True)

    # Boxes.

    @property
    def boxes(self) -> Boxes:
        """The boxes that were imported. Each can become a picture of its own: :meth:`Boxes.cut_out`."""
        return Boxes(self)

    # The window.

    def select(self, images: ManyImages) -> bool:
        """Selects images in the window that has the folder open, and no others; there it can be undone. Without images
        nothing is selected. Whether there is such a window: if not, they are selected when one is opened.

        >>> work.select(work.query("label = 'ferns'"))
        False
        """
        ids = self.ids_of(images)
        if not len(ids):
            return bool(program.ask("select", "--clear", "--", str(self.path))["is_shown"])
        numbers = "\n".join(map(str, ids.tolist())).encode("ascii")
        answer = program.ask("select", "--", str(self.path), "-", feed=lambda pipe: _write(pipe, numbers))
        return bool(answer["is_shown"])

    def selection(self) -> Images:
        """What is selected in the window that has the folder open, ascending.

        Raises:
            TiramisuError: when no window has it open.
        """
        answer = program.ask("select", "--show", "--", str(self.path))
        return self._with_answer([row["id"] for row in answer["images"]], {}, {})

    # Work.

    def extract(self, layers: ManyLayers | None = None, *, progress: ProgressTold = True) -> Workspace:
        """Extracts what is missing; goes on where an earlier run stopped. See :func:`extract`."""
        network = self._choice.option()
        return run_extraction(self.folder, network, layers, self.path, self._compute, self._precision, progress)

    def pull(
        self, *, storage_options: Mapping[str, str] | None = None, discard: bool = False, progress: ProgressTold = True
    ) -> Pulled:
        """Brings what is new from where this workspace was brought from, by :func:`pull` or ``tiramisu pull``: the same layers,
        or all.

        Args:
            storage_options: as pylance takes them. They are not remembered, since a password may be among them.
            discard: give up what was changed here since it was brought.
            progress: as :func:`pull` has it.

        >>> brought = tiramisu.pull(work.path, folder.parent / "brought", progress=False)
        >>> tiramisu.open(brought.path).pull(progress=False).files
        0

        Raises:
            TiramisuError: when this workspace was made here, or was changed here since it was brought and that is not to be
            discarded.
        """
        pulled = pull_again(self.path, storage_options, discard, progress)
        if self._choice.table is None:
            self._choice = networks.choose(self.path, self._choice.option())
        return pulled

    # What the parts of this package need of it.

    @property
    def catalogue(self) -> Catalogue:
        """All images on record, read again when there is a newer version."""
        table = self.table("images")
        imported = self.table("labels") if (self.path / "labels.lance").is_dir() else None
        versions = (table.version, None if imported is None else imported.version)
        if self._catalogue is None or self._catalogue.versions != versions:
            self._catalogue = Catalogue(table, self.folder, imported)
        return self._catalogue

    def ids_of(self, images: ManyImages) -> npt.NDArray[np.uint32]:
        """The numbers of images, in their order.

        Raises:
            KeyError: when one is not in the collection.
        """
        if isinstance(images, Images):
            return images.ids
        if isinstance(images, (str, os.PathLike, int, np.integer, Image)):
            images = [images]
        catalogue = self.catalogue
        return np.array([_id_of(image, catalogue) for image in images], dtype=np.uint32)

    def ids_by_name(self, names: list[str]) -> list[int]:
        """Numbers of images by their names below the folder."""
        known = self.catalogue.id_of_name
        try:
            return [known[name] for name in names]
        except KeyError as error:
            raise TiramisuError(f"the images changed while the program answered; ask again: {error.args[0]}") from None

    def _with_answer(self, ids: list[int], added: dict[str, Any], about: dict[str, Any]) -> Images:
        """Images by number with further columns."""
        rows = self.catalogue.take(ids)
        for name, values in added.items():
            rows = rows.append_column(name, values)
        return Images(self, rows, about)

    def _answered(self, answer: dict[str, Any], key: str, wanted: list[str]) -> Images:
        """The images that an answer of the program lists, with its columns, in its order."""
        listed = answer[key]
        ids = self.ids_by_name([row["path"] for row in listed])
        there = [name for name in wanted if any(row.get(name) is not None for row in listed)]
        added = {name: pa.array([row.get(name) for row in listed]) for name in there}
        return self._with_answer(ids, added, {name: value for name, value in answer.items() if name != key})

    def _features(self) -> lance.LanceDataset:
        if self._choice.table is None:
            raise TiramisuError(f"nothing has been extracted yet: {self.folder}")
        return self.table(self._choice.table.name)

    def _rows(self, layer: AnyLayer, pooling: str) -> Rows:
        table = self._features()
        found = tables.columns(table)
        wanted = [column for column in found if column.layer == str(layer) and column.pooling == pooling]
        if not wanted:
            if pooling not in tables.POOLINGS:
                raise KeyError(f"there is no pooling {pooling}; choose {' or '.join(tables.POOLINGS)}")
            raise KeyError(not_stored(str(layer), pooling, names_of(tables.layers(found))))
        return tables.read_rows(table, wanted[0], self.catalogue.rows["name"])

    def _ask(self, verb: str, *words: str, progress: ProgressTold = False, feed: program.Feed | None = None) -> Any:
        opening = [f"--workspace={self.path}", f"--compute={self._compute}", f"--precision={self._precision}"]
        network = self._choice.option()
        opening += [] if network is None else [f"--network={network}"]
        return program.ask(verb, *opening, *words, progress=progress, feed=feed)

    def __repr__(self) -> str:
        seen = f"seen by {self.network}" if self.network else "nothing extracted yet"
        return f"<Workspace of {len(self.images)} images in {self.folder}, {seen}>"


def _id_of(image: OneImage, catalogue: Catalogue) -> int:
    if isinstance(image, Image):
        return image.id
    if isinstance(image, (int, np.integer)):
        count = catalogue.rows.num_rows
        if not 0 <= image < count:
            raise KeyError(f"there is no image {image}; there are {count}")
        return int(image)
    found = catalogue.id_of_path(os.fspath(image))
    if found is None:
        raise KeyError(f"the workspace does not know this picture: {os.fspath(image)}")
    return found


def _write(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(content)


def run_extraction(
    folder: str | os.PathLike[str],
    network: str | os.PathLike[str] | None,
    layers: ManyLayers | None,
    workspace: str | os.PathLike[str] | None,
    compute: str,
    precision: str,
    progress: ProgressTold,
) -> Workspace:
    """Extracts, and opens what came of it."""
    words = [f"--compute={compute}", f"--precision={precision}"]
    words += [] if network is None else [f"--network={os.fspath(network)}"]
    words += [] if workspace is None else [f"--workspace={os.path.abspath(workspace)}"]
    if layers is not None:
        words.append("--layers=" + ",".join(names_of(layers)))
    answer = program.ask("extract", *words, "--", os.path.abspath(folder), progress=progress)
    if not answer["images"]:
        warnings.warn(
            f"there are no pictures in this folder or the folders in it (JPEG, PNG, WebP, GIF, BMP or TIFF): {answer['folder']}",
            Remark,
            stacklevel=3,
        )
    if answer["unreadable"]:
        first = answer["unreadable"][0]
        count = len(answer["unreadable"])
        warnings.warn(
            f"{count} picture{'' if count == 1 else 's'} could not be read, the first being {first['path']} "
            f"({first['problem']}); Workspace.problems has all",
            Remark,
            stacklevel=3,
        )
    return Workspace(Path(answer["workspace"]), network, compute=compute, precision=precision)
