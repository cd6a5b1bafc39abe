#!/usr/bin/env python3
"""What leaves the program, read back by programs that know nothing of it.

    V/bin/pip install pandas numpy pyarrow pycocotools pillow pyyaml networkx pypdf cairosvg
    apt-get install poppler-utils librsvg2-bin chromium
    V/bin/python tests/house/exports_read_back.py PROGRAM [--keep DIR]

Paints the sample collection, gives it tags, splits and boxes, extracts it, makes a map and groups, exports all that the program can
write, and reads each with other programs. One line a reader says what was compared; whatever is not installed is named as skipped.
The first difference ends it. `--keep DIR` has the exports and pictures of the page stay there, to be looked at.

`tests/golden/datasets/compare.py` goes further into data sets: thousands of boxes, names that need quoting, FiftyOne.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import map_page

LAYER = "features.12.concat"
COLUMN = "features_12_concat_average"
SPLITS = ("train", "val", "test")


class Collection:
    """The sample collection with its workspace, and what is known of it from its files alone."""

    def __init__(self, program: Path, home: Path) -> None:
        self.program, self.home, self.folder = program, home, home / "sample"
        places = {name: str(home / "home") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        self.environment = {**os.environ, **places}
        self.tell("sample", self.folder)
        self.paths = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
        self.label = {path: path.split("/")[0] for path in self.paths}
        self.split = {path: SPLITS[n % 5 % 3] for n, path in enumerate(self.paths)}
        self.tell("extract", self.folder, "--compute", "cpu")
        self.boxes = self._give_boxes()
        self.tell("tag", self.folder, "round", "--where", "label in ('spirals', 'spheres')")
        self.map = home / "places.csv"
        self.tell("project", self.folder, "--method", "umap", "--out", self.map)
        self.tell("cluster", self.folder, "--count", "22", "--out", home / "groups.csv")

    def _give_boxes(self) -> Counter[Any]:
        """A box in every second picture, and splits, as a COCO file that is written here; the boxes."""
        names = sorted(set(self.label.values()))
        images, boxes, found = [], [], Counter[Any]()
        for n, path in enumerate(self.paths):
            images.append({"id": n + 1, "file_name": path, "width": 192, "height": 192, "split": self.split[path]})
            if n % 2 == 0:
                frame = [1.5 + n % 40, 2.25 + n % 30, 10.125 + n % 90, 20.5 + n % 100]
                boxes.append({"id": n + 1, "image_id": n + 1, "category_id": names.index(self.label[path]) + 1, "bbox": frame,
                              "area": frame[2] * frame[3], "iscrowd": 0})
                found[path, self.label[path], *frame] += 1
        source = self.home / "boxes.json"
        categories = [{"id": n + 1, "name": name} for n, name in enumerate(names)]
        source.write_text(json.dumps({"images": images, "categories": categories, "annotations": boxes}))
        told = json.loads(self.tell("import", self.folder, "--from", source, "--json"))
        assert told["matched"] == len(self.paths) and told["boxes"] == len(boxes), told
        return found

    def tell(self, *words: object) -> str:
        ran = subprocess.run([self.program, *map(str, words)], env=self.environment, capture_output=True, text=True)
        if ran.returncode != 0:
            raise SystemExit(f"{words} ended with {ran.returncode}: {ran.stderr[-2000:]}")
        return ran.stdout

    def export(self, name: str, *words: object) -> Path:
        to = self.home / "exports" / name
        to.parent.mkdir(exist_ok=True)
        self.tell("export", self.folder, "--to", to, *words)
        return to


Check = Callable[[Collection], str]
CHECKS: list[tuple[str, tuple[str, ...], Check]] = []


def reads(what: str, *readers: str) -> Callable[[Check], Check]:
    """A check of ``what`` that needs Python's packages and programs of these names."""

    def keep(check: Check) -> Check:
        CHECKS.append((what, readers, check))
        return check

    return keep


@reads("CSV", "pandas")
def csv_by_pandas(of: Collection) -> str:
    import pandas

    read = pandas.read_csv(of.export("all.csv"), keep_default_na=False)
    assert list(read["path"]) == of.paths and list(read["label"]) == list(of.label.values())
    assert list(read["split"]) == list(of.split.values())
    assert (read["tags"] == "round").sum() == sum(label in ("spirals", "spheres") for label in of.label.values()) == 60
    assert all((of.folder / path).stat().st_size == size for path, size in zip(read["path"], read["file_bytes"]))
    return f"{len(read)} rows: paths, labels, splits, tags, sizes of files"


@reads("JSON", "pandas")
def json_by_pandas(of: Collection) -> str:
    import pandas

    read = pandas.read_json(of.export("all.json"))
    table = pandas.read_csv(of.home / "exports/all.csv", keep_default_na=False)
    assert list(read["path"]) == of.paths and [";".join(tags) for tags in read["tags"]] == list(table["tags"])
    assert all((read[column] == table[column]).all() for column in ("id", "width", "height", "file_bytes", "source"))
    return f"{len(read)} rows, the same as the CSV's"


