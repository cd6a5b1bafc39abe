"""A plain archive: the program, what there is to read and, for Linux, what puts it on a desktop."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import layout

INSTALL = """\
#!/bin/sh
# Installs for this person, or for all: sudo PREFIX=/usr/local ./install.sh
set -eu
prefix="${PREFIX:-$HOME/.local}"
here="$(cd "$(dirname "$0")" && pwd)"
install -Dm755 "$here/tiramisu" "$prefix/bin/tiramisu"
(cd "$here" && find share -type f) | while read -r file; do
  install -Dm644 "$here/$file" "$prefix/$file"
done
echo "tiramisu is in $prefix/bin"
"""


def write(root: Path, program: Path, target: str, version: str, licences: Path, out: Path) -> Path:
    """Writes ``tiramisu-VERSION-TARGET.tar.gz``, or ``.zip`` for Windows; everything lies in one folder."""
    top = f"tiramisu-{version}-{target}"
    is_windows = "windows" in target
    files = {"tiramisu.exe" if is_windows else "tiramisu": (program.read_bytes(), 0o755)}
    files.update({name: (path.read_bytes(), 0o644) for name, path in layout.papers(root, licences).items()})
    if "linux" in target:
        files.update({name: (path.read_bytes(), 0o644) for name, path in layout.desktop_files().items()})
        files["install.sh"] = (INSTALL.encode(), 0o755)
    if is_windows:
        path = out / f"{top}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, (data, _) in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{top}/{name}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data, compresslevel=9)
        return path
    path = out / f"{top}.tar.gz"
    # No time is written, so that equal contents make equal files.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(tar({f"{top}/{name}": file for name, file in files.items()}))
    return path


def tar(files: dict[str, tuple[bytes, int]]) -> bytes:
    """Files with their modes, owned by root, with the folders above them."""
    made = io.BytesIO()
    folders = {str(parent) for name in files for parent in Path(name).parents if str(parent) != "."}
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(folders):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for name, (data, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()
