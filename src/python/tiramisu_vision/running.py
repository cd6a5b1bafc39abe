"""One running program that makes features: how rows go in and answers come out, and the programs that wait for another stream."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, NoReturn

import pyarrow as pa

from . import program
from .errors import InterruptedByRequest, MisuseError, TiramisuError
from .wording import in_python

if TYPE_CHECKING:
    from .features import Features


class Fed:
    """How far the thread is that writes."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.rows = 0
        self.is_done = False
        self.error: BaseException | None = None


class Child:
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
        """Whether it has not ended."""
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
        fed = Fed()
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

    def _feed(self, batches: Iterable[pa.RecordBatch], fed: Fed) -> None:
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
        raise failure(code, message or without_words(code))

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
    return (MisuseError if code == program._MISUSED else TiramisuError)(in_python(message, "features"))


def without_words(code: int) -> str:
    """What is said of a program that ended without a word."""
    if code < 0:
        return f"the program was ended by the signal {signal.Signals(-code).name}"
    return f"the program ended with code {code}"


# Programs that wait for another stream. Starting one takes a while: the network is read, and the device opened.

_idle: list[Child] = []
_idle_lock = threading.Lock()
#: A process seldom has more than one kind of stream.
_MOST_IDLE = 2


def borrow(features: Features, schema: pa.Schema) -> Child:
    """A program for rows of a schema: one that waits, or a new one."""
    path = str(program.checked())
    with _idle_lock:
        for child in _idle:
            if child.features == features and child.program == path and child.schema.equals(schema, True):
                _idle.remove(child)
                if child.is_running:
                    return child
                child.kill()
                break
    return Child(features, schema)


def give_back(child: Child, is_whole: bool) -> None:
    """Lets a program wait for another stream, if it read the last one to its end."""
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
