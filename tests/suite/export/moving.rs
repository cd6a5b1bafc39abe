//! Files that are moved into folders: nothing is replaced, nothing is lost, and where from and to is written down before.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tiramisu::export::ExportRow;
use tiramisu::export::moving::{MoveFrom, MovePlan, MoveReport, RecordedPaths, move_planned, write_log};

use super::{names_in, row, two_alike};
use crate::support::skipped;

/// Three pictures, of which two have one name and one class, and the third another.
fn classed() -> (tempfile::TempDir, Vec<ExportRow>) {
    let (folder, mut rows) = two_alike();
    for (row, class) in rows.iter_mut().zip(["round", "round", "odd/../../x"]) {
        row.said.classes = vec![class.to_owned()];
    }
    (folder, rows)
}

/// Where nothing else is on record.
fn plan(rows: &[ExportRow], folder: impl AsRef<Path>, to: &Path) -> MovePlan {
    let from = MoveFrom { folder: folder.as_ref(), recorded: &RecordedPaths::default() };
    tiramisu::export::moving::plan(rows, to, &from, &|| false)
}

fn moved(rows: &[ExportRow], folder: impl AsRef<Path>, to: &Path) -> MoveReport {
    move_planned(rows, &plan(rows, folder, to), &mut |_| {}, &|| false)
}

fn content(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

#[test]
fn files_are_moved_into_folders_of_their_classes_and_the_log_says_so_before() {
    let (folder, mut rows) = classed();
    rows[2].said.split = Some("train".to_owned());
    let to = folder.path().join("sorted");
    let planned = plan(&rows, &folder, &to);
    assert!(!to.exists(), "a plan changes nothing");
    assert_eq!((planned.moves.len(), planned.counts.folders, planned.renamed, planned.in_place), (3, 2, 1, 0));
    let log = write_log(&rows, &planned, &to).expect("a log");
    assert!(rows.iter().all(|row| row.source.exists()), "nothing is moved by writing it down");
    let mut table = csv::Reader::from_path(&log).expect("a table");
    assert_eq!(table.headers().expect("a head"), vec!["from", "to"]);
    let pairs: Vec<[PathBuf; 2]> =
        table.records().map(|row| row.expect("a row")).map(|row| [row[0].into(), row[1].into()]).collect();
    let below = |name: &str| to.join(name);
    let wanted = ["unassigned/round/1.jpg", "unassigned/round/1 (2).jpg", "train/odd_.._.._x/2.jpg"].map(below);
    for ((pair, row), wanted) in pairs.iter().zip(&rows).zip(&wanted) {
        assert_eq!(pair, &[row.source.clone(), wanted.clone()], "no class leads out of the folder");
    }
    let mut told = Vec::new();
    let report = move_planned(&rows, &planned, &mut |done| told.push(done), &|| false);
    assert_eq!((report.moved.len(), report.failed.len(), report.cancelled), (3, 0, false));
    assert_eq!(told, [1, 2, 3]);
    assert_eq!(wanted.map(content), ["from a", "from b", "two"]);
    assert!(rows.iter().all(|row| !row.source.exists()), "they are in one place only");
    // A second log takes no name away.
    let again = write_log(&rows, &planned, &to).expect("another log");
    assert_eq!(names_in(&to), ["moved (2).csv", "moved.csv", "train", "unassigned"]);
    assert_ne!(log, again);
}

#[test]
fn what_has_no_one_folder_stays_and_is_told() {
    let (folder, mut rows) = classed();
    rows[0].said.classes.clear();
    rows[1].said.classes.push("square".to_owned());
    rows.push(row(folder.path(), 3, "gone.jpg"));
    rows[3].said.classes = vec!["round".to_owned()];
    let planned = plan(&rows, &folder, &folder.path().join("sorted"));
    assert_eq!(planned.moves.len(), 1);
    let why: Vec<&str> = planned.counts.left.iter().map(|(_, why)| why.as_str()).collect();
    assert!(why[0].contains("no class") && why[1].contains("round, square") && why[2].contains("gone"), "{why:?}");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.jpg");
        std::os::unix::fs::symlink(&rows[2].source, &link).expect("a link");
        let mut linked = row(folder.path(), 4, "link.jpg");
        linked.said.classes = vec!["round".to_owned()];
        let planned = plan(&[linked], &folder, &folder.path().join("sorted"));
        assert!(planned.moves.is_empty() && planned.counts.left[0].1.contains("link"), "{planned:?}");
    }
    // What lies where it is to lie is done.
    rows[2].said.classes = vec!["b".to_owned()];
    let planned = plan(&rows[2..3], &folder, folder.path());
    assert_eq!((planned.moves.len(), planned.in_place), (0, 1));
}

