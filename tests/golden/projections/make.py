"""Writes digits.bin and projections.json: how well scikit-learn's and umap-learn's maps of its digits can be believed.

    pip install numpy scikit-learn umap-learn
    python tests/golden/projections/make.py
"""

import json
import pathlib

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from umap import UMAP
from umap.umap_ import compute_membership_strengths, find_ab_params, fuzzy_simplicial_set, smooth_knn_dist

HERE = pathlib.Path(__file__).parent
K = 15

digits = load_digits()
x, labels = digits.data.astype(np.float32), digits.target
(HERE / "digits.bin").write_bytes(
    np.concatenate([x.astype(np.uint8), labels[:, None].astype(np.uint8)], axis=1).tobytes()
)


def near(points, k):
    return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[1][:, 1:]


def accuracy(points, k=10):
    votes = labels[near(points, k)]
    first = [max(v, key=lambda c, v=v: (np.sum(v == c), -np.argmax(v == c))) for v in votes]
    return float(np.mean(np.array(first) == labels))


true = near(x, K)


def judge(points):
    kept = [len(set(a) & set(b)) / K for a, b in zip(true, near(points, K))]
    return {
        "trustworthiness": float(trustworthiness(x, points, n_neighbors=K)),
        "kept": float(np.mean(kept)),
        "accuracy": accuracy(points),
    }


start = PCA(2).fit_transform(x)
few = x[:120]
distances, indices = NearestNeighbors(n_neighbors=K).fit(few).kneighbors(few)
sigmas, rhos = smooth_knn_dist(distances.astype(np.float32), float(K))
fuzzy, _, _ = fuzzy_simplicial_set(
    few, K, np.random.RandomState(0), "euclidean", knn_indices=indices, knn_dists=distances.astype(np.float32)
)
fuzzy = fuzzy.tocoo()

out = {
    "curves": [[m, s, *map(float, find_ab_params(s, m))] for m, s in [(0.1, 1.0), (0.5, 1.0), (0.01, 1.5)]],
    "few": 120,
    "sigmas": sigmas.tolist(),
    "rhos": rhos.tolist(),
    "fuzzy": [[int(a), int(b), float(w)] for a, b, w in zip(fuzzy.row, fuzzy.col, fuzzy.data)],
    "pca": judge(start),
    "umap": judge(UMAP(n_neighbors=K, random_state=0, init="pca").fit_transform(x)),
    "tsne": judge(TSNE(2, perplexity=30, init="pca", random_state=0).fit_transform(x)),
}
(HERE / "projections.json").write_text(json.dumps(out) + "\n")
for name in ("pca", "umap", "tsne"):
    print(name, out[name])
