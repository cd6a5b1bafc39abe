//! What is known of all images, against a list of records.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Duration;

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, ImageRecords, SharedRecords, images_touched, labels_copied};

/// What the labels of two images, of which one is a cat, sum up to: by FNV-1a and SplitMix64, in ten lines of Python.
const KEPT_STATE: &str = r#"{"images":2,"sum":10779511440296640434}"#;

const LABELS: [Option<&str>; 5] = [None, Some("a"), Some("b"), Some("c"), Some("")];

fn record(id: usize, random: &mut fastrand::Rng) -> ImageRecord {
    let raw = (random.u8(0..50) == 0).then(|| vec![b'x', 0xff, random.u8(..)]);
    let mut record = ImageRecord {
        id: ImageId(id as u32),
        path: ImagePath { text: format!("folder/größe_{}.png", random.u32(..)), raw },
        label: random.choice(LABELS).flatten().map(str::to_owned),
        width: random.u32(..),
        height: random.u32(0..9000),
        file_bytes: random.u64(..),
        modified_unix_secs: random.i64(..),
        problem: (random.u8(0..9) == 0).then(|| "It ends early.".to_owned()),
    };
    if random.u8(0..9) == 0 {
        record.set_gone();
    }
    record
}

/// The same in other words, whatever was learned of it.
fn changed(record: &ImageRecord, random: &mut fastrand::Rng) -> ImageRecord {
    // Of many labels, so that those that nobody has any more are many as well.
    let label = (random.u8(0..3) > 0).then(|| format!("label {}", random.u32(0..900)));
    ImageRecord { path: record.path.clone(), label, ..self::record(record.id.index(), random) }
}

fn labels(records: &[ImageRecord]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    records.iter().for_each(|record| *counts.entry(record.label.clone().unwrap_or_default()).or_default() += 1);
    counts
}

fn expect_same(images: &ImageRecords, records: &[ImageRecord]) {
    assert_eq!(images.len(), records.len());
    assert!(images.to_vec() == records, "some are others");
    assert_eq!(images.problem_count(), records.iter().filter(|record| record.problem.is_some()).count());
    assert_eq!(images.gone_count(), records.iter().filter(|record| record.is_gone()).count());
    assert_eq!(**images.labels(), labels(records));
    for label in [None, Some("a"), Some("label 7"), Some("nobody's")] {
        let of_label = records.iter().filter(|record| record.label.as_deref() == label).map(|record| record.id);
        assert!(images.with_label(label).eq(of_label), "{label:?}");
    }
    assert_eq!(images.get(ImageId(records.len() as u32)), None);
}

#[test]
fn images_are_known_as_they_were_told_whatever_was_told_between() {
    let mut random = fastrand::Rng::with_seed(3);
    let (mut images, mut records) = (ImageRecords::default(), Vec::new());
    let mut came: Vec<String> = Vec::new();
    for round in 0..40 {
        let before = images.clone();
        let known = records.clone();
        // Portions that end anywhere, and some that fill a chunk.
        let count = [1, 700, 4096, 5000][random.usize(0..4)].min(30_000 - records.len());
        let new: Vec<ImageRecord> = (0..count).map(|next| record(records.len() + next, &mut random)).collect();
        images.extend(new.iter().map(ImageRecord::borrowed));
        records.extend(new);
        for _ in 0..random.usize(0..12) {
            // Often the same ones, so that labels are given up again.
            let among = if random.bool() { records.len() } else { records.len().min(100) };
            let mut places: Vec<usize> = (0..random.usize(0..40)).map(|_| random.usize(0..among)).collect();
            places.sort_unstable();
            let new: Vec<ImageRecord> = places.iter().map(|place| changed(&records[*place], &mut random)).collect();
            images.replace(new.iter().map(ImageRecord::borrowed));
            places.into_iter().zip(new).for_each(|(place, new)| records[place] = new);
        }
        assert_eq!(**images.labels(), labels(&records), "round {round}");
        assert_eq!(**before.labels(), labels(&known), "what somebody keeps stays as it was");
        let places = images.label_places();
        assert!(came.iter().enumerate().all(|(place, label)| places.label(place) == Some(label)), "those before stay");
        came = (0..places.len()).filter_map(|place| places.label(place).map(str::to_owned)).collect();
        let is_placed = |label: &String| label.is_empty() || places.of(label).is_some();
        assert!(images.labels().keys().all(is_placed), "round {round}");
        assert!(before.to_vec() == known, "what somebody keeps stays as it was");
        assert!(images.revision() > before.revision());
    }
    expect_same(&images, &records);
    assert!(ImageRecords::from(records.as_slice()).to_vec() == records);
}

