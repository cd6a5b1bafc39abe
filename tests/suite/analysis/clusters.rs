//! Clusters and communities, against scikit-learn, networkx and leidenalg, and against their own rules.

use std::collections::BTreeSet;

use serde::Deserialize;
use tiramisu::analysis::fluid::Chance;
use tiramisu::analysis::graph::Joined;
use tiramisu::analysis::partition::{Contingency, by_size, modularity};
use tiramisu::analysis::{Graph, density, fluid, kmeans, knn, leiden, propagation};
use tiramisu::domain::{Metric, Vectors};

use super::{ALWAYS, NEVER, random_vectors, vectors};

#[derive(Deserialize)]
struct Golden {
    channels: usize,
    rows: Vec<f32>,
    kmeans: Grouped,
    hdbscan: Vec<i64>,
    partitions: Pair,
    karate: Karate,
}

#[derive(Deserialize)]
struct Grouped {
    inertia: f64,
    of: Vec<u32>,
}

#[derive(Deserialize)]
struct Pair {
    a: Vec<u32>,
    b: Vec<u32>,
    nmi: f64,
    ari: f64,
    purity: f64,
}

#[derive(Deserialize)]
struct Karate {
    edges: Vec<(u32, u32)>,
    club: Vec<u32>,
    club_modularity: f64,
    leiden_modularity: f64,
}

impl Karate {
    fn graph(&self) -> Graph {
        Graph::from_edges(34, self.edges.iter().map(|(a, b)| (*a, *b, 1.0)))
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/clusters").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn golden() -> (Golden, Vectors) {
    let golden: Golden = read("clusters.json");
    let vectors = vectors(golden.channels, &golden.rows);
    (golden, vectors)
}

fn some(of: &[u32]) -> Vec<Option<u32>> {
    of.iter().map(|of| Some(*of)).collect()
}

fn ari(a: &[Option<u32>], b: &[Option<u32>]) -> f64 {
    Contingency::new(a, b).ari()
}

#[test]
fn agreement_of_partitions_is_that_of_scikit_learn() {
    let (golden, _) = golden();
    let Pair { a, b, nmi, ari, purity } = golden.partitions;
    let found = Contingency::new(&some(&a), &some(&b));
    assert!((found.nmi() - nmi).abs() < 1e-12, "{} {nmi}", found.nmi());
    assert!((found.ari() - ari).abs() < 1e-12, "{} {ari}", found.ari());
    assert!((found.purity() - purity).abs() < 1e-12, "{} {purity}", found.purity());
    let mut holes = some(&a);
    holes[..50].fill(None);
    assert_eq!(Contingency::new(&holes, &some(&b)).total(), 150);
    let nothing = Contingency::new(&[None], &[Some(1)]);
    assert_eq!((nothing.total(), nothing.nmi(), nothing.ari(), nothing.purity()), (0, 1.0, 1.0, 1.0));
}

#[test]
fn groups_are_counted_by_falling_size() {
    let of = [Some(7), Some(3), None, Some(3), Some(9), Some(7), Some(3)];
    assert_eq!(by_size(&of), [Some(1), Some(0), None, Some(0), Some(2), Some(1), Some(0)]);
}

#[test]
fn k_means_finds_what_scikit_learn_finds() {
    let (golden, vectors) = golden();
    let options = kmeans::Options { count: 4, metric: Metric::Euclidean, starts: 10, ..kmeans::Options::default() };
    let found = kmeans::group(&vectors, options, NEVER).unwrap();
    let ratio = found.inertia / golden.kmeans.inertia;
    assert!((ratio - 1.0).abs() < 1e-3, "inertia {} instead of {}", found.inertia, golden.kmeans.inertia);
    assert!(ari(&some(&found.of), &some(&golden.kmeans.of)) > 0.98);
    // The inertia is what the centres say, in f64.
    let channels = golden.channels;
    let sum: f64 = golden
        .rows
        .chunks_exact(channels)
        .zip(&found.of)
        .map(|(row, of)| {
            let centre = &found.centres[*of as usize * channels..][..channels];
            row.iter().zip(centre).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>()
        })
        .sum();
    assert!((sum / found.inertia - 1.0).abs() < 1e-5, "{sum} {}", found.inertia);
}

#[test]
fn k_means_is_the_same_for_a_seed_whatever_the_threads() {
    let vectors = random_vectors(3000, 70, 4);
    let group = |threads: usize, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = kmeans::Options { count: 9, seed, starts: 1, ..kmeans::Options::default() };
        pool.install(|| kmeans::group(&vectors, options, NEVER).unwrap())
    };
    assert_eq!(group(1, 3), group(4, 3));
    assert_ne!(group(1, 3).centres, group(1, 4).centres);
    let lengths =
        group(1, 3).centres.chunks_exact(70).map(|c| c.iter().map(|v| v * v).sum::<f32>()).collect::<Vec<_>>();
    assert!(lengths.iter().all(|length| (length - 1.0).abs() < 1e-4), "{lengths:?}");
}

