//! Killed writers, damaged files, full and read-only disks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tiramisu::domain::ImageId;
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, files, image, images, path, rows, spec};
use crate::support::skipped;

/// Where the writer that is to be killed writes.
const VICTIM: &str = "TIRAMISU_STORE_VICTIM";

#[test]
#[ignore = "run by the test that kills it"]
fn a_writer_that_is_to_be_killed() {
    let Some(folder) = std::env::var_os(VICTIM).map(PathBuf::from) else { return };
    let spec = spec(&[("conv1", 50), ("conv2", 300)]);
    let mut workspace = Workspace::open_or_create(&folder.join("workspace"), &folder.join("pictures")).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    loop {
        // What a resuming job does: first what has no features yet, then what is new.
        let count = u32::try_from(workspace.image_count()).unwrap();
        let lacking: Vec<u32> = (0..count).filter(|id| table.ids().binary_search(&ImageId(*id)).is_err()).collect();
        if !lacking.is_empty() {
            table.append(rows(&spec.columns, lacking)).unwrap();
        }
        workspace.append_images(images(count..count + 3)).unwrap();
    }
}

#[test]
fn a_killed_writer_leaves_its_last_commit_and_the_next_one_goes_on() {
    let place = Place::new();
    let spec = spec(&[("conv1", 50), ("conv2", 300)]);
    let mut random = fastrand::Rng::with_seed(7);
    let mut before = 0;
    for turn in 0..12 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::damage::a_writer_that_is_to_be_killed", "--ignored", "--test-threads=1"])
            .env(VICTIM, place.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.u64(100..700)));
        victim.kill().unwrap();
        let status = victim.wait().unwrap();
        assert!(status.code().is_none(), "turn {turn}: the writer ended by itself: {status}");

        let mut workspace = place.open();
        let found = workspace.images().unwrap();
        assert_eq!(found, images(0..found.len() as u32).into_iter().map(|row| row.record).collect::<Vec<_>>());
        assert!(found.len() >= before, "commits were lost");
        let table = workspace.features(&spec).unwrap();
        let ids: Vec<u32> = (0..table.rows() as u32).collect();
        assert_holds(&table, &spec.columns, &ids);
        assert!(table.rows() <= found.len(), "features of images that are not recorded");
        before = found.len();
    }
    assert!(before > 0, "nothing was ever committed");
}

#[test]
fn what_was_written_and_not_committed_is_not_there() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..5)).unwrap();
    drop((table, workspace));
    for table in ["images", "test_net_v1_0_01234567"] {
        let path = place.root().join(format!("{table}.lance"));
        let some_data = files(&path.join("data")).remove(0).0;
        let half = fs::read(&some_data).unwrap();
        fs::write(path.join("data/half_a_file.lance"), &half[..half.len() / 2]).unwrap();
        fs::write(path.join("_versions/.tmp_99.manifest_0000"), b"half a mani").unwrap();
        fs::write(path.join("_versions/18446744073709551600.manifest#1"), b"half a mani").unwrap();
        fs::create_dir_all(path.join("_transactions")).unwrap();
        fs::write(path.join("_transactions/9-half.txn"), b"half").unwrap();
    }
    fs::write(place.root().join(".workspace.json.new"), b"{ \"form").unwrap();
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!(workspace.images().unwrap().len(), 5);
    workspace.append_images(images(5..8)).unwrap();
    table.append(rows(&spec.columns, 5..8)).unwrap();
    assert_holds(&table, &spec.columns, &(0..8).collect::<Vec<_>>());
    drop(table);
    assert!(workspace.delete_old_versions(1).unwrap() > 0);
    assert!(!place.root().join("images.lance/data/half_a_file.lance").exists());
    assert_eq!(workspace.images().unwrap().len(), 8);
}

#[test]
fn a_workspace_whose_making_was_interrupted_is_made_again() {
    let place = Place::new();
    place.open();
    fs::remove_dir_all(place.root().join("images.lance/_versions")).unwrap();
    place.open().append_images(images(0..2)).unwrap();
}

