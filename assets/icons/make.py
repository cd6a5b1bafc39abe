#!/usr/bin/env python3
"""Makes what lies beside this: two fonts, of the few signs of Phosphor Icons (MIT) that the window draws and of the filled ones,
and the program's own icon, as the desktop shows it of a window.

    npm pack @phosphor-icons/web@2.1.2 && tar xzf phosphor-icons-web-2.1.2.tgz
    pip install "fonttools==4.*" "pillow==12.*"
    python assets/icons/make.py package
    cp package/LICENSE assets/icons/LICENSE-phosphor

It reads which ones from `src/ui/icons.rs`, where each stands with its name in that set, and says when a code is another one there.
"""

import pathlib
import re
import sys

from fontTools import subset
from PIL import Image, ImageDraw

HERE = pathlib.Path(__file__).resolve().parent
ROWS = re.compile(r"Self::(\w+) => \('\\u\{([0-9a-f]+)\}', \"([a-z-]+)\"\)")


def main() -> None:
    source = pathlib.Path(sys.argv[1]) / "src"
    text = (HERE.parents[1] / "src/ui/icons.rs").read_text()
    rows = [(name, int(code, 16), theirs) for name, code, theirs in ROWS.findall(text)]
    styles = (source / "regular/style.css").read_text()
    for name, code, theirs in rows:
        known = re.search(rf'\.ph-{theirs}:before \{{\s*content: "\\(\w+)"', styles)
        if known is None or int(known[1], 16) != code:
            sys.exit(f"{name}: {theirs} is {known and known[1]} there, not {code:x}")
    names = re.findall(r"Self::(\w+)", re.search(r"FILLED.*?\];", text, re.S)[0])
    filled = [row for row in rows if row[0] in names]
    make(source / "regular/Phosphor.ttf", HERE / "phosphor.ttf", rows)
    make(source / "fill/Phosphor-Fill.ttf", HERE / "phosphor-fill.ttf", filled)
    draw(HERE.parent / "package/tiramisu.svg", HERE / "tiramisu.png")


def make(source: pathlib.Path, target: pathlib.Path, rows: list[tuple[str, int, str]]) -> None:
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=False, name_IDs=[0, 1, 2, 13, 14])
    font = subset.load_font(str(source), options)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=[code for _, code, _ in rows])
    wanted.subset(font)
    # Else every run would be another file.
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    subset.save_font(font, str(target), options)
    print(target.name, len(rows), "signs,", target.stat().st_size, "bytes")


def draw(svg: pathlib.Path, target: pathlib.Path, side: int = 128, finer: int = 8) -> None:
    """Draws the icon, which is made of polygons alone."""
    text, scale = svg.read_text(), side * finer / 256
    image = Image.new("RGBA", (side * finer, side * finer))
    group = ""
    for element in re.findall(r"<(?:g|path)[^>]*>", text):
        fill = re.search(r'fill="(#\w+)"', element)
        if element.startswith("<g"):
            group = fill[1] if fill else group
            continue
        moved = re.search(r"translate\((-?\d+) (-?\d+)\)", element)
        dx, dy = (int(moved[1]), int(moved[2])) if moved else (0, 0)
        for part in re.search(r' d="([^"]*)"', element)[1].split("Z")[:-1]:
            points: list[tuple[float, float]] = []
            for vertical, x, y in re.findall(r"V(\d+)|M?\s?(\d+) (\d+)", part):
                points.append((points[-1][0], float(vertical)) if vertical else (float(x), float(y)))
            places = [((x + dx) * scale, (y + dy) * scale) for x, y in points]
            ImageDraw.Draw(image).polygon(places, fill=fill[1] if fill else group)
    image.resize((side, side), Image.Resampling.LANCZOS).save(target, optimize=True)
    print(target.name, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
