"""How a collection is shared out: what every shard is, and what it needs to know."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import lance
import pyarrow as pa

from .errors import MisuseError, TiramisuError
from .features import Features

#: Rows of a shard where nothing else is said: some minutes of one processor.
ROWS_PER_SHARD = 4096
#: Rows that go through the program together.
BATCH_ROWS = 256


@dataclass(frozen=True)
class Target:
    """The table that features go to."""

    #: Where it lies, as pylance opens it.
    uri: str
    #: The column that tells pictures apart.
    key: str = "path"
    #: As pylance takes them.
    storage_options: Mapping[str, str] | None = field(default=None, repr=False)

    def options(self) -> dict[str, str] | None:
        """As pylance takes them."""
        return None if self.storage_options is None else dict(self.storage_options)

    def open(self) -> lance.LanceDataset:
        """Its newest version."""
        return lance.dataset(self.uri, storage_options=self.options())

    def open_or_create(self, schema: pa.Schema) -> lance.LanceDataset:
        """Its newest version; an empty table where there is none. Only one of several that try at once makes it.

        Raises:
            TiramisuError: when there is a table with other columns, or of another network.
        """
        try:
            table = self.open()
        except (ValueError, FileNotFoundError) as missing:
            try:
                options = self.options()
                return lance.write_dataset(schema.empty_table(), self.uri, mode="create", storage_options=options)
            except OSError as error:
                try:
                    table = self.open()
                except (ValueError, OSError):
                    raise TiramisuError(f"the table can neither be read nor made ({error}): {self.uri}") from missing
        _expect_same(table.schema, schema, self.uri)
        return table


@dataclass(frozen=True)
class Source:
    """A Lance table with pictures: a column of paths, or of the bytes of files."""

    uri: str
    #: Whose rows are meant.
    version: int
    #: The columns that are read.
    columns: tuple[str, ...]
    storage_options: Mapping[str, str] | None = field(default=None, repr=False)

    def open(self) -> lance.LanceDataset:
        """The table in that version."""
        options = None if self.storage_options is None else dict(self.storage_options)
        return lance.dataset(self.uri, version=self.version, storage_options=options)


@dataclass(frozen=True)
class Job:
    """What every shard of a plan needs to know."""

    features: Features
    target: Target
    #: Of what comes in.
    schema: pa.Schema
    #: Where rows are read from; ``None`` where shards have their rows with them.
    source: Source | None = None


@dataclass(frozen=True)
class Shard:
    """A share of the work. All its rows are of one fragment of the table that they came from."""

    #: From the pictures in it and what is wanted of them, so that a share that is done twice is known as one.
    name: str
    #: How many pictures.
    count: int
    #: What comes in, where it is not read from a table.
    rows: pa.Table | None = field(default=None, repr=False)
    #: The fragment that they are of, and their places in it.
    fragment: int | None = None
    places: tuple[int, ...] = field(default=(), repr=False)

    def read(self, job: Job) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch."""
        if self.rows is not None:
            yield from self.rows.to_batches(max_chunksize=BATCH_ROWS)
            return
        assert job.source is not None and self.fragment is not None
        fragment = job.source.open().get_fragment(self.fragment)
        for begin in range(0, len(self.places), BATCH_ROWS):
            some = list(self.places[begin : begin + BATCH_ROWS])
            yield from fragment.take(some, columns=list(job.source.columns)).combine_chunks().to_batches()


@dataclass(frozen=True)
class Plan:
    """All shares of the work that is still to be done."""

    job: Job
    shards: tuple[Shard, ...]
    #: Pictures that are in the target already.
    done: int
    #: The target's version when it was looked at.
    version: int