/// The error on opening for reading, and for writing.
fn errors(place: &Place) -> [StoreError; 2] {
    [
        Workspace::open(&place.root()).err().expect("it is damaged"),
        Workspace::open_or_create(&place.root(), &place.pictures()).err().expect("it is damaged"),
    ]
}

#[test]
fn a_damaged_workspace_is_called_so_and_left_alone() {
    let manifests = |place: &Place| {
        let found = files(&place.root().join("images.lance/_versions"));
        found.into_iter().map(|(path, _)| path).filter(|path| path.extension().is_some_and(|end| end == "manifest"))
    };
    let json = |place: &Place| place.root().join("workspace.json");
    type Harm<'a> = Box<dyn Fn(&Place) + 'a>;
    let harms: [(&str, Harm); 4] = [
        (
            "no manifest that is whole",
            Box::new(|place| manifests(place).for_each(|manifest| fs::write(manifest, b"").unwrap())),
        ),
        (
            "no manifest at all",
            Box::new(|place| fs::remove_dir_all(place.root().join("images.lance/_versions")).unwrap()),
        ),
        ("half a workspace.json", Box::new(|place| fs::write(json(place), b"{ \"format\": 1, ").unwrap())),
        ("a workspace.json of something else", Box::new(|place| fs::write(json(place), b"[1, 2]").unwrap())),
    ];
    for (name, harm) in harms {
        let place = Place::new();
        let mut workspace = place.open();
        workspace.append_images(images(0..5)).unwrap();
        drop(workspace);
        harm(&place);
        let before = files(&place.root());
        for error in errors(&place) {
            assert!(matches!(error, StoreError::Damaged { .. }), "{name}: {error:?}");
            assert!(error.to_string().contains("damaged"), "{name}: {error}");
        }
        assert_eq!(files(&place.root()), before, "{name}");
    }
}

#[test]
fn an_empty_workspace_json_hides_nothing_and_comes_back_with_its_folder() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..5)).unwrap();
    drop(workspace);
    let json = place.root().join("workspace.json");
    for nothing in [&b""[..], b"\n", &[0; 64]] {
        fs::write(&json, nothing).unwrap();
        let workspace = Workspace::open(&place.root()).unwrap();
        assert_eq!((workspace.images().unwrap().len(), workspace.feature_tables().unwrap()[0].rows), (5, 5));
        assert_eq!(workspace.image_folder(), Path::new(""));
        assert!(workspace.remarks().iter().any(|remark| remark.contains("workspace.json")));
        drop(workspace);
        assert!(Workspace::open_to_write(&place.root()).is_err(), "nobody knows whose it is");
        // Any folder may be named, but only one has the pictures.
        let refused = Workspace::open_or_create(&place.root(), &place.pictures()).err().expect("it holds none of them");
        assert!(refused.to_string().contains("none of the pictures on record"), "{refused}");
        assert_eq!(fs::read(&json).unwrap(), nothing);
    }
    let first = place.pictures().join(path(3));
    fs::create_dir_all(first.parent().unwrap()).unwrap();
    fs::write(&first, "a picture").unwrap();
    let workspace = place.open();
    assert!(workspace.remarks().iter().any(|remark| remark.contains("written anew")), "{:?}", workspace.remarks());
    drop(workspace);
    let again = place.open();
    assert_eq!((again.image_folder(), again.images().unwrap().len()), (place.pictures().canonicalize().unwrap(), 5));
    assert!(again.remarks().is_empty());
}

