//! Images that the map lacks: said, placed, told from others.

use std::sync::Arc;

use tiramisu::domain::{ImageId, Projection, ProjectionMethod, ProjectionWish};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Look, Progress, Request, StoredResult};
use tiramisu::session::Choose;

use crate::support::collection;
use crate::support::window::{Setup, Window};

fn wish(window: &Window) -> ProjectionWish {
    window.session().opened.projection_wish().expect("the layer is stored")
}

fn map(window: &Window, count: usize, placed: Vec<ImageId>) -> Arc<Projection> {
    let wish = wish(window);
    let known = collection::projection(wish.source.clone(), &window.session().opened.images.to_vec()[..count]);
    Arc::new(Projection { wish, explained: None, placed: placed.into(), ..known })
}

/// Looks at a finished map of sixty images by a method.
fn mapped(method: ProjectionMethod) -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Map");
    window.act(Choose::Projection(method));
    if method != ProjectionMethod::Pca {
        assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Show(wish(&window)))));
        let map = map(&window, 60, Vec::new());
        window.tell([Event::Answered(AnalysisAnswer::Map(map))]);
        window.settle();
    }
    window
}

/// More images are extracted, up to `count`.
fn extract_up_to(window: &mut Window, count: usize) {
    let progress = Arc::new(Progress::new("Extracting features"));
    let all = collection::images(count).into();
    window.forget_sent();
    window.tell([
        Event::JobStarted(progress.clone()),
        Event::Images(all),
        Event::Walked { total: count },
        Event::Committed { images: count, version: 2 },
    ]);
    window.settle();
    progress.end();
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
}

fn asks_for_a_map(window: &Window) -> bool {
    let is_for_a_map =
        |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Project(_) | AnalysisWish::Show(_)));
    window.sent().iter().any(is_for_a_map)
}

#[test]
fn a_map_says_how_many_images_it_lacks_and_places_them() {
    let mut window = mapped(ProjectionMethod::Pacmap);
    assert!(!window.has("Place them"), "nothing is missing");
    extract_up_to(&mut window, 84);
    window.picture("map_unplaced");
    assert!(window.has("24 images are not on this map"), "{:?}", window.names());
    assert!(!asks_for_a_map(&window), "the map stays as the person knows it");
    window.click("Place them");
    let asked = Request::Analyse(AnalysisWish::Place(wish(&window)));
    assert!(window.sent().contains(&asked));
    let placed = map(&window, 84, (60..84).map(ImageId).collect());
    window.tell([Event::Answered(AnalysisAnswer::Placed { projection: placed.clone(), images: 24 })]);
    window.settle();
    window.picture("map_placed");
    assert!(!window.has("24 images are not on this map"));
    assert!(window.has("24 images placed on the map"), "{:?}", window.names());
    assert!(window.session().opened.projection().is_some_and(|map| Arc::ptr_eq(map, &placed)));
    assert!(window.has("24 images were placed on this map later"), "{:?}", window.names());
    window.forget_sent();
    window.click("Make anew");
    assert!(
        window.sent().contains(&Request::Analyse(AnalysisWish::Project(wish(&window)))),
        "not the one that is kept"
    );
}

#[test]
fn a_map_that_lacks_images_can_be_made_anew() {
    let mut window = mapped(ProjectionMethod::Umap);
    extract_up_to(&mut window, 61);
    assert!(window.has("1 image is not on this map") && window.has("Place it"), "{:?}", window.names());
    window.click("Make anew");
    assert!(asks_for_a_map(&window));
    let anew = map(&window, 61, Vec::new());
    window.tell([Event::Answered(AnalysisAnswer::Map(anew))]);
    window.settle();
    assert!(!window.has("1 image is not on this map"));
}

#[test]
fn principal_components_follow_new_images_by_themselves() {
    let mut window = mapped(ProjectionMethod::Pca);
    extract_up_to(&mut window, 84);
    assert!(!window.has("24 images are not on this map"));
    assert_eq!(window.session().opened.projection().map(|map| map.ids.len()), Some(84));
}

