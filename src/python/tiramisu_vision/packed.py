"""The program of a wheel that holds it packed by xz, a third smaller than a zip can: unpacked when it is first needed.

It is put beside this file, in the place of an empty one that the installer knows, and so takes away again; where nothing may be
written there, into the person's cache. What lies there of a wheel that is gone, or was replaced, is taken away by the next one,
unless somebody uses it.

The command ``tiramisu`` of such a wheel runs this file alone, since the rest of the package takes longer to be read than the
program to start: so it imports nothing of ours, and of others what every start needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

# As modules are imported, and as the command runs it.
HERE = os.path.dirname(os.path.abspath(__file__))
#: What the wheel brings, and what comes of it.
PACKED = os.path.join(HERE, "program.xz")
UNPACKED = os.path.join(HERE, "program.bin")

#: Names in the cache: the program, and the file that says which wheel it is of.
_PROGRAM, _SOURCE = "tiramisu", "wheel"
#: What is being unpacked.
_PART = ".program"
#: Of the program in the cache that this process uses, open as long as it does.
_used: dict[str, int] = {}


class DamagedError(Exception):
    """What the wheel brought is not whole."""


def find() -> str | None:
    """The program, unpacked; ``None`` where the wheel did not bring it packed.

    Raises:
        DamagedError: when it cannot be unpacked since it is not whole.
        OSError: when it can be written nowhere.
    """
    key = _key(PACKED)
    if key is None:
        return None
    if _is_there(UNPACKED):
        return UNPACKED
    cached = os.path.join(_cache(), key, _PROGRAM)
    if cached in _used and _is_there(cached):
        return cached
    path = cached
    if not _use(cached):
        try:
            path = _unpack(UNPACKED)
        except OSError:
            _unpack_into_cache(cached)
    for entry in _entries(_cache()):
        if _is_of_no_wheel(entry.path):
            _remove_unless_used(os.path.join(entry.path, _PROGRAM), entry.path)
    return path


def main() -> None:
    """The command ``tiramisu``."""
    try:
        path = find()
    except DamagedError as error:
        sys.exit(f"tiramisu: {error}")
    except OSError as error:
        sys.exit(f"tiramisu: the program can be unpacked nowhere ({error}): make room, or name a folder in XDG_CACHE_HOME")
    if path is None:
        sys.exit(f"tiramisu: the program is not where it was installed; install the package again: {PACKED}")
    for number in _used.values():
        # What this process becomes uses it, too.
        os.set_inheritable(number, True)
    try:
        os.execv(path, [path, *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"tiramisu: the program cannot be started ({error}): {path}")


def _key(packed: str) -> str | None:
    """What tells a wheel's program from that of another in the same place."""
    try:
        state = os.stat(packed)
    except OSError:
        return None
    return f"{state.st_size}-{state.st_mtime_ns}"


def _is_there(path: str) -> bool:
    return os.path.isfile(path) and os.path.getsize(path) > 0


def _unpack(to: str) -> str:
    """Whole or not at all, also where several do it at once."""
    import lzma
    import shutil
    import tempfile

    folder = os.path.dirname(to)
    number, part = tempfile.mkstemp(dir=folder, prefix=_PART)
    # Held while it is written and until it has its name. Windows has no such lock, and would not rename what is held.
    held = None if os.name == "nt" else os.open(part, os.O_RDONLY)
    try:
        with os.fdopen(number, "wb") as target:
            if held is not None:
                _lock(held, is_shared=False)
            with lzma.open(PACKED) as source:
                shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(number)
        # Closed before it has its name: what is open for writing cannot be started.
        os.chmod(part, 0o755)
        os.replace(part, to)
    except (lzma.LZMAError, EOFError) as error:
        raise DamagedError(f"{PACKED} is damaged ({error}): install the package again") from error
    finally:
        if os.path.exists(part):
            os.unlink(part)
        if held is not None:
            os.close(held)
    # What was killed meanwhile left a large file.
    for entry in _entries(folder):
        if entry.name.startswith(_PART) and entry.is_file(follow_symlinks=False):
            _remove_unless_used(entry.path, entry.path)
    return to


def _unpack_into_cache(cached: str) -> None:
    folder = os.path.dirname(cached)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, _SOURCE), "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(PACKED)
    _unpack(cached)
    _use(cached)


def _is_of_no_wheel(folder: str) -> bool:
    """Whether a folder of the cache is of a wheel that is gone, or another one is in its place."""
    try:
        with open(os.path.join(folder, _SOURCE), encoding="utf-8", errors="surrogateescape") as file:
            packed = file.read()
    except OSError:
        # Somebody just makes it.
        return False
    return bool(packed) and _key(packed) != os.path.basename(folder)


def _use(cached: str) -> bool:
    """Says of a program in the cache that this process uses it; false if it is not there."""
    if not _is_there(cached):
        return False
    try:
        number = os.open(cached, os.O_RDONLY)
    except OSError:
        return False
    _lock(number, is_shared=True)
    if not _is_there(cached) or not os.path.samestat(os.fstat(number), os.stat(cached)):
        # Somebody took it away first.
        os.close(number)
        return False
    _used[cached] = number
    return True


def _lock(number: int, *, is_shared: bool) -> bool:
    """Locks a file until it is closed; false if somebody else has, or there are no locks."""
    try:
        import fcntl

        how = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        fcntl.flock(number, how | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _remove_unless_used(program: str, everything: str) -> None:
    import shutil

    try:
        number = os.open(program, os.O_RDONLY)
    except OSError:
        # It was never whole, or somebody else takes it away.
        return
    try:
        if not _lock(number, is_shared=False):
            return
        # First, since whoever finds it uses it.
        os.unlink(program)
        shutil.rmtree(everything, ignore_errors=True)
    except OSError:
        # It is used, on a system that says so like this.
        pass
    finally:
        os.close(number)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from list(found)
    except OSError:
        return


def _cache() -> str:
    usual = os.path.join(os.path.expanduser("~"), "AppData/Local" if os.name == "nt" else ".cache")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or usual, "tiramisu", "programs")


if __name__ == "__main__":
    main()
