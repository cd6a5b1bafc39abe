"""Bringing a workspace from a store to the disk that the window opens, and only what is new there the next time.

>>> from tiramisu_vision.pull import pull
>>> here = pull(work.path, folder.parent / "here", layers=["features.12.concat"])
>>> here.files > 0, pull(work.path, folder.parent / "here", layers=["features.12.concat"]).files
(True, 0)
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
from lance.file import LanceFileSession

from . import tables
from .errors import TiramisuError

#: What was brought, in the folder it was brought to.
RECORD = ".pulled.json"
_IDENTITY = "workspace.json"


@dataclass(frozen=True)
class Pulled:
    """What was brought."""

    #: Where it lies.
    path: Path
    #: Files that were brought, and their bytes; of tables of which only some layers are here, those that were written.
    files: int
    bytes: int
    #: The tables in which something was new.
    tables: tuple[str, ...]


def pull(
    remote: str | os.PathLike[str],
    local: str | os.PathLike[str],
    *,
    layers: Sequence[str] | None = None,
    folder: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Pulled:
    """Brings a workspace, or what changed in it, from a store to a folder.

    A table's files never change, so those that are here already stay; the file that makes a version visible comes
    last. Whoever has the folder open sees the old state or the new one, and what was interrupted goes on where it was.

    Args:
        remote: where the workspace lies, as pylance opens its tables (``s3://bucket/workspace`` or a folder).
        local: the folder to bring it to.
        layers: bring vectors of these layers only. Their tables are then written anew here, without indices; new rows
        are
            added to them.
        folder: where the pictures are on this machine, if not where the workspace says.
        storage_options: as pylance takes them.

    Raises:
        TiramisuError: when there is no workspace, or what was brought here was changed since.
    """
    return _Pull(remote, local, layers, folder, storage_options).run()


class _Pull:
    def __init__(
        self,
        remote: str | os.PathLike[str],
        local: str | os.PathLike[str],
        layers: Sequence[str] | None,
        folder: str | os.PathLike[str] | None,
        storage_options: Mapping[str, str] | None,
    ) -> None:
        text = os.fspath(remote)
        self.remote = text.rstrip("/") if "://" in text else os.path.abspath(text)
        self.local = Path(os.path.abspath(local))
        self.layers = None if layers is None else sorted(set(layers))
        self.folder = folder
        self.options = None if storage_options is None else dict(storage_options)
        self.session = LanceFileSession(self.remote, storage_options=self.options)
        self.files = self.bytes = 0
        self.changed: list[str] = []

    def run(self) -> Pulled:
        try:
            root = self.session.list_with_delimiter()
            files, folders = list(root.objects), list(root.common_prefixes)
        except OSError as error:
            raise TiramisuError(f"the workspace cannot be read ({error}): {self.remote}") from error
        if _IDENTITY not in map(_last, files):
            raise TiramisuError(f"there is no workspace: {self.remote}")
        names = sorted(_last(path) for path in folders)
        found = self._tables(
            [name.removesuffix(".lance") for name in names if name.endswith(".lance") and name[0] != "."]
        )
        self.local.mkdir(parents=True, exist_ok=True)
        record = self._record()
        for name, table in found.items():

            def note(state: dict[str, Any], name: str = name) -> None:
                record["tables"][name] = state
                self._keep(record)

            before = record["tables"].get(name)
            if self.layers is not None and tables.columns(table):
                note(self._some_layers(name, table, before, note))
            else:
                note(self._whole(name, table, before))
        for file in sorted(map(_last, files)):
            if not file.startswith(".") and file.endswith(".json") and file != _IDENTITY:
                self._small(file)
        # Last: it makes a folder a workspace.
        self._identity()
        return Pulled(self.local, self.files, self.bytes, tuple(self.changed))

    # What was brought before.

    def _record(self) -> dict[str, Any]:
        path = self.local / RECORD
        try:
            record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if any(self.local.iterdir()):
                raise TiramisuError(f"the folder has something else in it; choose another: {self.local}") from None
            record = {"remote": self.remote, "layers": self.layers, "tables": {}}
            self._keep(record)
        except ValueError as error:
            raise TiramisuError(
                f"it is not known any more what was brought ({error}); remove the folder: {path}"
            ) from error
        if record["remote"] != self.remote:
            raise TiramisuError(f"the folder has what was brought from {record['remote']}: {self.local}")
        if record["layers"] != self.layers:
            had = "all layers" if record["layers"] is None else ", ".join(record["layers"])
            raise TiramisuError(f"the folder was brought with {had}; choose another for these: {self.local}")
        return record

    def _keep(self, record: dict[str, Any]) -> None:
        _replace(self.local / RECORD, json.dumps(record, indent=1).encode())

    # Tables.

    def _tables(self, names: list[str]) -> dict[str, lance.LanceDataset]:
        """The tables to bring."""
        found = {}
        for name in names:
            # What was kept whole is the largest there is, and not of vectors.
            if self.layers is None or not name.startswith("activations_"):
                found[name] = lance.dataset(f"{self.remote}/{name}.lance", storage_options=self.options)
        if self.layers is not None:
            there = {column.layer for table in found.values() for column in tables.columns(table)}
            lacking = [layer for layer in self.layers if layer not in there]
            if lacking:
                known = ", ".join(sorted(there)) or "none"
                raise TiramisuError(f"the workspace has no layer {lacking[0]}; it has {known}: {self.remote}")
        return found

    def _whole(self, name: str, table: lance.LanceDataset, before: dict[str, Any] | None) -> dict[str, Any]:
        """Brings the files that the newest version refers to, as they are."""
        local, version = self.local / f"{name}.lance", int(table.version)
        listed = {path.split(f"{name}.lance/", 1)[1] for path in self.session.list(f"{name}.lance")}
        manifest = next((file for file in _manifests(version) if file in listed), None)
        if manifest is None:
            raise TiramisuError(f"the version {version} of the table {name} is gone; try again: {self.remote}")
        content = self._read(f"{name}.lance/{manifest}")
        now = {"version": version, "manifest": hashlib.sha256(content).hexdigest()}
        if local.exists():
            self._expect_unchanged(name, before, listed)
            if before == now:
                return now
            if before is not None and version <= before["version"]:
                # It was made anew there: nothing of it can be used.
                shutil.rmtree(local)
        for file in sorted(file for file in listed if _is_needed(file, table)):
            if not (local / file).exists():
                self._bring(f"{name}.lance/{file}", local / file)
        for file in sorted(listed):
            if file.startswith(f"_transactions/{version - 1}-") and not (local / file).exists():
                self._bring(f"{name}.lance/{file}", local / file)
        (local / manifest).parent.mkdir(parents=True, exist_ok=True)
        _replace(local / manifest, content)
        self._count(len(content))
        # Says where to begin to look for the newest version; a wrong one would hide it.
        for file in listed:
            if file.startswith("_versions/") and file.endswith(".json"):
                _replace(local / file, self._read(f"{name}.lance/{file}"))
        self.changed.append(name)
        return now

    def _expect_unchanged(self, name: str, before: dict[str, Any] | None, listed: set[str]) -> None:
        local = self.local / f"{name}.lance"
        if not any(local.glob("_versions/*.manifest")):
            # It was interrupted before anything could be seen.
            return
        version = int(lance.dataset(str(local)).version)
        manifest = next(file for file in _manifests(version) if (local / file).exists())
        content = (local / manifest).read_bytes()
        if before is not None and before.get("manifest") == hashlib.sha256(content).hexdigest():
            return
        # It may have been interrupted before it was noted.
        if manifest in listed and self._read(f"{name}.lance/{manifest}") == content:
            return
        raise TiramisuError(
            f"the table {name} was changed here since it was brought; choose another folder: {self.local}"
        )

    def _some_layers(
        self,
        name: str,
        table: lance.LanceDataset,
        before: dict[str, Any] | None,
        note: Callable[[dict[str, Any]], None],
    ) -> dict[str, Any]:
        """Writes a table of its own here that has these layers."""
        local = self.local / f"{name}.lance"
        of_layers = tables.columns(table)
        left_out = {column.name for column in of_layers if column.layer not in (self.layers or ())}
        names = [column for column in table.schema.names if column not in left_out]
        fragments = {_signature(fragment): fragment for fragment in table.get_fragments()}
        mode = "create"
        if local.exists():
            mode = "overwrite"
            if before is None or not (
                before.get("pending") or before.get("local") == lance.dataset(str(local)).version
            ):
                raise TiramisuError(
                    f"the table {name} was changed here since it was brought; choose another folder: {self.local}"
                )
            is_longer = set(before.get("fragments", ())) <= set(fragments)
            if before.get("columns") == names and is_longer and not before.get("pending"):
                mode = "append"
                fragments = {key: one for key, one in fragments.items() if key not in set(before["fragments"])}
                if not fragments:
                    return before
        everything = (before or {}).get("fragments", []) if mode == "append" else []
        everything = [*everything, *fragments]
        note({"pending": True})
        schema = _schema_of(table.schema, names)
        size = _size(local)
        reader = table.scanner(columns=names, fragments=list(fragments.values()), scan_in_order=True).to_reader()
        batches = (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in reader)
        if fragments:
            written = lance.write_dataset(pa.RecordBatchReader.from_batches(schema, batches), str(local), mode=mode)
        else:
            written = lance.write_dataset(schema.empty_table(), str(local), mode=mode)
        self._count(_size(local) - size)
        self.changed.append(name)
        return {"columns": names, "fragments": everything, "local": written.version}

    # Files.

    def _bring(self, remote: str, local: Path) -> None:
        local.parent.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole.
        part = local.with_name(f".{local.name}.part")
        try:
            self.session.download_file(remote, str(part))
            self._count(part.stat().st_size)
            os.replace(part, local)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise TiramisuError(f"a file could not be brought ({error}): {self.remote}/{remote}") from error

    def _read(self, remote: str) -> bytes:
        part = self.local / ".brought.part"
        try:
            self.session.download_file(remote, str(part))
            return part.read_bytes()
        except OSError as error:
            raise TiramisuError(f"a file could not be brought ({error}): {self.remote}/{remote}") from error
        finally:
            part.unlink(missing_ok=True)

    def _small(self, name: str) -> None:
        content, path = self._read(name), self.local / name
        if not path.exists() or path.read_bytes() != content:
            _replace(path, content)
            self._count(len(content))

    def _identity(self) -> None:
        known = json.loads(self._read(_IDENTITY))
        if self.folder is not None:
            known["image_folder"] = os.path.abspath(self.folder)
            known.pop("image_folder_bytes", None)
        content, path = json.dumps(known, indent=2).encode(), self.local / _IDENTITY
        if not path.exists() or path.read_bytes() != content:
            _replace(path, content)
            self._count(len(content))

    def _count(self, size: int) -> None:
        self.files += 1
        self.bytes += size


def _manifests(version: int) -> tuple[str, str]:
    """What the file of a version may be called."""
    return f"_versions/{2**64 - 1 - version:020}.manifest", f"_versions/{version}.manifest"


def _is_needed(file: str, table: lance.LanceDataset) -> bool:
    """Whether a version refers to a file."""
    data, deletions, indices = _needed(table)
    top, _, rest = file.partition("/")
    if top == "data":
        return rest in data or rest.split("/")[0] in {name.removesuffix(".lance") for name in data}
    if top == "_deletions":
        return rest.split("-")[0] in deletions
    return top == "_indices" and rest.split("/")[0] in indices


@lru_cache(maxsize=1)
def _needed(table: lance.LanceDataset) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data, deletions = set(), set()
    for fragment in table.get_fragments():
        told = fragment.metadata.to_json()
        for file in told["files"]:
            if file.get("base_id") is not None:
                raise TiramisuError(f"the table has files elsewhere, which cannot be brought: {table.uri}")
            data.add(file["path"])
        if told["deletion_file"] is not None:
            deletions.add(str(told["id"]))
    indices = {segment.uuid for index in table.describe_indices() for segment in index.segments}
    return frozenset(data), frozenset(deletions), frozenset(indices)


def _signature(fragment: Any) -> str:
    """What tells a fragment from another, and from itself with other rows deleted."""
    told = fragment.metadata.to_json()
    return json.dumps([[file["path"] for file in told["files"]], told["deletion_file"]])


def _schema_of(schema: pa.Schema, names: list[str]) -> pa.Schema:
    metadata = dict(schema.metadata or {})
    if b"tiramisu" in metadata:
        made = json.loads(metadata[b"tiramisu"])
        if isinstance(made.get("columns"), list):
            made["columns"] = [
                column for column in made["columns"] if column.get("name", column.get("column")) in names
            ]
            metadata[b"tiramisu"] = json.dumps(made).encode()
    return pa.schema([schema.field(name) for name in names], metadata=metadata)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _last(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]
