//! Neighbours in large collections: every vector compared, and an index with its recall, beside faiss and Lance's own
//! Python package on the same vectors.

use std::path::Path;
use std::time::Instant;

use half::f16;
use tiramisu::analysis::kmeans::coarse;
use tiramisu::analysis::neighbours::{self, NeighbourIndex, Scan};
use tiramisu::analysis::recall;
use tiramisu::domain::{ImageId, IndexKind, IndexRecord, Matrix, Metric, Neighbour, Pooling, StoredLayer, Vectors};
use tiramisu::store::{FeatureRows, FeatureSpec, FeatureTable, IndexCells, Recorder, Workspace, index_cells};

use super::python;
use super::table::Table;

/// Images and numbers of a vector.
const SIZES: [(usize, usize); 3] = [(100_000, 512), (1_000_000, 128), (1_000_000, 512)];
/// Vectors lie in so many clusters, with as much spread within them as between two neighbouring ones.
const CLUSTERS: usize = 1000;
const PROBES: usize = 200;
const K: usize = 10;
/// Cells looked into, and candidates looked at exactly for each that is wanted.
const EFFORTS: [(usize, u32); 3] = [(4, 2), (8, 4), (16, 8)];

/// Recall and milliseconds a question.
pub fn measure(table: &mut Table) {
    for (rows, channels) in SIZES {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (workspace, features, spec) = write(dir.path(), rows, channels);
        let source = spec.columns[0].0.clone();
        let vectors = features.vectors(&source).expect("vectors");
        let probes: Vec<ImageId> = (0..PROBES).map(|probe| ImageId((probe * (rows / PROBES)) as u32)).collect();
        let what = format!("{rows} x {channels}");

        let index = NeighbourIndex::new(&vectors);
        let search = Scan { metric: Metric::Cosine, k: K, exclude: &[], among: None };
        let (exact, times) = ask(&probes, &vectors, |probe| index.exact_among(&vectors, probe, &search, &|| false));
        add(table, &format!("{what}, every vector compared"), 1.0, times);

        let recorder = workspace.recorder().expect("a writer");
        let begun = Instant::now();
        build(&recorder, &spec, &source, &vectors);
        table.add(format!("{what}, IVF_RQ built"), begun.elapsed().as_secs_f64(), "s");
        let mut reader = features.reader();
        reader.refresh().expect("the index's commit");
        for (cells, refine) in EFFORTS {
            let record = record(&source, rows, cells, refine);
            let find = |probe: &[f32]| reader.nearest(&record, probe, K).expect("neighbours");
            let (found, times) = ask(&probes, &vectors, find);
            let recalls = recall::over(found.iter().zip(&exact).map(|(found, exact)| (&found[..], &exact[..])), K);
            add(table, &format!("{what}, IVF_RQ, {cells} cells, refined {refine} x"), recalls.mean, times);
        }
        let (cells, refine) = EFFORTS[0];
        let record = record(&source, rows, cells, refine);
        let (found, times) = ask(&probes, &vectors, |probe| {
            let promising = reader.promising(&record, probe, K).expect("an answer").expect("finite distances");
            index.exact_of(&vectors, probe, &search, &promising)
        });
        let recalls = recall::over(found.iter().zip(&exact).map(|(found, exact)| (&found[..], &exact[..])), K);
        let name = format!("{what}, the same, vectors in memory, {cells} cells, refined {refine} x");
        add(table, &name, recalls.mean, times);
        recorder.save_index(&spec.table_name(), record.clone()).expect("the index is remembered");
        let before = workspace.reads();
        let (found, times) = ask(&probes, &vectors, |probe| {
            reader.refresh().expect("the newest version");
            assert_eq!(reader.indices().expect("the indices").len(), 1);
            reader.nearest(&record, probe, K).expect("neighbours")
        });
        let reads = workspace.reads();
        let recalls = recall::over(found.iter().zip(&exact).map(|(found, exact)| (&found[..], &exact[..])), K);
        add(
            table,
            &format!("{what}, the same, as the window asks, {cells} cells, refined {refine} x"),
            recalls.mean,
            times,
        );
        let a_question = |before: u64, after: u64| (after - before) as f64 / (PROBES + 1) as f64;
        table.add(format!("{what}, read for such a question"), a_question(before.bytes, reads.bytes) / 1e3, "kB");
        table.add(
            format!("{what}, reads of files for such a question"),
            a_question(before.requests, reads.requests),
            "",
        );
        peers(table, &what, dir.path(), &vectors, &spec);
    }
}

/// A workspace with a table of clustered vectors, the same every time.
pub fn write(dir: &Path, rows: usize, channels: usize) -> (Workspace, FeatureTable, FeatureSpec) {
    let source = StoredLayer { layer: "layer".to_owned(), pooling: Pooling::Average };
    let spec = FeatureSpec {
        network: "generated".to_owned(),
        fingerprint: "0".repeat(16),
        precision: None,
        preprocessing: "{}".to_owned(),
        columns: vec![(source, channels)],
    };
    let mut workspace = Workspace::open_or_create(&dir.join("workspace"), dir).expect("a workspace");
    let mut table = workspace.features(&spec).expect("a table");
    append_rows(&mut table, rows, channels, |row| row.to_string());
    (workspace, table, spec)
}