#[test]
fn what_stays_takes_no_folder_from_what_goes() {
    let (folder, mut rows) = classed();
    let to = folder.path().join("sorted");
    // Their folders would be one: of the first nothing goes, for it is gone or in several classes.
    rows[0].source = folder.path().join("a/gone.jpg");
    rows[0].said.classes = vec!["x:y".to_owned()];
    rows[1].said.classes = vec!["x:y".to_owned(), "round".to_owned()];
    rows[2].said.classes = vec!["x_y".to_owned()];
    let planned = plan(&rows, &folder, &to);
    let goes_to: Vec<&Path> = planned.moves.iter().map(|it| it.to.as_path()).collect();
    assert_eq!(goes_to, [to.join("x_y/2.jpg")]);
    assert_eq!(planned.counts.folders, 1);
    // What lies there already has its folder, and another class gets one of its own.
    let first = |class: &str| {
        let mut row = rows[2].clone();
        row.said.classes = vec![class.to_owned()];
        row
    };
    fs::create_dir_all(to.join("x_y")).expect("a folder");
    fs::write(to.join("x_y/0.jpg"), "there").expect("a file");
    let mut there = row(&to.join("x_y"), 4, "0.jpg");
    there.said.classes = vec!["x:y".to_owned()];
    let planned = plan(&[there, first("x_y")], &folder, &to);
    assert_eq!((planned.in_place, planned.moves[0].to.clone()), (1, to.join("x_y_2/2.jpg")));
}

#[test]
fn no_file_is_replaced_also_by_one_that_came_meanwhile() {
    let (folder, rows) = classed();
    let to = folder.path().join("sorted");
    fs::create_dir_all(to.join("round")).expect("a folder");
    fs::write(to.join("round/1.jpg"), "was here before").expect("written");
    let planned = plan(&rows, &folder, &to);
    assert_eq!(planned.renamed, 2);
    fs::write(&planned.moves[1].to, "came meanwhile").expect("written");
    let report = move_planned(&rows, &planned, &mut |_| {}, &|| false);
    assert_eq!((report.moved.len(), report.failed.len()), (2, 1));
    assert!(report.failed[0].reason.contains("took its new name"), "{report:?}");
    assert_eq!(content(to.join("round/1.jpg")), "was here before");
    assert_eq!(content(&planned.moves[1].to), "came meanwhile");
    assert_eq!(content(&rows[1].source), "from b", "it is where it was");
    assert_eq!(content(to.join("round/1 (2).jpg")), "from a");
}

#[test]
fn a_name_that_an_image_has_on_record_is_taken_also_where_its_file_is_gone() {
    let (folder, rows) = classed();
    let to = folder.path().join("sorted");
    let recorded = ["sorted/Round/1.jpg", "elsewhere/1.jpg"].map(|path| folder.path().join(path));
    let own = rows.iter().map(|row| row.source.clone());
    let recorded = RecordedPaths::below(&to, own.chain(recorded));
    let planned =
        tiramisu::export::moving::plan(&rows, &to, &MoveFrom { folder: folder.path(), recorded: &recorded }, &|| false);
    let names = ["round/1 (2).jpg", "round/1 (3).jpg", "odd_.._.._x/2.jpg"].map(|name| to.join(name));
    assert_eq!(planned.moves.iter().map(|it| it.to.clone()).collect::<Vec<_>>(), names);
    assert_eq!(planned.renamed, 2);
}

#[test]
fn a_plan_can_be_stopped_and_says_so() {
    let (folder, rows) = classed();
    let asked = std::cell::Cell::new(0);
    let is_second = || asked.replace(asked.get() + 1) == 1;
    let from = MoveFrom { folder: folder.path(), recorded: &RecordedPaths::default() };
    let planned = tiramisu::export::moving::plan(&rows, &folder.path().join("sorted"), &from, &is_second);
    assert!(planned.cancelled && planned.moves.len() == 1, "{planned:?}");
}

