//! What a profiler or the log sees of the window's frames.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::domain::{
    ClassChange, ClassOrigin, Cluster, ClusterMethod, ClusterWish, Clustering, Filter, ImageId, ImagePath, ImageRecord,
    OutlierReport, OutlierWish, Sort, Tags, Workload, choose, images_touched, labels_copied, tags_searched,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, Finding, Request};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Settings;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use tiramisu::domain::FrameTimes;
use tiramisu::ui::giving_back::{Due, GivingBack, Rests};
use tiramisu::ui::later::Threads;
use tiramisu::ui::paint::effort;

use crate::support::collection;
use crate::support::painted::texts;
use crate::support::window::{Setup, Window, all_views};

/// Notes the name of every span that begins.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<&'static str>>>);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Names {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.lock().unwrap().push(attributes.metadata().name());
    }
}

#[test]
fn every_frame_is_a_span() {
    let names = Names::default();
    let mut window = Window::with_images(4, Setup::default());
    let seen = tracing::subscriber::with_default(Registry::default().with(names.clone()), || {
        window.harness.step();
        window.harness.step();
        names.0.lock().unwrap().clone()
    });
    let count = |name| seen.iter().filter(|seen| **seen == name).count();
    // A frame that has to be laid out again is drawn twice.
    assert!(count("frame") >= 2 && count("frame") == count("events"), "{seen:?}");
}

#[test]
fn ninety_nine_of_a_hundred_frames_are_within_what_is_told_of_them() {
    assert_eq!(FrameTimes::of([]), None);
    let one = FrameTimes::of([0.004]).expect("a frame");
    assert_eq!((one.frames, one.median_ms, one.p99_ms, one.worst_ms), (1, 4.0, 4.0, 4.0));
    // 1 to 200 ms, in any order.
    let many = FrameTimes::of((0..200).map(|frame| f64::from((frame * 67) % 200 + 1) * 1e-3)).expect("frames");
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(many.median_ms, 100.0) && near(many.p99_ms, 198.0) && near(many.worst_ms, 200.0), "{many:?}");
}

/// A million, and as many of each label.
const IMAGES: usize = 1_000_008;

/// What is seen in all views, twice if a frame has to be laid out again, and what a selection of all has of chunks.
const MOST: u64 = 6_000;

/// Draws a frame, counts what it looks at, and answers what it asks, on another thread, as it were.
fn frame(window: &mut Window, what: &str) {
    let before = images_touched();
    window.harness.step();
    let touched = images_touched() - before;
    assert!(touched <= MOST, "{what}: a frame looks at {touched} images");
    window.answer();
}

fn most_of(window: &mut Window, what: &str) {
    (0..8).for_each(|_| frame(window, what));
}

