//! What is remembered of large tables, so that a question need not read them: it is right, whatever becomes of its files.

use std::fs;
use std::path::{Path, PathBuf};

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Pooling};
use tiramisu::store::{FeatureTable, FileTime, Workspace};

use super::{Place, image, images, layer, path, rows, spec, value};

/// So many rows are worth remembering.
const MANY: u32 = 9000;

/// Every seventh image has no vector.
fn with_vectors(ids: std::ops::Range<u32>) -> impl Iterator<Item = u32> + Clone {
    ids.filter(|id| !id.is_multiple_of(7))
}

fn remembered(root: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start)).collect()
}

/// Bytes before the content of what is remembered.
const HEAD: usize = 40;

/// The sum that stands there: FNV-1a over words of eight bytes.
fn sum_of(content: &[u8]) -> u64 {
    content.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, bytes| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn assert_same(table: &FeatureTable, ids: &[u32]) {
    let stored = layer("conv1", Pooling::Average);
    let expected: Vec<ImageId> = ids.iter().map(|id| ImageId(*id)).collect();
    assert_eq!((table.rows(), table.ids()), (ids.len(), &expected[..]));
    assert_eq!(table.vectors(&stored).unwrap().ids, expected);
    for id in [ids[0], ids[1], ids[ids.len() / 2], ids[ids.len() - 1], 7, 4000, 8123] {
        let vector = table.vector(&stored, ImageId(id)).unwrap();
        let wanted = ids.contains(&id).then(|| vec![value(&stored, id, 0).to_f32()]);
        assert_eq!(vector, wanted, "image {id}");
    }
}

#[test]
fn which_image_each_row_is_of_is_read_once_and_always_right() {
    let place = Place::new();
    let spec = spec(&[("conv1", 1)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, with_vectors(0..5000))).unwrap();
    table.append(rows(&spec.columns, with_vectors(5000..MANY))).unwrap();
    let mut ids: Vec<u32> = with_vectors(0..MANY).collect();
    assert_same(&table, &ids);
    let read = || {
        let workspace = Workspace::open(&place.root()).unwrap();
        let table = workspace.read_features(&spec.table_name()).unwrap();
        (workspace.reads().bytes, table)
    };
    let (first, table_read) = read();
    assert_same(&table_read, &ids);
    let file = remembered(&place.root(), ".rows_").pop().expect("it is remembered");
    let (second, table_read) = read();
    assert!(second < first, "{second} bytes are read the second time, {first} the first");
    assert_same(&table_read, &ids);

    // Whatever is damaged is found out again.
    let whole = fs::read(&file).unwrap();
    let flipped = |place: usize| {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        damaged
    };
    for damaged in [flipped(60), flipped(8), flipped(whole.len() - 1), whole[..100].to_vec(), Vec::new()] {
        fs::write(&file, &damaged).unwrap();
        assert_same(&read().1, &ids);
        assert_eq!(fs::read(&file).unwrap(), whole, "it is remembered again");
    }
    // Nor does a run without rows count, though somebody wrote it with care.
    let content = [&whole[HEAD..], &(1_u64 << 40).to_le_bytes(), &u64::from(u32::MAX).to_le_bytes()].concat();
    let head = [&whole[..24], &(content.len() as u64).to_le_bytes(), &sum_of(&content).to_le_bytes()].concat();
    fs::write(&file, [head, content].concat()).unwrap();
    assert_same(&read().1, &ids);
    assert_eq!(fs::read(&file).unwrap(), whole, "it is remembered again");
    // What is remembered of a state says nothing of another.
    table.append(rows(&spec.columns, MANY..MANY + 3)).unwrap();
    ids.extend(MANY..MANY + 3);
    fs::write(&file, &whole).unwrap();
    assert_same(&read().1, &ids);
    table.remove(&[ImageId(8), ImageId(6001)]).unwrap();
    ids.retain(|id| ![8, 6001].contains(id));
    assert_same(&table, &ids);
    assert_same(&read().1, &ids);
    // These come to lie at the end, and one is new.
    table.replace(rows(&spec.columns, [4000, 12, 7])).unwrap();
    ids.push(7);
    ids.sort_unstable();
    assert_same(&table, &ids);
    assert_same(&read().1, &ids);
    assert_same(&read().1, &ids);
    drop((table, workspace));
    assert_same(&place.open().features(&spec).unwrap(), &ids);
}

#[test]
fn an_image_is_found_by_its_path_whatever_is_remembered() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..MANY)).unwrap();
    let at = |text: &str| -> Option<ImageRecord> {
        let path = ImagePath { text: text.to_owned(), raw: None };
        Workspace::open(&place.root()).unwrap().image_at(&path).unwrap()
    };
    let assert_found = |ids: &[u32]| {
        for id in ids {
            assert_eq!(at(&path(*id)), Some(image(*id).record));
        }
        assert_eq!(at("folder 0/nobody.jpg"), None);
    };
    assert_found(&[0, 4321, MANY - 1]);
    let file = remembered(&place.root(), ".records").pop().expect("it is remembered");
    let reads = |id: u32| {
        let workspace = Workspace::open(&place.root()).unwrap();
        let before = workspace.reads().bytes;
        assert!(workspace.image_at(&ImagePath { text: path(id), raw: None }).unwrap().is_some());
        workspace.reads().bytes - before
    };
    let remembered = reads(17);
    let whole = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let anew = reads(17);
    assert!(remembered * 2 < anew, "{remembered} bytes are read where paths are remembered, {anew} where not");
    for damaged in [whole[..200].to_vec(), vec![7; whole.len()], [&whole[..40], &vec![9; whole.len() - 40]].concat()] {
        fs::write(&file, damaged).unwrap();
        assert_found(&[0, 4321, MANY - 1]);
        assert_eq!(fs::read(&file).unwrap(), whole, "it is remembered again");
    }
    fs::write(&file, &whole).unwrap();
    // What is on record of a few is there, too, and no table is read for it; unless it is not as it was written.
    let some = |ids: &[u32]| {
        let workspace = Workspace::open(&place.root()).unwrap();
        let before = workspace.reads().bytes;
        let found = workspace.images_with(&ids.iter().copied().map(ImageId).collect::<Vec<_>>()).unwrap();
        let expected: Vec<ImageRecord> = ids.iter().map(|id| image(*id).record).collect();
        assert_eq!(found, expected);
        workspace.reads().bytes - before
    };
    assert_eq!(some(&[MANY - 1, 0, 4321]), 0);
    for flipped in [1, 12, 30] {
        let mut damaged = whole.clone();
        damaged[whole.len() - flipped] ^= 4;
        fs::write(&file, &damaged).unwrap();
        assert!(some(&[MANY - 1, 0]) > 0, "the table is read for the last one");
        assert_eq!(some(&[0, 4321]), 0);
        assert_found(&[0, 4321, MANY - 1]);
    }
    fs::write(&file, &whole).unwrap();
    // Rows that were written anew lie elsewhere, and a path may be another image's by then.
    workspace.replace_images(&images([4321])).unwrap();
    assert_found(&[0, 4321, MANY - 1]);
    workspace.append_images(images(MANY..MANY + 2)).unwrap();
    assert_found(&[5, MANY + 1]);
    let some = Workspace::open(&place.root()).unwrap();
    let wanted = [4321, 3, MANY + 5, 3].map(ImageId);
    let found: Vec<u32> = some.images_with(&wanted).unwrap().into_iter().map(|record| record.id.0).collect();
    assert_eq!(found, [4321, 3, 3], "in this order, without those there are not");
}

