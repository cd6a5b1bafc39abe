//! Where vertices stand in a graph, against networkx, igraph, scipy and scikit-learn, and against what must be true.

use std::sync::Mutex;

use serde::Deserialize;
use tiramisu::analysis::partition::Contingency;
use tiramisu::analysis::shortest_paths::{ShortestPaths, pivots_for, shortest_paths};
use tiramisu::analysis::{Adjacency, Graph, KnnGraph, components, hubness, pagerank, spectral};

use super::{ALWAYS, NEVER};

#[derive(Deserialize)]
struct Golden {
    parts: Measured,
    karate: Measured,
    five: Five,
}

#[derive(Deserialize)]
struct Measured {
    vertices: usize,
    arcs: Vec<(u32, u32)>,
    in_degrees: Vec<u32>,
    degrees: Vec<u32>,
    skewness: f64,
    pagerank: Vec<f64>,
    weak: Vec<u32>,
    strong: Vec<u32>,
    betweenness: Vec<f64>,
    harmonic: Vec<f64>,
    distances: Vec<u64>,
    effective_diameter: f64,
    mean_distance: f64,
    diameter: usize,
}

impl Measured {
    fn outgoing(&self) -> Adjacency {
        Adjacency::from_arcs(self.vertices, self.arcs.iter().copied())
    }

    fn undirected(&self) -> Adjacency {
        let outgoing = self.outgoing();
        outgoing.undirected(&outgoing.reversed())
    }
}

/// Five clouds joined with their neighbours.
#[derive(Deserialize)]
struct Five {
    vertices: usize,
    edges: Vec<(u32, u32, f32)>,
    values: Vec<f64>,
    groups: usize,
    of: Vec<u32>,
}

fn golden() -> Golden {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/centrality/centrality.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn graphs() -> [Measured; 2] {
    let Golden { parts, karate, .. } = golden();
    [parts, karate]
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (vertex, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "{what} of {vertex}: {found}, expected {expected}");
    }
}

fn all_paths(graph: &Adjacency) -> ShortestPaths {
    shortest_paths(graph, usize::MAX, 0, &|_| {}, NEVER).unwrap()
}

#[test]
fn degrees_and_hubness_are_those_of_networkx_and_scipy() {
    for golden in graphs() {
        let outgoing = golden.outgoing();
        let incoming = outgoing.reversed();
        assert_eq!(incoming.degrees(), golden.in_degrees);
        assert_eq!(incoming.reversed(), outgoing, "turned round twice it is the same");
        assert_eq!(outgoing.undirected(&incoming).degrees(), golden.degrees);
        let skewness = hubness::skewness(&golden.in_degrees);
        assert!((skewness - golden.skewness).abs() < 1e-12, "{skewness}");
        let nobody = golden.in_degrees.iter().filter(|degree| **degree == 0).count();
        assert_eq!(hubness::antihubs(&golden.in_degrees), nobody);
    }
    assert_eq!(hubness::skewness(&[3, 3, 3]), 0.0, "all alike");
    assert_eq!(hubness::skewness(&[]), 0.0);
}

#[test]
fn pagerank_is_that_of_networkx_within_what_is_promised() {
    for golden in graphs() {
        let outgoing = golden.outgoing();
        let ranks = pagerank::pagerank(&outgoing, &outgoing.reversed(), NEVER).unwrap();
        let off: f64 = ranks.iter().zip(&golden.pagerank).map(|(ours, theirs)| (ours - theirs).abs()).sum();
        assert!(off < 6.0 * pagerank::TOLERANCE, "{off}");
        assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(pagerank::pagerank(&outgoing, &outgoing.reversed(), ALWAYS), None);
    }
}

#[test]
fn components_are_those_of_networkx_the_largest_first() {
    for golden in graphs() {
        assert_eq!(components::connected(&golden.undirected(), NEVER).unwrap(), golden.weak);
        assert_eq!(components::strongly_connected(&golden.outgoing(), NEVER).unwrap(), golden.strong);
    }
}

#[test]
fn a_path_longer_than_any_stack_is_taken_apart() {
    const LONG: u32 = 1_000_000;
    let path = Adjacency::from_arcs(LONG as usize, (1..LONG).map(|to| (to - 1, to)));
    let strong = components::strongly_connected(&path, NEVER).unwrap();
    assert_eq!(strong.iter().max(), Some(&(LONG - 1)), "each is alone");
    let round = Adjacency::from_arcs(LONG as usize, (0..LONG).map(|from| (from, (from + 1) % LONG)));
    assert!(components::strongly_connected(&round, NEVER).unwrap().iter().all(|of| *of == 0), "all are one");
    let loose = path.undirected(&path.reversed());
    assert!(components::connected(&loose, NEVER).unwrap().iter().all(|of| *of == 0));
    for stopped in [components::strongly_connected(&round, ALWAYS), components::connected(&loose, ALWAYS)] {
        assert_eq!(stopped, None);
    }
}