#[test]
fn who_stops_it_finds_every_file_at_one_of_its_two_places() {
    let (folder, rows) = classed();
    let to = folder.path().join("sorted");
    let done = std::cell::Cell::new(0);
    let report = move_planned(&rows, &plan(&rows, &folder, &to), &mut |now| done.set(now), &|| done.get() == 1);
    assert!(report.cancelled);
    assert_eq!(report.moved.len(), 1);
    assert_eq!(content(to.join("round/1.jpg")), "from a");
    assert_eq!([content(&rows[1].source), content(&rows[2].source)], ["from b", "two"]);
    // The rest goes the next time.
    let report = moved(&rows[1..], &folder, &to);
    assert_eq!((report.moved.len(), report.failed.len()), (2, 0));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_outside_the_folder_stays() {
    let (folder, mut rows) = classed();
    let shared = tempfile::tempdir().expect("a folder");
    fs::create_dir(shared.path().join("deep")).expect("a folder");
    fs::write(shared.path().join("deep/theirs.jpg"), "theirs").expect("written");
    std::os::unix::fs::symlink(shared.path(), folder.path().join("nas")).expect("a link");
    // A link that stays inside leads to what is the person's own.
    fs::create_dir(folder.path().join(".inside")).expect("a folder");
    fs::write(folder.path().join(".inside/own.jpg"), "own").expect("written");
    std::os::unix::fs::symlink(folder.path().join(".inside"), folder.path().join("link")).expect("a link");
    for (id, path) in [(3, "nas/deep/theirs.jpg"), (4, "link/own.jpg")] {
        let mut new = row(folder.path(), id, path);
        new.said.classes = vec!["round".to_owned()];
        rows.push(new);
    }
    let to = folder.path().join("sorted");
    let planned = plan(&rows, &folder, &to);
    assert_eq!((planned.moves.len(), planned.counts.left.len()), (4, 1), "{planned:?}");
    assert_eq!(planned.counts.left[0].0, rows[3].source.display().to_string());
    assert!(planned.counts.left[0].1.contains("out of the folder that is open"), "{planned:?}");
    assert_eq!(moved(&rows, &folder, &to).moved.len(), 4);
    assert_eq!(content(shared.path().join("deep/theirs.jpg")), "theirs");
    assert_eq!(content(to.join("round/own.jpg")), "own");
}

#[cfg(unix)]
#[test]
fn what_lies_in_its_folder_by_another_way_is_in_place() {
    let (folder, mut rows) = classed();
    let other_way = tempfile::tempdir().expect("a folder");
    let link = other_way.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).expect("a link");
    for (row, class) in rows.iter_mut().zip(["a", "b", "b"]) {
        row.said.classes = vec![class.to_owned()];
    }
    let planned = plan(&rows, &folder, &link);
    assert_eq!((planned.moves.len(), planned.renamed, planned.in_place), (0, 0, 3), "{planned:?}");
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_own_name_also_one_that_no_other_system_takes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("a folder");
    let names = [b"what? 1:2.jpg".as_slice(), b"caf\xe9.jpg", b" space .jpg"].map(OsStr::from_bytes);
    let mut rows: Vec<ExportRow> = Vec::new();
    for (id, name) in (0..).zip(names) {
        fs::write(folder.path().join(name), "picture").expect("written");
        let mut new = row(folder.path(), id, "x");
        new.record.path = tiramisu::domain::ImagePath::from_relative(Path::new(name));
        new.source = new.record.path.below(folder.path());
        new.said.classes = vec!["a:b".to_owned()];
        rows.push(new);
    }
    let to = folder.path().join("sorted");
    let planned = plan(&rows, &folder, &to);
    assert_eq!(planned.renamed, 0);
    let wanted: Vec<PathBuf> = names.iter().map(|name| to.join("a_b").join(name)).collect();
    assert_eq!(planned.moves.iter().map(|it| it.to.clone()).collect::<Vec<_>>(), wanted);
    assert_eq!(moved(&rows, &folder, &to).failed, []);
    assert!(wanted.iter().all(|file| file.exists()));
}

#[cfg(unix)]
#[test]
fn a_file_goes_to_another_file_system_with_its_content_and_time() {
    use std::os::unix::fs::MetadataExt;
    let (folder, rows) = classed();
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev());
    let elsewhere = Path::new("/dev/shm");
    let is_another = device(elsewhere).is_ok_and(|other| device(folder.path()).is_ok_and(|here| here != other));
    let Some(other) = is_another.then(|| tempfile::tempdir_in(elsewhere).ok()).flatten() else {
        skipped!("there is no other file system to write to");
        return;
    };
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let file = fs::File::options().append(true).open(&rows[0].source).expect("a file");
    file.set_modified(long_ago).expect("a time");
    let report = moved(&rows, &folder, other.path());
    assert_eq!((report.moved.len(), report.failed.len()), (3, 0), "{report:?}");
    assert_eq!(content(other.path().join("round/1.jpg")), "from a");
    let modified = fs::metadata(other.path().join("round/1.jpg")).and_then(|metadata| metadata.modified());
    assert_eq!(modified.expect("a time"), long_ago, "by its time a picture is known again");
    assert!(rows.iter().all(|row| !row.source.exists()));
    assert_eq!(names_in(&other.path().join("round")), ["1 (2).jpg", "1.jpg"], "no draft is left");
}