def plan(
    pictures: pa.Table | Iterable[str | os.PathLike[str]] | lance.LanceDataset,
    target: str | os.PathLike[str] | Target,
    features: Features,
    *,
    rows_per_shard: int = ROWS_PER_SHARD,
    at_once: int = 1,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Plan:
    """Shares out the pictures that are not in the target yet. The target is made if there is none.

    Args:
        pictures: paths, a table with a column of them, or a Lance dataset with a column of paths or contents.
        target: where the features go.
        features: what is wanted.
        rows_per_shard: pictures of a shard at most.
        at_once: how many shards an engine does at a time. Where that leaves some without work in the last round, shards are
            smaller, so that all have the same. A run that goes on where another ended shares out what is left, so its shards
            have other pictures and other names.
        columns: of a Lance dataset, the columns that are passed on beside the key and the pictures.
        storage_options: of a target that is named by where it lies.

    Raises:
        TiramisuError: when the target is of another network, or the pictures have no key or the same one twice.
    """
    if rows_per_shard < 1:
        raise MisuseError(f"a shard has at least one row, not {rows_per_shard}")
    if at_once < 1:
        raise MisuseError(f"at least one shard is done at a time, not {at_once}")
    if not isinstance(target, Target):
        target = Target(uri_of(target), storage_options=storage_options)
    source: Source | None = None
    if isinstance(pictures, lance.LanceDataset):
        column = (
            features.picture_column(pictures.schema) if columns is None else _picture_among(features, pictures.schema)
        )
        read = tuple(dict.fromkeys([target.key, column, *(columns or [])]))
        source = Source(pictures.uri, pictures.version, read, getattr(pictures, "_storage_options", None))
        schema = pa.schema([pictures.schema.field(name) for name in read])
        groups = _by_fragment(pictures, target.key)
    else:
        rows = (
            pictures if isinstance(pictures, pa.Table) else pa.table({"path": [os.fspath(path) for path in pictures]})
        )
        schema = rows.schema
        expect_key(rows.schema, target.key)
        groups = iter([(None, rows[target.key].to_pylist())])
    table = target.open_or_create(features.schema(schema))
    there = set(keys_of(table, target.key))
    name = _naming(features)
    groups_left: list[tuple[int | None, list[Any], list[int]]] = []
    seen: set[Any] = set()
    done = 0
    for fragment, keys in groups:
        expect_distinct(keys, seen, target.key)
        places = [place for place, key in enumerate(keys) if key not in there]
        done += len(keys) - len(places)
        groups_left.append((fragment, [keys[place] for place in places], places))
    size = rows_of_each(sum(len(places) for *_, places in groups_left), rows_per_shard, at_once)
    shards: list[Shard] = []
    for fragment, keys, places in groups_left:
        for begin in range(0, len(places), size):
            some = places[begin : begin + size]
            called = name(keys[begin : begin + size])
            if fragment is None:
                shards.append(Shard(called, len(some), rows=rows.take(pa.array(some)).combine_chunks()))
            else:
                shards.append(Shard(called, len(some), fragment=fragment, places=tuple(some)))
    return Plan(Job(features, target, schema, source), tuple(shards), done, table.version)


def rows_of_each(rows: int, rows_per_shard: int, at_once: int) -> int:
    """How many rows a shard gets, so that all who work at once have the same to do.

    Five shards of 4,096 are three rounds for two workers, of which the last leaves one idle; six smaller ones are not:

    >>> rows_of_each(20_000, 4096, 1), rows_of_each(20_000, 4096, 2), rows_of_each(3000, 4096, 8), rows_of_each(10, 4096, 8)
    (4096, 3334, 375, 256)
    """
    if at_once == 1:
        return rows_per_shard
    rounds = -(-rows // (rows_per_shard * at_once))
    even = -(-rows // max(1, rounds * at_once))
    return min(rows_per_shard, max(even, BATCH_ROWS))


def keys_of(table: lance.LanceDataset, key: str) -> Iterator[Any]:
    """The keys of all rows."""
    for batch in table.to_batches(columns=[key]):
        yield from batch[key].to_pylist()


def shard_name(features: Features, keys: Iterable[Any]) -> str:
    """The name of a share: of these pictures, whatever their order, and of what is wanted of them."""
    return _naming(features)(keys)


def _naming(features: Features) -> Callable[[Iterable[Any]], str]:
    told = features.described()
    wanted = json.dumps([told["fingerprint"], told["preprocessing"], told["columns"]], sort_keys=True)

    def name(keys: Iterable[Any]) -> str:
        digest = hashlib.blake2b(wanted.encode(), digest_size=16)
        for key in sorted(_bytes(key) for key in keys):
            digest.update(len(key).to_bytes(8, "little") + key)
        return digest.hexdigest()

    return name


def _bytes(key: Any) -> bytes:
    return key if isinstance(key, bytes) else str(key).encode("utf-8", "surrogateescape")


def uri_of(target: str | os.PathLike[str]) -> str:
    """Where a table lies, as any process of this machine finds it."""
    text = os.fspath(target)
    return text if "://" in text else os.path.abspath(text)


def _picture_among(features: Features, schema: pa.Schema) -> str:
    return features.picture_column(schema)


def _by_fragment(table: lance.LanceDataset, key: str) -> Iterator[tuple[int | None, list[Any]]]:
    expect_key(table.schema, key)
    for fragment in table.get_fragments():
        yield fragment.fragment_id, fragment.to_table(columns=[key])[key].to_pylist()


def expect_key(schema: pa.Schema, key: str) -> None:
    """Refuses rows without the column that tells pictures apart."""
    if key not in schema.names:
        raise MisuseError(f"there is no column {key} to tell pictures apart; there are: {', '.join(schema.names)}")


def expect_distinct(keys: list[Any], seen: set[Any], column: str) -> None:
    """Refuses pictures that were seen before, and adds the others to what was seen."""
    before = len(seen)
    seen.update(keys)
    if None in seen:
        raise MisuseError(f"some pictures have nothing in the column {column}, which tells them apart")
    if len(seen) < before + len(keys):
        raise MisuseError(f"some pictures are there twice: they have the same {column}")


def _expect_same(found: pa.Schema, wanted: pa.Schema, uri: str) -> None:
    def maker(schema: pa.Schema) -> tuple[Any, Any]:
        told = json.loads((schema.metadata or {}).get(b"tiramisu", b"{}"))
        return told.get("fingerprint"), told.get("preprocessing")

    there = json.loads((found.metadata or {}).get(b"tiramisu", b"{}")).get("network", "no network")
    if maker(found) != maker(wanted):
        raise TiramisuError(f"the table has features of another network ({there}): {uri}")
    if not found.equals(wanted, check_metadata=False):
        lacking = [name for name in wanted.names if name not in found.names]
        more = [name for name in found.names if name not in wanted.names]
        told = "; ".join(
            [f"it lacks {', '.join(lacking)}"] * bool(lacking) + [f"it also has {', '.join(more)}"] * bool(more)
        )
        raise TiramisuError(f"the table has other columns ({told or 'of other types, or in another order'}): {uri}")
