//! What a verb that asks does not read, and that it notices all the same when something is another now.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use half::f16;
use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Pooling, StoredLayer};
use tiramisu::store::{FeatureRows, FeatureSpec, NewImage, Workspace};

use crate::support::command::{Answer, Home};

/// Some time ago: what was written a moment ago may be written again without its time telling.
fn settle(path: &Path, then: SystemTime) {
    File::open(path).and_then(|file| file.set_modified(then)).expect("its time can be set");
}

#[test]
fn a_question_about_stored_vectors_reads_no_network_but_notices_another_one() {
    let home = Home::new();
    let folder = home.sample("pictures", 8);
    let networks = home.path("own");
    fs::create_dir(&networks).expect("a folder");
    let network = networks.join("small.onnx");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/loud.onnx"), &network).expect("a copy");
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    settle(&network, an_hour_ago);
    settle(&networks, an_hour_ago);
    let picture = folder.join(&Home::files(&folder)[0].0);
    let [folder, picture] = [&folder, &picture].map(|path| path.to_str().expect("UTF-8"));
    let with = ["--network", network.to_str().expect("UTF-8")];
    home.run([&["extract", folder, "--compute", "cpu", "--json"][..], &with].concat()).good_json();
    // A file that was made a moment ago is not remembered: it may be written again before the system's clock moves on.
    std::thread::sleep(Duration::from_secs(3));
    let ask = || -> Answer { home.run([&["neighbours", picture, "-k", "3", "--json"][..], &with].concat()) };
    let first = ask().good_json();
    assert_eq!(first["neighbours"].as_array().map(Vec::len), Some(3), "{first}");

    // What is known of the network is what was remembered of it, so nobody reads its file.
    let is_remembered = |path: &PathBuf| path.components().any(|part| part.as_os_str() == ".networks");
    let files = Home::files(&home.path("")).into_iter().map(|(path, _)| path).filter(is_remembered);
    let [remembered] = <[PathBuf; 1]>::try_from(files.collect::<Vec<_>>()).expect("one network is remembered");
    let remembered = home.path("").join(remembered);
    let as_it_was = fs::read(&remembered).expect("it is readable");
    let mut told: serde_json::Value = serde_json::from_slice(&as_it_was).expect("JSON");
    told["facts"]["name"] = "as remembered".into();
    fs::write(&remembered, told.to_string()).expect("it can be written");
    let answer = home.run([&["neighbours", picture, "-k", "3"][..], &with].concat());
    assert!(answer.code == Some(0) && answer.stderr.contains("as remembered"), "the network was read: {answer:?}");
    assert_eq!(ask().good_json()["neighbours"], first["neighbours"]);
    fs::write(&remembered, as_it_was).expect("it can be written");

    // One of the same size with the same time is another all the same.
    let outside = home.sample("outside", 1);
    let outside = outside.join(&Home::files(&outside)[0].0);
    let further = ["--folder", folder, "--json"];
    let outside = outside.to_str().expect("UTF-8");
    let whole = fs::read(&network).expect("the network");
    fs::write(&network, vec![0; whole.len()]).expect("it can be written");
    if cfg!(unix) {
        settle(&network, an_hour_ago);
    }
    for refused in [ask(), home.run([&["neighbours", outside][..], &further, &with].concat())] {
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("could not be loaded"), "{}", refused.stderr);
    }
    fs::write(&network, &whole).expect("it can be written");
    assert_eq!(ask().good_json()["neighbours"], first["neighbours"]);
    let found = home.run([&["neighbours", outside][..], &further, &with].concat()).good_json();
    assert_eq!(found["outside"].as_array().map(Vec::len), Some(1), "the network runs where it is needed: {found}");
}

#[test]
fn a_question_about_stored_vectors_opens_no_device() {
    let home = Home::new();
    let folder = home.sample("pictures", 8);
    let picture = folder.join(&Home::files(&folder)[0].0);
    let [folder, picture] = [&folder, &picture].map(|path| path.to_str().expect("UTF-8"));
    let extracted = home.run(["extract", folder, "--network", "filters", "--compute", "cpu"]);
    assert!(extracted.stderr.contains("CPU (flex)"), "{}", extracted.stderr);
    let ask = |further: &[&str]| {
        let answer = home.run([&["neighbours", picture, "--network", "filters"][..], further].concat());
        assert_eq!(answer.code, Some(0), "{answer:?}");
        answer.stderr
    };
    let said = ask(&[]);
    assert!(!said.contains("CPU (flex)") && !said.contains("GPU"), "a device was opened: {said}");
    assert!(ask(&["--compute", "cpu"]).contains("CPU (flex): as chosen"), "one that is asked for is opened");
}

#[test]
fn an_index_that_is_not_there_is_not_removed() {
    let home = Home::new();
    let folder = home.sample("pictures", 8);
    let folder = folder.to_str().expect("UTF-8");
    let with = ["--network", "filters", "--compute", "cpu"];
    home.run([&["extract", folder, "--json"][..], &with].concat()).good_json();
    for (option, word) in [("--remove", "remove"), ("--extend", "extend")] {
        let refused = home.run([&["index", folder, option][..], &with].concat());
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains(&format!("There is no index to {word}")), "{}", refused.stderr);
    }
}

#[test]
fn a_question_about_many_images_leaves_what_finds_the_next_ones_picture_without_reading_all() {
    let home = Home::new();
    let folder = home.path("pictures");
    fs::create_dir_all(&folder).expect("a folder");
    let path_of = |number: u32| format!("{number:05}.jpg");
    let workspace_at = home.path("workspace");
    let source = StoredLayer { layer: "layer".to_owned(), pooling: Pooling::Average };
    // As the program makes it of the name (FNV-1a).
    let digest = b"vectors mine"
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let spec = FeatureSpec::of_vectors("mine", format!("{digest:016x}"), "a test", vec![(source.clone(), 2)]);
    let many = 0..9000;
    {
        let mut workspace = Workspace::open_or_create(&workspace_at, &folder).expect("a workspace");
        let image = |number: u32| NewImage {
            record: ImageRecord {
                id: ImageId(number),
                path: ImagePath { text: path_of(number), raw: None },
                label: None,
                width: 64,
                height: 48,
                file_bytes: 45,
                modified_unix_secs: i64::from(number),
                problem: None,
            },
            thumbnail: None,
        };
        workspace.append_images(many.clone().map(image).collect()).expect("images are written");
        let value = |number: u32| [number as f32 / 9000.0, 1.0].map(f16::from_f32);
        let rows = FeatureRows {
            ids: many.clone().map(ImageId).collect(),
            paths: many.clone().map(path_of).collect(),
            labels: vec![None; many.len()],
            values: vec![(source, many.clone().flat_map(value).collect::<Vec<f16>>().into())],
        };
        workspace.features(&spec).expect("a table").append(rows).expect("rows are written");
    }
    let probe = folder.join(path_of(4500));
    fs::write(&probe, "no picture: what is on record of it is enough").expect("a file");
    let [probe, folder, workspace] = [&probe, &folder, &workspace_at].map(|path| path.to_str().expect("UTF-8"));
    let ask = || {
        let words = ["neighbours", probe, "--folder", folder, "--workspace", workspace, "--network", "mine", "--json"];
        home.run(words).good_json()["neighbours"].clone()
    };
    let first = ask();
    let remembered = workspace_at.join(".records");
    assert!(remembered.is_file(), "what a picture is found by was not remembered: {:?}", Home::files(&workspace_at));
    assert_eq!(ask(), first);
}
