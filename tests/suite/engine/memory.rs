//! How much memory the full-network embedding takes: not that of the vectors it is made of, and what is kept of it is written and
//! read some images at a time.

use std::ops::ControlFlow;
use std::path::Path;

use half::f16;
use tiramisu::analysis::embedding::{SAMPLE_ROWS, TernaryCodes};
use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Metric, NeighbourWish, Pooling, Representation, StoredLayer};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Look, NetworkFile, Request, Thresholds};
use tiramisu::store::{FeatureRows, FeatureSpec, LayerNumbers, NewImage, StoredEmbedding, Workspace};

use crate::support::listener::{Listener, options};
use crate::support::memory::{most_bytes, numbers_of};

/// What the child is to do: `fixed`, `quantiles`, `ask`, `keep` or `read`, and in which folder.
const DOES: &str = "TIRAMISU_TEST_EMBEDS";
/// What a process takes beside the codes, however many images there are: pieces of tables on their way, what the allocator holds
/// for the next ones, threads, and the pages of its own code that are touched for the first time meanwhile.
const BESIDE: u64 = 416 << 20;
/// The same where codes alone are written or read.
const BESIDE_CODES: u64 = 344 << 20;
const IMAGES: u32 = 65_536;
/// As wide as layers are: the vectors of all images take more than is allowed.
const CHANNELS: usize = 4096;
/// Images and features whose codes take more than is allowed, too.
const CODED: [usize; 2] = [IMAGES as usize, 24_576];

/// Does nothing unless the test below asks it for the memory of an embedding, in a process of its own.
#[test]
fn an_embedding_that_is_to_be_made_alone() {
    let Ok(does) = std::env::var(DOES) else { return };
    let (does, dir) = does.split_once(' ').expect("what, and where");
    let dir = Path::new(dir);
    if let "keep" | "read" = does {
        return println!("{DOES} {}", memory_of_codes(does == "keep", dir));
    }
    let mut listener = Listener::start(options(dir));
    listener.open(&dir.join("pictures"), &dir.join("workspace"), NetworkFile::Vectors("mine".to_owned()), false);
    listener.until("all images", |event| matches!(event, Event::Walked { .. }).then_some(()));
    let before = most_bytes();
    match does {
        "ask" => {
            let source = StoredLayer { layer: "layer".to_owned(), pooling: Pooling::Average };
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
    println!("{DOES} {}", most_bytes() - before);
}

/// How many bytes more it takes to write, or to read, codes that are made up.
fn memory_of_codes(is_to_be_kept: bool, dir: &Path) -> u64 {
    let workspace = Workspace::open_to_write(&dir.join("workspace")).expect("a workspace");
    let [images, features] = CODED;
    let ids: Vec<ImageId> = (0..images as u32).map(ImageId).collect();
    let numbers = vec![0.5; features];
    let layer = LayerNumbers {
        layer: "layer".to_owned(),
        means: numbers.clone(),
        stds: numbers,
        lows: vec![None; features],
        highs: vec![None; features],
    };
    let about = StoredEmbedding { thresholds: "null".to_owned(), layers: vec![layer], ids, changed: Vec::new() };
    let before = most_bytes();
    if is_to_be_kept {
        let code = move |row: usize, planes: [&mut Vec<u8>; 2]| {
            planes.into_iter().for_each(|plane| plane.extend(std::iter::repeat_n(row as u8, features / 8)));
        };
        let recorder = workspace.recorder().expect("a writer");
        recorder.save_embedding("made_up", &about, code, |id| Some(record(id.0))).expect("it is kept");
    } else {
        let (about, codes) = workspace.embedding("made_up").expect("it can be read").expect("it was kept");
        let mut sum = 0;
        codes
            .read(|id, [strong, weak]| {
                assert_eq!((strong.len(), strong[0], weak[features / 8 - 1]), (features / 8, id.0 as u8, id.0 as u8));
                sum += 1;
                ControlFlow::Continue(())
            })
            .expect("it can be read");
        assert_eq!((sum, about.ids.len()), (images, images));
    }
    most_bytes() - before
}

fn record(id: u32) -> ImageRecord {
    ImageRecord {
        id: ImageId(id),
        path: ImagePath { text: format!("{id}.jpg"), raw: None },
        label: None,
        width: 8,
        height: 8,
        file_bytes: u64::from(id),
        modified_unix_secs: 1_700_000_000,
        problem: None,
    }
}

/// How much more memory a process has that does so.
fn memory_of(does: &str, dir: &Path) -> u64 {
    let test = "engine::memory::an_embedding_that_is_to_be_made_alone";
    numbers_of(test, DOES, format!("{does} {}", dir.display()), None)[0]
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
fn an_embedding_takes_no_memory_for_the_vectors_and_is_kept_and_read_by_portions() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(dir.path().join("pictures")).expect("a folder");
    let mut workspace =
        Workspace::open_or_create(&dir.path().join("workspace"), &dir.path().join("pictures")).expect("a workspace");
    let images = (0..IMAGES).map(|id| NewImage { record: record(id), thumbnail: None });
    workspace.append_images(images.collect()).expect("images");
    let layer = StoredLayer { layer: "layer".to_owned(), pooling: Pooling::Average };
    let spec = FeatureSpec::of_vectors("mine", fingerprint("mine"), "a test", vec![(layer.clone(), CHANNELS)]);
    let mut table = workspace.features(&spec).expect("a table");
    let mut random = fastrand::Rng::with_seed(3);
    let pool: Vec<f16> = (0..1 << 16).map(|_| f16::from_f32(random.f32() - 0.5)).collect();
    for first in (0..IMAGES).step_by(4096) {
        let ids = first..IMAGES.min(first + 4096);
        let mut values: Vec<f16> = Vec::with_capacity(ids.len() * CHANNELS);
        for _ in ids.clone() {
            let place = random.usize(..pool.len() - CHANNELS);
            values.extend_from_slice(&pool[place..place + CHANNELS]);
        }
        let rows = FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(|id| format!("{id}.jpg")).collect(),
            labels: vec![None; ids.len()],
            values: vec![(layer.clone(), values.into())],
        };
        table.append(rows).expect("vectors");
    }
    drop((table, workspace));
    let codes = TernaryCodes::memory_bytes(IMAGES as usize, CHANNELS);
    assert!(u64::from(IMAGES) * CHANNELS as u64 * 2 > codes + BESIDE, "whoever held the vectors would be seen");
    assert!(TernaryCodes::memory_bytes(CODED[0], CODED[1]) > BESIDE_CODES, "whoever held all codes would be seen");
    // Quantiles are those of some images, all numbers of which are looked at.
    let sample = (SAMPLE_ROWS * CHANNELS * 2) as u64;
    for (does, allowed) in [
        ("fixed", codes + BESIDE),
        ("ask", codes + BESIDE_CODES),
        ("quantiles", codes + 2 * sample + BESIDE),
        ("keep", BESIDE_CODES),
        ("read", BESIDE_CODES),
    ] {
        let memory = memory_of(does, dir.path());
        eprintln!("{does}: at most {} MiB more memory, where {} are allowed", memory >> 20, allowed >> 20);
        assert!(memory <= allowed, "{does}: {memory} bytes, where {allowed} are allowed");
    }
}
