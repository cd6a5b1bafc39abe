//! What the thread that draws the window looks at, one image after the other, among a million of them.
//!
//! Counted is what [`images_touched`] counts: each record that is looked at, each place of an order that is read or written,
//! each image that is put into a set or listed, each portion of images that get a label; and one for each chunk of 4096 records or of
//! 8192 bits. No time is measured.

mod arriving;
mod counted;

use std::sync::{Arc, LazyLock};

use tiramisu::domain::{
    ColumnOrder, DistributionWish, Filter, ImageGroup, ImageId, ImageOrder, ImagePath, ImageRecord, ImageRecords,
    Metric, Sort, Spread, TableColumn, Tags, images_touched,
};
use tiramisu::engine::{CatalogueLook, Event, Found, Look, Progress, QueryAnswer, QueryWish, Request};
use tiramisu::session::{Ask, Choose, Pick, Session};

use crate::support::collection;

const IMAGES: usize = 1_000_000;
const FOLDER: usize = 1000;

/// No event and no choice may look at more, however many images there are: what a portion of new ones has at most (8192), and
/// a few for every one of the 245 chunks of a million records.
const MOST: u64 = 20_000;

fn image(index: usize) -> ImageRecord {
    let folder = format!("folder_{:04}", index / FOLDER);
    ImageRecord {
        id: ImageId(index as u32),
        path: ImagePath { text: format!("{folder}/{index:07}.jpg"), raw: None },
        label: Some(folder),
        width: 100 + (index as u32).wrapping_mul(2_654_435_761) % 900,
        height: 100,
        file_bytes: 1000,
        modified_unix_secs: 1_000_000 + (index as i64 * 7919) % 1_000_003,
        problem: None,
    }
}

/// A million images.
static ALL: LazyLock<ImageRecords> = LazyLock::new(|| {
    let mut all = ImageRecords::default();
    (0..IMAGES.div_ceil(8192)).for_each(|portion| extend(&mut all, ((portion + 1) * 8192).min(IMAGES)));
    all
});

/// Adds images up to a number.
fn extend(images: &mut ImageRecords, count: usize) {
    let new: Vec<ImageRecord> = (images.len()..count).map(image).collect();
    images.extend(new.iter().map(ImageRecord::borrowed));
}

/// Does what the window's thread does, and counts.
fn counted<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = images_touched();
    let done = work();
    let touched = images_touched() - before;
    assert!(touched <= MOST, "{what} looks at {touched} images");
    done
}

/// Answers what the catalogue is asked, on a thread of its own as the engine does; the window's takes it in.
fn answer(session: &mut Session, requests: Vec<Request>) {
    let mut waiting = requests;
    while let Some(request) = waiting.pop() {
        let Request::Look(Look::Catalogue(look)) = request else { continue };
        let answer = std::thread::spawn(move || match look {
            CatalogueLook::Order { number, wish } => {
                Event::Ordered { number, order: wish.make(&|| false).expect("it is wanted") }
            }
            CatalogueLook::Group { number, group, images } => Event::Grouped { number, images: group.images(&images) },
            CatalogueLook::Tally(wish) => Event::Tallied(wish.count()),
            CatalogueLook::Distribution(wish) => Event::Distributed(wish.count(&|| false).expect("it is wanted")),
        });
        let answer = answer.join().expect("it can be answered");
        waiting.extend(counted("taking in an answer", || session.apply(answer)));
    }
}

fn act(session: &mut Session, what: &str, choice: Choose) {
    let requests = counted(what, || session.act(choice));
    answer(session, requests);
}

/// A session that was told of a million images as they are read.
fn million() -> Session {
    let mut session = Session::default();
    let events = collection::opened(0);
    events.into_iter().filter(|event| !matches!(event, Event::Images(_))).for_each(|event| drop(session.apply(event)));
    let requests = counted("hearing of all images at once", || session.apply(Event::Images(ALL.clone())));
    answer(&mut session, requests);
    session.apply(Event::Committed { images: IMAGES, version: 1 });
    assert_eq!((session.opened.shown.len(), session.opened.images.labels().len()), (IMAGES, IMAGES / FOLDER));
    session
}

