//! Several analyses beside each other: each is known as long as it runs, and is stopped alone.

use std::sync::Arc;

use tiramisu::domain::{OutlierWish, SuspiciousLabelWish};
use tiramisu::engine::{AnalysisKind, AnalysisWish, Event, Progress};
use tiramisu::session::{Analyse, Session};

use super::session;

/// Suspicious labels and, begun after them, outliers.
fn two() -> (Session, [Arc<Progress>; 2]) {
    let mut session = session(24);
    let source = session.source().expect("the layer is stored");
    let labels = AnalysisWish::SuspiciousLabels(SuspiciousLabelWish::new(source.clone()));
    let begun =
        [labels, AnalysisWish::Outliers(OutlierWish { source, k: 10 })].map(|wish| Arc::new(Progress::of(&wish)));
    begun.iter().for_each(|begun| drop(session.apply(Event::AnalysisStarted(begun.clone()))));
    (session, begun)
}

fn running(session: &Session) -> Vec<&str> {
    session.opened.analyses.now().map(|begun| begun.progress.title.as_str()).collect()
}

#[test]
fn all_analyses_that_run_are_known_until_each_has_ended() {
    let (mut session, [labels, outliers]) = two();
    assert_eq!(running(&session), ["Suspicious labels at conv3", "Outliers at conv3"]);
    assert!(session.opened.is_at(AnalysisKind::SuspiciousLabels) && session.opened.is_at(AnalysisKind::Outliers));
    assert!(!session.opened.is_at(AnalysisKind::Clusters));
    // The newest ends first: the other still runs.
    outliers.end();
    session.apply(Event::AnalysisEnded { cancelled: false });
    assert_eq!(running(&session), ["Suspicious labels at conv3"]);
    assert!(session.is_analysing() && !session.opened.is_at(AnalysisKind::Outliers));
    labels.end();
    session.apply(Event::AnalysisEnded { cancelled: false });
    assert!(!session.is_analysing() && running(&session).is_empty());
}

#[test]
fn one_analysis_is_stopped_and_the_others_go_on() {
    let (mut session, [labels, outliers]) = two();
    let number = session.opened.analyses.of(AnalysisKind::SuspiciousLabels).expect("it runs").number;
    assert_eq!(session.act(Analyse::Stop(number)), []);
    assert!(labels.is_cancelled() && !outliers.is_cancelled());
    labels.end();
    session.act(Analyse::Stop(number));
    assert!(!outliers.is_cancelled(), "the number of what has ended is that of no other");
}

#[test]
fn however_many_analyses_ran_no_more_than_one_of_a_kind_is_held() {
    let (mut session, begun) = two();
    begun.iter().for_each(|begun| begun.end());
    let held = Arc::downgrade(&begun[1]);
    drop(begun);
    let source = session.source().expect("the layer is stored");
    let again = Arc::new(Progress::of(&AnalysisWish::Outliers(OutlierWish { source, k: 10 })));
    session.apply(Event::AnalysisStarted(again));
    assert!(held.upgrade().is_none(), "the one of before is let go");
    assert_eq!(running(&session), ["Outliers at conv3"]);
}
