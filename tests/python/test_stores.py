"""On a store of objects all is as on a disk. The store is moto's server, on this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
import pytest
from engines import LAYER, WANTED, expect_features, make_pictures, rows_of, the_same

import tiramisu_vision as tiramisu
from tiramisu_vision import shards
from tiramisu_vision.pull import pull
from tiramisu_vision.shards import Target

pytest.importorskip("moto.server", reason="moto[server] is not installed")
boto3 = pytest.importorskip("boto3")

# They leave sockets to the end of the process.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(scope="module")
def options(server: str) -> dict[str, str]:
    return {
        "aws_endpoint": server,
        "allow_http": "true",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "aws_region": "us-east-1",
    }


@pytest.fixture(scope="module")
def client(server: str) -> Any:
    return boto3.client(
        "s3", endpoint_url=server, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )


@pytest.fixture
def bucket(client: Any, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("_", "-")[:60].strip("-").lower()
    client.create_bucket(Bucket=name)
    return f"s3://{name}"


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "stores", 22)


@pytest.fixture(scope="module")
def plain(paths: list[str]) -> pa.Table:
    return rows_of(WANTED.table(pa.table({"path": paths})))


def test_shards_are_committed_to_s3(paths: list[str], plain: pa.Table, bucket: str, options: dict[str, str]) -> None:
    target = f"{bucket}/table.lance"
    done = shards.extract(paths, target, WANTED, rows_per_shard=6, storage_options=options)
    assert (done.shards, done.rows, done.version) == (4, 23, 2)
    assert the_same(rows_of(lance.dataset(target, storage_options=options)), plain)
    assert shards.extract(paths, target, WANTED, rows_per_shard=6, storage_options=options).rows == 0


def test_committers_that_race_lose_nothing(
    paths: list[str], plain: pa.Table, bucket: str, options: dict[str, str]
) -> None:
    target = Target(f"{bucket}/table.lance", storage_options=options)
    parts = [paths[:15], paths[8:]]
    begin = threading.Barrier(2)
    failed: list[BaseException] = []

    def one(part: list[str]) -> None:
        try:
            begin.wait()
            shards.extract(part, target, WANTED, rows_per_shard=4)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert the_same(rows_of(target.open()), plain)


def test_a_store_without_the_bucket_is_told(paths: list[str], options: dict[str, str]) -> None:
    with pytest.raises(tiramisu.TiramisuError, match=r"(?s)can neither be read nor made.*s3://no-such-bucket/table"):
        shards.plan(paths, "s3://no-such-bucket/table.lance", WANTED, storage_options=options)


def upload(client: Any, folder: Path, bucket: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            client.upload_file(str(path), bucket.removeprefix("s3://"), f"work/{path.relative_to(folder).as_posix()}")


def test_a_workspace_is_brought_from_s3_and_only_what_is_new_the_next_time(
    own: tiramisu.Workspace, folder: Path, client: Any, bucket: str, options: dict[str, str], tmp_path: Path
) -> None:
    upload(client, own.path, bucket)
    here = tmp_path / "here"
    first = pull(f"{bucket}/work", here, storage_options=options)
    opened = tiramisu.open(here, compute="cpu")
    assert opened.images.table.equals(own.images.table)
    assert opened.vectors(LAYER).tobytes() == own.vectors(LAYER).tobytes()
    assert pull(f"{bucket}/work", here, storage_options=options).files == 0
    for path in sorted(folder.glob("*/*_0002.*"))[:3]:
        shutil.copy(path, own.folder / path.parent.name)
    grown = own.extract(progress=False)
    upload(client, own.path, bucket)
    more = pull(f"{bucket}/work", here, storage_options=options)
    assert 0 < more.bytes < first.bytes
    assert tiramisu.open(here, compute="cpu").vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()
