//! What leaves: tables and copies, and that nothing is overwritten or left half written.

mod class_folders;
mod moving;
mod shown;

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::support::skipped;
use tiramisu::domain::{ClassScore, ExportContent, ExportFormat, ImageId, ImagePath, ImageRecord, SplitShares};
use tiramisu::export::{
    Conflict, CopyOptions, EdgeSink, ExportError, ExportRow, Layout, Said, VectorColumn, VectorPortion, Vertex, Writer,
    conflicts, copy_files, csv, csv_with_formulas, json, npy, place::write_whole, write_edges,
};

fn row(folder: &Path, id: u32, path: &str) -> ExportRow {
    let path = ImagePath::from_relative(Path::new(path));
    ExportRow {
        source: path.below(folder),
        record: ImageRecord {
            id: ImageId(id),
            label: path.parent_name().map(str::to_owned),
            path,
            width: 640,
            height: 480,
            file_bytes: 1234,
            modified_unix_secs: 1_700_000_000,
            problem: None,
        },
        score: Some(0.5),
        classes: vec![
            ClassScore { index: 281, name: "tabby, \"tabby\" cat".to_owned(), probability: 0.75 },
            ClassScore { index: 282, name: "tiger cat".to_owned(), probability: 0.125 },
        ],
        said: Said::default(),
    }
}

/// Two folders with files of the same name, and the rows for them.
fn two_alike() -> (tempfile::TempDir, Vec<ExportRow>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("a/1.jpg", "from a"), ("b/1.jpg", "from b"), ("b/2.jpg", "two")] {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let rows =
        vec![row(folder.path(), 0, "a/1.jpg"), row(folder.path(), 1, "b/1.jpg"), row(folder.path(), 2, "b/2.jpg")];
    (folder, rows)
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn copy(rows: &[ExportRow], to: &Path, layout: Layout, on_conflict: Conflict) -> tiramisu::export::ExportReport {
    copy_files(rows, to, CopyOptions { layout, on_conflict }, &mut |_| {}, &|| false).unwrap()
}

#[test]
fn no_spreadsheet_computes_what_a_folder_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["=HYPERLINK(x)/1.jpg", "+1+cmd/2.jpg", "-3/3.jpg", "@SUM(A1)/4.jpg", "plain/-5.jpg"];
    let rows: Vec<ExportRow> = (0..).zip(names).map(|(id, name)| row(folder.path(), id, name)).collect();
    let columns = |out: &Path| -> Vec<[String; 3]> {
        let mut table = ::csv::Reader::from_path(out).unwrap();
        table.records().map(|row| row.unwrap()).map(|row| [1, 2, 9].map(|at| row[at].to_owned())).collect()
    };
    let out = folder.path().join("guarded.csv");
    csv(&rows, &out, false).unwrap();
    let expected: Vec<[String; 3]> = names
        .iter()
        .map(|name| {
            let label = name.split('/').next().unwrap();
            let guard = |text: &str| match text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
                true => format!("'{text}"),
                false => text.to_owned(),
            };
            [guard(name), guard(label), "0.5".to_owned()]
        })
        .collect();
    assert_eq!(columns(&out), expected);
    assert_eq!(expected[2], ["'-3/3.jpg", "-3", "0.5"], "a number is one");
    let out = folder.path().join("plain.csv");
    csv_with_formulas(&rows, &out, false).unwrap();
    assert_eq!(columns(&out)[0], [names[0], "=HYPERLINK(x)", "0.5"], "there is a way out");
}

#[test]
fn csv_reads_back_with_quotes_commas_and_gaps_intact() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let mut rows = vec![row(folder.path(), 0, "cats, big/ö \"1\".jpg"), row(folder.path(), 7, "plain.jpg")];
    rows[1].score = None;
    rows[1].classes.clear();
    rows[1].record.problem = Some("the file is empty\n(0 bytes)".to_owned());

    csv(&rows, &out, false).unwrap();

    let mut reader = ::csv::Reader::from_path(&out).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 2);
    assert_eq!(&records[0][column("path")], "cats, big/ö \"1\".jpg");
    assert_eq!(&records[0][column("label")], "cats, big");
    assert_eq!(&records[0][column("score")], "0.5");
    assert_eq!(&records[0][column("class_1")], "tabby, \"tabby\" cat");
    assert_eq!(&records[0][column("probability_2")], "0.125");
    assert_eq!(&records[0][column("class_3")], "");
    assert_eq!((&records[1][column("id")], &records[1][column("label")]), ("7", ""));
    assert_eq!(&records[1][column("score")], "");
    assert_eq!(&records[1][column("problem")], "the file is empty\n(0 bytes)");
}