#[test]
fn what_is_remembered_of_images_goes_when_no_state_is_it_any_more() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..MANY)).unwrap();
    let ask = || {
        let path = ImagePath { text: path(4321), raw: None };
        let reader = Workspace::open(&place.root()).unwrap();
        // Also of two questions at once one alone writes the file, and whoever lets go of the workspace waits for it.
        let found = [&reader, &reader.reader()].map(|reader| reader.image_at(&path).unwrap());
        assert_eq!(found, [(); 2].map(|()| Some(image(4321).record)));
    };
    ask();
    assert_eq!(remembered(&place.root(), ".records").len(), 1, "and no draft of it");
    let of_before = place.root().join(".paths");
    fs::write(&of_before, "what a program of before remembered").unwrap();
    workspace.append_images(images(MANY..MANY + 1)).unwrap();
    assert_eq!(remembered(&place.root(), ".records"), [] as [PathBuf; 0], "it is of a state that is no more");
    assert!(!of_before.exists());
    ask();
    workspace.replace_images(&images([7])).unwrap();
    assert_eq!(remembered(&place.root(), ".records"), [] as [PathBuf; 0]);
    ask();
    drop(workspace);
    fs::write(&of_before, "").unwrap();
    drop(place.open());
    assert_eq!(remembered(&place.root(), ".records").len(), 1, "of this state it is");
    assert!(!of_before.exists());
}

