"""Finding the program, asking it, and turning what goes wrong into exceptions.

All heavy work is done by the program ``tiramisu``, which the wheel carries. It is looked for in this order:

1. the environment variable ``TIRAMISU_PROGRAM``, a path;
2. where the wheel put it;
3. the folders of ``PATH``.

Its version has to be that of this package.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from . import packed
from .errors import InterruptedByRequest, MisuseError, ProgramError, Remark, TiramisuError
from .progress import Progress, ProgressTold, Shown, is_progress, shown
from .wording import in_python

__version__ = "0.1.0"

#: The name under which PyPI knows the package.
DISTRIBUTION = "tiramisu-vision"
#: Names the program where it is not the one of the wheel.
VARIABLE = "TIRAMISU_PROGRAM"

#: How many seconds the program may take to stop in order. Longer than at a terminal: it is to say what is stored, and a second
#: Ctrl-C ends it at once all the same.
_STOP_SECS = "TIRAMISU_STOP_SECS"

_NAME = "tiramisu.exe" if os.name == "nt" else "tiramisu"
_MISUSED, _EXCEPT_SOME, _INTERRUPTED, _TERMINATED = 2, 3, 130, 143


def find() -> Path:
    """Where the program lies.

    Raises:
        ProgramError: when there is none, or none that can be run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise ProgramError(f"{VARIABLE} names no file: {named}")
        return path.resolve()
    try:
        unpacked = packed.find()
    except (packed.DamagedError, OSError) as error:
        raise ProgramError(f"the program cannot be unpacked: {error}") from error
    if unpacked is not None:
        return Path(unpacked)
    for path in _of_the_wheel():
        if path.is_file():
            return path
    found = shutil.which("tiramisu")
    if found:
        return Path(found).resolve()
    raise ProgramError(
        "the program tiramisu was not found. Install the wheel that carries it "
        f"(pip install {DISTRIBUTION}), put it on the PATH, or name it in {VARIABLE}"
    )


def _of_the_wheel() -> list[Path]:
    """Where a wheel may have put the program: where its own list of files says, or where scripts usually go."""
    found: list[Path] = []
    try:
        files = importlib.metadata.distribution(DISTRIBUTION).files or []
        found += [Path(str(file.locate())).resolve() for file in files if file.name == _NAME]
    except importlib.metadata.PackageNotFoundError:
        # This package runs from its sources.
        pass
    found.append(Path(sysconfig.get_path("scripts")) / _NAME)
    return found


def checked() -> Path:
    """The program, of the version of this package.

    Raises:
        ProgramError: when there is none, or it is of another version.
    """
    path = find()
    state = path.stat()
    version = _version_of(path, state.st_mtime_ns, state.st_size)
    if version != __version__:
        raise ProgramError(
            f"the program is version {version} and the Python package {__version__}: {path}. Install both of one "
            f"version (pip install {DISTRIBUTION}=={version}), or name another program in {VARIABLE}"
        )
    return path


@lru_cache(maxsize=8)
def _version_of(path: Path, modified_ns: int, size: int) -> str:
    """What the program says of itself. The other arguments tell a program that was replaced from the one before."""
    del modified_ns, size
    try:
        told = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=60, check=False)
    except OSError as error:
        raise ProgramError(f"the program cannot be started ({error.strerror or error}): {path}") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"the program does not say its version within a minute: {path}") from error
    words = told.stdout.split()
    if told.returncode != 0 or len(words) < 2 or words[0] != "tiramisu":
        said = (told.stderr or told.stdout).strip().splitlines()
        because = f" ({said[0]})" if said else ""
        raise ProgramError(f"this is not tiramisu, or it cannot run here{because}: {path}")
    return words[1]


#: Writes to a program's standard input.
Feed = Callable[[IO[bytes]], None]


def ask(*arguments: str, progress: ProgressTold = False, feed: Feed | None = None) -> Any:
    """Runs a verb and returns its answer, read from JSON.

    Args:
        arguments: the verb and what follows it, but for ``--json``.
        feed: writes what the verb reads from standard input, on a thread of its own. What it raises is raised here.
        progress: ``True`` shows how far the work is, with tqdm where it is installed; a function is called with every
            :class:`Progress`.

    Raises:
        TiramisuError: with the program's message, when it fails.
        KeyboardInterrupt: by Ctrl-C, once the program has put down what it had; at once on Windows, and by a second Ctrl-C.
    """
    # Behind "--" everything is a name.
    options = arguments.index("--") if "--" in arguments else len(arguments)
    command = [str(checked()), *arguments[:options], "--json", *arguments[options:]]
    code, output, remarks = _run(command, progress, feed)
    if code in (0, _EXCEPT_SOME):
        _tell(remarks)
        try:
            return json.loads(output)
        except ValueError as error:
            raise ProgramError(f"the program's answer is not JSON ({error}): {' '.join(command)}") from error
    message = in_python(_message(output, remarks), *arguments)
    if code == _INTERRUPTED:
        raise KeyboardInterrupt(_stopped(output) or message)
    if code == _TERMINATED:
        raise InterruptedByRequest(message)
    if code == _MISUSED:
        raise MisuseError(message)
    raise TiramisuError(message or f"the program ended with code {code}: {' '.join(command)}")


