"""Writes analysis.json beside this script; see README.md."""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA

random = np.random.default_rng(20)


def case(images: int, channels: int) -> dict:
    mixing = random.normal(size=(channels, channels)) * np.geomspace(3, 0.2, channels)
    rows = np.maximum(random.normal(size=(images, channels)) @ mixing + 0.5, 0).astype(np.float16).astype(np.float64)
    # A channel that never changes, as in real layers.
    rows[:, channels // 2] = 0.25
    pca = PCA(n_components=2, svd_solver="full")
    points = pca.fit_transform(rows)
    # Our sign: the heaviest channel weighs positively.
    for axis in range(2):
        heaviest = np.argmax(np.abs(pca.components_[axis]))
        points[:, axis] *= np.sign(pca.components_[axis, heaviest])
    probe = rows[3]
    cosine = rows @ probe / (np.linalg.norm(rows, axis=1) * np.linalg.norm(probe))
    euclidean = np.linalg.norm(rows - probe, axis=1)
    nearest = lambda order: [int(i) for i in order if i != 3][:5]
    by_cosine = nearest(np.argsort(-cosine, kind="stable"))
    by_euclidean = nearest(np.argsort(euclidean, kind="stable"))
    return {
        "channels": channels,
        "rows": rows.flatten().tolist(),
        "points": points.round(6).tolist(),
        "explained": pca.explained_variance_ratio_.tolist(),
        "cosine": [[i, cosine[i]] for i in by_cosine],
        "euclidean": [[i, euclidean[i]] for i in by_euclidean],
    }


golden = {
    "made_by": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
    "tall": case(60, 7),
    "wide": case(12, 30),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
