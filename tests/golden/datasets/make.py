"""Writes small data sets as other programs keep them, and expected.json: what those programs read back from them.

    python -m venv V && V/bin/pip install pycocotools pandas pyarrow pillow datasets pyyaml numpy
    V/bin/python tests/golden/datasets/make.py

pycocotools reads coco.json, ElementTree the XML files, PyYAML data.yaml, pandas and `datasets` the tables, also those of boxes. No
picture is kept: only what is said of them.
"""

import io
import json
import random
import shutil
import tarfile
import xml.etree.ElementTree as ElementTree
import tempfile
from pathlib import Path

import pandas
import yaml
from datasets import load_dataset
from PIL import Image
from pycocotools.coco import COCO

HERE = Path(__file__).parent
NAMES = ["cat", "dog", "Tom's \"bike\" & co"]
rng = random.Random(7)


def fresh(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


# Six pictures of 64 x 48 in two folders; the last has no box.
pictures = [f"{'ab'[n % 2]}/picture_{n}.png" for n in range(6)]
facts = {}
for n, path in enumerate(pictures):
    boxes = []
    for _ in range(n % 3 + 1 if n < 5 else 0):
        left, top = rng.randrange(0, 40), rng.randrange(0, 30)
        boxes.append([rng.randrange(3), left, top, rng.randrange(1, 20), rng.randrange(1, 15)])
    facts[path] = boxes
split_of = {path: ["train", "val", "train", "test", "train", "val"][n] for n, path in enumerate(pictures)}
expected = {}

# COCO: ids with gaps, fractions of pixels, a crowd.
coco = {
    "info": {"description": "made by make.py"},
    "images": [{"id": 100 + 7 * n, "file_name": path, "width": 64, "height": 48} for n, path in enumerate(pictures)],
    "categories": [{"id": 3 * n + 1, "name": name, "supercategory": "thing"} for n, name in enumerate(NAMES)],
    "annotations": [],
}
for n, path in enumerate(pictures):
    for name, left, top, width, height in facts[path]:
        number = len(coco["annotations"]) + 1
        frame = [left + 0.25, top + 0.1, float(width), height + 1 / 3]
        coco["annotations"].append({
            "id": number, "image_id": 100 + 7 * n, "category_id": 3 * name + 1, "bbox": frame, "area": frame[2] * frame[3],
            "iscrowd": int(number == 4), "segmentation": [[frame[0], frame[1], frame[0] + 1, frame[1], frame[0], frame[1] + 1]],
        })
(HERE / "coco_train.json").write_text(json.dumps(coco))
read = COCO(HERE / "coco_train.json")
expected["coco"] = [
    {
        "path": read.imgs[image]["file_name"],
        "split": "train",
        "labels": sorted({read.cats[a["category_id"]]["name"] for a in read.imgToAnns[image]}),
        "boxes": [[read.cats[a["category_id"]]["name"], *a["bbox"], bool(a["iscrowd"])] for a in read.imgToAnns[image]],
    }
    for image in read.getImgIds()
]

# YOLO.
yolo = fresh("yolo")
(yolo / "data.yaml").write_text(
    "# a comment\npath: .  # here\ntrain: images/train\nval: images/val\ntest: images/test\nnc: 3\nnames:\n"
    + "".join(f"  {n}: {json.dumps(name)}\n" for n, name in enumerate(NAMES))
)
for path, boxes in facts.items():
    folder = yolo / "labels" / split_of[path]
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, left, top, width, height in boxes:
        numbers = [(left + width / 2) / 64, (top + height / 2) / 48, width / 64, height / 48]
        lines.append(f"{name} " + " ".join(f"{number:.6f}" for number in numbers) + "\n")
    (folder / f"{Path(path).stem}.txt").write_text("".join(lines))
names = yaml.safe_load((yolo / "data.yaml").read_text())["names"]
expected["yolo"] = []
for file in sorted(yolo.glob("labels/*/*.txt"), key=lambda file: file.stem):
    rows = [line.split() for line in file.read_text().splitlines()]
    frames = [[float(x) - float(w) / 2, float(y) - float(h) / 2, float(w), float(h)] for _, x, y, w, h in rows]
    expected["yolo"].append({
        "path": f"images/{file.parent.name}/{file.stem}",
        "split": file.parent.name,
        "labels": sorted({names[int(row[0])] for row in rows}),
        "boxes": [[names[int(row[0])], *frame, False] for row, frame in zip(rows, frames)],
    })

# Pascal VOC.
voc = fresh("voc")
(voc / "Annotations").mkdir()
(voc / "ImageSets" / "Main").mkdir(parents=True)
for path, boxes in facts.items():
    root = ElementTree.Element("annotation")
    ElementTree.SubElement(root, "filename").text = Path(path).name
    size = ElementTree.SubElement(root, "size")
    for key, value in (("width", 64), ("height", 48), ("depth", 3)):
        ElementTree.SubElement(size, key).text = str(value)
    for name, left, top, width, height in boxes:
        thing = ElementTree.SubElement(root, "object")
        ElementTree.SubElement(thing, "name").text = NAMES[name]
        part = ElementTree.SubElement(ElementTree.SubElement(thing, "part"), "bndbox")
        ElementTree.SubElement(part, "xmin").text = "1"
        frame = ElementTree.SubElement(thing, "bndbox")
        for key, value in (("xmin", left + 1), ("ymin", top + 1), ("xmax", left + width), ("ymax", top + height)):
            ElementTree.SubElement(frame, key).text = str(value)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(voc / "Annotations" / f"{Path(path).stem}.xml", xml_declaration=True, encoding="utf-8")
for split in ("train", "val", "test"):
    listed = "".join(f"{Path(path).stem}\n" for path in pictures if split_of[path] == split)
    (voc / "ImageSets" / "Main" / f"{split}.txt").write_text(listed)
(voc / "ImageSets" / "Main" / "trainval.txt").write_text("".join(f"{Path(path).stem}\n" for path in pictures[:3]))
expected["voc"] = []
for file in sorted((voc / "Annotations").glob("*.xml")):
    root = ElementTree.parse(file).getroot()
    boxes = []
    for thing in root.findall("object"):
        xmin, ymin, xmax, ymax = (int(thing.find("bndbox").find(key).text) for key in ("xmin", "ymin", "xmax", "ymax"))
        boxes.append([thing.find("name").text, xmin - 1, ymin - 1, xmax - xmin + 1, ymax - ymin + 1, False])
    split = next(s for s in ("train", "val", "test") if file.stem in (voc / f"ImageSets/Main/{s}.txt").read_text().split())
    expected["voc"].append({
        "path": root.find("filename").text, "split": split, "labels": sorted({box[0] for box in boxes}), "boxes": boxes,
    })

# Tables of one label a picture.
labels = {path: NAMES[n % 3] for n, path in enumerate(pictures)}
table = pandas.DataFrame({
    "Unnamed": range(6), "path": pictures, "label": [labels[p] for p in pictures], "split": [split_of[p] for p in pictures],
})
table.to_csv(HERE / "labels.csv", index=False)
read = pandas.read_csv(HERE / "labels.csv")
rows = lambda read, path: [
    {"path": row[path], "split": row["split"], "labels": [row["label"]], "boxes": []} for row in read.to_dict("records")
]
expected["csv"] = rows(read, "path")
renamed = table.rename(columns={"path": "file_name"})
renamed.to_csv(HERE / "semicolons.csv", index=False, sep=";", encoding="utf-8-sig")
expected["semicolons"] = rows(pandas.read_csv(HERE / "semicolons.csv", sep=";", encoding="utf-8-sig"), "file_name")

# Hugging Face: pandas' usual compression, and a folder a split; `datasets` says what it makes of them.
SPLITS = (("train", "train"), ("val", "validation"), ("test", "test"))


def hugging_face(name, kind, table, facts_of):
    """Writes a folder a split with the rows of `table`; `facts_of` says labels and boxes of a row as `datasets` reads it."""
    hub = fresh(name)
    for split, folder in SPLITS:
        folder = hub / folder
        folder.mkdir()
        part = table[table["split"] == split].drop(columns=["split"])
        if kind == "parquet":
            part.to_parquet(folder / "metadata.parquet", index=False)
        elif kind == "csv":
            part.to_csv(folder / "metadata.csv", index=False)
        else:
            part.to_json(folder / "metadata.jsonl", orient="records", lines=True)
        for path in part["file_name"]:
            (folder / path).parent.mkdir(exist_ok=True)
            Image.new("RGB", (64, 48)).save(folder / path)
    read = load_dataset("imagefolder", data_dir=str(hub), cache_dir=tempfile.mkdtemp())
    found = []
    for split, part in read.items():
        part = part.cast_column("image", part.features["image"].__class__(decode=False))
        for row in part:
            path = str(Path(row["image"]["path"]).relative_to(hub.resolve()))
            found.append({"path": path, "split": {"validation": "val"}.get(split, split), **facts_of(row)})
    expected[name] = sorted(found, key=lambda row: row["path"])
    for picture in list(hub.rglob("*.png")):
        picture.unlink()
    for folder in sorted(hub.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


one_label = renamed.drop(columns=["Unnamed"])
for kind in ("parquet", "jsonl"):
    hugging_face(f"hugging_face_{kind}", kind, one_label, lambda row: {"labels": [row["label"]], "boxes": []})

# Boxes in tables, a row each: corners with a column of labels, sides that are shares of the picture's. The last picture has none.
rows_of_boxes = [(path, *box) for path, boxes in facts.items() for box in boxes or [(None,) * 5]]
pandas.DataFrame({
    "filename": [path for path, *_ in rows_of_boxes],
    "width": 64,
    "height": 48,
    "class": [None if name is None else NAMES[name] for _, name, *_ in rows_of_boxes],
    "xmin": [left for *_, left, _, _, _ in rows_of_boxes],
    "ymin": [top for *_, top, _, _ in rows_of_boxes],
    "xmax": [None if left is None else left + width for *_, left, _, width, _ in rows_of_boxes],
    "ymax": [None if top is None else top + height for *_, top, _, height in rows_of_boxes],
    "split": [split_of[path] for path, *_ in rows_of_boxes],
}).to_csv(HERE / "boxes_corners.csv", index=False)
shares = lambda at, side: None if at is None else at / side
pandas.DataFrame({
    "image": [path for path, *_ in rows_of_boxes],
    "x": [shares(left, 64) for *_, left, _, _, _ in rows_of_boxes],
    "y": [shares(top, 48) for *_, top, _, _ in rows_of_boxes],
    "w": [shares(width, 64) for *_, width, _ in rows_of_boxes],
    "h": [shares(height, 48) for *_, height in rows_of_boxes],
    "label": [None if name is None else NAMES[name] for _, name, *_ in rows_of_boxes],
}).to_csv(HERE / "boxes_sides.csv", index=False)


def grouped(read, path, label, frame):
    """A picture an entry, of a table with a box a row."""
    found = []
    for picture, part in read.groupby(path):
        part = part[part[label].notna()]
        boxes = [[row[label], *frame(row), False] for row in part.to_dict("records")]
        split = read[read[path] == picture]["split"].iloc[0] if "split" in read else None
        found.append({"path": picture, "split": split, "labels": sorted(set(part[label])), "boxes": boxes})
    return found


expected["boxes_corners"] = grouped(
    pandas.read_csv(HERE / "boxes_corners.csv"), "filename", "class",
    lambda row: [row["xmin"], row["ymin"], row["xmax"] - row["xmin"], row["ymax"] - row["ymin"]],
)
expected["boxes_sides"] = grouped(
    pandas.read_csv(HERE / "boxes_sides.csv"), "image", "label", lambda row: [row["x"], row["y"], row["w"], row["h"]]
)

# The same as `objects` of Hugging Face: a table of lists, or a list of tables; as JSON within a table of texts.
lists = {
    path: {
        "bbox": [[left + 0.25, float(top), float(width), float(height)] for _, left, top, width, height in boxes],
        "categories": [NAMES[name] for name, *_ in boxes],
    }
    for path, boxes in facts.items()
}
tables = {
    path: [{"bbox": box, "category": name} for box, name in zip(said["bbox"], said["categories"])] for path, said in lists.items()
}


def of_objects(objects):
    objects = json.loads(objects) if isinstance(objects, str) else objects
    if isinstance(objects, dict):
        objects = [{"bbox": box, "category": name} for box, name in zip(objects["bbox"], objects["categories"])]
    boxes = [[it["category"], *it["bbox"], False] for it in objects]
    return {"labels": sorted({box[0] for box in boxes}), "boxes": boxes}


for name, kind, objects in (
    ("hugging_face_lists_jsonl", "jsonl", lists),
    ("hugging_face_tables_jsonl", "jsonl", tables),
    ("hugging_face_lists_parquet", "parquet", lists),
    ("hugging_face_tables_parquet", "parquet", tables),
    ("hugging_face_csv", "csv", {path: json.dumps(said) for path, said in lists.items()}),
):
    table = pandas.DataFrame({
        "file_name": pictures, "objects": [objects[path] for path in pictures], "split": [split_of[path] for path in pictures]
    })
    hugging_face(name, kind, table, lambda row: of_objects(row["objects"]))

# WebDataset: what tarfile lists.
def add(name, content):
    about = tarfile.TarInfo(name)
    about.size = len(content)
    shard.addfile(about, io.BytesIO(content))


with tarfile.open(HERE / "shard-train-000.tar", "w") as shard:
    for n, path in enumerate(pictures):
        stem = path.removesuffix(".png")
        add(path, b"no picture")
        if n % 2:
            add(f"{stem}.cls", labels[path].encode())
        else:
            add(f"{stem}.json", json.dumps({"label": labels[path], "split": split_of[path]}).encode())
expected["webdataset"] = [
    {"path": p, "split": "train" if n % 2 else split_of[p], "labels": [labels[p]], "boxes": []} for n, p in enumerate(pictures)
]
with tarfile.open(HERE / "shard-val-boxes.tar", "w") as shard:
    for n, path in enumerate(pictures):
        add(path, b"no picture")
        said = {"objects": lists[path]} if n % 2 else {"boxes": tables[path]}
        add(path.replace(".png", ".json"), json.dumps(said).encode())
with tarfile.open(HERE / "shard-val-boxes.tar") as shard:
    said = {file.name: json.loads(shard.extractfile(file).read()) for file in shard if file.name.endswith(".json")}
expected["webdataset_boxes"] = [
    {"path": path.replace(".json", ".png"), "split": "val", **of_objects(it.get("objects", it.get("boxes")))}
    for path, it in said.items()
]

(HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
