//! Typical pictures, hubs and bridges as orders of the gallery and colours of the map.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Centrality, CentralityWish, ImageId, Sort};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Finding, Progress, Request};
use tiramisu::session::Colouring;

use crate::support::collection::central;
use crate::support::window::{Setup, Window};

fn found(wish: CentralityWish) -> Event {
    // The last are the largest hubs.
    Event::Answered(AnalysisAnswer::Found(Finding::Centrality(Arc::new(central(wish, (0..60).collect())))))
}

#[test]
fn an_order_that_is_not_known_is_measured_with_progress_and_can_be_stopped() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Sort by");
    window.harness.get_by_label("Hubs first").hover();
    window.settle();
    let names = window.names();
    assert!(names.iter().any(|name| name.contains("near everything")), "what hubs are is said: {names:?}");
    window.forget_sent();
    window.click("Hubs first");
    let wish = CentralityWish::new(window.session().source().unwrap());
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Centrality(wish.clone()))), "{:?}", window.sent());
    assert_eq!(window.session().opened.chosen.sort, Sort::Centrality(Centrality::InDegree));
    assert!(window.has("Not measured yet: these are in the order of the folder"), "{:?}", window.names());

    let running = Arc::new(Progress::of(&AnalysisWish::Centrality(wish.clone())));
    running.set_total(1000, true);
    running.set_done(420);
    window.tell([Event::AnalysisStarted(running.clone())]);
    window.harness.run_steps(4);
    window.harness.get_by_label("Centrality at conv3, 42 %");
    let stop = window.harness.get_all_by_label("Stop").next().expect("a way to stop");
    stop.click();
    window.harness.run_steps(4);
    assert!(running.is_cancelled());
    running.end();
    window.tell([Event::AnalysisEnded { cancelled: true }]);
    window.settle();
    window.forget_sent();
    window.click("Measure");
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Centrality(wish.clone()))), "{:?}", window.sent());
    window.tell([found(wish)]);
    window.settle();
    let shown = &window.session().opened.shown;
    assert_eq!((shown.first(), shown.get(59)), (Some(ImageId(59)), Some(ImageId(0))));
    assert!(!window.has("Measure"), "nothing is left to be measured");
    window.forget_sent();
    window.click("Sort by");
    window.click("Bridges first");
    let is_wish = |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Centrality(_)));
    assert!(!window.sent().iter().any(is_wish), "all is known: {:?}", window.sent());
}

#[test]
fn the_map_is_coloured_by_what_is_central() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Map");
    window.click("Map colouring");
    window.forget_sent();
    window.click("by hubs");
    let wish = CentralityWish::new(window.session().source().unwrap());
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Centrality(wish.clone()))), "{:?}", window.sent());
    assert_eq!(window.session().opened.chosen.maps.first.colouring, Colouring::Centrality(Centrality::InDegree));
    window.picture("not_measured");
    window.tell([found(wish)]);
    window.settle();
    window.picture("hubs");
}
