"""What is installed, and where: the same for the package of Debian, the AppImage and the archive."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def desktop_files() -> dict[str, Path]:
    """What makes the program appear on a desktop, by its place below a prefix such as ``/usr``."""
    return {
        "share/applications/tiramisu.desktop": HERE / "tiramisu.desktop",
        "share/icons/hicolor/scalable/apps/tiramisu.svg": HERE / "tiramisu.svg",
        "share/metainfo/tiramisu.metainfo.xml": HERE / "tiramisu.metainfo.xml",
    }


def papers(root: Path, licences: Path) -> dict[str, Path]:
    """What there is to read."""
    names = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]
    return {**{name: root / name for name in names}, licences.name: licences}
