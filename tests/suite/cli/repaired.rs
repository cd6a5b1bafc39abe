//! What a power cut or a backup leaves behind, as a person meets it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::support::command::{Answer, Home};

const NETWORK: [&str; 4] = ["--network", "filters", "--compute", "cpu"];

fn run(home: &Home, words: &[&str]) -> Answer {
    home.run(words.iter().copied().chain(NETWORK))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn copy(from: &Path, to: &Path) {
    for (below, bytes) in Home::files(from) {
        let target = to.join(below);
        std::fs::create_dir_all(target.parent().expect("it lies in a folder")).expect("a folder");
        std::fs::write(target, bytes).expect("written");
    }
}

fn workspace_of(home: &Home, folder: &Path) -> PathBuf {
    home.run(["info", text(folder), "--json"]).good_json()["workspace"].as_str().expect("a path").into()
}

/// The rows of an answer, without what may differ in the last digit.
fn rows(answer: &Value) -> Vec<(String, i64)> {
    let rows = answer["neighbours"].as_array().expect("a list").iter();
    let row = |row: &Value| {
        let score = row["score"].as_f64().expect("a number");
        (row["path"].as_str().expect("a path").to_owned(), (score * 1000.0).round() as i64)
    };
    let mut rows: Vec<_> = rows.map(row).collect();
    rows.sort();
    rows
}

#[test]
fn vectors_are_never_those_of_another_picture_after_images_were_restored_from_a_backup() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    let images = workspace_of(&home, &folder).join("images.lance");
    let backup = home.path("backup");
    copy(&images, &backup);
    // They come after all others, so they get the next ids.
    home.sample("pictures/zz_first", 11);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    std::fs::remove_dir_all(&images).expect("removed");
    copy(&backup, &images);
    // And these come before them.
    home.sample("pictures/yy_second", 11);

    let probe = folder.join(&Home::files(&folder)[3].0);
    let info = home.run(["info", text(&folder), "--json"]).good_json();
    assert_eq!(info["remarks"].as_array().map(Vec::len), Some(1), "{info}");
    let found = run(&home, &["neighbours", text(&probe), "-k", "40", "--json"]);
    assert!(found.stderr.contains("Vectors of other pictures were removed"), "{found:?}");
    assert_eq!(rows(&found.good_json()).len(), 21, "the others have none until they are extracted");

    let done = run(&home, &["extract", text(&folder), "--json"]).good_json();
    assert_eq!((&done["images"], &done["with_vectors"], &done["done_now"]), (&44.into(), &44.into(), &22.into()));
    let found = run(&home, &["neighbours", text(&probe), "-k", "60", "--json"]).good_json();
    let fresh = home.path("fresh");
    run(&home, &["extract", text(&folder), "--workspace", text(&fresh), "--json"]).good_json();
    let expected =
        run(&home, &["neighbours", text(&probe), "-k", "60", "--workspace", text(&fresh), "--json"]).good_json();
    assert_eq!(rows(&found), rows(&expected));
}

#[test]
fn extracting_after_a_restored_backup_makes_the_missing_vectors_at_once() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    let images = workspace_of(&home, &folder).join("images.lance");
    let backup = home.path("backup");
    copy(&images, &backup);
    home.sample("pictures/zz", 11);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    std::fs::remove_dir_all(&images).expect("removed");
    copy(&backup, &images);
    let done = run(&home, &["extract", text(&folder), "--json"]).good_json();
    assert_eq!((&done["with_vectors"], &done["done_now"]), (&33.into(), &11.into()));
    assert!(done["problems"][0].as_str().is_some_and(|problem| problem.contains("backup")), "{done}");
}