@reads("NumPy", "numpy", "pyarrow")
def npy_by_numpy(of: Collection) -> str:
    import numpy as np
    from pyarrow import parquet

    vectors = np.load(of.export("vectors.npy", "--layer", LAYER))
    with open(of.home / "exports/vectors.csv", newline="", encoding="utf-8") as lines:
        rows = [row["path"] for row in csv.DictReader(lines)]
    table = parquet.read_table(of.export("vectors.parquet", "--layer", "all"))
    assert rows == of.paths and vectors.dtype == np.float32 and np.isfinite(vectors).all()
    assert np.array_equal(np.array(table[COLUMN].to_pylist(), np.float32), vectors)
    # As alike as the program itself says, for one picture.
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = json.loads(of.tell("neighbours", of.folder / of.paths[400], "-k", "5", "--layer", LAYER, "--json"))["neighbours"]
    order = np.argsort(-(unit @ unit[400]), kind="stable")
    assert [of.paths[n] for n in order if n != 400][:5] == [it["path"] for it in near], near
    return f"{vectors.shape[0]} x {vectors.shape[1]}, bit for bit the Parquet's; the five nearest are those of `neighbours`"


@reads("Parquet", "pyarrow", "pandas")
def parquet_by_pyarrow(of: Collection) -> str:
    import pandas
    from pyarrow import parquet

    file = parquet.ParquetFile(of.home / "exports/vectors.parquet")
    read = pandas.read_parquet(of.home / "exports/vectors.parquet")
    assert list(read["path"]) == of.paths and list(read["label"]) == list(of.label.values())
    (table,) = [it for it in json.loads(of.tell("info", of.folder, "--json"))["tables"] if it["layers"]]
    channels = {it["column"]: it["channels"] for it in table["layers"] if it["pooling"] == "average"}
    assert {column: len(read[column].iloc[0]) for column in channels} == channels
    return f"{file.metadata.num_rows} rows, {len(channels)} layers, {sum(channels.values())} channels"


@reads("COCO", "pycocotools")
def coco_by_pycocotools(of: Collection) -> str:
    from pycocotools.coco import COCO

    source = of.export("boxes.coco.json")
    read = COCO(source)
    found = Counter[Any]()
    for box in read.anns.values():
        if "bbox" in box:
            found[read.imgs[box["image_id"]]["file_name"], read.cats[box["category_id"]]["name"], *box["bbox"]] += 1
    assert found == of.boxes, (found - of.boxes, of.boxes - found)
    assert {image["file_name"]: image["split"] for image in read.imgs.values()} == of.split
    return f"{sum(found.values())} boxes of {len(read.imgs)} pictures, the same to the last digit"


@reads("YOLO", "yaml")
def yolo_by_yaml(of: Collection) -> str:
    import yaml

    home = of.export("yolo", "--format", "yolo", "--link", "hard")
    said = yaml.safe_load((home / "data.yaml").read_text())
    path_of = {(of.folder / path).stat().st_ino: path for path in of.paths}
    worst, count = 0.0, 0
    for split in SPLITS:
        pictures = sorted((home / said[split]).iterdir())
        assert len(pictures) == list(of.split.values()).count(split)
        for picture in pictures:
            path = path_of[picture.stat().st_ino]
            text = home / "labels" / split / f"{picture.stem}.txt"
            for line in text.read_text().splitlines() if text.exists() else ():
                number, *shares = line.split()
                x, y, w, h = (float(share) * 192 for share in shares)
                (frame,) = [box[2:] for box in of.boxes if box[0] == path and box[1] == said["names"][int(number)]]
                worst = max(worst, *(abs(a - b) for a, b in zip(frame, (x - w / 2, y - h / 2, w, h))))
                count += 1
    assert count == sum(of.boxes.values()) and worst < 1e-4, (count, worst)
    return f"{count} boxes, none off by more than {worst:.0e} pixels"


