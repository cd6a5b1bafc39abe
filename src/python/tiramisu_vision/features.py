"""Features of pictures that come as a stream of Arrow batches, without a workspace: what engines drive.

Pictures come as a column ``path`` (text), or ``content`` or ``bytes`` (the bytes of a file); all other columns are
passed on. The same rows come out in the same order, with ``width``, ``height``, ``problem`` and a column of vectors
for each layer and pooling. ``tiramisu features --help`` has the details.

>>> from tiramisu_vision.features import Features
>>> import pyarrow as pa
>>> wanted = Features(layers=["features.12.concat"], poolings=["average"], compute="cpu")
>>> pictures = pa.table({"path": [str(path) for path in work.images[:2].paths], "mine": [1, 2]})
>>> wanted.table(pictures).column_names
['path', 'mine', 'width', 'height', 'problem', 'features_12_concat_average']
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import IO, Any, NoReturn

import pyarrow as pa

from . import program
from .errors import InterruptedByRequest, MisuseError, ProgramError, TiramisuError, in_python

#: Columns that are taken for pictures where none is named, and whether they have the bytes of files.
USUAL = {"path": False, "content": True, "bytes": True}
#: Columns that are added before those of vectors.
SIZES_AND_PROBLEM = ("width", "height", "problem")


@dataclass(frozen=True)
class Features:
    """Which features of which pictures are wanted. It is small, and goes to other processes and machines as it is."""

    #: A name of ``tiramisu networks list``, or a file; by default the built-in network.
    network: str | os.PathLike[str] | None = None
    #: Names of layers, ``"all"``, or ``"default"``.
    layers: Sequence[str] | str | None = None
    #: How space is pooled away: ``average``, ``maximum`` or both.
    poolings: Sequence[str] = ("average", "maximum")
    #: The numbers of vectors: ``half`` as a workspace has them, or ``single`` as the network gives them.
    vectors: str = "half"
    #: The column with the pictures, where it has another name, or there are several.
    column: str | None = None
    #: Whether there is a column ``thumbnail``, the small JPEG that a workspace has of each picture.
    thumbnails: bool = False
    #: Whether the column with the bytes of pictures is passed on.
    keep_content: bool = False
    #: The folder where paths begin that are not absolute.
    folder: str | os.PathLike[str] | None = None
    #: The device that computes: ``auto``, ``gpu`` or ``cpu``.
    compute: str = "auto"
    #: The precision in which the network runs: ``single`` or ``half``.
    precision: str = "single"
    #: How many processors one stream may use; by default all, and of an engine's task those that the engine counts for it.
    threads: int | None = None

    def __post_init__(self) -> None:
        # Plain and unchangeable, so that equal wishes are equal and may be keys.
        given = {
            "network": None if self.network is None else os.fspath(self.network),
            "folder": None if self.folder is None else os.fspath(self.folder),
            "layers": self.layers if self.layers is None or isinstance(self.layers, str) else tuple(self.layers),
            "poolings": (self.poolings,) if isinstance(self.poolings, str) else tuple(self.poolings),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    @staticmethod
    def wished(wanted: Features | None, options: dict[str, Any]) -> Features:
        """A wish with some fields changed, or of these fields alone."""
        return Features(**options) if wanted is None else replace(wanted, **options)

    def words(self) -> list[str]:
        """The options of ``tiramisu features``."""
        words = [f"--pooling={','.join(self.poolings)}", f"--vectors={self.vectors}"]
        words += [f"--compute={self.compute}", f"--precision={self.precision}"]
        words += [] if self.network is None else [f"--network={self.network}"]
        if self.layers is not None:
            words.append("--layers=" + (self.layers if isinstance(self.layers, str) else ",".join(self.layers)))
        words += [] if self.column is None else [f"--column={self.column}"]
        words += ["--thumbnails"] if self.thumbnails else []
        words += ["--keep-content"] if self.keep_content else []
        words += [] if self.folder is None else [f"--folder={self.folder}"]
        return words

    def described(self) -> dict[str, Any]:
        """What the program says of what it would add: ``network``, ``fingerprint``, ``columns`` ...

        Raises:
            TiramisuError: with the program's message, when there is no such network or layer.
        """
        known: dict[str, Any] = json.loads(_described(program.checked(), tuple(self.words())))
        return known

    def picture_column(self, incoming: pa.Schema) -> str:
        """The name of the column with the pictures.

        Raises:
            MisuseError: when there is none, or more than one.
        """
        found = [name for name in incoming.names if name == self.column or (self.column is None and name in USUAL)]
        if len(found) == 1:
            return str(found[0])
        wanted = self.column or ", ".join(USUAL)
        there = ", ".join(incoming.names) or "none"
        if not found:
            raise MisuseError(f"there is no column of pictures ({wanted}); there are: {there}")
        raise MisuseError(f"pictures may be in any of {', '.join(found)}; name the column (column=...)")

    def schema(self, incoming: pa.Schema) -> pa.Schema:
        """What comes out of rows with such columns, without making any."""
        told = self.described()
        pictures = self.picture_column(incoming)
        is_left_out = not self.keep_content and not _is_text(incoming.field(pictures).type)
        kept = [field for field in incoming if not (is_left_out and field.name == pictures)]
        made = {key: told[key] for key in ("network", "fingerprint", "preprocessing", "version")}
        made["columns"] = [column for column in told["columns"] if "layer" in column]
        for column in made["columns"]:
            column.pop("type")
        metadata = {**(incoming.metadata or {}), b"tiramisu": json.dumps(made, separators=(",", ":")).encode()}
        return pa.schema(kept + [_field(column) for column in self.described()["columns"]], metadata=metadata)

    def of(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Iterator[pa.RecordBatch]:
        """Features of pictures, batch by batch, in their order. Memory is a few batches.

        ``batches`` is read by a thread of its own, ahead of what is taken here by as much as the pipes hold. A program
        that is still there from an earlier stream of the same kind is used again.

        Raises:
            TiramisuError: with the program's message.
        """
        coming = iter(batches)
        if schema is None:
            first = next(coming, None)
            if first is None:
                return
            schema, coming = first.schema, chain([first], coming)
        child = _borrow(self, schema)
        is_whole = False
        try:
            yield from child.stream(coming)
            is_whole = True
        finally:
            _give_back(child, is_whole)

    def table(self, pictures: pa.Table, batch_rows: int = 256) -> pa.Table:
        """Features of pictures that are all there."""
        made = list(self.of(pictures.to_batches(max_chunksize=batch_rows), pictures.schema))
        return pa.Table.from_batches(made, made[0].schema if made else self.schema(pictures.schema))


class Worker:
    """One program that answers table after table: for engines that hand over one at a time and wait.

    >>> with Worker(Features(layers=["features.12.concat"], compute="cpu")) as worker:
    ...     worker(pa.table({"path": ["nowhere.jpg"]}))["problem"].null_count
    0
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self._child: _Child | None = None

    def __call__(self, pictures: pa.Table) -> pa.Table:
        """The rows of ``pictures`` with their features."""
        if self._child is None or self._child.schema != pictures.schema:
            self.close()
            self._child = _borrow(self.features, pictures.schema)
        child, is_whole = self._child, False
        try:
            made = list(child.stream(pictures.to_batches(), ahead=False))
            is_whole = True
        finally:
            if not is_whole:
                self._child = None
                child.kill()
        return pa.Table.from_batches(made, child.made_schema)

    def close(self) -> None:
        """Lets the program go."""
        child, self._child = self._child, None
        if child is not None:
            _give_back(child, True)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Engines drop their workers without a word.
        child = getattr(self, "_child", None)
        if child is not None:
            child.kill()

    def __reduce__(self) -> tuple[type[Worker], tuple[Features]]:
        return Worker, (self.features,)


