"""Outlier scores by scikit-learn and numpy, in double precision.

    pip install "numpy==2.*" "scikit-learn==1.*" && python tests/golden/outliers/make.py
"""

import json
import pathlib

import numpy as np
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

random = np.random.default_rng(20)
K = 8

# Two crowds of different density, copies of one point, and points between and beside them. Multiples of 1/128 below 8
# are exact in half precision.
rows = np.concatenate(
    [
        random.normal([1.5, 2.0, 3.0, 1.0, 2.5], 0.12, (60, 5)),
        random.normal([5.0, 5.5, 4.0, 6.0, 5.0], 0.55, (50, 5)),
        np.repeat(random.normal(4.0, 1.0, (1, 5)), 4, axis=0),
        random.uniform(0.5, 7.5, (6, 5)),
    ]
)
rows = np.clip(np.round(rows * 128) / 128, 1 / 128, 7.9)
rows = np.round(rows * 128) / 128
clusters = [0] * 60 + [1] * 50 + [2] * 4 + [None, 0, 1, 1, None, 0]

golden = {"k": K, "channels": rows.shape[1], "rows": rows.ravel().tolist(), "clusters": clusters}
for metric in ["euclidean", "cosine"]:
    factor = LocalOutlierFactor(n_neighbors=K, metric=metric, algorithm="brute").fit(rows)
    # The first neighbour is the row itself, or one of its copies, at distance 0.
    distances, _ = NearestNeighbors(n_neighbors=K + 1, metric=metric, algorithm="brute").fit(rows).kneighbors(rows)
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    scores = [None] * len(rows)
    for cluster in {cluster for cluster in clusters if cluster is not None}:
        members = [row for row, of in enumerate(clusters) if of == cluster]
        if metric == "euclidean":
            far = np.linalg.norm(rows[members] - rows[members].mean(axis=0), axis=1)
        else:
            mean = directions[members].mean(axis=0)
            far = 1 - directions[members] @ mean / np.linalg.norm(mean)
        usual = np.median(far)
        for row, distance in zip(members, far):
            scores[row] = float(distance / usual) if cluster != 2 else 1.0
    golden[metric] = {
        "factors": (-factor.negative_outlier_factor_).tolist(),
        "kth_distances": distances[:, K].tolist(),
        "cluster_scores": scores,
    }

pathlib.Path(__file__).with_name("outliers.json").write_text(json.dumps(golden) + "\n")