#[test]
fn json_reads_back_and_an_unknown_score_is_null() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.json");
    let mut rows = vec![row(folder.path(), 0, "a/1.jpg"), row(folder.path(), 1, "2.jpg")];
    rows[1].score = Some(f64::NAN);
    json(&rows, &out, false).unwrap();
    let read: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(read[0]["label"], "a");
    assert_eq!(read[0]["classes"][0]["index"], 281);
    assert_eq!(read[0]["classes"][1]["probability"], 0.125);
    assert_eq!(read[1]["score"], serde_json::Value::Null);
    assert_eq!(read[1]["label"], serde_json::Value::Null);
    json(&[], &folder.path().join("none.json"), false).unwrap();
    let none: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("none.json")).unwrap()).unwrap();
    assert_eq!(none, serde_json::json!([]));
}

#[test]
fn an_existing_table_stays_unless_overwriting_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    std::fs::write(&out, "precious").unwrap();
    let rows = [row(folder.path(), 0, "1.jpg")];
    for error in [csv(&rows, &out, false).unwrap_err(), json(&rows, &out, false).unwrap_err()] {
        assert!(matches!(&error, ExportError::Exists { targets } if targets == std::slice::from_ref(&out)), "{error}");
        assert!(error.to_string().ends_with(&out.display().to_string()), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "precious");
    csv(&rows, &out, true).unwrap();
    assert!(std::fs::read_to_string(&out).unwrap().starts_with("id,path"));
    assert_eq!(names_in(folder.path()), ["out.csv"]);
}

#[test]
fn a_full_disk_leaves_nothing_half_written_and_the_old_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    std::fs::write(&out, "old").unwrap();
    for (kind, expected) in [(ErrorKind::StorageFull, "full"), (ErrorKind::ReadOnlyFilesystem, "not allowed")] {
        let error = write_whole(&out, true, |writer| {
            writer.write_all(&[b'x'; 200_000])?;
            Err(io::Error::from(kind))
        })
        .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "old");
    assert_eq!(names_in(folder.path()), ["out.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_really_full_is_reported_as_full() {
    // A file system of 64 KB; making one takes a user namespace or root, which not every machine grants.
    let folder = tempfile::tempdir().unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(folder.path())
        .stderr(std::process::Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        skipped!("not allowed to mount");
        return;
    }
    let rows: Vec<_> = (0..2000).map(|id| row(folder.path(), id, "a/1.jpg")).collect();
    let table = csv(&rows, &folder.path().join("out.csv"), false);
    let left = names_in(folder.path());
    let source = tempfile::tempdir().unwrap();
    std::fs::create_dir(source.path().join("a")).unwrap();
    std::fs::write(source.path().join("a/1.jpg"), vec![0u8; 300_000]).unwrap();
    let rows = [row(source.path(), 0, "a/1.jpg")];
    let copied = copy_files(&rows, folder.path(), CopyOptions::default(), &mut |_| {}, &|| false);
    let left_after_copy = names_in(folder.path());
    let unmounted = std::process::Command::new("umount").arg(folder.path()).status().unwrap();
    assert!(unmounted.success());
    assert!(matches!(table, Err(ExportError::DiskFull { .. })), "{table:?}");
    assert!(matches!(copied, Err(ExportError::DiskFull { .. })), "{copied:?}");
    assert_eq!((left, left_after_copy), (vec![], vec![]));
}

#[test]
fn a_table_cannot_be_written_to_a_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let error = csv(&[], &folder.path().join("no/such/out.csv"), false).unwrap_err();
    assert!(matches!(error, ExportError::NoFolder { .. }), "{error}");
}

