//! Problems end the waiting for what they are of, and for nothing else.

use std::path::PathBuf;

use tiramisu::domain::{ImageId, ProjectionMethod, ProjectionWish};
use tiramisu::engine::networks::PreparationWish;
use tiramisu::engine::{
    AnalysisKind, AnalysisWish, Asked, Event, ExportSummary, Look, LookKind, MaintenanceWish, NetworkFile, Problem,
    Request,
};
use tiramisu::session::{Analyse, Ask, Choose, Networks, NoticeText, Open, Phase, Pick, Session};

use super::session;
use crate::support::collection;

fn problem() -> Problem {
    Problem::new("It failed", "the disk is full")
}

fn fail(session: &mut Session, of: Asked) {
    assert_eq!(session.apply(Event::Problem { of, problem: problem() }), []);
}

/// A session whose map by UMAP is being made.
fn mapping() -> (Session, ProjectionWish) {
    let mut session = session(24);
    session.act(Choose::Projection(ProjectionMethod::Umap));
    let wish = session.opened.projection_asked().cloned().expect("the map is asked for");
    (session, wish)
}

fn adding(session: &mut Session) {
    let wish = PreparationWish::default();
    session.act(Networks::Add { file: "/models/cats.onnx".into(), name: "cats".into(), wish });
}

#[test]
fn a_failed_download_keeps_the_map_that_is_being_made() {
    let (mut session, wish) = mapping();
    fail(&mut session, Asked::Network("resnet50".into()));
    assert_eq!(session.opened.projection_asked(), Some(&wish));
    assert_eq!(session.notices().len(), 1, "and is told");
}

#[test]
fn a_failed_map_may_be_asked_for_again_and_ends_nothing_else() {
    let (mut session, wish) = mapping();
    adding(&mut session);
    session.act(Open::Through(NetworkFile::Analytic));
    fail(&mut session, Asked::Map(wish));
    assert_eq!(session.opened.projection_asked(), None);
    assert_eq!(session.lasting.networks.added.as_deref(), Some("cats"), "a network is still being added");
    assert_eq!(session.lasting.network, NetworkFile::Analytic, "and another one still on its way");
}

#[test]
fn a_map_that_was_overtaken_and_fails_leaves_the_newer_one_alone() {
    let (mut session, newer) = mapping();
    fail(&mut session, Asked::Map(ProjectionWish { method: ProjectionMethod::Tsne, ..newer.clone() }));
    fail(&mut session, Asked::Analysis(AnalysisKind::Index));
    assert_eq!(session.opened.projection_asked(), Some(&newer));
}

#[test]
fn a_broken_description_or_another_network_does_not_end_the_adding_of_one() {
    let mut session = session(24);
    adding(&mut session);
    fail(&mut session, Asked::Networks);
    fail(&mut session, Asked::Network("dogs".into()));
    assert_eq!(session.lasting.networks.added.as_deref(), Some("cats"));
    fail(&mut session, Asked::Network("cats".into()));
    assert_eq!(session.lasting.networks.added, None);
}

#[test]
fn only_what_cannot_be_opened_ends_the_opening() {
    let mut session = Session::default();
    session.apply(Event::Opening(PathBuf::from("/pictures/garden")));
    for of in [Asked::Export, Asked::Tags, Asked::Look(LookKind::Thumbnails), Asked::Nothing] {
        fail(&mut session, of);
    }
    assert!(matches!(session.opened.phase, Phase::Opening(_)));
    fail(&mut session, Asked::Open);
    assert!(matches!(session.opened.phase, Phase::Welcome));
}

#[test]
fn a_failed_look_at_activations_ends_the_waiting_and_is_told_where_they_would_be() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let layer = session.opened.chosen.layer;
    fail(&mut session, Asked::Look(LookKind::Activations { image: ImageId(5), layer }));
    assert_eq!(session.opened.activation_problem, Some(problem()));
    assert!(session.notices().is_empty(), "the view shows it: {:?}", session.notices());
    // Another image is asked for anew, and what was said of the first one is over.
    let requests = session.act(Choose::Click(ImageId(6), Pick::Replace));
    assert!(requests.contains(&Request::Look(Look::Activations { image: ImageId(6), layer })));
    assert_eq!(session.opened.activation_problem, None);
    fail(&mut session, Asked::Look(LookKind::Activations { image: ImageId(5), layer }));
    assert_eq!(session.opened.activation_problem, None, "nobody waits for the first one any more");
}

