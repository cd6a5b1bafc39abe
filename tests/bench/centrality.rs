//! Where vertices stand in a graph of nearest neighbours, and its spectral clusters, beside igraph's, networkx' and
//! scikit-learn's of the same graph.

use std::path::Path;
use std::time::Instant;

use tiramisu::analysis::graph::Joined;
use tiramisu::analysis::partition::Contingency;
use tiramisu::analysis::shortest_paths::{ShortestPaths, pivots_for, shortest_paths};
use tiramisu::analysis::{Adjacency, Graph, KnnGraph, components, knn, pagerank, spectral};
use tiramisu::domain::{GRAPH_RECALL, Metric};

use super::python;
use super::sets::Set;
use super::table::Table;

/// Neighbours a row.
const NEIGHBOURS: usize = 15;
/// Vertices from which paths are searched where programs are timed.
const PIVOTS: usize = 256;
/// Clouds of which the vectors are, and spectral clusters.
const GROUPS: usize = 50;

/// Seconds of each measure; how far off what is estimated is, beside what is told of it.
pub fn measure(table: &mut Table) {
    for (rows, is_exact) in [(20_000, true), (100_000, false)] {
        let set = Set::generated(rows, 64, GROUPS);
        let near = match is_exact {
            true => knn::exact(&set.vectors, Metric::Cosine, NEIGHBOURS, &|| false),
            false => knn::approximate(&set.vectors, Metric::Cosine, NEIGHBOURS, GRAPH_RECALL, &|| false)
                .map(|found| found.graph),
        };
        of_graph(table, &set, &near.expect("nobody stops it"), is_exact);
    }
}

fn of_graph(table: &mut Table, set: &Set, near: &KnnGraph, is_exact: bool) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let outgoing = Adjacency::from_knn(near);
    let incoming = outgoing.reversed();
    let graph = outgoing.undirected(&incoming);
    let what = format!("graph of {} vertices, {} edges", graph.vertices(), graph.arcs() / 2);
    let weighted = Graph::from_knn(near, Metric::Cosine, Joined::Either);
    write(dir.path(), &outgoing, &weighted);
    let timed = |table: &mut Table, name: &str, secs: f64, of: &str| table.add(format!("{what}: {name}"), secs, of);

    let begun = Instant::now();
    let ranks = pagerank::pagerank(&outgoing, &incoming, &|| false).expect("nobody stops it");
    timed(table, "ours, PageRank", begun.elapsed().as_secs_f64(), "s");
    let begun = Instant::now();
    let strong = components::strongly_connected(&outgoing, &|| false).expect("nobody stops it");
    components::connected(&graph, &|| false).expect("nobody stops it");
    timed(table, "ours, components", begun.elapsed().as_secs_f64(), "s");
    let paths = |pivots: usize| {
        let begun = Instant::now();
        let found = shortest_paths(&graph, pivots, 0, &|_| {}, &|| false).expect("nobody stops it");
        (found, begun.elapsed().as_secs_f64())
    };
    let (_, secs) = paths(PIVOTS);
    let name = format!("ours, betweenness, harmonic and distances from {PIVOTS} vertices");
    timed(table, &name, secs, "s");
    let (some, secs) = paths(pivots_for(&graph));
    timed(table, &format!("ours, the same from {}", some.pivots), secs, &format!("s; told {}", told(&some)));
    let all = is_exact.then(|| paths(usize::MAX));
    if let Some((all, secs)) = &all {
        timed(table, "ours, the same from every vertex", *secs, &format!("s; the estimate was {}", off(&some, all)));
    }
    let begun = Instant::now();
    let clusters = spectral::groups(&weighted, GROUPS, 0, &|_| {}, &|| false).expect("nobody stops it");
    let secs = begun.elapsed().as_secs_f64();
    let ari = |of: &[Option<u32>]| Contingency::new(of, &set.kinds).ari();
    timed(table, "ours, spectral clusters", secs, &format!("s; ARI {:.4}", ari(&clusters.of)));

    let mut words = vec![dir.path().as_os_str().to_owned(), PIVOTS.to_string().into(), GROUPS.to_string().into()];
    words.extend(is_exact.then(|| "exact".into()));
    let answers = match python::ask("centrality_peers.py", words) {
        Ok(answers) => answers,
        Err(why) => return table.skip(format!("{what}: other programs"), &why),
    };
    for answer in answers {
        let [program, measure] = ["program", "measure"].map(|key| answer[key].as_str().unwrap_or("?"));
        let name = format!("{program}, {measure}");
        let Some(file) = answer["values"].as_str() else {
            table.skip(format!("{what}: {name}"), answer["skipped"].as_str().unwrap_or("failed"));
            continue;
        };
        let values: Vec<f32> = python::read_numbers(file.as_ref())
            .expect("numbers that were written")
            .into_iter()
            .map(f32::from_le_bytes)
            .collect();
        let agreement = match measure {
            "PageRank" => format!("ours differs by {:.1e} at most", most_off(&ranks, &values)),
            "components" => {
                format!("{} strong ones, ours {}", number(&values), strong.iter().max().map_or(0, |m| m + 1))
            }
            "betweenness" => match &all {
                Some((all, _)) => format!("ours differs by {:.1e} at most", most_off(&all.betweenness, &values)),
                None => format!("from {PIVOTS} vertices"),
            },
            "harmonic" => match &all {
                Some((all, _)) => format!("ours differs by {:.1e} at most", most_off(&all.harmonic, &values)),
                None => format!("of {PIVOTS} vertices alone"),
            },
            _ => format!("ARI {:.4}", ari(&values.iter().map(|of| Some(*of as u32)).collect::<Vec<_>>())),
        };
        timed(table, &name, answer["seconds"].as_f64().unwrap_or(f64::NAN), &format!("s; {agreement}"));
    }
}

