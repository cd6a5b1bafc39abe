//! The images table.

use tiramisu::domain::{ImageId, ImagePath, ImageRecord};
use tiramisu::store::{NewImage, StoreError, Workspace};

use super::{Place, image, images};

fn records(ids: impl IntoIterator<Item = u32>) -> Vec<ImageRecord> {
    images(ids).into_iter().map(|row| row.record).collect()
}

#[test]
fn a_new_workspace_is_empty_and_knows_its_folder() {
    let place = Place::new();
    let workspace = place.open();
    assert_eq!(workspace.images().unwrap(), []);
    assert_eq!(workspace.image_folder(), place.pictures().canonicalize().unwrap());
    assert_eq!(workspace.root(), place.root());
}

#[test]
fn images_come_back_as_they_were_appended() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..10)).unwrap();
    workspace.append_images(images(10..27)).unwrap();
    assert_eq!(workspace.images().unwrap(), records(0..27));
    drop(workspace);
    assert_eq!(place.open().images().unwrap(), records(0..27));
}

#[test]
fn every_append_is_one_version() {
    let place = Place::new();
    let mut workspace = place.open();
    let empty = workspace.version();
    let first = workspace.append_images(images(0..3)).unwrap();
    let second = workspace.append_images(images(3..4)).unwrap();
    let nothing = workspace.append_images(Vec::new()).unwrap();
    assert_eq!((first, second, nothing), (empty + 1, empty + 2, empty + 2));
    let versions = workspace.versions().unwrap();
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [empty, first, second]);
    assert!(versions.iter().all(|version| version.committed_unix_secs > 1_700_000_000));
}

#[test]
fn images_whose_ids_do_not_continue_the_table_are_refused_and_nothing_changes() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    for wrong in [vec![4], vec![2], vec![3, 5], vec![3, 3]] {
        let error = workspace.append_images(images(wrong)).unwrap_err();
        assert!(matches!(error, StoreError::IdsDoNotContinue { .. }), "{error}");
    }
    assert_eq!(workspace.images().unwrap(), records(0..3));
    workspace.append_images(images(3..5)).unwrap();
    assert_eq!(workspace.images().unwrap(), records(0..5));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_keeps_its_exact_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::path::Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9/\xff\xfe.jpg"));
    let place = Place::new();
    let mut workspace = place.open();
    let mut row = image(0);
    row.record.path = ImagePath::from_relative(name);
    workspace.append_images(vec![row.clone()]).unwrap();
    let found = workspace.images().unwrap();
    assert_eq!(found, [row.record]);
    assert_eq!(found[0].path.below(&place.pictures()), place.pictures().join(name));
}

#[test]
fn thumbnails_come_in_the_order_asked_and_are_absent_where_there_is_a_problem() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..50)).unwrap();
    workspace.append_images(images(50..80)).unwrap();
    let asked = [77, 3, 49, 50, 3, 0, 5, 79].map(ImageId);
    let found = workspace.thumbnails(&asked).unwrap();
    let expected: Vec<_> = asked.iter().map(|id| (*id, image(id.0).thumbnail)).collect();
    assert_eq!(found, expected);
    assert_eq!(workspace.thumbnails(&[ImageId(80), ImageId(u32::MAX)]).unwrap(), []);
    assert_eq!(workspace.thumbnails(&[]).unwrap(), []);
}

#[test]
fn many_small_appends_are_put_together_and_row_i_stays_image_i() {
    let place = Place::new();
    let mut workspace = place.open();
    let mut next = 0;
    // Not all of one size, and twice the number that is tolerated, so that it happens more than once.
    for turn in 0..140 {
        let count = 1 + turn % 40;
        workspace.append_images(images(next..next + count)).unwrap();
        next += count;
        if turn % 35 == 0 {
            // The order of rows on disk is what thumbnails rely on.
            let last = ImageId(next - 1);
            assert_eq!(workspace.thumbnails(&[last]).unwrap(), [(last, image(last.0).thumbnail)]);
        }
    }
    assert_eq!(workspace.images().unwrap(), records(0..next));
    let ids: Vec<ImageId> = (0..next).rev().map(ImageId).collect();
    let expected: Vec<_> = ids.iter().map(|id| (*id, image(id.0).thumbnail)).collect();
    assert_eq!(workspace.thumbnails(&ids).unwrap(), expected);
    // Versions made by nothing but putting together are more than the appends and the first.
    assert!(workspace.versions().unwrap().len() > 141, "nothing was put together");
}