#[test]
fn shortest_paths_from_every_vertex_are_those_of_networkx() {
    for golden in graphs() {
        let paths = all_paths(&golden.undirected());
        assert!(paths.is_exact());
        assert_eq!(paths.pivots, golden.vertices);
        assert_near(&paths.betweenness, &golden.betweenness, 1e-12, "betweenness");
        assert_near(&paths.harmonic, &golden.harmonic, 1e-12, "harmonic centrality");
        assert_eq!(paths.distances, golden.distances);
        assert_near(&[paths.effective_diameter().unwrap()], &[golden.effective_diameter], 1e-12, "effective diameter");
        assert_near(&[paths.mean_distance().unwrap()], &[golden.mean_distance], 1e-12, "mean distance");
        assert_eq!(paths.longest_distance(), golden.diameter);
    }
}

/// Vertices on a plane, each joined with those near it, and a few with others far away.
fn lattice(side: u32) -> Adjacency {
    let mut chance = fastrand::Rng::with_seed(3);
    let mut arcs = Vec::new();
    for vertex in 0..side * side {
        let (x, y) = (vertex % side, vertex / side);
        let near = [(1, 0), (0, 1), (1, 1)].map(|(right, down)| (x + right, y + down));
        arcs.extend(near.iter().filter(|(x, y)| *x < side && *y < side).map(|(x, y)| (vertex, y * side + x)));
        if chance.u32(..20) == 0 {
            arcs.push((vertex, chance.u32(..side * side)));
        }
    }
    let outgoing = Adjacency::from_arcs((side * side) as usize, arcs);
    outgoing.undirected(&outgoing.reversed())
}

#[test]
fn shortest_paths_from_some_vertices_are_as_far_off_as_they_say() {
    let graph = lattice(45);
    let exact = all_paths(&graph);
    let mut order: Vec<usize> = (0..graph.vertices()).collect();
    order.sort_by(|a, b| exact.betweenness[*b].total_cmp(&exact.betweenness[*a]));
    let off = |found: &[f64], exact: &[f64], of: &[usize]| {
        let mut off: Vec<f64> = of.iter().map(|v| (found[*v] - exact[*v]).abs() / exact[*v]).collect();
        off.sort_by(f64::total_cmp);
        off[off.len() / 2]
    };
    for pivots in [128, 512] {
        let some = shortest_paths(&graph, pivots, 1, &|_| {}, NEVER).unwrap();
        let errors = some.errors.expect("it is an estimate");
        assert!(!some.is_exact());
        // The median of what is normally distributed is .67 of its standard deviation.
        for (what, found, told) in [
            ("betweenness", off(&some.betweenness, &exact.betweenness, &order[..100]), errors.betweenness),
            ("harmonic centrality", off(&some.harmonic, &exact.harmonic, &order), errors.harmonic),
        ] {
            assert!((0.3..1.4).contains(&(found / told)), "{what}, {pivots}: {found:.4} off, {told:.4} told");
        }
        let diameters = [&some, &exact].map(|paths| paths.effective_diameter().unwrap());
        assert!((diameters[0] / diameters[1] - 1.0).abs() < 0.02, "{diameters:?}");
        assert_eq!(shortest_paths(&graph, pivots, 1, &|_| {}, NEVER), Some(some), "the same seed, the same numbers");
    }
    let errors = [128, 512].map(|pivots| shortest_paths(&graph, pivots, 1, &|_| {}, NEVER).unwrap().errors.unwrap());
    assert!(errors[1].betweenness < 0.7 * errors[0].betweenness, "four times as many are twice as sure: {errors:?}");
}

#[test]
fn shortest_paths_do_not_depend_on_the_number_of_threads_and_stop_when_told() {
    let graph = lattice(30);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| shortest_paths(&graph, 200, 0, &|_| {}, NEVER).unwrap())
    };
    assert_eq!(on(1), on(3));
    let seen = Mutex::new(Vec::new());
    shortest_paths(&graph, 50, 0, &|share| seen.lock().unwrap().push(share), NEVER).unwrap();
    assert_eq!(seen.into_inner().unwrap().into_iter().fold(0.0, f32::max), 1.0);
    assert_eq!(shortest_paths(&graph, 50, 0, &|_| {}, ALWAYS), None);
    assert_eq!(pivots_for(&graph), graph.vertices(), "so few take no time");
}

#[test]
fn graphs_without_vertices_or_edges_have_measures_of_nothing() {
    for vertices in [0, 1, 2] {
        let graph = Adjacency::from_arcs(vertices, []);
        let paths = all_paths(&graph);
        assert_eq!((paths.betweenness, paths.harmonic), (vec![0.0; vertices], vec![0.0; vertices]));
        assert_eq!((paths.distances.len(), paths.errors), (0, None));
        let ranks = pagerank::pagerank(&graph, &graph, NEVER).unwrap();
        assert_near(&ranks, &vec![1.0 / vertices as f64; vertices], 1e-15, "rank");
        assert_eq!(components::connected(&graph, NEVER).unwrap().len(), vertices);
        assert_eq!(components::strongly_connected(&graph, NEVER).unwrap().len(), vertices);
    }
}