#[test]
fn two_files_that_belong_together_are_both_replaced_or_neither() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let rows = [row(folder.path(), 0, "1.jpg")];
    let column = VectorColumn { name: "a".to_owned(), layer: "a".to_owned(), pooling: "average", channels: 2 };
    let array = |overwrite: bool, meanwhile: &dyn Fn()| {
        let mut portions = vec![VectorPortion { rows: rows.iter().collect(), columns: vec![vec![0.5, 0.25]] }];
        let mut next = || {
            meanwhile();
            Ok(portions.pop())
        };
        npy(&column, &mut next, &place("x.npy"), &place("x.csv"), overwrite)
    };
    let vertices = [Vertex { kind: "image", name: "1.jpg".to_owned(), label: None }];
    let graph = |overwrite: bool, meanwhile: &dyn Fn()| {
        let edges = |sink: &mut EdgeSink| {
            meanwhile();
            sink(0, 0, 1.0)
        };
        write_edges(&vertices, edges, &place("x.edges"), overwrite)
    };
    for name in ["x.npy", "x.edges"] {
        std::fs::write(place(name), "old").unwrap();
    }
    // The folders come when whoever writes has found the places to be free.
    let make = |name: &str| drop(std::fs::create_dir(place(name)));
    assert!(matches!(array(true, &|| make("x.csv")), Err(ExportError::IsFolder { .. })));
    assert!(matches!(graph(true, &|| make("x.edges.vertices")), Err(ExportError::IsFolder { .. })));
    assert_eq!(names_in(folder.path()), ["x.csv", "x.edges", "x.edges.vertices", "x.npy"], "no draft is left");
    for name in ["x.npy", "x.edges"] {
        assert_eq!(std::fs::read_to_string(place(name)).unwrap(), "old");
        std::fs::remove_file(place(name)).unwrap();
    }

    // Where nothing was, nothing comes; not even what could be placed.
    for name in ["x.csv", "x.edges.vertices"] {
        std::fs::remove_dir(place(name)).unwrap();
    }
    assert!(matches!(array(false, &|| make("x.csv")), Err(ExportError::Exists { .. })));
    assert!(matches!(graph(false, &|| make("x.edges.vertices")), Err(ExportError::Exists { .. })));
    assert_eq!(names_in(folder.path()), ["x.csv", "x.edges.vertices"]);

    for name in ["x.csv", "x.edges.vertices"] {
        std::fs::remove_dir(place(name)).unwrap();
        std::fs::write(place(name), "old").unwrap();
    }
    let targets = |error: ExportError| match error {
        ExportError::Exists { targets } => targets,
        error => panic!("{error}"),
    };
    assert_eq!(targets(array(false, &|| {}).unwrap_err()), [place("x.csv")]);
    assert_eq!(targets(graph(false, &|| {}).unwrap_err()), [place("x.edges.vertices")]);
    assert_eq!((array(true, &|| {}).unwrap(), graph(true, &|| {}).unwrap()), (1, place("x.edges.vertices")));
    assert_eq!(names_in(folder.path()), ["x.csv", "x.edges", "x.edges.vertices", "x.npy"]);
    assert!(std::fs::read_to_string(place("x.csv")).unwrap().contains("1.jpg"));
    assert!(std::fs::read_to_string(place("x.edges.vertices")).unwrap().contains("1.jpg"));
}

#[test]
fn flat_copies_of_one_name_are_both_kept() {
    let (_folder, rows) = two_alike();
    let to = tempfile::tempdir().unwrap();
    let target = to.path().join("new/folder");
    let mut heard = Vec::new();
    let report = copy_files(&rows, &target, CopyOptions::default(), &mut |done| heard.push(done), &|| false).unwrap();
    assert_eq!(names_in(&target), ["1 (2).jpg", "1.jpg", "2.jpg"]);
    assert_eq!(std::fs::read_to_string(target.join("1.jpg")).unwrap(), "from a");
    assert_eq!(std::fs::read_to_string(target.join("1 (2).jpg")).unwrap(), "from b");
    assert_eq!((report.copied.len(), report.renamed, report.failed.len(), report.cancelled), (3, 1, 0, false));
    assert_eq!(heard, [1, 2, 3]);
}