fn first(order: &ImageOrder) -> Option<u32> {
    order.first().map(|id| id.0)
}

#[test]
fn no_choice_looks_at_every_image() {
    let mut session = million();
    act(&mut session, "a click", Choose::Click(ImageId(700_000), Pick::Replace));
    act(&mut session, "an arrow", Choose::Step(1));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(700_001)));
    act(&mut session, "a row down", Choose::Step(-12));
    act(&mut session, "the end", Choose::Step(IMAGES as isize));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(999_999)));
    act(&mut session, "a further click", Choose::Click(ImageId(3), Pick::Toggle));
    act(&mut session, "all between two clicks", Choose::Click(ImageId(999_990), Pick::Range));
    assert_eq!(session.opened.chosen.selection.len(), 999_988);
    act(&mut session, "taking it back", Choose::Undo);
    assert_eq!(session.opened.chosen.selection.len(), 2);

    act(&mut session, "all", Choose::SelectAll);
    assert_eq!(session.opened.chosen.selection.len(), IMAGES);
    assert_eq!((session.opened.tally.of.len(), session.opened.tally.labels.len()), (IMAGES, IMAGES / FOLDER));
    act(&mut session, "one less", Choose::Click(ImageId(5), Pick::Toggle));
    act(&mut session, "the others", Choose::InvertSelection);
    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(5)]);
    let label = || ImageGroup::Label(Some("folder_0017".into()));
    act(&mut session, "a line of the legend", Choose::PickGroup(label(), Pick::Replace));
    assert_eq!(session.opened.chosen.selection, (17_000..18_000).map(ImageId).collect());
    act(&mut session, "the others", Choose::InvertSelection);
    act(&mut session, "none", Choose::ClearSelection);
    for _ in 0..6 {
        act(&mut session, "taking it back", Choose::Undo);
    }
    assert_eq!(session.opened.chosen.selection.len(), 2, "each was a step");
    for _ in 0..6 {
        act(&mut session, "bringing it back", Choose::Redo);
    }
}

#[test]
fn no_tag_of_very_many_looks_at_every_image() {
    let mut session = million();
    act(&mut session, "all", Choose::SelectAll);
    let everybody = ImageGroup::Set(session.opened.chosen.selection.clone());
    let tag = |tag: &str, group: &ImageGroup, is_on| Choose::TagGroup { group: group.clone(), tag: tag.into(), is_on };
    act(&mut session, "a tag for all", tag("mine", &everybody, true));
    let edit = session.opened.chosen.tag_edits.last().expect("it is noted").clone();
    assert_eq!((edit.images.len(), edit.is_on), (IMAGES, true));
    let undone = counted("taking it back", || session.act(Choose::Undo));
    let taken =
        |request: &Request| matches!(request, Request::Tag { images, is_on: false, .. } if images.len() == IMAGES);
    assert!(undone.iter().any(taken), "it is taken from all of them");
    // Where half of them have it already, it is given to the others only, and taken from these only.
    let half: Vec<ImageId> = (0..IMAGES as u32).filter(|id| id % 2 == 0).map(ImageId).collect();
    let tags = Arc::new(Tags::from([("mine".to_owned(), half)]));
    let requests = counted("hearing of tags", || session.apply(Event::Tags(tags)));
    answer(&mut session, requests);
    for is_on in [true, false] {
        act(&mut session, "a tag for all where half have it", tag("mine", &everybody, is_on));
        let images = &session.opened.chosen.tag_edits.last().expect("it is noted").images;
        assert_eq!(images.len(), IMAGES / 2);
        assert_eq!((images.contains(ImageId(0)), images.contains(ImageId(1))), (!is_on, is_on));
    }
    act(&mut session, "a tag for one more", tag("mine", &ImageGroup::Set([ImageId(7)].into_iter().collect()), true));
    assert_eq!(session.opened.chosen.tag_edits.last().expect("it is noted").images.len(), 1);
}

