//! What a person waits for in a million pictures: principal components, how far their map can be believed, groups, copies, and
//! an index, beside scikit-learn, faiss and usearch on the same vectors. `TIRAMISU_BENCH_ROWS` makes it fewer.

use std::ffi::OsStr;
use std::time::Instant;

use tiramisu::analysis::duplicates::Suspects;
use tiramisu::analysis::kmeans;
use tiramisu::analysis::neighbours::{self, NeighbourIndex, Scan};
use tiramisu::analysis::{faithfulness, pca, recall};
use tiramisu::domain::{DuplicateWish, ImageId, IndexRecord, Metric, Neighbour, StoredLayer, Vectors, Within};
use tiramisu::store::{FeatureSpec, FeatureTable, Workspace};

use super::table::{Table, median};
use super::{growth, neighbours as tables, notebook, python};

const ROWS: usize = 1_000_000;
const CHANNELS: usize = 512;
const COUNT: usize = 50;
const PROBES: usize = 200;
const K: usize = 10;

/// Seconds.
pub fn measure(table: &mut Table) {
    let rows = std::env::var("TIRAMISU_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (workspace, mut features, spec) = tables::write(dir.path(), rows, CHANNELS);
    let source = spec.columns[0].0.clone();
    let what = |method: &str| format!("{method}, {rows} x {CHANNELS}");
    let vectors = features.vectors(&source).expect("vectors");

    let begun = Instant::now();
    let plane = pca::project(&vectors, &|| false).expect("nobody stops it");
    table.add(what("principal components"), begun.elapsed().as_secs_f64(), "s");
    let begun = Instant::now();
    let judged = faithfulness::measure_by_sample(&vectors, Metric::Cosine, &plane.points, 15, &|| false);
    let judged = judged.expect("nobody stops it").in_words();
    table.add(what("how far that map can be believed"), begun.elapsed().as_secs_f64(), &format!("s; {judged}"));

    let begun = Instant::now();
    let options = kmeans::Options { count: COUNT, metric: Metric::Euclidean, ..kmeans::Options::default() };
    let found = kmeans::group(&vectors, options, &|| false).expect("nobody stops it");
    let inertia = format!("s; inertia {:.4e}, {} sweeps over all", found.inertia, found.sweeps);
    table.add(what("k-means, 50 groups"), begun.elapsed().as_secs_f64(), &inertia);

    let begun = Instant::now();
    let wanted = Within::Share { share: DuplicateWish::SHARE };
    let near = Suspects::find(&vectors, Metric::Cosine, wanted, 30, &|_| {}, &|| false).expect("nobody stops it");
    let near = near.map_or(0, |near| near.rows.len());
    table.add(what("what may have copies"), begun.elapsed().as_secs_f64(), &format!("s; {near} rows"));

    index(table, &what, &workspace, &mut features, &spec, &source, &vectors);
    let npy = dir.path().join("vectors.npy");
    python::write_vectors(&npy, &vectors).expect("the vectors are written");
    drop(vectors);
    let (count, k, probes) = (COUNT.to_string(), K.to_string(), PROBES.to_string());
    peers(table, &what, ["groups".as_ref(), npy.as_os_str(), count.as_ref()]);
    peers(table, &what, ["indices".as_ref(), npy.as_os_str(), k.as_ref(), probes.as_ref()]);
}

/// What other programs say of the same vectors.
fn peers<const N: usize>(table: &mut Table, what: &dyn Fn(&str) -> String, args: [&OsStr; N]) {
    match python::ask("million_peers.py", args) {
        Err(why) => table.skip(what("other programs"), &why),
        Ok(answers) => {
            for answer in answers {
                let name = what(answer["program"].as_str().unwrap_or("?"));
                match answer["seconds"].as_f64() {
                    Some(secs) => table.add(name, secs, &format!("s; {}", answer["more"].as_str().unwrap_or(""))),
                    None => table.skip(name, answer["skipped"].as_str().unwrap_or("failed")),
                }
            }
        }
    }
}

/// Builds an index as the program does, and asks it.
fn index(
    table: &mut Table,
    what: &dyn Fn(&str) -> String,
    workspace: &Workspace,
    features: &mut FeatureTable,
    spec: &FeatureSpec,
    source: &StoredLayer,
    vectors: &Vectors,
) {
    let rows = vectors.ids.len();
    let recorder = workspace.recorder().expect("a writer");
    let before = growth::resident_mib("VmRSS:");
    growth::forget_peak();
    let processor_secs = || notebook::cpu_secs_of(std::process::id());
    let begun = (Instant::now(), processor_secs());
    tables::build(&recorder, spec, source, vectors);
    let (secs, processor) = (begun.0.elapsed().as_secs_f64(), processor_secs() - begun.1);
    let memory = (growth::resident_mib("VmHWM:") - before).max(0.0) * 1.048_576e-3;
    features.refresh().expect("the index's commit");
    let record = IndexRecord { probes: 8, refine: 4, ..tables::record(source, rows, 8, 4) };
    let exact = NeighbourIndex::new(vectors);
    let search = Scan { metric: Metric::Cosine, k: K, exclude: &[], among: None };
    let mut times: Vec<f64> = Vec::new();
    let mut lists: Vec<(Vec<Neighbour>, Vec<Neighbour>)> = Vec::new();
    for probe in 0..PROBES {
        let probe = neighbours::probe_of(vectors, ImageId((probe * (rows / PROBES)) as u32)).expect("it has a vector");
        let begun = Instant::now();
        let found = features.nearest(&record, &probe, K).expect("neighbours");
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        lists.push((found, exact.exact_among(vectors, &probe, &search, &|| false)));
    }
    let recalls = recall::over(lists.iter().map(|(found, exact)| (&found[..], &exact[..])), K);
    let more = format!(
        "s; CPU {processor:.1} s; {memory:.2} GB beyond what was there; {:.1} ms a question; recall@{K} {:.3}",
        median(times),
        recalls.mean
    );
    table.add(what("IVF_RQ built"), secs, &more);
}
