"""Features for whatever pipes lines: paths in, one a line; JSON documents out, one a line, in the same order.

    printf '%s\\n' *.jpg | python -m tiramisu_vision.lines '{"layers": ["features.12.concat"]}'

The argument has the fields of :class:`tiramisu_vision.features.Features`; without one all are the usual ones. Hadoop's
streaming and Spark's ``RDD.pipe`` drive it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import IO

import pyarrow as pa

from .errors import TiramisuError
from .features import Features

#: Few, so that somebody who waits for an answer has one soon.
_BATCH_ROWS = 64


def run(wanted: Features, lines: Iterable[str], out: IO[str]) -> None:
    """Answers each line with one."""
    schema = pa.schema([("path", pa.string())])
    for batch in wanted.of(_batches(lines), schema):
        for row in batch.to_pylist():
            out.write(json.dumps(row) + "\n")
        out.flush()


def _batches(lines: Iterable[str]) -> Iterator[pa.RecordBatch]:
    paths: list[str] = []
    for line in lines:
        paths.append(line.rstrip("\r\n"))
        if len(paths) == _BATCH_ROWS:
            yield pa.RecordBatch.from_pydict({"path": pa.array(paths, pa.string())})
            paths = []
    if paths:
        yield pa.RecordBatch.from_pydict({"path": pa.array(paths, pa.string())})


def main(arguments: list[str]) -> int:
    """The command; its exit code."""
    try:
        wanted = Features(**json.loads(arguments[0])) if arguments else Features()
    except (TypeError, ValueError) as error:
        print(f"this is no wish for features ({error}): {arguments[0]}", file=sys.stderr)
        return 2
    try:
        run(wanted, sys.stdin, sys.stdout)
    except TiramisuError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