#[test]
fn a_decision_to_remove_looks_at_none_of_those_that_were_decided_on_before() {
    let mut session = million();
    let tags = |ids: &mut dyn Iterator<Item = u32>, others: usize| {
        let others = (0..others as u32).map(ImageId).collect();
        let to_remove: Vec<ImageId> = ids.map(ImageId).collect();
        Event::Tags(Arc::new(Tags::from([("to remove".into(), to_remove), ("mine".into(), others)])))
    };
    let odd = || (0..IMAGES as u32).filter(|id| id % 2 == 1);
    let requests = session.apply(tags(&mut odd(), 1));
    answer(&mut session, requests);
    assert_eq!(session.opened.shown.len(), IMAGES / 2);
    let hear = |session: &mut Session, what: &str, event: Event| {
        let requests = counted(what, || session.apply(event));
        answer(session, requests);
    };
    hear(&mut session, "one more, and one less", tags(&mut [0].into_iter().chain(odd().skip(1)), 1));
    let hidden = session.opened.hidden().expect("some are hidden").clone();
    assert_eq!(*hidden, [0].into_iter().chain(odd().skip(1)).map(ImageId).collect());
    assert_eq!((hidden.len(), session.opened.shown.len()), (IMAGES / 2, IMAGES / 2));
    hear(&mut session, "another tag", tags(&mut [0].into_iter().chain(odd().skip(1)), 2));
    assert!(Arc::ptr_eq(&hidden, session.opened.hidden().expect("some are hidden")), "they are the same");
}

#[test]
fn no_order_and_no_filter_looks_at_every_image() {
    let mut session = million();
    act(&mut session, "a click", Choose::Click(ImageId(700_000), Pick::Replace));
    for sort in Sort::ALL {
        act(&mut session, "another order", Choose::Sort(sort));
        assert_eq!(session.opened.shown.len(), IMAGES);
        act(&mut session, "an arrow", Choose::Step(1));
    }
    act(&mut session, "the largest first", Choose::Sort(Sort::Pixels));
    let pixels = |id: ImageId| ALL.get(id).expect("an image").pixels();
    assert!(session.opened.shown.iter().is_sorted_by(|a, b| pixels(*a) >= pixels(*b)));
    let filter = |text: &str| Filter { text: text.to_owned(), ..Filter::default() };
    act(&mut session, "a filter", Choose::Filter(filter("FOLDER_0042")));
    assert_eq!(session.opened.shown.set(), &(42_000..43_000).map(ImageId).collect());
    act(&mut session, "only among what is shown", Choose::OnlyShown(true));
    act(&mut session, "a metric", Choose::Metric(Metric::Euclidean));
    act(&mut session, "all that is shown", Choose::SelectAll);
    let labels = ["folder_0001", "folder_0003"].map(str::to_owned).into();
    act(&mut session, "labels", Choose::Filter(Filter { labels, ..Filter::default() }));
    assert_eq!((session.opened.shown.len(), session.opened.chosen.selection.len()), (2000, 1000));
    act(&mut session, "no filter", Choose::Filter(Filter::default()));
    assert_eq!(session.opened.shown.len(), IMAGES);
}

