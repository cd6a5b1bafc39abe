//! `pull`: a workspace that lies elsewhere is brought here, and only what is new there the next time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};
use tiramisu::engine::{Progress, PullWish, pull};
use tiramisu::store::Workspace;

use crate::support::command::{Answer, Home};

const WITH: [&str; 4] = ["--network", "filters", "--compute", "cpu"];
const LAYERS: [&str; 2] = ["edges/relu", "textures/relu"];

/// Eleven pictures with a workspace that is to be brought.
struct There {
    home: Home,
    folder: PathBuf,
    root: PathBuf,
    here: PathBuf,
}

impl There {
    fn new() -> Self {
        let home = Home::new();
        let folder = home.sample("pictures", 11);
        let (root, here) = (home.path("there"), home.path("here"));
        let there = Self { home, folder, root, here };
        assert_eq!(there.extract().code, Some(0));
        there
    }

    fn extract(&self) -> Answer {
        let layers = LAYERS.join(",");
        let words = ["extract", text(&self.folder), "--workspace", text(&self.root), "--layers", &layers];
        self.home.run(words.iter().chain(&WITH))
    }

    fn grow(&self) {
        let first = Home::files(&self.folder).remove(0).0;
        std::fs::copy(self.folder.join(first), self.folder.join("one more.png")).expect("a picture");
        assert_eq!(self.extract().code, Some(0));
    }

    fn pull(&self, more: &[&str]) -> Answer {
        self.home.run(["pull", text(&self.root), text(&self.here), "--json"].iter().chain(more))
    }

    /// Numbers, scores and all else that a question gives in a workspace.
    fn neighbours(&self, root: &Path, layer: &str) -> Value {
        let picture = self.folder.join(Home::files(&self.folder).remove(3).0);
        let words = ["neighbours", text(&picture), "--workspace", text(root), "--layer", layer, "-k", "5", "--json"];
        self.home.run(words.iter().chain(&WITH)).good_json()["neighbours"].clone()
    }

