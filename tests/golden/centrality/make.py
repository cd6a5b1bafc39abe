"""Writes centrality.json: what networkx, igraph, scipy and scikit-learn say of small graphs.

    pip install numpy scipy networkx igraph scikit-learn
    python tests/golden/centrality/make.py
"""

import collections
import json
import pathlib

import igraph
import networkx as nx
import numpy as np
import scipy.stats
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

HERE = pathlib.Path(__file__).parent


def effective_diameter(distances):
    """The least t, interpolated, within which .9 of the pairs lie that reach each other."""
    within = np.cumsum(distances)
    wanted = 0.9 * within[-1]
    step = int(np.searchsorted(within, wanted))
    before = within[step - 1] if step else 0
    return step + (wanted - before) / (within[step] - before)


def measured(vertices, arcs):
    """All measures of a directed graph, by networkx; igraph has to agree."""
    directed = nx.DiGraph()
    directed.add_nodes_from(range(vertices))
    directed.add_edges_from(arcs)
    graph = directed.to_undirected()
    other, other_directed = igraph.Graph(vertices, list(graph.edges())), igraph.Graph(vertices, arcs, directed=True)
    ranks = nx.pagerank(directed, alpha=0.85, tol=1e-15, max_iter=2000)
    pagerank = [ranks[v] for v in range(vertices)]
    assert np.allclose(pagerank, other_directed.pagerank(damping=0.85), atol=1e-10)
    through = nx.betweenness_centrality(graph, normalized=True)
    betweenness = [through[v] for v in range(vertices)]
    pairs = (vertices - 1) * (vertices - 2) / 2
    assert np.allclose(betweenness, np.array(other.betweenness(directed=False)) / pairs, atol=1e-12)
    near = nx.harmonic_centrality(graph)
    harmonic = [near[v] / (vertices - 1) for v in range(vertices)]
    assert np.allclose(harmonic, other.harmonic_centrality(normalized=True), atol=1e-12)
    counts = collections.Counter()
    for _, lengths in nx.all_pairs_shortest_path_length(graph):
        counts.update(length for length in lengths.values() if length)
    distances = [counts[d] for d in range(1, max(counts) + 1)]
    in_degrees = [directed.in_degree(v) for v in range(vertices)]

    def numbered(components):
        by_size = sorted((sorted(part) for part in components), key=lambda part: (-len(part), part[0]))
        of = [0] * vertices
        for number, part in enumerate(by_size):
            for v in part:
                of[v] = number
        return of

    weak, strong = numbered(nx.weakly_connected_components(directed)), numbered(nx.strongly_connected_components(directed))
    # Which vertex is in which, not only how many there are.
    assert weak == numbered(other_directed.connected_components(mode="weak"))
    assert strong == numbered(other_directed.connected_components(mode="strong"))
    return {
        "vertices": vertices,
        "arcs": arcs,
        "in_degrees": in_degrees,
        "degrees": [graph.degree(v) for v in range(vertices)],
        "skewness": float(scipy.stats.skew(in_degrees)),
        "pagerank": pagerank,
        "weak": weak,
        "strong": strong,
        "betweenness": betweenness,
        "harmonic": harmonic,
        "distances": distances,
        "effective_diameter": float(effective_diameter(distances)),
        "mean_distance": float(np.average(np.arange(1, len(distances) + 1), weights=distances)),
        "diameter": max(counts),
    }


def nearest(rows, k):
    found = NearestNeighbors(n_neighbors=k + 1).fit(rows).kneighbors(rows, return_distance=False)
    return [[int(row), int(other)] for row, others in enumerate(found) for other in others[1:]]


def spectral(rows, k, groups):
    """Leading eigenvalues of D^-1/2 W D^-1/2 by numpy, groups by scikit-learn, of a graph with weights."""
    edges = {}
    for a, b in nearest(rows, k):
        weight = float(np.float32(np.exp(-np.sum((rows[a] - rows[b]) ** 2) / 8)))
        edges[min(a, b), max(a, b)] = weight
    weights = np.zeros((len(rows), len(rows)))
    for (a, b), weight in edges.items():
        weights[a, b] = weights[b, a] = weight
    assert nx.is_connected(nx.Graph(list(edges)))
    scale = 1 / np.sqrt(weights.sum(axis=0))
    values = np.linalg.eigvalsh(weights * scale[:, None] * scale[None, :])[::-1]
    found = SpectralClustering(groups, affinity="precomputed", n_init=20, random_state=0).fit(weights)
    return {
        "vertices": len(rows),
        "edges": [[a, b, weight] for (a, b), weight in edges.items()],
        "values": values[:12].tolist(),
        "groups": groups,
        "of": found.labels_.tolist(),
    }


random = np.random.default_rng(7)
# Clouds that lie apart, so that there are several components, and one vertex that names nobody and that nobody names.
centres = np.array([[0.0] * 8, [9.0] * 8, [0.0] * 4 + [9.0] * 4])
sizes = [120, 60, 8]
rows = np.concatenate([c + random.normal(size=(n, 8)) for c, n in zip(centres, sizes)])
parts = measured(len(rows) + 1, nearest(rows, 5))
karate = nx.karate_club_graph()
club = measured(34, [[u, v] for u, v in karate.edges()])
# Five clouds near enough for one graph, more vertices than are decomposed as a whole.
centres = random.normal(size=(5, 6)) * 1.7
kinds = np.arange(600) % 5
clouds = centres[kinds] + random.normal(size=(600, 6))
five = spectral(clouds, 10, 5)
print("scikit-learn's groups beside the clouds: ARI", adjusted_rand_score(kinds, five["of"]))

(HERE / "centrality.json").write_text(json.dumps({"parts": parts, "karate": club, "five": five}) + "\n")
