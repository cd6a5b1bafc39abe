//! What grows how as the collection grows: seconds and memory of every method, at ten times as many vectors each.
//! `TIRAMISU_BENCH_ROWS=100000` leaves out what has more.
//!
//! HDBSCAN has neighbours of its own, as in the program: as many as make a place dense where all pairs are compared, and
//! three times as many, by cells, beyond. What was expected before it was measured so (two cores): of 10,000 the exact tree
//! about as long as the exact graph, .3 s each; of 100,000 the 45 neighbours by cells 5 s, half as long again as 15, and the
//! groups less than the 9 s of 15 neighbours, since fewer parts are left to join.

use std::time::Instant;

use tiramisu::analysis::graph::Joined;
use tiramisu::analysis::neighbours::{NeighbourIndex, Scan};
use tiramisu::analysis::statistics::Statistics;
use tiramisu::analysis::{
    Graph, KnnGraph, Umap, density, faithfulness, fluid, kmeans, knn, leiden, neighbours, outliers, pca, propagation,
    umap,
};
use tiramisu::domain::{GRAPH_RECALL, ImageId, Metric, Strategy, Vectors, Workload, choose};

use super::sets::Set;
use super::table::Table;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const CHANNELS: usize = 128;
const KINDS: usize = 50;
/// Comparing all pairs of more rows than this takes most of an hour.
const PAIRS: usize = 100_000;
const NEIGHBOURS: usize = 15;

/// Seconds and mebibytes.
pub fn measure(table: &mut Table) {
    let most = std::env::var("TIRAMISU_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(usize::MAX);
    for rows in SIZES.into_iter().filter(|rows| *rows <= most) {
        let set = Set::generated(rows, CHANNELS, KINDS);
        let what = |method: &str| format!("{method}, {rows} x {CHANNELS}");
        let vectors = &set.vectors;
        let held = vectors.matrix.values().len() * 2;
        table.add(what("vectors"), held as f64 / 1048576.0, "MiB");
        timed(table, what("sums for means and deviations"), || {
            let mut statistics = Statistics::new(CHANNELS);
            vectors.matrix.values().chunks(CHANNELS * 4096).for_each(|rows| statistics.add_rows(rows));
            statistics
        });
        let index = timed(table, what("lengths of vectors, once"), || NeighbourIndex::new(vectors));
        let probe = neighbours::probe_of(vectors, ImageId(7)).expect("it has a vector");
        timed(table, what("10 exact neighbours of one"), || {
            let search = Scan { metric: Metric::Cosine, k: 10, exclude: &[], among: None };
            index.exact_among(vectors, &probe, &search, &|| false)
        });
        let plane = timed(table, what("principal components"), || pca::project(vectors, &|| false));
        let plane = plane.expect("nobody stops it").points;
        timed(table, what("k-means, 50 groups, one start"), || {
            let options = kmeans::Options { count: KINDS, starts: 1, ..kmeans::Options::default() };
            kmeans::group(vectors, options, &|| false)
        });
        if rows <= PAIRS {
            timed(table, what("15 neighbours of all, exactly"), || {
                knn::exact(vectors, Metric::Cosine, NEIGHBOURS, &|| false).expect("nobody stops it")
            });
        }
        let found = timed(table, what("15 neighbours of all, by cells"), || {
            knn::approximate(vectors, Metric::Cosine, NEIGHBOURS, GRAPH_RECALL, &|| false).expect("nobody stops it")
        });
        table.add(what("of their true neighbours were found"), found.recall * 100.0, "% of a sample's");
        let near = found.graph;
        timed(table, what("outliers by their 10th neighbour"), || outliers::kth_distances(&near, 10));
        let map = timed(table, what("UMAP of the neighbours"), || {
            let mut layout = Umap::new(&near, &plane, umap::Options::default());
            while layout.step(50, &|| false) {}
            layout.points().to_vec()
        });
        let judged = timed(table, what("how far that map can be believed"), || {
            faithfulness::measure(vectors, Metric::Cosine, &near, &map, NEIGHBOURS, &|| false)
        });
        let trustworthiness = judged.expect("nobody stops it").trustworthiness;
        table.add(what("trustworthiness of that map"), trustworthiness.into(), "");
        let k = density::neighbours(rows, CHANNELS, NEIGHBOURS);
        let of_density = timed(table, what(&format!("{k} neighbours for HDBSCAN")), || chosen(vectors, k));
        timed(table, what("HDBSCAN of those neighbours"), || {
            density::group(vectors, &of_density, Metric::Cosine, NEIGHBOURS, NEIGHBOURS, &|| false)
        });
        drop(of_density);
        let graph =
            timed(table, what("graph of the neighbours"), || Graph::from_knn(&near, Metric::Cosine, Joined::Either));
        timed(table, what("Leiden"), || leiden::communities(&graph, 1.0, 0));
        timed(table, what("Fluid Communities, 50"), || {
            fluid::communities_of_parts(&graph, KINDS, &mut fluid::chance(0), &|| false)
        });
        timed(table, what("label propagation"), || propagation::communities(&graph, 0, &|| false));
    }
}

/// The graph of neighbours by the engine that the program chooses.
fn chosen(vectors: &Vectors, k: usize) -> KnnGraph {
    let job = Workload::Graph { rows: vectors.ids.len(), channels: vectors.matrix.columns() };
    match choose(job).strategy {
        Strategy::Cells => {
            let found = knn::approximate(vectors, Metric::Cosine, k, GRAPH_RECALL, &|| false);
            found.expect("nobody stops it").graph
        }
        _ => knn::exact(vectors, Metric::Cosine, k, &|| false).expect("nobody stops it"),
    }
}

/// Seconds, and how much more memory was resident than before.
fn timed<T>(table: &mut Table, what: String, work: impl FnOnce() -> T) -> T {
    let before = resident_mib("VmRSS:");
    forget_peak();
    let begun = Instant::now();
    let made = work();
    let secs = begun.elapsed().as_secs_f64();
    let more = (resident_mib("VmHWM:") - before).max(0.0);
    table.add(what, secs, &format!("s, {more:.0} MiB more than before"));
    made
}

/// The kernel's count of this process; 0 where there is no `/proc`.
pub fn resident_mib(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0) / 1024.0
}

/// Lets the kernel's high-water mark begin anew.
pub fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").ok();
}