#[test]
fn no_order_by_a_column_and_no_histogram_looks_at_every_image() {
    let mut session = million();
    act(&mut session, "a click", Choose::Click(ImageId(700_000), Pick::Replace));
    for column in TableColumn::ALL {
        for is_descending in [false, true] {
            let sort = Sort::by(ColumnOrder { column, is_descending });
            act(&mut session, "the order of a column", Choose::Sort(sort));
            assert_eq!(session.opened.shown.len(), IMAGES, "{column:?}");
        }
    }
    let count_all = |session: &mut Session| {
        for column in TableColumn::ALL.into_iter().filter(|column| DistributionWish::is_of(*column)) {
            assert!(counted("asking whether", || session.opened.is_distribution_due(column)), "{column:?}");
            let requests = counted("asking", || session.act(Ask::Distribution(column)));
            assert_eq!(requests.len(), 1, "{column:?}");
            answer(session, requests);
            assert!(!counted("asking whether", || session.opened.is_distribution_due(column)), "{column:?}");
        }
    };
    count_all(&mut session);
    let sizes =
        |session: &Session| session.opened.distributions.get(TableColumn::Width).cloned().expect("it was counted");
    assert_eq!(sizes(&session).known, [IMAGES, IMAGES]);
    // Each part of the records stands for itself, so none can tell of all.
    let Spread::Bins(bins) = &sizes(&session).spread else { panic!("widths are numbers") };
    assert_eq!(bins.iter().map(|bin| bin.images[0]).sum::<usize>(), IMAGES);
    let text = Filter { text: "FOLDER_0042".to_owned(), ..Filter::default() };
    act(&mut session, "a filter", Choose::Filter(text));
    count_all(&mut session);
    assert_eq!(sizes(&session).known, [IMAGES, 1000], "the filter is known to it");
    // What a histogram asks for is answered by a set: half a million images are taken in as one.
    let predicate = || Filter { predicate: "file_bytes between 500 and 2000".to_owned(), ..Filter::default() };
    act(&mut session, "a part of a histogram", Choose::Filter(predicate()));
    let ids: Vec<ImageId> = (0..IMAGES as u32).step_by(2).map(ImageId).collect();
    let set = Arc::new(ids.iter().copied().collect());
    let found = Ok(Found { ids: Arc::new(ids), set, counts: None, remarks: Vec::new() });
    let wish = QueryWish { text: predicate().predicate, count_by: None };
    let answered = Event::Queried(QueryAnswer { wish, found });
    let requests = counted("taking in what was found", || session.apply(answered));
    answer(&mut session, requests);
    assert_eq!(session.opened.shown.len(), IMAGES / 2);
    count_all(&mut session);
    assert_eq!(sizes(&session).known, [IMAGES, IMAGES / 2]);
    // As an extraction tells of them: what is learned of one image makes no histogram of a running job old.
    session.apply(Event::JobStarted(Arc::new(Progress::new("Extracting"))));
    count_all(&mut session);
    let mut images = ALL.clone();
    images.replace([ImageRecord { width: 9000, ..image(3) }.borrowed()]);
    let requests = counted("a batch", || session.apply(Event::Images(images)));
    answer(&mut session, requests);
    assert!(!session.opened.is_distribution_due(TableColumn::Width));
}

#[test]
fn the_order_that_was_shown_before_waits_for_somebody_to_give_its_memory_back() {
    let mut session = million();
    let shown = session.opened.shown.clone();
    act(&mut session, "an order", Choose::Sort(Sort::Newest));
    assert!(session.opened.shown != shown && session.opened.outgrown.as_ref() == Some(&shown));
}

#[test]
fn what_was_known_of_many_images_before_waits_for_somebody_to_give_its_memory_back() {
    let mut session = million();
    let before = session.opened.images.revision();
    let mut images = ALL.clone();
    images.replace([ImageRecord { width: 9000, ..image(3) }.borrowed()]);
    let (older, newer) = (ALL.clone(), images.revision());
    session.apply(Event::Images(images));
    let outgrown = |session: &mut Session| session.opened.outgrown_images.take().map(|images| images.revision());
    assert_eq!(outgrown(&mut session), Some(before));
    // What comes too late is nobody's either.
    assert!(older.revision() < newer);
    session.apply(Event::Images(older.clone()));
    assert_eq!(outgrown(&mut session), Some(older.revision()));
    assert_eq!(session.opened.images.revision(), newer);
    let mut few = super::session(24);
    let mut images = few.opened.images.clone();
    images.replace([collection::image(4, 2).borrowed()]);
    few.apply(Event::Images(images));
    assert_eq!(outgrown(&mut few), None, "a few cost nobody anything");
}

