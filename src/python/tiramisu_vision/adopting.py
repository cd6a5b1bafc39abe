"""Bringing vectors that were made elsewhere into a workspace: rows go to the program as an Arrow stream."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import lance
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import program
from .errors import MisuseError, Remark
from .images import Image, Images, ManyImages
from .progress import ProgressTold
from .tables import columns
from .workspace import Workspace

#: Bytes of vectors that go together.
_BATCH_BYTES = 4 << 20
#: Rows that go together at most.
_BATCH_ROWS = 1024


def adopt(
    table: lance.LanceDataset,
    wanted: list[str],
    words: list[str],
    folder: str | os.PathLike[str],
    workspace: str | os.PathLike[str] | None,
    network: str | os.PathLike[str] | None,
    progress: ProgressTold,
) -> Workspace:
    """See :func:`tiramisu_vision.shards.adopt`."""
    there: pa.Schema = table.schema
    names = [name for name in wanted if name in there.names] + [column.name for column in columns(table)]
    # Its metadata says which network and layers they are.
    schema = pa.schema([there.field(name) for name in names], metadata=there.metadata)
    row_bytes = sum(column.channels * np.dtype(column.dtype).itemsize for column in columns(table))

    def rows() -> Iterator[pa.RecordBatch]:
        for batch in table.to_batches(columns=names, batch_size=_rows_together(row_bytes)):
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    answer = _send("adopt", words, folder, workspace, schema, rows(), progress)
    return Workspace(Path(answer["workspace"]), network)


def from_vectors(
    folder: str | os.PathLike[str],
    images: ManyImages,
    vectors: npt.ArrayLike | Mapping[str, npt.ArrayLike],
    *,
    name: str,
    layer: str = "vector",
    about: str = "",
    workspace: str | os.PathLike[str] | None = None,
    progress: ProgressTold = True,
) -> Workspace:
    """Stores vectors of one's own, to be looked at, searched and mapped like those of a network.

    In the window they are in the menu Network; ``open(folder, network=name)`` looks through them later. There are neighbours,
    maps, clusters, indices, queries and exports; what needs a network, such as heat maps, there is not. Storing under the
    same name again replaces the vectors of the same images and adds the others.

    Args:
        folder: the folder with the pictures. Those that are not on record are recorded.
        images: which image each row is of: paths, numbers of images, or images.
        vectors: one row an image, ``[images, numbers]``, as float16 or float32 (others become float32); or several such
            arrays by the names of their layers.
        name: what to call them. No network may be called so.
        layer: what to call the layer, if there is only one.
        about: where they come from, in words; the window shows it.
        workspace: where the workspace lies, if not in the usual place; it is made if there is none.

    Rows of unknown pictures, with numbers that are not finite, or of an image that had a row before are left out, which a
    warning says.

    >>> import numpy as np
    >>> mine = np.random.default_rng(0).normal(size=(len(work.images), 8)).astype(np.float32)
    >>> place = folder.parent / "mine"
    >>> seen = tiramisu.from_vectors(folder, work.images.paths, mine, name="mine", workspace=place, progress=False)
    >>> seen
    <Workspace of 132 images in ...sample, seen by mine>
    >>> seen.layers
    [Layer(name='vector', channels=8, poolings=('average',), dtype='float32')]
    >>> len(seen.neighbours(seen.images[3], count=5))
    5

    Raises:
        MisuseError: when vectors and images are not equally many, or the name is taken.
        TiramisuError: when vectors of another length are stored under this name.
    """
    if isinstance(images, (str, os.PathLike, int, np.integer, Image)):
        images = [images]
    named = images.ids.tolist() if isinstance(images, Images) else list(images)
    key = _key(named)
    layers = vectors if isinstance(vectors, Mapping) else {layer: vectors}
    arrays = {called: _rows_of(called, values, len(named)) for called, values in layers.items()}
    if not arrays:
        raise MisuseError("there are no vectors")
    fields = [pa.field(called, _list_of(array)) for called, array in arrays.items()]
    name_of_key = "id" if pa.types.is_integer(key.type) else "path"
    if name_of_key in arrays:
        raise MisuseError(f"a layer cannot be called {name_of_key}")
    schema = pa.schema([pa.field(name_of_key, key.type), *fields])
    together = _rows_together(sum(array.shape[1] * array.itemsize for array in arrays.values()))

    def rows() -> Iterator[pa.RecordBatch]:
        for first in range(0, len(named), together):
            some = slice(first, first + together)
            lists = [_lists(array[some]) for array in arrays.values()]
            yield pa.RecordBatch.from_arrays([key[some], *lists], schema=schema)

    words = [f"--name={name}", f"--key={name_of_key}", *([f"--about={about}"] if about else [])]
    answer = _send("vectors", words, folder, workspace, schema, rows(), progress)
    return Workspace(Path(answer["workspace"]), name)


def _send(
    verb: str,
    words: list[str],
    folder: str | os.PathLike[str],
    workspace: str | os.PathLike[str] | None,
    schema: pa.Schema,
    rows: Iterable[pa.RecordBatch],
    progress: ProgressTold,
) -> dict[str, Any]:
    def feed(pipe: IO[bytes]) -> None:
        with pa.ipc.new_stream(pipe, schema) as out:
            for batch in rows:
                out.write_batch(batch)

    place = [] if workspace is None else [f"--workspace={os.path.abspath(workspace)}"]
    answer: dict[str, Any] = program.ask(verb, *words, *place, "--", os.path.abspath(folder), progress=progress, feed=feed)
    left_out = [(what, answer[kind]) for kind, what in _LEFT_OUT if answer[kind]["count"]]
    said = [f"{told['count']} {what}, such as {told['first'][0]}" for what, told in left_out]
    if said:
        warnings.warn(f"of {answer['rows']} rows: {'; '.join(said)}", Remark, stacklevel=program._outside())
    return answer


#: What the program says of rows that did not come in as they were.
_LEFT_OUT = (
    ("unknown", "about no picture of the folder"),
    ("twice", "about an image that had one before"),
    ("without_vector", "without a vector"),
    ("not_finite", "with numbers that are not finite"),
    ("unreadable", "about a picture that could not be read"),
)


def _key(named: list[Any]) -> pa.Array:
    """Paths or numbers, whichever they are."""
    ids: list[Any] = [image.id if isinstance(image, Image) else image for image in named]
    if all(isinstance(image, (int, np.integer)) for image in ids):
        return pa.array([int(image) for image in ids], pa.int64())
    if all(isinstance(image, (str, os.PathLike)) for image in ids):
        return pa.array([os.fspath(image) for image in ids], pa.string())
    raise MisuseError("images are named by their paths, or by their numbers, and not by both")


def _rows_of(called: str, values: npt.ArrayLike, count: int) -> npt.NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] == 0:
        raise MisuseError(f"vectors are rows of numbers, [images, numbers]; those of {called} have the shape {array.shape}")
    if len(array) != count:
        raise MisuseError(f"there are {count} images and {len(array)} vectors of {called}")
    if array.dtype.kind not in "fiu":
        raise MisuseError(f"vectors are numbers; those of {called} are of the type {array.dtype}")
    kept = array.dtype in (np.float16, np.float32)
    return np.ascontiguousarray(array) if kept else array.astype(np.float32)


def _list_of(array: npt.NDArray[Any]) -> pa.DataType:
    return pa.list_(pa.field("item", pa.from_numpy_dtype(array.dtype)), array.shape[1])


def _lists(array: npt.NDArray[Any]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(array.ravel()), type=_list_of(array))


def _rows_together(row_bytes: int) -> int:
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(row_bytes, 1)))
