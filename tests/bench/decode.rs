//! Photographs of twelve million pixels: how long they take to decode, and what networks see of them when they are scaled
//! meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tiramisu::domain::{Decoding, Matrix, Resizing};
use tiramisu::images;
use tiramisu::network::{self, Graph, NetworkChoice};

use super::network::{shared, squeezenet};
use super::python;
use super::table::{Table, median};
use super::worth::{pictures_in, pooled};

/// Photographs used for speed.
pub const PHOTOGRAPHS: usize = 60;
/// Rounds of which the median counts; in each, ours and the peer take turns.
const ROUNDS: usize = 5;
/// Photographs of each kind whose features are compared.
const COMPARED: [(&str, usize); 3] = [("grain", 300), ("text", 60), ("texture", 60)];
/// Neighbours that are compared.
const K: usize = 10;
const THUMBNAIL_PX: u32 = 192;

/// Speed beside Pillow.
pub fn measure_speed(table: &mut Table) {
    with_photographs(table, PHOTOGRAPHS, "grain", speed);
}

/// Features of scaled and of whole decoding.
pub fn measure_likeness(table: &mut Table) {
    for (kind, count) in COMPARED {
        with_photographs(table, count, kind, |table, folder| likeness(table, folder, kind));
    }
}

/// Makes photographs, and removes them again.
pub fn with_photographs(table: &mut Table, count: usize, kind: &str, measure: impl FnOnce(&mut Table, &Path)) {
    let what = format!("{count} photographs with {kind}");
    let Some(pictures) = shared("images/imagenet_samples") else {
        return table.skip(what, "../shared/images is not there");
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    match make(&pictures, folder.path(), count, kind) {
        Ok(()) => measure(table, folder.path()),
        Err(why) => table.skip(what, &why),
    }
}

fn make(pictures: &Path, folder: &Path, count: usize, kind: &str) -> Result<(), String> {
    let count = count.to_string();
    let args = ["make".as_ref(), pictures.as_os_str(), folder.as_os_str(), count.as_ref(), kind.as_ref()];
    python::ask("decode_peers.py", args).map(|_| ())
}

/// Milliseconds of the processor a photograph, one after the other.
fn speed(table: &mut Table, folder: &Path) {
    let paths: Vec<PathBuf> = pictures_in(folder).into_iter().map(|(path, _)| path).collect();
    let scaled = network::load(&NetworkChoice::Builtin).expect("it is part of the program").preprocessing.resizing();
    let whole = Resizing { decoding: Decoding::Whole, ..scaled };
    let side = scaled.width.to_string();
    let mut times: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut ours = |name: &str, work: &dyn Fn(&Path)| {
            let begun = cpu_secs();
            paths.iter().for_each(|path| work(path));
            let ms = (cpu_secs() - begun) / paths.len() as f64 * 1e3;
            times.entry(name.to_owned()).or_default().push(ms);
        };
        let seen = |resizing: &Resizing, path: &Path| drop(images::network_input(path, resizing).expect("a picture"));
        ours("ours, scaled", &|path| seen(&scaled, path));
        ours("ours, scaled, with a thumbnail", &|path| {
            drop(images::prepare(path, &scaled, THUMBNAIL_PX).expect("a picture"));
        });
        ours("ours, whole", &|path| seen(&whole, path));
        let args = ["time".as_ref(), folder.as_os_str(), side.as_ref()];
        for answer in python::ask("decode_peers.py", args).expect("it made photographs before") {
            let name = answer["name"].as_str().expect("a name").to_owned();
            times.entry(name).or_default().push(answer["ms"].as_f64().expect("a time"));
        }
    }
    for (name, times) in times {
        table.add(format!("12 megapixels decoded and resized, {name}"), median(times), "ms of CPU");
    }
}

/// How long this thread has been at work; where the system does not say, how late it is.
fn cpu_secs() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.map_or_else(
        || std::time::UNIX_EPOCH.elapsed().expect("it is later than that").as_secs_f64(),
        |nanos| nanos / 1e9,
    )
}

/// How near the features of scaled photographs are to those of whole ones.
fn likeness(table: &mut Table, folder: &Path, kind: &str) {
    let paths: Vec<PathBuf> = pictures_in(folder).into_iter().map(|(path, _)| path).collect();
    let mut networks = vec![NetworkChoice::Builtin];
    match squeezenet() {
        Some(prototxt) => networks.push(NetworkChoice::from_file(&prototxt).expect("both halves are there")),
        None => table.skip("scaled and whole, SqueezeNet v1.0", "../shared/models is not there"),
    }
    for choice in networks {
        let graph = network::load(&choice).expect("the network loads");
        let last = (0..graph.nodes.len()).rfind(|layer| graph.nodes[*layer].stored_by_default).expect("one is stored");
        let classes = graph.class_layer();
        let wanted: Vec<usize> = [Some(last), classes].into_iter().flatten().collect();
        let [whole, scaled] = Decoding::ALL.map(|decoding| {
            let mut graph: Graph = graph.clone();
            graph.preprocessing.decoding = decoding;
            pooled(&Arc::new(graph), &wanted, &paths)
        });
        let what = format!("{}, {} photographs, {kind}, scaled and whole", graph.name, paths.len());
        let mut cosines: Vec<f64> =
            (0..paths.len()).map(|row| cosine(&values(&whole[0], row), &values(&scaled[0], row))).collect();
        cosines.sort_by(f64::total_cmp);
        table.add(format!("{what}: cosine at {}, median", graph.nodes[last].name), cosines[cosines.len() / 2], "");
        table.add(format!("{what}: least"), cosines[0], "");
        let shared = |row: usize| {
            let (whole, scaled) = (nearest(&whole[0], row), nearest(&scaled[0], row));
            whole.iter().filter(|other| scaled.contains(other)).count() as f64 / K as f64
        };
        let kept: f64 = (0..paths.len()).map(shared).sum();
        table.add(format!("{what}: same among {K} neighbours"), kept / paths.len() as f64, "");
        if classes.is_some() {
            let first = |scores: &Matrix, row: usize| {
                let scores = values(scores, row);
                (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
            };
            let same = (0..paths.len()).filter(|row| first(&whole[1], *row) == first(&scaled[1], *row)).count();
            table.add(format!("{what}: same first class"), same as f64 / paths.len() as f64, "");
        }
    }
}

fn values(matrix: &Matrix, row: usize) -> Vec<f64> {
    matrix.row(row).iter().map(f64::from).collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// The rows nearest to one, itself left out.
fn nearest(matrix: &Matrix, row: usize) -> Vec<usize> {
    let probe = values(matrix, row);
    let mut others: Vec<(f64, usize)> = (0..matrix.rows())
        .filter(|other| *other != row)
        .map(|other| (cosine(&probe, &values(matrix, other)), other))
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    others.into_iter().take(K).map(|(_, other)| other).collect()
}
