"""Features by Spark: as a DataFrame, or written to a Lance table as one version.

The package has to be installed where Spark's workers run (``pip install 'tiramisu-vision[spark]'``). Each Python
worker keeps one program running, which uses as many processors as Spark counts for a task (``spark.task.cpus``), unless
``threads`` says otherwise.

>>> from tiramisu_vision import spark                                                           # doctest: +SKIP
>>> pictures = session.read.format("binaryFile").load("hdfs:///photos/*.jpg")                   # doctest: +SKIP
>>> made = spark.features(pictures, layers=["features.12.concat"], column="content")           # doctest: +SKIP
>>> made.select("path", "features_12_concat_average").show()                                    # doctest: +SKIP

A table that :func:`extract` filled becomes a workspace, which the window opens, by
:func:`tiramisu_vision.shards.adopt`.

Whatever Spark reads serves, since its workers hand over contents; where pictures are files that every worker sees, a
column of paths is less to carry. Spark hands over up to 10,000 rows at once: with contents, set
``spark.sql.execution.arrow.maxRecordsPerBatch`` to a few hundred.
"""

from __future__ import annotations

import inspect
import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import ArrayType, BinaryType, DataType, FloatType, IntegerType, StringType, StructField, StructType

from . import shards
from .errors import MisuseError
from .features import Features
from .shards import BATCH_ROWS, Committed, Job, Shard, Target, Written

#: What CaffeOnSpark calls the column that tells pictures apart.
SAMPLE_ID = "SampleID"


def features(
    pictures: DataFrame,
    wanted: Features | None = None,
    *,
    caffe: bool = False,
    sample_id: str = "path",
    **options: Any,
) -> DataFrame:
    """The rows of ``pictures`` with their features, made when Spark wants them.

    Vectors are arrays of floats, since Spark knows neither halves nor lists of a fixed size; in half precision these
    are the same numbers as in a workspace.

    Args:
        pictures: with a column ``path`` or ``content``, such as Spark's ``binaryFile`` gives (there both are: name one).
        wanted: which features; or name its fields: ``network=..., layers=...``.
        caffe: rows as CaffeOnSpark makes them: ``SampleID`` and an array for each layer, under the layer's own name. One
            pooling has to be chosen.
        sample_id: the column that becomes ``SampleID``.

    Raises:
        TiramisuError: with the program's message, when there is no such network, layer or column.
    """
    wanted = _with_share(pictures.sparkSession, Features.wished(wanted, options))
    incoming = _arrow(pictures)
    made = wanted.schema(incoming)
    as_they_came = {field.name: field for field in pictures.schema}
    if caffe:
        blobs = _blobs(wanted)
        if sample_id not in as_they_came:
            raise MisuseError(f"there is no column {sample_id} to make {SAMPLE_ID} of; name one (sample_id=...)")
        fields = [StructField(SAMPLE_ID, StringType())]
        fields += [StructField(layer, ArrayType(FloatType())) for layer in blobs]
        kept = [sample_id, *blobs.values()]
        if sample_id not in made.names:
            raise MisuseError(
                f"the column {sample_id} has the pictures and is not passed on; name another (sample_id=...)"
            )
    else:
        fields = [as_they_came.get(field.name) or StructField(field.name, _of_spark(field.type)) for field in made]
        kept = made.names
    function = partial(_made_for_spark, wanted, incoming, tuple(kept), caffe)
    return pictures.mapInArrow(function, StructType(fields))


def engine(session: SparkSession, tasks: int | None = None) -> shards.Engine:
    """An engine for :func:`tiramisu_vision.shards.extract`: one task a shard.

    Args:
        tasks: how many shares Spark sees at most; by default as many as there are shards.
    """

    def run(job: Job, shares: Sequence[Shard]) -> list[Written]:
        slices = len(shares) if tasks is None else min(tasks, len(shares))
        written: list[Written] = (
            session.sparkContext.parallelize(shares, slices).map(partial(shards.write, job)).collect()
        )
        return written

    return run


def extract(
    session: SparkSession,
    pictures: Any,
    target: Any,
    wanted: Features | None = None,
    *,
    tasks: int | None = None,
    rows_per_shard: int = shards.ROWS_PER_SHARD,
    columns: Sequence[str] | None = None,
    storage_options: Mapping[str, str] | None = None,
    **options: Any,
) -> Committed:
    """Brings features into a Lance table, as one version; see :func:`tiramisu_vision.shards.extract`.

    ``pictures`` are paths that every worker sees, or a Lance dataset that it reaches. For what only Spark reads there
    is :func:`extract_rows`.
    """
    return shards.extract(
        pictures,
        target,
        _with_share(session, Features.wished(wanted, options)),
        engine=engine(session, tasks),
        rows_per_shard=rows_per_shard,
        at_once=_at_once(session) if tasks is None else min(tasks, _at_once(session)),
        columns=columns,
        storage_options=storage_options,
        progress=False,
    )


