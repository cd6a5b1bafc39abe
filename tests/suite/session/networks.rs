//! The list of networks, downloads, and what they leave alone.

use std::sync::Arc;

use tiramisu::engine::networks::PreparationWish;
use tiramisu::engine::{Asked, Event, NetworkFile, Problem, Progress, Request};
use tiramisu::session::{Networks, NoticeText, Open, Phase, Session};

use super::session;
use crate::support::networks::{AWAY, HERE, list, make_here, told};

fn begin_download(session: &mut Session, name: &str) -> Arc<Progress> {
    let progress = Arc::new(Progress::new(format!("Downloading {name}")));
    session.apply(Event::DownloadStarted { name: name.into(), progress: progress.clone() });
    progress
}

fn last_news(session: &Session) -> String {
    match session.notices().last().map(|notice| &notice.text) {
        Some(NoticeText::News(news)) => news.clone(),
        other => panic!("no news but {other:?}"),
    }
}

#[test]
fn what_is_known_of_networks_survives_opening_and_closing() {
    let mut session = session(24);
    assert_eq!(session.act(Networks::List), [Request::ListNetworks]);
    session.apply(told(list()));
    let progress = begin_download(&mut session, AWAY);
    for event in [Event::Opening("/pictures/other".into()), Event::Closed] {
        session.apply(event);
        assert!(session.lasting.networks.known(HERE).is_some_and(|known| known.is_here));
        assert!(session.lasting.networks.download(AWAY).is_some());
    }
    session.act(Networks::StopDownload(AWAY.into()));
    assert!(progress.is_cancelled());
}

#[test]
fn a_download_is_asked_for_once_and_cancelled_at_once() {
    let mut session = session(24);
    session.apply(told(list()));
    let download = Networks::Download(AWAY.into());
    assert_eq!(session.act(download.clone()), [Request::DownloadNetwork(AWAY.into())]);
    let progress = begin_download(&mut session, AWAY);
    assert_eq!(session.act(download), [], "it runs");
    assert_eq!(session.act(Networks::StopDownload(AWAY.into())), [], "nobody has to be asked");
    assert!(progress.is_cancelled());
    session.apply(Event::DownloadEnded { name: AWAY.into(), cancelled: true });
    assert!(session.lasting.networks.downloads.is_empty());
    assert!(last_news(&session).contains("continues from there"), "{}", last_news(&session));
}

#[test]
fn the_end_of_a_download_says_what_to_do_next() {
    let mut session = session(24);
    begin_download(&mut session, AWAY);
    let mut networks = list();
    networks.iter_mut().filter(|known| known.name == AWAY).for_each(make_here);
    session.apply(told(networks));
    session.apply(Event::DownloadEnded { name: AWAY.into(), cancelled: false });
    let news = last_news(&session);
    assert!(news.contains("ResNet-50") && news.contains("Use"), "{news}");
    assert_eq!(session.lasting.network, NetworkFile::Builtin, "whether it is used is the person's choice");
}

#[test]
fn a_download_that_fails_leaves_alone_what_is_being_opened() {
    let mut session = Session::default();
    session.act(Open::Through(NetworkFile::Known(HERE.into())));
    session.apply(Event::Opening("/pictures/garden".into()));
    begin_download(&mut session, AWAY);
    let problem = Problem::new("resnet50 could not be downloaded", "no connection: https://example.org/resnet50.pth")
        .with_remedy("Get it on another machine.");
    session.apply(Event::Problem { of: Asked::Network(AWAY.into()), problem: problem.clone() });
    session.apply(Event::DownloadEnded { name: AWAY.into(), cancelled: false });
    assert!(matches!(session.opened.phase, Phase::Opening(_)));
    assert_eq!(session.lasting.network, NetworkFile::Known(HERE.into()));
    assert_eq!(session.notices().len(), 1);
    assert_eq!(session.notices()[0].text, NoticeText::Problem(problem.clone()), "whole");
    session.apply(Event::Problem { of: Asked::Network(AWAY.into()), problem });
    assert_eq!(session.notices().len(), 1, "the same is not said twice");
}

#[test]
fn a_network_that_is_added_is_waited_for_until_it_is_in_the_list_or_refused() {
    let mut session = session(24);
    session.apply(told(list()));
    let add = Networks::Add { file: "/models/cats.onnx".into(), name: "cats".into(), wish: PreparationWish::default() };
    let request =
        Request::AddNetwork { file: "/models/cats.onnx".into(), name: "cats".into(), wish: PreparationWish::default() };
    assert_eq!(session.act(add.clone()), [request]);
    session.apply(told(list()));
    assert_eq!(session.lasting.networks.added.as_deref(), Some("cats"), "a list without it is an older one");
    let mut networks = list();
    networks.push(crate::support::networks::own("cats", "/models/cats.onnx"));
    session.apply(told(networks));
    assert_eq!(session.lasting.networks.added, None);
    session.act(add);
    session.apply(Event::Problem {
        of: Asked::Network("cats".into()),
        problem: Problem::new("The network could not be added", "it is damaged: cats.onnx"),
    });
    assert_eq!(session.lasting.networks.added, None);
    assert_eq!(session.act(Networks::Remove("cats".into())), [Request::RemoveNetwork("cats".into())]);
}