class _Fed:
    """How far the thread is that writes."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.rows = 0
        self.is_done = False
        self.error: BaseException | None = None


class _Child:
    """One running program, to which rows of one schema are sent."""

    def __init__(self, features: Features, schema: pa.Schema) -> None:
        self.features, self.schema = features, schema
        path = program.checked()
        self.program = str(path)
        environment = dict(os.environ)
        if features.threads is not None:
            environment["RAYON_NUM_THREADS"] = str(features.threads)
        self._said: deque[str] = deque(maxlen=100)
        # When this process dies, however it does, the pipes are closed, and the program ends by itself.
        self._process = subprocess.Popen(
            [self.program, "features", "--quiet", *features.words()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=os.name != "nt",
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._stdin: IO[bytes] = self._process.stdin
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._listener.start()
        try:
            self._writer = pa.ipc.new_stream(self._stdin, schema)
            # The schema goes out with the first batch; one without rows is answered at once, or by what is wrong.
            self._writer.write_batch(pa.RecordBatch.from_pylist([], schema=schema))
            self._stdin.flush()
            self._reader = pa.ipc.open_stream(self._process.stdout)
            self._reader.read_next_batch()
        except (OSError, StopIteration, pa.ArrowException):
            self._fail()
        except BaseException:
            self.kill()
            raise
        self.made_schema: pa.Schema = self._reader.schema

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def stream(self, batches: Iterable[pa.RecordBatch], ahead: bool = True) -> Iterator[pa.RecordBatch]:
        """Answers, in order. With ``ahead`` a thread writes while this one reads; else each is read before the next one
        is written."""
        if not ahead:
            for batch in batches:
                if batch.num_rows:
                    self._write(batch)
                    yield from self._answers(batch.num_rows)
            return
        fed = _Fed()
        feeder = threading.Thread(target=self._feed, args=(batches, fed), daemon=True)
        feeder.start()
        read = 0
        while True:
            with fed.news:
                fed.news.wait_for(lambda read=read: fed.rows > read or fed.is_done)  # type: ignore[misc]
                if fed.error is not None:
                    raise fed.error
                if fed.rows == read:
                    break
            answer = self._next()
            read += answer.num_rows
            yield answer
        feeder.join()

    def _feed(self, batches: Iterable[pa.RecordBatch], fed: _Fed) -> None:
        try:
            for batch in batches:
                if not batch.num_rows:
                    continue
                with fed.news:
                    fed.rows += batch.num_rows
                    fed.news.notify()
                try:
                    self._writer.write_batch(batch)
                    self._stdin.flush()
                except (OSError, ValueError) as error:
                    # The program is gone, and whoever reads from it hears why; unless the batch did not fit.
                    if isinstance(error, pa.ArrowInvalid):
                        raise
                    return
        except BaseException as error:
            with fed.news:
                fed.error = error
        finally:
            with fed.news:
                fed.is_done = True
                fed.news.notify()

    def _write(self, batch: pa.RecordBatch) -> None:
        try:
            self._writer.write_batch(batch)
            self._stdin.flush()
        except OSError:
            self._fail()

    def _answers(self, rows: int) -> Iterator[pa.RecordBatch]:
        while rows > 0:
            answer = self._next()
            rows -= answer.num_rows
            yield answer

    def _next(self) -> pa.RecordBatch:
        try:
            return self._reader.read_next_batch()
        except (OSError, StopIteration, pa.ArrowException):
            self._fail()

    def _fail(self) -> NoReturn:
        """Says why the program ended."""
        try:
            code = self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            code = 1
        self.kill()
        message = "\n".join(self._said).removeprefix("tiramisu: ").removeprefix("error: ").strip()
        raise failure(code, message or _without_words(code))

    def end(self) -> None:
        """Ends it in order: there is no more, and all was read."""
        try:
            self._writer.close()
            self._stdin.close()
            self._process.wait(timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.kill()

    def kill(self) -> None:
        """Ends it at once, whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        for pipe in (self._stdin, self._process.stdout, self._process.stderr):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                # What was still to be written has no reader.
                pass

    def abandon(self) -> None:
        """In a process that was forked: the program is the other one's."""
        # Closed while the objects stay whole: they close their numbers again when they go, and those must be theirs.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for pipe in (self._stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                os.dup2(nowhere, pipe.fileno())
        os.close(nowhere)
        self._process.returncode = 0

    def _listen(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._said.append(line.decode("utf-8", "replace").rstrip())


def failure(code: int, message: str) -> BaseException:
    """The exception for what the program says when it ends with a code."""
    if code == program._INTERRUPTED:
        return InterruptedByRequest(message)
    if code == program._TERMINATED:
        return InterruptedByRequest(message)
    return MisuseError(in_python(message)) if code == program._MISUSED else TiramisuError(message)


def _without_words(code: int) -> str:
    if code < 0:
        return f"the program was ended by the signal {signal.Signals(-code).name}"
    return f"the program ended with code {code}"


# Programs that wait for another stream. Starting one takes a while: the network is read, and the device opened.

_idle: list[_Child] = []
_idle_lock = threading.Lock()
#: A process seldom has more than one kind of stream.
_MOST_IDLE = 2


def _borrow(features: Features, schema: pa.Schema) -> _Child:
    path = str(program.checked())
    with _idle_lock:
        for child in _idle:
            if child.features == features and child.program == path and child.schema.equals(schema, True):
                _idle.remove(child)
                if child.is_running:
                    return child
                child.kill()
                break
    return _Child(features, schema)


def _give_back(child: _Child, is_whole: bool) -> None:
    if not is_whole or not child.is_running:
        child.kill()
        return
    with _idle_lock:
        _idle.append(child)
        old = _idle[:-_MOST_IDLE]
        del _idle[:-_MOST_IDLE]
    for one in old:
        one.end()


@atexit.register
def end_idle() -> None:
    """Ends the programs that wait for another stream."""
    with _idle_lock:
        old, _idle[:] = list(_idle), []
    for child in old:
        child.end()


def _forget_idle() -> None:
    global _idle_lock
    _idle_lock = threading.Lock()
    for child in _idle:
        child.abandon()
    _idle.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_idle)


