//! Folders of classes: what is said before is what is done.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tiramisu::domain::DatasetOptions;
use tiramisu::export::class_folders::{plan, write};
use tiramisu::export::{DatasetFolder, ExportRow};

use super::{row, two_alike};

/// Four pictures, of which one is gone: in two classes of one name but for its capitals, in both, and in none.
fn classed() -> (tempfile::TempDir, Vec<ExportRow>) {
    let (folder, mut rows) = two_alike();
    rows.push(row(folder.path(), 3, "gone.jpg"));
    for (row, classes) in rows.iter_mut().zip([&["Round"][..], &["round", "Round"], &[], &["Round"]]) {
        row.said.classes = classes.iter().map(|class| (*class).to_owned()).collect();
    }
    rows[0].said.split = Some("train".to_owned());
    (folder, rows)
}

/// The folders with files in them, and how many files there are.
fn files_below(folder: &Path) -> (BTreeSet<String>, usize) {
    let (mut folders, mut files) = (BTreeSet::new(), 0);
    for split in fs::read_dir(folder).expect("a folder").flatten() {
        for class in fs::read_dir(split.path()).expect("a folder").flatten() {
            let count = fs::read_dir(class.path()).expect("a folder").count();
            files += count;
            if count > 0 {
                folders.insert(class.path().strip_prefix(folder).expect("below").display().to_string());
            }
        }
    }
    (folders, files)
}

#[test]
fn what_is_planned_is_what_is_written() {
    let (folder, rows) = classed();
    let to = folder.path().join("set");
    let planned = plan(&rows, &to, &|| false).expect("a plan");
    assert!(!to.exists(), "a plan changes nothing");
    assert_eq!((planned.pictures, planned.files, planned.folders, planned.unclassed), (2, 3, 3, 1), "{planned:?}");
    assert_eq!(planned.splits, [("train".to_owned(), 1), ("unassigned".to_owned(), 1)]);
    let options = DatasetOptions::default();
    let (progress, cancelled) = (&mut |_| {}, &|| false);
    let report = write(&rows, &mut DatasetFolder { folder: &to, options: &options, progress, cancelled });
    let report = report.expect("it is written");
    let (folders, files) = files_below(&to);
    assert_eq!((folders.len(), files, report.copied.len()), (planned.folders, planned.files, planned.files));
    assert!(folders.contains("unassigned/round_2"), "two folders where capitals count for nothing: {folders:?}");
    let failed: Vec<(String, String)> =
        report.failed.into_iter().map(|left| (left.source.display().to_string(), left.reason)).collect();
    assert_eq!(failed, planned.left, "and for the same reasons");
}

#[test]
fn a_picture_that_is_gone_takes_no_folder_from_one_that_is_there() {
    let (folder, mut rows) = two_alike();
    fs::remove_file(&rows[0].source).expect("it goes");
    for (row, class) in rows.iter_mut().zip(["x:y", "x_y", "x_y"]) {
        row.said.classes = vec![class.to_owned()];
    }
    let to = folder.path().join("set");
    let planned = plan(&rows, &to, &|| false).expect("a plan");
    assert_eq!((planned.pictures, planned.folders, planned.left.len()), (2, 1, 1), "{planned:?}");
    let options = DatasetOptions::default();
    let (progress, cancelled) = (&mut |_| {}, &|| false);
    let report = write(&rows, &mut DatasetFolder { folder: &to, options: &options, progress, cancelled });
    let report = report.expect("it is written");
    assert_eq!(report.copied, ["x_y/1.jpg", "x_y/2.jpg"].map(|name| to.join(name)));
    assert_eq!((report.failed.len(), report.renamed), (1, 0));
}

#[test]
fn a_plan_that_is_stopped_looks_at_no_more() {
    let (folder, rows) = classed();
    let asked = std::cell::Cell::new(0);
    let is_second = || asked.replace(asked.get() + 1) == 1;
    let planned = plan(&rows, &folder.path().join("set"), &is_second).expect("a plan");
    assert_eq!((planned.pictures, planned.left.len()), (1, 0), "{planned:?}");
}
