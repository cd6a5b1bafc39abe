//! Groups and communities beside scikit-learn's, leidenalg's and igraph's of the same vectors and graphs.

use std::path::Path;
use std::time::Instant;

use tiramisu::analysis::graph::Joined;
use tiramisu::analysis::partition::{self, Contingency};
use tiramisu::analysis::{Graph, density, fluid, kmeans, knn, leiden};
use tiramisu::domain::Metric;

use super::python;
use super::sets::Set;
use super::table::Table;

/// Neighbours a row from which the graph of communities is made.
const NEIGHBOURS: usize = 15;
/// Rows that make a group, and a place dense.
const LEAST: usize = 15;
/// Runs of k-means whose mean is told; `cluster_peers.py` has as many.
const SEEDS: u64 = 8;
/// Vertices and communities of the graph for Fluid Communities.
const VERTICES: usize = 100_000;
const PLANTED: usize = 100;

/// Contingency with the known kinds (ARI), what each method optimises, seconds.
pub fn measure(table: &mut Table) {
    let pictures = Set::pictures();
    if pictures.is_none() {
        table.skip("groups of pictures", "../shared is not there");
    }
    for set in [Some(Set::digits()), pictures, Some(Set::generated(20_000, 256, 50))].into_iter().flatten() {
        of_vectors(table, &set);
    }
    of_many_vertices(table);
}

fn of_vectors(table: &mut Table, set: &Set) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut kinds: Vec<u32> = set.kinds.iter().flatten().copied().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let count = kinds.len();
    // All programs compare by Euclidean distance here, which all of them know.
    let metric = Metric::Euclidean;
    let begun = Instant::now();
    let options = kmeans::Options { count, metric, ..kmeans::Options::default() };
    let means = kmeans::group(&set.vectors, options, &|| false).expect("nobody stops it");
    let secs = begun.elapsed().as_secs_f64();
    let of: Vec<Option<u32>> = means.of.iter().copied().map(Some).collect();
    // One run is luck.
    let others = (1..SEEDS).map(|seed| {
        let options = kmeans::Options { count, metric, seed, ..kmeans::Options::default() };
        kmeans::group(&set.vectors, options, &|| false).expect("nobody stops it").inertia
    });
    let mean = (means.inertia + others.sum::<f64>()) / SEEDS as f64;
    add(table, set, "ours, k-means", &of, &inertia(means.inertia, mean), secs);

    let begun = Instant::now();
    // All these sets are small enough for the exact tree.
    let k = density::neighbours(set.vectors.ids.len(), set.vectors.matrix.columns(), LEAST);
    let near = knn::exact(&set.vectors, metric, k, &|| false).expect("nobody stops it");
    let dense = density::group(&set.vectors, &near, metric, LEAST, LEAST, &|| false).expect("nobody stops it");
    let secs = begun.elapsed().as_secs_f64();
    add(table, set, "ours, HDBSCAN", &dense.of, &outside(&dense.of), secs);

    let near = knn::exact(&set.vectors, set.metric, NEIGHBOURS, &|| false).expect("nobody stops it");
    let graph = Graph::from_knn(&near, set.metric, Joined::Either);
    write_graph(dir.path(), &graph);
    let begun = Instant::now();
    let of = leiden::communities(&graph, 1.0, 0);
    let secs = begun.elapsed().as_secs_f64();
    add(table, set, "ours, Leiden of a graph", &of, &modularity(&graph, &of), secs);

    let npy = dir.path().join("vectors.npy");
    python::write_vectors(&npy, &set.vectors).expect("the vectors are written");
    let answers = python::ask(
        "cluster_peers.py",
        ["vectors".as_ref(), dir.path().as_os_str(), count.to_string().as_ref(), LEAST.to_string().as_ref()],
    );
    each(table, &set.name, answers, |table, name, of, answer| {
        let objective = match (answer["inertia"].as_f64(), name.contains("Leiden")) {
            (Some(of_first), _) => inertia(of_first, answer["mean_inertia"].as_f64().unwrap_or(f64::NAN)),
            (None, true) => modularity(&graph, of),
            (None, false) => outside(of),
        };
        add(table, set, name, of, &objective, answer["seconds"].as_f64().unwrap_or(f64::NAN));
    });
}

fn inertia(of_first: f64, mean: f64) -> String {
    format!("inertia {of_first:.6e}, mean of {SEEDS} seeds {mean:.6e}")
}

