"""Bringing a workspace from a store to the disk that the window opens, and only what is new there the next time."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
from lance.file import LanceFileSession
from lance.fragment import write_fragments

from . import durable, pull_files, replacing, tables
from .errors import TiramisuError
from .named_layers import ManyLayers, names_of
from .progress import ProgressTold
from .pull_progress import Coming
from .pull_record import Brought, Record, Stamp, make_folder

_IDENTITY = "workspace.json"
#: Says of indices which columns have one; of some layers alone there are none.
_INDICES = "indices.json"
#: What a person chose in a workspace: once it is here, it is theirs.
_CHOSEN = ("tag_colours.json", "awaited_classes.json")
#: Pictures' earlier names.
_MOVES = "moves"
#: So long a workspace that somebody writes to is waited for, in seconds.
_PATIENCE_SECS = 3.0


@dataclass(frozen=True)
class Pulled:
    """What was brought.

    Attributes:
        path: where it lies.
        files: how many files were brought; of tables of which only some layers are here, how many were written.
        bytes: how large they are together.
        tables: the tables in which something was new.
    """

    path: Path
    files: int
    bytes: int
    tables: tuple[str, ...]


def pull(
    remote: str | os.PathLike[str],
    local: str | os.PathLike[str],
    *,
    layers: ManyLayers | None = None,
    folder: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    discard: bool = False,
    progress: ProgressTold = True,
) -> Pulled:
    """Brings a workspace, or what changed in it, from a store to a folder.

    A table's files never change, so those that are here already stay; the file that makes a version visible comes
    last. Whoever has the folder open sees the old state or the new one, and what was interrupted goes on where it was.
    A table that was made anew there, or of which the version that is here was deleted, is brought beside the one here, which
    stays until the other is whole; what both have does not come again.
    ``tiramisu pull`` does the same with folders, and each goes on where the other ended. :meth:`Workspace.pull` of what was
    brought has all this remembered.

    Args:
        remote: where the workspace lies, as pylance opens its tables (``s3://bucket/workspace`` or a folder).
        local: the folder to bring it to.
        layers: bring vectors of these layers only. Their tables are then written anew here, without indices; new rows are
            added to them.
        folder: where the pictures are on this machine; by default as when it was brought before, or else where the
            workspace says.
        storage_options: as pylance takes them.
        discard: give up what was changed here since it was brought. Tables that only this workspace has stay.
        progress: ``True`` shows how many bytes came, with a bar where tqdm is installed; a function is called with every
            :class:`~tiramisu_vision.Progress`, from any thread.

    >>> here = tiramisu.pull(work.path, folder.parent / "here", layers=["features.12.concat"])
    >>> here.files > 0, tiramisu.pull(work.path, folder.parent / "here", layers=["features.12.concat"]).files
    (True, 0)

    Raises:
        TiramisuError: when there is no workspace, or what was brought here was changed since and is not to be discarded.
    """
    return _Pull(remote, local, layers, folder, storage_options, discard, progress).run()


def pull_again(local: Path, storage_options: Mapping[str, str] | None, discard: bool, progress: ProgressTold) -> Pulled:
    """See :meth:`tiramisu_vision.Workspace.pull`."""
    record = Record.known(local)
    if record is None:
        raise TiramisuError(f"the workspace was not brought from elsewhere, which pull(FROM, TO) does: {local}")
    return pull(
        record.remote, local, layers=record.layers, storage_options=storage_options, discard=discard, progress=progress
    )


class _Pull:
    def __init__(
        self,
        remote: str | os.PathLike[str],
        local: str | os.PathLike[str],
        layers: ManyLayers | None,
        folder: str | os.PathLike[str] | None,
        storage_options: Mapping[str, str] | None,
        discard: bool,
        progress: ProgressTold,
    ) -> None:
        text = os.fspath(remote)
        if text.startswith("file:"):
            # `file:/a`, `file:///a` and `file://localhost/a` are the same.
            text = text.removeprefix("file:").removeprefix("//").removeprefix("localhost")
        self.remote = text.rstrip("/") if "://" in text else os.path.abspath(text)
        self.local = Path(os.path.abspath(local))
        self.layers = None if layers is None else sorted(set(names_of(layers)))
        self.folder, self.discard = folder, discard
        self.options = None if storage_options is None else dict(storage_options)
        self.session = LanceFileSession(self.remote, storage_options=self.options)
        self.files = self.bytes = 0
        self.coming = Coming(progress)
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
        found = self._tables([name.removesuffix(".lance") for name in names if name.endswith(".lance") and name[0] != "."])
        make_folder(self.local)
        with _alone(self.local):
            # Nothing before: another pull may be changing it.
            record = Record.of(self.local, self.remote, self.layers)
            replacing.finish(self.local)
            with self.coming:
                for name, table in found.items():
                    self.coming.expect(self._lacking(name, table, record))
                for name, table in found.items():
                    self._table(name, table, record)
                for file in sorted(map(_last, files)):
                    is_of_all = file == _INDICES and self.layers is not None
                    if not file.startswith(".") and file.endswith(".json") and file != _IDENTITY and not is_of_all:
                        self._small(file)
                # Last: it makes a folder a workspace.
                self._identity(record)
        return Pulled(self.local, self.files, self.bytes, tuple(self.changed))

    # Tables.

    def _tables(self, names: list[str]) -> dict[str, lance.LanceDataset]:
        """The tables to bring. What pictures were called before is here before anything says what they are called now."""
        found = {}
        for name in sorted(names, key=lambda name: (name != _MOVES, name)):
            # What was kept whole is the largest there is, and not of vectors.
            if self.layers is None or not name.startswith("activations_"):
                found[name] = lance.dataset(f"{self.remote}/{name}.lance", storage_options=self.options)
        if self.layers is None:
            return found
        layers = {name: {column.layer for column in tables.columns(table)} for name, table in found.items()}
        there = set().union(*layers.values())
        lacking = [layer for layer in self.layers if layer not in there]
        if lacking:
            known = ", ".join(sorted(there)) or "none"
            raise TiramisuError(f"the workspace has no layer {lacking[0]}; it has {known}: {self.remote}")
        wanted = set(self.layers)
        return {name: table for name, table in found.items() if not layers[name] or layers[name] & wanted}

    def _lacking(self, name: str, table: lance.LanceDataset, record: Record) -> int:
        """About how many bytes of a table are to come, as far as it says that of its files."""
        known, local = record.tables.get(name), self.local / f"{name}.lance"
        if known is not None and known.here is not None and known.there == Stamp.of(table):
            return 0
        if self.layers is not None and tables.columns(table):
            return pull_files.vector_bytes(table, self.layers, () if known is None else known.fragments)
        return pull_files.lacking_bytes(table, (local, replacing.part_of(local)))

    def _table(self, name: str, table: lance.LanceDataset, record: Record) -> None:
        """Brings what is new in a table, and notes it."""
        local, known, there = self.local / f"{name}.lance", record.tables.get(name), Stamp.of(table)
        try:
            here = Stamp.at(local)
        except (OSError, ValueError):
            if known is None or known.here is not None:
                raise
            # Its version got its name before the disk had it, and then the power failed: it is nobody's yet.
            shutil.rmtree(local)
            here = None
        is_as_brought = here is None or (known is not None and known.here in (here, None))
        # It may also have been interrupted before it was noted.
        if here is not None and not is_as_brought and not here.is_in(table):
            if not self.discard:
                told = f"the table {name} was changed here since it was brought; choose another folder, or give that up by"
                raise TiramisuError(f"{told} pull(..., discard=True): {self.local}")
            # Written anew, whatever of it is the same.
            known = None
        if known is not None and here is not None and (known.there, known.here) == (there, here):
            return
        fragments: tuple[str, ...] = ()
        if self.layers is not None and tables.columns(table):
            # Half written it is nobody's.
            record.tables[name] = Brought(there, None)
            record.keep(self.local)
            fragments = self._some_layers(table, local, known)
        else:
            self._whole(name, table, local, here)
        self.changed.append(name)
        record.tables[name] = Brought(there, Stamp.at(local), fragments)
        record.keep(self.local)

    def _whole(self, name: str, table: lance.LanceDataset, local: Path, here: Stamp | None) -> None:
        """Brings the files that the newest version refers to, as they are."""
        part = replacing.part_of(local)
        if here is None or here.is_in(table):
            # The one that a table that was begun was to replace is gone.
            shutil.rmtree(part, ignore_errors=True)
            self._files(name, table, local)
            return
        # It was made anew there, or the version that is here was deleted.
        begun = Stamp.at(part)
        if begun is not None and not begun.is_in(table):
            shutil.rmtree(part)
        self._files(name, table, part, local)
        replacing.replace(local)

    def _files(self, name: str, table: lance.LanceDataset, local: Path, former: Path | None = None) -> None:
        """Brings the files that are not here yet; what the table at ``former`` has of them is taken from there."""
        version = int(table.version)
        listed = {path.split(f"{name}.lance/", 1)[1] for path in self.session.list(f"{name}.lance")}
        manifest = next((file for file in pull_files.manifests(version) if file in listed), None)
        if manifest is None:
            raise TiramisuError(f"the version {version} of the table {name} is gone; try again: {self.remote}")
        needed = sorted(file for file in listed if pull_files.is_needed(file, table))
        kept = frozenset() if former is None else pull_files.kept(table, needed, former)
        for file in needed:
            if (local / file).exists() or (former is not None and file in kept and pull_files.keep(former / file, local / file)):
                continue
            self._bring(f"{name}.lance/{file}", local / file)
        for file in sorted(listed):
            if file.startswith(f"_transactions/{version - 1}-") and not (local / file).exists():
                self._bring(f"{name}.lance/{file}", local / file)
        (local / manifest).parent.mkdir(parents=True, exist_ok=True)
        # The names of the files before that of the version: what they hold is on the disk.
        for folder in [path for path in local.rglob("*") if path.is_dir()] + [local, self.local]:
            durable.sync_folder(folder)
        if not (local / manifest).exists():
            content = self._read(f"{name}.lance/{manifest}")
            durable.replace(local / manifest, content)
            self._count(len(content))
        # Says where to begin to look for the newest version; a wrong one would hide it.
        for file in listed:
            if file.startswith("_versions/") and file.endswith(".json"):
                durable.replace(local / file, self._read(f"{name}.lance/{file}"))

    def _some_layers(self, table: lance.LanceDataset, local: Path, known: Brought | None) -> tuple[str, ...]:
        """Writes a table of its own here that has these layers: the rows that are new there, or all of them where some that
        are here are others now. Returns what its rows were read from."""
        left_out = {column.name for column in tables.columns(table) if column.layer not in (self.layers or ())}
        names = [column for column in table.schema.names if column not in left_out]
        schema = pull_files.schema_of(table.schema, names)
        fragments = {pull_files.signature(fragment): fragment for fragment in table.get_fragments()}
        everything = tuple(fragments)
        mode, before = "create", frozenset(local.rglob("*"))
        if Stamp.at(local) is not None:
            mode = "overwrite"
            is_longer = known is not None and known.here is not None and set(known.fragments) <= set(fragments)
            if known is not None and is_longer and lance.dataset(str(local)).schema.equals(schema):
                mode = "append"
                fragments = {key: one for key, one in fragments.items() if key not in set(known.fragments)}
        if mode == "append" and not fragments:
            return everything
        size, written = _size(local), []
        if fragments:
            reader = table.scanner(columns=names, fragments=list(fragments.values()), scan_in_order=True).to_reader()

            def counted() -> Iterator[pa.RecordBatch]:
                for batch in reader:
                    self.coming.came(tables.bytes_of_vectors(batch))
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

            rows = pa.RecordBatchReader.from_batches(schema, counted())
            written = write_fragments(rows, str(local), schema, mode=mode)
        # Files first, then the version that names them.
        durable.settle(local, before)
        before = frozenset(local.rglob("*"))
        operation = lance.LanceOperation
        change = operation.Append(written) if mode == "append" else operation.Overwrite(schema, written)
        version = None if mode == "create" else int(lance.dataset(str(local)).version)
        lance.LanceDataset.commit(str(local), change, read_version=version)
        durable.settle(local, before)
        self.files += 1
        self.bytes += _size(local) - size
        return everything

    # Files.

    def _bring(self, remote: str, local: Path) -> None:
        local.parent.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole.
        part = local.with_name(f".{local.name}.part")
        try:
            with self.coming.watching(part):
                self.session.download_file(remote, str(part))
            durable.sync_file(part)
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
        path = self.local / name
        if name in _CHOSEN and path.exists():
            return
        content = self._read(name)
        if not path.exists() or path.read_bytes() != content:
            durable.replace(path, content)
            self._count(len(content))

    def _identity(self, record: Record) -> None:
        content = self._read(_IDENTITY)
        known = json.loads(content)
        there, path = known["image_folder"], self.local / _IDENTITY
        chosen: dict[str, Any] = {}
        if self.folder is not None:
            chosen = {"image_folder": os.path.abspath(self.folder)}
        elif path.exists():
            here = json.loads(path.read_bytes() or b"{}")
            if here.get("image_folder", "") not in ("", record.pictures_there or there):
                chosen = {key: here[key] for key in ("image_folder", "image_folder_bytes") if key in here}
        if chosen:
            known.pop("image_folder_bytes", None)
            known.update(chosen)
            content = json.dumps(known, indent=2, ensure_ascii=False).encode()
        if not path.exists() or json.loads(path.read_bytes() or b"{}") != known:
            durable.replace(path, content)
            self._count(len(content))
        if record.pictures_there != there:
            record.pictures_there = there
            record.keep(self.local)

    def _count(self, size: int) -> None:
        self.files += 1
        self.bytes += size
        self.coming.came(size)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Holds the lock that the program takes, too, for whoever writes to a workspace."""
    if os.name == "nt":
        # There the program's kind of lock is not to be had here.
        yield
        return
    import fcntl

    with (root / ".lock").open("w") as file:
        begun = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() - begun > _PATIENCE_SECS:
                    raise TiramisuError(
                        f"another program writes to the workspace; close the window that has it open, or wait: {root}"
                    ) from None
                time.sleep(0.05)
            except OSError:
                # Some network file systems have no locks.
                break
        yield


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _last(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]
