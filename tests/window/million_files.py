#!/usr/bin/env python3
"""Makes a folder of a million pictures that are files, and a workspace of it, out of a few hundred.

    python tests/window/million_files.py PROGRAM PICTURES FOLDER WORKSPACE [--images 1000000]

Each picture of PICTURES is linked many times (nothing is copied, so FOLDER is to lie on the same disk), and each link gets the vector of
its picture with some noise, so that no two are the same; thumbnails are small. `tiramisu adopt` takes them, as it would from an engine.
Needs pyarrow, numpy and Pillow, and 5 GB of disk; takes some minutes.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

LAYER = "features.12.concat"
ROWS = 20_000
#: Of the spread between pictures.
NOISE = 0.6
THUMBNAIL_PX = 96


def main() -> None:
    """Links, and streams."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--images", type=int, default=1_000_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    seen = features(options.program, options.pictures)
    paths = seen["path"].to_pylist()
    print(f"{len(paths):,} pictures", file=sys.stderr)
    command = [options.program, "adopt", options.folder, "--workspace", options.workspace]
    adopt = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert adopt.stdin is not None
    small = pa.array([thumbnail(one) for one in seen["thumbnail"].to_pylist()], pa.binary())
    column = next(name for name in seen.column_names if LAYER in name or LAYER.replace(".", "_") in name)
    vectors = np.stack([np.asarray(one, np.float32) for one in seen[column].to_pylist()])
    spread = vectors.std(axis=0)
    random = np.random.default_rng(1)
    at = {name: seen.column_names.index(name) for name in ("path", "thumbnail", column)}
    with adopt.stdin as pipe, pa.ipc.new_stream(pipe, seen.schema) as out:
        for first in range(0, options.images, ROWS):
            numbers = np.arange(first, min(first + ROWS, options.images))
            # Pictures in turn, since folders are read in the order of their names.
            which = numbers % len(paths)
            table = seen.take(pa.array(which))
            names = [link(options.pictures, options.folder, paths[one], number) for one, number in zip(which, numbers)]
            noisy = vectors[which] + NOISE * spread * random.standard_normal((len(which), len(spread)), np.float32)
            numbers_of_all = pa.array(np.maximum(noisy, 0).astype(np.float16).ravel())
            rows = pa.FixedSizeListArray.from_arrays(numbers_of_all, len(spread))
            table = table.set_column(at["path"], "path", pa.array(names))
            table = table.set_column(at["thumbnail"], seen.schema.field("thumbnail"), small.take(pa.array(which)))
            table = table.set_column(at[column], seen.schema.field(column), rows)
            out.write_table(table.cast(seen.schema))
    sys.exit(adopt.wait())


def features(program: Path, pictures: Path) -> pa.Table:
    """What the program says of each picture."""
    found = sorted(path for path in pictures.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    names = pa.table({"path": [str(path.relative_to(pictures)) for path in found]})
    command = [program, "features", "--thumbnails", "--layers", LAYER, "--pooling", "average", "--folder", pictures, "--quiet"]
    verb = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell() -> None:
        assert verb.stdin is not None
        with verb.stdin as pipe, pa.ipc.new_stream(pipe, names.schema) as out:
            out.write_table(names, max_chunksize=64)

    teller = threading.Thread(target=tell)
    teller.start()
    table = pa.ipc.open_stream(verb.stdout).read_all().combine_chunks()
    teller.join()
    if verb.wait() != 0:
        raise SystemExit("the pictures could not be read")
    return table.filter(pc.is_valid(table["thumbnail"]))


def thumbnail(jpeg: bytes) -> bytes:
    """The same, smaller: a million of the usual ones are some seven gigabytes."""
    picture = Image.open(io.BytesIO(jpeg))
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def link(pictures: Path, folder: Path, name: str, number: int) -> str:
    """A link to a picture, in the folder of its label; a label has some thousand pictures a folder."""
    label, file = os.path.split(name)
    stem, kind = os.path.splitext(file)
    # The number first, so that links to one picture do not stand beside each other.
    to = os.path.join(label, f"{number:07}_{stem}{kind}")
    (folder / label).mkdir(exist_ok=True)
    os.link(pictures / name, folder / to)
    return to


if __name__ == "__main__":
    main()
