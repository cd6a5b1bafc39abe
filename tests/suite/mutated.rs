//! Whatever comes from outside, damaged at random: every input is answered, by a result or a message, and within a bound of memory
//! and time. Networks are in `network/hostile.rs` and `onnx/bad_files.rs`.
//!
//! Every run tries a few of each kind; `TIRAMISU_MUTATIONS` says how many of each instead, `TIRAMISU_MUTATION_SEED` which. What took
//! longest, and the most memory the process ever had, are printed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tiramisu::domain::{AnnotationFormat, Decoding, Predicate, Resizing};
use tiramisu::engine::{read_recipe, take_handwork};
use tiramisu::images::{decode, prepare_content};
use tiramisu::import::{self, ImportSource};
use tiramisu::network::zoo;
use tiramisu::store::Workspace;

use super::support::command::Home;

/// How many damaged copies of each are tried unless another number is asked for.
const USUAL: usize = 60;
/// Longer than any answer may take, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().and_then(|count| count.parse().ok())
}

/// A copy with some damages: bits, numbers that are enormous, pieces that are missing, doubled or of other places.
fn damage(whole: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.usize(1..=4) {
        let place = random.usize(..bytes.len().max(1));
        let length = random.usize(..64);
        match random.u8(..7) {
            _ if bytes.is_empty() => bytes.push(random.u8(..)),
            0 => bytes[place] ^= 1 << random.u8(..8),
            1 => bytes[place] = random.u8(..),
            2 => bytes.iter_mut().skip(place).take(8).for_each(|byte| *byte = 0xff),
            3 => bytes.truncate(place),
            4 => drop(bytes.drain(place..(place + length).min(bytes.len()))),
            5 => {
                let from = random.usize(..whole.len().max(1));
                let piece = whole[from..(from + length).min(whole.len())].to_vec();
                bytes.splice(place..place, piece);
            }
            // Deep, where there are brackets.
            _ => {
                let byte = [b'(', b'[', b'{', b'"', b'<', bytes[place]][random.usize(..6)];
                bytes.splice(place..place, std::iter::repeat_n(byte, 1 << random.u8(..12)));
            }
        }
    }
    bytes
}

/// Has damaged copies of `whole` answered. `answer` says whether one of them was taken for good.
fn try_all(what: &str, whole: &[u8], mut answer: impl FnMut(&[u8]) -> bool) {
    let seed = number("TIRAMISU_MUTATION_SEED").unwrap_or(2016) as u64;
    let mut random = fastrand::Rng::with_seed(what.bytes().fold(seed, |sum, byte| sum * 31 + u64::from(byte)));
    assert!(answer(whole), "{what}: what is whole is taken");
    let count = number("TIRAMISU_MUTATIONS").unwrap_or(USUAL);
    let (mut good, mut slowest) = (0, Duration::ZERO);
    for turn in 0..count {
        let bytes = damage(whole, &mut random);
        let begun = Instant::now();
        let Ok(is_good) = catch_unwind(AssertUnwindSafe(|| answer(&bytes))) else {
            let kept = std::env::temp_dir().join(format!("damaged_{}_{turn}", what.replace(['/', ' '], "_")));
            fs::write(&kept, &bytes).expect("a temporary file");
            panic!("{what}: a panic at turn {turn} of seed {seed}; the input is {}", kept.display());
        };
        good += usize::from(is_good);
        slowest = slowest.max(begun.elapsed());
        assert!(slowest < PATIENCE, "{what}: turn {turn} of seed {seed} took {slowest:?}");
    }
    eprintln!("{what}: {count} damaged, {good} of them taken, the slowest answered in {slowest:?}; {}", most_memory());
}

