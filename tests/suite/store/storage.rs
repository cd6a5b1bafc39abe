//! What a workspace costs, and maintenance in it.

use lance::index::DatasetIndexExt;
use lance::index::vector::VectorIndexParams;
use lance_index::IndexType;
use tiramisu::domain::{ImageId, Preference, RepresentationStorage, StorageReport, TableStorage, VersionName};
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, files, images, rows, spec};

const CHANNELS: usize = 256;

/// Two images a commit.
fn fill(place: &Place, commits: u32) -> Workspace {
    let spec = spec(&[("conv1", CHANNELS)]);
    let mut workspace = place.open();
    let mut table = None;
    for commit in 0..commits {
        workspace.append_images(images(2 * commit..2 * commit + 2)).unwrap();
        let table = table.get_or_insert_with(|| workspace.features(&spec).unwrap());
        table.append(rows(&spec.columns, [2 * commit, 2 * commit + 1])).unwrap();
    }
    workspace
}

fn measure(workspace: &Workspace) -> StorageReport {
    workspace.storage(true, &mut |_, _| true).unwrap()
}

fn vectors(report: &StorageReport) -> (&TableStorage, &RepresentationStorage) {
    let table = report.tables.iter().find(|table| table.table.starts_with("test_net")).expect("it is there");
    (table, table.representations.iter().find(|of| of.column == "conv1_average").expect("it is there"))
}

#[test]
fn every_overhead_is_counted_beside_the_bare_numbers() {
    let place = Place::new();
    let report = measure(&fill(&place, 40));
    let (table, column) = vectors(&report);
    let (rows, width) = (80, CHANNELS as u64 * 2);
    assert_eq!((table.rows, table.commit_rows), (rows, 64));
    assert_eq!(column.memory.ideal, rows * width);
    let read = column.read.expect("it was measured");
    assert_eq!(read.ideal, 10 * width, "ten vectors are the answer");
    assert!(read.bytes >= rows * width, "every vector was compared, so every one was read: {read:?}");
    let update = column.update.expect("it was measured");
    assert_eq!(update.ideal, 64 * width);
    for counted in [column.memory, read, update, table.memory, table.update.expect("it was measured")] {
        let ratio = counted.ratio().expect("something is there");
        assert!((1.0..1000.0).contains(&ratio), "{counted:?}");
    }
    // The manifest and the other columns are written as well.
    assert!(table.update.unwrap().bytes > 2 * update.bytes);
    let on_disk: u64 = files(&place.root().join(format!("{}.lance", table.table))).iter().map(|(_, size)| size).sum();
    assert_eq!(table.memory.bytes, on_disk);
    assert_eq!(report.bytes, files(&place.root()).iter().map(|(_, size)| size).sum::<u64>());
    let thumbnails = &report.tables[0].representations[0];
    assert_eq!(thumbnails.column, "thumbnail");
    let lengths: u64 = images(0..80).iter().flat_map(|image| &image.thumbnail).map(|jpeg| jpeg.len() as u64).sum();
    assert_eq!(thumbnails.memory.ideal, lengths);
}

#[test]
fn sizes_are_told_without_reading_the_columns() {
    let place = Place::new();
    let report = fill(&place, 3).storage(false, &mut |_, _| true).unwrap();
    let (table, column) = vectors(&report);
    assert!(!report.is_measured() && table.update.is_none() && column.read.is_none());
    assert!(column.memory.ratio().is_some_and(|ratio| ratio >= 1.0));
}

#[test]
fn putting_files_together_lowers_what_is_read_and_forgetting_frees_what_is_old() {
    let place = Place::new();
    let mut workspace = fill(&place, 40);
    let before = measure(&workspace);
    let kept = workspace.maintain(true, &mut |_, _| true).unwrap();
    assert_eq!(kept.compacted.len(), 2, "{kept:?}");
    let after = measure(&workspace);
    let read = |report: &StorageReport| vectors(report).1.read.unwrap().bytes;
    assert!(vectors(&after).0.fragments < vectors(&before).0.fragments);
    assert!(read(&after) < read(&before), "{} is not below {}", read(&after), read(&before));
    assert!(vectors(&after).0.old_bytes > vectors(&before).0.old_bytes, "the small files are still there");

    workspace.delete_old_versions(1).unwrap();
    let last = measure(&workspace);
    assert!(last.old_bytes() < before.old_bytes() && last.bytes < before.bytes);
    assert_eq!(vectors(&last).0.versions, 1);
    let spec = spec(&[("conv1", CHANNELS)]);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &(0..80).collect::<Vec<_>>());
    assert_eq!(workspace.images().unwrap().len(), 80);
}

