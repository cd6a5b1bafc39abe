//! How much memory the full-network embedding takes: the codes once, and not the vectors they are made of.

use std::path::Path;
use std::process::Command;

use half::f16;
use tiramisu::analysis::embedding::{SAMPLE_ROWS, TernaryCodes};
use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Metric, NeighbourWish, Pooling, Representation, StoredLayer};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Look, NetworkFile, Request, Thresholds};
use tiramisu::store::{FeatureRows, FeatureSpec, NewImage, Workspace};

use crate::support::listener::{Listener, options};

/// What the child is to do: `fixed`, `quantiles` or `ask`, and in which folder.
const DOES: &str = "TIRAMISU_TEST_EMBEDS";
/// What a process takes beside the codes, however many there are: pieces of tables on their way, threads, and the pages of its own
/// code that are touched for the first time meanwhile.
const BESIDE: u64 = 160 << 20;
const IMAGES: u32 = 24_576;
/// As wide as layers are; of one, the vectors of all images are larger than what is allowed.
const LAYERS: usize = 2;
const CHANNELS: usize = 4096;

/// Does nothing unless the test below asks it for the memory of an embedding, in a process of its own.
#[test]
fn an_embedding_that_is_to_be_made_alone() {
    let Ok(does) = std::env::var(DOES) else { return };
    let (does, dir) = does.split_once(' ').expect("what, and where");
    let dir = Path::new(dir);
    let mut listener = Listener::start(options(dir));
    listener.open(&dir.join("pictures"), &dir.join("workspace"), NetworkFile::Vectors("mine".to_owned()), false);
    listener.until("all images", |event| matches!(event, Event::Walked { .. }).then_some(()));
    let before = most_kib();
    match does {
        "ask" => {
            let source = StoredLayer { layer: "layer0".to_owned(), pooling: Pooling::Average };
            let wish = NeighbourWish::of(ImageId(7), source, Metric::Cosine, 3);
            let wish = NeighbourWish { at: Representation::Embedding, ..wish };
            listener.engine.send(Request::Look(Look::Neighbours(wish)));
            let searched = listener.until("neighbours", |event| match event {
                Event::Neighbours(list) => Some(list.searched),
                Event::Problem { problem, .. } => panic!("{problem}"),
                _ => None,
            });
            assert_eq!(searched, IMAGES as usize);
        }
        thresholds => {
            let thresholds = match thresholds {
                "fixed" => Thresholds::default(),
                _ => Thresholds::Quantiles { low: 0.3, high: 0.7 },
            };
            listener.engine.send(Request::Analyse(AnalysisWish::Embed(thresholds)));
            let images = listener.until("an embedding", |event| match event {
                Event::Answered(AnalysisAnswer::Embedding(summary)) => Some(summary.images),
                Event::Problem { problem, .. } => panic!("{problem}"),
                _ => None,
            });
            assert_eq!(images, IMAGES as usize);
        }
    }
    println!("{DOES} {}", (most_kib() - before) << 10);
}

/// The most that this process ever held.
fn most_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of this process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the most it held");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// How much more memory a process has that does so.
fn memory_of(does: &str, dir: &Path) -> u64 {
    let child = Command::new(std::env::current_exe().expect("these tests"))
        .args(["engine::memory::an_embedding_that_is_to_be_made_alone", "--exact", "--nocapture"])
        .env(DOES, format!("{does} {}", dir.display()))
        .output()
        .expect("the tests start");
    let said = [child.stdout, child.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let told = said[0].lines().find_map(|line| line.split_once(DOES)).unwrap_or_else(|| panic!("it said {said:?}")).1;
    told.trim().parse().expect("a number")
}

/// FNV-1a, by which vectors of one's own are told from others.
fn fingerprint(name: &str) -> String {
    let bytes = format!("vectors {name}").into_bytes();
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(target_os = "linux")]
#[test]
fn an_embedding_takes_its_codes_in_memory_once_and_not_the_vectors() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(dir.path().join("pictures")).expect("a folder");
    let mut workspace =
        Workspace::open_or_create(&dir.path().join("workspace"), &dir.path().join("pictures")).expect("a workspace");
    let record = |id: u32| ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("{id}.jpg"), raw: None },
        label: None,
        width: 8,
        height: 8,
        file_bytes: u64::from(id),
        modified_unix_secs: 1_700_000_000,
        problem: None,
    };
    let images = (0..IMAGES).map(|id| NewImage { record: record(id), thumbnail: None });
    workspace.append_images(images.collect()).expect("images");
    let layer = |number: usize| StoredLayer { layer: format!("layer{number}"), pooling: Pooling::Average };
    let columns = (0..LAYERS).map(|number| (layer(number), CHANNELS)).collect();
    let spec = FeatureSpec::of_vectors("mine", fingerprint("mine"), "a test", columns);
    let mut table = workspace.features(&spec).expect("a table");
    let mut random = fastrand::Rng::with_seed(3);
    let pool: Vec<f16> = (0..1 << 16).map(|_| f16::from_f32(random.f32() - 0.5)).collect();
    for first in (0..IMAGES).step_by(4096) {
        let ids = first..IMAGES.min(first + 4096);
        let mut values = |_: usize| {
            let mut values: Vec<f16> = Vec::with_capacity(ids.len() * CHANNELS);
            for _ in ids.clone() {
                let place = random.usize(..pool.len() - CHANNELS);
                values.extend_from_slice(&pool[place..place + CHANNELS]);
            }
            values
        };
        let rows = FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(|id| format!("{id}.jpg")).collect(),
            labels: vec![None; ids.len()],
            values: (0..LAYERS).map(|number| (layer(number), values(number).into())).collect(),
        };
        table.append(rows).expect("vectors");
    }
    drop((table, workspace));
    let codes = TernaryCodes::memory_bytes(IMAGES as usize, LAYERS * CHANNELS);
    let of_a_layer = u64::from(IMAGES) * CHANNELS as u64 * 2;
    assert!(of_a_layer > BESIDE, "whoever held a layer would be seen");
    // Quantiles are those of some images, all numbers of which are looked at.
    let sample = (SAMPLE_ROWS * CHANNELS * 2) as u64;
    for (does, allowed) in
        [("fixed", codes + BESIDE), ("ask", codes + BESIDE), ("quantiles", codes + 2 * sample + BESIDE)]
    {
        let memory = memory_of(does, dir.path());
        eprintln!("{does}: {} MB of codes, at most {} MB more memory", codes >> 20, memory >> 20);
        assert!(memory <= allowed, "{does}: {memory} bytes for {codes} of codes, where {allowed} are allowed");
    }
}