#[test]
fn a_version_that_is_not_whole_is_told_and_made_again() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    home.sample("pictures/zz", 11);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    let workspace = workspace_of(&home, &folder);
    let versions = workspace.join("images.lance/_versions");
    let (newest, _) = Home::files(&versions)
        .into_iter()
        .find(|(path, _)| path.extension().is_some_and(|end| end == "manifest"))
        .expect("a manifest");
    std::fs::write(versions.join(newest), b"").expect("written");
    std::fs::write(workspace.join("indices.json"), b"").expect("written");

    let info = home.run(["info", text(&folder), "--json"]).good_json();
    let remarks = info["remarks"].to_string();
    assert!(remarks.contains("images.lance") && remarks.contains("indices.json"), "{remarks}");
    let versions = home.run(["versions", text(&folder), "--json"]);
    assert!(versions.stderr.contains("images.lance"), "{versions:?}");
    versions.good_json();
    let probe = folder.join(&Home::files(&folder)[3].0);
    let found = run(&home, &["neighbours", text(&probe), "--json"]);
    assert!(found.stderr.contains("images.lance") && found.stderr.contains("indices.json"), "{found:?}");
    found.good_json();
    let done = run(&home, &["extract", text(&folder), "--json"]).good_json();
    assert_eq!((&done["images"], &done["with_vectors"]), (&33.into(), &33.into()));
}

#[test]
fn storage_tells_what_is_not_whole() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    run(&home, &["tag", text(&folder), "mine", "--where", "id < 3", "--json"]).good_json();
    run(&home, &["tag", text(&folder), "mine", "--where", "id < 5", "--json"]).good_json();
    let versions = workspace_of(&home, &folder).join("tags.lance/_versions");
    let (newest, _) = Home::files(&versions)
        .into_iter()
        .find(|(path, _)| path.extension().is_some_and(|end| end == "manifest"))
        .expect("a manifest");
    std::fs::write(versions.join(newest), b"").expect("written");
    let kept = home.run(["storage", text(&folder), "--compact", "--sizes-only"]);
    assert_eq!(kept.code, Some(0), "{kept:?}");
    assert!(kept.stdout.contains("tags.lance"), "{kept:?}");
    let tags = run(&home, &["tag", text(&folder), "--list", "--json"]).good_json();
    assert_eq!(tags["tags"][0]["images"], 3);
}

#[test]
fn tags_that_cannot_be_read_are_told_once() {
    let home = Home::new();
    let folder = home.sample("pictures", 4);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    run(&home, &["tag", text(&folder), "mine", "--where", "id < 3", "--json"]).good_json();
    let data = workspace_of(&home, &folder).join("tags.lance/data");
    for (path, _) in Home::files(&data) {
        std::fs::write(data.join(path), b"").expect("written");
    }
    for words in [&["--list"][..], &["more", "--where", "id < 2"], &["mine", "--where", "id < 2", "--remove"]] {
        let told = run(&home, &[&["tag", text(&folder)], words].concat());
        assert_eq!(told.code, Some(1), "{told:?}");
        assert_eq!(told.stderr.matches("tags.lance").count(), 1, "{told:?}");
    }
}

/// Paths of the images that have a tag, or a row of a finding, below the folder.
fn paths_of(workspace: &tiramisu::store::Workspace, ids: &[tiramisu::domain::ImageId]) -> Vec<String> {
    let images = workspace.images().expect("images");
    let mut paths: Vec<String> = ids.iter().map(|id| images[id.index()].path.text.clone()).collect();
    paths.sort();
    paths
}