#[test]
fn neighbours_that_are_infinitely_far_are_joined_with_nothing() {
    let far = f32::INFINITY;
    let knn = KnnGraph::new(2, vec![2, 1, 0, 2, 0, 1], vec![0.1, 0.2, 0.1, far, far, far]);
    let arcs = Adjacency::from_knn(&knn);
    assert_eq!((arcs.neighbours(0), arcs.neighbours(1), arcs.neighbours(2)), (&[1, 2][..], &[0][..], &[][..]));
}

#[test]
fn leading_eigenvectors_of_a_normalised_adjacency_are_those_of_numpy() {
    let Five { vertices, edges, values, .. } = golden().five;
    let graph = Graph::from_edges(vertices, edges);
    let found = spectral::leading(&graph, values.len(), &|_| {}, NEVER).unwrap();
    assert!(found.is_settled);
    // An eigenvalue is off by no more than the residual, and mostly by its square.
    assert_near(&found.values, &values, 1e-5, "eigenvalue");
    let width = values.len();
    let column = |column: usize| found.vectors.iter().skip(column).step_by(width).map(|v| f64::from(*v));
    for a in 0..width {
        for b in 0..=a {
            let product: f64 = column(a).zip(column(b)).map(|(a, b)| a * b).sum();
            assert!((product - f64::from(u8::from(a == b))).abs() < 1e-4, "{a} and {b}: {product}");
        }
    }
    assert_eq!(spectral::leading(&graph, 3, &|_| {}, ALWAYS), None);
    // Of few vertices all is found at once.
    let Golden { karate, .. } = golden();
    let karate = Graph::from_edges(34, karate.arcs.iter().map(|(a, b)| (*a, *b, 1.0)));
    let all = spectral::leading(&karate, 34, &|_| {}, NEVER).unwrap();
    assert!(all.is_settled && (all.values[0] - 1.0).abs() < 1e-6, "{:?}", all.values);
    assert!(all.values.iter().sum::<f64>().abs() < 1e-5, "nothing stands on the diagonal: {:?}", all.values);
}

#[test]
fn spectral_clusters_are_those_of_scikit_learn() {
    let Five { vertices, edges, groups, of, .. } = golden().five;
    let graph = Graph::from_edges(vertices, edges);
    let found = spectral::groups(&graph, groups, 0, &|_| {}, NEVER).unwrap();
    let theirs: Vec<Option<u32>> = of.into_iter().map(Some).collect();
    let agreement = Contingency::new(&found.of, &theirs).ari();
    // scikit-learn's rows keep their lengths, ours have length 1: one or two between clouds may fall to the other.
    assert!(agreement > 0.98, "{agreement}");
    assert!(found.is_settled);
    assert_eq!(spectral::groups(&graph, groups, 0, &|_| {}, NEVER), Some(found), "the same seed, the same groups");
    assert_eq!(spectral::groups(&graph, groups, 0, &|_| {}, ALWAYS), None);
}

#[test]
fn spectral_clusters_of_a_graph_in_parts_keep_to_the_parts() {
    // Two rings of cliques, and a pair.
    let mut edges = Vec::new();
    let clique = |edges: &mut Vec<(u32, u32, f32)>, first: u32| {
        edges.extend((0..6).flat_map(|a| (0..a).map(move |b| (first + a, first + b, 1.0))));
    };
    (0..5).for_each(|number| clique(&mut edges, number * 6));
    edges.extend([(0, 6, 0.1), (7, 12, 0.1), (18, 24, 0.1), (30, 31, 1.0)]);
    let found = spectral::groups(&Graph::from_edges(32, edges), 6, 0, &|_| {}, NEVER).unwrap().of;
    let expected: Vec<Option<u32>> = (0..32).map(|vertex| Some(vertex / 6)).collect();
    assert_eq!(Contingency::new(&found, &expected).ari(), 1.0, "{found:?}");
    let two = spectral::groups(&Graph::from_edges(4, [(0, 1, 1.0), (2, 3, 1.0)]), 1, 0, &|_| {}, NEVER).unwrap();
    assert_eq!(two.of, [Some(0), Some(0), None, None], "one group is of one part");
}

#[test]
fn a_part_that_falls_apart_has_more_spectral_clusters_than_a_larger_one_that_does_not() {
    let clique =
        |first: u32, size: u32| (0..size).flat_map(move |a| (0..a).map(move |b| (first + a, first + b, 1.0f32)));
    // Four cliques in a row, and a larger one alone.
    let mut edges: Vec<(u32, u32, f32)> = (0..4).flat_map(|number| clique(number * 6, 6)).collect();
    edges.extend([(0, 6, 0.1), (7, 12, 0.1), (13, 18, 0.1)]);
    edges.extend(clique(24, 40));
    let found = spectral::groups(&Graph::from_edges(64, edges), 5, 0, &|_| {}, NEVER).unwrap();
    let expected: Vec<Option<u32>> = (0..64).map(|vertex| Some((vertex / 6).min(4))).collect();
    assert_eq!(Contingency::new(&found.of, &expected).ari(), 1.0, "{found:?}");
    assert!(found.is_settled);
}
