#!/usr/bin/env python3
"""Makes what is given to people out of a program that was built:

    cargo build --locked --profile dist
    python3 assets/package/make.py target/dist/tiramisu --out packages

That is a wheel and an archive, for Linux also a package for Debian and (where `appimagetool` is installed, of the file that
`--appimage-runtime` names) an AppImage, the licences of all that is in them, and SHA256SUMS. Needs Python 3.11 and nothing else but
Cargo, for the licences; with `--licences FILE` not even that. Of a program for Linux `llvm-strip` or `strip`, where there is one, takes
out the names of functions, which a profile other than `dist` leaves in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import appimage
import archive
import binary
import debian
import licences
import stripped
import wheel

ROOT = Path(__file__).parents[2]
LICENCES = "THIRD-PARTY-LICENCES.txt"
#: A wheel that is larger takes long to install, and soon meets the limits of those who keep it. A release has none such,
#: but for Windows; who builds with the profile that is quick to build may.
WHEEL_BYTES = 60_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, help="the built program")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument("--target", help="Rust's name of what it was built for [default: this machine, of a program for Linux]")
    parser.add_argument("--licences", type=Path, help=f"{LICENCES} that is there already, instead of asking Cargo")
    parser.add_argument(
        "--only", choices=["wheel", "archive", "deb", "appimage"], action="append", help="only this; may be repeated"
    )
    parser.add_argument(
        "--appimage-runtime", type=Path, metavar="FILE", help="what an AppImage begins with, of AppImage/type2-runtime"
    )
    parser.add_argument("--pack", action="store_true", help="the program in the wheel as xz packs it, a third smaller")
    parser.add_argument("--limit", action="store_true", help=f"fail where the wheel is larger than {WHEEL_BYTES // 1_000_000} MB")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(asked, Path(folder))


def make(asked: argparse.Namespace, scratch: Path) -> None:
    """Makes what was asked for."""
    version = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]["version"]
    needs = binary.read(asked.program)
    target = asked.target or (f"{needs.machine}-unknown-linux-gnu" if needs else None)
    if target is None:
        raise SystemExit("name with --target what the program was built for")
    if needs is not None:
        print(f"{asked.program}: {needs.machine}, glibc 2.{needs.glibc_minor} or newer, {', '.join(needs.libraries)}")
    program = stripped.copy(asked.program, scratch)
    asked.out.mkdir(parents=True, exist_ok=True)
    told = asked.out / LICENCES
    told.write_text(asked.licences.read_text(encoding="utf-8") if asked.licences else _licences(target), encoding="utf-8")

    wanted = asked.only or ["wheel", "archive", *(["deb", "appimage"] if needs else [])]
    made = [told]
    too_large = None
    if "wheel" in wanted:
        made.append(wheel.write(ROOT, program, target, version, told, asked.out, asked.pack))
        size = made[-1].stat().st_size
        too_large = _too_large(size, asked.pack, target) if size > WHEEL_BYTES else None
        if too_large and asked.limit:
            raise SystemExit(f"{too_large}: {made[-1]}")
    if "archive" in wanted:
        made.append(archive.write(ROOT, program, target, version, told, asked.out))
    if "deb" in wanted:
        made.append(debian.write(ROOT, program, version, told, asked.out))
    if "appimage" in wanted and needs is not None:
        path = appimage.write(program, version, needs.machine, asked.out, asked.appimage_runtime)
        made += [path] if path else []
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(made))
    (asked.out / "SHA256SUMS").write_text(sums, encoding="utf-8")
    for path in made:
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path}")
    # Last, where it is seen.
    if too_large:
        sys.stdout.flush()
        print(too_large, file=sys.stderr)


def _too_large(size: int, is_packed: bool, target: str) -> str:
    """What is said of a wheel of so many bytes, and what would make it smaller."""
    said = f"the wheel is too large to be given to others: it has {size / 1e6:.1f} MB, and at most {WHEEL_BYTES / 1e6:.0f} MB are"
    if is_packed:
        return f"{said}, though the program is packed in it"
    return said if "windows" in target else f"{said}; with --pack it is a third smaller"


def _licences(target: str) -> str:
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return licences.collect(json.loads(told.stdout))


if __name__ == "__main__":
    main()
