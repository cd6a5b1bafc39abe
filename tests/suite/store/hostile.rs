//! Workspaces that somebody else made: what is written in their files is checked before it is used.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use half::f16;
use tiramisu::domain::{Exemplar, ImageId, LayerExemplars, LayerStatistics};
use tiramisu::store::{FileContent, FileContents, FileTime, LayerRecords, StoreError, Workspace, selection};

use super::{Place, files, image, images, layer, rows, spec};

/// Writes other words into the metadata of a table.
fn describe_anew(place: &Place, table: &str, about: &serde_json::Value) {
    let path = place.root().join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        dataset.update_schema_metadata([("result".to_owned(), Some(about.to_string()))]).await.unwrap();
    });
}

#[test]
fn numbers_of_channels_that_no_network_has_are_damage_and_take_no_memory() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let source = layer("conv1", tiramisu::domain::Pooling::Average);
    let statistics = LayerStatistics {
        source: source.clone(),
        counts: vec![3; 2],
        skipped: vec![0; 2],
        means: vec![1.0; 2],
        m2s: vec![0.5; 2],
    };
    let exemplar = Exemplar { image: ImageId(1), value: 2.0, place: None };
    let exemplars = LayerExemplars { layer: "conv1".to_owned(), lists: vec![vec![exemplar]; 2] };
    recorder.save_statistics("net", &LayerRecords { covers: None, layers: vec![statistics] }).unwrap();
    let path = |id: ImageId| Some(image(id.0).record.path.text);
    recorder.save_exemplars("net", 1, &LayerRecords { covers: None, layers: vec![exemplars] }, path).unwrap();
    for channels in [1u64 << 60, 1 << 40, u64::from(u32::MAX), u64::MAX] {
        let of_statistics = serde_json::json!({ "covers": null, "layers": [[source, channels], [source, channels]] });
        describe_anew(&place, "statistics_net", &of_statistics);
        let of_exemplars = serde_json::json!({ "covers": null, "per_channel": 1, "layers": [["conv1", channels]] });
        describe_anew(&place, "exemplars_net", &of_exemplars);
        let reader = Workspace::open(&place.root()).unwrap();
        let error = reader.statistics("net", None).expect_err("no network has so many channels");
        assert!(matches!(error, StoreError::Damaged { .. }), "{channels}: {error}");
        let error = reader.exemplars("net", None).expect_err("no network has so many channels");
        assert!(matches!(error, StoreError::Damaged { .. }), "{channels}: {error}");
    }
}