#[test]
fn k_means_of_very_many_rows_starts_from_a_sample_and_is_as_good() {
    // Eight kinds, each around a middle of its own, farther apart than they are wide: a few starts find them all.
    let (rows, channels, kinds) = (48_000, 12, 8);
    let mut random = fastrand::Rng::with_seed(5);
    let middles: Vec<f32> = (0..kinds * channels).map(|_| random.f32() * 8.0).collect();
    let of: Vec<usize> = (0..rows).map(|_| random.usize(..kinds)).collect();
    let wide = of.iter().flat_map(|of| &middles[of * channels..][..channels]);
    let set = vectors(channels, &wide.map(|middle| middle + random.f32() - 0.5).collect::<Vec<f32>>());
    let options = kmeans::Options { count: kinds, metric: Metric::Euclidean, ..kmeans::Options::default() };
    let told = std::cell::RefCell::new(vec![0.0]);
    let found = kmeans::group_watched(&set, options, &|share| told.borrow_mut().push(share), NEVER).unwrap();
    assert!(found.sample.is_some_and(|sample| sample < rows / 2) && found.sweeps > 0, "{:?}", found.sample);
    let told = told.into_inner();
    assert!(told.is_sorted() && told.len() > 4 && told.iter().all(|share| *share <= 1.0), "{told:?}");
    // The planted groups around their own means, in f64.
    let mut sums = vec![(vec![0.0f64; channels], 0.0f64); kinds];
    let row = |row: usize| set.matrix.row(row).iter().map(f64::from).collect::<Vec<f64>>();
    for (number, of) in of.iter().enumerate() {
        sums[*of].0.iter_mut().zip(row(number)).for_each(|(sum, value)| *sum += value);
        sums[*of].1 += 1.0;
    }
    let far = |number: usize| -> f64 {
        let (sum, count) = &sums[of[number]];
        row(number).iter().zip(sum).map(|(value, sum)| (value - sum / count).powi(2)).sum()
    };
    let planted: f64 = (0..rows).map(far).sum();
    assert!(found.inertia < planted * 1.01, "{} beside the planted {planted}", found.inertia);
    // The inertia is what the centres say, though all sweeps but the last saw others.
    let to_centre = |number: usize| -> f64 {
        let centre = &found.centres[found.of[number] as usize * channels..][..channels];
        row(number).iter().zip(centre).map(|(a, b)| (a - f64::from(*b)).powi(2)).sum()
    };
    let sum: f64 = (0..rows).map(to_centre).sum();
    assert!((sum / found.inertia - 1.0).abs() < 1e-4, "{sum} {}", found.inertia);
    assert_eq!(kmeans::group(&set, options, NEVER).unwrap(), found, "the same for a seed");
    assert!(kmeans::group(&set, options, ALWAYS).is_none());
}