@reads("files and folders by class and split")
def folders_by_the_system(of: Collection) -> str:
    path_of = {(of.folder / path).read_bytes(): path for path in of.paths}
    home = of.export("folders", "--format", "folders")
    found = [path for path in home.rglob("*") if path.is_file()]
    for file in found:
        split, label, _ = file.relative_to(home).parts
        path = path_of[file.read_bytes()]
        assert (split, label) == (of.split[path], of.label[path]), file
    groups = of.export("groups", "--format", "folders", "--by", "cluster", "--link", "symbolic")
    with open(of.home / "groups.csv", newline="", encoding="utf-8") as lines:
        group_of = {row["path"]: row["cluster"] for row in csv.DictReader(lines)}
    linked = [path for path in groups.rglob("*") if path.is_file()]
    # A folder is named by its cluster and the label that is most frequent in it: "7 · night_sky".
    for file in linked:
        number = re.match(r"-?\d+", file.parent.name)
        assert file.is_symlink() and number and number[0] == group_of[str(file.resolve().relative_to(of.folder.resolve()))], file
    assert len(linked) == len(found) == len(of.paths)
    taken = of.export("round", "--where", "tag('round')")
    assert {path_of[file.read_bytes()] for file in taken.rglob("*") if file.is_file()} == {
        path for path in of.paths if of.label[path] in ("spirals", "spheres")
    }
    return f"{len(found)} files, the same bytes in the folders of their splits and labels; as many links by cluster; 60 files by tag"


@reads("graph", "networkx")
def graph_by_networkx(of: Collection) -> str:
    import networkx

    to = of.home / "exports/near.graphml"
    of.tell("graph", of.folder, "--to", to)
    read = networkx.read_graphml(to)
    assert [node["name"] for _, node in sorted(read.nodes(data=True), key=lambda it: int(it[0][1:]))] == of.paths
    assert all(-1.001 <= edge["weight"] <= 1.001 for _, _, edge in read.edges(data=True))
    same = sum(of.label[of.paths[int(a[1:])]] == of.label[of.paths[int(b[1:])]] for a, b in read.edges)
    return f"{read.number_of_nodes()} images, {read.number_of_edges()} edges, {same / read.number_of_edges():.0%} within a label"


@reads("recipe", "tomllib")
def recipe_by_tomllib(of: Collection) -> str:
    to = of.home / "exports/recipe.toml"
    of.tell("recipe", of.folder, "--out", to)
    read = tomllib.loads(to.read_text())
    assert read["pictures"]["count"] == len(of.paths) and len(read["maps"]) == len(read["clusters"]) == 1 and LAYER in read["layers"]
    return f"{len(read['layers'])} layers, 1 map, 1 clustering"


@reads("map as PNG", "PIL")
def png_by_pillow(of: Collection) -> str:
    from PIL import Image

    for name, words in (("dots.png", ()), ("pictures.png", ("--pictures", "--width", "3000"))):
        picture = Image.open(of.export(name, "--map", "umap", *words))
        picture.load()
        assert picture.format == "PNG" and picture.width == (3000 if words else 2048)
        assert len(picture.convert("RGB").resize((300, 250)).getcolors(1 << 20)) > (2000 if words else 100)
    return f"a map of dots, and one of pictures, {picture.width} x {picture.height}"


def svg(of: Collection) -> Path:
    to = of.home / "exports/map.svg"
    return to if to.exists() else of.export("map.svg", "--map", "umap")


@reads("map as SVG", "ElementTree")
def svg_by_a_parser(of: Collection) -> str:
    space = "{http://www.w3.org/2000/svg}"
    read = ElementTree.parse(svg(of)).getroot()
    dots = {dot.findtext(f"{space}title"): dot for dot in read.iter(f"{space}circle") if dot.find(f"{space}title") is not None}
    assert sorted(map(str, dots)) == of.paths
    with open(of.map, newline="", encoding="utf-8") as lines:
        places = {row["path"]: (float(row["x"]), float(row["y"])) for row in csv.DictReader(lines)}
    # The same map but for one scale and one shift: three images say both, the others follow.
    one, other = of.paths[0], max(of.paths, key=lambda path: abs(places[path][0] - places[of.paths[0]][0]))
    at = {path: (float(dot.get("cx", "")), float(dot.get("cy", ""))) for path, dot in dots.items()}
    scale = (at[other][0] - at[one][0]) / (places[other][0] - places[one][0])
    for path in of.paths:
        x = at[one][0] + scale * (places[path][0] - places[one][0])
        y = at[one][1] - scale * (places[path][1] - places[one][1])
        assert abs(x - at[path][0]) < 0.3 and abs(y - at[path][1]) < 0.3, (path, (x, y), at[path])
    return f"{len(dots)} dots with names, where `project` put them; the legend has {sum(1 for _ in read.iter(f'{space}tspan'))} lines"