/// The most that the process ever held, all tests so far included.
fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or_else(
        || "memory is not known here".to_owned(),
        |line| line.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

#[test]
fn damaged_pictures_are_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images");
    let names = [
        "exif_6.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb16.png",
        "palette.png",
        "animated.gif",
        "flag.webp",
        "animated.webp",
        "flag.bmp",
        "flag.tif",
    ];
    let copy = TempDir::new().expect("a temporary folder");
    let copy = copy.path().join("copy");
    for name in names {
        let whole = fs::read(folder.join(name)).expect("a picture");
        try_all(name, &whole, |bytes| {
            fs::write(&copy, bytes).expect("a file");
            // All pixels of it, as a person looks at it, and those that a network needs, which may take another way.
            let all = decode(&copy);
            assert!(all.err().is_none_or(|error| !error.reason().is_empty()));
            match prepare_content(bytes, &Resizing::stretch(32, 32), 32) {
                Ok(prepared) => {
                    assert_eq!(prepared.network_input.len(), 32 * 32 * 3);
                    true
                }
                Err(error) => {
                    assert!(!error.reason().is_empty());
                    false
                }
            }
        });
    }
}

#[test]
fn damaged_photographs_are_answered_where_they_are_decoded_scaled() {
    // As large as it takes; of one every bit is read here, of the others by libjpeg-turbo.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/picture");
    let of_network = Resizing::stretch(40, 24);
    let scaled = Resizing { decoding: Decoding::Scaled, ..of_network };
    for name in ["eighth.jpg", "fine_colours.jpg", "restarts.jpg", "passes.jpg", "inks.jpg"] {
        let whole = fs::read(folder.join(name)).expect("a picture");
        let input = |resizing| prepare_content(&whole, &resizing, 32).expect("it is whole").network_input;
        assert!(input(scaled) != input(of_network), "{name} is large enough to be scaled");
        try_all(name, &whole, |bytes| match prepare_content(bytes, &scaled, 32) {
            Ok(prepared) => {
                assert_eq!(prepared.network_input.len(), 40 * 24 * 3);
                true
            }
            Err(error) => {
                assert!(!error.reason().is_empty());
                false
            }
        });
    }
}

#[test]
fn damaged_predicates_are_answered() {
    let whole = b"width > 256 and (label = 'cats' or not height <= 100) and width * 2 < height";
    try_all("a predicate", whole, |bytes| match Predicate::parse(&String::from_utf8_lossy(bytes)) {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    });
}

#[test]
fn damaged_recipes_and_descriptions_of_networks_are_answered() {
    let home = Home::new();
    let folder = home.sample("pictures", 12);
    let (name, out) = (folder.to_str().expect("UTF-8"), home.path("recipe.toml"));
    let with = ["--network", "filters", "--compute", "cpu"];
    assert_eq!(home.run([&["extract", name][..], &with].concat()).code, Some(0));
    let made = home.run([&["recipe", name, "--out", out.to_str().expect("UTF-8")][..], &with].concat());
    assert_eq!(made.code, Some(0), "{made:?}");
    let whole = fs::read(&out).expect("a recipe");
    try_all("a recipe", &whole, |bytes| {
        fs::write(&out, bytes).expect("a file");
        let read = read_recipe(&out);
        assert!(read.as_ref().err().is_none_or(|problem| !problem.to_string().is_empty()));
        read.is_ok()
    });
    let networks = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/networks");
    let own = TempDir::new().expect("a temporary folder");
    for name in ["squeezenet-1.1.toml", "googlenet-onnx.toml"] {
        let whole = fs::read(networks.join(name)).expect("a description");
        try_all(name, &whole, |bytes| {
            fs::write(own.path().join("own.toml"), bytes).expect("a file");
            let (entries, problems) = zoo::read_own(own.path());
            assert_eq!(entries.len() + problems.len(), 1, "it is one or the other");
            problems.is_empty()
        });
    }
}