#[test]
fn tags_groups_and_maps_are_of_the_same_pictures_after_images_were_restored_from_a_backup() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    let mut before: Vec<String> = Home::files(&folder).into_iter().map(|(path, _)| text(&path).to_owned()).collect();
    before.sort();
    let workspace = workspace_of(&home, &folder);
    let images = workspace.join("images.lance");
    let backup = home.path("backup");
    copy(&images, &backup);
    // They come after all others, so they get the next ids.
    let zz = home.sample("pictures/zz_first", 11);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    let tagged: Vec<String> = [2, 5, 9]
        .map(|place| format!("zz_first/{}", text(&Home::files(&zz)[place].0)))
        .into_iter()
        .chain([before[4].clone()])
        .collect();
    for path in &tagged {
        run(&home, &["tag", text(&folder), "mine", "--image", text(&folder.join(path)), "--json"]).good_json();
    }
    let cluster = run(&home, &["cluster", text(&folder), "--count", "3", "--json"]).good_json();
    run(&home, &["project", text(&folder), "--method", "pca", "--json"]).good_json();
    std::fs::remove_dir_all(&images).expect("removed");
    copy(&backup, &images);
    // And these come before them.
    home.sample("pictures/yy_second", 11);

    let info = home.run(["info", text(&folder), "--json"]).good_json()["remarks"].to_string();
    let said = ["vectors of other pictures", "Tags wait for their pictures"];
    assert!(said.iter().all(|said| info.contains(said)), "{info}");
    let open = || tiramisu::store::Workspace::open(&workspace).expect("a workspace");
    let features = open().feature_tables().expect("tables")[0].table.clone();
    let found = |of: &tiramisu::store::Workspace| {
        let name = of.clusterings(&features).expect("a list").pop().expect("one was made");
        let clustering = of.clustering(&features, &name).expect("readable").expect("it is there");
        let map = of.projections(&features).expect("a list").pop().expect("one was made");
        let map = of.projection(&features, &map).expect("readable").expect("it is there");
        [paths_of(of, &clustering.ids), paths_of(of, &map.ids)]
    };
    assert_eq!(cluster["images"], 33);
    assert_eq!(found(&open()), [before.clone(), before.clone()], "also before anything is mended");

    let listed = run(&home, &["tag", text(&folder), "--list", "--json"]);
    assert!(listed.stderr.contains("Tags wait for their pictures"), "{listed:?}");
    assert!(!listed.stderr.contains("about other pictures"), "pictures to come may be theirs: {listed:?}");
    assert_eq!(listed.good_json()["tags"][0]["images"], 1);
    let again = run(&home, &["tag", text(&folder), "--list"]);
    assert!(!again.stderr.contains("about other pictures") && again.stderr.contains("Tags wait"), "{again:?}");

    let done = run(&home, &["extract", text(&folder), "--json"]).good_json();
    assert_eq!(done["with_vectors"], 44, "{done}");
    let mut tagged = tagged;
    tagged.sort();
    let known = open();
    assert_eq!(
        paths_of(&known, known.tags().expect("tags").bearers("mine")),
        tagged,
        "none is lost, none is another's"
    );
    assert_eq!(known.misfit_report().expect("readable").tags.moved, 0, "they have their pictures' ids on disk, too");
    assert_eq!(found(&known), [before.clone(), before.clone()]);
    // By now other pictures have those ids.
    let info = home.run(["info", text(&folder), "--json"]).good_json()["remarks"].to_string();
    assert!(["clusters_", "map_"].iter().all(|said| info.contains(said)), "{info}");
    let listed = run(&home, &["tag", text(&folder), "--list"]);
    assert!(listed.stderr.contains("Results about other pictures were removed"), "{listed:?}");
    let again = run(&home, &["tag", text(&folder), "--list"]);
    assert!(!again.stderr.contains("about other pictures"), "said once: {again:?}");
    assert_eq!(found(&open()), [before.clone(), before.clone()]);
    let asked = run(&home, &["query", text(&folder), "tag('mine')", "--json"]);
    assert!(!asked.stderr.contains("Tags"), "{asked:?}");
    let answer = asked.good_json().to_string();
    assert!(tagged.iter().all(|path| answer.contains(path)), "{answer}");
    run(&home, &["tag", text(&folder), "mine", "--where", "id >= 0", "--remove", "--json"]).good_json();
    assert!(open().tags().expect("tags").is_empty());
}

#[test]
fn what_is_set_aside_to_save_a_result_is_told() {
    let home = Home::new();
    let folder = home.sample("pictures", 22);
    run(&home, &["extract", text(&folder), "--json"]).good_json();
    run(&home, &["tag", text(&folder), "mine", "--where", "id < 3", "--json"]).good_json();
    let versions = workspace_of(&home, &folder).join("tags.lance/_versions");
    for (path, _) in Home::files(&versions) {
        std::fs::write(versions.join(path), b"").expect("written");
    }
    let given = run(&home, &["tag", text(&folder), "again", "--where", "id < 5", "--json"]);
    assert!(given.stderr.contains("renamed to tags.lance.torn"), "{given:?}");
    assert_eq!(given.good_json()["changed"], 5);
    let next = run(&home, &["tag", text(&folder), "again", "--where", "id < 6", "--json"]);
    assert!(!next.stderr.contains("torn"), "said once: {next:?}");
    assert_eq!(next.good_json()["changed"], 1);
}