@lru_cache(maxsize=32)
def _described(path: os.PathLike[str], words: tuple[str, ...]) -> str:
    command = [os.fspath(path), "features", *words, "--schema"]
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if told.returncode != 0:
        message = program._message(told.stdout, told.stderr.splitlines())
        raise failure(told.returncode, message or _without_words(told.returncode))
    try:
        json.loads(told.stdout)
    except ValueError as error:
        raise ProgramError(f"the program's answer is not JSON ({error}): {' '.join(command)}") from error
    return told.stdout


def _is_text(type: pa.DataType) -> bool:
    if pa.types.is_dictionary(type):
        type = type.value_type
    tests: list[Callable[[pa.DataType], bool]] = [pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view]
    return any(test(type) for test in tests)


#: The types of columns beside those of vectors.
_BESIDE = {"uint32": pa.uint32(), "string": pa.string(), "binary": pa.binary()}


def _field(column: dict[str, Any]) -> pa.Field:
    if "layer" not in column:
        return pa.field(column["name"], _BESIDE[column["type"]])
    item = {"float16": pa.float16(), "float": pa.float32()}[column["item"]]
    metadata = {"layer": column["layer"], "pooling": column["pooling"], "range": "whole"}
    # The program's own word to Lance: vectors are not searched for equal ones.
    metadata["lance-encoding:dict-divisor"] = str(2**64 - 1)
    return pa.field(column["name"], pa.list_(pa.field("item", item), column["size"]), metadata=metadata)
