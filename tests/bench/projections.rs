//! Maps beside scikit-learn's, umap-learn's, openTSNE's and pacmap's of the same vectors: how far each can be believed, and
//! how long it takes from the vectors on.

use std::time::Instant;

use tiramisu::analysis::{KnnGraph, Pacmap, Umap, faithfulness, knn, pacmap, pca, tsne, umap};

use super::python;
use super::sets::Set;
use super::table::{Table, median};

/// Neighbours by which maps are judged.
const JUDGED: usize = 15;
/// Neighbours that vote for a label.
const VOTES: usize = 10;
/// What takes less is run so many times more: one run of a few milliseconds says more of the machine than of the program.
const SHORT_SECS: f64 = 0.1;
const SHORT_RUNS: usize = 25;

/// Trustworthiness, neighbours kept, accuracy of labels on the map, seconds.
pub fn measure(table: &mut Table) {
    let pictures = Set::pictures();
    if pictures.is_none() {
        table.skip("maps of pictures", "../shared is not there");
    }
    for set in [Some(Set::digits()), pictures, Some(Set::generated(20_000, 256, 50))].into_iter().flatten() {
        let truth = knn::exact(&set.vectors, set.metric, JUDGED, &|| false).expect("nobody stops it");
        for (name, lay_out) in METHODS {
            let (points, secs) = timed(|| lay_out(&set));
            add(table, &set, &truth, &format!("ours, {name}"), &points, secs);
        }
        peers(table, &set, &truth);
    }
}

/// What comes of some work, and how long it takes: the median of many runs where it is over at once, as in
/// `projection_peers.py`.
fn timed<T>(work: impl Fn() -> T) -> (T, f64) {
    let run = || {
        let begun = Instant::now();
        (work(), begun.elapsed().as_secs_f64())
    };
    let (made, secs) = run();
    let secs = if secs < SHORT_SECS { median((0..SHORT_RUNS).map(|_| run().1).collect()) } else { secs };
    (made, secs)
}

type Method = fn(&Set) -> Vec<[f32; 2]>;

const METHODS: [(&str, Method); 4] = [("PCA", by_pca), ("UMAP", by_umap), ("t-SNE", by_tsne), ("PaCMAP", by_pacmap)];

fn by_pca(set: &Set) -> Vec<[f32; 2]> {
    pca::project(&set.vectors, &|| false).expect("nobody stops it").points
}

fn by_umap(set: &Set) -> Vec<[f32; 2]> {
    // umap-learn's 15 count the row itself.
    let mut layout = Umap::new(&graph(set, 14), &by_pca(set), umap::Options::default());
    while layout.step(50, &|| false) {}
    layout.points().to_vec()
}

fn by_tsne(set: &Set) -> Vec<[f32; 2]> {
    tsne::lay_out(&graph(set, 90), &by_pca(set), |_, _| (), &|| false).expect("nobody stops it")
}

fn by_pacmap(set: &Set) -> Vec<[f32; 2]> {
    let near = graph(set, pacmap::candidates(set.vectors.ids.len()));
    let layout = Pacmap::new(&set.vectors, set.metric, &near, &by_pca(set), 0, &|| false);
    let mut layout = layout.expect("nobody stops it");
    while layout.step(50, &|| false) {}
    layout.points().to_vec()
}

fn graph(set: &Set, k: usize) -> KnnGraph {
    knn::exact(&set.vectors, set.metric, k, &|| false).expect("nobody stops it")
}

fn add(table: &mut Table, set: &Set, truth: &KnnGraph, what: &str, points: &[[f32; 2]], secs: f64) {
    let judged = faithfulness::measure(&set.vectors, set.metric, truth, points, JUDGED, &|| false);
    let judged = judged.expect("nobody stops it");
    let accuracy = faithfulness::label_accuracy(points, &set.kinds, VOTES);
    let quality = format!(
        "s; trustworthiness@{JUDGED} {:.4}, {JUDGED} neighbours kept {:.3}, label of {VOTES} neighbours {accuracy:.3}",
        judged.trustworthiness, judged.kept
    );
    table.add(format!("{}: {what}", set.name), secs, &quality);
}

/// Whatever `projection_peers.py` finds installed.
fn peers(table: &mut Table, set: &Set, truth: &KnnGraph) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let npy = dir.path().join("vectors.npy");
    python::write_vectors(&npy, &set.vectors).expect("the vectors are written");
    let metric = set.metric.word();
    let answers = match python::ask("projection_peers.py", [npy.as_os_str(), metric.as_ref(), dir.path().as_os_str()]) {
        Ok(answers) => answers,
        Err(why) => return table.skip(format!("{}: other programs", set.name), &why),
    };
    for answer in answers {
        let name = answer["program"].as_str().unwrap_or("?").to_owned();
        match (answer["points"].as_str(), answer["seconds"].as_f64()) {
            (Some(points), Some(secs)) => {
                let numbers = python::read_numbers(points.as_ref()).expect("points that were written");
                let numbers: Vec<f32> = numbers.into_iter().map(f32::from_le_bytes).collect();
                add(table, set, truth, &name, numbers.as_chunks::<2>().0, secs);
            }
            _ => table.skip(format!("{}: {name}", set.name), answer["skipped"].as_str().unwrap_or("failed")),
        }
    }
}
