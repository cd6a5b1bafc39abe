//! What analyses found, whatever kind it is of.

use std::sync::Arc;

use tiramisu::domain::{
    DuplicateReport, DuplicateWish, ImageId, ImageRecord, LabelState, OutlierReport, OutlierWish, RelabelledImage,
    Relabelling, SaidLabel, SuspiciousLabelReport, SuspiciousLabelWish, Workload, choose,
};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Event, Finding, Progress, Request, StoredResult};
use tiramisu::session::{Choose, Pick, Session};

use super::session;
use crate::support::collection;

/// Outliers that took so long to find.
fn outliers(session: &Session, elapsed_secs: f64) -> Finding {
    let wish = OutlierWish { source: session.source().expect("the layer is stored"), k: 5 };
    let (ids, distances, factors, clusters) = Default::default();
    let features = "net".to_owned();
    Finding::Outliers(Arc::new(OutlierReport { features, wish, ids, distances, factors, clusters, elapsed_secs }))
}

fn duplicates(session: &Session) -> Finding {
    let wish = DuplicateWish::new(session.source().expect("the layer is stored"));
    let (features, within, groups) = ("net".to_owned(), None, Vec::new());
    let (compared, unread, elapsed_secs) = (24, 0, 0.5);
    Finding::Duplicates(Arc::new(DuplicateReport { features, wish, within, groups, compared, unread, elapsed_secs }))
}

/// How long it took to find the outliers that are known, and whether they are from before.
fn known(session: &Session) -> (Option<f64>, bool) {
    let report = session.opened.findings.get(Finding::outliers);
    (report.map(|report| report.elapsed_secs), session.opened.findings.is_from_before(AnalysisKind::Outliers))
}

fn answer(session: &mut Session, finding: Finding) -> Vec<Request> {
    session.apply(Event::Answered(AnalysisAnswer::Found(finding)))
}

#[test]
fn what_was_found_before_never_takes_the_place_of_what_was_found_since() {
    let mut session = session(24);
    let [first, second, third] = [1.0, 2.0, 3.0].map(|secs| outliers(&session, secs));
    session.apply(Event::StoredResult(StoredResult::Found(first)));
    assert_eq!(known(&session), (Some(1.0), true));
    assert_eq!(answer(&mut session, second), []);
    assert_eq!(known(&session), (Some(2.0), false));
    session.apply(Event::StoredResult(StoredResult::Found(third)));
    assert_eq!(known(&session), (Some(2.0), false), "it is of today's images, the other is not");
}

#[test]
fn findings_of_one_kind_leave_those_of_others_alone_and_all_go_with_the_folder() {
    let mut session = session(24);
    let (copies, unlike) = (duplicates(&session), outliers(&session, 1.0));
    answer(&mut session, copies);
    answer(&mut session, unlike);
    let choice = choose(Workload::Graph { rows: 24, channels: 8 });
    session.apply(Event::StrategyChosen(AnalysisKind::Outliers, choice.clone()));
    assert!(session.opened.findings.get(Finding::duplicates).is_some());
    assert_eq!(known(&session), (Some(1.0), false));
    assert_eq!(session.opened.findings.choice(AnalysisKind::Outliers), Some(&choice));
    assert_eq!(session.opened.findings.choice(AnalysisKind::Duplicates), None);
    assert!(session.opened.findings.get(Finding::classes).is_none());
    session.apply(Event::Closed);
    assert!(session.opened.findings.get(Finding::duplicates).is_none());
    assert_eq!(known(&session), (None, false));
    assert_eq!(session.opened.findings.choice(AnalysisKind::Outliers), None);
}

/// Suspicious labels that were found by these.
fn suspicious(session: &Session, by_labels: Option<LabelState>) -> Finding {
    Finding::SuspiciousLabels(Arc::new(SuspiciousLabelReport {
        features: "net".to_owned(),
        wish: SuspiciousLabelWish::new(session.source().expect("the layer is stored")),
        labels: Vec::new(),
        neighbours: 15,
        layers: Vec::new(),
        compared: 24,
        classes: 4,
        by_labels,
        elapsed_secs: 0.1,
    }))
}