/// Draws until what another thread finds out is there.
fn until(window: &mut Window, what: &str, is_so: impl Fn(&Window) -> bool) {
    for _ in 0..6000 {
        frame(window, what);
        if is_so(window) {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("{what}: waited for in vain: {:?}", window.names());
}

#[test]
fn no_frame_looks_at_every_image() {
    let mut window = Window::with_images(IMAGES, Setup::default());
    most_of(&mut window, "at rest");
    window.harness.get_by_label("blobs/000001.png").click();
    most_of(&mut window, "a click");
    window.harness.key_press(Key::ArrowRight);
    most_of(&mut window, "an arrow");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    most_of(&mut window, "all");
    assert_eq!(window.session().opened.chosen.selection.len(), IMAGES);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    most_of(&mut window, "none");
    window.harness.key_press(Key::End);
    most_of(&mut window, "the end");
    window.harness.state_mut().act(Choose::Sort(Sort::Label));
    most_of(&mut window, "another order");
    window.harness.state_mut().act(Choose::Filter(Filter { text: "waves".into(), ..Filter::default() }));
    most_of(&mut window, "a filter");
    assert_eq!(window.session().opened.shown.len(), IMAGES / 12);
    window.harness.state_mut().act(Choose::Filter(Filter::default()));
    most_of(&mut window, "no filter");
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    for _ in 0..4 {
        most_of(&mut window, "the table, and its histograms");
    }
    // It is out of sight, beside the edge of the view.
    window.harness.get_by_label("Sort by File size").click_accesskit();
    most_of(&mut window, "the order of a column");
    window.harness.key_press(Key::End);
    most_of(&mut window, "the last row");
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::Home);
    most_of(&mut window, "all rows");
    assert_eq!(window.session().opened.chosen.selection.len(), IMAGES);
    window.harness.get_by_label("Label: checks").click();
    most_of(&mut window, "a name");
    for _ in 0..4 {
        most_of(&mut window, "histograms of what is left");
    }
    assert_eq!(window.session().opened.shown.len(), IMAGES / 12);
}

/// Whether this text is painted.
fn paints(window: &Window, words: &str) -> bool {
    texts(window.harness.output()).iter().any(|text| text.text == words)
}

fn ids<T: FromIterator<ImageId>>() -> T {
    (0..IMAGES as u32).map(ImageId).collect()
}

#[test]
fn no_frame_looks_at_every_image_of_a_map_or_of_clusters() {
    let mut window = Window::with_images(IMAGES, Setup::default());
    window.harness.get_by_label("Map").click();
    until(&mut window, "a map", |window| paints(window, "1,000,008 images"));
    most_of(&mut window, "a map at rest");
    let canvas = window.harness.get_by_role_and_label(Role::Canvas, "Map").rect();
    for step in 0..12 {
        window.harness.hover_at(canvas.left_top() + canvas.size() * (0.2 + 0.05 * step as f32));
        frame(&mut window, "the pointer over it");
    }
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    until(&mut window, "all", |window| window.session().opened.chosen.selection.len() == IMAGES);
    most_of(&mut window, "all on the map");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    most_of(&mut window, "none on the map");
    window.harness.state_mut().act(Choose::Filter(Filter { text: "waves".into(), ..Filter::default() }));
    until(&mut window, "a filter", |window| paints(window, "83,334 of 1,000,008 images"));
    window.harness.state_mut().act(Choose::Filter(Filter::default()));
    until(&mut window, "no filter", |window| paints(window, "1,000,008 images"));

    let source = window.session().source().expect("the layer is stored");
    let clusters = |name: Option<&str>| {
        let cluster = |first: u32| Cluster {
            size: IMAGES / 2,
            exemplars: (first..first + 4).map(ImageId).collect(),
            name: name.map(str::to_owned),
            ..Cluster::default()
        };
        let clustering = Clustering {
            features: "features".to_owned(),
            wish: ClusterWish { count: 2, ..ClusterWish::new(ClusterMethod::KMeans, source.clone()) },
            ids: ids(),
            of: (0..IMAGES as u32).map(|id| Some(id % 2)).collect(),
            clusters: vec![cluster(0), cluster(1)],
            agreement: None,
            quality: None,
            elapsed_secs: 0.1,
        };
        Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering)))
    };
    window.tell([clusters(None)]);
    most_of(&mut window, "clusters, by which the map is coloured");
    window.harness.get_by_label("Clusters").click();
    until(&mut window, "the cards of clusters", |window| window.has("Select cluster 1"));
    window.tell([clusters(Some("named"))]);
    most_of(&mut window, "the same clusters with a name");
    window.harness.get_by_label("Select cluster 1").click_accesskit();
    until(&mut window, "a cluster", |window| window.session().opened.chosen.selection.len() == IMAGES / 2);
    most_of(&mut window, "a cluster on all views");
}

#[test]
fn no_frame_looks_at_every_image_that_is_compared_saved_or_taken_away() {
    let target = std::path::PathBuf::from("/home/ada/all.csv");
    let mut window = Window::with_images(IMAGES, Setup { answer: Some(target), ..Setup::default() });
    let source = window.session().source().expect("the layer is stored");
    let report = OutlierReport {
        features: "features".to_owned(),
        wish: OutlierWish { source, k: 10 },
        ids: ids(),
        distances: (0..IMAGES).map(|row| (IMAGES - row) as f32).collect(),
        factors: (0..IMAGES).map(|row| row as f32).collect(),
        clusters: vec![1.0; IMAGES].into(),
        elapsed_secs: 0.1,
    };
    window.harness.get_by_label("Findings").click();
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report))))]);
    most_of(&mut window, "outliers");
    window.harness.get_by_label("Outliers").click();
    let row = |window: &Window, id: usize| {
        let path = window.session().image(ImageId(id as u32)).expect("an image").path.text.to_owned();
        window.has(&format!("Outlier: {path}"))
    };
    until(&mut window, "the farthest", |window| row(window, 0));
    window.harness.get_by_label("Outliers by").click();
    most_of(&mut window, "the list of scores");
    window.harness.get_by_label("In a sparse region (LOF)").click();
    until(&mut window, "by another score", |window| row(window, IMAGES - 1));
    let tags = Tags::from([("to remove".to_owned(), ids()), ("selection:all".to_owned(), ids())]);
    window.tell([Event::Tags(Arc::new(tags))]);
    until(&mut window, "a decision on all", |window| window.session().opened.shown.is_empty());
    window.tell([Event::Tags(Arc::new(Tags::from([("selection:all".to_owned(), ids())])))]);
    until(&mut window, "that they stay", |window| window.session().opened.shown.len() == IMAGES);

    let vectors = ClassVectors {
        layers: vec![("conv2".to_owned(), 1)],
        classes: ["even", "odd"].map(str::to_owned).to_vec(),
        values: vec![1.0, 0.1],
    };
    let members = |first: u32| (first..IMAGES as u32).step_by(2).map(ImageId).collect();
    let means = ClassMeans {
        wish: ClassWish::default(),
        origins: vec![ClassOrigin::Label; 2],
        members: vec![members(0), members(1)],
        choice: choose(Workload::Sums { rows: IMAGES, channels: 1, layers: 1 }),
        vectors,
        sizes: vec![IMAGES / 2; 2],
        by_labels: None,
        table: "classes_features".to_owned(),
        elapsed_secs: 0.1,
    };
    window.harness.get_by_label("Classes").click();
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    until(&mut window, "classes", |window| window.has("What classes are made of"));
    window.harness.state_mut().act(Choose::SelectAll);
    most_of(&mut window, "all");
    window.harness.get_by_label("What classes are made of").click();
    most_of(&mut window, "what classes are made of");
    window.harness.get_by_label("Name of a class of the selection").focus();
    most_of(&mut window, "the field for a name");
    window.harness.get_by_label("Name of a class of the selection").type_text("everything");
    most_of(&mut window, "a name");
    window.harness.get_by_label("Make a class of the selection").click();
    most_of(&mut window, "a class of all");
    let is_of_all = |request: &Request| match request {
        Request::Analyse(AnalysisWish::Classes(ClassWish { change, .. })) => {
            matches!(change, Some(ClassChange::AddSelected { images, .. }) if images.len() == IMAGES)
        }
        Request::Export(wish) => wish.images.len() == IMAGES,
        _ => false,
    };
    assert!(window.sent().last().is_some_and(is_of_all), "{:?}", window.sent().len());

    window.harness.get_by_label("Export").click();
    most_of(&mut window, "the menu of exports");
    window.harness.get_by_label("Export CSV…").click();
    most_of(&mut window, "the dialog of an export");
    window.harness.get_by_label("Choose where…").click();
    most_of(&mut window, "an export of all");
    assert!(window.sent().last().is_some_and(is_of_all), "{:?}", window.sent().len());
}

