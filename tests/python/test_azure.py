"""On Azure's store of objects all is as on a disk. The store is Azurite, Microsoft's own emulator of it, on this machine."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import lance
import pyarrow as pa
import pytest
from engines import LAYER, WANTED, expect_features, make_pictures, place_name, rows_of, the_same
from lance.file import LanceFileSession

import tiramisu_vision as tiramisu
from tiramisu_vision import pull, shards
from tiramisu_vision.shards import Target

#: Of every Azurite, and no secret.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    azurite = shutil.which("azurite-blob")
    if azurite is None:
        pytest.skip("azurite-blob is not installed (npm install azurite, and its node_modules/.bin in PATH)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence", "--disableTelemetry", "--silent"]
    # It may know older versions of the protocol than pylance speaks.
    words.append("--skipApiVersionCheck")
    place = tmp_path_factory.mktemp("azurite")
    with (place / "log.txt").open("wb") as log:
        running = subprocess.Popen([azurite, *words], cwd=place, stdout=log, stderr=log)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                assert running.poll() is None, (place / "log.txt").read_text()
                time.sleep(0.1)
            yield port
        finally:
            running.terminate()
            running.wait()


@pytest.fixture(scope="module")
def options(port: int) -> dict[str, str]:
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    return {
        "azure_storage_account_name": ACCOUNT,
        "azure_storage_account_key": KEY,
        "azure_storage_endpoint": endpoint,
        "allow_http": "true",
    }


@pytest.fixture
def container(port: int, request: pytest.FixtureRequest) -> str:
    name = place_name(request.node.name)
    told = {"x-ms-date": f"{datetime.now(timezone.utc):%a, %d %b %Y %H:%M:%S} GMT", "x-ms-version": "2021-08-06"}
    signed = "".join(f"{header}:{value}\n" for header, value in sorted(told.items()))
    text = "PUT" + 12 * "\n" + f"{signed}/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {**told, "Authorization": f"SharedKey {ACCOUNT}:{signature}", "Content-Length": "0"}
    connection.request("PUT", f"/{ACCOUNT}/{name}?restype=container", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
    return f"az://{name}"


@pytest.fixture(scope="module")
def paths(home: Path) -> list[str]:
    expect_features()
    return make_pictures(home / "azure", 22)


@pytest.fixture(scope="module")
def plain(paths: list[str]) -> pa.Table:
    return rows_of(WANTED.table(pa.table({"path": paths})))


def test_committers_that_race_lose_nothing_on_azure(
    container: str, options: dict[str, str], paths: list[str], plain: pa.Table
) -> None:
    target = Target(f"{container}/table.lance", storage_options=options)
    begin = threading.Barrier(2)
    failed: list[BaseException] = []

    def one(part: list[str]) -> None:
        try:
            begin.wait()
            shards.extract(part, target, WANTED, rows_per_shard=4)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(part,)) for part in (paths[:15], paths[8:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert the_same(rows_of(lance.dataset(target.uri, storage_options=options)), plain)
    assert shards.extract(paths, target, WANTED, rows_per_shard=6).rows == 0


def test_a_workspace_is_brought_from_azure_and_only_what_is_new_the_next_time(
    container: str, options: dict[str, str], own: tiramisu.Workspace, folder: Path, tmp_path: Path
) -> None:
    there = LanceFileSession(f"{container}/work", storage_options=options)

    def upload() -> None:
        for path in sorted(own.path.rglob("*")):
            if path.is_file():
                there.upload_file(path, path.relative_to(own.path).as_posix())

    upload()
    first = pull(f"{container}/work", tmp_path / "here", storage_options=options, progress=False)
    here = tiramisu.open(tmp_path / "here", compute="cpu")
    assert here.images.table.equals(own.images.table)
    assert here.vectors(LAYER).tobytes() == own.vectors(LAYER).tobytes()
    assert here.pull(storage_options=options, progress=False).files == 0
    for path in sorted(folder.glob("*/*_0002.*"))[:3]:
        shutil.copy(path, own.folder / path.parent.name)
    grown = own.extract(progress=False)
    upload()
    more = here.pull(storage_options=options, progress=False)
    assert 0 < more.bytes < first.bytes
    assert here.vectors(LAYER).tobytes() == grown.vectors(LAYER).tobytes()
