"""What the tests of engines share: pictures, and the rows that one process makes of them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import lance
import pyarrow as pa
import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision import program
from tiramisu_vision.features import Features

LAYER = "features.12.concat"
COLUMN = "features_12_concat_average"
#: Where the package lies that is tested.
SOURCES = Path(__file__).parents[2] / "src" / "python"
WANTED = Features(layers=[LAYER], poolings=["average"], compute="cpu", threads=1)


def expect_features() -> None:
    """Skips where the program cannot make features of a stream."""
    try:
        told = subprocess.run([str(program.checked()), "features", "--help"], capture_output=True, check=False)
    except tiramisu.ProgramError as error:
        pytest.skip(str(error))
    if told.returncode != 0:
        pytest.skip("the program has no verb `features`")


def java_lacks() -> str | None:
    """Why Spark cannot run; ``None`` where it can."""
    if shutil.which("java") is None:
        return "there is no Java"
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if version is None or int(version[1]) < 17:
        return f"Spark 4 needs Java 17, and this is another: {(told.stderr or told.stdout).strip()[:80]}"
    return None


def make_pictures(folder: Path, count: int) -> list[str]:
    """Sample pictures, and one that cannot be read."""
    tiramisu.sample(folder, count=count)
    (folder / "broken.jpg").write_bytes(b"no picture")
    return sorted(str(path) for path in folder.rglob("*.jpg"))


def place_name(test: str) -> str:
    """What a bucket or container is called that is a test's own, as all stores allow it."""
    # Long names begin alike.
    return f"{re.sub('[^a-z0-9]+', '-', test.lower())[:48].strip('-')}-{zlib.crc32(test.encode()):08x}"


def contents(paths: list[str]) -> pa.Table:
    """Paths, and the bytes of the files."""
    return pa.table({"path": paths, "content": pa.array([Path(path).read_bytes() for path in paths], pa.binary())})


def rows_of(table: lance.LanceDataset | pa.Table, *columns: str) -> pa.Table:
    """Rows by path: those of two tables are equal when they are the same, bit for bit."""
    names = list(columns or ("path", "width", "height", "problem", COLUMN))
    rows = table.to_table() if isinstance(table, lance.LanceDataset) else table
    rows = rows.select(names).sort_by("path").combine_chunks()
    return rows.replace_schema_metadata(None)


def the_same(first: pa.Table, second: pa.Table) -> bool:
    """Whether rows are equal, bit for bit: also where numbers have more than one zero."""

    def bits(table: pa.Table) -> list[object]:
        found: list[object] = []
        for column in table.columns:
            values = column.combine_chunks()
            if pa.types.is_fixed_size_list(values.type):
                found += [values.is_valid().to_pylist(), values.flatten().to_numpy(zero_copy_only=False).tobytes()]
            else:
                found.append(values.to_pylist())
        return found

    return first.schema.names == second.schema.names and bits(first) == bits(second)


def running_children() -> list[int]:
    """The processes `tiramisu features` of this machine that belong to this test: by the mark in their environment."""
    mark = f"TIRAMISU_TEST_MARK={os.environ.get('TIRAMISU_TEST_MARK', '')}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                is_marked = mark in (entry / "environ").read_bytes().split(b"\0")
                is_dead = "State:\tZ" in (entry / "status").read_text()
            except OSError:
                continue
            if is_marked and b"features" in words and b"--quiet" in words and not is_dead:
                found.append(int(entry.name))
    return found


def kill_workers_of_programs(times: int) -> Callable[[], list[int]]:
    """Kills whoever starts a program, so many times; gives a way to end it that tells which were killed. Workers that
    have one already are killed before, so that others must come."""
    killed: list[int] = []
    is_over = threading.Event()
    before = {_parent_of(child) for child in running_children()}
    for worker in before - {None, os.getpid()}:
        os.kill(worker or 0, signal.SIGKILL)

    def run() -> None:
        while len(killed) < times and not is_over.is_set():
            for child in running_children():
                worker = _parent_of(child)
                is_new = worker not in {None, 1, os.getpid(), *before, *killed}
                if worker is not None and is_new and len(killed) < times:
                    os.kill(worker, signal.SIGKILL)
                    killed.append(worker)
            time.sleep(0.01)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def over() -> list[int]:
        is_over.set()
        thread.join()
        return killed

    return over


def _parent_of(process: int) -> int | None:
    try:
        return int((Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return None
