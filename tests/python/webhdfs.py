"""A folder of this machine as HDFS shows it to the web (WebHDFS): as much of the protocol as reading takes. HDFS itself is in none
of the registries that tests take packages from."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_ROOT = "/webhdfs/v1"


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """The address of the folder, while somebody serves it."""

    class Answers(_Answers):
        root = folder

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    root: Path

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        wanted = {name: values[0] for name, values in parse_qs(asked.query).items()}
        path = self.root / unquote(asked.path.removeprefix(_ROOT)).strip("/")
        if not path.exists():
            self._refuse("java.io.FileNotFoundException", f"there is no such file: {path}", 404)
            return
        operation = wanted.get("op", "").upper()
        if operation == "GETFILESTATUS":
            self._tell({"FileStatus": _status(path, "")})
        elif operation == "LISTSTATUS":
            found = sorted(path.iterdir()) if path.is_dir() else [path]
            statuses = [_status(one, one.name if path.is_dir() else "") for one in found]
            self._tell({"FileStatuses": {"FileStatus": statuses}})
        elif operation == "OPEN" and "of_a_node" not in wanted:
            # A name node says which data node has it.
            host, port = self.server.server_address[:2]
            self.send_response(307)
            self.send_header("Location", f"http://{host!s}:{port}{self.path}&of_a_node=1")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif operation == "OPEN":
            begin = int(wanted.get("offset", 0))
            content = path.read_bytes()[begin:]
            self._send(200, "application/octet-stream", content[: int(wanted.get("length", len(content)))])
        else:
            self._refuse("java.lang.UnsupportedOperationException", f"it is not served: {operation}", 400)

    def _tell(self, document: object, code: int = 200) -> None:
        self._send(code, "application/json", json.dumps(document).encode())

    def _refuse(self, kind: str, message: str, code: int) -> None:
        told = {"exception": kind.rsplit(".", 1)[-1], "javaClassName": kind, "message": message}
        self._tell({"RemoteException": told}, code)

    def _send(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def _status(path: Path, suffix: str) -> dict[str, object]:
    state = path.stat()
    return {
        "accessTime": int(state.st_atime * 1000),
        "blockSize": 0 if path.is_dir() else 1 << 27,
        "childrenNum": 0,
        "fileId": state.st_ino,
        "group": "people",
        "length": 0 if path.is_dir() else state.st_size,
        "modificationTime": int(state.st_mtime * 1000),
        "owner": "somebody",
        "pathSuffix": suffix,
        "permission": "755" if path.is_dir() else "644",
        "replication": 0 if path.is_dir() else 1,
        "storagePolicy": 0,
        "type": "DIRECTORY" if path.is_dir() else "FILE",
    }
