#!/usr/bin/env python3
"""Finds the neighbours of an image in a Tiramisu workspace, with nothing of Tiramisu.

    pip install pylance numpy
    python tests/python/read_workspace.py WORKSPACE IMAGE --layer fire9/concat --count 10

IMAGE is a path as it stands in the table (below the image folder), or the path of the file. The neighbours are
computed twice, by brute force in numpy and by Lance's own scan, and printed as JSON. With `--compare FILE` they are
compared with what `tiramisu neighbours IMAGE --json` printed. The exit code is 1 when any two of them disagree.
"""

import argparse
import json
import sys
from pathlib import Path

import lance
import numpy as np


def feature_table(workspace: Path, name: str | None) -> lance.LanceDataset:
    """The table of that name, or the only one there is."""
    found = {}
    for path in sorted(workspace.glob("*.lance")):
        table = lance.dataset(str(path))
        if b"tiramisu" in (table.schema.metadata or {}):
            found[path.stem] = table
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name not in found:
        sys.exit(f"choose a table with --table: {', '.join(found) or 'there is none'}")
    return found[name]


def column_of(table: lance.LanceDataset, layer: str | None, pooling: str) -> str:
    """The column that holds a layer; the last layer unless one is asked for. Columns say in their metadata what they hold."""
    layers = {}
    for field in table.schema:
        held = field.metadata or {}
        if b"layer" in held and held[b"pooling"].decode() == pooling:
            layers[held[b"layer"].decode()] = field.name
    if layer is None and layers:
        return list(layers.values())[-1]
    if layer not in layers:
        sys.exit(f"choose a layer with --layer: {', '.join(layers) or 'none is stored'}")
    return layers[layer]


def row_of(paths: list[str], image: str, workspace: Path) -> int:
    """The row of the image, by its path in the table or by that of its file."""
    folder = Path(json.loads((workspace / "workspace.json").read_text())["image_folder"])
    names = [image]
    try:
        names.append(Path(image).resolve().relative_to(folder).as_posix())
    except ValueError:
        pass
    for name in names:
        if name in paths:
            return paths.index(name)
    sys.exit(f"no features are stored for this image: {image}")


def rows_of(table: lance.LanceDataset, column: str) -> tuple[list[str], list[str | None], np.ndarray]:
    """Paths, labels and vectors ([images, channels], as 32-bit floats) of the images that have a vector at the layer.

    A picture that was gone when the layer was added has none: its list is null, and `flatten` would leave it out.
    """
    paths, labels, parts = [], [], []
    for batch in table.to_batches(columns=["path", "label", column]):
        batch = batch.filter(batch[column].is_valid())
        paths += batch["path"].to_pylist()
        labels += batch["label"].to_pylist()
        flat = batch[column].flatten().to_numpy(zero_copy_only=False).astype(np.float32)
        parts.append(flat.reshape(batch.num_rows, batch[column].type.list_size))
    return paths, labels, np.concatenate(parts)


def by_numpy(vectors: np.ndarray, probe: int, metric: str) -> np.ndarray:
    """The score of every image. A vector of zeros is like nothing."""
    if metric == "euclidean":
        return np.linalg.norm(vectors - vectors[probe], axis=1)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vectors[probe])
    return np.divide(vectors @ vectors[probe], lengths, out=np.zeros(len(vectors), np.float32), where=lengths > 0)


def by_lance(table: lance.LanceDataset, column: str, query: np.ndarray, count: int, metric: str) -> list[dict]:
    """What Lance's exact scan finds; its distances become scores as Tiramisu gives them."""
    nearest = {
        "column": column,
        "q": query.astype(np.float16),
        "k": count,
        "metric": {"cosine": "cosine", "euclidean": "l2"}[metric],
        "use_index": False,
    }
    rows = table.to_table(columns=["path", "label", "_distance"], nearest=nearest).to_pylist()
    score = {"cosine": lambda d: 1 - d, "euclidean": lambda d: d**0.5}[metric]
    return [{"path": row["path"], "label": row["label"], "score": score(row["_distance"])} for row in rows]


def disagreement(found: list[dict], other: list[dict], scores: dict[str, float], tolerance: float) -> str | None:
    """In words, if two lists differ by more than the order of images whose scores are equal within the tolerance."""
    if len(found) != len(other):
        return f"{len(found)} neighbours and {len(other)}"
    for place, (ours, theirs) in enumerate(zip(found, other), start=1):
        if theirs["path"] not in scores:
            return f"place {place}: {theirs['path']} has no features"
        if abs(scores[theirs["path"]] - theirs["score"]) > tolerance:
            return f"place {place}: {theirs['path']} scores {scores[theirs['path']]} and {theirs['score']}"
        if abs(ours["score"] - theirs["score"]) > tolerance:
            return f"place {place}: {ours['path']} {ours['score']} and {theirs['path']} {theirs['score']}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("image")
    parser.add_argument("--table", help="the feature table, without .lance; needed when there are several")
    parser.add_argument("--layer", help="the layer's name; the last one stored unless given")
    parser.add_argument("--pooling", choices=["average", "maximum"])
    parser.add_argument("--metric", choices=["cosine", "euclidean"])
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--compare", type=argparse.FileType("r"), help="what `tiramisu neighbours --json` printed; - for stdin")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    asked = parser.parse_args()

    answer = json.load(asked.compare) if asked.compare else {}
    # What is compared must be the same thing: the answer says what it was asked.
    asked.layer = asked.layer or answer.get("layer")
    asked.pooling = asked.pooling or answer.get("pooling", "average")
    asked.metric = asked.metric or answer.get("metric", "cosine")

    table = feature_table(asked.workspace, asked.table)
    column = column_of(table, asked.layer, asked.pooling)
    paths, labels, vectors = rows_of(table, column)
    probe = row_of(paths, asked.image, asked.workspace)

    scores = by_numpy(vectors, probe, asked.metric)
    order = np.argsort(-scores if asked.metric == "cosine" else scores, kind="stable")
    order = [row for row in order if row != probe][: asked.count]
    numpy_found = [{"path": paths[row], "label": labels[row], "score": float(scores[row])} for row in order]
    lance_found = by_lance(table, column, vectors[probe], asked.count + 1, asked.metric)

    score_of = {path: float(score) for path, score in zip(paths, scores)}
    others = {"lance": lance_found}
    if answer:
        others["tiramisu"] = answer["neighbours"]
    report = {"image": paths[probe], "column": column, "images": len(paths), "neighbours": numpy_found, "agrees": {}}
    agree = True
    for name, found in others.items():
        found = [entry for entry in found if entry["path"] != paths[probe]][: asked.count]
        shorter = numpy_found[: len(found)] if name == "tiramisu" else numpy_found
        difference = disagreement(shorter, found, score_of, asked.tolerance)
        report["agrees"][name] = difference or True
        agree = agree and difference is None
    json.dump(report, sys.stdout, indent=2)
    print()
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
