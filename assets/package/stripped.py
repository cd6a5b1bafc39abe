"""A program without the names of its functions, which are a good part of a file and which nobody needs to run it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import binary

#: In this order: the first one knows programs of every machine, the second those of its own.
TOOLS = ("llvm-strip", "strip")


def copy(program: Path, folder: Path) -> Path:
    """The program itself where it has no names, or is none for Linux: others are left as they were built. Else a copy of it
    in ``folder`` without them; or the program, and why, where nothing takes them out."""
    needs = binary.read(program)
    if needs is None or not needs.has_symbols:
        return program
    made = folder / program.name
    tools = [found for name in TOOLS if (found := shutil.which(name))]
    for tool in tools:
        done = subprocess.run([tool, "-o", str(made), str(program)], capture_output=True, text=True, check=False)
        left = binary.read(made) if done.returncode == 0 else None
        if left is not None and not left.has_symbols:
            print(f"without the names of its functions: {made.stat().st_size / 1e6:.0f} MB of {program.stat().st_size / 1e6:.0f}")
            return made
        print(f"{tool} did not take out the names of functions: {done.stderr.strip()}")
    lacking = "" if tools else f", since neither {' nor '.join(TOOLS)} is installed"
    print(f"names of functions stay in the program{lacking}: all packages are larger for it")
    return program
