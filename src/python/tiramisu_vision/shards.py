"""Collections larger than one machine: shares of the work, and one commit of all that came of them.

An engine is whatever runs :func:`write` once for each :class:`Shard`, anywhere, as often as it likes; :func:`commit`
then makes what was written visible as **one version** of a Lance table. So

- a shard that is done twice, because it was tried again or two machines had it, is committed once: its name comes from
its
  content, and only one set of its files is taken;
- a worker that is killed leaves at most files that nobody refers to (``lance.dataset(...).cleanup_old_versions()``
removes
  them in time), and so does a driver that is killed before the commit;
- pictures that are in the table already are not done again, however the last run ended;
- of several that commit at once none is lost, and none twice: who comes second is asked to look again.

The table may lie wherever pylance reaches (``s3://``, ``gs://``, ``az://`` or a folder); ``storage_options`` are
pylance's.

>>> from tiramisu_vision import shards
>>> from tiramisu_vision.features import Features
>>> wanted = Features(layers=["features.12.concat"], compute="cpu")
>>> paths = [str(path) for path in work.images[:6].paths]
>>> done = shards.extract(paths, folder.parent / "table.lance", wanted, rows_per_shard=4)
>>> done.shards, done.rows
(2, 6)
>>> shards.extract(paths, folder.parent / "table.lance", wanted).rows
0

The window and all questions want a workspace; :func:`adopt` makes one of such a table, or brings what it has into one that
there is. With ``Features(thumbnails=True)`` the pictures need not be read for it:

>>> shards.adopt(folder.parent / "table.lance", folder, workspace=folder.parent / "adopted", progress=False)
<Workspace of 6 images in ...sample, seen by ladyfinger>
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import lance
import pyarrow as pa
from lance.commit import CommitConflictError
from lance.file import LanceFileReader
from lance.fragment import FragmentMetadata, write_fragments

from . import adopting
from .errors import MisuseError, TiramisuError
from .features import SIZES_AND_PROBLEM, Features
from .progress import Progress, ProgressTold, shown
from .workspace import Workspace

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

    #: From the pictures in it and what is wanted of them: the same share has the same name in another run.
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


@dataclass(frozen=True)
class Written:
    """What was written of a shard, and is not yet visible."""

    #: The name of the shard.
    shard: str
    #: Fragments as JSON.
    fragments: tuple[str, ...] = field(repr=False)
    rows: int
    #: Rows without vectors, or not all of them.
    problems: int
    seconds: float


@dataclass(frozen=True)
class Committed:
    """What a commit made visible."""

    #: The version that has it; the one that was there, when there was nothing to commit.
    version: int
    shards: int
    rows: int
    problems: int
    #: Shards with pictures that somebody else committed meanwhile: plan again for what is left of them.
    overtaken: tuple[str, ...] = ()
    #: Shards whose files are gone, since the table was cleaned up before they were committed: plan again for them.
    lost: tuple[str, ...] = ()


def all_lost(done: Committed, before: bool) -> bool:
    """Whether nothing arrived of a round. After two such in turn (``before``) a third would be no better."""
    is_all_lost = bool(done.lost) and not done.shards and not done.overtaken
    if is_all_lost and before:
        raise TiramisuError(
            f"the files of all {len(done.lost)} shards are missing where the table is: name a target that every worker and this "
            "machine share, and do not clean the table up while it is extracted to"
        )
    return is_all_lost


#: Runs :func:`write` for each shard, and gives what it returns, in any order, more than once if it likes.
Engine = Callable[[Job, Sequence[Shard]], Iterable[Written]]


def plan(
    pictures: pa.Table | Iterable[str | os.PathLike[str]] | lance.LanceDataset,
    target: str | os.PathLike[str] | Target,
    features: Features,
    *,
    rows_per_shard: int = ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Plan:
    """Shares out the pictures that are not in the target yet. The target is made if there is none.

    Args:
        pictures: paths, a table with a column of them, or a Lance dataset with a column of paths or contents.
        target: where the features go.
        features: what is wanted.
        rows_per_shard: pictures of a shard at most. Keep it from run to run: names depend on it.
        columns: of a Lance dataset, the columns that are passed on beside the key and the pictures.
        storage_options: of a target that is named by where it lies.

    Raises:
        TiramisuError: when the target is of another network, or the pictures have no key or the same one twice.
    """
    if rows_per_shard < 1:
        raise MisuseError(f"a shard has at least one row, not {rows_per_shard}")
    if not isinstance(target, Target):
        target = Target(_uri(target), storage_options=storage_options)
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
        _expect_key(rows.schema, target.key)
        groups = iter([(None, rows[target.key].to_pylist())])
    table = target.open_or_create(features.schema(schema))
    there = set(keys_of(table, target.key))
    name = _naming(features)
    shards: list[Shard] = []
    seen: set[Any] = set()
    done = 0
    for fragment, keys in groups:
        _expect_distinct(keys, seen, target.key)
        places = [place for place, key in enumerate(keys) if key not in there]
        done += len(keys) - len(places)
        for begin in range(0, len(places), rows_per_shard):
            some = places[begin : begin + rows_per_shard]
            called = name(keys[place] for place in some)
            if fragment is None:
                shards.append(Shard(called, len(some), rows=rows.take(pa.array(some)).combine_chunks()))
            else:
                shards.append(Shard(called, len(some), fragment=fragment, places=tuple(some)))
    return Plan(Job(features, target, schema, source), tuple(shards), done, table.version)


def write(job: Job, shard: Shard) -> Written:
    """Makes the features of a shard and writes them, on whichever machine this runs. Nothing is visible yet.

    Raises:
        TiramisuError: with the program's message.
    """
    return write_rows(job, shard.name, shard.read(job))


def write_rows(job: Job, name: str, batches: Iterable[pa.RecordBatch]) -> Written:
    """As :func:`write`, of rows that the engine brings."""
    begun = time.monotonic()
    rows = problems = 0
    failed: list[BaseException] = []

    def made() -> Iterator[pa.RecordBatch]:
        nonlocal rows, problems
        try:
            for batch in job.features.of(batches, job.schema):
                rows += batch.num_rows
                problems += batch.num_rows - batch["problem"].null_count
                yield batch.replace_schema_metadata(schema.metadata)
        except BaseException as error:
            # What goes through Lance loses its kind.
            failed.append(error)
            raise

    schema = job.features.schema(job.schema)
    try:
        reader = pa.RecordBatchReader.from_batches(schema, made())
        fragments = write_fragments(reader, job.target.uri, schema, mode="append", storage_options=job.target.options())
    except Exception:
        if failed:
            raise failed[0] from None
        raise
    told = tuple(json.dumps(fragment.to_json()) for fragment in fragments)
    return Written(name, told if rows else (), rows, problems, time.monotonic() - begun)


def commit(
    target: Target, written: Iterable[Written], since: int, order: Sequence[str] = (), tries: int = 10
) -> Committed:
    """Makes what was written visible, all of it as one version.

    Args:
        written: what :func:`write` gave, also more than once for a shard.
        since: the version of the target that was looked at when the work was shared out.
        order: names of shards in the order that their rows are to have.
        tries: how often it is tried where the store refuses; others that commit at the same time do not count.

    Raises:
        TiramisuError: when the store refuses to the end. Nothing is visible then, and another run does the work again.
    """
    once = {one.shard: one for one in reversed(list(written))}
    place = {name: number for number, name in enumerate(order)}
    chosen = sorted(once.values(), key=lambda one: (place.get(one.shard, len(place)), one.shard))
    refused = 0
    overtaken: list[str] = []
    lost: list[str] = []
    left = [one for one in chosen if one.rows]
    while True:
        try:
            table = target.open()
            files = _files(table)
            # An answer may be lost after the deed was done.
            if left and all(_file(json.loads(told)) in files for one in left for told in one.fragments):
                return _committed(table.version, left, overtaken, lost)
            # A version with files that are not there could not be read.
            lost += [one.shard for one in left if not _are_there(target, one)]
            left = [one for one in left if one.shard not in lost]
            overtaken += _overtaken(table, target, left, since)
            left = [one for one in left if one.shard not in overtaken]
            if not left:
                return _committed(table.version, [], overtaken, lost)
            return _committed(_commit_once(table, target, left).version, left, overtaken, lost)
        except CommitConflictError:
            # Somebody else was quicker: what they committed is looked at before the next attempt.
            continue
        except (OSError, ValueError) as error:
            refused += 1
            if refused >= tries:
                raise TiramisuError(
                    f"what was written could not be committed, and is not visible ({error}): {target.uri}"
                ) from error
            time.sleep(min(0.1 * 2**refused, 10))


def extract(
    pictures: pa.Table | Iterable[str | os.PathLike[str]] | lance.LanceDataset,
    target: str | os.PathLike[str] | Target,
    features: Features,
    *,
    engine: Engine | None = None,
    rows_per_shard: int = ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    progress: ProgressTold = True,
) -> Committed:
    """Brings the features of all pictures into the target that are not there yet: plan, work, one commit.

    The keys of all pictures are in memory meanwhile, some 400 bytes for each: of hundreds of millions, bring one part after the
    other.

    Where somebody else committed some of the same pictures meanwhile, or cleaned the table up before the commit, what is
    left is shared out again.

    Args:
        engine: who does the work; by default this process, shard after shard. Others as for :func:`plan`.
        progress: ``True`` shows after each shard that the engine hands back how many pictures are done, with a bar where tqdm is
            installed; a function is called with every :class:`~tiramisu_vision.Progress`.
    """
    if not isinstance(pictures, (pa.Table, lance.LanceDataset)):
        pictures = list(pictures)
    shards, rows, problems, is_lost = 0, 0, 0, False
    while True:
        planned = plan(
            pictures, target, features, rows_per_shard=rows_per_shard, columns=columns, storage_options=storage_options
        )
        if not planned.shards:
            return Committed(planned.version, shards, rows, problems)
        written = list(_told((engine or in_this_process)(planned.job, planned.shards), planned, progress))
        lacking = {shard.name for shard in planned.shards} - {one.shard for one in written}
        if lacking:
            raise TiramisuError(f"the engine left {len(lacking)} of {len(planned.shards)} shards undone")
        done = commit(planned.job.target, written, planned.version, [shard.name for shard in planned.shards])
        shards, rows, problems = shards + done.shards, rows + done.rows, problems + done.problems
        is_lost = all_lost(done, is_lost)
        if not done.overtaken and not done.lost:
            return replace(done, shards=shards, rows=rows, problems=problems)


def adopt(
    table: str | os.PathLike[str] | Target | lance.LanceDataset,
    folder: str | os.PathLike[str],
    *,
    workspace: str | os.PathLike[str] | None = None,
    network: str | os.PathLike[str] | None = None,
    prefix: str | None = None,
    storage_options: Mapping[str, str] | None = None,
    progress: ProgressTold = True,
) -> Workspace:
    """Takes the features of a table into the workspace of a folder: then ``tiramisu FOLDER`` shows the collection, and nothing
    is extracted again. What the workspace has already stays as it is; what the table lacks, ``extract`` makes.

    Args:
        table: where it lies, or the table itself.
        folder: the folder with the pictures, on this machine. Rows of pictures that it has not are left out, which a warning
            says.
        workspace: where the workspace lies, if not in the usual place; it is made if there is none.
        network: the network, as it was named to make the features, so that the workspace can be asked; not for the built-in
            one.
        prefix: the beginning of keys that stands for the folder, such as ``hdfs:///photos/``, if they are not paths of files
            on this machine.
        storage_options: as pylance takes them.

    Raises:
        TiramisuError: when the workspace has the same layers in another form, or none of the rows is about the folder.
    """
    key = "path"
    if isinstance(table, Target):
        table, key = table.open(), table.key
    elif not isinstance(table, lance.LanceDataset):
        options = None if storage_options is None else dict(storage_options)
        table = lance.dataset(_uri(table), storage_options=options)
    _expect_key(table.schema, key)
    words = [f"--key={key}"]
    words += [] if prefix is None else [f"--prefix={prefix}"]
    return adopting.adopt(table, [key, *SIZES_AND_PROBLEM, "thumbnail"], words, folder, workspace, network, progress)


def _told(coming: Iterable[Written], planned: Plan, told: ProgressTold) -> Iterator[Written]:
    """What an engine hands back; what is done is shown meanwhile, each shard once."""
    counts = {shard.name: shard.count for shard in planned.shards}
    total, done, begun, show = planned.done + sum(counts.values()), planned.done, time.monotonic(), shown(told)
    try:
        for one in coming:
            done += counts.pop(one.shard, 0)
            rate = (done - planned.done) / max(time.monotonic() - begun, 0.001)
            show.show(Progress("Making features", done, total, f"{rate:.1f}/s"))
            yield one
        show.finish()
    finally:
        show.close()


def in_this_process(job: Job, shards: Sequence[Shard]) -> Iterator[Written]:
    """The engine that needs none."""
    for shard in shards:
        yield write(job, shard)


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


def _uri(target: str | os.PathLike[str]) -> str:
    text = os.fspath(target)
    return text if "://" in text else os.path.abspath(text)


def _picture_among(features: Features, schema: pa.Schema) -> str:
    return features.picture_column(schema)


def _by_fragment(table: lance.LanceDataset, key: str) -> Iterator[tuple[int | None, list[Any]]]:
    _expect_key(table.schema, key)
    for fragment in table.get_fragments():
        yield fragment.fragment_id, fragment.to_table(columns=[key])[key].to_pylist()


def _expect_key(schema: pa.Schema, key: str) -> None:
    if key not in schema.names:
        raise MisuseError(f"there is no column {key} to tell pictures apart; there are: {', '.join(schema.names)}")


def _expect_distinct(keys: list[Any], seen: set[Any], column: str) -> None:
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


def _file(fragment: dict[str, Any]) -> str:
    return str(fragment["files"][0]["path"])


def _files(table: lance.LanceDataset) -> dict[str, int]:
    return {_file(fragment.metadata.to_json()): fragment.fragment_id for fragment in table.get_fragments()}


def _overtaken(table: lance.LanceDataset, target: Target, written: list[Written], since: int) -> tuple[str, ...]:
    """Which shards have pictures that came into the table after a version of it."""
    if table.version == since or not written:
        return ()
    try:
        before = set(_files(table.checkout_version(since)))
    except (OSError, ValueError) as error:
        if not _is_missing(error):
            raise
        # It was cleaned up. What was in it was never shared out, so all that is there is compared.
        before = set()
    came = [number for file, number in _files(table).items() if file not in before]
    if not came:
        return ()
    keys: set[Any] = set()
    for number in came:
        keys.update(table.get_fragment(number).to_table(columns=[target.key])[target.key].to_pylist())
    return tuple(one.shard for one in written if any(key in keys for key in _keys_written(target, one)))


def _keys_written(target: Target, written: Written) -> Iterator[Any]:
    for reader in _readers(target, written):
        for batch in reader.read_all().to_batches():
            yield from batch[target.key].to_pylist()


def _readers(target: Target, written: Written) -> Iterator[LanceFileReader]:
    for told in written.fragments:
        path = f"{target.uri}/data/{_file(json.loads(told))}"
        yield LanceFileReader(path, storage_options=target.options(), columns=[target.key])


def _are_there(target: Target, written: Written) -> bool:
    """Whether the files of a shard are still there; what is not committed is removed when a table is cleaned up."""
    try:
        for _ in _readers(target, written):
            pass
    except (OSError, ValueError) as error:
        if not _is_missing(error):
            raise
        return False
    return True


def _is_missing(error: Exception) -> bool:
    told = str(error).lower()
    return isinstance(error, FileNotFoundError) or any(words in told for words in ("not found", "no such file"))


def _commit_once(table: lance.LanceDataset, target: Target, written: list[Written]) -> lance.LanceDataset:
    """Commits unless there is a newer version than ``table``.

    A plain append would go through beside another one, also of the same pictures. A merge that has all fragments, the
    new ones behind the others, does not; and as no column changes, appends of others may follow it unhindered.
    """
    there = [fragment.metadata for fragment in table.get_fragments()]
    number = max((fragment.id for fragment in there), default=-1) + 1
    new = []
    for one in written:
        for told in one.fragments:
            new.append(FragmentMetadata.from_json(json.dumps({**json.loads(told), "id": number})))
            number += 1
    operation = lance.LanceOperation.Merge(there + new, table.lance_schema, preserves_nullability=True)
    return lance.LanceDataset.commit(
        target.uri, operation, read_version=table.version, storage_options=target.options(), max_retries=0
    )


def _committed(version: int, written: list[Written], overtaken: Sequence[str], lost: Sequence[str] = ()) -> Committed:
    rows, problems = sum(one.rows for one in written), sum(one.problems for one in written)
    return Committed(version, len(written), rows, problems, tuple(overtaken), tuple(lost))
