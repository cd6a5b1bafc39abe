#!/usr/bin/env python3
"""How well swapped labels are found, beside cleanlab: on the same neighbours, and on what a classifier of its own says.

    pip install "numpy==2.*" "scikit-learn==1.*" "cleanlab==2.*"
    python tests/bench/suspicious_peers.py PROGRAM FOLDER [--swap 0.05] [--network FILE] [--seed 0]

FOLDER holds a folder of pictures a label, as Caltech-101 does. Its pictures are linked into a folder of their own, a share of
them under another label; the program extracts, exports its vectors and lists suspicious labels. Prints one line of JSON for
each: how many were listed, precision and recall of the first so many (as many as were swapped, half and twice as many),
average precision.
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

SAME = "cleanlab, same neighbours, confident learning"


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("program")
    wanted.add_argument("folder", type=pathlib.Path)
    wanted.add_argument("--swap", type=float, default=0.05)
    wanted.add_argument("--network")
    wanted.add_argument("--seed", type=int, default=0)
    wanted.add_argument("--neighbours", type=int, default=15)
    args = wanted.parse_args()
    with tempfile.TemporaryDirectory() as home:
        measure(args, pathlib.Path(home))


def measure(args: argparse.Namespace, home: pathlib.Path) -> None:
    pictures = home / "pictures"
    swapped = swap(args, pictures)
    common = ["--workspace", str(home / "workspace"), "--compute", "cpu"]
    common += ["--network", args.network] if args.network else []

    def ask(verb: str, *words: str) -> dict:
        command = [args.program, verb, str(pictures), *common, *words, "--json"]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)

    ask("extract")
    ours = {}
    for by in ["margin", "confidence"]:
        words = [f"--by={by}", f"--neighbours={args.neighbours}", "--top=1000000"]
        answer = ask("suspicious-labels", *words)
        ours[by] = [row["path"] for row in answer["rows"]]
        tell(f"tiramisu by {by}", ours[by], swapped, layer=answer["layer"])
    alone = ask("suspicious-labels", "--others=0", f"--neighbours={args.neighbours}", "--top=1000000")
    tell("tiramisu, one layer", [row["path"] for row in alone["rows"]], swapped, layer=alone["layer"])

    ask("export", "--layer", answer["layer"], "--to", str(home / "vectors.npy"))
    vectors = np.load(home / "vectors.npy").astype(np.float64)
    with (home / "vectors.csv").open(newline="") as rows:
        paths = [row["path"] for row in csv.DictReader(rows)]
    labels = np.unique([path.split("/")[0] for path in paths], return_inverse=True)[1]
    theirs = {name: [paths[row] for row in listed] for name, listed in peers(vectors, labels, args).items()}
    for name, listed in theirs.items():
        tell(name, listed, swapped)
    known = {row["path"] for row in alone["rows"]}
    others = known ^ set(theirs[SAME])
    print(json.dumps({"rows of one program alone, on the same neighbours": len(others), "rows": len(known)}))


def swap(args: argparse.Namespace, pictures: pathlib.Path) -> set[str]:
    """Links the pictures, some under another label; returns the names of those."""
    random = np.random.default_rng(args.seed)
    labels = sorted(path.name for path in args.folder.iterdir() if path.is_dir())
    files = sorted((label, file) for label in labels for file in (args.folder / label).iterdir() if file.is_file())
    chosen = set(random.choice(len(files), size=round(args.swap * len(files)), replace=False).tolist())
    swapped = set()
    for number, (label, file) in enumerate(files):
        given = label
        if number in chosen:
            given = random.choice([other for other in labels if other != label])
        # The name says the true label, so that no two are called the same.
        place = pictures / given / f"{label}_{file.name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, place)
        except OSError:
            place.write_bytes(file.read_bytes())
        if number in chosen:
            swapped.add(f"{given}/{place.name}")
    return swapped


def peers(vectors: np.ndarray, labels: np.ndarray, args: argparse.Namespace) -> dict[str, np.ndarray]:
    from cleanlab.filter import find_label_issues
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.neighbors import NearestNeighbors
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    nearest = NearestNeighbors(n_neighbors=args.neighbours + 1, metric="cosine", algorithm="brute").fit(vectors)
    found = nearest.kneighbors(vectors, return_distance=False)
    classes = labels.max() + 1
    shares = np.zeros((len(labels), classes))
    for row, around in enumerate(found):
        others = [other for other in around if other != row][: args.neighbours]
        np.add.at(shares[row], labels[others], 1.0 / args.neighbours)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, C=0.01))
    folds = cross_val_predict(classifier, vectors, labels, cv=5, method="predict_proba")
    ranked = {"return_indices_ranked_by": "normalized_margin", "n_jobs": 1}
    return {
        SAME: find_label_issues(
            labels, shares, filter_by="confident_learning", **ranked
        ),
        "cleanlab, same neighbours, its default": find_label_issues(labels, shares, **ranked),
        "cleanlab, logistic regression in five folds, confident learning": find_label_issues(
            labels, folds, filter_by="confident_learning", **ranked
        ),
        "cleanlab, logistic regression in five folds, its default": find_label_issues(labels, folds, **ranked),
    }


def tell(name: str, listed: list[str], swapped: set[str], **more: object) -> None:
    hits = np.array([path in swapped for path in listed])
    found = np.cumsum(hits)
    told = {"name": name, "swapped": len(swapped), "listed": len(listed), **more}
    for count in [len(swapped) // 2, len(swapped), 2 * len(swapped)]:
        first = int(found[min(count, len(found)) - 1]) if len(found) else 0
        told[f"precision at {count}"] = round(first / count, 3)
        told[f"recall at {count}"] = round(first / len(swapped), 3)
    precision = found / np.arange(1, len(found) + 1)
    told["average precision"] = round(float((precision * hits).sum() / len(swapped)), 3)
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
