//! `adopt` and `vectors`: rows that other programs made become part of a workspace.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float32Builder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use serde_json::Value;
use tiramisu::domain::{ImageId, Pooling, StoredLayer};
use tiramisu::store::Workspace;

use super::run;
use crate::support::command::{self, Answer, Home};

/// Runs the binary with something on its standard input.
fn feed<A: AsRef<OsStr>>(home: &Home, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> (Answer, Vec<u8>) {
    let output = command::feed(&mut home.command(arguments), input);
    (Answer::of(&output), output.stdout)
}

fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).expect("a stream begins");
    batches.iter().for_each(|batch| writer.write(batch).expect("a batch is written"));
    writer.into_inner().expect("a stream ends")
}

fn batch<'a>(columns: impl IntoIterator<Item = (&'a str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("columns of one length")
}

fn paths<P: AsRef<Path>>(paths: &[P]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(paths.iter().map(|path| path.as_ref().to_str().expect("Unicode"))))
}

/// Vectors of `channels` numbers; `None` where there is none.
fn vectors(channels: i32, rows: &[Option<Vec<f32>>]) -> ArrayRef {
    let mut lists = FixedSizeListBuilder::new(Float32Builder::new(), channels);
    for row in rows {
        match row {
            Some(numbers) => lists.values().append_slice(numbers),
            None => lists.values().append_nulls(channels as usize),
        }
        lists.append(row.is_some());
    }
    Arc::new(lists.finish())
}

/// A vector of four numbers for each place, none like another.
fn some(places: std::ops::Range<usize>) -> Vec<Option<Vec<f32>>> {
    places.map(|place| Some((0..4).map(|channel| (place * 7 + channel) as f32 / 3.0).collect())).collect()
}

/// The pictures of a folder, absolute, in the order in which they are walked.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    Home::files(folder).into_iter().map(|(below, _)| folder.join(below)).collect()
}

fn workspace_of(home: &Home, folder: &Path) -> PathBuf {
    let info = run(home, "info @0 --json", &[folder]).good_json();
    PathBuf::from(info["workspace"].as_str().expect("a path"))
}

fn count(answer: &Value, list: &str) -> u64 {
    answer[list]["count"].as_u64().unwrap_or_else(|| panic!("no {list}: {answer}"))
}

const FEATURES: [&str; 7] = ["features", "--network", "filters", "--layers", "edges", "--compute", "cpu"];

/// What `features` makes of pictures.
fn features(home: &Home, more: &[&str], of: &[PathBuf]) -> Vec<u8> {
    let rows = stream(&[batch([("path", paths(of))])]);
    let (answer, made) = feed(home, FEATURES.iter().chain(more), &rows);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    made
}