#[test]
fn a_search_that_finds_labels_all_the_time_copies_none_of_those_before() {
    const LABELS: usize = 300;
    let mut window = Window::with_images(60, Setup { settings: all_views(), ..Setup::default() });
    let mut images = window.session().opened.images.clone();
    let before = labels_copied();
    for label in 0..LABELS {
        let index = images.len();
        let record = ImageRecord {
            id: ImageId(index as u32),
            path: ImagePath { text: format!("found {label:04}/{index:06}.png"), raw: None },
            label: Some(format!("found {label:04}")),
            ..collection::image(index, 1)
        };
        // By another thread, as the engine does: who tells of them has them anew, the window's thread takes them as they are.
        let tell = move || {
            images.extend(std::iter::once(record.borrowed()));
            images
        };
        images = thread::spawn(tell).join().expect("there is room");
        window.tell([Event::Images(images.clone())]);
        window.harness.run_steps(1);
    }
    assert!(window.session().opened.images.label_places().len() >= LABELS);
    // Whoever kept the places of labels beside the session would have them all copied for each that comes: 45,000 of them.
    let copied = labels_copied() - before;
    assert!(copied <= LABELS as u64, "{copied} labels were copied");
}

/// Waits until so many have nothing to do.
fn until_resting(threads: &Threads, count: usize) {
    for _ in 0..2000 {
        if threads.resting() == count {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("{} rest, and not {count}", threads.resting());
}

#[test]
fn what_is_found_out_one_after_the_other_is_found_by_one_thread() {
    let threads = Threads::default();
    for _ in 0..20 {
        threads.run(|| {}).expect("there is a thread");
        until_resting(&threads, 1);
    }
    assert_eq!(threads.begun(), 1);
    // Who is asked for two things at a time has two, and both do what comes then.
    let (at_once, others) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    for _ in 0..6 {
        for _ in 0..2 {
            let (at_once, others) = (at_once.clone(), others.clone());
            let meet = move || {
                at_once.wait();
                others.fetch_add(1, Ordering::SeqCst);
            };
            threads.run(meet).expect("there is a thread");
        }
        until_resting(&threads, 2);
    }
    assert_eq!((threads.begun(), others.load(Ordering::SeqCst)), (2, 12));
    // One that dies takes nobody with it, and of very many not all are kept.
    threads.run(|| panic!("on purpose")).expect("there is a thread");
    until_resting(&threads, 1);
    let at_once = Arc::new(Barrier::new(12));
    for _ in 0..12 {
        let at_once = at_once.clone();
        threads.run(move || _ = at_once.wait()).expect("there is a thread");
    }
    until_resting(&threads, 4);
    assert_eq!(threads.begun(), 2 + 11);
}

#[test]
fn the_tags_of_what_is_drawn_are_found_once_and_not_in_every_frame() {
    const TAGS: usize = 1_000;
    let settings = Settings { hides_inspector: false, ..all_views() };
    let mut window = Window::with_images(24, Setup { settings, ..Setup::default() });
    let tag = |number: usize| (format!("tag {number:04}"), vec![ImageId(number as u32 % 24)]);
    window.tell([Event::Tags(Arc::new((0..TAGS).map(tag).collect()))]);
    window.settle();
    window.act(Choose::Click(ImageId(3), Pick::Replace));
    let at_rest = |window: &mut Window, what: &str| {
        let before = tags_searched();
        window.harness.run_steps(6);
        assert_eq!(tags_searched(), before, "{what}: in frames in which nothing happens");
    };
    at_rest(&mut window, "gallery and inspector");
    assert!(window.has("Remove tag 0003 from this picture"), "{:?}", window.names());
    let before = tags_searched();
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    // Each picture's once, whichever views it is in.
    assert!(tags_searched() - before <= (24 * TAGS) as u64, "{} tags", tags_searched() - before);
    at_rest(&mut window, "table");
    // Other tags are found.
    window.tell([Event::Tags(Arc::new(Tags::from([("mine".to_owned(), vec![ImageId(3)])])))]);
    window.settle();
    assert!(window.has("Remove mine from this picture"), "{:?}", window.names());
}

#[test]
fn free_room_goes_back_once_a_window_is_at_rest_and_now_and_then_from_one_that_never_is() {
    let mut rests = Rests::default();
    assert_eq!(rests.look(0), Due::AfterAFrame, "nothing was drawn yet");
    assert_eq!(rests.look(1), Due::Later, "the first frame may not be the last");
    assert_eq!(rests.look(40), Due::Later);
    assert_eq!(rests.look(40), Due::Now);
    assert_eq!(rests.look(40), Due::AfterAFrame, "once is enough");
    assert_eq!(rests.look(41), Due::Later);
    assert_eq!(rests.look(41), Due::Now);
    // Sixty frames between two looks, for a quarter of an hour.
    let given = (1..=900).filter(|look| rests.look(41 + look * 60) == Due::Now).count();
    assert!((20..=60).contains(&given), "{given} times");
}

static GIVEN_BACK: AtomicUsize = AtomicUsize::new(0);

#[test]
fn another_thread_gives_free_room_back_after_the_last_frame() {
    let give_back = || _ = GIVEN_BACK.fetch_add(1, Ordering::SeqCst);
    let giving = GivingBack::begin(Some(give_back));
    assert!(giving.is_done(), "nothing was drawn");
    for times in 1..=2 {
        (0..5).for_each(|_| giving.note_frame());
        assert!(!giving.is_done(), "a frame waits for nobody");
        for _ in 0..3000 {
            if giving.is_done() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(GIVEN_BACK.load(Ordering::SeqCst), times);
    }
    drop(giving);
    let without = GivingBack::begin(None);
    without.note_frame();
    assert!(without.is_done(), "there is nobody to wait for");
}

static GIVEN_BACK_UNSEEN: AtomicUsize = AtomicUsize::new(0);

#[test]
fn room_that_other_threads_free_goes_back_too_while_no_frame_is_drawn() {
    let give_back = || _ = GIVEN_BACK_UNSEEN.fetch_add(1, Ordering::SeqCst);
    let giving = GivingBack::begin_with(Some(give_back), Duration::from_millis(10));
    for _ in 0..3000 {
        if GIVEN_BACK_UNSEEN.load(Ordering::SeqCst) >= 3 {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert!(GIVEN_BACK_UNSEEN.load(Ordering::SeqCst) >= 3, "again and again");
    assert!(giving.is_done(), "no frame waits for it");
}

#[test]
fn a_frame_that_shows_a_choice_does_not_find_the_pictures_of_a_large_map_as_well() {
    const IMAGES: usize = 40_000;
    let mut window = Window::with_images(IMAGES, Setup::default());
    window.harness.get_by_label("Map").click();
    until(&mut window, "a map", |window| paints(window, "40,000 images"));
    (0..40).for_each(|_| frame(&mut window, "a map at rest"));
    // Points of the map that are looked at in each of the next frames.
    let looked_at = |window: &mut Window| {
        let in_a_frame = |_| {
            let before = effort().looked_at;
            frame(window, "a choice");
            effort().looked_at - before
        };
        (0..4).map(in_a_frame).collect::<Vec<u64>>()
    };
    assert_eq!(looked_at(&mut window), [0; 4], "nothing has changed");
    window.harness.state_mut().act(Choose::SelectAll);
    let found = looked_at(&mut window);
    assert_eq!(found[0], 0, "the frame that shows what is selected: {found:?}");
    // As much in one of the next, and then no more.
    assert!(found[1] > 2_000 && found[1] <= 32_000 && found[2..] == [0; 2], "{found:?}");
}
