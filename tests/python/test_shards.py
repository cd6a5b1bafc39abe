"""Shares of the work become one version: nothing twice, nothing lost, whatever is killed, tried again or refused."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import lance
import pyarrow as pa
import pytest
from engines import COLUMN, LAYER, WANTED, contents, expect_features, make_pictures, rows_of, the_same
from lance.fragment import FragmentMetadata

import tiramisu_vision as tiramisu
from tiramisu_vision import commits, shards
from tiramisu_vision.errors import TiramisuError
from tiramisu_vision.features import Features
from tiramisu_vision.shards import Job, Shard, Target, Written


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "shards", 44)


@pytest.fixture(scope="module")
def plain(paths: list[str]) -> pa.Table:
    """What one stream makes of the pictures."""
    return rows_of(WANTED.table(pa.table({"path": paths})))


def test_all_shards_become_one_version(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    done = shards.extract(paths, target, WANTED, rows_per_shard=10)
    assert (done.shards, done.rows, done.problems) == (5, 45, 1)
    table = lance.dataset(str(target))
    # The first version is the empty table.
    assert table.version == done.version == 2 and len(table.get_fragments()) == 5
    assert table.to_table()["path"].to_pylist() == paths
    assert the_same(rows_of(table), plain)


def test_pictures_that_are_there_are_not_done_again(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    shards.extract(paths[:20], target, WANTED, rows_per_shard=8)
    done = shards.extract(paths, target, WANTED, rows_per_shard=8)
    assert done.rows == 25
    again = shards.extract(paths, target, WANTED, rows_per_shard=8)
    assert (again.shards, again.rows, again.version) == (0, 0, done.version)
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def test_progress_counts_pictures_of_shards_that_are_done_each_once(paths: list[str], tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    shards.extract(paths[:5], target, WANTED, progress=False)
    told: list[tiramisu.Progress] = []

    def twice(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        made = [shards.write(job, shard) for shard in shares]
        return [*made, made[0]]

    shards.extract(paths, target, WANTED, engine=twice, rows_per_shard=20, progress=told.append)
    assert {(one.title, one.total) for one in told} == {("Making features", 45)}
    assert [one.done for one in told] == [25, 45, 45]


def test_names_come_from_content(paths: list[str], tmp_path: Path) -> None:
    def names(of: list[str], wanted: Features, folder: str) -> list[str]:
        planned = shards.plan(of, tmp_path / folder, wanted, rows_per_shard=10)
        return [shard.name for shard in planned.shards]

    first = names(paths, WANTED, "a")
    assert len(set(first)) == 5 and names(paths, WANTED, "b") == first
    assert names(paths[:10][::-1], WANTED, "c") == first[:1]
    other = dataclasses.replace(WANTED, poolings=("maximum",))
    assert set(names(paths, other, "d")).isdisjoint(first)
    # What does not change the numbers does not change the name.
    assert names(paths, dataclasses.replace(WANTED, threads=2), "e") == first


def test_shards_are_even_for_all_who_work_at_once(tmp_path: Path) -> None:
    def counts(names: int, at_once: int, rows_per_shard: int = 4096) -> list[int]:
        paths = [f"{number}.jpg" for number in range(names)]
        planned = shards.plan(paths, tmp_path / f"{names}", WANTED, rows_per_shard=rows_per_shard, at_once=at_once)
        assert sum(shard.count for shard in planned.shards) == names
        return [shard.count for shard in planned.shards]

    expect_features()
    assert counts(20_000, 1) == [4096] * 4 + [3616]
    assert counts(20_000, 2) == [3334] * 5 + [3330]
    assert counts(20_000, 4) == [2500] * 8
    assert counts(3000, 8) == [375] * 8
    # Not more shards than are worth it, and none larger than asked for.
    assert counts(300, 8) == [256, 44]
    assert counts(25, 8, rows_per_shard=10) == [10, 10, 5]
    with pytest.raises(tiramisu.MisuseError, match="at least one shard is done at a time"):
        counts(1, 0)


def test_a_shard_that_is_done_twice_is_committed_once(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    def twice(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        return [shards.write(job, shard) for shard in [*shares, *shares[::-1]]]

    done = shards.extract(paths, tmp_path / "table.lance", WANTED, engine=twice, rows_per_shard=20)
    assert (done.shards, done.rows) == (3, 45)
    assert the_same(rows_of(lance.dataset(str(tmp_path / "table.lance"))), plain)


def test_an_engine_that_leaves_a_shard_out_is_found_out(paths: list[str], tmp_path: Path) -> None:
    def lazy(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        return [shards.write(job, shard) for shard in shares[1:]]

    with pytest.raises(tiramisu.TiramisuError, match="1 of 3 shards undone"):
        shards.extract(paths, tmp_path / "table.lance", WANTED, engine=lazy, rows_per_shard=20)
    assert lance.dataset(str(tmp_path / "table.lance")).count_rows() == 0


def write_slowly(paths: list[str], target: str) -> None:
    """A worker that has written some rows of its shard and waits for more."""
    planned = shards.plan(paths, target, WANTED)
    [shard], job = planned.shards, planned.job

    def rows() -> Iterable[pa.RecordBatch]:
        batches = list(shard.read(job))
        yield batches[0].slice(0, 20)
        yield batches[0].slice(20, 10)
        Path(target).with_name("one").touch()
        time.sleep(600)

    shards.write_rows(job, shard.name, rows())


def test_a_worker_that_is_killed_while_it_writes_leaves_nothing_visible(
    paths: list[str], plain: pa.Table, tmp_path: Path
) -> None:
    target = str(tmp_path / "table.lance")
    start_and_kill(write_slowly, paths, target)
    table = lance.dataset(target)
    assert (table.version, table.count_rows()) == (1, 0)
    # Another does its shard from the beginning.
    assert shards.extract(paths, target, WANTED).rows == 45
    assert the_same(rows_of(lance.dataset(target)), plain)


def test_an_attempt_that_ends_after_the_commit_adds_nothing(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    planned = shards.plan(paths, target, WANTED, rows_per_shard=20)
    first, again = ([shards.write(planned.job, shard) for shard in planned.shards] for _ in range(2))
    assert shards.commit(planned.job.target, first, planned.version).rows == 45
    late = shards.commit(planned.job.target, again, planned.version)
    assert (late.rows, late.version, len(late.overtaken)) == (0, 2, 3)
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def start_and_kill(work: Callable[[list[str], str], None], paths: list[str], target: str) -> None:
    """Runs it in a process of its own, until it says by a file that it is where it is to be killed."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(paths, target))
    process.start()
    for _ in range(2400):
        if Path(target).with_name("one").exists():
            break
        assert process.is_alive()
        time.sleep(0.05)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def work_slowly(paths: list[str], target: str) -> None:
    """A driver whose second shard never ends."""

    def slow(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        yield shards.write(job, shares[0])
        Path(target).with_name("one").touch()
        time.sleep(600)

    shards.extract(paths, target, WANTED, engine=slow, rows_per_shard=20)


def commit_and_wait(paths: list[str], target: str) -> None:
    """A driver that is busy with something else after the commit."""
    shards.extract(paths, target, WANTED, rows_per_shard=20)
    Path(target).with_name("one").touch()
    time.sleep(600)


@pytest.mark.parametrize(("driver", "there"), [(work_slowly, 0), (commit_and_wait, 45)])
def test_a_driver_that_is_killed_leaves_all_or_nothing(
    driver: Callable[[list[str], str], None], there: int, paths: list[str], plain: pa.Table, tmp_path: Path
) -> None:
    target = str(tmp_path / "table.lance")
    start_and_kill(driver, paths, target)
    assert lance.dataset(target).count_rows() == there
    assert shards.extract(paths, target, WANTED, rows_per_shard=20).rows == 45 - there
    assert the_same(rows_of(lance.dataset(target)), plain)


def test_of_two_with_the_same_pictures_each_is_there_once(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    # Both have looked before either commits.
    first = shards.plan(paths, target, WANTED, rows_per_shard=20)
    second = shards.plan(paths[5:], target, WANTED, rows_per_shard=20)
    of_first = [shards.write(first.job, shard) for shard in first.shards[:2]]
    of_second = [shards.write(second.job, shard) for shard in second.shards]
    assert shards.commit(first.job.target, of_first, first.version).rows == 40
    late = shards.commit(second.job.target, of_second, second.version)
    assert late.rows == 0 and len(late.overtaken) == 2
    assert shards.extract(paths[5:], target, WANTED, rows_per_shard=20).rows == 5
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def clean_up(target: Path, *, unverified: bool) -> None:
    """As somebody does who wants room: old versions go, and with them what no version refers to."""
    lance.dataset(str(target)).cleanup_old_versions(older_than=timedelta(0), delete_unverified=unverified)


def test_a_table_that_was_cleaned_up_meanwhile_takes_what_is_new_and_only_that(
    paths: list[str], plain: pa.Table, tmp_path: Path
) -> None:
    target = tmp_path / "table.lance"
    planned = shards.plan(paths, target, WANTED, rows_per_shard=20)
    written = [shards.write(planned.job, shard) for shard in planned.shards]
    # Somebody else brings some of the pictures, and the version that was looked at goes.
    shards.extract(paths[:5], target, WANTED)
    clean_up(target, unverified=False)
    done = shards.commit(planned.job.target, written, planned.version)
    assert (done.rows, len(done.overtaken), done.lost) == (25, 1, ())
    assert shards.extract(paths, target, WANTED, rows_per_shard=20).rows == 15
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def test_shards_whose_files_were_cleaned_up_are_told_and_done_again(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    planned = shards.plan(paths, target, WANTED, rows_per_shard=20)
    first = shards.write(planned.job, planned.shards[0])
    clean_up(target, unverified=True)
    written = [first, *(shards.write(planned.job, shard) for shard in planned.shards[1:])]
    done = shards.commit(planned.job.target, written, planned.version)
    assert (done.rows, done.overtaken, done.lost) == (25, (), (planned.shards[0].name,))
    assert lance.dataset(str(target)).to_table().num_rows == 25, "all that is visible can be read"

    cleaned: list[bool] = []

    def cleaned_once(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        made = [shards.write(job, shard) for shard in shares]
        if not cleaned:
            cleaned.append(True)
            clean_up(target, unverified=True)
        return made

    assert shards.extract(paths, target, WANTED, engine=cleaned_once, rows_per_shard=20).rows == 20
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def test_an_extraction_ends_where_the_files_of_workers_are_never_seen(paths: list[str], tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    rounds: list[int] = []

    def elsewhere(job: Job, shares: Sequence[Shard]) -> Iterable[Written]:
        rounds.append(len(shares))
        made = [shards.write(job, shard) for shard in shares]
        clean_up(target, unverified=True)
        return made

    with pytest.raises(TiramisuError, match="every worker and this machine share"):
        shards.extract(paths, target, WANTED, engine=elsewhere)
    assert rounds == [1, 1], "a third round would be no better"


def test_many_committers_at_once_lose_nothing(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    # All begin with no table; every picture is wanted by two of them.
    parts = [paths[begin : begin + 18] for begin in range(0, 36, 9)] + [paths[36:] + paths[:9]]
    begin = threading.Barrier(len(parts))
    failed: list[BaseException] = []

    def one(part: list[str]) -> None:
        try:
            begin.wait()
            shards.extract(part, target, WANTED, rows_per_shard=9)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert the_same(rows_of(lance.dataset(str(target))), plain)


def test_appends_of_others_go_through_beside_ours(paths: list[str], tmp_path: Path) -> None:
    target = str(tmp_path / "table.lance")
    planned = shards.plan(paths[:10], target, WANTED)
    before = lance.dataset(target)
    written = [shards.write(planned.job, shard) for shard in planned.shards]
    other = WANTED.table(pa.table({"path": paths[20:25]}))
    lance.write_dataset(other, target, mode="append")
    assert shards.commit(planned.job.target, written, planned.version).rows == 10
    [late] = [shards.write(planned.job, shard) for shard in shards.plan(paths[30:35], target, WANTED).shards]
    fragments = [FragmentMetadata.from_json(told) for told in late.fragments]
    lance.LanceDataset.commit(target, lance.LanceOperation.Append(fragments), read_version=before.version)
    assert sorted(lance.dataset(target).to_table()["path"].to_pylist()) == paths[:10] + paths[20:25] + paths[30:35]


class Refusing(Target):
    """A store that refuses some requests."""

    refusals: ClassVar[list[str]] = []

    def open(self) -> lance.LanceDataset:
        if self.refusals:
            raise OSError(self.refusals.pop())
        return super().open()


def test_a_store_that_refuses_is_asked_again(paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Refusing(str(tmp_path / "table.lance"))
    planned = shards.plan(paths[:10], target, WANTED, rows_per_shard=5)
    written = [shards.write(planned.job, shard) for shard in planned.shards]
    monkeypatch.setattr(Refusing, "refusals", ["slow down"] * 2)
    assert shards.commit(target, written, planned.version).rows == 10
    monkeypatch.setattr(Refusing, "refusals", ["slow down"] * 9)
    with pytest.raises(tiramisu.TiramisuError, match=r"is not visible .slow down"):
        shards.commit(target, written, planned.version, tries=2)


def test_an_answer_that_is_lost_after_the_commit_does_no_harm(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "table.lance"
    commit_once = commits._commit_once
    lost: list[int] = []

    def losing(*arguments: object) -> lance.LanceDataset:
        made = commit_once(*arguments)  # type: ignore[arg-type]
        if not lost:
            lost.append(made.version)
            raise OSError("the connection was reset")
        return made

    monkeypatch.setattr(commits, "_commit_once", losing)
    done = shards.extract(paths[:12], target, WANTED, rows_per_shard=5)
    assert (done.rows, done.version, lost) == (12, 2, [2])
    assert lance.dataset(str(target)).count_rows() == 12


def test_shards_keep_to_the_fragments_they_came_from(paths: list[str], plain: pa.Table, tmp_path: Path) -> None:
    source = str(tmp_path / "pictures.lance")
    rows = contents(paths).append_column("mine", pa.array(range(45)))
    lance.write_dataset(rows, source, max_rows_per_file=17)
    wanted = dataclasses.replace(WANTED, column="content")
    pictures = lance.dataset(source)
    planned = shards.plan(pictures, tmp_path / "table.lance", wanted, rows_per_shard=10, columns=["mine"])
    assert [(shard.fragment, shard.count) for shard in planned.shards] == [
        (0, 10), (0, 7), (1, 10), (1, 7), (2, 10), (2, 1),
    ]  # fmt: skip
    done = shards.extract(pictures, tmp_path / "table.lance", wanted, rows_per_shard=10, columns=["mine"])
    assert done.rows == 45
    made = lance.dataset(str(tmp_path / "table.lance")).to_table()
    assert made.column_names == ["path", "mine", "width", "height", "problem", COLUMN]
    assert made["mine"].to_pylist() == list(range(45))
    assert the_same(rows_of(made, "path", "width", COLUMN), plain.select(["path", "width", COLUMN]))


def test_tables_that_do_not_fit_are_refused(paths: list[str], tmp_path: Path) -> None:
    target = tmp_path / "table.lance"
    shards.extract(paths[:2], target, WANTED)
    with pytest.raises(tiramisu.TiramisuError, match=r"it lacks features_12_concat_maximum\): .*table\.lance"):
        shards.plan(paths, target, dataclasses.replace(WANTED, poolings=("average", "maximum")))
    with pytest.raises(tiramisu.TiramisuError, match=r"of another network .ladyfinger"):
        shards.plan(paths, target, Features(network="filters", compute="cpu"))
    with pytest.raises(tiramisu.MisuseError, match="there twice"):
        shards.plan([paths[0], paths[0]], target, WANTED)
    with pytest.raises(tiramisu.MisuseError, match="at least one row"):
        shards.plan(paths, target, WANTED, rows_per_shard=0)
    with pytest.raises(tiramisu.TiramisuError, match="conv99"):
        shards.plan(paths, tmp_path / "other.lance", dataclasses.replace(WANTED, layers=("conv99",)))
    assert not (tmp_path / "other.lance").exists()
    assert LAYER in WANTED.layers  # type: ignore[operator]