#[test]
fn k_means_bears_little_and_strange_input() {
    let options = kmeans::Options { count: 5, ..kmeans::Options::default() };
    assert!(kmeans::group(&vectors(3, &[]), options, NEVER).unwrap().of.is_empty());
    assert_eq!(kmeans::group(&vectors(2, &[1.0, 2.0]), options, NEVER).unwrap().of, [0]);
    let alike = kmeans::group(&vectors(2, &[1.0; 20]), options, NEVER).unwrap();
    assert_eq!((alike.of, alike.centres.len()), (vec![0; 10], 2));
    let odd = kmeans::group(&vectors(2, &[f32::NAN, 1.0, f32::INFINITY, 2.0, 3.0, 4.0]), options, NEVER).unwrap();
    assert!(odd.centres.iter().all(|value| value.is_finite()) && odd.inertia.is_finite());
    assert!(kmeans::group(&random_vectors(50, 4, 1), options, ALWAYS).is_none());
}

#[test]
fn nearest_neighbours_of_all_are_those_of_brute_force() {
    let vectors = random_vectors(1100, 37, 9);
    for metric in Metric::ALL {
        let graph = knn::exact(&vectors, metric, 10, NEVER).unwrap();
        assert_eq!((graph.rows(), graph.k()), (1100, 10));
        for row in [0, 1, 127, 128, 640, 1099] {
            let probe: Vec<f32> = vectors.matrix.row(row).iter().collect();
            let all = super::brute_force(&vectors, &probe, metric);
            let expected = all.iter().filter(|(id, _)| id.index() != row).take(10);
            for (place, (id, score)) in expected.enumerate() {
                let distance = f64::from(graph.distances(row)[place]);
                let told = match metric {
                    Metric::Cosine => 1.0 - distance,
                    Metric::Euclidean => distance,
                    Metric::Dot => -distance,
                };
                assert!((told - score).abs() < 1e-4 * score.abs().max(1.0), "{metric:?} {row} {place}: {told} {score}");
                let is_tie = all.iter().any(|(other, near)| {
                    other.0 == graph.neighbours(row)[place] && (near - score).abs() < 1e-4 * score.abs().max(1.0)
                });
                assert!(graph.neighbours(row)[place] == id.0 || is_tie);
            }
        }
    }
    assert!(knn::exact(&vectors, Metric::Cosine, 10, ALWAYS).is_none());
}

#[test]
fn neighbours_nearer_than_rounding_of_products_can_tell_are_found_all_the_same() {
    // Near-duplicates: far from the origin, and next to each other.
    let (rows, channels) = (300, 256);
    let mut random = fastrand::Rng::with_seed(4);
    let common: Vec<f32> = (0..channels).map(|_| random.f32() * 2.0 + 1.0).collect();
    for spread in [0.004f32, 0.02, 0.1] {
        let near: Vec<f32> =
            (0..rows).flat_map(|_| common.clone()).map(|value| value + (random.f32() - 0.5) * spread).collect();
        let vectors = vectors(channels, &near);
        for metric in Metric::ALL {
            let graph = knn::exact(&vectors, metric, 10, NEVER).unwrap();
            for row in (0..rows).step_by(7) {
                let probe: Vec<f64> = vectors.matrix.row(row).iter().map(f64::from).collect();
                let to = |other: usize| {
                    let other: Vec<f64> = vectors.matrix.row(other).iter().map(f64::from).collect();
                    let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
                        probe.iter().zip(&other).map(|(a, b)| term(*a, *b)).sum()
                    };
                    let [product, a, b] = [sum(&|a, b| a * b), sum(&|a, _| a * a), sum(&|_, b| b * b)];
                    match metric {
                        Metric::Euclidean => sum(&|a, b| (a - b).powi(2)).sqrt(),
                        Metric::Cosine => 1.0 - product / (a * b).sqrt(),
                        Metric::Dot => -product,
                    }
                };
                let mut all: Vec<f64> = (0..rows).filter(|other| *other != row).map(to).collect();
                all.sort_by(f64::total_cmp);
                let found = graph.neighbours(row).iter().map(|other| to(*other as usize)).fold(f64::MIN, f64::max);
                // The distances themselves are told in f32.
                let told = match metric {
                    Metric::Euclidean => 1e-5 * all[9],
                    Metric::Cosine => 1e-6,
                    Metric::Dot => 1e-6 * all[9].abs(),
                };
                assert!(found <= all[9] + told, "{metric:?}, {spread}, {row}: {found} where {} is the tenth", all[9]);
            }
        }
    }
}

