#!/usr/bin/env python3
"""Makes maps with the programs that others use, of vectors that are there already, and times them.

    pip install numpy scikit-learn umap-learn openTSNE pacmap
    python tests/bench/projection_peers.py VECTORS.npy METRIC FOLDER

Prints one line of JSON for each program: seconds from the vectors on, and the file of its points. Settings are each
program's own; compiling at the first call is not counted. A program that is not installed is said to be skipped.
"""

import importlib
import importlib.metadata
import json
import pathlib
import statistics
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def pca(vectors, metric):
    from sklearn.decomposition import PCA

    return PCA(n_components=2).fit_transform(vectors)


def umap(vectors, metric):
    import umap

    return umap.UMAP(metric=metric, n_jobs=-1).fit_transform(vectors)


def tsne(vectors, metric):
    import openTSNE

    return np.asarray(openTSNE.TSNE(metric=metric, n_jobs=-1).fit(vectors))


def pacmap(vectors, metric):
    import pacmap

    distance = {"cosine": "angular"}.get(metric, metric)
    return pacmap.PaCMAP(distance=distance).fit_transform(vectors.copy(), init="pca")


# As in `projections.rs`.
SHORT_SECS, SHORT_RUNS = 0.1, 25


def timed(work):
    def run():
        begun = time.perf_counter()
        return work(), time.perf_counter() - begun

    made, seconds = run()
    if seconds < SHORT_SECS:
        seconds = statistics.median(run()[1] for _ in range(SHORT_RUNS))
    return made, seconds


PROGRAMS = {"sklearn": ("scikit-learn", "PCA", pca), "umap": ("umap-learn", "UMAP", umap)}
PROGRAMS |= {"openTSNE": ("openTSNE", "t-SNE", tsne), "pacmap": ("pacmap", "PaCMAP", pacmap)}


def main():
    path, metric, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    vectors = np.load(path)
    for module, (package, method, project) in PROGRAMS.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(json.dumps({"program": f"{package}, {method}", "skipped": str(error)}), flush=True)
            continue
        version = importlib.metadata.version(package)
        # What is compiled at the first call, for few rows and for many.
        project(vectors[:: max(len(vectors) // 600, 1)], metric)
        points, seconds = timed(lambda: project(vectors, metric))
        file = folder / f"{module}.f32"
        points.astype("<f4").tofile(file)
        answer = {"program": f"{package} {version}, {method}", "seconds": seconds, "points": str(file)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
