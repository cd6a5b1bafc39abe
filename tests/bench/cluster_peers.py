#!/usr/bin/env python3
"""Groups vectors and graphs that are there already with the programs that others use, and times them.

    pip install numpy scikit-learn python-igraph leidenalg
    python tests/bench/cluster_peers.py vectors FOLDER COUNT LEAST    # vectors.npy; edges.npy and weights.npy of their graph
    python tests/bench/cluster_peers.py graph FOLDER COUNT            # edges.npy

Prints one line of JSON for each program: seconds, and the file of its groups (-1 is none). A program that is not
installed is said to be skipped.
"""

import importlib
import importlib.metadata
import json
import pathlib
import sys
import time

import numpy as np

# As in `clusters.rs`.
SEEDS = 8


def kmeans(folder, count, least):
    from sklearn.cluster import KMeans

    vectors = np.load(folder / "vectors.npy")
    begun = time.perf_counter()
    runs = [KMeans(n_clusters=count, n_init=4, tol=1e-4, random_state=0).fit(vectors)]
    seconds = time.perf_counter() - begun
    runs += [KMeans(n_clusters=count, n_init=4, tol=1e-4, random_state=seed).fit(vectors) for seed in range(1, SEEDS)]
    mean = float(np.mean([run.inertia_ for run in runs]))
    return runs[0].labels_, {"inertia": float(runs[0].inertia_), "mean_inertia": mean, "seconds": seconds}


def density(folder, count, least):
    from sklearn.cluster import HDBSCAN

    found = HDBSCAN(min_cluster_size=least, min_samples=least, n_jobs=-1, copy=True)
    return found.fit(np.load(folder / "vectors.npy")).labels_, {}


def graph_of(folder):
    import igraph

    edges = np.load(folder / "edges.npy")
    return igraph.Graph(n=int(edges.max()) + 1, edges=edges)


def leiden(folder, count, least):
    import leidenalg

    # Only the search is timed, as ours is: the graph is made before.
    graph, weights = graph_of(folder), np.load(folder / "weights.npy").tolist()
    begun = time.perf_counter()
    kind = leidenalg.RBConfigurationVertexPartition
    found = leidenalg.find_partition(graph, kind, weights=weights, n_iterations=10, seed=0)
    return found.membership, {"seconds": time.perf_counter() - begun}


def igraph_leiden(folder, count, least):
    graph, weights = graph_of(folder), np.load(folder / "weights.npy").tolist()
    begun = time.perf_counter()
    found = graph.community_leiden(objective_function="modularity", weights=weights, n_iterations=10)
    return found.membership, {"seconds": time.perf_counter() - begun}


def fluid(folder, count, least):
    graph = graph_of(folder)
    begun = time.perf_counter()
    found = graph.community_fluid_communities(count)
    return found.membership, {"seconds": time.perf_counter() - begun}


PROGRAMS = {
    "vectors": [
        ("scikit-learn", "k-means", kmeans),
        ("scikit-learn", "HDBSCAN", density),
        ("leidenalg", "Leiden of the same graph", leiden),
        ("igraph", "Leiden of the same graph", igraph_leiden),
    ],
    "graph": [
        ("igraph", "Fluid", fluid),
        ("leidenalg", "Leiden", leiden),
        ("igraph", "Leiden", igraph_leiden),
    ],
}


def main():
    folder, count = pathlib.Path(sys.argv[2]), int(sys.argv[3])
    least = int(sys.argv[4]) if len(sys.argv) > 4 else None
    for number, (package, method, group) in enumerate(PROGRAMS[sys.argv[1]]):
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(json.dumps({"program": f"{package}, {method}", "skipped": "not installed"}), flush=True)
            continue
        begun = time.perf_counter()
        groups, answer = group(folder, count, least)
        seconds = time.perf_counter() - begun
        file = folder / f"groups{number}.i32"
        np.asarray(groups).astype("<i4").tofile(file)
        answer = {"program": f"{package} {version}, {method}", "seconds": seconds, "groups": str(file), **answer}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
