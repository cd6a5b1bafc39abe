"""On a store of objects all is as on a disk. The store is moto's server, on this machine."""

from __future__ import annotations

import dataclasses
import http.client
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
import pytest
from engines import LAYER, WANTED, expect_features, make_pictures, place_name, rows_of, the_same

import tiramisu_vision as tiramisu
from tiramisu_vision import pull, shards
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
    name = place_name(request.node.name)
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


class Refusing(ThreadingHTTPServer):
    """Stands before the store, and refuses the requests that it is told to."""

    daemon_threads = True

    def __init__(self, store: str) -> None:
        self.store = store
        self.refuses: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        self.refused: list[str] = []
        super().__init__(("127.0.0.1", 0), Passing)


class Passing(BaseHTTPRequestHandler):
    server: Refusing
    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        refusal = self.server.refuses(self.command, self.path)
        if refusal is not None:
            self.server.refused.append(f"{self.command} {self.path}")
            code, word = refusal
            self.answer(code, {"Content-Type": "application/xml"}, f"<Error><Code>{word}</Code></Error>".encode())
            return
        url = self.server.store.removeprefix("http://")
        connection = http.client.HTTPConnection(url, timeout=60)
        # With its own address, or what was signed would not be what is asked.
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(content)
        told = connection.getresponse()
        answer = told.read()
        headers = {name: value for name, value in told.getheaders() if name.lower() not in _OF_THE_LINE}
        size = told.getheader("Content-Length") if self.command == "HEAD" else None
        self.answer(told.status, headers, answer, size)
        connection.close()

    def answer(self, code: int, headers: dict[str, str], content: bytes, size: str | None = None) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", size or str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


#: Headers that are of one connection.
_OF_THE_LINE = {"content-length", "transfer-encoding", "connection", "keep-alive", "date", "server"}


@pytest.fixture
def refusing(server: str) -> Iterator[Refusing]:
    with Refusing(server) as standing:
        thread = threading.Thread(target=standing.serve_forever, daemon=True)
        thread.start()
        yield standing
        standing.shutdown()
        thread.join()


def test_a_store_that_refuses_some_requests_gets_every_row_once(
    paths: list[str], plain: pa.Table, bucket: str, options: dict[str, str], refusing: Refusing
) -> None:
    count = 0
    turns = threading.Lock()

    def some(method: str, path: str) -> tuple[int, str] | None:
        nonlocal count
        with turns:
            count += 1
            return (503, "SlowDown") if count % 3 == 0 else None

    refusing.refuses = some
    through = {**options, "aws_endpoint": f"http://127.0.0.1:{refusing.server_port}"}
    target = f"{bucket}/table.lance"
    done = shards.extract(paths, target, WANTED, rows_per_shard=6, storage_options=through)
    assert done.rows == 23 and len(refusing.refused) > 5
    assert the_same(rows_of(lance.dataset(target, storage_options=options)), plain)


@pytest.mark.parametrize("what", ["data", "_versions"])
def test_a_store_that_lets_nothing_be_written_leaves_nothing_half_done(
    what: str, paths: list[str], plain: pa.Table, bucket: str, options: dict[str, str], refusing: Refusing
) -> None:
    target = f"{bucket}/table.lance"
    planned = shards.plan(paths, target, WANTED, rows_per_shard=6, storage_options=options)

    def writing(method: str, path: str) -> tuple[int, str] | None:
        return (403, "AccessDenied") if method in ("PUT", "POST") and f"/{what}/" in path else None

    refusing.refuses = writing
    through = {**options, "aws_endpoint": f"http://127.0.0.1:{refusing.server_port}"}
    with pytest.raises((tiramisu.TiramisuError, OSError)):
        closed = Target(target, storage_options=through)
        job = dataclasses.replace(planned.job, target=closed)
        written = [shards.write(job, shard) for shard in planned.shards]
        shards.commit(closed, written, planned.version, tries=2)
    assert refusing.refused
    assert lance.dataset(target, storage_options=options).count_rows() == 0
    # Once it lets us again, everything is done once.
    assert shards.extract(paths, target, WANTED, rows_per_shard=6, storage_options=options).rows == 23
    assert the_same(rows_of(lance.dataset(target, storage_options=options)), plain)


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