#[test]
fn features_without_their_images_are_not_given_to_other_images() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..5)).unwrap();
    drop(workspace);
    fs::remove_dir_all(place.root().join("images.lance")).unwrap();
    for error in errors(&place) {
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn damaged_data_is_an_error_and_the_rest_can_be_read() {
    for harm in ["cut", "noise", "gone"] {
        let place = Place::new();
        let spec = spec(&[("conv1", 400)]);
        let mut workspace = place.open();
        workspace.append_images(images(0..500)).unwrap();
        let mut table = workspace.features(&spec).unwrap();
        table.append(rows(&spec.columns, 0..500)).unwrap();
        let data = files(&table.path().join("data")).remove(0).0;
        drop((table, workspace));
        let whole = fs::read(&data).unwrap();
        match harm {
            "cut" => fs::write(&data, &whole[..whole.len() / 2]).unwrap(),
            "noise" => fs::write(&data, vec![0xa5; whole.len()]).unwrap(),
            _ => fs::remove_file(&data).unwrap(),
        }
        let mut workspace = place.open();
        let outcome = workspace.features(&spec).and_then(|table| table.vectors(&spec.columns[0].0));
        let error = outcome.expect_err("its data is damaged");
        assert!(error.to_string().contains("test_net"), "{harm}: {error}");
        if harm == "cut" {
            assert!(matches!(error, StoreError::Damaged { .. }), "it says what to do: {error}");
        }
        assert_eq!(workspace.images().unwrap().len(), 500);
    }
}

#[test]
fn a_workspace_of_a_later_tiramisu_is_not_touched() {
    let place = Place::new();
    place.open();
    let json = place.root().join("workspace.json");
    let text = fs::read_to_string(&json).unwrap();
    fs::write(&json, text.replace("\"format\": 1", "\"format\": 3")).unwrap();
    for error in errors(&place) {
        assert!(matches!(error, StoreError::NewerFormat { found: 3, known: 2, .. }), "{error:?}");
        assert!(error.to_string().contains("newer Tiramisu"), "{error}");
    }
}

/// A small disk of its own, which needs a privilege.
struct Disk {
    place: PathBuf,
}

impl Disk {
    fn mount(place: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(place).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(place)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            skipped!("a disk cannot be mounted here");
        }
        mounted.then(|| Self { place: place.to_owned() })
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.place).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.place).status();
    }
}

#[test]
fn a_full_disk_keeps_what_is_committed_and_goes_on_when_there_is_room() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.root(), "size=2m") else { return };
    let spec = spec(&[("conv1", 500)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let mut count = 0;
    let error = loop {
        workspace.append_images(images(count..count + 50)).unwrap();
        if let Err(error) = table.append(rows(&spec.columns, count..count + 50)) {
            break error;
        }
        count += 50;
        assert!(count < 5000, "the disk never filled");
    };
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert!(error.to_string().contains("disk is full"), "{error}");
    assert_holds(&table, &spec.columns, &(0..count).collect::<Vec<_>>());
    drop((table, workspace));

    disk.remount("size=20m");
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!((workspace.image_count(), table.rows()), (count as usize + 50, count as usize));
    table.append(rows(&spec.columns, count..count + 50)).unwrap();
    assert_holds(&table, &spec.columns, &(0..count + 50).collect::<Vec<_>>());
}

#[test]
fn a_disk_that_is_full_from_the_start_is_called_so() {
    let place = Place::new();
    let Some(_disk) = Disk::mount(&place.root(), "size=4k") else { return };
    let error = loop {
        match Workspace::open_or_create(&place.root(), &place.pictures()) {
            Err(error) => break error,
            Ok(mut workspace) => {
                let next = u32::try_from(workspace.image_count()).unwrap();
                if let Err(error) = workspace.append_images(vec![image(next)]) {
                    break error;
                }
            }
        }
    };
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
}

#[test]
fn a_read_only_disk_can_be_read_and_is_called_so() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.root(), "size=20m") else { return };
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..5)).unwrap();
    drop((table, workspace));
    disk.remount("ro");
    let reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.images().unwrap().len(), 5);
    assert_holds(&reader.read_features(&spec.table_name()).unwrap(), &spec.columns, &[0, 1, 2, 3, 4]);
    let error = Workspace::open_or_create(&place.root(), &place.pictures()).err().expect("it is read-only");
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().contains("read-only"), "{error}");
    drop(reader);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_called_so() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let closed = place.root();
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), b"").is_ok() {
        skipped!("this user may write everywhere");
        return;
    }
    let error = Workspace::open_or_create(&closed.join("inner"), &place.pictures()).err().expect("it is closed");
    assert!(matches!(error, StoreError::NotAllowed { .. }), "{error:?}");
}
