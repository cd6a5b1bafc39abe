//! What is done to a workspace, one verb after the other, and to its pictures in between.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::held::Commits;

/// What is done to the pictures before a verb.
type Change = fn(&Path);

/// One verb.
pub struct Verb {
    /// What is done before.
    pub change: Change,
    /// Its words, without those that every verb has.
    pub words: Vec<String>,
}

impl Verb {
    /// What may be there when it is killed.
    pub fn commits(&self) -> Commits {
        if self.words[0] == "extract" { Commits::InParts } else { Commits::Whole }
    }

    /// Whether it knows no network.
    pub fn is_of_all_networks(&self) -> bool {
        ["storage", "tags", "versions"].contains(&self.words[0].as_str())
    }

    /// Whether it writes handwork to a file.
    pub fn writes_a_document(&self) -> bool {
        self.words.starts_with(&["tags".to_owned(), "export".to_owned()])
    }
}

fn after(change: Change, words: &[&str]) -> Verb {
    Verb { change, words: words.iter().map(|word| (*word).to_owned()).collect() }
}

fn verb(words: &[&str]) -> Verb {
    after(|_| {}, words)
}

/// All that writes, but what needs many pictures.
pub fn of_few_pictures(folder: &Path) -> Vec<Verb> {
    let (said, handwork) = (said_of(folder), handwork_of(folder));
    let [name, said, handwork] = [folder, &said, &handwork].map(|path| path.to_str().expect("UTF-8"));
    vec![
        // Enough commits to be put together.
        verb(&["extract", name, "--batch", "1", "--commit-every", "1", "--layers", "edges/relu"]),
        verb(&["extract", name, "--layers", "all", "--commit-every", "6"]),
        verb(&["tag", name, "round", "--where", "label in ('spirals', 'spheres')"]),
        after(say_of_some, &["import", name, "--from", said]),
        after(write_handwork, &["tags", "import", name, handwork]),
        verb(&["storage", name, "--compact"]),
        verb(&["versions", name, "name", "before"]),
        // Nearly all pictures are on record no more, and their tags, labels and boxes wait.
        verb(&["versions", name, "restore", "3", "--table", "images"]),
        verb(&["extract", name, "--commit-every", "6"]),
        verb(&["tag", name, "owls", "--where", "label = 'owl'"]),
        verb(&["versions", name, "restore", "before"]),
        after(overwrite_some, &["extract", name, "--commit-every", "3"]),
        after(move_some, &["extract", name, "--commit-every", "3"]),
        verb(&["tag", name, "owls", "--where", "label = 'owl'"]),
        verb(&["tag", name, "round", "--remove", "--where", "label = 'owl'"]),
        after(say_of_some, &["import", name, "--from", said]),
        verb(&["tags", "export", name]),
        verb(&["duplicates", name]),
        verb(&["outliers", name]),
        verb(&["odd-pictures", name]),
        verb(&["cluster", name, "--count", "6"]),
        verb(&["project", name]),
        verb(&["embed", name]),
        verb(&["centrality", name]),
        verb(&["activations", name, "store", "--layer", "edges/relu"]),
        // Pictures of then have other names and contents now.
        verb(&["versions", name, "restore", "before"]),
        verb(&["extract", name, "--commit-every", "3"]),
        verb(&["tags", "export", name]),
    ]
}

/// As few pictures as an index can be built over.
pub const MANY: usize = 1024;

/// What needs so many; they were extracted before.
pub fn of_many_pictures(folder: &Path) -> Vec<Verb> {
    let name = folder.to_str().expect("UTF-8");
    let index = |metric| verb(&["index", name, "--layer", "edges/relu", "--kind", "ivf-hnsw-sq", "--metric", metric]);
    vec![index("cosine"), index("euclidean")]
}

/// That extraction.
pub fn extraction_of_many(folder: &Path) -> Verb {
    verb(&["extract", folder.to_str().expect("UTF-8"), "--layers", "edges/relu", "--commit-every", "100000"])
}

/// Small pictures, each with a bar of another place, width and colour.
pub fn draw_many(folder: &Path) {
    std::fs::create_dir(folder).expect("a folder");
    for number in 0..MANY as u32 {
        let (left, width) = (number % 32, 1 + number / 32 % 32);
        let picture = image::RgbImage::from_fn(32, 32, |x, y| {
            let is_bar = (x + 32 - left) % 32 < width;
            image::Rgb(if is_bar { [255, (number % 251) as u8, 7 * y as u8] } else { [0, 3 * x as u8, 40] })
        });
        picture.save(folder.join(format!("{number:04}.png"))).expect("a picture");
    }
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let found = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    found.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// As they are called below their folder.
fn names(folder: &Path) -> Vec<String> {
    let name = |path: &PathBuf| path.strip_prefix(folder).expect("it lies there").to_str().expect("UTF-8").to_owned();
    pictures(folder).iter().map(name).collect()
}

/// Every ninth picture becomes that after it.
fn overwrite_some(folder: &Path) {
    for pair in pictures(folder).chunks_exact(9) {
        let later = SystemTime::now() + Duration::from_secs(10);
        std::fs::copy(&pair[1], &pair[0]).expect("a copy");
        std::fs::File::options().write(true).open(&pair[0]).and_then(|it| it.set_modified(later)).expect("a time");
    }
}

/// Every seventh picture gets another name.
fn move_some(folder: &Path) {
    for path in pictures(folder).iter().step_by(7) {
        std::fs::rename(path, path.with_extension("moved.png")).expect("another name");
    }
}

/// What is said of the pictures: beside their folder, so that none of it is one.
fn said_of(folder: &Path) -> PathBuf {
    folder.with_extension("csv")
}

/// Every third picture is of an owl, with a box around it.
fn say_of_some(folder: &Path) {
    let mut table = "path,label,xmin,ymin,xmax,ymax\n".to_owned();
    for (number, path) in names(folder).iter().enumerate().step_by(3) {
        writeln!(table, "{path},owl,1,2,{},40", 20 + number).expect("a line");
    }
    std::fs::write(said_of(folder), table).expect("a table");
}

fn handwork_of(folder: &Path) -> PathBuf {
    folder.with_extension("json")
}

/// Two tags, and a label that was given by hand.
fn write_handwork(folder: &Path) {
    let names = names(folder);
    let some = |first: usize, step: usize| names.iter().skip(first).step_by(step).collect::<Vec<_>>();
    let tags = BTreeMap::from([("mine", some(0, 4)), ("liked", some(0, 5))]);
    let labels = BTreeMap::from([("cat", some(1, 8))]);
    let document = serde_json::json!({ "format": 2, "made_by": "", "tags": tags, "labels": labels });
    std::fs::write(handwork_of(folder), document.to_string()).expect("a document");
}