#[test]
fn placing_waits_while_another_analysis_is_at_work() {
    let mut window = mapped(ProjectionMethod::Tsne);
    extract_up_to(&mut window, 84);
    let progress = Arc::new(Progress::new("Outliers"));
    window.tell([Event::AnalysisStarted(progress.clone())]);
    // The bar moves: nothing settles while it does.
    window.harness.run_steps(4);
    window.forget_sent();
    window.harness.run_steps(1);
    let place = |window: &mut Window| {
        use egui_kittest::kittest::Queryable;
        window.harness.get_by_label("Place them").click();
        window.harness.run_steps(4);
    };
    place(&mut window);
    // Pictures on the map may still be on their way.
    let is_of_map = |request: &&Request| matches!(request, Request::Look(Look::Thumbnails(_)));
    assert_eq!(window.sent().iter().find(|request| !is_of_map(request)), None);
    progress.end();
    window.tell([Event::AnalysisEnded { cancelled: false }]);
    window.settle();
    place(&mut window);
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Place(wish(&window)))));
}

#[test]
fn the_first_extraction_makes_the_map_anew_until_it_is_whole() {
    let mut window = Window::with_images(0, Setup::default());
    window.act(Choose::Projection(ProjectionMethod::Umap));
    let progress = Arc::new(Progress::new("Extracting features"));
    window.tell([
        Event::JobStarted(progress.clone()),
        Event::Images(collection::images(60).into()),
        Event::Committed { images: 50, version: 1 },
    ]);
    window.settle();
    assert!(asks_for_a_map(&window));
    let first = map(&window, 50, Vec::new());
    window.tell([Event::Answered(AnalysisAnswer::Map(first)), Event::Committed { images: 60, version: 2 }]);
    window.settle();
    window.forget_sent();
    progress.end();
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert!(asks_for_a_map(&window), "nobody knows their way on half a map");
}

#[test]
fn a_map_grows_with_the_extraction() {
    let mut window = Window::with_images(0, Setup::default());
    window.act(Choose::Projection(ProjectionMethod::Umap));
    window.tell([
        Event::JobStarted(Arc::new(Progress::new("Extracting features"))),
        Event::Images(collection::images(60).into()),
        Event::Committed { images: 20, version: 1 },
    ]);
    window.settle();
    let first = map(&window, 20, Vec::new());
    let wish = wish(&window);
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Show(wish.clone()))), "one may be kept");
    window.tell([Event::Answered(AnalysisAnswer::Map(first))]);
    window.settle();
    window.forget_sent();
    window.tell([Event::Committed { images: 40, version: 2 }]);
    window.settle();
    assert!(
        window.sent().contains(&Request::Analyse(AnalysisWish::Project(wish))),
        "the one that is drawn is too small"
    );
}

/// A folder is opened in which images were found since its map was made; whether there is one is being found out.
fn reopened(method: ProjectionMethod) -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.act(Choose::Projection(method));
    let progress = Arc::new(Progress::new("Extracting features"));
    window.tell([Event::JobStarted(progress.clone()), Event::Committed { images: 60, version: 2 }]);
    window.settle();
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Show(wish(&window)))));
    window.forget_sent();
    progress.end();
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert!(!asks_for_a_map(&window), "the answer is awaited");
    window
}

#[test]
fn a_kept_map_that_lacks_images_is_not_made_anew_by_itself() {
    let mut window = reopened(ProjectionMethod::Umap);
    window.click("Map");
    let kept = map(&window, 50, Vec::new());
    window.tell([Event::StoredResult(StoredResult::Map(kept.clone()))]);
    window.settle();
    assert!(!asks_for_a_map(&window));
    assert!(window.session().opened.projection().is_some_and(|map| Arc::ptr_eq(map, &kept)));
    assert!(window.has("10 images are not on this map"), "{:?}", window.names());
    extract_up_to(&mut window, 84);
    assert!(!asks_for_a_map(&window), "nor when more are extracted");
}

#[test]
fn a_map_that_was_begun_too_early_is_made_once_more() {
    let mut window = reopened(ProjectionMethod::Umap);
    let early = map(&window, 50, Vec::new());
    window.tell([Event::Answered(AnalysisAnswer::Map(early))]);
    window.settle();
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Project(wish(&window)))));
    window.forget_sent();
    let whole = map(&window, 60, Vec::new());
    window.tell([Event::Answered(AnalysisAnswer::Map(whole))]);
    window.settle();
    assert!(!asks_for_a_map(&window), "once");
}
