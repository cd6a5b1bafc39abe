"""The licences of all that the program is made of, in one text.

cargo metadata --locked --format-version 1 --filter-platform TARGET > metadata.json
python3 assets/package/licences.py metadata.json > THIRD-PARTY-LICENCES.txt
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

#: How files are called that hold a licence, and what belongs to one.
_NAMES = re.compile(r"^(un)?(licen[cs]e|copying|copyright|notice|ofl|ufl)([-._].*)?$", re.IGNORECASE)
_CODE = re.compile(r"\.(rs|py|c|h|js|toml|json|html|rtf)$", re.IGNORECASE)
#: What comes inside of crates (libraries in C, fonts) has its own.
_DEPTH = 3
_LINE = "=" * 100
#: Of the signs that are drawn on buttons, which no crate brings.
_ICONS = Path(__file__).resolve().parents[1] / "icons" / "LICENSE-phosphor"


def crates(metadata: dict) -> list[dict]:
    """The crates that end up in the program: those it needs, and those that they need, but nothing that only builds or
    tests. Sorted by name and version."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    waiting, found = [root], {root}
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and dependency["pkg"] not in found:
                found.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    # What has no source is ours.
    others = [packages[id] for id in found if packages[id]["source"] is not None]
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def texts(package: dict) -> dict[str, str]:
    """The texts that a crate brings, by their place in it."""
    folder = Path(package["manifest_path"]).parent
    found = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if len(place.parts) <= _DEPTH and path.is_file() and _NAMES.match(path.name) and not _CODE.search(path.name):
            found[place.as_posix()] = path.read_text(encoding="utf-8", errors="replace").strip()
    named = package.get("license_file")
    if named and (folder / named).is_file():
        found.setdefault(named, (folder / named).read_text(encoding="utf-8", errors="replace").strip())
    return found


def collect(metadata: dict) -> str:
    """One text: which crate has which licence, then every text once, with those that it is of."""
    listed, by_text, without = [], {}, []
    for package in crates(metadata):
        title = f"{package['name']} {package['version']}"
        listed.append(f"{title}: {package['license'] or 'see its text'}")
        own = texts(package)
        for place, text in own.items():
            by_text.setdefault(text, []).append(f"{title}, {place}")
        if not own:
            authors = ", ".join(package["authors"]) or "its authors"
            without.append(f"{title}: {package['license']}, of {authors}")
    if not listed:
        raise SystemExit("the metadata names no crate beside ours")
    listed.append("Phosphor Icons: MIT")
    by_text.setdefault(_ICONS.read_text(encoding="utf-8").strip(), []).append("Phosphor Icons")
    parts = ["What Tiramisu is made of beside its own code, under which licences, and their texts.", "\n".join(listed)]
    if without:
        head = "These bring no text of their licence; it is the standard one of its name, which others below bring:"
        parts.append("\n".join([head, *without]))
    for text, owners in by_text.items():
        parts.append("\n".join([_LINE, *owners, _LINE, "", text]))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        sys.stdout.write(collect(json.load(file)))


if __name__ == "__main__":
    main()
