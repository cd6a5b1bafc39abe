"""An AppImage: one file that runs on most Linux desktops. Made by `appimagetool`, of a runtime that is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import layout


def write(program: Path, version: str, machine: str, out: Path, runtime: Path | None) -> Path | None:
    """Writes ``tiramisu-VERSION-MACHINE.AppImage``; ``None``, and why, where the tool is missing, or what the file begins
    with: not told, the tool would download whatever was published last."""
    tool = shutil.which("appimagetool")
    if tool is None:
        print("no AppImage: appimagetool is not installed")
        return None
    if runtime is None:
        print("no AppImage: name with --appimage-runtime what it begins with")
        return None
    path = out / f"tiramisu-{version}-{machine}.AppImage"
    with tempfile.TemporaryDirectory() as folder:
        lay_out(program, Path(folder))
        environment = {**os.environ, "ARCH": machine, "VERSION": version}
        command = [tool, "--no-appstream", "--runtime-file", str(runtime), folder, str(path)]
        subprocess.run(command, check=True, env=environment)
    return path


def lay_out(program: Path, folder: Path) -> None:
    """What lies inside: the program below ``usr``, and beside it what the tool looks for at the top."""
    (folder / "usr/bin").mkdir(parents=True)
    shutil.copy(program, folder / "usr/bin/tiramisu")
    (folder / "usr/bin/tiramisu").chmod(0o755)
    for name, source in layout.desktop_files().items():
        (folder / "usr" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / "usr" / name)
    (folder / "AppRun").symlink_to("usr/bin/tiramisu")
    (folder / "tiramisu.desktop").symlink_to("usr/share/applications/tiramisu.desktop")
    (folder / "tiramisu.svg").symlink_to("usr/share/icons/hicolor/scalable/apps/tiramisu.svg")
