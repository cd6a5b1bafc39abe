"""Writes placed.json: how far scikit-learn believes a plane of digits, and a tenth of them apart from the others.

    pip install numpy scikit-learn
    python tests/golden/projections/make_placed.py

scikit-learn tells the trustworthiness of all rows. That of some is the same formula (Venna and Kaski 2001) over these rows
alone; over all rows it has to give scikit-learn's number.
"""

import json
import pathlib

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics import pairwise_distances

HERE = pathlib.Path(__file__).parent
K = 15
ROWS = 400

digits = np.frombuffer((HERE / "digits.bin").read_bytes(), dtype=np.uint8).reshape(-1, 65)
x = digits[:ROWS, :64].astype(np.float64)
random = np.random.default_rng(4)
points = np.round((x - x.mean(axis=0)) @ random.normal(size=(64, 2)), 3).astype(np.float32)
placed = np.arange(9, ROWS, 10)


def of(rows, metric):
    between, on_map = pairwise_distances(x, metric=metric), pairwise_distances(points)
    np.fill_diagonal(between, -1)
    np.fill_diagonal(on_map, -1)
    ranks = np.argsort(np.argsort(between, axis=1, kind="stable"), axis=1)
    near = np.argsort(on_map, axis=1, kind="stable")[:, 1 : K + 1]
    found = np.take_along_axis(ranks, near, axis=1)[rows]
    most = len(rows) * K * (2 * ROWS - 3 * K - 1) / 2
    return {
        "trustworthiness": float(1 - np.maximum(found - K, 0).sum() / most),
        "kept": float((found <= K).mean()),
    }


out = {"points": points.ravel().tolist(), "placed": placed.tolist()}
for metric in ["cosine", "euclidean"]:
    everyone = of(np.arange(ROWS), metric)
    theirs = float(trustworthiness(x, points, n_neighbors=K, metric=metric))
    assert abs(theirs - everyone["trustworthiness"]) < 1e-4, (theirs, everyone)
    out[metric] = {"all": everyone | {"trustworthiness": theirs}, "placed": of(placed, metric)}
    print(metric, out[metric])
(HERE / "placed.json").write_text(json.dumps(out) + "\n")