    fn tag(&self, root: &Path, tag: &str) -> Answer {
        let words = ["tag", text(&self.folder), tag, "--where", "id < 3", "--workspace", text(root)];
        self.home.run(words.iter().chain(&WITH))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// When the files of tables were written.
fn times(root: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let files =
        Home::files(root).into_iter().map(|(path, _)| path).filter(|path| path.iter().any(|part| part == "data"));
    files
        .map(|path| {
            let time = std::fs::metadata(root.join(&path)).and_then(|metadata| metadata.modified()).expect("a time");
            (path, time)
        })
        .collect()
}

#[test]
fn a_workspace_that_was_brought_answers_as_it_does_there() {
    let there = There::new();
    assert_eq!(there.tag(&there.root, "odd").code, Some(0));
    let pulled = there.pull(&[]).good_json();
    assert_eq!(pulled["folder"], json!(there.folder), "{pulled}");
    assert_eq!(pulled["tables"].as_array().map(|tables| tables.contains(&json!("tags"))), Some(true), "{pulled}");
    for layer in LAYERS {
        assert_eq!(there.neighbours(&there.here, layer), there.neighbours(&there.root, layer));
    }
    let tags =
        there.home.run(["tag", text(&there.folder), "--list", "--workspace", text(&there.here)].iter().chain(&WITH));
    assert!(tags.stdout.contains("odd"), "{tags:?}");
}

#[test]
fn only_what_is_new_is_brought_the_next_time() {
    let there = There::new();
    let first = there.pull(&[]).good_json();
    let nothing = there.pull(&[]).good_json();
    assert_eq!((&nothing["files"], &nothing["bytes"], &nothing["tables"]), (&json!(0), &json!(0), &json!([])));
    let before = times(&there.here);
    there.grow();
    let more = there.pull(&[]).good_json();
    assert!(more["bytes"].as_u64() < first["bytes"].as_u64() && more["bytes"] != 0, "{more} after {first}");
    let after = times(&there.here);
    assert!(before.iter().all(|(path, time)| after.get(path) == Some(time)), "what was here stayed");
    assert_eq!(there.neighbours(&there.here, LAYERS[0]), there.neighbours(&there.root, LAYERS[0]));
    // A table that was made anew there takes the place of the one before.
    for tag in ["odd", "even", "new"] {
        assert_eq!(there.tag(&there.root, tag).code, Some(0));
    }
    there.pull(&[]).good_json();
    std::fs::remove_dir_all(there.root.join("tags.lance")).expect("a table");
    assert_eq!(there.tag(&there.root, "last").code, Some(0));
    assert_eq!(there.pull(&[]).good_json()["tables"], json!(["tags"]));
    let tags =
        there.home.run(["tag", text(&there.folder), "--list", "--workspace", text(&there.here)].iter().chain(&WITH));
    assert!(tags.stdout.contains("last") && !tags.stdout.contains("odd"), "{tags:?}");
}

#[test]
fn what_is_here_does_not_come_again_once_old_versions_were_deleted_there() {
    let there = There::new();
    assert_eq!(there.tag(&there.root, "odd").code, Some(0));
    let first = there.pull(&[]).good_json();
    let mut before = times(&there.here);
    there.grow();
    let words =
        ["storage", text(&there.folder), "--sizes-only", "--keep-versions", "1", "--workspace", text(&there.root)];
    assert_eq!(there.home.run(words).code, Some(0));
    let more = there.pull(&[]).good_json();
    let after = times(&there.here);
    // Results are written anew, and pictures and vectors added to.
    before
        .retain(|path, _| ["exemplars", "statistics"].iter().all(|result| !path.to_string_lossy().starts_with(result)));
    assert!(
        before.len() > 1 && before.iter().all(|(path, time)| after.get(path) == Some(time)),
        "what was here stayed"
    );
    assert!(more["bytes"].as_u64() < first["bytes"].as_u64() && more["bytes"] != 0, "{more} after {first}");
    for layer in LAYERS {
        assert_eq!(there.neighbours(&there.here, layer), there.neighbours(&there.root, layer));
    }
    assert!(tags(&there).contains("odd"));
    assert_eq!(there.pull(&[]).good_json()["files"], 0);
}

#[test]
fn some_layers_are_brought_alone() {
    let there = There::new();
    let all = there.home.run(["pull", text(&there.root), text(&there.home.path("all")), "--json"]).good_json();
    let some = there.pull(&["--layer", LAYERS[1]]).good_json();
    assert!(some["bytes"].as_u64() < all["bytes"].as_u64(), "{some} of {all}");
    assert_eq!(there.neighbours(&there.here, LAYERS[1]), there.neighbours(&there.root, LAYERS[1]));
    let info = there.home.run(["info", text(&there.here), "--json"]).good_json().to_string();
    assert!(info.contains(LAYERS[1]) && !info.contains(LAYERS[0]), "{info}");
    assert_eq!(there.pull(&["--layer", LAYERS[1]]).good_json()["files"], 0);
    there.grow();
    let more = there.pull(&["--layer", LAYERS[1]]).good_json();
    assert!(more["bytes"].as_u64() < some["bytes"].as_u64() && more["bytes"] != 0, "{more} after {some}");
    assert_eq!(there.neighbours(&there.here, LAYERS[1]), there.neighbours(&there.root, LAYERS[1]));
    let refused = there.pull(&[]);
    assert!(refused.code == Some(1) && refused.stderr.contains("was brought with textures/relu"), "{refused:?}");
    let other = there.home.path("other");
    let unknown = there.home.run(["pull", text(&there.root), text(&other), "--layer", "conv99"]);
    assert!(
        unknown.code == Some(1) && unknown.stderr.contains("it has no layer conv99; it has edges/relu"),
        "{unknown:?}"
    );
}

#[test]
fn what_was_interrupted_goes_on_where_it_was() {
    let there = There::new();
    there.pull(&[]).good_json();
    // As it is when the machine stopped before the last files of a table came, and what comes after it.
    let images = there.here.join("images.lance");
    let mut manifests: Vec<PathBuf> = std::fs::read_dir(images.join("_versions"))
        .expect("versions")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "manifest"))
        .collect();
    // The newest is the first in a listing.
    manifests.sort();
    assert!(manifests.len() > 1, "{manifests:?}");
    std::fs::remove_file(&manifests[0]).expect("a manifest");
    // It comes after the manifests.
    std::fs::remove_file(images.join("_versions/latest_version_hint.json")).expect("a hint");
    let data = std::fs::read_dir(images.join("data")).expect("data").flatten().next().expect("a file").path();
    std::fs::rename(&data, data.with_file_name(".half.lance.part")).expect("a file");
    std::fs::remove_file(there.here.join("workspace.json")).expect("what makes it a workspace");
    let again = there.pull(&[]).good_json();
    assert_eq!(again["tables"], json!(["images"]), "{again}");
    for layer in LAYERS {
        assert_eq!(there.neighbours(&there.here, layer), there.neighbours(&there.root, layer));
    }
}

