"""The wheel: the program as a script, and the Python package, as maturin lays them out."""

from __future__ import annotations

import base64
import hashlib
import lzma
import re
import tomllib
import zipfile
from pathlib import Path

import binary

#: Of every file, so that equal contents make equal wheels.
_DATE = (1980, 1, 1, 0, 0, 0)
#: The oldest systems that Rust's own targets run on.
_TAGS = {
    "aarch64-apple-darwin": "macosx_11_0_arm64",
    "x86_64-apple-darwin": "macosx_10_12_x86_64",
    "x86_64-pc-windows-msvc": "win_amd64",
    "aarch64-pc-windows-msvc": "win_arm64",
}


def tag(program: Path, target: str) -> str:
    """The platform's tag: on Linux, of the oldest C library that the program runs with."""
    needs = binary.read(program)
    if needs is None:
        if target not in _TAGS:
            raise SystemExit(f"no wheel is known for {target}")
        return _TAGS[target]
    foreign = [name for name in needs.libraries if name not in binary.SYSTEM and not name.startswith("ld-linux-")]
    if foreign:
        raise SystemExit(f"not every Linux has what the program needs: {', '.join(foreign)}")
    return f"manylinux_2_{max(needs.glibc_minor, 17)}_{needs.machine}"


def write(root: Path, program: Path, target: str, version: str, licences: Path, out: Path, pack: bool = False) -> Path:
    """Writes the wheel into ``out``; with ``pack`` the program is in it as xz packs it, and is unpacked when it is first needed
    (``src/python/tiramisu_vision/packed.py``)."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = re.sub(r"[-_.]+", "_", project["name"])
    platform = tag(program, target)
    path = out / f"{name}-{version}-py3-none-{platform}.whl"
    info = f"{name}-{version}.dist-info"
    files: list[tuple[str, bytes, int]] = []
    package = root / "src" / "python"
    for source in sorted(package.rglob("*")):
        if source.is_file() and source.suffix != ".pyc":
            files.append((source.relative_to(package).as_posix(), source.read_bytes(), 0o644))
    if pack and "windows" in target:
        raise SystemExit("--pack is for systems where a program's name needs no ending")
    if pack:
        files.append((f"{name}/program.xz", _packed(program.read_bytes(), target), 0o644))
        # What it is unpacked to, so that who takes the wheel away takes that away, too.
        files.append((f"{name}/program.bin", b"", 0o644))
        # The installer puts its own Python into the first line.
        start = (root / "assets" / "package" / "start_packed.py").read_bytes()
        files.append((f"{name}-{version}.data/scripts/tiramisu", start, 0o755))
    else:
        script = "tiramisu.exe" if "windows" in target else "tiramisu"
        files.append((f"{name}-{version}.data/scripts/{script}", program.read_bytes(), 0o755))
    for licence in project["license-files"]:
        files.append((f"{info}/licenses/{licence}", (root / licence).read_bytes(), 0o644))
    files.append((f"{info}/licenses/{licences.name}", licences.read_bytes(), 0o644))
    files.append((f"{info}/METADATA", _metadata(root, project, version, licences.name).encode(), 0o644))
    wheel = f"Wheel-Version: 1.0\nGenerator: assets/package\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n"
    files.append((f"{info}/WHEEL", wheel.encode(), 0o644))
    record = "".join(f"{inside},{_hash(data)},{len(data)}\n" for inside, data, _ in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), 0o644))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, data, mode in files:
            entry = zipfile.ZipInfo(inside, _DATE)
            entry.compress_type = zipfile.ZIP_STORED if inside.endswith(".xz") else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data, compresslevel=9)
    return path


def _packed(program: bytes, target: str) -> bytes:
    # Jumps are written so that equal targets look equal.
    jumps = [{"id": lzma.FILTER_X86}] if target.startswith("x86_64") else []
    filters = [*jumps, {"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 64 << 20}]
    return lzma.compress(program, lzma.FORMAT_XZ, lzma.CHECK_CRC64, filters=filters)


def _hash(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _metadata(root: Path, project: dict, version: str, licences: str) -> str:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        f"License-Expression: {project['license']}",
        f"Keywords: {','.join(project['keywords'])}",
    ]
    lines += [f"License-File: {licence}" for licence in [*project["license-files"], licences]]
    lines += [f"Classifier: {classifier}" for classifier in project["classifiers"]]
    lines += [f"Requires-Dist: {requirement}" for requirement in project["dependencies"]]
    for extra, requirements in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {requirement} ; extra == "{extra}"' for requirement in requirements]
    lines.append("Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM")
    return "\n".join(lines) + "\n\n" + (root / project["readme"]).read_text(encoding="utf-8")