#[test]
fn nearest_neighbours_bear_little_and_strange_input() {
    assert_eq!(knn::exact(&vectors(3, &[]), Metric::Cosine, 5, NEVER).unwrap().rows(), 0);
    assert_eq!(knn::exact(&vectors(1, &[1.0]), Metric::Cosine, 5, NEVER).unwrap().rows(), 0);
    let two = knn::exact(&vectors(2, &[1.0, 0.0, 0.0, 1.0]), Metric::Euclidean, 5, NEVER).unwrap();
    assert_eq!((two.k(), two.neighbours(0), two.neighbours(1)), (1, &[1][..], &[0][..]));
    assert!((two.distances(0)[0] - 2f32.sqrt()).abs() < 1e-6);
    let odd = vectors(2, &[1.0, 0.0, f32::NAN, 0.0, 0.0, 0.0, 1.0, 0.1]);
    let graph = knn::exact(&odd, Metric::Cosine, 2, NEVER).unwrap();
    assert_eq!(graph.neighbours(0), [3, 2], "a row that is no number is nobody's neighbour");
    assert_eq!(graph.distances(2), [1.0, 1.0], "zeros have no direction");
}

#[test]
fn dense_groups_are_those_of_scikit_learn() {
    let (golden, vectors) = golden();
    let expected: Vec<Option<u32>> = golden.hdbscan.iter().map(|label| u32::try_from(*label).ok()).collect();
    let all = knn::exact(&vectors, Metric::Euclidean, 191, NEVER).unwrap();
    let some = knn::exact(&vectors, Metric::Euclidean, 8, NEVER).unwrap();
    for (graph, name) in [(all, "all pairs"), (some, "8 neighbours")] {
        let found = density::group(&vectors, &graph, Metric::Euclidean, 5, 10, NEVER).unwrap();
        let alike = found.of.iter().zip(&expected).filter(|(a, b)| a.is_some() == b.is_some()).count();
        let (least, agreement) = if name == "all pairs" { (190, 0.999) } else { (180, 0.95) };
        assert!(alike >= least, "{name}: {alike} of 192 are noise in both or in neither");
        assert!(ari(&found.of, &expected) > agreement, "{name}");
        assert!(found.outlier_scores.iter().all(|score| (0.0..=1.0).contains(score)));
    }
    let one = super::vectors(2, &[1.0, 2.0]);
    let none = knn::exact(&one, Metric::Euclidean, 3, NEVER).unwrap();
    assert_eq!(density::group(&one, &none, Metric::Euclidean, 5, 10, NEVER).unwrap().of, [None]);
}

#[test]
fn dense_groups_hardly_change_where_parts_are_joined_by_short_edges_instead_of_the_shortest() {
    let (golden, vectors) = golden();
    let expected: Vec<Option<u32>> = golden.hdbscan.iter().map(|label| u32::try_from(*label).ok()).collect();
    // So few neighbours that the graph falls into many parts.
    let few = knn::exact(&vectors, Metric::Euclidean, 4, NEVER).unwrap();
    let group =
        |products: f64| density::group_within(&vectors, &few, Metric::Euclidean, 5, 10, products, NEVER).unwrap().of;
    let shortest = group(f64::INFINITY);
    for products in [1.0, 2000.0, 20_000.0] {
        let found = group(products);
        let (to_shortest, to_expected) = (ari(&found, &shortest), ari(&found, &expected));
        assert!(to_shortest > 0.9 && to_expected > 0.9, "{products}: {to_shortest} {to_expected}");
    }
}

