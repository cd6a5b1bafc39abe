"""Writes clusters.json: what scikit-learn, networkx and leidenalg make of small inputs.

    pip install numpy scikit-learn networkx leidenalg python-igraph
    python tests/golden/clusters/make.py
"""

import json
import pathlib

import igraph
import leidenalg
import networkx as nx
import numpy as np
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

HERE = pathlib.Path(__file__).parent

# Four clouds of different density, on a grid that half precision holds exactly.
random = np.random.default_rng(5)
centres = random.normal(size=(4, 6)) * 3
sizes, spreads = [60, 50, 40, 30], [0.4, 0.6, 0.8, 1.0]
rows = np.concatenate([c + random.normal(size=(n, 6)) * s for c, n, s in zip(centres, sizes, spreads)])
rows = np.concatenate([rows, random.uniform(-8, 8, size=(12, 6))])
rows = np.round(rows * 64) / 64
assert np.array_equal(rows, rows.astype(np.float16).astype(np.float64))

kmeans = KMeans(n_clusters=4, n_init=20, tol=1e-4, random_state=0).fit(rows)
unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
density = HDBSCAN(min_cluster_size=10, min_samples=5, copy=True).fit(rows)

a, b = random.integers(0, 5, 200), random.integers(0, 7, 200)
b[:120] = a[:120]
table = np.zeros((5, 7))
np.add.at(table, (a, b), 1)

karate = nx.karate_club_graph()
edges = [[u, v] for u, v in karate.edges()]
club = [0 if karate.nodes[v]["club"] == "Mr. Hi" else 1 for v in karate]
halves = [{v for v in karate if club[v] == c} for c in (0, 1)]
graph = igraph.Graph(n=34, edges=edges)
best = max(
    leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, n_iterations=10, seed=s).modularity
    for s in range(20)
)

out = {
    "channels": 6,
    "rows": rows.ravel().tolist(),
    "kmeans": {"inertia": kmeans.inertia_, "of": kmeans.labels_.tolist()},
    "hdbscan": density.labels_.tolist(),
    "partitions": {
        "a": a.tolist(),
        "b": b.tolist(),
        "nmi": normalized_mutual_info_score(a, b),
        "ari": adjusted_rand_score(a, b),
        "purity": table.max(axis=1).sum() / 200,
    },
    "karate": {
        "edges": edges,
        "club": club,
        "club_modularity": nx.community.modularity(karate, halves, weight=None),
        "leiden_modularity": best,
    },
}
(HERE / "clusters.json").write_text(json.dumps(out) + "\n")
