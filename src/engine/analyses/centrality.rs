//! Where images stand in the graph that joins each with its nearest neighbours at a layer.
//!
//! Stored as `centrality_<features>_<layer>_<pooling>.lance`: each image with a vector, and `degree`, `mutual_degree`,
//! `in_degree`, `community`, `component`, `strong_component` (u32), `pagerank`, `typicality`, `betweenness`, `harmonic` (f32).
//! What is true of the whole graph is in the metadata, beside how it was made.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::graph::Joined;
use crate::analysis::pagerank::pagerank;
use crate::analysis::partition::by_size;
use crate::analysis::shortest_paths::{pivots_for, shortest_paths};
use crate::analysis::{Adjacency, Graph, KnnGraph, components, hubness, leiden};
use crate::domain::{Centrality, CentralityReport, CentralityWish, GraphFacts, Metric};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::message::{AnalysisKind, Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::{FoundColumn, FoundTable, StoreError, Workspace};

/// As neighbours are ranked by.
const METRIC: Metric = Metric::Cosine;
/// As communities are found where nothing else is asked for.
const RESOLUTION: f64 = 1.0;
/// What the progress counts to: when neighbours are known, when communities are, and when ranks are. The rest is paths.
const STEPS: usize = 1000;
const NEAR_KNOWN: usize = 300;
const COMMUNITIES_KNOWN: usize = 400;
const RANKED: usize = 450;

/// Measures every image, keeps and tells what comes of it.
///
/// # Errors
/// When vectors cannot be read or there are too few.
pub fn run(wish: &CentralityWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    progress.set_total(STEPS, true);
    let searchable = opened.library.vectors(&wish.source)?;
    let vectors = &searchable.vectors;
    if vectors.ids.len() < 3 {
        return Err(Problem::new("There is nothing to compare", "fewer than three images have vectors at this layer")
            .with_remedy("Extract features first."));
    }
    let watch = progress.of_first(NEAR_KNOWN);
    let knn = neighbour_graph(AnalysisKind::Centrality, vectors, METRIC, wish.k, opened, progress, &watch);
    let Some(knn) = knn else { return Ok(()) };
    progress.set_done(NEAR_KNOWN);
    let report = CentralityReport {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        ids: vectors.ids.clone(),
        degrees: Vec::new(),
        mutual_degrees: Vec::new(),
        in_degrees: Vec::new(),
        pageranks: Vec::new(),
        typicalities: Vec::new(),
        betweennesses: Vec::new(),
        harmonics: Vec::new(),
        communities: Vec::new(),
        components: Vec::new(),
        strong_components: Vec::new(),
        facts: GraphFacts::default(),
        elapsed_secs: 0.0,
        standings: Vec::new(),
    };
    let Some(measured) = measure(knn, report, progress) else { return Ok(()) };
    let report = CentralityReport { elapsed_secs: started.elapsed().as_secs_f64(), ..measured.with_standings() };
    progress.set_done(STEPS);
    opened.keep_found("The centrality of images", &to_table(&report), Finding::Centrality(Arc::new(report)));
    Ok(())
}

/// Fills in what the graph says; `None` when cancelled. The nearest neighbours are dropped as soon as they are in the graph.
fn measure(knn: KnnGraph, mut report: CentralityReport, progress: &Progress) -> Option<CentralityReport> {
    let cancelled = || progress.is_cancelled();
    let vertices = knn.rows();
    report.communities = communities(&knn);
    let outgoing = Adjacency::from_knn(&knn);
    drop(knn);
    if cancelled() {
        return None;
    }
    progress.set_done(COMMUNITIES_KNOWN);
    let incoming = outgoing.reversed();
    let graph = outgoing.undirected(&incoming);
    let (named, degrees) = (outgoing.degrees(), graph.degrees());
    report.in_degrees = incoming.degrees();
    report.mutual_degrees = (0..vertices).map(|row| named[row] + report.in_degrees[row] - degrees[row]).collect();
    report.degrees = degrees;
    report.pageranks = narrowed(&pagerank(&outgoing, &incoming, &cancelled)?);
    let communities = &report.communities;
    let within = outgoing.filtered(|from, to| communities[from as usize] == communities[to as usize]);
    let ranks = pagerank(&within, &within.reversed(), &cancelled)?;
    report.typicalities = typicalities(communities, &ranks);
    report.components = components::connected(&graph, &cancelled)?;
    report.strong_components = components::strongly_connected(&outgoing, &cancelled)?;
    drop((outgoing, incoming, within));
    progress.set_done(RANKED);
    let watch = |share: f32| progress.set_done(RANKED + (share * (STEPS - RANKED) as f32) as usize);
    let pivots = report.wish.pivots.unwrap_or_else(|| pivots_for(&graph));
    let paths = shortest_paths(&graph, pivots, report.wish.seed, &watch, &cancelled)?;
    report.betweennesses = narrowed(&paths.betweenness);
    report.harmonics = narrowed(&paths.harmonic);
    report.facts = GraphFacts {
        edges: graph.arcs() / 2,
        mutual_edges: report.mutual_degrees.iter().map(|degree| *degree as usize).sum::<usize>() / 2,
        skewness: hubness::skewness(&report.in_degrees),
        antihubs: hubness::antihubs(&report.in_degrees),
        communities: groups(&report.communities),
        components: groups(&report.components),
        largest_component: largest(&report.components),
        strong_components: groups(&report.strong_components),
        largest_strong_component: largest(&report.strong_components),
        pivots: paths.pivots,
        betweenness_error: paths.errors.map(|errors| errors.betweenness),
        harmonic_error: paths.errors.map(|errors| errors.harmonic),
        effective_diameter: paths.effective_diameter(),
        mean_distance: paths.mean_distance(),
        longest_distance: paths.longest_distance(),
    };
    Some(report)
}

/// The community of each image. One that is joined with nothing is one by itself.
fn communities(knn: &KnnGraph) -> Vec<u32> {
    let found = leiden::communities(&Graph::from_knn(knn, METRIC, Joined::Either), RESOLUTION, 0);
    let next = found.iter().flatten().max().map_or(0, |most| most + 1);
    let of: Vec<Option<u32>> = found.into_iter().zip(next..).map(|(of, alone)| Some(of.unwrap_or(alone))).collect();
    by_size(&of).into_iter().map(Option::unwrap_or_default).collect()
}

/// By their places among those of their community: 1 for the first, 0 for the last and for one alone.
fn typicalities(communities: &[u32], ranks: &[f64]) -> Vec<f32> {
    let mut rows: Vec<u32> = (0..ranks.len() as u32).collect();
    rows.sort_unstable_by(|a, b| {
        let [a, b] = [*a, *b].map(|row| row as usize);
        let by_rank = ranks[b].partial_cmp(&ranks[a]).unwrap_or(Ordering::Equal);
        communities[a].cmp(&communities[b]).then(by_rank).then(a.cmp(&b))
    });
    let mut typicalities = vec![0.0; ranks.len()];
    for community in rows.chunk_by(|a, b| communities[*a as usize] == communities[*b as usize]) {
        let others = community.len() - 1;
        for (place, row) in community.iter().enumerate().take(others) {
            typicalities[*row as usize] = (others - place) as f32 / others as f32;
        }
    }
    typicalities
}

fn narrowed(values: &[f64]) -> Vec<f32> {
    values.iter().map(|value| *value as f32).collect()
}

/// How many groups there are; they are counted from 0.
fn groups(of: &[u32]) -> usize {
    of.iter().max().map_or(0, |most| *most as usize + 1)
}

/// The size of the largest, which is the first.
fn largest(of: &[u32]) -> usize {
    of.iter().filter(|of| **of == 0).count()
}

/// What is kept besides a row an image.
#[derive(Serialize, Deserialize)]
struct About {
    #[serde(flatten)]
    wish: CentralityWish,
    facts: GraphFacts,
    elapsed_secs: f64,
}

fn to_table(report: &CentralityReport) -> FoundTable<About> {
    let whole = |name: &str, values: &[u32]| (name.to_owned(), FoundColumn::Groups(values.to_vec()));
    let number = |by: Centrality, values: &[f32]| (by.word().to_owned(), FoundColumn::Numbers(values.to_vec()));
    FoundTable {
        name: report.table(),
        about: About { wish: report.wish.clone(), facts: report.facts.clone(), elapsed_secs: report.elapsed_secs },
        ids: report.ids.clone(),
        columns: vec![
            whole("degree", &report.degrees),
            whole("mutual_degree", &report.mutual_degrees),
            whole("in_degree", &report.in_degrees),
            number(Centrality::PageRank, &report.pageranks),
            number(Centrality::Typicality, &report.typicalities),
            number(Centrality::Betweenness, &report.betweennesses),
            number(Centrality::Harmonic, &report.harmonics),
            whole("community", &report.communities),
            whole("component", &report.components),
            whole("strong_component", &report.strong_components),
        ],
    }
}

/// What was measured last, whatever the layer; `None` when nothing was.
///
/// # Errors
/// When it cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let features = opened.features();
    let Some(table) = workspace.latest_found::<About>(&format!("centrality_{features}_"))? else { return Ok(None) };
    let damaged = |name: &str| workspace.found_damaged(&table, &format!("it lacks the column {name}"));
    let whole = |name: &str| table.groups(name).map(<[u32]>::to_vec).ok_or_else(|| damaged(name));
    let number = |by: Centrality| table.numbers(by.word()).ok_or_else(|| damaged(by.word()));
    let report = CentralityReport {
        features: features.to_owned(),
        wish: table.about.wish.clone(),
        ids: table.ids.clone(),
        degrees: whole("degree")?,
        mutual_degrees: whole("mutual_degree")?,
        in_degrees: whole("in_degree")?,
        pageranks: number(Centrality::PageRank)?,
        typicalities: number(Centrality::Typicality)?,
        betweennesses: number(Centrality::Betweenness)?,
        harmonics: number(Centrality::Harmonic)?,
        communities: whole("community")?,
        components: whole("component")?,
        strong_components: whole("strong_component")?,
        facts: table.about.facts.clone(),
        elapsed_secs: table.about.elapsed_secs,
        standings: Vec::new(),
    };
    Ok(Some(Finding::Centrality(Arc::new(report.with_standings()))))
}
