//! A disk that does not take the last of a file, while there is room for the version that names it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use tiramisu::domain::ImageId;
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, files, images, rows, spec};

/// What the child is to do, as JSON: where, and what.
const DOES: &str = "TIRAMISU_TEST_WRITES";
/// What the child says where it was told that nothing was saved.
const REFUSED: &str = "nothing was saved:";

const IMAGES: u32 = 12_000;
/// Rows enough for files that are longer than the versions that name them.
const FIRST: u32 = 9000;
const LAYERS: [(&str, usize); 1] = [("conv1", 16)];

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Wish {
    Append,
    /// Every second image, so that what says which they are is long.
    Remove,
}

impl Wish {
    fn folder(self) -> &'static str {
        match self {
            Self::Append => "data",
            Self::Remove => "_deletions",
        }
    }

    fn act(self, workspace: &mut Workspace) -> Result<(), StoreError> {
        let spec = spec(&LAYERS);
        let mut table = workspace.features(&spec)?;
        match self {
            Self::Append => table.append(rows(&spec.columns, FIRST..IMAGES)).map(drop),
            Self::Remove => table.remove(&removed().map(ImageId).collect::<Vec<_>>()).map(drop),
        }
    }

    fn left(self) -> Vec<u32> {
        match self {
            Self::Append => (0..IMAGES).collect(),
            Self::Remove => (0..FIRST).filter(|id| !removed().any(|removed| removed == *id)).collect(),
        }
    }
}

fn removed() -> impl Iterator<Item = u32> {
    (0..FIRST).step_by(2)
}

#[test]
#[ignore = "run by the test that limits its files"]
fn somebody_whose_files_may_not_be_long() {
    let Ok(wish) = std::env::var(DOES) else { return };
    let (root, wish): (PathBuf, Wish) = serde_json::from_str(&wish).expect("what the other test wrote");
    let mut workspace = Workspace::open_to_write(&root).expect("nobody has it");
    if let Err(error) = wish.act(&mut workspace) {
        println!("{REFUSED} {error}");
    }
}

/// Another process does it, none of whose files may be longer than this; returns whether it was told that it is done.
fn with_files_up_to(blocks: u64, root: &Path, wish: Wish) -> bool {
    let mut child = Command::new("sh");
    // Whoever writes beyond it is told so, and not ended.
    child.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    child.arg(std::env::current_exe().expect("these tests"));
    child.args(["--exact", "store::cut_files::somebody_whose_files_may_not_be_long", "--ignored", "--nocapture"]);
    child.env(DOES, serde_json::to_string(&(root, wish)).expect("it is plain data"));
    let ended = child.output().expect("the tests start");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{said}");
    !said.contains(REFUSED)
}

/// A workspace with some vectors.
fn begun(place: &Place) {
    let spec = spec(&LAYERS);
    let mut workspace = place.open();
    workspace.append_images(images(0..IMAGES)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..FIRST)).unwrap();
}

/// The files that it writes, and the versions of the table.
fn written(place: &Place, wish: Wish) -> [Vec<(PathBuf, u64)>; 2] {
    let table = place.root().join(format!("{}.lance", spec(&LAYERS).table_name()));
    [wish.folder(), "_versions"]
        .map(|folder| if table.join(folder).is_dir() { files(&table.join(folder)) } else { Vec::new() })
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_the_disk_did_not_take_whole_is_no_part_of_what_is_told_to_be_saved() {
    cut(Wish::Append);
    cut(Wish::Remove);
}

/// Whatever is done with files that are cut is done whole or not at all, and what was told is so.
fn cut(wish: Wish) {
    let measured = Place::new();
    begun(&measured);
    let [before, _] = written(&measured, wish);
    wish.act(&mut measured.open()).unwrap();
    let [after, versions] = written(&measured, wish);
    let longest = |files: Vec<(PathBuf, u64)>| files.into_iter().map(|(_, bytes)| bytes).max().expect("a file");
    let version = longest(versions);
    let whole = longest(after.into_iter().filter(|file| !before.contains(file)).collect());
    // In the blocks of a shell: all of the file but its end, and all of the version.
    let blocks = (whole - 1) / 512;
    assert!(blocks * 512 >= version, "a file of {whole} bytes, a version of {version}");

    let place = Place::new();
    begun(&place);
    let is_done = with_files_up_to(blocks, &place.root(), wish);
    let spec = spec(&LAYERS);
    let table = Workspace::open(&place.root()).unwrap().read_features(&spec.table_name()).unwrap();
    // What else is written along may be what the disk refuses, after the version is there: it is whole, told or not.
    let is_there = table.ids().len() == wish.left().len();
    assert!(is_there || !is_done, "it was told to be saved");
    assert_holds(&table, &spec.columns, &if is_there { wish.left() } else { (0..FIRST).collect() });
    let mut workspace = place.open();
    if !is_done {
        wish.act(&mut workspace).expect("it is done when there is room");
    }
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &wish.left());
}