def drawn_where_it_says(of: Collection, png: bytes) -> str:
    """That a renderer draws dots at the places that the SVG names, in the colours it names."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    space = "{http://www.w3.org/2000/svg}"
    read = ElementTree.parse(svg(of)).getroot()
    assert picture.size == (int(read.get("width", "")), int(read.get("height", ""))), picture.size
    groups = [(group.get("fill"), dot) for group in read.iter(f"{space}g") for dot in group.iter(f"{space}circle")]
    seen = 0
    for fill, dot in groups:
        x, y = round(float(dot.get("cx", "")) - 0.5), round(float(dot.get("cy", "")) - 0.5)
        assert fill is not None
        red, green, blue = picture.getpixel((x, y))
        wanted = [round(int(fill[i : i + 2], 16) * 0.8 + 255 * 0.2) for i in (1, 3, 5)]
        assert (red, green, blue) != (255, 255, 255), dot.attrib
        seen += max(abs(a - b) for a, b in zip((red, green, blue), wanted)) < 12
    assert seen > len(groups) / 5, f"{seen} of {len(groups)} have the colour of their label; others may lie above them"
    return f"{len(groups)} dots drawn, {seen} of them with none above them, in the colours of their labels"


@reads("map as SVG", "rsvg-convert", "PIL")
def svg_by_rsvg(of: Collection) -> str:
    return drawn_where_it_says(of, subprocess.run(["rsvg-convert", svg(of)], check=True, capture_output=True).stdout)


@reads("map as SVG", "cairosvg", "PIL")
def svg_by_cairo(of: Collection) -> str:
    import cairosvg

    return drawn_where_it_says(of, cairosvg.svg2png(url=str(svg(of))))


def sheet(of: Collection) -> Path:
    to = of.home / "exports/sheet.pdf"
    return to if to.exists() else of.export("sheet.pdf", "--label", "spirals", "--label", "spheres")


@reads("contact sheet", "pypdf")
def sheet_by_pypdf(of: Collection) -> str:
    from pypdf import PdfReader

    pages = PdfReader(sheet(of), strict=True).pages
    assert len(pages) == 2, len(pages)
    pictures = [picture.image for page in pages for picture in page.images]
    assert len(pictures) == 60 and all(picture is not None and min(picture.size) > 50 for picture in pictures)
    text = "".join(page.extract_text() for page in pages)
    assert all(f"{name}_{n:04}.jpg" in text for name in ("spirals", "spheres") for n in range(1, 31)), text[:500]
    return f"2 pages with {len(pictures)} pictures, and the name below each"


@reads("contact sheet", "pdftotext", "pdftoppm", "PIL")
def sheet_by_poppler(of: Collection) -> str:
    from PIL import Image

    ran = subprocess.run(["pdftotext", sheet(of), "-"], check=True, capture_output=True, text=True)
    assert ran.stderr == "" and all(f"{name}_{n:04}.jpg" in ran.stdout for name in ("spirals", "spheres") for n in range(1, 31))
    drawn = subprocess.run(["pdftoppm", "-r", "50", "-png", "-f", "2", "-l", "2", sheet(of)], check=True, capture_output=True)
    page = Image.open(io.BytesIO(drawn.stdout)).convert("RGB")
    assert drawn.stderr == b"" and len(page.getcolors(1 << 20)) > 2000
    return f"the names, and a page drawn with {page.width} x {page.height} pixels"


@reads("map as a page", "Chromium")
def page_by_chromium(of: Collection) -> str:
    return map_page.check(of.export("map.html", "--map", "umap"), of.folder, of.label, of.home / "exports")


def found(reader: str) -> str | None:
    """A reader and its version; ``None`` where it is not there."""
    if reader in ("tomllib", "ElementTree"):
        return f"Python {sys.version.split()[0]}'s {reader}"
    if reader == "Chromium":
        return map_page.version()
    if path := shutil.which(reader):
        said = subprocess.run([path, "--version" if "rsvg" in reader else "-v"], capture_output=True, text=True)
        number = re.search(r"\d+\.\d+[\d.]*", said.stdout + said.stderr)
        return f"{reader} {number[0] if number else '?'}"
    try:
        import_module(reader)
    except ImportError:
        return None
    package = {"PIL": "pillow", "yaml": "pyyaml"}.get(reader, reader)
    return f"{package} {metadata.version(package)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--only", default="", help="only exports in whose name this word stands")
    parser.add_argument("--keep", type=Path, help="where the exports, and pictures of the page, are to stay")
    asked = parser.parse_args()
    skipped = 0
    with tempfile.TemporaryDirectory(prefix="tiramisu-exports-") as home:
        of = Collection(asked.program, Path(home))
        asked_for = [it for it in CHECKS if asked.only in it[0]]
        for what, readers, check in asked_for:
            versions = [found(reader) for reader in readers]
            if None in versions:
                lacking = ", ".join(reader for reader, version in zip(readers, versions) if version is None)
                print(f"skipped: {what}, since {lacking} is not installed", flush=True)
                skipped += 1
                continue
            by = f" by {', '.join(filter(None, versions))}" if readers else ""
            print(f"{what}{by}: {check(of)}", flush=True)
        if asked.keep:
            shutil.copytree(Path(home) / "exports", asked.keep, dirs_exist_ok=True)
    print(f"{len(asked_for) - skipped} passed, 0 failed, {skipped} skipped")


if __name__ == "__main__":
    main()