#[test]
fn copies_are_grouped_as_scikit_learn_groups_them_and_upset_no_method() {
    let at = |place: f32, count: usize| std::iter::repeat_n([place, place], count).flatten();
    let (a, b) = (Some(0), Some(1));
    let cases: [(Vec<f32>, Vec<Option<u32>>); 3] = [
        (at(0.0, 20).collect(), vec![None; 20]),
        (at(0.0, 10).chain(at(1.0, 10)).collect(), [[a; 10], [b; 10]].concat()),
        (at(0.0, 10).chain(at(1.0, 10)).chain(at(5.0, 1)).collect(), [&[a; 10][..], &[b; 10], &[None]].concat()),
    ];
    for (rows, expected) in cases {
        let vectors = vectors(2, &rows);
        let near = knn::exact(&vectors, Metric::Euclidean, 4, NEVER).unwrap();
        let found = density::group(&vectors, &near, Metric::Euclidean, 5, 5, NEVER).unwrap();
        assert_eq!(found.of, expected);
        assert!(found.outlier_scores.iter().all(|score| (0.0..=1.0).contains(score)), "{:?}", found.outlier_scores);
        let options = kmeans::Options { count: 3, metric: Metric::Euclidean, ..kmeans::Options::default() };
        assert_eq!(kmeans::group(&vectors, options, NEVER).unwrap().inertia, 0.0);
        let graph = Graph::from_knn(&near, Metric::Euclidean, Joined::Either);
        for of in [
            leiden::communities(&graph, 1.0, 0),
            propagation::communities(&graph, 0, NEVER).unwrap(),
            fluid::communities_of_parts(&graph, 2, &mut fluid::chance(0), NEVER).unwrap(),
        ] {
            assert_eq!(of.len(), expected.len());
        }
    }
}

#[derive(Deserialize)]
struct Recorded {
    name: String,
    n: usize,
    k: usize,
    max_iter: usize,
    adj: Vec<Vec<u32>>,
    log: Vec<Decision>,
    /// -1 where no community came in the sweeps there were.
    labels: Vec<i64>,
}

#[derive(Deserialize)]
enum Perm {
    #[serde(rename = "perm")]
    Word,
}

#[derive(Deserialize)]
enum Pick {
    #[serde(rename = "pick")]
    Word,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Decision {
    /// `perm` and an order of the vertices.
    Order(Perm, Vec<u32>),
    /// `pick`, which, of how many.
    Pick(Pick, usize, usize),
}

/// Decides as was decided, and fails where something else is to be decided.
struct Replay<'a> {
    name: &'a str,
    log: std::slice::Iter<'a, Decision>,
}

impl Chance for Replay<'_> {
    fn shuffle(&mut self, vertices: &mut [u32]) {
        match self.log.next() {
            Some(Decision::Order(Perm::Word, order)) => vertices.copy_from_slice(order),
            _ => panic!("{}: an order was not asked for here", self.name),
        }
    }

    fn pick(&mut self, count: usize) -> usize {
        match self.log.next() {
            Some(Decision::Pick(Pick::Word, picked, of)) => {
                assert_eq!(count, *of, "{}: number of equally good communities", self.name);
                *picked
            }
            _ => panic!("{}: nothing was picked here", self.name),
        }
    }
}

#[test]
fn recorded_runs_of_fluid_communities_come_out_the_same() {
    let cases: Vec<Recorded> = read("fluid_communities.json");
    assert_eq!(cases.len(), 28);
    for case in &cases {
        let edges = (0..).zip(&case.adj).flat_map(|(a, ends)| ends.iter().map(move |b| (a, *b, 1.0)));
        let graph = Graph::from_edges(case.n, edges);
        let mut replay = Replay { name: &case.name, log: case.log.iter() };
        let found = fluid::communities_within(&graph, case.k, case.max_iter, &mut replay, NEVER).unwrap();
        assert!(replay.log.next().is_none(), "{}: decisions are left", case.name);
        // networkx counts communities from the order of its sets: the groups are what matters.
        let expected: Vec<Option<u32>> = case.labels.iter().map(|label| u32::try_from(*label).ok()).collect();
        assert_eq!(first_seen(&found), first_seen(&expected), "{}", case.name);
    }
}

/// Groups counted in the order in which they are met.
fn first_seen(of: &[Option<u32>]) -> Vec<Option<usize>> {
    let mut met = Vec::new();
    of.iter()
        .map(|group| {
            let group = (*group)?;
            let place = met.iter().position(|known| *known == group);
            Some(place.unwrap_or_else(|| {
                met.push(group);
                met.len() - 1
            }))
        })
        .collect()
}

