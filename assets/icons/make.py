#!/usr/bin/env python3
"""Makes the two fonts beside this: the few signs of Phosphor Icons (MIT) that the window draws, and the filled ones.

    npm pack @phosphor-icons/web@2.1.2 && tar xzf phosphor-icons-web-2.1.2.tgz
    pip install "fonttools==4.*"
    python assets/icons/make.py package
    cp package/LICENSE assets/icons/LICENSE-phosphor

It reads which ones from `src/ui/icons.rs`, where each stands with its name in that set, and says when a code is another one there.
"""

import pathlib
import re
import sys

from fontTools import subset

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


if __name__ == "__main__":
    main()