#[test]
fn what_has_changed_is_told_of_images_that_were_known() {
    let mut random = fastrand::Rng::with_seed(4);
    let records: Vec<ImageRecord> = (0..9000).map(|id| record(id, &mut random)).collect();
    let before = ImageRecords::from(&records[..8500]);
    let mut now = before.clone();
    now.extend(records[8500..].iter().map(ImageRecord::borrowed));
    let changes = now.changes_since(&before);
    assert!(!changes.are_described && !changes.are_relabelled, "some are new, the others as they were");
    now.replace([ImageRecord { width: 7, ..records[5].clone() }.borrowed()]);
    let changes = now.changes_since(&before);
    assert!(changes.are_described && !changes.are_relabelled);
    now.replace([ImageRecord { label: Some("new".into()), ..records[6].clone() }.borrowed()]);
    assert!(now.changes_since(&before).are_relabelled);
    now.replace([ImageRecord { id: ImageId(9000), ..records[6].clone() }.borrowed()]);
    assert_eq!(now.len(), 9000, "an image that is not there is left out");
}

#[test]
fn labels_that_were_given_back_are_those_of_before_and_any_others_are_not() {
    let mut random = fastrand::Rng::with_seed(9);
    let records: Vec<ImageRecord> = (0..9000).map(|id| record(id, &mut random)).collect();
    let mut images = ImageRecords::from(&records[..6000]);
    let then = images.label_state();
    assert_eq!(images.label_state(), ImageRecords::from(&records[..6000]).label_state(), "whatever led to it");
    images.extend(records[6000..].iter().map(ImageRecord::borrowed));
    assert!(!images.have_other_labels_than(then), "those that came later are none of it");
    let all = images.label_state();
    let labelled = |id: usize, label: &str| ImageRecord { label: Some(label.to_owned()), ..records[id].clone() };
    for id in [0, 4095, 4096, 5999] {
        images.replace([labelled(id, "another").borrowed()]);
        assert!(images.have_other_labels_than(then) && images.have_other_labels_than(all), "of the image {id}");
        images.replace([records[id].borrowed()]);
        assert!(!images.have_other_labels_than(then) && !images.have_other_labels_than(all), "given back to {id}");
    }
    images.replace([labelled(7000, "another").borrowed()]);
    assert!(!images.have_other_labels_than(then) && images.have_other_labels_than(all));
    // Each has the other's: as many bear each label as before.
    let mut images = ImageRecords::from(vec![labelled(0, "a"), labelled(1, "b")]);
    let then = images.label_state();
    images.replace([labelled(0, "b").borrowed(), labelled(1, "a").borrowed()]);
    assert!(images.have_other_labels_than(then));
    let of_more = ImageRecords::from(records.as_slice()).label_state();
    assert!(!images.have_other_labels_than(of_more), "they are not all known yet");
    // It is kept on disk: the number stays what it is.
    let kept = ImageRecords::from(vec![labelled(0, "cat"), ImageRecord { label: None, ..records[1].clone() }]);
    assert_eq!(serde_json::to_string(&kept.label_state()).unwrap(), KEPT_STATE);
}

#[test]
fn an_image_takes_less_than_a_hundred_bytes() {
    let path = |id: usize| format!("train/n{:08}/n{:08}_{id:05}.JPEG", id / 1300, id / 1300);
    let records: Vec<ImageRecord> = (0..100_000)
        .map(|id| ImageRecord {
            id: ImageId(id as u32),
            path: ImagePath { text: path(id), raw: None },
            label: Some(format!("n{:08}", id / 1300)),
            width: 500,
            height: 375,
            file_bytes: 110_000,
            modified_unix_secs: 1_300_000_000,
            problem: None,
        })
        .collect();
    let images = ImageRecords::from(records);
    let each = images.bytes() as f64 / 100_000.0;
    assert!((60.0..100.0).contains(&each), "{each} bytes an image");
}