/// Fluid Communities where densities are small numbers.
fn of_many_vertices(table: &mut Table) {
    let graph = planted(VERTICES, PLANTED);
    let truth: Vec<Option<u32>> = (0..VERTICES).map(|vertex| Some((vertex % PLANTED) as u32)).collect();
    let what = format!("planted graph, {VERTICES} vertices, {} edges", graph.edge_count());
    let judge = |table: &mut Table, name: &str, of: &[Option<u32>], secs: f64| {
        let ari = Contingency::new(of, &truth).ari();
        let against = violations(&graph, of);
        let quality = format!("s; ARI {ari:.3}, {}, {against} vertices against the rule", modularity(&graph, of));
        table.add(format!("{what}: {name}"), secs, &quality);
    };
    let begun = Instant::now();
    let of = fluid::communities_within(&graph, PLANTED, 10_000, &mut fluid::chance(0), &|| false);
    judge(table, "ours, Fluid until it rests", &of.expect("nobody stops it"), begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let of = fluid::communities(&graph, PLANTED, &mut fluid::chance(0), &|| false).expect("nobody stops it");
    judge(table, "ours, Fluid, 100 sweeps at most", &of, begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let of = leiden::communities(&graph, 1.0, 0);
    judge(table, "ours, Leiden", &of, begun.elapsed().as_secs_f64());
    let dir = tempfile::tempdir().expect("a temporary folder");
    write_graph(dir.path(), &graph);
    let answers =
        python::ask("cluster_peers.py", ["graph".as_ref(), dir.path().as_os_str(), PLANTED.to_string().as_ref()]);
    each(table, &what, answers, |table, name, of, answer| {
        judge(table, name, of, answer["seconds"].as_f64().unwrap_or(f64::NAN));
    });
}

/// Groups with ten edges a vertex within them and two to anywhere.
fn planted(vertices: usize, groups: usize) -> Graph {
    let mut random = fastrand::Rng::with_seed(2);
    let mut edges = Vec::new();
    for vertex in 0..vertices as u32 {
        let group = vertex % groups as u32;
        for _ in 0..5 {
            edges.push((vertex, random.u32(..(vertices / groups) as u32) * groups as u32 + group, 1.0));
        }
        edges.push((vertex, random.u32(..vertices as u32), 1.0));
    }
    Graph::from_edges(vertices, edges)
}

/// Vertices that would rather be in another community around them.
fn violations(graph: &Graph, of: &[Option<u32>]) -> usize {
    let mut sizes = vec![0u64; of.iter().flatten().max().map_or(0, |most| *most as usize + 1)];
    of.iter().flatten().for_each(|of| sizes[*of as usize] += 1);
    let is_against = |vertex: &usize| {
        let Some(own) = of[*vertex] else { return true };
        let mut counts = vec![(own, 1u64)];
        for other in graph.neighbours(*vertex).iter().filter_map(|other| of[*other as usize]) {
            match counts.iter_mut().find(|(known, _)| *known == other) {
                Some((_, count)) => *count += 1,
                None => counts.push((other, 1)),
            }
        }
        let (_, own_count) = counts[0];
        counts.iter().any(|(other, count)| count * sizes[own as usize] > own_count * sizes[*other as usize])
    };
    (0..of.len()).filter(is_against).count()
}

fn modularity(graph: &Graph, of: &[Option<u32>]) -> String {
    format!("modularity {:.4}", partition::modularity(graph, of, 1.0))
}

fn outside(of: &[Option<u32>]) -> String {
    let groups = of.iter().flatten().max().map_or(0, |most| most + 1);
    format!("{groups} groups, {} rows in none", of.iter().filter(|of| of.is_none()).count())
}

fn add(table: &mut Table, set: &Set, what: &str, of: &[Option<u32>], objective: &str, secs: f64) {
    let ari = Contingency::new(of, &set.kinds).ari();
    table.add(format!("{}: {what}", set.name), secs, &format!("s; ARI {ari:.4}, {objective}"));
}

/// Every edge once: its ends, its weight.
fn write_graph(dir: &Path, graph: &Graph) {
    let edges: Vec<(u32, u32, f32)> = graph.edges().collect();
    let ends = edges.iter().flat_map(|(a, b, _)| [a.to_le_bytes(), b.to_le_bytes()]);
    let weights = edges.iter().map(|(_, _, weight)| weight.to_le_bytes());
    let written = python::write_npy(&dir.join("edges.npy"), "<u4", &[edges.len(), 2], ends)
        .and_then(|()| python::write_npy(&dir.join("weights.npy"), "<f4", &[edges.len()], weights));
    written.expect("the graph is written");
}

/// Hands over each program's name, groups (negative is none) and answer.
fn each(
    table: &mut Table,
    what: &str,
    answers: Result<Vec<serde_json::Value>, String>,
    mut take: impl FnMut(&mut Table, &str, &[Option<u32>], &serde_json::Value),
) {
    let answers = match answers {
        Ok(answers) => answers,
        Err(why) => return table.skip(format!("{what}: other programs"), &why),
    };
    for answer in answers {
        let name = answer["program"].as_str().unwrap_or("?");
        match answer["groups"].as_str() {
            Some(file) => {
                let of = python::read_numbers(file.as_ref()).expect("groups that were written");
                let of: Vec<Option<u32>> =
                    of.into_iter().map(|number| u32::try_from(i32::from_le_bytes(number)).ok()).collect();
                take(table, name, &of, &answer);
            }
            None => table.skip(format!("{what}: {name}"), answer["skipped"].as_str().unwrap_or("failed")),
        }
    }
}
