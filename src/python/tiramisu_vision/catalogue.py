"""All images on record, and how people and tables name them."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa

_COLUMNS = ["id", "path", "label", "width", "height", "file_bytes", "modified", "problem"]


class Catalogue:
    """One version of the table of images, with the labels that were imported for them. Image *i* is row *i*."""

    def __init__(self, table: lance.LanceDataset, folder: Path, imported: lance.LanceDataset | None = None) -> None:
        self._table, self._folder = table, folder
        #: Of the table of images, and of that of imported labels if there is one.
        self.versions = (table.version, None if imported is None else imported.version)
        rows = table.to_table(columns=_COLUMNS).sort_by("id").combine_chunks()
        names = rows["path"].to_pylist()
        if imported is not None:
            rows = rows.set_column(_COLUMNS.index("label"), "label", _labels(rows["label"].to_pylist(), names, imported))
        whole = pa.array([str(folder.joinpath(*name.split("/"))) for name in names], pa.string())
        #: With the columns that :class:`Images` describes.
        self.rows: pa.Table = rows.set_column(1, "path", whole).add_column(2, "name", rows["path"])

    @cached_property
    def exact_names(self) -> dict[int, bytes]:
        """The exact names of files, by image, below the folder: only of those that are not Unicode."""
        rows = self._table.to_table(columns=["id", "path_bytes"], filter="path_bytes IS NOT NULL")
        return dict(zip(rows["id"].to_pylist(), rows["path_bytes"].to_pylist(), strict=True))

    @cached_property
    def id_of_name(self) -> dict[str, int]:
        """Images by their names below the folder, as the program writes them."""
        return dict(zip(self.rows["name"].to_pylist(), self.rows["id"].to_pylist(), strict=True))

    @cached_property
    def _id_of_path(self) -> dict[str, int]:
        real = os.path.realpath(self._folder)
        known = {os.path.join(real, *name.split("/")): id for name, id in self.id_of_name.items()}
        known.update({os.path.join(real, os.fsdecode(name)): id for id, name in self.exact_names.items()})
        return known

    def id_of_path(self, path: str) -> int | None:
        """An image by its file: absolute, relative to where the process is, or below the folder."""
        for whole in (os.path.realpath(path), os.path.realpath(os.path.join(self._folder, path))):
            found = self._id_of_path.get(whole)
            if found is not None:
                return found
        return None

    def path(self, id: int) -> Path:
        """The file of an image."""
        exact = self.exact_names.get(id)
        if exact is not None:
            return self._folder / os.fsdecode(exact)
        return Path(self.rows["path"][id].as_py())

    def take(self, ids: list[int] | np.ndarray[tuple[int], np.dtype[np.uint32]]) -> pa.Table:
        """The rows of images, in the order of ``ids``."""
        return self.rows.take(pa.array(ids, pa.int64()))


def _labels(of_folders: list[str | None], names: list[str], imported: lance.LanceDataset) -> pa.Array:
    """The imported label takes the place of the folder's; of several none is the label."""
    table = imported.to_table(columns=["path", "label", "label_count"])
    told = {row["path"]: row["label"] for row in table.to_pylist() if row["label_count"] > 0}
    return pa.array([told.get(name, label) for name, label in zip(names, of_folders, strict=True)], pa.string())