#[test]
fn damaged_labels_and_boxes_of_other_programs_are_answered() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/datasets");
    let yolo =
        [("yolo/data.yaml", AnnotationFormat::Yolo), ("yolo/labels/train/picture_2.txt", AnnotationFormat::Yolo)];
    let voc =
        ["voc/Annotations/picture_2.xml", "voc/ImageSets/Main/train.txt"].map(|name| (name, AnnotationFormat::Voc));
    let hugging_face = [
        "hugging_face_csv/train/metadata.csv",
        "hugging_face_lists_jsonl/train/metadata.jsonl",
        "hugging_face_tables_parquet/train/metadata.parquet",
        "hugging_face_lists_parquet/train/metadata.parquet",
    ];
    let files = [
        ("coco_train.json", AnnotationFormat::Coco),
        ("labels.csv", AnnotationFormat::Csv),
        ("boxes_corners.csv", AnnotationFormat::Csv),
        ("shard-train-000.tar", AnnotationFormat::WebDataset),
        ("shard-val-boxes.tar", AnnotationFormat::WebDataset),
    ];
    let hugging_face = hugging_face.map(|name| (name, AnnotationFormat::HuggingFace));
    for (name, format) in files.into_iter().chain(yolo).chain(voc).chain(hugging_face) {
        let whole = fs::read(golden.join(name)).expect("a file");
        let copy = TempDir::new().expect("a temporary folder");
        // A file of a data set lies among its others.
        let (of, is_folder) = name.split_once('/').map_or((name, false), |(folder, _)| (folder, true));
        for entry in walkdir::WalkDir::new(golden.join(of)).into_iter().filter(|_| is_folder) {
            let entry = entry.expect("a readable folder");
            let to = copy.path().join(entry.path().strip_prefix(&golden).expect("it is below"));
            match entry.file_type().is_dir() {
                true => fs::create_dir_all(to).expect("a folder"),
                false => drop(fs::copy(entry.path(), to).expect("a file")),
            }
        }
        let source = ImportSource { path: copy.path().join(of), format: Some(format), ..ImportSource::default() };
        try_all(name, &whole, |bytes| {
            fs::write(copy.path().join(name), bytes).expect("a file");
            import::read(&source).inspect_err(|error| assert!(!error.to_string().is_empty())).is_ok()
        });
    }
}

#[test]
fn damaged_files_of_a_workspace_are_answered() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    let (name, root) = (folder.to_str().expect("UTF-8"), home.path("workspace"));
    let place = root.to_str().expect("UTF-8");
    let done = home.run(["extract", name, "--network", "filters", "--compute", "cpu", "--workspace", place]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let identity = root.join("workspace.json");
    let whole = fs::read(&identity).expect("it says what it is");
    try_all("workspace.json", &whole, |bytes| {
        fs::write(&identity, bytes).expect("a file");
        Workspace::open(&root).inspect_err(|error| assert!(!error.to_string().is_empty())).is_ok()
    });
    fs::write(&identity, &whole).expect("a file");
    // What it does is bounded by what is there: the tables of this workspace, and rows that they have.
    let journal = root.join(".put_back.json");
    let begun = br#"{"tables": [{"table": "images", "from": 2, "misfits": []}, {"table": "nothing", "from": null, "misfits": [3, 4]}]}"#;
    try_all("a journal", begun, |bytes| {
        fs::write(&journal, bytes).expect("a file");
        Workspace::open_to_write(&root).inspect_err(|error| assert!(!error.to_string().is_empty())).is_ok()
    });
    fs::remove_file(&journal).ok();
    let handwork = home.path("handwork.json");
    let some = br#"{"format": 2, "made_by": "", "tags": {"mine": ["a.png"]}, "labels": {"cat": ["b.png", "c.png"]},
        "clusters": [{"clustering": "six", "name": "leaves", "images": ["a.png"]}], "classes": []}"#;
    try_all("handwork", some, |bytes| {
        fs::write(&handwork, bytes).expect("a file");
        take_handwork(&root, &handwork).inspect_err(|problem| assert!(!problem.to_string().is_empty())).is_ok()
    });
    assert_eq!(Workspace::open(&root).and_then(|it| it.images()).expect("it still opens").len(), 4);
}
