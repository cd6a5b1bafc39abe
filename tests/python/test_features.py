"""Batches in, features out; what goes wrong is told in the program's words, and no program is left behind."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from engines import COLUMN, LAYER, WANTED, contents, expect_features, make_pictures, running_children, the_same

import tiramisu_vision as tiramisu
from tiramisu_vision import features, running
from tiramisu_vision.features import Features, Worker


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "stream", 66)


@pytest.fixture(autouse=True)
def mark(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    features.end_idle()
    monkeypatch.setenv("TIRAMISU_TEST_MARK", f"{os.getpid()}-{time.monotonic_ns()}")
    yield
    features.end_idle()


def wait_for_children(count: int) -> bool:
    for _ in range(300):
        if len(running_children()) == count:
            return True
        time.sleep(0.05)
    return False


def test_rows_come_out_as_they_went_in(paths: list[str]) -> None:
    pictures = pa.table({"path": paths, "mine": range(len(paths))}).replace_schema_metadata({"of": "me"})
    made = WANTED.table(pictures, batch_rows=10)
    assert made.column_names == ["path", "mine", "width", "height", "problem", COLUMN]
    assert made.select(["path", "mine"]).equals(pictures.select(["path", "mine"]))
    assert made["problem"].null_count == len(paths) - 1
    broken = next(place for place, path in enumerate(paths) if path.endswith("broken.jpg"))
    assert made["problem"][broken].is_valid and not made[COLUMN][broken].is_valid
    assert made.schema.field(COLUMN).type == pa.list_(pa.field("item", pa.float16()), 512)


def test_the_schema_is_known_before_there_are_rows(paths: list[str]) -> None:
    for pictures in (pa.table({"path": paths[:2], "mine": [1, 2]}), contents(paths[:2])):
        for wanted in (WANTED, Features(layers=[LAYER], vectors="single", compute="cpu")):
            wanted = (
                Features(layers=wanted.layers, vectors=wanted.vectors, compute="cpu", column=pictures.column_names[-1])
                if "content" in pictures.column_names
                else wanted
            )
            made = list(wanted.of(pictures.to_batches()))
            assert made[0].schema.equals(wanted.schema(pictures.schema))
            for field in made[0].schema:
                assert (field.metadata or {}) == (wanted.schema(pictures.schema).field(field.name).metadata or {})


def test_batches_of_any_size_give_the_same_bits(paths: list[str]) -> None:
    pictures = pa.table({"path": paths})
    whole = WANTED.table(pictures, batch_rows=1000)
    for rows in (1, 7, 64):
        assert the_same(WANTED.table(pictures, batch_rows=rows), whole)
    empty = pa.table({"path": pa.array([], pa.string())})
    assert WANTED.table(empty).num_rows == 0
    assert the_same(pa.Table.from_batches(WANTED.of([*empty.to_batches(), *pictures.to_batches()])), whole)
    assert list(WANTED.of([])) == []


def test_paths_and_contents_are_the_same_pictures(paths: list[str]) -> None:
    by_content = Features(layers=[LAYER], poolings=["average"], compute="cpu", column="content", threads=1)
    made = by_content.table(contents(paths))
    assert made.column_names == ["path", "width", "height", "problem", COLUMN]
    of_paths = WANTED.table(pa.table({"path": paths}))
    assert the_same(made.select(["path", "width", COLUMN]), of_paths.select(["path", "width", COLUMN]))


def test_vectors_are_those_of_a_workspace(work: tiramisu.Workspace) -> None:
    expect_features()
    images = work.images[:20]
    made = WANTED.table(pa.table({"path": [str(path) for path in images.paths]}))
    vectors = np.asarray(made[COLUMN].combine_chunks().flatten().to_numpy(zero_copy_only=False)).reshape(20, 512)
    assert vectors.tobytes() == work.vectors(LAYER, of=images).tobytes()


def test_one_program_serves_one_stream_after_the_other(paths: list[str]) -> None:
    pictures = pa.table({"path": paths[:5]})
    first = WANTED.table(pictures)
    [one] = running_children()
    assert the_same(WANTED.table(pictures), first)
    assert running_children() == [one]
    with Worker(WANTED) as worker:
        assert the_same(worker(pictures), first) and the_same(worker(pictures.slice(0, 0)), first.slice(0, 0))
        assert running_children() == [one]
        assert worker(pa.table({"path": paths[:2], "more": [1, 2]})).num_rows == 2
        assert the_same(pickle.loads(pickle.dumps(worker))(pictures), first)
    features.end_idle()
    assert wait_for_children(0)


def test_input_is_read_no_further_ahead_than_the_pipes_hold(paths: list[str]) -> None:
    taken = 0

    def endless() -> Iterator[pa.RecordBatch]:
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield pa.record_batch({"path": paths[:4], "more": pa.array([b"x" * 50_000] * 4, pa.binary())})

    stream = WANTED.of(endless())
    for _ in range(3):
        next(stream)
    time.sleep(1)
    assert taken < 300
    stream.close()
    assert wait_for_children(0)


def test_what_goes_wrong_is_told_in_the_programs_words(paths: list[str]) -> None:
    pictures = pa.table({"path": paths[:3]})
    with pytest.raises(tiramisu.TiramisuError, match=r"no layer|conv99"):
        Features(layers=["conv99"], compute="cpu").described()
    with pytest.raises(tiramisu.TiramisuError, match=r"no layer|conv99"):
        Features(layers=["conv99"], compute="cpu").table(pictures)
    with pytest.raises(tiramisu.TiramisuError, match="width"):
        WANTED.table(pa.table({"path": paths[:3], "width": [1, 2, 3]}))
    with pytest.raises(tiramisu.MisuseError, match=r"no column of pictures.*there are: file"):
        WANTED.schema(pa.schema([("file", pa.string())]))
    with pytest.raises(tiramisu.MisuseError, match="path, content; name the column"):
        WANTED.schema(contents(paths[:1]).schema)
    assert wait_for_children(0)


def test_an_error_of_who_brings_pictures_stays_theirs(paths: list[str]) -> None:
    def failing() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"path": paths[:3]})
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        list(WANTED.of(failing()))
    with pytest.raises(pa.ArrowInvalid):
        list(WANTED.of([pa.record_batch({"path": paths[:1]}), pa.record_batch({"other": [1]})]))
    assert wait_for_children(0)


def test_a_program_that_is_killed_is_told(paths: list[str]) -> None:
    stream = WANTED.of(pa.table({"path": paths * 20}).to_batches(max_chunksize=4))
    next(stream)
    [child] = running_children()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(tiramisu.TiramisuError, match="SIGKILL"):
        list(stream)
    with Worker(WANTED) as worker:
        worker(pa.table({"path": paths[:1]}))
        os.kill(running_children()[0], signal.SIGKILL)
        with pytest.raises(tiramisu.TiramisuError, match="SIGKILL"):
            worker(pa.table({"path": paths[:1]}))
        assert worker(pa.table({"path": paths[:1]})).num_rows == 1


def take_forever(paths: list[str]) -> None:
    stream = WANTED.of(pa.table({"path": paths * 100}).to_batches(max_chunksize=4))
    next(stream)
    time.sleep(600)


def test_a_worker_that_is_killed_leaves_no_program(paths: list[str]) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=take_forever, args=(paths,))
    worker.start()
    assert wait_for_children(1)
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()
    assert wait_for_children(0)


def test_a_process_that_forks_keeps_its_program(paths: list[str]) -> None:
    pictures = pa.table({"path": paths[:3]})
    first = WANTED.table(pictures)
    children = running_children()
    forked = os.fork()
    if forked == 0:
        os._exit(0 if not running._idle else 1)
    assert os.waitpid(forked, 0)[1] == 0
    assert the_same(WANTED.table(pictures), first)
    assert running_children() == children
