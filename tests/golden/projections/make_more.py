"""Writes more.json: how well the reference's PaCMAP of digits.bin can be believed, and how well references place new rows.

    pip install numpy scikit-learn umap-learn pacmap openTSNE
    python tests/golden/projections/make_more.py
"""

import json
import pathlib

import numpy as np
from openTSNE import TSNE
from pacmap import PaCMAP
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors
from umap import UMAP

HERE = pathlib.Path(__file__).parent
K = 15

digits = np.frombuffer((HERE / "digits.bin").read_bytes(), np.uint8).reshape(-1, 65)
x, labels = digits[:, :64].astype(np.float32), digits[:, 64].astype(int)


def near(points, k):
    return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[1][:, 1:]


def share_right(votes, truth):
    first = [max(v, key=lambda c, v=v: (np.sum(v == c), -np.argmax(v == c))) for v in votes]
    return float(np.mean(np.array(first) == truth))


true = near(x, K)


def judge(points):
    return {
        "trustworthiness": float(trustworthiness(x, points, n_neighbors=K)),
        "kept": float(np.mean([len(set(a) & set(b)) / K for a, b in zip(true, near(points, K))])),
        "accuracy": share_right(labels[near(points, 10)], labels),
    }


held_out = np.arange(len(x)) % 10 == 9
old, new = x[~held_out], x[held_out]
old_labels, new_labels = labels[~held_out], labels[held_out]


def placed(old_points, new_points):
    """Of the new rows: the share whose ten nearest old points mostly are of their class."""
    nearest = NearestNeighbors(n_neighbors=10).fit(old_points).kneighbors(new_points)[1]
    return share_right(old_labels[nearest], new_labels)


umap = UMAP(n_neighbors=K, random_state=0, init="pca").fit(old)
tsne = TSNE(perplexity=30, random_state=0).fit(old)
pacmap = PaCMAP(random_state=0)
pacmap_old = pacmap.fit_transform(old.copy())
out = {
    "pacmap": judge(PaCMAP(random_state=0).fit_transform(x.copy())),
    "placed": {
        "umap": placed(umap.embedding_, umap.transform(new)),
        "tsne": placed(np.asarray(tsne), np.asarray(tsne.transform(new))),
        "pacmap": placed(pacmap_old, pacmap.transform(new.copy(), basis=old.copy())),
    },
}
(HERE / "more.json").write_text(json.dumps(out, indent=1) + "\n")
print(out)
