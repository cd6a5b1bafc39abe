"""What leaves as a data set, read back by the programs that it is written for.

    V/bin/pip install pycocotools pandas pyarrow pillow datasets pyyaml numpy fiftyone
    V/bin/python tests/golden/datasets/compare.py target/release/tiramisu [PICTURES]

Draws PICTURES sample pictures (2,000), gives them boxes, labels and splits as a COCO file, imports that, exports it in every format,
and compares. FiftyOne is left out where it is not there. Prints one line a format; the first difference ends it.

The last run, by pycocotools 2.0.11, PyYAML 6.0.4, pandas 3.1.1, pyarrow 26.0.1, datasets 5.2.0 and FiftyOne 1.22.1: all 3,653 boxes of
2,000 pictures the same to the last digit as COCO, and to 1.3e-7 pixels as YOLO; all labels and splits the same as CSV, Parquet, folders
and FiftyOne's samples.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pandas
import yaml
from datasets import load_dataset
from PIL import Image
from pycocotools.coco import COCO

program = Path(sys.argv[1]).resolve()
count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
rng = random.Random(1)
home = Path(tempfile.mkdtemp(prefix="tiramisu-datasets-"))
places = {name: str(home / "home") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
network = ["--network", "filters", "--compute", "cpu"]


def tiramisu(*arguments, ok=(0,)):
    ran = subprocess.run([program, *map(str, arguments)], env={**os.environ, **places}, capture_output=True, text=True)
    assert ran.returncode in ok, (arguments, ran.returncode, ran.stdout[-2000:], ran.stderr[-2000:])
    return ran.stdout


folder = home / "pictures"
tiramisu("sample", folder, "--count", count)
tiramisu("extract", folder, *network)
paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
assert len(paths) == count
names = [f"class {n}" for n in range(40)] + ["É, \"quoted\": 'x'", "a/b"]
coco = {"images": [], "categories": [{"id": 10 + 2 * n, "name": name} for n, name in enumerate(names)], "annotations": []}
for n, path in enumerate(paths):
    width, height = Image.open(folder / path).size
    split = rng.choice(["train", "train", "val", "test"])
    coco["images"].append({"id": 1000 + 3 * n, "file_name": path, "width": width, "height": height, "split": split})
    for _ in range(rng.choice([0, 1, 1, 2, 5])):
        x, y = rng.uniform(0, width * 0.8), rng.uniform(0, height * 0.8)
        # As many digits as COCO's own.
        frame = [round(at, 3) for at in (x, y, rng.uniform(0.5, width - x), rng.uniform(0.5, height - y))]
        coco["annotations"].append({
            "id": len(coco["annotations"]) + 1, "image_id": 1000 + 3 * n, "category_id": 10 + 2 * rng.randrange(len(names)),
            "bbox": frame, "area": frame[2] * frame[3], "iscrowd": int(rng.random() < 0.02),
        })
source = home / "annotations.json"
source.write_text(json.dumps(coco))
told = json.loads(tiramisu("import", folder, "--from", source, "--json", *network))
assert told["matched"] == count and told["boxes"] == len(coco["annotations"]), told


def facts(file):
    read = COCO(file)
    found = Counter()
    for annotation in read.anns.values():
        if "bbox" in annotation:
            image, category = read.imgs[annotation["image_id"]], read.cats[annotation["category_id"]]
            found[image["file_name"], category["name"], *annotation["bbox"], annotation["iscrowd"]] += 1
    return found, {image["file_name"]: (image["width"], image["height"], image["split"]) for image in read.imgs.values()}


tiramisu("export", folder, "--to", home / "out.coco.json", *network)
ours, theirs = facts(home / "out.coco.json"), facts(source)
assert ours == theirs, (ours[0] - theirs[0], theirs[0] - ours[0])
print(f"COCO: {sum(ours[0].values())} boxes of {count} pictures are the same to the last digit, by pycocotools")

tiramisu("export", folder, "--format", "yolo", "--to", home / "yolo", "--link", "hard", *network)
said = yaml.safe_load((home / "yolo/data.yaml").read_text())
by_content = {}
for path in paths:
    by_content.setdefault((folder / path).stat().st_ino, path)
boxes, worst = Counter(), 0.0
sizes = theirs[1]
wanted = Counter()
for (path, name, *frame, crowd), times in theirs[0].items():
    wanted[path, name] += times
frames = {}
for (path, name, x, y, w, h, crowd), times in theirs[0].items():
    frames.setdefault((path, name), []).append((x, y, w, h))
for split in ("train", "val", "test"):
    pictures = sorted((home / "yolo" / said[split]).iterdir())
    assert len(pictures) == sum(1 for size in sizes.values() if size[2] == split)
    for picture in pictures:
        path = by_content[picture.stat().st_ino]
        width, height, of = sizes[path]
        assert of == split
        text = home / "yolo/labels" / split / (picture.stem + ".txt")
        for line in text.read_text().splitlines() if text.exists() else ():
            number, *shares = line.split()
            x, y, w, h = (float(share) * side for share, side in zip(shares, (width, height, width, height)))
            name = said["names"][int(number)]
            near = min(frames[path, name], key=lambda frame: abs(frame[0] - x + w / 2) + abs(frame[1] - y + h / 2))
            worst = max(worst, *(abs(a - b) for a, b in zip(near, (x - w / 2, y - h / 2, w, h))))
            boxes[path, name] += 1
assert boxes == wanted and worst < 1e-4, worst
print(f"YOLO: the same boxes, none off by more than {worst:.1e} pixels, by PyYAML")

labels = home / "labels.csv"
table = pandas.DataFrame({"path": paths, "label": [names[n % len(names)] for n in range(count)], "split": [sizes[p][2] for p in paths]})
table.to_csv(labels, index=False)
tiramisu("import", folder, "--forget", *network)
tiramisu("import", folder, "--from", labels, *network)
tiramisu("export", folder, "--to", home / "out.csv", *network)
tiramisu("export", folder, "--to", home / "out.parquet", *network)
for read in (pandas.read_csv(home / "out.csv"), pandas.read_parquet(home / "out.parquet")):
    read = read.sort_values("path")[["path", "label", "split"]].reset_index(drop=True)
    assert read.equals(table.sort_values("path").reset_index(drop=True))
print("CSV and Parquet: paths, labels and splits are the same, by pandas")

tiramisu("export", folder, "--format", "folders", "--to", home / "folders", "--link", "hard", *network)
read = load_dataset("imagefolder", data_dir=str(home / "folders"), cache_dir=str(home / "cache"))
found = Counter()
for split, part in read.items():
    label = part.features["label"]
    part = part.cast_column("image", part.features["image"].__class__(decode=False))
    for row in part:
        path = by_content[os.stat(row["image"]["path"]).st_ino]
        found[path, label.int2str(row["label"]), {"validation": "val"}.get(split, split)] += 1
assert found == Counter((row.path, row.label.replace("/", "_").replace('"', "_").replace(":", "_"), row.split) for row in table.itertuples())
print("image folders: the same labels and splits, by Hugging Face's datasets")

tiramisu("export", folder, "--to", home / "out.fiftyone.json", *network)
try:
    from fiftyone import Sample
    from fiftyone.core.odm import get_field_kwargs
except ImportError:
    print("FiftyOne: is not there, so its file was not read")
else:
    # What Dataset.from_json does with each field and sample; a Dataset itself needs a MongoDB, which not every machine has.
    document = json.loads((home / "out.fiftyone.json").read_text())
    assert document["num_samples"] == len(document["samples"]) == count and document["media_type"] == "image"
    for field in document["sample_fields"].values():
        assert get_field_kwargs(field)["ftype"]
    for sample in map(Sample.from_dict, document["samples"]):
        row = table[table.path == str(Path(sample.filepath).relative_to(folder))].iloc[0]
        assert sample.ground_truth.label == row.label and row.split in sample.tags, sample
    print("FiftyOne: the same labels and splits, by its Sample.from_dict")
shutil.rmtree(home)