fn told(paths: &ShortestPaths) -> String {
    match paths.errors {
        Some(errors) => format!("{:.1} % and {:.2} % off", errors.betweenness * 100.0, errors.harmonic * 100.0),
        None => "to be exact".to_owned(),
    }
}

/// The root mean square of how far estimates are off, of the hundred vertices with the largest betweenness and of all.
fn off(some: &ShortestPaths, all: &ShortestPaths) -> String {
    let mut order: Vec<usize> = (0..all.betweenness.len()).collect();
    order.sort_by(|a, b| all.betweenness[*b].total_cmp(&all.betweenness[*a]));
    let off = |some: &[f64], all: &[f64], of: &[usize]| {
        let squares = of.iter().map(|vertex| (some[*vertex] / all[*vertex] - 1.0).powi(2)).sum::<f64>();
        (squares / of.len() as f64).sqrt() * 100.0
    };
    let betweenness = off(&some.betweenness, &all.betweenness, &order[..100]);
    format!("{betweenness:.1} % and {:.2} % off", off(&some.harmonic, &all.harmonic, &order))
}

fn most_off(ours: &[f64], theirs: &[f32]) -> f64 {
    ours.iter().zip(theirs).map(|(ours, theirs)| (ours - f64::from(*theirs)).abs()).fold(0.0, f64::max)
}

fn number(of: &[f32]) -> u32 {
    of.iter().fold(-1.0f32, |most, of| most.max(*of)) as u32 + 1
}

fn write(dir: &Path, outgoing: &Adjacency, weighted: &Graph) {
    let from = |vertex: usize| outgoing.neighbours(vertex).iter().flat_map(move |to| [vertex as u32, *to]);
    let arcs = (0..outgoing.vertices()).flat_map(from).map(u32::to_le_bytes);
    let edges: Vec<(u32, u32, f32)> = weighted.edges().collect();
    let ends = edges.iter().flat_map(|(a, b, _)| [a.to_le_bytes(), b.to_le_bytes()]);
    let weights = edges.iter().map(|(_, _, weight)| weight.to_le_bytes());
    let written = python::write_npy(&dir.join("arcs.npy"), "<u4", &[outgoing.arcs(), 2], arcs)
        .and_then(|()| python::write_npy(&dir.join("edges.npy"), "<u4", &[edges.len(), 2], ends))
        .and_then(|()| python::write_npy(&dir.join("weights.npy"), "<f4", &[edges.len()], weights));
    written.expect("the graph is written");
}