#[test]
fn no_news_of_images_looks_at_all_of_them() {
    for sort in [Sort::Path, Sort::Label, Sort::Pixels, Sort::Newest] {
        let mut session = million();
        act(&mut session, "an order", Choose::Sort(sort));
        act(&mut session, "all", Choose::SelectAll);
        let mut images = ALL.clone();
        // As an extraction tells of them: a batch whose sizes are known now, then a portion that was found.
        for batch in 0..4u32 {
            let told = |id: u32| ImageRecord { width: 5000 + id, ..image(id as usize) };
            let records: Vec<ImageRecord> = (batch * 32..(batch + 1) * 32).map(told).collect();
            images.replace(records.iter().map(ImageRecord::borrowed));
            let requests = counted("a batch", || session.apply(Event::Images(images.clone())));
            answer(&mut session, requests);
        }
        extend(&mut images, IMAGES + 3000);
        let requests = counted("a portion that was found", || session.apply(Event::Images(images.clone())));
        answer(&mut session, requests);
        assert_eq!((session.opened.shown.len(), session.opened.images.len()), (IMAGES + 3000, IMAGES + 3000));
        if sort == Sort::Pixels {
            assert_eq!(first(&session.opened.shown), Some(127));
        }
        assert_eq!(session.opened.images.labels().values().sum::<usize>(), IMAGES + 3000);
    }
}

#[test]
fn the_order_before_is_shown_until_the_other_is_made() {
    let mut session = million();
    let before = session.opened.shown.clone();
    let asked = session.act(Choose::Sort(Sort::Newest));
    assert_eq!((session.opened.shown == before, session.opened.is_ordering()), (true, true));
    // Who changes their mind is not shown what they wanted first.
    let again = session.act(Choose::Sort(Sort::Pixels));
    answer(&mut session, asked);
    assert_eq!(session.opened.shown, before);
    answer(&mut session, again);
    assert!(session.opened.shown != before && !session.opened.is_ordering());
}

#[test]
fn news_that_comes_faster_than_orders_are_made_does_not_keep_them_from_being_shown() {
    let mut session = million();
    answer_sort(&mut session, Sort::Pixels);
    let mut images = ALL.clone();
    let mut asked = Vec::new();
    for id in 0..10 {
        let record = ImageRecord { width: 9000 + id, ..image(id as usize) };
        images.replace([record.borrowed()]);
        asked.extend(session.apply(Event::Images(images.clone())));
    }
    let orders = |asked: &[Request]| {
        asked
            .iter()
            .filter(|request| matches!(request, Request::Look(Look::Catalogue(CatalogueLook::Order { .. }))))
            .count()
    };
    assert_eq!(orders(&asked), 1, "the others wait for the first");
    // It knows the first of them only; what it lacks is asked for when it is there.
    answer(&mut session, asked);
    assert_eq!(first(&session.opened.shown), Some(9));
}

fn answer_sort(session: &mut Session, sort: Sort) {
    let asked = session.act(Choose::Sort(sort));
    answer(session, asked);
}

#[test]
fn an_older_state_of_the_images_does_not_take_the_place_of_a_newer_one() {
    let mut session = Session::default();
    collection::opened(24).into_iter().for_each(|event| drop(session.apply(event)));
    let older = session.opened.images.clone();
    let mut newer = older.clone();
    let broken = ImageRecord { problem: Some("It ends early.".into()), ..collection::image(4, 2) };
    newer.replace([broken.borrowed()]);
    session.apply(Event::Images(newer));
    session.apply(Event::Images(older));
    assert_eq!((session.opened.problem_count, session.opened.gone_count), (1, 0));
    assert_eq!(session.opened.images.problem_count(), 1);
}

#[test]
fn thousands_of_labels_are_counted_by_whoever_tells_of_them() {
    let mut session = million();
    let kind = |index: usize| ImageRecord { label: Some(format!("kind {:04}", index % 5000)), ..image(index) };
    let mut images = session.opened.images.clone();
    for first in (0..IMAGES).step_by(4096) {
        let portion: Vec<ImageRecord> = (first..IMAGES.min(first + 4096)).map(kind).collect();
        images.replace(portion.iter().map(ImageRecord::borrowed));
    }
    let requests = counted("hearing that all have other labels", || session.apply(Event::Images(images)));
    answer(&mut session, requests);
    let opened = &session.opened;
    assert_eq!((opened.images.labels().len(), opened.images.labels()["kind 0007"], opened.relabelled), (5000, 200, 1));
    assert_eq!(opened.images.label_places().of("kind 0000"), Some(1000), "those before keep their places");
}