#[test]
fn what_is_preferred_is_remembered_and_decides_how_many_files_stand() {
    let place = Place::new();
    let fragments = |preference: Option<Preference>| {
        let place = Place::new();
        let mut workspace = place.open();
        workspace.prefer(preference).unwrap();
        drop(workspace);
        vectors(&fill(&place, 40).storage(false, &mut |_, _| true).unwrap()).0.fragments
    };
    let [fast, cheap] = [Preference::FastReads, Preference::CheapUpdates].map(|preference| fragments(Some(preference)));
    assert_eq!(cheap, 40, "nothing is written twice");
    assert!(fast <= 9, "{fast} files");

    let mut workspace = fill(&place, 20);
    workspace.prefer(Some(Preference::LittleSpace)).unwrap();
    workspace.tag("kept", Some("images"), &VersionName::Latest).unwrap();
    let kept = workspace.maintain(false, &mut |_, _| true).unwrap();
    assert!(kept.freed_bytes > 0 && kept.compacted.len() == 2, "{kept:?}");
    drop(workspace);
    let workspace = place.open();
    assert_eq!(workspace.preference(), Some(Preference::LittleSpace));
    let report = workspace.storage(false, &mut |_, _| true).unwrap();
    assert_eq!(report.prefer, Some(Preference::LittleSpace));
    let versions: Vec<u64> = report.tables.iter().map(|table| table.versions).collect();
    assert_eq!(versions, [2, 1], "the last one, and of the images the one with a name");
}

#[test]
fn measuring_and_keeping_maintenance_stop_when_told() {
    let place = Place::new();
    let mut workspace = fill(&place, 3);
    let error = workspace.storage(true, &mut |done, _| done < 1).unwrap_err();
    assert!(matches!(error, StoreError::Stopped { .. }), "{error}");
    let error = workspace.maintain(true, &mut |done, _| done < 1).unwrap_err();
    assert!(matches!(error, StoreError::Stopped { .. }), "{error}");
    let spec = spec(&[("conv1", CHANNELS)]);
    assert_eq!(workspace.features(&spec).unwrap().ids(), (0..6).map(ImageId).collect::<Vec<_>>());
    let reader = &mut Workspace::open(&place.root()).unwrap();
    assert!(matches!(reader.maintain(false, &mut |_, _| true), Err(StoreError::OpenedForReading { .. })));
}

#[test]
fn an_index_is_counted_kept_up_to_date_and_dropped_as_preferred() {
    let place = Place::new();
    let mut workspace = fill(&place, 40);
    let table = workspace.feature_tables().unwrap()[0].table.clone();
    // Another program's index: whoever makes it, it is in the table.
    let path = place.root().join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        let params = VectorIndexParams::ivf_flat(4, "l2".try_into().unwrap());
        let name = Some("near".to_owned());
        dataset.create_index(&["conv1_average"], IndexType::Vector, name, &params, true).await.unwrap();
    });
    let spec = spec(&[("conv1", CHANNELS)]);
    workspace.append_images(images(80..82)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, [80, 81])).unwrap();
    let index = |workspace: &Workspace| vectors(&measure(workspace)).0.indices.clone();

    let found = index(&workspace);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].column.as_str(), found[0].rows_outside), ("near", "conv1_average", 2));
    // The vectors lie in it once more.
    assert!(found[0].memory.ratio().is_some_and(|ratio| ratio >= 0.9), "{found:?}");
    let read = found[0].read.expect("it was measured");
    assert_eq!(read.ideal, 10 * CHANNELS as u64 * 2);
    assert!(read.bytes > 0, "{read:?}");

    workspace.prefer(Some(Preference::FastReads)).unwrap();
    let kept = workspace.maintain(false, &mut |_, _| true).unwrap();
    assert_eq!(kept.indexed, ["near"]);
    assert_eq!(index(&workspace)[0].rows_outside, 0);
    workspace.prefer(Some(Preference::LittleSpace)).unwrap();
    assert_eq!(workspace.maintain(false, &mut |_, _| true).unwrap().dropped, ["near"]);
    assert!(index(&workspace).is_empty());
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &(0..82).collect::<Vec<_>>());
}
