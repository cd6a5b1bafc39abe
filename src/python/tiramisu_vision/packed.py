"""The program of a wheel that holds it packed by xz, a third smaller than a zip can: unpacked when it is first needed.

It is put beside this file, in the place of an empty one that the installer knows, and so takes away again; where nothing may be
written there, into the person's cache.
"""

from __future__ import annotations

import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .errors import ProgramError

#: What the wheel brings, and what comes of it.
PACKED = Path(__file__).with_name("program.xz")
UNPACKED = Path(__file__).with_name("program.bin")


def find() -> Path | None:
    """The program, unpacked; ``None`` where the wheel did not bring it packed."""
    try:
        packed = PACKED.stat()
    except OSError:
        return None
    # Another wheel's would be of another size or time.
    cached = _cache() / f"{packed.st_size}-{packed.st_mtime_ns}" / "tiramisu"
    for place in (UNPACKED, cached):
        if place.is_file() and place.stat().st_size:
            return place
    try:
        return _unpack(UNPACKED)
    except OSError:
        return _unpack(cached)


def main() -> None:
    """The command ``tiramisu``."""
    try:
        path = find()
    except ProgramError as error:
        sys.exit(f"tiramisu: {error}")
    if path is None:
        sys.exit(f"tiramisu: the program is not where it was installed; install the package again: {PACKED}")
    words = [str(path), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.run(words, check=False).returncode)
    os.execv(path, words)


def _unpack(to: Path) -> Path:
    """Whole or not at all, also where several do it at once."""
    to.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=to.parent, prefix=".program")
    part = Path(name)
    try:
        with lzma.open(PACKED) as source, os.fdopen(number, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        part.chmod(0o755)
        os.replace(part, to)
    except (lzma.LZMAError, EOFError) as error:
        raise ProgramError(f"{PACKED} is damaged ({error}): install the package again") from error
    finally:
        part.unlink(missing_ok=True)
    return to


def _cache() -> Path:
    usual = Path.home() / ("AppData/Local" if os.name == "nt" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual) / "tiramisu" / "programs"
