"""Collections larger than one machine: shares of the work, and one commit of all that came of them.

An engine is whatever runs :func:`write` once for each :class:`Shard`, anywhere, as often as it likes; :func:`commit`
then makes what was written visible as **one version** of a Lance table. So

- a shard that is done twice, because it was tried again or two machines had it, is committed once: its name comes from
  its content, and only one set of its files is taken;
- a worker that is killed leaves at most files that nobody refers to (``lance.dataset(...).cleanup_old_versions()``
  removes them in time), and so does a driver that is killed before the commit;
- pictures that are in the table already are not done again, however the last run ended;
- of several that commit at once none is lost, and none twice: who comes second is asked to look again.

The table may lie wherever pylance reaches (a folder, ``s3://``, ``gs://``, ``az://``); ``storage_options`` are pylance's.
Folders and S3 were tried (moto's server, by two who commit at once), Google's store and Azure's were not.

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

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import lance
import pyarrow as pa
from lance.fragment import write_fragments

from . import adopting
from .commits import Committed, Written, all_lost, commit
from .errors import TiramisuError
from .features import SIZES_AND_PROBLEM, Features
from .plans import (
    BATCH_ROWS,
    ROWS_PER_SHARD,
    Job,
    Plan,
    Shard,
    Source,
    Target,
    expect_distinct,
    expect_key,
    keys_of,
    plan,
    shard_name,
    uri_of,
)
from .progress import Progress, ProgressTold, shown
from .workspace import Workspace

__all__ = [
    "BATCH_ROWS",
    "ROWS_PER_SHARD",
    "Committed",
    "Engine",
    "Job",
    "Plan",
    "Shard",
    "Source",
    "Target",
    "Written",
    "adopt",
    "all_lost",
    "commit",
    "expect_distinct",
    "expect_key",
    "extract",
    "in_this_process",
    "keys_of",
    "plan",
    "shard_name",
    "uri_of",
    "write",
    "write_rows",
]

#: Runs :func:`write` for each shard, and gives what it returns, in any order, more than once if it likes.
Engine = Callable[[Job, Sequence[Shard]], Iterable[Written]]


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


def extract(
    pictures: pa.Table | Iterable[str | os.PathLike[str]] | lance.LanceDataset,
    target: str | os.PathLike[str] | Target,
    features: Features,
    *,
    engine: Engine | None = None,
    rows_per_shard: int = ROWS_PER_SHARD,
    at_once: int = 1,
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
            pictures,
            target,
            features,
            rows_per_shard=rows_per_shard,
            at_once=at_once,
            columns=columns,
            storage_options=storage_options,
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
        table = lance.dataset(uri_of(table), storage_options=options)
    expect_key(table.schema, key)
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
