"""A package for Debian and Ubuntu."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import re
from pathlib import Path

import archive
import binary
import layout

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
#: What the window loads while it runs; the verbs need none of it.
_WINDOW = [
    "libvulkan1",
    "mesa-vulkan-drivers",
    "libfontconfig1",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libx11-6",
    "libx11-xcb1",
    "libxcursor1",
    "libxi6",
    "libxrandr2",
    "libwayland-client0",
]


def write(root: Path, program: Path, version: str, licences: Path, out: Path) -> Path:
    """Writes ``tiramisu_VERSION_ARCHITECTURE.deb``."""
    needs = binary.read(program)
    if needs is None or needs.machine not in _ARCHITECTURES:
        raise SystemExit(f"no program for a Linux that Debian knows: {program}")
    architecture = _ARCHITECTURES[needs.machine]
    files = {"usr/bin/tiramisu": (program.read_bytes(), 0o755)}
    files.update({f"usr/{name}": (path.read_bytes(), 0o644) for name, path in layout.desktop_files().items()})
    about = "usr/share/doc/tiramisu"
    files[f"{about}/copyright"] = (_copyright(root), 0o644)
    for name, path in layout.papers(root, licences).items():
        if name.startswith("LICENSE-"):
            continue
        packed = "changelog" if name == "CHANGELOG.md" else name
        files[f"{about}/{packed}.gz"] = (gzip.compress(path.read_bytes(), 9, mtime=0), 0o644)
    sums = "".join(f"{hashlib.md5(data).hexdigest()}  {name}\n" for name, (data, _) in sorted(files.items()))
    kilobytes = sum(-(-len(data) // 1024) for data, _ in files.values())
    control = _control(root, version, architecture, needs.glibc_minor, kilobytes)
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": _packed({"control": (control, 0o644), "md5sums": (sums.encode(), 0o644)}),
        "data.tar.xz": _packed(files),
    }
    path = out / f"tiramisu_{version}_{architecture}.deb"
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, data in parts.items():
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode())
            file.write(data + b"\n" * (len(data) % 2))
    return path


def _packed(files: dict[str, tuple[bytes, int]]) -> bytes:
    return lzma.compress(archive.tar({f"./{name}": file for name, file in files.items()}), preset=6)


def _control(root: Path, version: str, architecture: str, glibc_minor: int, kilobytes: int) -> bytes:
    description = re.search(r'^description = "(.+)"$', (root / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)
    if description is None:
        raise SystemExit("Cargo.toml has no description")
    return f"""\
Package: tiramisu
Version: {version}
Architecture: {architecture}
Maintainer: The Tiramisu project <tiramisu@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= 2.{glibc_minor}), libgcc-s1
Recommends: {", ".join(_WINDOW)}
Section: graphics
Priority: optional
Description: {description[1]}
 Every picture of a folder goes through a trained network, and what each of its
 layers saw is kept: to look at it, to search it, and to draw it as a map.
 .
 Everything happens on this machine, and the pictures are only read.
""".encode()


def _copyright(root: Path) -> bytes:
    head = (
        "Tiramisu can be used under the MIT licence or the Apache License 2.0, whichever you choose.\n"
        "Those of what it is made of are in THIRD-PARTY-LICENCES.txt.gz beside this file.\n"
    )
    texts = [(root / name).read_text(encoding="utf-8") for name in ("LICENSE-MIT", "LICENSE-APACHE")]
    return "\n\n".join([head, *texts]).encode()