#[test]
fn features_that_were_made_elsewhere_are_the_same_as_extracted_and_are_not_made_again() {
    let home = Home::new();
    let folder = home.sample("sample", 12);
    std::fs::write(folder.join("broken.png"), b"no picture").expect("a file");
    let all = pictures(&folder);
    let adopt = [OsStr::new("adopt"), folder.as_ref(), "--json".as_ref()];

    let (adopted, _) = feed(&home, adopt, &features(&home, &["--thumbnails"], &all[..8]));
    assert_eq!(adopted.code, Some(3), "one of them cannot be read: {adopted:?}");
    let adopted = adopted.json();
    assert_eq!((&adopted["rows"], &adopted["stored"], &adopted["recorded"]), (&8.into(), &7.into(), &8.into()));
    assert_eq!(count(&adopted, "unreadable"), 1, "{adopted}");
    // The second time some are there; the others have no thumbnail with them.
    let (adopted, _) = feed(&home, adopt, &features(&home, &[], &all[4..]));
    let adopted = adopted.json();
    assert_eq!((&adopted["stored"], &adopted["already"], &adopted["recorded"]), (&5.into(), &4.into(), &5.into()));

    let other = home.path("other");
    let extract = "extract @0 --network filters --layers edges --compute cpu --json --workspace @1";
    let extracted = run(&home, extract, &[&folder, &other]);
    assert_eq!((extracted.code, &extracted.json()["done_now"]), (Some(3), &12.into()));
    let mine = workspace_of(&home, &folder);
    let [mine, other] = [mine, other].map(|root| Workspace::open(&root).expect("a workspace"));
    let [ours, theirs] = [&mine, &other].map(|workspace| workspace.images().expect("images"));
    assert_eq!(ours, theirs);
    let ids: Vec<ImageId> = ours.iter().map(|record| record.id).collect();
    let thumbnails = mine.thumbnails(&ids).expect("thumbnails");
    assert_eq!(thumbnails.iter().filter(|(_, thumbnail)| thumbnail.is_some()).count(), 12);
    let [ours, theirs] = [&mine, &other].map(|workspace| {
        let table = workspace.feature_tables().expect("tables").remove(0);
        let read = workspace.read_features(&table.table).expect("a table");
        Pooling::ALL.map(|pooling| {
            read.vectors(&StoredLayer { layer: "edges".to_owned(), pooling }).expect("vectors are stored")
        })
    });
    assert_eq!(ours, theirs, "bit for bit");
    drop((mine, other));

    let again = run(&home, "extract @0 --network filters --compute cpu --json", &[&folder]);
    assert_eq!(again.json()["done_now"], 0, "{again:?}");
    let near = run(&home, "neighbours @0 --folder @1 --network filters --layer edges -k 3 --json", &[&all[6], &folder]);
    assert_eq!(near.good_json()["neighbours"].as_array().map(Vec::len), Some(3));
}

#[test]
fn paths_that_were_written_elsewhere_stand_for_those_of_the_folder() {
    let home = Home::new();
    let folder = home.sample("sample", 4);
    let all = pictures(&folder);
    let spaced = folder.join("my picture.png");
    std::fs::copy(&all[0], &spaced).expect("a copy");
    let below = |path: &Path| path.strip_prefix(&folder).expect("below").to_str().expect("Unicode").to_owned();
    let written = [
        format!("hdfs://cluster/photos/{}", below(&all[0])),
        format!("file:{}", all[1].display()),
        format!("file://{}", all[2].display()),
        format!("file://{}", spaced.display().to_string().replace(' ', "%20")),
        below(&all[3]),
        "s3://bucket/other.png".to_owned(),
        "hdfs://cluster/photos/../../secret.png".to_owned(),
    ];
    let rows = stream(&[batch([("path", paths(&written)), ("vector", vectors(4, &some(0..7)))])]);
    let verb = ["vectors", "sample", "--name", "mine", "--json", "--prefix", "hdfs://cluster/photos"];
    let (stored, _) = feed(&home, verb, &rows);
    assert_eq!(stored.code, Some(3), "{stored:?}");
    let stored = stored.json();
    assert_eq!((&stored["stored"], count(&stored, "unknown")), (&5.into(), 2), "{stored}");
    let first = stored["unknown"]["first"].to_string();
    assert!(first.contains("--prefix") && first.contains("secret.png"), "{first}");
}