#[test]
fn copies_can_keep_the_folders_of_the_collection() {
    let (_folder, rows) = two_alike();
    let to = tempfile::tempdir().unwrap();
    let report = copy(&rows, to.path(), Layout::Folders, Conflict::Refuse);
    assert_eq!(report.renamed, 0);
    assert_eq!(std::fs::read_to_string(to.path().join("b/1.jpg")).unwrap(), "from b");
    assert_eq!(std::fs::read_to_string(to.path().join("a/1.jpg")).unwrap(), "from a");
}

#[test]
fn copying_refuses_to_touch_existing_files_and_copies_nothing_then() {
    let (_folder, rows) = two_alike();
    let to = tempfile::tempdir().unwrap();
    std::fs::write(to.path().join("2.jpg"), "precious").unwrap();
    assert_eq!(conflicts(&rows, to.path(), Layout::Flat), [to.path().join("2.jpg")]);
    let error = copy_files(&rows, to.path(), CopyOptions::default(), &mut |_| {}, &|| false).unwrap_err();
    assert!(matches!(error, ExportError::Exists { .. }), "{error}");
    assert_eq!(names_in(to.path()), ["2.jpg"]);

    let report = copy(&rows, to.path(), Layout::Flat, Conflict::KeepBoth);
    assert_eq!(report.renamed, 2);
    assert_eq!(names_in(to.path()), ["1 (2).jpg", "1.jpg", "2 (2).jpg", "2.jpg"]);
    assert_eq!(std::fs::read_to_string(to.path().join("2.jpg")).unwrap(), "precious");
}

#[test]
fn a_file_that_is_gone_is_reported_and_the_rest_is_copied() {
    let (folder, rows) = two_alike();
    std::fs::remove_file(folder.path().join("b/1.jpg")).unwrap();
    let to = tempfile::tempdir().unwrap();
    let report = copy(&rows, to.path(), Layout::Flat, Conflict::Refuse);
    assert_eq!(report.copied.len(), 2);
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].source, folder.path().join("b/1.jpg"));
    assert!(report.failed[0].reason.contains("gone"), "{}", report.failed[0].reason);
    assert_eq!(names_in(to.path()), ["1.jpg", "2.jpg"]);
}

#[test]
fn a_cancelled_copy_leaves_only_whole_files_and_says_how_far_it_came() {
    let (_folder, rows) = two_alike();
    let to = tempfile::tempdir().unwrap();
    let asked = std::cell::Cell::new(0);
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 1
    };
    let report = copy_files(&rows, to.path(), CopyOptions::default(), &mut |_| {}, &cancelled).unwrap();
    assert!(report.cancelled);
    assert_eq!(report.copied, [to.path().join("1.jpg")]);
    assert_eq!(names_in(to.path()), ["1.jpg"]);
}

#[test]
fn a_path_that_points_upwards_stays_below_the_chosen_folder() {
    let (folder, _) = two_alike();
    let to = tempfile::tempdir().unwrap();
    let target = to.path().join("inside");
    let mut escaping = row(folder.path(), 0, "../../evil.jpg");
    escaping.source = folder.path().join("a/1.jpg");
    let report = copy(&[escaping], &target, Layout::Folders, Conflict::Refuse);
    assert_eq!(report.copied, [target.join("evil.jpg")]);
    assert_eq!(names_in(to.path()), ["inside"]);
}

#[test]
fn every_format_stands_under_one_head_of_the_menus() {
    let shown = ExportFormat::FAMILIES.iter().flat_map(|(_, formats)| formats.iter());
    let words: Vec<&str> = shown.map(|format| format.description().word).collect();
    for format in ExportFormat::ALL {
        let word = format.description().word;
        assert_eq!(words.iter().filter(|shown| **shown == word).count(), 1, "{word} in {words:?}");
    }
    assert_eq!(words.len(), ExportFormat::ALL.len());
}