/// Groups of 32 with edges more likely within than between.
fn planted(groups: usize, size: usize, within: f64, between: f64, seed: u64) -> (Graph, Vec<Option<u32>>) {
    let mut random = fastrand::Rng::with_seed(seed);
    let n = groups * size;
    let mut edges = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            if random.f64() < if a / size == b / size { within } else { between } {
                edges.push((a as u32, b as u32, 1.0));
            }
        }
    }
    (Graph::from_edges(n, edges), (0..n).map(|v| Some((v / size) as u32)).collect())
}

fn ring_of_cliques() -> (Graph, Vec<Option<u32>>) {
    let within = (0..5).flat_map(|c| (0..4).flat_map(move |a| (0..a).map(move |b| (c * 4 + a, c * 4 + b, 1.0))));
    let between = (0..5).map(|c| (c * 4, (c * 4 + 5) % 20, 1.0));
    (Graph::from_edges(20, within.chain(between)), (0..20).map(|v| Some(v / 4)).collect())
}

#[test]
fn fluid_communities_agree_with_known_ones_as_often_as_networkx_does() {
    let mean = |graph: &Graph, known: &[Option<u32>], k: usize, seeds: u64| {
        let nmi = |seed| {
            let found = fluid::communities(graph, k, &mut fastrand::Rng::with_seed(seed), NEVER).unwrap();
            Contingency::new(&found, known).nmi()
        };
        let all: Vec<f64> = (0..seeds).map(nmi).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (all.len() - 1) as f64;
        (mean, (variance / all.len() as f64).sqrt())
    };
    let karate = golden().0.karate;
    let (graph, club) = (karate.graph(), some(&karate.club));
    // networkx's means over many seeds; a hundredth for the chance in which graphs were planted.
    let (found, error) = mean(&graph, &club, 2, 300);
    assert!((found - 0.692).abs() < 3.0 * error + 5e-4, "karate {found} ± {error}");
    let (graph, known) = ring_of_cliques();
    let (found, error) = mean(&graph, &known, 5, 300);
    assert!((found - 0.926).abs() < 3.0 * error + 5e-3, "ring {found} ± {error}");
    let (graph, known) = planted(4, 32, 0.5, 0.05, 1);
    let (found, error) = mean(&graph, &known, 4, 300);
    assert!((found - 0.993).abs() < 3.0 * error + 1e-2, "planted {found} ± {error}");
}

#[test]
fn at_rest_every_vertex_is_in_the_densest_community_around_it() {
    let mut random = fastrand::Rng::with_seed(3);
    // Ten thousand vertices a community, where a tolerance of 1e-4 decides wrongly.
    let n = 20_000u32;
    let near = (0..n).flat_map(|v| [(v, (v + 1) % n, 1.0), (v, (v + 2) % n, 1.0), (v, (v + 3) % n, 1.0)]);
    let far: Vec<_> = (0..n / 20).map(|_| (random.u32(..n), random.u32(..n), 1.0)).collect();
    let graph = Graph::from_edges(n as usize, near.chain(far));
    // Rest may take long; without it there is nothing to check.
    let of = fluid::communities_within(&graph, 2, 2000, &mut random, NEVER).unwrap();
    let mut sizes = [0u64; 2];
    of.iter().for_each(|of| sizes[of.unwrap() as usize] += 1);
    assert!(sizes.iter().all(|size| *size > 0));
    let violations = (0..n as usize)
        .filter(|vertex| {
            let mut counts = [0u64; 2];
            let own = of[*vertex].unwrap() as usize;
            counts[own] += 1;
            graph.neighbours(*vertex).iter().for_each(|other| counts[of[*other as usize].unwrap() as usize] += 1);
            counts[1 - own] * sizes[own] > counts[own] * sizes[1 - own]
        })
        .count();
    assert_eq!(violations, 0, "of communities with {sizes:?} vertices");
}