#[test]
fn progress_counts_the_bytes_of_all_that_comes() {
    let there = There::new();
    for (layers, to) in [(None, "all"), (Some(vec![LAYERS[1].to_owned()]), "some")] {
        let of_layers = layers.is_some();
        let wish = PullWish { from: there.root.clone(), to: there.home.path(to), layers, folder: None, discard: false };
        let progress = Progress::new("Bringing the workspace");
        let pulled = pull(&wish, &progress).expect("a workspace").expect("nobody stopped it");
        assert!(progress.done() > 0 && progress.done() == progress.total(), "{progress:?}");
        // Of some layers a table of its own is written, whose files have a beginning and an end more.
        assert!(of_layers || progress.done() as u64 == pulled.bytes, "{progress:?} {pulled:?}");
        let again = Progress::new("Bringing the workspace");
        pull(&wish, &again).expect("a workspace").expect("nobody stopped it");
        assert_eq!((again.done(), again.total()), (0, 0));
    }
}

#[test]
fn what_was_changed_here_is_not_overwritten() {
    let there = There::new();
    assert_eq!(there.tag(&there.root, "odd").code, Some(0));
    there.pull(&[]).good_json();
    assert_eq!(there.tag(&there.here, "mine").code, Some(0));
    assert_eq!(there.tag(&there.root, "theirs").code, Some(0));
    let refused = there.pull(&[]);
    assert!(refused.code == Some(1) && refused.stderr.contains("the table was changed here"), "{refused:?}");
    assert!(refused.stderr.contains("add --discard"), "{refused:?}");
    let tags =
        there.home.run(["tag", text(&there.folder), "--list", "--workspace", text(&there.here)].iter().chain(&WITH));
    assert!(tags.stdout.contains("mine") && !tags.stdout.contains("theirs"), "{tags:?}");
}

#[test]
fn what_was_changed_here_can_be_given_up() {
    for layers in [&[][..], &["--layer", LAYERS[0]]] {
        let there = There::new();
        assert_eq!(there.tag(&there.root, "odd").code, Some(0));
        there.pull(layers).good_json();
        assert_eq!(there.tag(&there.here, "mine").code, Some(0));
        // Vectors as well: those of a picture that is there in the folder of both, and in one workspace alone.
        let first = Home::files(&there.folder).remove(0).0;
        std::fs::copy(there.folder.join(first), there.folder.join("mine alone.png")).expect("a picture");
        let words = ["extract", text(&there.folder), "--workspace", text(&there.here), "--layers", LAYERS[0]];
        assert_eq!(there.home.run(words.iter().chain(&WITH)).code, Some(0));
        assert_eq!(there.tag(&there.root, "theirs").code, Some(0));
        assert_eq!(there.pull(layers).code, Some(1));
        assert!(tags(&there).contains("mine") && !tags(&there).contains("theirs"), "{}", tags(&there));
        let discarding: Vec<&str> = layers.iter().copied().chain(["--discard"]).collect();
        let brought = there.pull(&discarding).good_json();
        assert!(brought["tables"].as_array().is_some_and(|tables| tables.contains(&json!("tags"))), "{brought}");
        assert!(!tags(&there).contains("mine") && tags(&there).contains("theirs"), "{}", tags(&there));
        assert_eq!(there.neighbours(&there.here, LAYERS[0]), there.neighbours(&there.root, LAYERS[0]));
        // Nothing is to be given up any more.
        assert_eq!(there.pull(layers).good_json()["files"], 0);
    }
}

/// The tags that a workspace knows.
fn tags(there: &There) -> String {
    let words = ["tag", text(&there.folder), "--list", "--workspace", text(&there.here)];
    there.home.run(words.iter().chain(&WITH)).stdout
}

/// A workspace that was brought with a tag, and whose table of tags was made anew there since.
fn with_tags_made_anew() -> There {
    let there = There::new();
    assert_eq!(there.tag(&there.root, "odd").code, Some(0));
    there.pull(&[]).good_json();
    std::fs::remove_dir_all(there.root.join("tags.lance")).expect("a table");
    assert_eq!(there.tag(&there.root, "new").code, Some(0));
    there
}

