//! Typical pictures, hubs and bridges: measured when they are asked for, and in order when they are known.

use std::sync::Arc;

use tiramisu::domain::{Centrality, CentralityReport, CentralityWish, GraphFacts, ImageId, Sort};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Finding, Progress, StoredResult};
use tiramisu::session::{Choose, Session};

use super::session;
use crate::support::collection::central;

fn ids(session: &Session) -> Vec<u32> {
    session.opened.shown.iter().map(|id| id.0).collect()
}

fn report(session: &Session, in_degrees: Vec<u32>) -> Arc<CentralityReport> {
    let wish = CentralityWish::new(session.source().expect("the layer is stored"));
    Arc::new(central(wish, in_degrees))
}

#[test]
fn the_gallery_is_in_order_as_soon_as_centrality_is_known() {
    let mut session = session(6);
    session.act(Choose::Sort(Sort::Centrality(Centrality::InDegree)));
    assert_eq!(ids(&session), [0, 1, 2, 3, 4, 5], "until then as in the folder");
    let before = report(&session, vec![1, 0, 5]);
    session.apply(Event::StoredResult(StoredResult::Found(Finding::Centrality(before))));
    assert_eq!(ids(&session), [2, 0, 1, 3, 4, 5], "those of which nothing is known come last");
    let found = report(&session, vec![1, 0, 5, 9, 5, 2]);
    session.apply(Event::Answered(AnalysisAnswer::Found(Finding::Centrality(found))));
    assert_eq!(ids(&session), [3, 2, 4, 5, 0, 1]);
    session.act(Choose::Sort(Sort::Path));
    assert_eq!(ids(&session), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn centrality_is_measured_once_for_the_layer_looked_at() {
    let mut session = session(24);
    let wish = session.opened.centrality_to_measure().expect("nothing is known");
    assert_eq!(Some(&wish.source), session.source().as_ref());
    let running = Arc::new(Progress::of(&AnalysisWish::Centrality(wish.clone())));
    session.apply(Event::AnalysisStarted(running.clone()));
    assert_eq!(session.opened.centrality_to_measure(), None, "it is on its way");
    running.cancel();
    assert_eq!(session.opened.centrality_to_measure(), Some(wish), "it was stopped");
    running.end();
    let some = report(&session, vec![1; 20]);
    session.apply(Event::Answered(AnalysisAnswer::Found(Finding::Centrality(some))));
    assert!(session.opened.centrality_to_measure().is_some(), "four images came since");
    let all = report(&session, vec![1; 24]);
    session.apply(Event::Answered(AnalysisAnswer::Found(Finding::Centrality(all))));
    assert_eq!(session.opened.centrality_to_measure(), None);
    let standing = session.opened.standing(Centrality::InDegree).expect("it is known");
    assert_eq!(standing.place(ImageId(3)), 3);
    assert_eq!(session.opened.centrality().map(|report| &report.facts), Some(&GraphFacts::default()));
}
