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