#[test]
fn vectors_of_ones_own_are_looked_at_like_those_of_a_network() {
    let home = Home::new();
    let folder = home.sample("sample", 12);
    let all = pictures(&folder);
    let rows = stream(&[batch([("path", paths(&all)), ("clip", vectors(4, &some(0..12)))])]);
    let verb = ["vectors", "sample", "--name", "mine", "--about", "a test", "--json"];
    let (stored, _) = feed(&home, verb, &rows);
    let stored = stored.good_json();
    assert_eq!((&stored["stored"], &stored["recorded"], &stored["replaced"]), (&12.into(), &12.into(), &0.into()));
    assert_eq!(stored["layers"], serde_json::json!(["clip"]));

    let near = run(&home, "neighbours @0 --network mine -k 1 --metric euclidean --json", &[&all[5]]).good_json();
    let nearest = near["neighbours"][0]["path"].as_str().expect("a path");
    assert!(all[4].ends_with(nearest) || all[6].ends_with(nearest), "{near}");
    assert_eq!(near["layer"], "clip");
    for line in [
        "project @0 --network mine --method pca --json",
        "cluster @0 --network mine --count 3 --json",
        "communities @0 --network mine --neighbours 3 --json",
        "outliers @0 --network mine --neighbours 3 --json",
        "index @0 --network mine --list --json",
        "export @0 --network mine --where id<4 --to @1 --json",
        "info @0 --json",
    ] {
        let answer = run(&home, line, &[&folder, &home.path("vectors.npy")]);
        assert_eq!(answer.code, Some(0), "{line}: {answer:?}");
    }
    let query = "query @0 feature('clip',1)>10 --network mine --json";
    assert_eq!(run(&home, query, &[&folder]).good_json()["count"], 7, "(7 p + 1) / 3 from p = 5 on");

    // What needs a network says that there is none.
    for line in [
        "extract @0 --network mine --compute cpu",
        "neighbours @1 --folder @0 --network mine",
        "activations @0 store --network mine --layer clip",
    ] {
        let outside = home.path("outside.png");
        std::fs::copy(&all[0], &outside).expect("a copy");
        let answer = run(&home, line, &[&folder, &outside]);
        assert_eq!(answer.code, Some(1), "{line}: {answer:?}");
        assert!(answer.stderr.contains("vectors of your own"), "{line}: {answer:?}");
    }
    // Nothing else of the collection is in the way.
    let extract = "extract @0 --network filters --layers edges --compute cpu --json";
    assert_eq!(run(&home, extract, &[&folder]).good_json()["done_now"], 12);
}

#[test]
fn vectors_are_stored_as_they_came_and_replaced_by_newer_ones() {
    let home = Home::new();
    let folder = home.sample("sample", 6);
    let all = pictures(&folder);
    let exact = |place: usize| vec![0.1 + place as f32, f32::MIN_POSITIVE, 1e6, -0.3];
    let rows = |places: &[usize]| {
        let of: Vec<&PathBuf> = places.iter().map(|place| &all[*place]).collect();
        let numbers: Vec<_> = places.iter().map(|place| Some(exact(*place))).collect();
        stream(&[batch([("path", paths(&of)), ("vector", vectors(4, &numbers))])])
    };
    let verb = ["vectors", "sample", "--name", "mine", "--layer", "deep", "--json"];
    feed(&home, verb, &rows(&[4, 0, 2])).0.good_json();
    let ids = Int64Array::from_iter_values([1, 0]);
    let newer = [Some(exact(11)), Some(exact(10))];
    let newer = stream(&[batch([("id", Arc::new(ids) as ArrayRef), ("deep", vectors(4, &newer))])]);
    let (stored, _) = feed(&home, ["vectors", "sample", "--name", "mine", "--json"], &newer);
    let stored = stored.good_json();
    assert_eq!((&stored["stored"], &stored["replaced"], &stored["recorded"]), (&2.into(), &2.into(), &0.into()));

    let workspace = Workspace::open(&workspace_of(&home, &folder)).expect("a workspace");
    let table = workspace.feature_tables().expect("tables").remove(0);
    assert_eq!(table.spec.network, "mine");
    let layer = StoredLayer { layer: "deep".to_owned(), pooling: Pooling::Average };
    let found = workspace.read_features(&table.table).and_then(|table| table.vectors(&layer)).expect("vectors");
    let records = workspace.images().expect("images");
    assert_eq!(found.ids.len(), 3);
    for (row, id) in found.ids.iter().enumerate() {
        // They were recorded as they came: 4, 0, 2.
        let place = all.iter().position(|path| path.ends_with(&records[id.index()].path.text)).expect("a picture");
        let expected = if place == 4 {
            exact(10)
        } else if place == 0 {
            exact(11)
        } else {
            exact(place)
        };
        let numbers: Vec<f32> = (0..4).map(|channel| found.matrix.row(row).get(channel)).collect();
        assert_eq!(numbers, expected, "image {} ({place})", id.0);
    }
}