#[test]
fn there_are_as_many_fluid_communities_as_asked_for_and_none_is_empty() {
    let karate = golden().0.karate.graph();
    for k in [1, 2, 3, 10, 33, 34, 50] {
        let found = fluid::communities(&karate, k, &mut fastrand::Rng::with_seed(k as u64), NEVER).unwrap();
        let groups: BTreeSet<u32> = found.iter().map(|of| of.unwrap()).collect();
        assert_eq!(groups, (0..k.min(34) as u32).collect());
    }
    let edges = [(0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0)];
    let apart = Graph::from_edges(7, edges);
    assert_eq!(apart.components(), [vec![0, 1, 2], vec![3, 4], vec![5], vec![6]]);
    let found = fluid::communities_of_parts(&apart, 3, &mut fastrand::Rng::with_seed(0), NEVER).unwrap();
    let groups: BTreeSet<u32> = found.iter().flatten().copied().collect();
    assert_eq!(groups.len(), 3);
    assert_ne!(found[0], found[3], "what is apart is not in one community");
    assert!(fluid::communities(&Graph::default(), 3, &mut fastrand::Rng::with_seed(0), NEVER).unwrap().is_empty());
    assert!(fluid::communities(&karate, 3, &mut fastrand::Rng::with_seed(0), ALWAYS).is_none());
}

#[test]
fn leiden_is_as_good_as_leidenalg_and_modularity_is_that_of_networkx() {
    let karate = golden().0.karate;
    let graph = karate.graph();
    let club = modularity(&graph, &some(&karate.club), 1.0);
    assert!((club - karate.club_modularity).abs() < 1e-9, "{club} {}", karate.club_modularity);
    let found = leiden::communities(&graph, 1.0, 7);
    let reached = modularity(&graph, &found, 1.0);
    assert!(reached > karate.leiden_modularity - 1e-3, "{reached} {}", karate.leiden_modularity);
    assert_eq!(found, leiden::communities(&graph, 1.0, 7));
    assert_eq!(leiden::communities(&Graph::from_edges(3, []), 1.0, 0), [None; 3]);
}

#[test]
fn labels_propagate_within_what_is_dense() {
    let (graph, known) = ring_of_cliques();
    let best = (0..10).map(|seed| ari(&propagation::communities(&graph, seed, NEVER).unwrap(), &known));
    assert!(best.fold(0.0, f64::max) > 0.99);
    let (graph, known) = planted(4, 32, 0.6, 0.01, 2);
    let found = propagation::communities(&graph, 5, NEVER).unwrap();
    assert!(ari(&found, &known) > 0.95);
    assert_eq!(found, propagation::communities(&graph, 5, NEVER).unwrap());
    assert_eq!(propagation::communities(&Graph::from_edges(2, []), 0, NEVER).unwrap(), [None, None]);
    assert!(propagation::communities(&graph, 5, ALWAYS).is_none());
}

#[test]
fn edges_of_a_neighbour_graph_join_either_or_both() {
    let line = vectors(1, &[0.0, 1.0, 3.0, 3.5]);
    let graph = knn::exact(&line, Metric::Euclidean, 1, NEVER).unwrap();
    let ends =
        |joined| Graph::from_knn(&graph, Metric::Euclidean, joined).edges().map(|e| (e.0, e.1)).collect::<Vec<_>>();
    assert_eq!(ends(Joined::Either), [(0, 1), (2, 3)]);
    let graph = knn::exact(&line, Metric::Euclidean, 2, NEVER).unwrap();
    assert_eq!(
        ends_of(&Graph::from_knn(&graph, Metric::Euclidean, Joined::Either)),
        [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
    );
    assert_eq!(ends_of(&Graph::from_knn(&graph, Metric::Euclidean, Joined::Mutual)), [(0, 1), (1, 2), (2, 3)]);
    let weights: Vec<f32> = Graph::from_knn(&graph, Metric::Euclidean, Joined::Either).edges().map(|e| e.2).collect();
    assert!(weights.iter().all(|weight| *weight > 0.0 && *weight <= 1.0));
}

fn ends_of(graph: &Graph) -> Vec<(u32, u32)> {
    graph.edges().map(|edge| (edge.0, edge.1)).collect()
}