#[test]
fn places_that_lead_beyond_what_can_be_are_no_images() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..MANY)).unwrap();
    drop(workspace);
    let found = |ids: [u32; 2]| Workspace::open(&place.root()).unwrap().images_with(&ids.map(ImageId)).unwrap();
    Workspace::open(&place.root()).unwrap().image_at(&ImagePath { text: path(1), raw: None }).unwrap();
    let file = remembered(&place.root(), ".records").pop().expect("it is remembered");
    let whole = fs::read(&file).unwrap();
    // Where records begin: behind the number of images, and an entry of twelve bytes for each.
    let begins = HEAD + 8 + 12 * MANY as usize;
    // Where the records are, places are counted from behind what the file begins with: some fit into 64 bits only before that is added.
    let records = u64::from(8 + 12 * MANY + 8 * (MANY + 1));
    let last = u64::MAX - records;
    for begin in [u64::MAX, last, last - 20, last - 40, u64::MAX - 100_000, 1 << 63] {
        let mut changed = whole.clone();
        for (at, value) in [(0, begin), (1, begin.saturating_add(9))] {
            changed[begins + at * 8..][..8].copy_from_slice(&value.to_le_bytes());
        }
        fs::write(&file, changed).unwrap();
        assert_eq!(found([0, 5]), [0, 5].map(|id| image(id).record), "{begin}");
    }
}

/// The file as programs wrote it that did not know since when a picture is what it is.
#[test]
fn times_of_files_that_an_earlier_version_remembered_are_known() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let time = |image: u32, nanos: u32| FileTime {
        image: ImageId(image),
        nanos,
        bytes: 1234,
        unix_secs: -5,
        changed_unix_nanos: 77,
        others: 0,
        since: 0,
    };
    // Image, nanoseconds, bytes, seconds, when the system changed anything.
    let entry = |image: u32, nanos: u32| {
        let numbers = [image.to_le_bytes(), nanos.to_le_bytes()].concat();
        [numbers, [1234_i64, -5, 77].map(i64::to_le_bytes).concat()].concat()
    };
    let content = [entry(2, 999_999_999), entry(0, 123_456_789)].concat();
    let file = |sum: u64| {
        let head = [u64::from_le_bytes(*b"tiramem1"), 1, 0, content.len() as u64, sum];
        [head.map(u64::to_le_bytes).concat(), content.clone()].concat()
    };
    let path = place.root().join(".times");
    fs::write(&path, file(sum_of(&content))).unwrap();
    let known = recorder.file_times();
    assert_eq!(known.with(Vec::new()), [time(0, 123_456_789), time(2, 999_999_999)]);
    assert!(known.is_other(&time(0, 5)) && !known.is_other(&time(0, 123_456_789)) && !known.is_other(&time(1, 5)));
    // They are remembered in the form of today from then on.
    recorder.keep_file_times(&known.with(vec![FileTime { since: 4, others: 1, ..time(1, 8) }]));
    assert_eq!(fs::read(&path).unwrap().len(), HEAD + 3 * 40);
    let again = recorder.file_times().with(Vec::new());
    assert_eq!(again, [time(0, 123_456_789), FileTime { since: 4, others: 1, ..time(1, 8) }, time(2, 999_999_999)]);
    fs::write(&path, file(sum_of(&content) ^ 1)).unwrap();
    assert_eq!(recorder.file_times().with(Vec::new()), [], "damaged, it says nothing");
}