#[test]
fn what_is_said_of_a_label_is_said_of_each_image_that_has_it() {
    let mut random = fastrand::Rng::with_seed(5);
    let records: Vec<ImageRecord> = (0..10_000).map(|id| record(id, &mut random)).collect();
    let mut images = ImageRecords::from(records);
    // Some labels are no image's any more.
    let known = images.to_vec();
    let others: Vec<ImageRecord> = known[4000..4200].iter().map(|record| changed(record, &mut random)).collect();
    images.replace(others.iter().map(ImageRecord::borrowed));
    for range in [0..0, 0..1, 0..4096, 4095..4097, 100..9_000, 8191..10_000, 9_990..20_000, 12_000..13_000] {
        let length = |label: Option<&str>| label.map(str::len);
        let expected: Vec<_> = images.range(range.clone()).map(|image| length(image.label)).collect();
        let mut asked = 0;
        let found: Vec<_> = images
            .by_label(range.clone(), |label| {
                asked += 1;
                length(label)
            })
            .collect();
        assert_eq!(found, expected, "{range:?}");
        assert!(asked < 700, "{asked} questions for {range:?}");
    }
}

/// Many labels, each that of one image.
fn labelled(ids: std::ops::Range<usize>) -> Vec<ImageRecord> {
    let mut random = fastrand::Rng::with_seed(5);
    let label = |id: usize| Some(format!("label {id}"));
    ids.map(|id| ImageRecord { label: label(id), ..record(id, &mut random) }).collect()
}

/// Whoever made images that came the next state copied all labels while nobody else could ask for any.
#[test]
fn labels_are_copied_by_who_makes_the_next_state_and_nobody_who_asks_waits_for_that() {
    const LABELS: usize = 5000;
    const PATIENCE: Duration = Duration::from_secs(120);
    let shared = SharedRecords::from(ImageRecords::from(labelled(0..LABELS)));
    // As the window keeps what it was told.
    let told = shared.now();
    let new = labelled(LABELS..LABELS + 3);
    let ((begin, begun), (go, gone)) = (channel(), channel::<()>());
    std::thread::scope(|scope| {
        let (shared, new) = (&shared, &new);
        let made = scope.spawn(move || {
            let before = labels_copied();
            shared.change(|records| {
                records.extend(new.iter().map(ImageRecord::borrowed));
                begin.send(()).expect("somebody waits for it");
                gone.recv_timeout(PATIENCE).expect("who asks is kept waiting by who makes the next state");
            });
            labels_copied() - before
        });
        begun.recv_timeout(PATIENCE).expect("it is being made");
        let before = (images_touched(), labels_copied());
        assert_eq!(shared.now().len(), LABELS, "the one before, until the next is made");
        assert_eq!((images_touched(), labels_copied()), before, "it costs nothing");
        go.send(()).expect("it waits");
        assert_eq!(made.join().expect("it is made"), LABELS as u64, "once, and there");
    });
    let now = shared.now();
    assert_eq!((now.len(), now.labels().len(), now.label_places().len()), (LABELS + 3, LABELS + 3, LABELS + 3));
    assert_eq!((told.len(), told.label_places().len()), (LABELS, LABELS), "what was told stays as it was");
    assert!(now.revision() > told.revision());
}

#[test]
fn no_change_is_lost_where_several_threads_make_states() {
    const EACH: usize = 200;
    let shared = SharedRecords::default();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..EACH {
                    shared.change(|records| {
                        let new = labelled(records.len()..records.len() + 1);
                        records.extend(new.iter().map(ImageRecord::borrowed));
                    });
                }
            });
        }
    });
    let ids: Vec<usize> = shared.now().iter().map(|image| image.id.index()).collect();
    assert!(ids.into_iter().eq(0..4 * EACH), "each has the next number");
}