/// Appends clustered vectors of one layer, the same every time, of images at such paths.
pub fn append_rows(table: &mut FeatureTable, rows: usize, channels: usize, path: impl Fn(usize) -> String) {
    let source = table.spec().columns[0].0.clone();
    let mut random = fastrand::Rng::with_seed(1);
    let mut normal = move || (0..4).map(|_| random.f32() - 0.5).sum::<f32>() * 1.7;
    let middles: Vec<f32> = (0..CLUSTERS * channels).map(|_| normal()).collect();
    for first in (0..rows).step_by(50_000) {
        let ids: Vec<u32> = (first..(first + 50_000).min(rows)).map(|id| id as u32).collect();
        // Of the product's upper bits: by the lower ones every 32nd image, as a sample may be, would be of every eighth cluster.
        let row = |id: &u32| (id.wrapping_mul(2_654_435_761) >> 12) as usize % CLUSTERS * channels;
        let starts: Vec<usize> = ids.iter().map(row).collect();
        let values: Vec<f16> = starts
            .iter()
            .flat_map(|start| &middles[*start..start + channels])
            .map(|middle| f16::from_f32((middle + 0.7 * normal()).max(0.0)))
            .collect();
        let rows = FeatureRows {
            ids: ids.iter().map(|id| ImageId(*id)).collect(),
            paths: ids.iter().map(|id| path(*id as usize)).collect(),
            labels: vec![None; ids.len()],
            values: vec![(source.clone(), values.into())],
        };
        table.append(rows).expect("rows are written");
    }
}

/// Builds an index as the program does: in cells of our own.
pub fn build(recorder: &Recorder, spec: &FeatureSpec, source: &StoredLayer, vectors: &Vectors) {
    let rows = vectors.ids.len();
    let count = index_cells(rows);
    let some: Vec<usize> = (0..rows).step_by((rows / (count * 64)).max(1)).collect();
    let centres =
        coarse::of_sample(&vectors.rows(&some), Metric::Cosine, count, 10, &|_| {}, &|| false).expect("not stopped");
    let nearest =
        |matrix: Matrix| coarse::nearest(&Vectors { ids: Vec::new(), matrix }, Metric::Cosine, &centres, 1, &|| false);
    let cells = IndexCells { centres: centres.clone(), nearest: &nearest };
    let name = spec.table_name();
    let built = recorder.build_index_in(&name, source, IndexKind::IvfRq, Metric::Cosine, Some(&cells), &|_| true);
    assert!(built.expect("an index").is_some(), "nobody stops it");
}

/// An index that looks into so many cells and refines so often.
pub fn record(source: &StoredLayer, rows: usize, probes: usize, refine: u32) -> IndexRecord {
    IndexRecord {
        source: source.clone(),
        kind: IndexKind::IvfRq,
        metric: Metric::Cosine,
        rows,
        built_rows: rows,
        probes,
        refine,
        recall: 0.0,
        least_recall: 0.0,
        measured_k: K,
        measured_probes: PROBES,
        median_ms: 0.0,
        p99_ms: 0.0,
        exact_median_ms: 0.0,
        built_secs: 0.0,
        measured_unix_secs: 0,
        extended: None,
    }
}

/// The answers, and milliseconds each took.
fn ask(
    probes: &[ImageId],
    vectors: &Vectors,
    mut find: impl FnMut(&[f32]) -> Vec<Neighbour>,
) -> (Vec<Vec<Neighbour>>, Vec<f64>) {
    let probe = |id: &ImageId| neighbours::probe_of(vectors, *id).expect("it has a vector");
    // Files are opened once.
    find(&probe(&probes[0]));
    let mut answers = Vec::new();
    let mut times = Vec::new();
    for id in probes {
        let probe = probe(id);
        let begun = Instant::now();
        answers.push(find(&probe));
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    (answers, times)
}

fn add(table: &mut Table, what: &str, recall: f64, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    table.add(what, at(0.5), &format!("ms; 99 % within {:.1} ms; recall@{K} {recall:.3}", at(0.99)));
}

/// Whatever `neighbour_peers.py` finds installed.
fn peers(table: &mut Table, what: &str, dir: &Path, vectors: &Vectors, spec: &FeatureSpec) {
    let npy = dir.join("vectors.npy");
    python::write_vectors(&npy, vectors).expect("the vectors are written");
    let lance = dir.join("workspace").join(format!("{}.lance", spec.table_name()));
    let column = spec.columns[0].0.column();
    let (k, probes) = (K.to_string(), PROBES.to_string());
    let args = [npy.as_os_str(), lance.as_os_str(), column.as_ref(), k.as_ref(), probes.as_ref()];
    let answers = match python::ask("neighbour_peers.py", args) {
        Ok(answers) => answers,
        Err(why) => return table.skip(format!("{what}, faiss and pylance"), &why),
    };
    for found in answers {
        let name = format!("{what}, {}", found["program"].as_str().unwrap_or("?"));
        match (found["median_ms"].as_f64(), found["p99_ms"].as_f64(), found["recall"].as_f64()) {
            (Some(median), Some(p99), Some(recall)) => {
                table.add(name, median, &format!("ms; 99 % within {p99:.1} ms; recall@{K} {recall:.3}"));
            }
            _ => table.skip(name, found["skipped"].as_str().unwrap_or("failed")),
        }
    }
}
