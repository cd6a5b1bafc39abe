//! What is there twice and what is unlike the rest: asked for, shown, selected.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, OutlierReport, OutlierWish, Workload,
    choose,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Event, Finding, Request, StoredResult};

use crate::support::window::{Setup, Window};

fn window_selection(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn shown() -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Findings");
    window.settle();
    window
}

#[test]
fn copies_are_asked_for_shown_in_groups_and_selected() {
    let mut window = shown();
    window.harness.get_by_label("Is anything here twice?");
    window.picture("empty");
    window.forget_sent();
    window.click("Find");
    let source = window.session().source().unwrap();
    let wish = DuplicateWish::new(source);
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Duplicates(wish.clone()))), "{:?}", window.sent());
    let group = |images: &[u32], labels: Vec<(String, usize)>| DuplicateGroup {
        images: images.iter().copied().map(ImageId).collect(),
        reasons: vec![(DuplicateReason::Content, 0.0), (DuplicateReason::Appearance, 2.0)],
        labels,
        splits: Vec::new(),
    };
    let report = DuplicateReport {
        features: "net".to_owned(),
        wish,
        within: Some(0.021_34),
        groups: vec![
            group(&[3, 9, 12], vec![("blobs".to_owned(), 2), ("checks".to_owned(), 1)]),
            group(&[20, 21], Vec::new()),
        ],
        compared: 60,
        unread: 1,
        elapsed_secs: 0.2,
    };
    let report = Arc::new(report);
    window.tell([Event::StoredResult(StoredResult::Found(Finding::Duplicates(report.clone())))]);
    window.settle();
    let facts = "at conv3 (average) within 0.0213: 2 groups among 60 images, 200 ms, found earlier  ·  1 file could not be read";
    window.harness.get_by_label(facts);
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(report)))]);
    window.settle();
    window.picture("groups");
    window.harness.get_by_label(&facts.replace(", found earlier", ""));
    window.harness.get_by_label("different labels: blobs, checks");
    window.click("Select the copies…");
    window.harness.get_by_label("Select 3 images, all but the first of each of 2 groups?");
    window.picture("question");
    window.click("Leave it");
    assert_eq!(window_selection(&window), [] as [u32; 0], "it is asked about first");
    window.click("Select the copies…");
    window.click("Select them");
    assert_eq!(window_selection(&window), [9, 12, 21]);
    window.click("Select duplicates 1");
    assert_eq!(window.session().opened.chosen.selection.len(), 2);
}

#[test]
fn outliers_are_shown_by_the_score_that_is_chosen() {
    let mut window = shown();
    window.click("What to find");
    window.click("Far from its neighbours");
    window.harness.get_by_label("What is unlike the rest?");
    window.forget_sent();
    window.click("Find");
    let wish = OutlierWish { source: window.session().source().unwrap(), k: 10 };
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Outliers(wish.clone()))));
    let falling = |from: f32| (0..60).map(|row| from - row as f32 * 0.01).collect::<Vec<f32>>();
    let rising = (0..60).map(|row| row as f32).collect::<Vec<f32>>();
    let report = OutlierReport {
        features: "net".to_owned(),
        wish,
        ids: (0..60).map(ImageId).collect(),
        distances: falling(1.0),
        factors: rising,
        clusters: falling(2.0),
        elapsed_secs: 0.1,
    };
    let choice = choose(Workload::Graph { rows: 60, channels: 64 });
    window.tell([
        Event::StrategyChosen(AnalysisKind::Outliers, choice.clone()),
        Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report)))),
    ]);
    window.settle();
    let facts = window.names().into_iter().find(|name| name.starts_with("60 images at")).expect("the facts");
    window.harness.get_by_label(&facts).hover();
    window.settle();
    assert!(window.names().contains(&choice.reason), "which engine found them, and why: {:?}", window.names());
    window.picture("outliers");
    let name =
        |id: u32, window: &Window| format!("Outlier: {}", window.session().image(ImageId(id)).unwrap().path.text);
    window.click(&name(0, &window));
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)));
    window.click("What to find");
    window.click("In a sparse region (LOF)");
    window.settle();
    assert!(window.has(&name(59, &window)), "the last is first now");
}
