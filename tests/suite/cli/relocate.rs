//! `tiramisu relocate`: a folder that was moved keeps its workspace.

use std::fs;

use crate::support::command::Home;

#[test]
fn a_moved_folder_keeps_what_was_known_of_it_when_it_is_said() {
    let home = Home::new();
    let (old, new) = (home.sample("old", 12), home.path("new"));
    let extract = |folder: &std::path::Path| {
        let folder = folder.to_str().expect("UTF-8");
        home.run(["extract", folder, "--network", "filters", "--compute", "cpu", "--json"])
    };
    extract(&old).good_json();
    let (old_name, new_name) = (old.to_str().expect("UTF-8"), new.to_str().expect("UTF-8"));
    let with = ["--network", "filters", "--compute", "cpu"];
    let tagged = home.run([&["tag", old_name, "mine", "--where", "width > 0"][..], &with].concat());
    assert_eq!(tagged.code, Some(0), "{tagged:?}");
    let still = home.run(["relocate", old_name, new_name]);
    assert!(still.code == Some(1) && still.stderr.contains("no such folder"), "{still:?}");
    // A copy of it is no moved folder.
    fs::create_dir(&new).expect("a folder");
    for (path, content) in Home::files(&old) {
        fs::create_dir_all(new.join(&path).parent().expect("a folder")).expect("a folder");
        fs::write(new.join(path), content).expect("a file");
    }
    let still = home.run(["relocate", old_name, new_name]);
    assert!(still.code == Some(1) && still.stderr.contains("still in"), "{still:?}");
    fs::remove_dir_all(&new).expect("it goes");
    fs::rename(&old, &new).expect("it moves");
    let relocated = home.run(["relocate", old_name, new_name, "--json"]).good_json();
    assert_eq!((&relocated["found"], &relocated["looked_for"]), (&12.into(), &12.into()), "{relocated}");
    let done = extract(&new).good_json();
    assert_eq!((&done["done_now"], &done["with_vectors"]), (&0.into(), &12.into()), "{done}");
    let listed = home.run([&["tag", new_name, "--list"][..], &with].concat());
    assert!(listed.stdout.contains("mine") && listed.stdout.contains("12"), "{listed:?}");
}

#[test]
fn extracting_a_folder_that_looks_moved_says_how_to_take_its_workspace_along() {
    let home = Home::new();
    let (old, new) = (home.sample("old", 12), home.path("new"));
    let extract = |folder: &std::path::Path| {
        let folder = folder.to_str().expect("UTF-8");
        home.run(["extract", folder, "--network", "filters", "--compute", "cpu", "--json"])
    };
    let first = extract(&old);
    assert!(!first.stderr.contains("relocate"), "{first:?}");
    fs::rename(&old, &new).expect("it moves");
    let moved = extract(&new);
    assert!(moved.stderr.contains("tiramisu relocate"), "{moved:?}");
}