def extract_rows(
    pictures: DataFrame,
    target: Any,
    wanted: Features | None = None,
    *,
    columns: Sequence[str] = (),
    storage_options: Mapping[str, str] | None = None,
    **options: Any,
) -> Committed:
    """Brings features of a DataFrame's pictures into a Lance table, as one version: for pictures on stores that only
    Spark reads.

    A partition is a shard. Rows whose key is in the table already are passed over; Spark reads their contents
    nevertheless, so where most are known, leave them out before.

    Args:
        columns: what is passed on beside the key and, where that is a path, the path.
    """
    wanted = _with_share(pictures.sparkSession, Features.wished(wanted, options))
    if not isinstance(target, Target):
        target = Target(shards.uri_of(target), storage_options=storage_options)
    everything = _arrow(pictures)
    names = list(dict.fromkeys([target.key, wanted.picture_column(everything), *columns]))
    schema = pa.schema([everything.field(name) for name in names])
    shards.expect_key(everything, target.key)
    job = Job(wanted, target, schema)
    rows = problems = done = 0
    is_lost = False
    while True:
        table = target.open_or_create(wanted.schema(schema))
        known = pictures.sparkSession.sparkContext.broadcast(frozenset(shards.keys_of(table, target.key)))
        try:
            told = pictures.select(*names).mapInArrow(partial(_written, job, known), "written string").collect()
        finally:
            known.unpersist()
        written = [Written.from_json(row["written"]) for row in told]
        made = shards.commit(target, written, table.version)
        rows, problems, done = rows + made.rows, problems + made.problems, done + made.shards
        is_lost = shards.all_lost(made, is_lost)
        if not made.overtaken and not made.lost:
            return Committed(made.version, done, rows, problems)


def pipe_command(wanted: Features) -> str:
    """For ``RDD.pipe``: a command that reads paths, one a line, and writes one JSON document a line.

    Spark gives such a command an empty environment unless it is told otherwise:

    >>> lines = paths.pipe(spark.pipe_command(wanted), env=dict(os.environ), checkCode=True)  # doctest: +SKIP
    """
    return shlex.join([sys.executable, "-m", "tiramisu_vision.lines", json.dumps(asdict(wanted))])


def _with_share(session: SparkSession, wanted: Features) -> Features:
    """With as many threads as Spark counts for a task: all that run on a machine share it."""
    if wanted.threads is not None:
        return wanted
    return replace(wanted, threads=_processors(session))


def _at_once(session: SparkSession) -> int:
    """How many tasks run at a time, as far as Spark knows when it is asked."""
    processors: int = session.sparkContext.defaultParallelism
    return max(1, processors // _processors(session))


def _processors(session: SparkSession) -> int:
    """How many Spark counts for a task."""
    return max(1, int(session.conf.get("spark.task.cpus", "1") or 1))


def _arrow(frame: DataFrame) -> pa.Schema:
    """What Spark hands over."""
    zone = frame.sparkSession.conf.get("spark.sql.session.timeZone")
    is_asked = "timezone" in inspect.signature(to_arrow_schema).parameters
    options: dict[str, Any] = {"timezone": zone} if is_asked else {}
    return to_arrow_schema(frame.schema, **options)


def _blobs(wanted: Features) -> dict[str, str]:
    """The column of each layer."""
    columns = [column for column in wanted.described()["columns"] if "layer" in column]
    found = {column["layer"]: column["name"] for column in columns}
    if len(found) < len(columns):
        raise MisuseError(
            'CaffeOnSpark\'s rows have one array a layer: choose one pooling, such as poolings=["average"]'
        )
    return found


def _of_spark(type: pa.DataType) -> DataType:
    if pa.types.is_fixed_size_list(type):
        return ArrayType(FloatType())
    if pa.types.is_binary(type):
        return BinaryType()
    return IntegerType() if pa.types.is_uint32(type) else StringType()


def _in_small(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows in pieces that a program's memory is made for, with the types that were announced."""
    for batch in batches:
        rows = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
        yield from rows.to_batches(max_chunksize=BATCH_ROWS)


def _made_for_spark(
    wanted: Features, incoming: pa.Schema, kept: tuple[str, ...], caffe: bool, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    for batch in wanted.of(_in_small(batches, incoming), incoming):
        names = list(kept)
        arrays = [_for_spark(batch[name]) for name in names]
        if caffe:
            names = [SAMPLE_ID, *_blobs(wanted)]
            arrays[0] = arrays[0].cast(pa.string())
        yield pa.RecordBatch.from_arrays(arrays, names)


def _for_spark(array: pa.Array) -> pa.Array:
    if pa.types.is_fixed_size_list(array.type):
        return array.cast(pa.list_(pa.float32()))
    return array.cast(pa.int32()) if pa.types.is_uint32(array.type) else array


def _written(job: Job, known: Any, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    keys: list[Any] = []

    def rows() -> Iterator[pa.RecordBatch]:
        for batch in _in_small(batches, job.schema):
            its = batch[job.target.key].to_pylist()
            new = [place for place, key in enumerate(its) if key not in known.value]
            keys.extend(its[place] for place in new)
            if new:
                yield batch.take(pa.array(new))

    written = shards.write_rows(job, "", rows())
    if written.rows:
        shards.expect_distinct(keys, set(), job.target.key)
        told = replace(written, shard=shards.shard_name(job.features, keys)).to_json()
        yield pa.RecordBatch.from_pydict({"written": [told]})
