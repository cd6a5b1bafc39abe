"""An AppImage: one file that runs on most Linux desktops. Made by `appimagetool`, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import layout


def write(program: Path, version: str, machine: str, out: Path) -> Path | None:
    """Writes ``tiramisu-VERSION-MACHINE.AppImage``; ``None``, and why, where the tool is missing."""
    tool = shutil.which("appimagetool")
    if tool is None:
        print("no AppImage: appimagetool is not installed")
        return None
    path = out / f"tiramisu-{version}-{machine}.AppImage"
    with tempfile.TemporaryDirectory() as folder:
        lay_out(program, Path(folder))
        environment = {**os.environ, "ARCH": machine, "VERSION": version}
        subprocess.run([tool, "--no-appstream", folder, str(path)], check=True, env=environment)
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
