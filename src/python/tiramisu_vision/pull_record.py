"""What is remembered of what was brought, in ``.brought.json``.

``tiramisu pull`` reads and writes the same (``src/store/pull/record.rs``), so that either goes on where the other ended.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import lance

from . import durable
from .errors import TiramisuError

#: Where it is remembered, in the workspace that was brought.
RECORD = ".brought.json"
#: Where it was remembered before, in another way.
_FORMER = ".pulled.json"


def _in_few_words(remote: str) -> str:
    """How a place is compared: a folder without ``..`` and what else is too much."""
    return remote if "://" in remote else os.path.normpath(remote)


def make_folder(local: Path) -> None:
    """Makes a folder to bring a workspace to, unless it is there.

    Raises:
        TiramisuError: when something lies there that was not brought.
    """
    local.mkdir(parents=True, exist_ok=True)
    if not (local / RECORD).exists() and any(not path.name.startswith(".") for path in local.iterdir()):
        why = "the folder has something else in it"
        if (local / _FORMER).exists():
            why = "the folder was brought by an earlier version, and what it noted of that is not read any more"
        raise TiramisuError(f"{why}; choose another: {local}")


@dataclass(frozen=True)
class Stamp:
    """Which state of a table it is."""

    version: int
    #: When it was committed, in microseconds since 1970: a table that is made anew has the same numbers again.
    committed_unix_micros: int

    @staticmethod
    def of(table: lance.LanceDataset) -> Stamp:
        """The state of a table that was opened."""
        return Stamp._told(table._ds.current_version())

    @staticmethod
    def at(path: Path) -> Stamp | None:
        """The newest state of a table on the disk; ``None`` if there is no table."""
        if not any((path / "_versions").glob("*.manifest")):
            return None
        return Stamp.of(lance.dataset(str(path)))

    def is_in(self, table: lance.LanceDataset) -> bool:
        """Whether a table has or had this state."""
        return any(Stamp._told(version) == self for version in table._ds.versions())

    @staticmethod
    def _told(version: dict[str, Any]) -> Stamp:
        # What pylance makes of these nanoseconds is rounded.
        return Stamp(int(version["version"]), int(version["timestamp"]) // 1000)


@dataclass(frozen=True)
class Brought:
    """A table that was brought."""

    #: Which state it had there.
    there: Stamp
    #: Which state it has here; ``None`` while it is being written.
    here: Stamp | None
    #: What its rows here were read from, where only some layers are here.
    fragments: tuple[str, ...] = ()


@dataclass
class Record:
    """All that is remembered."""

    #: From where: a folder, or the address of a store.
    remote: str
    #: The layers, sorted; ``None`` for all.
    layers: list[str] | None
    #: The folder of pictures that the workspace there named when it was last brought: where the one here names another,
    #: that was chosen here.
    pictures_there: str | None = None
    #: The tables, by name.
    tables: dict[str, Brought] = field(default_factory=dict)

    @staticmethod
    def known(local: Path) -> Record | None:
        """What was brought to a folder before; ``None`` where nothing was.

        Raises:
            TiramisuError: when it cannot be read.
        """
        path = local / RECORD
        try:
            return Record._read(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TiramisuError(
                f"it is not known any more what was brought ({error}); bring the workspace into another folder: {path}"
            ) from error

    @staticmethod
    def of(local: Path, remote: str, layers: list[str] | None) -> Record:
        """What was brought to a folder before, or a new record, which is written.

        Raises:
            TiramisuError: when something else lies there, or what was brought from elsewhere or with other layers.
        """
        record = Record.known(local)
        if record is None:
            make_folder(local)
            record = Record(remote, layers)
            record.keep(local)
        if _in_few_words(record.remote) != _in_few_words(remote):
            raise TiramisuError(f"the folder has what was brought from {record.remote}; choose another: {local}")
        if record.layers != layers:
            had = "all layers" if record.layers is None else ", ".join(record.layers)
            raise TiramisuError(f"the folder was brought with {had}; name the same, or choose another: {local}")
        return record

    def keep(self, local: Path) -> None:
        """Writes it down."""
        told: dict[str, Any] = {"from": self.remote, "layers": self.layers}
        if self.pictures_there is not None:
            told["pictures_there"] = self.pictures_there
        told["tables"] = {}
        for name, table in sorted(self.tables.items()):
            told["tables"][name] = asdict(table)
            if not table.fragments:
                del told["tables"][name]["fragments"]
        durable.replace(local / RECORD, json.dumps(told, indent=2).encode())

    @staticmethod
    def _read(told: dict[str, Any]) -> Record:
        tables = {}
        for name, table in told["tables"].items():
            here = None if table["here"] is None else Stamp(**table["here"])
            tables[name] = Brought(Stamp(**table["there"]), here, tuple(table.get("fragments", ())))
        return Record(told["from"], told["layers"], told.get("pictures_there"), tables)
