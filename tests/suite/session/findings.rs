//! What analyses found, whatever kind it is of.

use std::sync::Arc;

use tiramisu::domain::{DuplicateReport, DuplicateWish, OutlierReport, OutlierWish, Workload, choose};
use tiramisu::engine::{AnalysisAnswer, AnalysisKind, Event, Finding, Request, StoredResult};
use tiramisu::session::Session;

use super::session;

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
