"""Boxes that were imported, and how each becomes a picture of its own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from . import program
from .errors import Remark, needing
from .named_layers import ManyLayers, names_of
from .progress import ProgressTold

if TYPE_CHECKING:
    from .workspace import Workspace

_SCHEMA = pa.schema(
    [
        ("box", pa.uint32()),
        ("image", pa.uint32()),
        ("path", pa.string()),
        ("label", pa.string()),
        ("left", pa.float64()),
        ("top", pa.float64()),
        ("width", pa.float64()),
        ("height", pa.float64()),
        ("is_crowd", pa.bool_()),
    ]
)


class Boxes:
    """What was marked in pictures: a row each, by image. ``tiramisu import`` brings them in.

    ``table`` has the box's number, the image's number, its name below the folder, the label, and the box in pixels of the
    picture as it is shown.

    Attributes:
        table: the boxes, a row each.

    >>> len(work.boxes)
    0
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        rows = workspace._ask("boxes", "--list", "--", str(workspace.folder))["boxes"]
        ids = workspace.ids_by_name([row["path"] for row in rows])
        told = [{**row, "image": id} for row, id in zip(rows, ids, strict=True)]
        self.table: pa.Table = pa.Table.from_pylist(told, schema=_SCHEMA)

    @property
    def labels(self) -> list[str | None]:
        """What is in each."""
        labels: list[str | None] = self.table["label"].to_pylist()
        return labels

    def to_pandas(self) -> Any:
        """The table as a data frame of pandas."""
        with needing("pandas"):
            frame = self.table.to_pandas()
        return frame

    def cut_out(
        self,
        to: str | os.PathLike[str],
        layers: ManyLayers | None = None,
        *,
        pooling: str = "average",
        labels: Sequence[str] | str = (),
        where: str | None = None,
        name: str | None = None,
        workspace: str | os.PathLike[str] | None = None,
        progress: ProgressTold = True,
    ) -> Workspace:
        """Makes each box a picture of its own, in a folder with a workspace of its own: there boxes are looked at, searched,
        mapped and put into groups like pictures.

        Their vectors are what the layers see under the boxes in the whole pictures, as :meth:`Workspace.neighbours` with
        ``region`` has them. ``boxes.csv`` in the folder says where each file came from. Done again, what is new is added.

        Args:
            to: a new or empty folder, or one of boxes that were cut out before.
            layers: names of layers that see more than one place; by default the deepest stored one before the class
                scores.
            pooling: how the places under a box become one vector: ``average`` or ``maximum``.
            labels: only boxes with one of these labels.
            where: only boxes in images for which this predicate is true.
            name: what to call the vectors; by default ``boxes of`` the network.
            workspace: where the workspace of the boxes lies, if not in the usual place.

        Boxes that are left out are told in a warning, with the reason of the first.

        >>> cut = marked.boxes.cut_out(marked.folder.parent / "parts", "features.12.concat", progress=False)
        >>> sorted(cut.images.labels), cut.network
        (['door', 'wheel', 'wheel'], 'boxes of ladyfinger')

        Raises:
            TiramisuError: when there are no such boxes, or something else lies in the folder.
        """
        words = [f"--cut-out={os.path.abspath(to)}", f"--pooling={pooling}"]
        words += [f"--layer={layer}" for layer in names_of(layers)]
        words += [f"--label={label}" for label in ([labels] if isinstance(labels, str) else labels)]
        words += [] if where is None else [f"--where={where}"]
        words += [] if name is None else [f"--name={name}"]
        words += [] if workspace is None else [f"--cut-out-workspace={os.path.abspath(workspace)}"]
        here = self._workspace
        answer = here._ask("boxes", *words, "--", str(here.folder), progress=progress)
        left_out = answer["left_out"]
        if left_out["count"]:
            said = f"{left_out['count']} of the boxes were left out, the first being {left_out['first'][0]}"
            warnings.warn(said, Remark, stacklevel=program._outside())
        return type(here)(Path(answer["workspace"]), answer["network"], compute=here._compute, precision=here._precision)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        return f"<{len(self)} boxes in images of {self._workspace.folder}>"
