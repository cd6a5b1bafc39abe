#!/usr/bin/env python3
"""Measures a graph that is there already with the programs that others use, and times them.

    pip install numpy scipy igraph networkx scikit-learn
    python tests/bench/centrality_peers.py FOLDER PIVOTS GROUPS [exact]    # arcs.npy, edges.npy and weights.npy of the graph

Prints one line of JSON for each: seconds, and the file of its numbers, if they are told. Betweenness is summed over shortest
paths from PIVOTS vertices, or from all of them if it is to be exact. What is not installed is said to be skipped.
"""

import importlib.metadata
import json
import pathlib
import sys
import time

import numpy as np


def graphs(folder):
    import igraph

    arcs = np.load(folder / "arcs.npy")
    vertices = int(arcs.max()) + 1
    directed = igraph.Graph(n=vertices, edges=arcs, directed=True)
    return directed, directed.as_undirected(mode="collapse")


def pagerank(directed, graph, folder, wish):
    return directed.pagerank(damping=0.85)


def components(directed, graph, folder, wish):
    graph.connected_components()
    return directed.connected_components(mode="strong").membership


def betweenness(directed, graph, folder, wish):
    vertices = graph.vcount()
    sources = None if wish.exact else sorted(np.random.default_rng(0).choice(vertices, wish.pivots, replace=False).tolist())
    found = np.array(graph.betweenness(directed=False, sources=sources))
    # Over all vertices each pair is met with once, over some of them each path from one.
    return found * 2 / (vertices - 1) / (vertices - 2) if wish.exact else found


def harmonic(directed, graph, folder, wish):
    vertices = graph.vcount()
    sources = np.random.default_rng(0).choice(vertices, wish.pivots, replace=False).tolist()
    return graph.harmonic_centrality(vertices=None if wish.exact else sources)


def networkx_pagerank(directed, graph, folder, wish):
    import networkx as nx

    other = nx.DiGraph(directed.get_edgelist())
    begun = time.perf_counter()
    found = nx.pagerank(other, alpha=0.85, tol=1e-9 / len(other), max_iter=500)
    seconds = time.perf_counter() - begun
    return [found[vertex] for vertex in range(len(other))], seconds


def spectral(directed, graph, folder, wish):
    import scipy.sparse
    from sklearn.cluster import SpectralClustering

    edges, weights = np.load(folder / "edges.npy").astype(np.int64), np.load(folder / "weights.npy").astype(np.float64)
    vertices = int(edges.max()) + 1
    half = scipy.sparse.coo_matrix((weights, (edges[:, 0], edges[:, 1])), shape=(vertices, vertices)).tocsr()
    begun = time.perf_counter()
    found = SpectralClustering(wish.groups, affinity="precomputed", random_state=0).fit(half + half.T)
    return found.labels_, time.perf_counter() - begun


PROGRAMS = [
    ("igraph", "PageRank", pagerank),
    ("igraph", "components", components),
    ("igraph", "betweenness", betweenness),
    ("igraph", "harmonic", harmonic),
    ("networkx", "PageRank", networkx_pagerank),
    ("scikit-learn", "spectral", spectral),
]


class Wish:
    def __init__(self, words):
        self.pivots, self.groups, self.exact = int(words[0]), int(words[1]), words[2:] == ["exact"]


def main():
    folder, wish = pathlib.Path(sys.argv[1]), Wish(sys.argv[2:])
    directed, graph = graphs(folder)
    for number, (package, measure, find) in enumerate(PROGRAMS):
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(json.dumps({"program": package, "measure": measure, "skipped": "not installed"}), flush=True)
            continue
        begun = time.perf_counter()
        found = find(directed, graph, folder, wish)
        seconds = time.perf_counter() - begun
        if isinstance(found, tuple):
            found, seconds = found
        file = folder / f"measure{number}.f32"
        np.asarray(found).astype("<f4").tofile(file)
        answer = {"program": f"{package} {version}", "measure": measure, "seconds": seconds, "values": str(file)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
