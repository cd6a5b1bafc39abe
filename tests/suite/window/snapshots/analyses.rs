//! The views of what was found out about the whole collection.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{
    DuplicateGroup, DuplicateReason, DuplicateReport, DuplicateWish, ImageId, OutlierReport, OutlierWish,
    SuspiciousLabelWish, Tags,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Asked, Event, Finding, Problem, Progress};
use tiramisu::ui::views::Pane;

use super::super::{classes, clusters, findings};
use super::scene::Scene;
use crate::support::window::{Setup, Window};

pub const SCENES: &[Scene] = &[
    Scene::view("clusters_filled", Pane::Clusters, clusters::grouped_in),
    Scene::view("clusters_empty", Pane::Clusters, nothing_asked),
    Scene::view("clusters_problem", Pane::Clusters, refused),
    Scene::view("findings_filled", Pane::Findings, copies),
    Scene::view("findings_outliers", Pane::Findings, outliers),
    Scene::view("findings_empty", Pane::Findings, nothing_asked),
    Scene::view("findings_no_copies", Pane::Findings, no_copies),
    Scene::view("findings_suspicious", Pane::Findings, suspicious),
    Scene::view("findings_odd", Pane::Findings, odd),
    Scene::view("findings_unreadable", Pane::Findings, unreadable),
    Scene::view("findings_waiting", Pane::Findings, waiting),
    Scene::view("findings_problem", Pane::Findings, refused),
    Scene::view("classes_filled", Pane::Classes, nearest),
    Scene::view("classes_empty", Pane::Classes, nothing_asked),
    Scene::view("classes_none_chosen", Pane::Classes, none_chosen),
    Scene::view("classes_problem", Pane::Classes, no_such_class),
    Scene::view("clusters_compared", Pane::Clusters, compared_clusters),
    Scene::view("clusters_with_labels", Pane::Clusters, clusters_with_labels),
    Scene::view("classes_similarity", Pane::Classes, similar_classes),
    Scene::view("classes_difference", Pane::Classes, difference_of_classes),
];

/// Images of every scene.
const COUNT: u32 = 60;

fn nothing_asked(setup: Setup) -> Window {
    Window::with_images(COUNT as usize, setup)
}

fn refused(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    window.tell([Event::Problem {
        of: Asked::Analysis(AnalysisKind::Duplicates),
        problem: Problem::new(
            "The images were not compared",
            "the table squeezenet_1a2b3c4d is damaged: fragment 3 is missing",
        )
        .with_remedy("Extract the features again, or go back to an earlier version."),
    }]);
    window.settle();
    window
}

fn report(window: &Window, groups: Vec<DuplicateGroup>) -> Event {
    Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(Arc::new(DuplicateReport {
        features: "net".to_owned(),
        wish: DuplicateWish::new(window.session().source().expect("the layer is stored")),
        within: Some(0.021_34),
        groups,
        compared: COUNT as usize,
        unread: 1,
        elapsed_secs: 0.2,
    }))))
}

fn copies(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    let group = |images: &[u32], reason: (DuplicateReason, f32), labels: &[(&str, usize)]| DuplicateGroup {
        images: images.iter().copied().map(ImageId).collect(),
        reasons: vec![reason, (DuplicateReason::Appearance, 2.0)],
        labels: labels.iter().map(|(label, count)| ((*label).to_owned(), *count)).collect(),
        splits: Vec::new(),
    };
    let groups = vec![
        group(&[3, 9, 12], (DuplicateReason::Content, 0.0), &[("blobs", 1), ("checks", 1), ("ferns", 1)]),
        group(&[20, 21], (DuplicateReason::Features, 0.0121), &[]),
        group(&[44, 41], (DuplicateReason::Content, 0.0), &[]),
    ];
    let event = report(&window, groups);
    window.tell([event]);
    window.settle();
    window.click("Select the copies…");
    window
}

fn no_copies(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    let event = report(&window, Vec::new());
    window.tell([event]);
    window.settle();
    window
}

fn outliers(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    window.click("Outliers");
    let falling = |from: f32| (0..COUNT).map(|row| from - row as f32 * 0.01).collect::<Vec<f32>>();
    let report = OutlierReport {
        features: "net".to_owned(),
        wish: OutlierWish { source: window.session().source().expect("the layer is stored"), k: 10 },
        ids: (0..COUNT).map(ImageId).collect(),
        distances: falling(1.0).into(),
        factors: falling(3.0).into(),
        clusters: falling(2.0).into(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Outliers(Arc::new(report))))]);
    window.settle();
    window
}

fn suspicious(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    let event = findings::suspicious(&window);
    window.tell([event]);
    window.settle();
    window.click("Suspicious labels");
    window
}

fn odd(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    let event = findings::odd(&mut window);
    window.tell([event]);
    window.settle();
    window.click("Odd pictures");
    window
}

fn unreadable(setup: Setup) -> Window {
    let mut window = odd(setup);
    window.click("Unreadable files");
    window
}

fn waiting(setup: Setup) -> Window {
    let mut window = nothing_asked(setup);
    window.click("Suspicious labels");
    let source = window.session().source().expect("the layer is stored");
    let wish = AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source));
    window.tell([Event::AnalysisStarted(Arc::new(Progress::of(&wish)))]);
    window.settle();
    window
}

fn nearest(setup: Setup) -> Window {
    let mut window = classes::compared_in(setup);
    let tags = Tags::from([("blurred".to_owned(), vec![ImageId(3)])]);
    window.tell([Event::Tags(Arc::new(tags))]);
    window.settle();
    window
}

fn none_chosen(setup: Setup) -> Window {
    let mut window = classes::compared_in(setup);
    window.click("What classes are made of");
    window.click("Classes by label");
    window
}

/// Arithmetic with a class that does not exist.
fn no_such_class(setup: Setup) -> Window {
    let mut window = classes::compared_in(setup);
    window.click("Show a difference of groups");
    let field = window.harness.get_by_label("Classes to calculate with");
    field.focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Classes to calculate with").type_text("blobs - mauve");
    window.settle();
    window
}

fn compared_clusters(setup: Setup) -> Window {
    let mut window = clusters::grouped_in(setup);
    window.press("Mark cluster 0");
    window.press("Mark cluster 1");
    window.click("Compare the marked");
    window
}

fn similar_classes(setup: Setup) -> Window {
    let mut window = classes::compared_in(setup);
    window.click("Show similarity of groups");
    window
}

fn clusters_with_labels(setup: Setup) -> Window {
    let mut window = clusters::grouped_in(setup);
    window.click("Show groups with labels");
    window
}

fn difference_of_classes(setup: Setup) -> Window {
    let mut window = classes::compared_in(setup);
    window.press("Mark class blobs");
    window.press("Mark class dots");
    window.click("Difference of the marked");
    window
}