#[test]
fn an_activation_larger_than_any_is_damage() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let mut table = recorder.activations("net", "conv1", [2, 1, 1]).unwrap();
    table.append(&[image(0).record], vec![f16::ONE; 2]).unwrap();
    for shape in [[1u64 << 32, 1 << 32, 1], [1 << 63, 2, 2], [u64::MAX, u64::MAX, 0]] {
        let about = serde_json::json!({ "layer": "conv1", "shape": shape, "is_whole": true });
        describe_anew(&place, "activations_net_conv1", &about);
        let reader = Workspace::open(&place.root()).unwrap();
        assert!(matches!(reader.activations("net", "conv1"), Err(StoreError::Damaged { .. })), "{shape:?}");
        assert!(matches!(reader.stored_activations("net"), Err(StoreError::Damaged { .. })), "{shape:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_in_a_workspace_is_nobodys_to_change() {
    use std::os::unix::fs::symlink;
    for part in ["", "/data", "/_versions"] {
        let [place, other] = [Place::new(), Place::new()];
        let spec = spec(&[("conv1", 4)]);
        for place in [&place, &other] {
            let mut workspace = place.open();
            workspace.append_images(images(0..3)).unwrap();
            let mut table = workspace.features(&spec).unwrap();
            table.append(rows(&spec.columns, [1])).unwrap();
            table.append(rows(&spec.columns, [2])).unwrap();
        }
        let table = format!("{}.lance{part}", spec.table_name());
        let (link, theirs) = (place.root().join(&table), other.root().join(&table));
        fs::remove_dir_all(&link).unwrap();
        symlink(&theirs, &link).unwrap();
        let before = files(&other.root());
        let reader = Workspace::open(&place.root()).unwrap();
        assert!(matches!(reader.read_features(&spec.table_name()), Err(StoreError::Damaged { .. })), "{part}");
        let mut writer = place.open();
        let outcome = writer.features(&spec).and_then(|mut table| table.append(rows(&spec.columns, [0])));
        assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{part}: {outcome:?}");
        writer.delete_old_versions(1).unwrap();
        writer.maintain(true, &mut |_, _| true).unwrap();
        assert_eq!(files(&other.root()), before, "{part}: theirs is as it was");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_small_file_leads_nobody_out_of_the_workspace() {
    use std::os::unix::fs::symlink;
    let is_folder = |name: &str| name == ".handwork";
    let hidden = [".lock", ".checked.json", ".put_back.json", ".times", ".contents", ".handwork"];
    let selections = [".selection.json", ".selection.wanted", ".selection.told.json"];
    let shown = ["workspace.json", "indices.json", "tag_colours.json"];
    for name in hidden.into_iter().chain(selections).chain(shown) {
        for is_there in [true, false] {
            let place = Place::new();
            let mut workspace = place.open();
            workspace.append_images(images(0..3)).unwrap();
            let tag = |recorder: &tiramisu::store::Recorder, tag: &str| {
                recorder.add_tag(&[ImageId(1)], tag, |id| Some(image(id.0).record)).map(drop)
            };
            tag(&workspace.recorder().unwrap(), "mine").unwrap();
            drop(workspace);
            let theirs = place.folder.path().join("theirs");
            if is_there && is_folder(name) {
                fs::create_dir(&theirs).unwrap();
                fs::write(theirs.join("1.json"), "precious").unwrap();
            } else if is_there {
                // What would be believed if it were read.
                let own = fs::read(place.root().join(name)).unwrap_or_else(|_| b"precious".to_vec());
                fs::write(&theirs, own).unwrap();
            }
            let behind = || -> Vec<_> {
                let found = walkdir::WalkDir::new(&theirs).sort_by_file_name().into_iter().flatten();
                found.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).ok())).collect()
            };
            let before = behind();
            assert_eq!(before.is_empty(), !is_there);
            let link = place.root().join(name);
            fs::remove_file(&link).or_else(|_| fs::remove_dir_all(&link)).ok();
            symlink(&theirs, &link).unwrap();
            let when = format!("{name}, which is there: {is_there}");
            let reader = Workspace::open(&place.root());
            assert_eq!(reader.is_err(), name == "workspace.json", "{when}");
            drop(reader.map(|reader| (reader.remarks(), reader.tags(), reader.indices("net"))));
            match Workspace::open_to_write(&place.root()) {
                Ok(mut writer) => {
                    let recorder = writer.recorder().unwrap();
                    tag(&recorder, "later").unwrap();
                    drop((recorder.file_times(), recorder.file_contents()));
                    assert_eq!(writer.keep_copy_of_handwork().is_err(), is_folder(name), "{when}");
                    writer.append_images(images(3..4)).unwrap();
                }
                Err(error) => assert!([".lock", "workspace.json"].contains(&name), "{when}: {error}"),
            }
            selection::want(&place.root()).unwrap();
            selection::tell(&place.root(), [ImageId(1)]).unwrap();
            selection::ask(&place.root(), [ImageId(1)]).unwrap();
            assert_eq!(behind(), before, "{when}: what lies behind it is as it was");
        }
    }
}