#[test]
fn a_table_stays_until_the_one_that_was_made_anew_is_whole() {
    let there = with_tags_made_anew();
    let wish =
        PullWish { from: there.root.clone(), to: there.here.clone(), layers: None, folder: None, discard: false };
    let progress = Progress::new("stopped at the first byte");
    progress.cancel();
    assert_eq!(pull(&wish, &progress).expect("nothing is wrong"), None);
    assert!(there.here.join(".tags.lance.part").exists(), "it was begun beside the other");
    assert!(tags(&there).contains("odd") && !tags(&there).contains("new"), "{}", tags(&there));
    assert_eq!(there.pull(&[]).good_json()["tables"], json!(["tags"]));
    assert!(!tags(&there).contains("odd") && tags(&there).contains("new"), "{}", tags(&there));
    let left = std::fs::read_dir(&there.here).expect("a folder").flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains(".lance")).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn a_table_that_was_whole_takes_its_place_after_a_kill() {
    let there = with_tags_made_anew();
    // Between the two steps one is out of sight, and the other not yet in its place.
    there.pull(&[]).good_json();
    std::fs::rename(there.here.join("tags.lance"), there.here.join(".tags.lance.whole")).expect("a table");
    assert_eq!(there.tag(&there.here, "mine").code, Some(0));
    assert!(tags(&there).contains("new") && tags(&there).contains("mine"), "{}", tags(&there));
}

#[test]
fn the_table_of_images_takes_its_place_before_who_writes_opens_it() {
    let there = There::new();
    there.pull(&[]).good_json();
    std::fs::rename(there.here.join("images.lance"), there.here.join(".images.lance.whole")).expect("a table");
    let opened = Workspace::open_to_write(&there.here).expect("it opens");
    assert_eq!(opened.image_count(), 11);
}

#[test]
fn a_table_that_replaced_nothing_does_not_come_back_after_a_kill() {
    for end in ["part", "whole"] {
        let there = with_tags_made_anew();
        // It was being written, or whole, and the one before was still in its place.
        there.home.run(["pull", text(&there.root), text(&there.home.path("other"))]);
        let hidden = there.here.join(format!(".tags.lance.{end}"));
        std::fs::rename(there.home.path("other").join("tags.lance"), &hidden).expect("a table");
        assert_eq!(there.tag(&there.here, "mine").code, Some(0));
        std::fs::remove_dir_all(there.here.join("tags.lance")).expect("a table");
        assert_eq!(there.tag(&there.here, "later").code, Some(0));
        let tags = tags(&there);
        assert!(tags.contains("later") && !tags.contains("new") && !tags.contains("mine"), "{end}: {tags}");
    }
}