#[test]
fn every_format_is_told_apart_and_written_as_it_is_described() {
    let all = ExportFormat::ALL.map(|format| (format, format.description()));
    for (at, (format, description)) in all.iter().enumerate() {
        assert_eq!(serde_json::to_value(format).unwrap(), description.word, "one word, wherever it is written");
        for (_, other) in &all[at + 1..] {
            assert_ne!(description.word, other.word);
            assert_ne!(description.command, other.command);
            let endings = description.file.zip(other.file).map(|(file, other)| (file.ending, other.ending));
            assert!(endings.is_none_or(|(ending, other)| ending != other), "{endings:?}");
        }
        let fits = match (Writer::of(*format), description.content) {
            (Writer::Files, ExportContent::Files) => description.file.is_none(),
            (Writer::Table(_), ExportContent::Table | ExportContent::Dataset)
            | (Writer::Shown(_), ExportContent::Sheet | ExportContent::Map { .. })
            | (Writer::Vectors(_), ExportContent::Vectors { .. }) => description.file.is_some(),
            (Writer::Dataset(_), ExportContent::Dataset) => description.file.is_none(),
            _ => false,
        };
        assert!(fits, "{format:?} is written otherwise than it is described: {description:?}");
    }
}

#[test]
fn the_ending_of_a_name_says_what_is_written() {
    let of = |name: &str| ExportFormat::by_ending(Path::new(name));
    assert_eq!([of("a.csv"), of("b/A.CSV")], [ExportFormat::Csv; 2]);
    assert_eq!([of("a.npy"), of("a.b.parquet")], [ExportFormat::Npy, ExportFormat::Parquet]);
    assert_eq!(
        [of("a.json"), of("a.Coco.json"), of("coco.json")],
        [ExportFormat::Json, ExportFormat::Coco, ExportFormat::Json]
    );
    assert_eq!([of("pictures"), of("pictures.d"), of("csv")], [ExportFormat::Files; 3]);
    let unknown = |name: &str| ExportFormat::has_unknown_ending(Path::new(name));
    assert!(["a.xlsx", "b/A.TXT", "a.csv.gz", "a.tar"].into_iter().all(unknown));
    assert!(
        !["a.csv", "a.coco.json", "pictures", ".hidden", "v1.2", "a.", "of my.holidays2026"].into_iter().any(unknown)
    );
    assert!(!["backup.old/", "to/a.xlsx/"].into_iter().any(unknown), "a folder was meant");
    assert_eq!([of("backup.old/"), of("a.csv/")], [ExportFormat::Files; 2]);
    for format in ExportFormat::ALL {
        let usual = format.file().map(|file| file.usual_name);
        assert!(usual.is_none_or(|name| of(name) == format), "{usual:?}");
    }
    assert_eq!(ExportFormat::files_in_words(ExportFormat::is_of_vectors), "FILE.npy or FILE.parquet");
}

#[test]
fn every_split_gets_its_share_of_all_pictures_and_of_each_class_in_whatever_order_they_come() {
    let classes = [vec![], vec!["a".to_owned()], vec!["b".to_owned(), "a".to_owned()], vec!["c".to_owned()]];
    let paths: Vec<String> = (0..1003).map(|number| format!("pictures/{number}.jpg")).collect();
    let mut pictures: Vec<(&[String], &str)> =
        paths.iter().enumerate().map(|(at, path)| (classes[at % 4].as_slice(), path.as_str())).collect();
    let shares = SplitShares { validation: 15, test: 5, seed: 7 };
    let divided = shares.divide(&pictures);
    let count = |split: &str, class: Option<usize>| {
        let of = |at: &usize| divided[*at] == split && class.is_none_or(|class| at % 4 == class);
        (0..paths.len()).filter(of).count()
    };
    for (split, share) in SplitShares::NAMES.into_iter().zip([80, 15, 5]) {
        assert!((count(split, None) * 100).abs_diff(share * paths.len()) <= 100, "{split}: {}", count(split, None));
        for class in 0..4 {
            let wanted = share * paths.len() / 4;
            assert!((count(split, Some(class)) * 100).abs_diff(wanted) <= 250, "{split} of class {class}");
        }
    }
    pictures.reverse();
    let mut again = shares.divide(&pictures);
    again.reverse();
    assert_eq!(again, divided);
    let runs = divided.windows(4).filter(|few| few[0] == "val" && few[3] == "val").count();
    assert!(runs < 60, "chance, not every so many: {runs}");
}
