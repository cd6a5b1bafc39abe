"""Writes huge.json beside this script: what numpy and scikit-learn find, in double precision, in single-precision numbers
whose squares single precision cannot hold.

    pip install numpy scikit-learn
    python tests/golden/huge/make.py

The rows are whole numbers times a scale; the test makes the same ones.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.neighbors import LocalOutlierFactor


def rows(images: int, channels: int, scale: float, rank_one: bool = False) -> np.ndarray:
    i, j = np.meshgrid(np.arange(images), np.arange(channels), indexing="ij")
    whole = (i * 7919 + j * 104729 + i * j * 31) % 1009 - 500
    # Three groups, each shifted along other channels.
    whole = whole + np.where(j % 3 == i % 3, 900, 0)
    if rank_one:
        whole = (i * 37 % 11 + 1) * (j % 7 - 3)
    return (whole.astype(np.float32) * np.float32(scale)).astype(np.float64)


def components(images: int, channels: int, scale: float, rank_one: bool = False) -> dict:
    pca = PCA(n_components=2, svd_solver="full")
    points = pca.fit_transform(rows(images, channels, scale, rank_one))
    for axis in range(2):
        heaviest = np.argmax(np.abs(pca.components_[axis]))
        points[:, axis] *= np.sign(pca.components_[axis, heaviest])
    return {
        "images": images,
        "channels": channels,
        "scale": scale,
        "rank_one": rank_one,
        "points": points.tolist(),
        "explained": pca.explained_variance_ratio_.tolist(),
    }


def groups(scale: float) -> dict:
    x = rows(90, 9, scale)
    means = KMeans(3, n_init=10, random_state=0, tol=0).fit(x)
    dense = HDBSCAN(min_samples=4, min_cluster_size=6, copy=True).fit(x)
    factor = LocalOutlierFactor(n_neighbors=8).fit(x)
    return {
        "scale": scale,
        "k_means": means.labels_.tolist(),
        "inertia": float(means.inertia_),
        "hdbscan": dense.labels_.tolist(),
        "factors": (-factor.negative_outlier_factor_).tolist(),
    }


golden = {
    "made_by": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
    "components": [
        components(60, 9, 1e-33),
        components(60, 9, 7e11),
        components(60, 9, 7e26),
        components(60, 9, 2e35),
        components(12, 1600, 7e26),
        components(12, 1600, 7e26, rank_one=True),
        components(60, 9, 7e26, rank_one=True),
    ],
    # scikit-learn's own squares in double precision hold up to 1e150.
    "groups": [groups(1.0), groups(7e26)],
}
Path(__file__).with_name("huge.json").write_text(json.dumps(golden) + "\n")