def _run(command: list[str], told: ProgressTold, feed: Feed | None) -> tuple[int, str, list[str]]:
    # A process group of its own, so that Ctrl-C reaches it once: from us.
    process = subprocess.Popen(
        command,
        env={_STOP_SECS: "10", **os.environ},
        stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=os.name != "nt",
    )
    feeder = None if feed is None else _Feeder(feed, process)
    assert process.stdout is not None and process.stderr is not None
    output: list[str] = []
    reader = threading.Thread(target=_read_all, args=(process.stdout, output), daemon=True)
    reader.start()
    remarks: list[str] = []
    show = shown(told)
    try:
        # Behind the program comes the verb.
        _listen(process, process.stderr, remarks, show, command[1])
        code = process.wait()
        reader.join()
        if feeder is not None:
            feeder.end()
        if code in (0, _EXCEPT_SOME):
            show.finish()
    finally:
        show.close()
        if process.poll() is None:
            process.terminate()
        if feeder is not None:
            # It writes to nobody any more.
            feeder.join()
        # Waits, and closes the pipes.
        with process:
            reader.join()
    return code, "".join(output), remarks


class _Feeder(threading.Thread):
    """Writes to a program until it has all, or wants no more."""

    def __init__(self, feed: Feed, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        assert isinstance(process.stdin, io.TextIOWrapper)
        self._feed, self._process, self._pipe = feed, process, process.stdin.buffer
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Writes all, and says that it was all."""
        try:
            self._feed(self._pipe)
        except BaseException as error:
            # A program that wants no more says why itself.
            has_ended = isinstance(error, OSError) and (isinstance(error, BrokenPipeError) or self._process.poll() is not None)
            if not has_ended:
                self._error = error
                # What came so far must not be taken for all.
                self._process.terminate()
        finally:
            try:
                self._pipe.close()
            except OSError:
                pass

    def end(self) -> None:
        """Raises what went wrong with what was to be written."""
        self.join()
        if self._error is not None:
            raise self._error


def _read_all(pipe: IO[str], into: list[str]) -> None:
    into.append(pipe.read())


def _listen(process: subprocess.Popen[str], pipe: IO[str], remarks: list[str], show: Shown, verb: str) -> None:
    """Reads what the program says until it ends. The first Ctrl-C stops it in order, the second one at once; on Windows, where no
    signal asks it to end, already the first."""
    was_asked = False
    # Whoever switches the program's log on wants to read it.
    is_logged = bool(os.environ.get("TIRAMISU_LOG"))
    while True:
        try:
            line = pipe.readline()
            if not line:
                return
            line = line.rstrip("\r\n")
            progress = Progress.parse(line)
            if progress is not None:
                show.show(progress)
            elif is_logged:
                print(line, file=sys.stderr)
            elif line.strip() and not is_progress(line):
                remarks.append(line)
        except KeyboardInterrupt:
            if was_asked or os.name == "nt":
                process.kill()
                raise KeyboardInterrupt(_stopped_at_once(verb)) from None
            was_asked = True
            process.send_signal(signal.SIGINT)


def _stopped_at_once(verb: str) -> str:
    """What there is of work that did not end in order: an extraction is committed bit by bit; of other work nothing is promised.

    >>> _stopped_at_once("extract"), _stopped_at_once("project")
    ('stopped at once; what was committed is stored, and the same call goes on from there', 'stopped at once')
    """
    goes_on = "; what was committed is stored, and the same call goes on from there" if verb == "extract" else ""
    return f"stopped at once{goes_on}"


def _message(output: str, remarks: list[str]) -> str:
    """Why it failed: what it says to machines, else what it says to people."""
    try:
        document = json.loads(output)
        told = document.get("error") or document.get("remark") or "; ".join(document.get("problems", []))
        if told:
            return str(told)
    except (ValueError, AttributeError, TypeError):
        pass
    text = "\n".join(remarks).strip()
    for beginning in ("tiramisu: ", "error: "):
        text = text.removeprefix(beginning)
    return text


def _stopped(output: str) -> str:
    """What there is of an extraction that was stopped, which its notebook says last of all; nothing for other verbs.

    >>> _stopped('{"interrupted": true, "with_vectors": 1024, "images": 2000}')
    'stopped; 1,024 of 2,000 images are stored; run it again to go on'
    """
    try:
        document = json.loads(output)
        return f"stopped; {document['with_vectors']:,} of {document['images']:,} images are stored; run it again to go on"
    except (ValueError, KeyError, TypeError):
        return ""


def _tell(remarks: list[str]) -> None:
    """Whatever the program says beside its answer becomes one warning."""
    if remarks:
        warnings.warn("\n".join(remarks), Remark, stacklevel=_outside())


def _outside() -> int:
    """How many calls up the first line outside of this package is."""
    level, frame = 1, sys._getframe(1)
    here = str(Path(__file__).parent)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(here):
        level, frame = level + 1, frame.f_back
    return level