#[test]
fn rows_that_do_not_fit_are_left_out_and_the_others_stored() {
    let home = Home::new();
    let folder = home.sample("sample", 5);
    let all = pictures(&folder);
    let named = [&all[0], &all[1], &all[1], &folder.join("nowhere.png"), &all[2], &all[3], &all[4]];
    let mut numbers = some(0..7);
    numbers[4] = None;
    numbers[5].as_mut().expect("numbers")[2] = f32::NAN;
    numbers[6].as_mut().expect("numbers")[0] = f32::INFINITY;
    let rows = stream(&[batch([("path", paths(&named)), ("vector", vectors(4, &numbers))])]);
    let (stored, _) = feed(&home, ["vectors", "sample", "--name", "mine", "--json"], &rows);
    assert_eq!(stored.code, Some(3), "{stored:?}");
    let stored = stored.json();
    assert_eq!((&stored["rows"], &stored["stored"], &stored["recorded"]), (&7.into(), &2.into(), &2.into()));
    let counts = ["twice", "unknown", "without_vector", "not_finite"].map(|list| count(&stored, list));
    assert_eq!(counts, [1, 1, 1, 2], "{stored}");
    assert!(
        stored["not_finite"]["first"][0]
            .as_str()
            .is_some_and(|said| all[3].ends_with(said) || said.contains("png") || said.contains("jpg"))
    );
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let home = Home::new();
    let folder = home.sample("sample", 3);
    let all = pictures(&folder);
    let good = |channels: i32, name: &str| {
        let numbers: Vec<_> = (0..3).map(|_| Some(vec![1.0; channels as usize])).collect();
        stream(&[batch([("path", paths(&all)), (name, vectors(channels, &numbers))])])
    };
    let name = |name: &'static str| ["vectors", "sample", "--json", "--name", name];
    feed(&home, name("mine"), &good(4, "vector")).0.good_json();
    let workspace = workspace_of(&home, &folder);
    let before = Home::files(&workspace);
    let only_paths = stream(&[batch([("path", paths(&all))])]);
    let only_vectors = stream(&[batch([("vector", vectors(4, &some(0..3)))])]);
    let doubles = {
        let mut lists = FixedSizeListBuilder::new(arrow_array::builder::Float64Builder::new(), 2);
        for _ in 0..3 {
            lists.values().append_slice(&[1.0, 2.0]);
            lists.append(true);
        }
        stream(&[batch([("path", paths(&all)), ("vector", Arc::new(lists.finish()) as ArrayRef)])])
    };
    let cases: [(&[&str], &[u8], &str); 9] = [
        (&name("mine"), &good(5, "vector"), "have 4 numbers, and these have 5"),
        (&name("mine"), &good(4, "other"), "has the layer vector"),
        (&name("squeezenet-1.1"), &good(4, "vector"), "is a network"),
        (&name("a/b"), &good(4, "vector"), "no slashes"),
        (&name("new"), &only_paths, "no column of vectors"),
        (&name("new"), &only_vectors, "no column path or id"),
        (&name("new"), &doubles, "fixed-size lists of float16 or float32"),
        (&name("new"), b"path,vector\n", "not an Arrow IPC stream"),
        (&["adopt", "sample", "--json"], &good(4, "vector"), "do not say which network made them"),
    ];
    for (verb, rows, said) in cases {
        let (refused, _) = feed(&home, verb, rows);
        assert_eq!(refused.code, Some(1), "{verb:?}: {refused:?}");
        assert!(refused.stderr.contains(said) || refused.stdout.contains(said), "{said}: {refused:?}");
    }
    let cut_off = &good(4, "vector")[..300];
    let (refused, _) = feed(&home, name("new"), cut_off);
    assert!(refused.code == Some(1) && refused.stderr.contains("ends"), "{refused:?}");
    let unhidden = |files: Vec<(PathBuf, Vec<u8>)>| -> Vec<(PathBuf, Vec<u8>)> {
        files.into_iter().filter(|(path, _)| !path.to_string_lossy().starts_with('.')).collect()
    };
    assert_eq!(unhidden(Home::files(&workspace)), unhidden(before));
    let unknown = run(&home, "neighbours @0 --network nothing", &[&all[0]]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("There is no network called nothing"), "{unknown:?}");
}