#[test]
fn neighbours_that_cannot_be_found_are_not_searched_for_ever() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    let source = session.source().expect("conv3 is stored");
    let list = || Event::Neighbours(collection::neighbours(ImageId(5), source.clone(), Default::default(), 3, 24));
    session.apply(list());
    fail(&mut session, Asked::Look(LookKind::Neighbours));
    assert!(session.opened.neighbours.is_none(), "those of an earlier question are no answer to this one");
    assert_eq!(session.opened.neighbours_problem, Some(problem()));
    assert!(session.notices().is_empty(), "the view shows it: {:?}", session.notices());
    session.apply(list());
    assert_eq!(session.opened.neighbours_problem, None);
}

#[test]
fn two_images_that_cannot_be_compared_are_not_waited_for() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Ask::Why(ImageId(7)));
    fail(&mut session, Asked::Look(LookKind::WhySimilar { images: [ImageId(5), ImageId(8)] }));
    assert_eq!(session.opened.why.as_ref().expect("somebody wants to know").problem, None, "of another one");
    fail(&mut session, Asked::Look(LookKind::WhySimilar { images: [ImageId(5), ImageId(7)] }));
    assert_eq!(session.opened.why.as_ref().expect("somebody wants to know").problem, Some(problem()));
    assert!(session.notices().is_empty());
}

#[test]
fn what_no_view_shows_is_told_as_a_notice_and_the_workspace_shows_its_own() {
    let mut session = session(24);
    fail(&mut session, Asked::Maintenance);
    assert_eq!(session.opened.maintenance.problem, Some(problem()));
    assert!(session.notices().is_empty());
    fail(&mut session, Asked::Extract);
    assert_eq!(session.notices()[0].text, NoticeText::Problem(problem()));
}

#[test]
fn clusters_that_nobody_asked_for_fail_without_a_notice() {
    let mut session = session(24);
    let open = || Analyse::OpenClustering("kmeans_features_conv3".to_owned());
    session.act(Analyse::Unasked(Box::new(open())));
    fail(&mut session, Asked::Clustering);
    assert!(session.notices().is_empty(), "{:?}", session.notices());
    assert_eq!(session.lasting.notices.problems().count(), 1, "whoever looks for problems finds it");
    // Who asks is told.
    session.act(open());
    fail(&mut session, Asked::Clustering);
    assert_eq!(session.notices().len(), 1);
}

#[test]
fn a_remark_that_comes_with_each_question_is_one_notice() {
    let mut session = session(24);
    let remark = |why: &str| Event::Remark(Problem::new("A class is left out", why));
    for why in ["its table is damaged", "it has no images", "its table is damaged"] {
        assert_eq!(session.apply(remark(why)), []);
    }
    let told: Vec<NoticeText> = session.notices().iter().map(|notice| notice.text.clone()).collect();
    let expected = ["it has no images", "its table is damaged"];
    assert_eq!(told, expected.map(|why| NoticeText::Problem(Problem::new("A class is left out", why))));
}

#[test]
fn every_wish_names_what_its_problems_are_of() {
    let (_, map) = mapping();
    assert_eq!(Request::Analyse(AnalysisWish::Project(map.clone())).asked(), Asked::Map(map.clone()));
    assert_eq!(Request::Analyse(AnalysisWish::Show(map.clone())).asked(), Asked::Map(map.clone()));
    let pca = ProjectionWish { method: ProjectionMethod::Pca, ..map.clone() };
    assert_eq!(Request::Look(Look::PcaMap { source: map.source }).asked(), Asked::Map(pca));
    assert_eq!(Request::DownloadNetwork("resnet50".into()).asked(), Asked::Network("resnet50".into()));
    assert_eq!(Request::Maintain(MaintenanceWish::Compact).asked(), Asked::Maintenance);
    assert_eq!(Request::Look(Look::LayerTimes).asked(), Asked::Look(LookKind::LayerTimes));
}

#[test]
fn an_export_that_wrote_a_picture_into_two_folders_was_not_stopped() {
    let exported = |wanted: usize, written: usize, cancelled: bool| {
        let mut session = session(24);
        let target = "/home/ada/out".into();
        session.apply(Event::Exported(ExportSummary { target, wanted, written, cancelled, ..Default::default() }));
        session.notices().last().expect("it is told").text.clone()
    };
    let news = |words: &str| NoticeText::News(words.to_owned());
    assert_eq!(exported(700, 701, false), news("700 images as 701 files exported to /home/ada/out"));
    assert_eq!(exported(700, 700, false), news("700 images exported to /home/ada/out"));
    assert!(matches!(exported(700, 650, true), NoticeText::Problem(_)), "that was stopped");
}