#[cfg(unix)]
#[test]
fn who_finds_a_link_in_the_place_of_a_file_is_told_what_to_do() {
    let place = Place::new();
    drop(place.open());
    let (file, elsewhere) = (place.root().join("workspace.json"), place.root().with_file_name("elsewhere.json"));
    fs::rename(&file, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    for error in [Workspace::open(&place.root()).err(), Workspace::open_to_write(&place.root()).err()] {
        let said = error.expect("what lies elsewhere is no part of it").to_string();
        let expected =
            format!("it is a link to another place; put a copy of what it leads to in its place: {}", file.display());
        assert!(said.ends_with(&expected), "{said}");
    }
    fs::remove_file(&file).unwrap();
    fs::copy(&elsewhere, &file).unwrap();
    assert!(Workspace::open(&place.root()).is_ok(), "so it was done");
}

/// What comes of something that might wait for ever.
#[cfg(unix)]
fn soon<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, answer) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    answer.recv_timeout(Duration::from_secs(120)).unwrap_or_else(|_| panic!("{what} waits for ever"))
}

#[cfg(unix)]
fn put_a_pipe(at: &Path) {
    fs::remove_file(at).ok();
    assert!(std::process::Command::new("mkfifo").arg(at).status().expect("mkfifo is there").success());
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting() {
    for name in ["workspace.json", "indices.json", ".put_back.json", ".checked.json", ".lock"] {
        let place = Place::new();
        let spec = spec(&[("conv1", 4)]);
        let mut workspace = place.open();
        workspace.append_images(images(0..3)).unwrap();
        workspace.features(&spec).unwrap().append(rows(&spec.columns, [1, 2])).unwrap();
        drop(workspace);
        put_a_pipe(&place.root().join(name));
        let root = place.root();
        let read = soon(name, move || {
            let workspace = Workspace::open(&root)?;
            workspace.misfit_report()?;
            workspace.remarks();
            workspace.indices(&spec.table_name())?;
            Ok::<_, StoreError>(workspace.image_count())
        });
        match name {
            "workspace.json" => drop(read.expect_err("nobody knows what this is")),
            _ => assert_eq!(read.unwrap(), 3, "{name}"),
        }
        let root = place.root();
        let written = soon(name, move || Workspace::open_to_write(&root).map(|workspace| workspace.image_count()));
        match name {
            "workspace.json" | ".lock" => drop(written.expect_err("it cannot be held")),
            _ => assert_eq!(written.unwrap(), 3, "{name}"),
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_files_of_a_table_keeps_no_commit_waiting() {
    for name in
        ["images.lance/data/pipe.lance", "images.lance/_transactions/pipe.txn", "images.lance/_refs/tags/pipe.json"]
    {
        let place = Place::new();
        drop(place.open());
        let pipe = place.root().join(name);
        fs::create_dir_all(pipe.parent().unwrap()).unwrap();
        put_a_pipe(&pipe);
        let root = place.root();
        let written = soon(name, move || {
            let mut workspace = Workspace::open_to_write(&root)?;
            workspace.append_images(images(0..3))?;
            Ok::<_, StoreError>(workspace.image_count())
        });
        assert_eq!(written.unwrap(), 3, "{name}");
    }
}

/// A file that says of itself that it is longer than any memory, and has holes in the place of its bytes.
#[test]
fn what_is_remembered_takes_no_more_memory_than_the_images_need() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let time =
        FileTime { image: ImageId(1), nanos: 5, bytes: 6, unix_secs: 7, changed_unix_nanos: 8, others: 0, since: 0 };
    recorder.keep_file_times(&[time]);
    let content = FileContent { image: ImageId(1), bytes: 6, unix_secs: 7, hash: [9; 16] };
    let mut contents = FileContents::default();
    contents.take(vec![content]);
    recorder.keep_file_contents(&contents);
    let known = || {
        let nanos = recorder.file_times().nanos_of(ImageId(1), 6, 7);
        (nanos, recorder.file_contents().hash_of(ImageId(1), 6, 7))
    };
    assert_eq!(known(), (Some(5), Some([9; 16])));
    for name in [".times", ".contents"] {
        const LENGTH: u64 = 1 << 40;
        let path = place.root().join(name);
        let mut head = fs::read(&path).unwrap()[..40].to_vec();
        head[24..32].copy_from_slice(&(LENGTH - 40).to_le_bytes());
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(&head).and_then(|()| file.set_len(LENGTH)).unwrap();
    }
    assert_eq!(known(), (None, None));
}