/// An image gets another label.
fn label(session: &mut Session, image: u32, label: &str) {
    let record = session.image(ImageId(image)).expect("it is there").to_record();
    let mut images = session.opened.images.clone();
    images.replace([ImageRecord { label: Some(label.to_owned()), ..record }.borrowed()]);
    session.apply(Event::Images(images));
}

#[test]
fn what_was_found_by_labels_is_old_only_as_long_as_they_are_others() {
    let mut session = session(24);
    let is_old = |session: &Session| session.opened.is_of_old_labels(AnalysisKind::SuspiciousLabels);
    let own =
        |session: &Session, id| session.image(ImageId(id)).and_then(|image| image.label).expect("a label").to_owned();
    let [third, fourth] = [3, 4].map(|id| own(&session, id));
    let found = suspicious(&session, None);
    answer(&mut session, found);
    label(&mut session, 3, "another");
    assert!(is_old(&session));
    label(&mut session, 4, "another");
    label(&mut session, 3, &third);
    assert!(is_old(&session), "that of another image is still another");
    label(&mut session, 4, &fourth);
    assert!(!is_old(&session), "both have their own back");
}

#[test]
fn what_is_found_by_labels_is_by_those_of_its_own_beginning_though_others_began_since() {
    let mut session = session(24);
    let source = session.source().expect("the layer is stored");
    let begin = |session: &mut Session, wish: AnalysisWish| {
        session.apply(Event::AnalysisStarted(Arc::new(Progress::of(&wish))));
    };
    begin(&mut session, AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source.clone())));
    label(&mut session, 3, "another");
    begin(&mut session, AnalysisWish::Outliers(OutlierWish { source, k: 10 }));
    let found = suspicious(&session, None);
    answer(&mut session, found);
    assert!(session.opened.is_of_old_labels(AnalysisKind::SuspiciousLabels));
}

#[test]
fn a_label_given_before_labels_were_forgotten_is_not_taken_back_to_what_was_forgotten() {
    let mut session = session(24);
    let images = vec![RelabelledImage {
        image: ImageId(3),
        before: SaidLabel::default(),
        after: SaidLabel::by_hand("another"),
        tags_before: Vec::new(),
        tags_after: Vec::new(),
    }];
    let change = Arc::new(Relabelling { images });
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.apply(Event::Relabelled(change.clone()));
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.apply(Event::ImportForgotten { labels_kept: 1 });
    let is_of_labels = |requests: &[Request]| requests.iter().any(|request| matches!(request, Request::Relabel(_)));
    assert!(!is_of_labels(&session.act(Choose::Undo)));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)));
    let requests = session.act(Choose::Undo);
    assert!(!is_of_labels(&requests), "{requests:?}");
    assert_ne!(session.opened.chosen.probe, Some(ImageId(5)), "what was labelled is no step any more");
    // What is labelled from now on can be taken back.
    session.apply(Event::Relabelled(change));
    assert!(is_of_labels(&session.act(Choose::Undo)));
}

#[test]
fn what_is_kept_is_compared_with_the_labels_that_it_was_found_by() {
    let mut session = session(24);
    let is_old = |session: &Session| session.opened.is_of_old_labels(AnalysisKind::SuspiciousLabels);
    let then = session.opened.images.label_state();
    let own = session.image(ImageId(3)).and_then(|image| image.label).expect("a label").to_owned();
    label(&mut session, 3, "given the day after");
    let stored = suspicious(&session, Some(then));
    session.apply(Event::StoredResult(StoredResult::Found(stored)));
    assert!(is_old(&session), "told again, it is not by the labels of now");
    label(&mut session, 3, &own);
    assert!(!is_old(&session));

    // Its images are not all known yet when it is told.
    let mut session = super::session(24);
    let all = session.opened.images.clone();
    session.apply(Event::Closed);
    open_without_images(&mut session);
    let stored = suspicious(&session, Some(LabelState { sum: then.sum ^ 1, ..then }));
    session.apply(Event::StoredResult(StoredResult::Found(stored)));
    assert!(!is_old(&session), "nobody knows");
    session.apply(Event::Images(all));
    assert!(is_old(&session));
}

/// The same collection, of which no image is known yet.
fn open_without_images(session: &mut Session) {
    let events = collection::opened(0);
    events.into_iter().filter(|event| !matches!(event, Event::Images(_))).for_each(|event| drop(session.apply(event)));
}
