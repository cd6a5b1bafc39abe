//! What a map makes of all images while more of them are found, counted.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ClusterMethod, ClusterWish, Clustering, ImageId, ImagePath, ImageRecord};
use tiramisu::engine::{AnalysisAnswer, Event, Progress};
use tiramisu::session::{Choose, ChooseMap, Colouring, Session};
use tiramisu::ui::paint::effort;
use tiramisu::ui::views::map::MapView;

use super::fixtures::{LABELS, Stage, session, window};

/// The frames of these windows are a quarter of a second apart.
type Window = Harness<'static, Stage<MapView>>;

fn open(session: Session) -> Window {
    let mut window = window([820.0, 620.0], Stage::new(MapView::default(), session));
    let begun = Instant::now();
    while window.state().view.screen_pos_of(ImageId(0)).is_none() {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute for the map");
        thread::sleep(Duration::from_millis(2));
        window.step();
    }
    settle(&mut window);
    window
}

/// Draws frames until nothing is found out any more.
fn settle(window: &mut Window) {
    let begun = Instant::now();
    loop {
        window.step();
        let now = effort();
        if now.begun == now.done {
            break;
        }
        assert!(begun.elapsed().as_secs() < 60, "waited a minute: {now:?}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// So many more images are found, whose label `label` says by their number.
fn find(window: &mut Window, count: usize, label: impl Fn(usize) -> String) {
    let mut images = window.state().session.opened.images.clone();
    let record = |index: usize| ImageRecord {
        id: ImageId(index as u32),
        path: ImagePath { text: format!("{index}.jpg"), raw: None },
        label: Some(label(index)),
        width: 10,
        height: 10,
        file_bytes: 1,
        modified_unix_secs: 0,
        problem: None,
    };
    let new: Vec<ImageRecord> = (images.len()..images.len() + count).map(record).collect();
    images.extend(new.iter().map(ImageRecord::borrowed));
    window.state_mut().session.apply(Event::Images(images));
}

fn begin_job(window: &mut Window) -> Arc<Progress> {
    let progress = Arc::new(Progress::new("Extracting features"));
    window.state_mut().session.apply(Event::JobStarted(progress.clone()));
    progress
}

#[test]
fn while_many_images_are_found_their_colours_are_found_now_and_then() {
    let mut window = open(session(240));
    // So many that a thread does it each time, which is done before the next frame.
    let more = |window: &mut Window| {
        let before = effort().begun;
        find(window, 9_000, |index| LABELS[index % LABELS.len()].to_owned());
        window.step();
        thread::sleep(Duration::from_millis(100));
        effort().begun - before
    };
    let at_once: u64 = (0..4).map(|_| more(&mut window)).sum();
    assert!(at_once >= 3, "{at_once} of 4: nothing is put off where no job runs");
    settle(&mut window);
    let progress = begin_job(&mut window);
    let now_and_then: u64 = (0..12).map(|_| more(&mut window)).sum();
    assert!((3..=7).contains(&now_and_then), "{now_and_then} times in 3 seconds");
    // What is put off comes by itself, also where the job goes on.
    assert!((0..4).any(|_| more(&mut window) == 0), "nothing is put off");
    let before = effort().begun;
    window.run_steps(3);
    settle(&mut window);
    assert_eq!(effort().begun, before + 1);
    let rest = effort().begun;
    find(&mut window, 9_000, |_| LABELS[0].to_owned());
    progress.end();
    settle(&mut window);
    assert_eq!(effort().begun, rest + 1, "at the end nothing is waited for");
    window.step();
    assert_eq!(effort().begun, rest + 1, "all have their colours");
}

#[test]
fn while_labels_come_the_legend_is_listed_now_and_then() {
    let mut window = open(session(240));
    // The newest is the first by name.
    let newest = |step: usize| format!("aa {:04}", 9_999 - step);
    let more = |window: &mut Window, step: usize| {
        let before = effort().names_listed;
        find(window, 50, |_| newest(step));
        window.step();
        usize::from(effort().names_listed > before)
    };
    assert_eq!((0..4).map(|step| more(&mut window, step)).sum::<usize>(), 4, "nothing is put off where no job runs");
    let progress = begin_job(&mut window);
    let listed: usize = (4..16).map(|step| more(&mut window, step)).sum();
    assert!((3..=7).contains(&listed), "{listed} times in 3 seconds");
    window.run_steps(3);
    window.get_by_label(&format!("Select all of {}", newest(15)));
    find(&mut window, 50, |_| newest(16));
    window.step();
    progress.end();
    window.step();
    window.get_by_label(&format!("Select all of {}", newest(16)));
}

#[test]
fn colours_that_cannot_be_found_are_tried_once_until_something_is_otherwise() {
    const COUNT: u32 = 9_000;
    let mut session = session(COUNT as usize);
    let source = session.source().expect("the layer is stored");
    let clustering = |of: usize| Clustering {
        features: "features".to_owned(),
        wish: ClusterWish { count: 1, ..ClusterWish::new(ClusterMethod::KMeans, source.clone()) },
        ids: (0..COUNT).map(ImageId).collect(),
        of: vec![Some(0); of].into(),
        clusters: Vec::new(),
        agreement: None,
        quality: None,
        elapsed_secs: 0.1,
    };
    let tell = |session: &mut Session, of: usize| {
        session.apply(Event::Answered(AnalysisAnswer::Clusters(Arc::new(clustering(of)))));
    };
    // One that has no group for its last image, not even none: whoever asks for it dies.
    tell(&mut session, COUNT as usize - 1);
    session.act(Choose::Map(ChooseMap::Colouring(0, Colouring::Cluster)));
    let mut window = open(session);
    let at_rest = |window: &mut Window| {
        settle(window);
        let before = effort().begun;
        for _ in 0..10 {
            window.step();
            thread::sleep(Duration::from_millis(20));
        }
        effort().begun - before
    };
    assert_eq!(at_rest(&mut window), 0, "it is not tried again");
    let before = effort().begun;
    find(&mut window, 1, |_| LABELS[0].to_owned());
    assert_eq!(at_rest(&mut window), 0);
    assert_eq!(effort().begun, before + 1, "one more image, one more time");
    tell(&mut window.state_mut().session, COUNT as usize);
    assert_eq!(at_rest(&mut window), 0);
    assert_eq!(effort().begun, before + 2);
}