#[test]
fn what_was_brought_is_read_and_noted_by_who_has_the_lock() {
    let there = There::new();
    std::fs::create_dir(&there.here).expect("a folder");
    let lock = std::fs::File::create(there.here.join(".lock")).expect("a file");
    lock.lock().expect("nobody else has it");
    let refused = there.pull(&[]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(!there.here.join(".brought.json").exists(), "another may be writing it: {refused:?}");
    drop(lock);
    there.pull(&[]).good_json();
}

#[test]
fn a_place_is_the_same_however_it_is_said() {
    let there = There::new();
    let said =
        [format!("{}/", text(&there.root)), format!("{}/../there", text(&there.root)), text(&there.root).to_owned()];
    for (number, from) in said.iter().enumerate() {
        let pulled = there.home.run(["pull", from, text(&there.here), "--json"]).good_json();
        assert_eq!(pulled["files"] == 0, number > 0, "{from}: {pulled}");
        let record = std::fs::read(there.here.join(".brought.json")).expect("a record");
        let record: Value = serde_json::from_slice(&record).expect("JSON");
        assert_eq!(record["from"], json!(text(&there.root)), "as Python compares it");
    }
}

#[test]
fn the_folder_of_pictures_that_was_named_is_kept() {
    let there = There::new();
    let elsewhere = there.home.path("elsewhere");
    let first = there.pull(&["--pictures", text(&elsewhere)]).good_json();
    let second = there.pull(&[]).good_json();
    assert_eq!((&first["folder"], &second["folder"]), (&json!(elsewhere), &json!(elsewhere)));
    assert_eq!((&second["files"], &second["tables"]), (&json!(0), &json!([])));
    // One that was not named is the one of the workspace there, also when it moves.
    let plain = there.home.path("plain");
    let bring = || there.home.run(["pull", text(&there.root), text(&plain), "--json"]).good_json();
    assert_eq!(bring()["folder"], json!(there.folder));
    let identity = there.root.join("workspace.json");
    let mut said: Value = serde_json::from_slice(&std::fs::read(&identity).expect("a file")).expect("JSON");
    said["image_folder"] = json!("/moved");
    std::fs::write(&identity, said.to_string()).expect("a file");
    assert_eq!(bring()["folder"], json!("/moved"));
    assert_eq!(there.pull(&[]).good_json()["folder"], json!(elsewhere));
    let another = there.home.path("another");
    assert_eq!(there.pull(&["--pictures", text(&another)]).good_json()["folder"], json!(another));
}

#[test]
fn what_cannot_be_brought_is_told_with_what_to_do() {
    let there = There::new();
    let store = there.home.run(["pull", "s3://bucket/birds", text(&there.here)]);
    assert_eq!(store.code, Some(2), "{store:?}");
    assert!(store.stderr.contains("pull('s3://bucket/birds', FOLDER)"), "the way by Python is named: {store:?}");
    let none = there.home.run(["pull", text(&there.folder), text(&there.here)]);
    assert_eq!(none.code, Some(1), "{none:?}");
    let full = there.home.path("full");
    std::fs::create_dir(&full).expect("a folder");
    std::fs::write(full.join("mine.txt"), "mine").expect("a file");
    let full = there.home.run(["pull", text(&there.root), text(&full)]);
    assert!(full.code == Some(1) && full.stderr.contains("has something else in it"), "{full:?}");
    let former = there.home.path("former");
    std::fs::create_dir_all(former.join("images.lance")).expect("a folder");
    std::fs::write(former.join(".pulled.json"), "{}").expect("a file");
    let former = there.home.run(["pull", text(&there.root), text(&former)]);
    assert!(former.code == Some(1) && former.stderr.contains("was brought by an earlier version"), "{former:?}");
    let roundabout = there.home.path("elsewhere").join("../there/here");
    let roundabout = there.home.run(["pull", text(&there.root), text(&roundabout)]);
    assert!(roundabout.stderr.contains("one lies in the other"), "{roundabout:?}");
    let inside = there.home.run(["pull", text(&there.root), text(&there.root.join("here"))]);
    assert!(inside.code == Some(1) && inside.stderr.contains("one lies in the other"), "{inside:?}");
    // By an address of a file, with the pictures elsewhere.
    let address = format!("file://{}", text(&there.root));
    let pictures = there.home.path("elsewhere");
    let words = ["pull", &address, text(&there.here), "--pictures", text(&pictures), "--json"];
    assert_eq!(there.home.run(words).good_json()["folder"], json!(pictures));
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_is_not_brought_and_a_pipe_is_not_waited_for() {
    use std::os::unix::fs::symlink;
    type Make<'a> = &'a dyn Fn(&Path);
    let there = There::new();
    let data = there.root.join("images.lance/data");
    let secret = there.home.path("secret");
    std::fs::write(&secret, "secret").expect("a file");
    let odd = data.join("odd.lance");
    let make_pipe =
        |at: &Path| assert!(std::process::Command::new("mkfifo").arg(at).status().expect("mkfifo").success());
    let makes: [(&str, Make<'_>); 4] = [
        ("a link to a file", &|at| symlink(&secret, at).expect("a link")),
        ("a link to where it lies", &|at| symlink(&data, at).expect("a link")),
        ("a link to nowhere", &|at| symlink("/nowhere/at/all", at).expect("a link")),
        ("a pipe", &make_pipe),
    ];
    for (what, make) in makes {
        make(&odd);
        let refused = there.pull(&[]);
        assert!(refused.code == Some(1) && format!("{refused:?}").contains("odd.lance"), "{what}: {refused:?}");
        assert!(!there.here.join("images.lance/data/odd.lance").exists(), "{what}");
        std::fs::remove_file(&odd).expect("it can be removed");
    }
    assert_eq!(there.pull(&[]).code, Some(0), "without it all is brought");
}
