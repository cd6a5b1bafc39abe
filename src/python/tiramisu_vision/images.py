"""Images: what every question is answered with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import exporting, thumbnails
from .errors import needing
from .named_layers import AnyLayer, ManyLayers, names_of
from .progress import ProgressTold

if TYPE_CHECKING:
    import datasets
    import fiftyone
    import pandas
    from PIL.Image import Image as Picture

    from .torch import Pictures, VectorRows
    from .workspace import Workspace

Ids = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Image:
    """One image.

    Attributes:
        id: its number in the workspace.
        path: its file.
        label: the name of the folder that it lies in; ``None`` at the top of the collection.
        problem: why it could not be read, if so.
        found: the columns that an answer adds, by name, such as ``score``.
    """

    id: int
    path: Path
    label: str | None
    problem: str | None
    found: dict[str, Any] = field(default_factory=dict)
    _workspace: Workspace | None = field(default=None, repr=False, compare=False)

    def open(self) -> Picture:
        """The picture itself, by Pillow (``pip install pillow``), turned upright."""
        with needing("pillow", "PIL"):
            from PIL import Image as pillow
            from PIL import ImageOps

        with pillow.open(self.path) as picture:
            return ImageOps.exif_transpose(picture) or picture.copy()

    def thumbnail(self) -> bytes | None:
        """A small JPEG of it, as the workspace keeps it; ``None`` when it could not be read."""
        if self._workspace is None:
            return None
        return thumbnails.read(self._workspace, [self.id]).get(self.id)

    def __fspath__(self) -> str:
        return str(self.path)

    def _repr_html_(self) -> str:
        small = self.thumbnail()
        return thumbnails.figure(small, str(self.path), thumbnails.caption(self.label, self.found))


class Images:
    """Images in an order, with what is known of them.

    They are rows of an Arrow table, :attr:`table`, with the columns

    - ``id``: the image's number in the workspace, from 0; it never changes,
    - ``path``: the file, absolute,
    - ``name``: the same below the collection's folder, with ``/`` between folders: what tables of the workspace, files that are
      exported and predicates call ``path``. Predicates take ``name`` for it, too, and an absolute path for the one below,
    - ``label``: the name of the folder that the file lies in,
    - ``width``, ``height`` (pixels), ``file_bytes``, ``modified`` (UTC), ``problem`` (why it could not be read),

    and those that an answer adds, such as ``rank`` and ``score`` of neighbours. pandas, polars and DuckDB take such
    an object where they take an Arrow table; in a notebook it shows the pictures.

    Attributes:
        table: the rows, as an Arrow table.
        about: what the program said of the answer as a whole: the layer, the metric, whether it is exact ...

    >>> ferns = work.query("label = 'ferns'")
    >>> len(ferns), ferns[0].label
    (6, 'ferns')
    >>> ferns[:2].table.column_names[:4]
    ['id', 'path', 'name', 'label']
    """

    def __init__(self, workspace: Workspace, table: pa.Table, about: dict[str, Any] | None = None) -> None:
        self._workspace = workspace
        self.table: pa.Table = table
        self.about: dict[str, Any] = about or {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def ids(self) -> Ids:
        """The images' numbers, in this order."""
        return np.asarray(self.table["id"].to_numpy(), dtype=np.uint32)

    @property
    def paths(self) -> list[Path]:
        """The files, in this order; exact also where a name is not Unicode, which a table cannot hold."""
        return [self._path(place) for place in range(len(self))]

    @property
    def labels(self) -> list[str | None]:
        """The labels, in this order."""
        labels: list[str | None] = self.table["label"].to_pylist()
        return labels

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame of pandas (``pip install pandas``)."""
        with needing("pandas"):
            frame: pandas.DataFrame = self.table.to_pandas()
        return frame

    def vectors(self, layer: AnyLayer, pooling: str = "average") -> npt.NDArray[Any]:
        """Their vectors at a layer: row *i* is that of the *i*-th of these images. See :meth:`Workspace.vectors`."""
        return self._workspace.vectors(layer, pooling, of=self)

    def tag(self, tag: str) -> int:
        """Gives all of them a tag; how many did not bear it before. See :meth:`Workspace.tag`."""
        return self._workspace.tag(tag, self)

    def untag(self, tag: str) -> int:
        """Takes a tag from all of them; how many bore it."""
        return self._workspace.untag(tag, self)

    def select(self) -> bool:
        """Selects all of them in the window that has the folder open. See :meth:`Workspace.select`."""
        return self._workspace.select(self)

    def export(
        self,
        to: str | os.PathLike[str],
        *,
        format: str | None = None,
        layers: ManyLayers | None = None,
        pooling: str = "average",
        by: str = "label",
        overwrite: bool = False,
        progress: ProgressTold = True,
    ) -> Path:
        """Takes them away, in this order: copies of their files into a folder, or a file whose ending says what is in it
        (``.csv``, ``.json``, ``.npy``, ``.parquet``, ``.coco.json``, ``.pdf`` ...). Returns where they are.

        >>> ferns = work.query("label = 'ferns'")
        >>> where = ferns.export(folder.parent / "taken", progress=False)
        >>> len(list(where.iterdir()))
        6

        Args:
            to: a file whose ending is one that is known, or a folder without an ending. A folder for copies has to be new or
                empty.
            format: what to write where the ending does not say it, such as ``yolo`` or ``folders``, or ``files`` for copies in a
                folder whose name ends like a file's; ``tiramisu export --help`` lists all.
            layers: whose vectors are written, by formats that hold vectors; by default the deepest that is stored.
            by: what the classes of a data set are: ``label``, ``tag``, ``cluster`` or ``cluster:NAME``.
            overwrite: whether the file of this name is replaced (with ``.npy`` the table that was written beside it, too, and no
                other), or in a folder of copies those of the same names.

        Raises:
            MisuseError: when no format has the ending.
            TiramisuError: when nothing can be written there, the file exists, or files lie in the folder.
        """
        return exporting.export(self, to, format, layers, pooling, by, overwrite, progress)

    def thumbnails(self) -> list[bytes | None]:
        """A small JPEG of each, in this order; ``None`` for those that could not be read."""
        ids = [int(id) for id in self.ids]
        found = thumbnails.read(self._workspace, ids)
        return [found.get(id) for id in ids]

    def to_torch(self, layer: AnyLayer | None = None, pooling: str = "average", transform: Any = None) -> VectorRows | Pictures:
        """A map-style data set for PyTorch (``pip install torch``), in this order.

        With a ``layer``, item *i* is ``(vector, class)``: a float32 tensor and a number. Without, it is
        ``(picture, class)``, the picture opened by Pillow and given to ``transform``. ``classes`` of the data set are
        the labels in alphabetical order; the class of an image without a label is -1.

        Where a ``DataLoader`` has workers, give it ``multiprocessing_context="spawn"``: Lance, which is loaded by then, is
        not made to be forked, and warns.

        >>> rows = work.query("label in ('ferns', 'trees')").to_torch("features.12.concat")
        >>> len(rows), rows.classes, rows[0][0].shape
        (12, ['ferns', 'trees'], torch.Size([512]))
        """
        with needing("torch"):
            from .torch import Pictures, VectorRows

        return Pictures(self, transform) if layer is None else VectorRows(self, str(layer), pooling)

    def to_datasets(self, layers: ManyLayers | None = None, pooling: str = "average") -> datasets.Dataset:
        """The same rows for Hugging Face ``datasets``, in this order, with a column ``image`` that is decoded when it is
        asked for, ``label`` as a ``ClassLabel``, and a column for each of ``layers``, named like the layer.

        >>> rows = work.query("label = 'ferns'").to_datasets(["features.12.concat"])
        >>> len(rows), len(rows[0]["features.12.concat"]), rows.features["label"].names
        (6, 512, ['ferns'])
        """
        with needing("datasets"):
            from .huggingface import dataset_of

        return dataset_of(self, names_of(layers), pooling)

    def to_fiftyone(
        self, name: str | None = None, layers: ManyLayers | None = None, pooling: str = "average"
    ) -> fiftyone.Dataset:
        """A data set of FiftyOne (``pip install fiftyone``): a sample an image, in this order, with ``label`` as its
        ``ground_truth``, its tags, and a field of vectors for each of ``layers``.

        >>> made = work.query("label = 'ferns'").to_fiftyone(layers=["features.12.concat"])
        >>> len(made), made.first().ground_truth.label
        (6, 'ferns')
        """
        with needing("fiftyone"):
            from .fiftyone import dataset_of

        return dataset_of(self, name, names_of(layers), pooling)

    @overload
    def __getitem__(self, key: int) -> Image: ...
    @overload
    def __getitem__(self, key: slice | list[int] | list[bool] | npt.NDArray[Any]) -> Images: ...
    def __getitem__(self, key: int | slice | list[int] | list[bool] | npt.NDArray[Any]) -> Image | Images:
        """One image by its place, or some of them: by a slice, places or a mask, as in NumPy."""
        if isinstance(key, (int, np.integer)):
            place = int(key) + len(self) if key < 0 else int(key)
            if not 0 <= place < len(self):
                raise IndexError(f"there are {len(self)} images, and none at {key}")
            return self._image(place)
        places = np.arange(len(self))[key]
        return Images(self._workspace, self.table.take(pa.array(places)), self.about)

    def __iter__(self) -> Iterator[Image]:
        for place in range(len(self)):
            yield self._image(place)

    def _image(self, place: int) -> Image:
        row = self.table.slice(place, 1).to_pylist()[0]
        found = {name: value for name, value in row.items() if name not in COLUMNS}
        return Image(row["id"], self._path(place), row["label"], row["problem"], found, self._workspace)

    def _path(self, place: int) -> Path:
        return self._workspace.catalogue.path(self.table["id"][place].as_py())

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The rows, for whoever takes Arrow's tables."""
        return self.table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        lines = [f"{len(self)} image{'' if len(self) == 1 else 's'} of {self._workspace.folder}"]
        added = [name for name in self.table.column_names if name not in COLUMNS]
        shown = self.table.select(["name", *added]).slice(0, 10).to_pylist()
        for row in shown:
            told = ", ".join(f"{name} {thumbnails.in_words(row[name])}" for name in added if row[name] is not None)
            lines.append(f"  {row['name']}" + (f"  ({told})" if told else ""))
        if len(self) > len(shown):
            lines.append(f"  and {len(self) - len(shown)} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return thumbnails.sheet(self._workspace, self)


#: What is known of every image, in the order of a table's columns.
COLUMNS = ["id", "path", "name", "label", "width", "height", "file_bytes", "modified", "problem"]

#: What names one image: its file, its number, or the image itself.
OneImage = str | os.PathLike[str] | int | np.integer[Any] | Image
#: What names images: those of an answer, or any number of single ones.
ManyImages = Images | OneImage | Iterable[OneImage]