#[test]
fn old_versions_and_their_files_go_when_asked_and_the_latest_stays() {
    let place = Place::new();
    let mut workspace = place.open();
    for id in 0..70 {
        workspace.append_images(images(id..id + 1)).unwrap();
    }
    let data = place.root().join("images.lance/data");
    let before = super::files(&data).len();
    let freed = workspace.delete_old_versions(1).unwrap();
    assert!(freed > 0);
    assert!(super::files(&data).len() < before);
    assert_eq!(workspace.versions().unwrap().len(), 1);
    assert_eq!(workspace.images().unwrap(), records(0..70));
    workspace.append_images(images(70..72)).unwrap();
    drop(workspace);
    assert_eq!(place.open().images().unwrap(), records(0..72));
}

#[test]
fn a_reader_sees_what_is_committed_when_it_asks_anew() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..4)).unwrap();
    let mut reader = Workspace::open(&place.root()).unwrap();
    workspace.append_images(images(4..9)).unwrap();
    assert_eq!(reader.images().unwrap(), records(0..4));
    reader.refresh().unwrap();
    assert_eq!(reader.images().unwrap(), records(0..9));
    assert_eq!(reader.image_count(), 9);
}

#[test]
fn a_second_handle_reads_on_another_thread_while_the_first_writes() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..40)).unwrap();
    let mut reader = workspace.reader();
    let reading = std::thread::spawn(move || {
        let mut seen = 0;
        while seen < 400 {
            reader.refresh().unwrap();
            let count = u32::try_from(reader.image_count()).unwrap();
            assert!(count >= seen);
            seen = count;
            let last = ImageId(seen - 1);
            assert_eq!(reader.thumbnails(&[last]).unwrap(), [(last, image(last.0).thumbnail)]);
        }
        assert!(matches!(reader.append_images(images(400..401)), Err(StoreError::OpenedForReading { .. })));
    });
    for first in (40..400).step_by(3) {
        workspace.append_images(images(first..first + 3)).unwrap();
    }
    reading.join().unwrap();
}

#[test]
fn what_is_known_of_images_can_be_written_anew() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..30)).unwrap();
    workspace.append_images(images(30..60)).unwrap();
    let changed: Vec<NewImage> = [7, 33, 2]
        .into_iter()
        .map(|id| {
            let mut row = image(id);
            row.record.width = 1000 + id;
            row.thumbnail = Some(vec![id as u8; 9]);
            row
        })
        .collect();
    let version = workspace.version();
    assert_eq!(workspace.replace_images(&changed).unwrap(), version + 1, "one commit");
    let mut gone = image(41).record;
    gone.set_gone();
    workspace.redescribe_images(vec![gone.clone()]).unwrap();
    workspace.append_images(images(60..65)).unwrap();
    assert!(matches!(workspace.replace_images(&images(64..66)), Err(StoreError::IdsDoNotContinue { .. })));
    for workspace in [workspace.reader(), Workspace::open(&place.root()).unwrap()] {
        let records = workspace.images().unwrap();
        let expected = |id: u32| match changed.iter().find(|row| row.record.id.0 == id) {
            Some(row) => row.clone(),
            None if id == 41 => NewImage { record: gone.clone(), ..image(41) },
            None => image(id),
        };
        assert_eq!(records, (0..65).map(|id| expected(id).record).collect::<Vec<_>>());
        let ids: Vec<ImageId> = (0..65).rev().map(ImageId).collect();
        let thumbnails = workspace.thumbnails(&ids).unwrap();
        assert_eq!(thumbnails, ids.iter().map(|id| (*id, expected(id.0).thumbnail)).collect::<Vec<_>>());
    }
}
