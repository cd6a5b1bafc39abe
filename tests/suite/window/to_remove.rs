//! What a person decided to remove is hidden, and can be seen again.

use std::sync::Arc;

use eframe::egui::vec2;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Filter, ImageId, ImageRecord, Tags};
use tiramisu::engine::{Event, Look, Request};
use tiramisu::session::{Choose, Pick, Taken};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, clusters, findings};

fn to_remove(images: &[u32]) -> Event {
    let images = images.iter().copied().map(ImageId).collect();
    Event::Tags(Arc::new(Tags::from([("to remove".to_owned(), images)])))
}

#[test]
fn what_is_to_be_removed_is_hidden_until_it_is_wished_to_be_seen() {
    let mut window = Window::with_images(60, Setup::default());
    assert!(window.has(FIRST) && window.has(SECOND));
    let mentions =
        |window: &Window| window.names().iter().any(|name| name.starts_with("Show ") && name.ends_with("to remove"));
    assert!(!mentions(&window), "nothing is: {:?}", window.names());
    window.tell([to_remove(&[0, 3])]);
    window.settle();
    assert!(!window.has(FIRST) && window.has(SECOND), "{:?}", window.names());
    window.act(Choose::SelectAll);
    assert_eq!(window.session().opened.chosen.selection.len(), 58, "who selects all selects what is shown");
    window.harness.get_by_label("Show 2 pictures to remove").hover();
    window.settle();
    window.harness.get_by_label("You decided to remove 2 pictures: click to see them again. No file is touched");
    window.click("Show 2 pictures to remove");
    assert!(window.has(FIRST));
    window.click("Hide 2 pictures to remove");
    assert!(!window.has(FIRST));
    window.act(Choose::Undo);
    assert!(window.has(FIRST) && window.has("Hide 2 pictures to remove"), "the last choice is taken back");
    assert!(window.history(1)[0].contains("Showed what is to be removed"));
    window.act(Choose::Undo);
    // Pictures that come later are shown.
    let mut images = window.session().opened.images.clone();
    let last = ImageRecord { id: ImageId(60), ..collection::image(59, 5) };
    images.extend([last.borrowed()]);
    window.tell([Event::Images(images), Event::Walked { total: 61 }]);
    window.settle();
    assert_eq!(window.session().opened.shown.len(), 59);
}

#[test]
fn a_decision_that_is_taken_back_brings_the_picture_back() {
    let mut window = Window::with_images(60, Setup::default());
    window.forget_sent();
    window.act(Choose::Tag { ids: vec![ImageId(0)], tag: "to remove".to_owned(), is_on: true });
    window.tell([to_remove(&[0])]);
    window.settle();
    assert!(!window.has(FIRST));
    window.act(Choose::Undo);
    let images = [ImageId(0)].into_iter().collect();
    let taken = Request::Tag { images, tag: "to remove".to_owned(), is_on: false };
    assert!(window.sent().contains(&taken), "{:?}", window.sent());
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    assert!(window.has(FIRST) && !window.has("Show 1 picture to remove"));
}

#[test]
fn whoever_asks_for_what_is_to_be_removed_sees_it() {
    let mut window = Window::with_images(60, Setup::default());
    window.tell([to_remove(&[0, 3])]);
    window.settle();
    assert_eq!(window.session().opened.hidden().map(|hidden| hidden.len()), Some(2));
    let predicate = "tag('to remove')".to_owned();
    window.act(Choose::Filter(Filter { predicate, ..Filter::default() }));
    assert!(window.session().opened.hidden().is_none());
    assert!(!window.has("Show 2 pictures to remove"), "they are asked for");
    // Not whoever only says the same words.
    for predicate in ["label = 'to remove'", "path like '%to remove%'", "not tag('to remove')"] {
        window.act(Choose::Filter(Filter { predicate: predicate.to_owned(), ..Filter::default() }));
        assert_eq!(window.session().opened.hidden().map(|hidden| hidden.len()), Some(2), "{predicate}");
        window.act(Choose::Undo);
        assert!(window.session().opened.hidden().is_none(), "taken back, they are asked for again");
    }
    window.act(Choose::Filter(Filter::default()));
    assert!(window.has("Show 2 pictures to remove"));
    assert!(!window.has(FIRST));
}

/// The images that are near, nearest first.
fn near(window: &Window) -> Vec<u32> {
    let list = window.session().opened.neighbours.as_ref().expect("neighbours");
    list.neighbours.iter().map(|neighbour| neighbour.image.0).collect()
}

#[test]
fn what_is_to_be_removed_is_left_out_of_neighbours_and_others_take_the_places() {
    let mut window = Window::with_images(60, Setup { size: vec2(1280.0, 1200.0), ..Setup::default() });
    window.act(Choose::LookAt(ImageId(0)));
    let before = near(&window);
    let gone = before[1];
    window.tell([to_remove(&[gone, 1])]);
    // At once, also before the engine answers anew.
    window.harness.run_steps(1);
    assert_eq!(near(&window), before.iter().copied().filter(|id| *id != gone).collect::<Vec<_>>());
    window.settle();
    let now = near(&window);
    assert_eq!((now.len(), &now[..now.len() - 1]), (before.len(), &[&before[..1], &before[2..]].concat()[..]));
    window.harness.get_by_label("1 to remove left out");
    // What takes the neighbours away, or what is shown, does not take it, unless it is selected.
    let taken = |window: &Window, taken: Taken| {
        let images = window.session().opened.to_export(taken);
        images.images.iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(taken(&window, Taken::Neighbours), now);
    assert_eq!(window.session().opened.usually_taken(), Some(Taken::Shown));
    let shown = taken(&window, Taken::Shown);
    assert!(shown.len() == 58 && shown.iter().all(|id| ![gone, 1].contains(id)), "{}", shown.len());
    window.act(Choose::PickMany(vec![ImageId(gone)], Pick::Replace));
    assert_eq!(window.session().opened.usually_taken(), Some(Taken::Selected));
    assert_eq!(taken(&window, Taken::Selected), [gone]);
    window.act(Choose::ClearSelection);
    window.act(Choose::ShowRemoved(true));
    assert_eq!(near(&window), before, "who wants to see it sees it here, too");
    assert!(!window.has("1 to remove left out"));
    window.act(Choose::ShowRemoved(false));
    assert_eq!(near(&window), now);
    // Taken back, it is near again.
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    assert_eq!(near(&window), before);
}

#[test]
fn what_is_to_be_removed_is_left_out_at_every_depth() {
    // So many that none is in a row twice.
    let mut window = Window::with_images(240, Setup { size: vec2(1280.0, 1200.0), ..Setup::default() });
    window.act(Choose::LookAt(ImageId(0)));
    window.click("Every depth");
    let rows = |window: &Window| {
        let rows = window.session().opened.depths.rows.values();
        rows.map(|list| list.neighbours.iter().map(|near| near.image.0).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let before = rows(&window);
    let in_some = before.iter().filter(|row| row.contains(&12)).count();
    assert!(in_some > 1 && before.iter().any(|row| row.len() == 24), "{before:?}");
    window.tell([to_remove(&[12])]);
    window.harness.run_steps(1);
    assert!(rows(&window).iter().all(|row| !row.contains(&12)), "at once");
    window.settle();
    let now = rows(&window);
    assert!(now.iter().all(|row| !row.contains(&12)), "{now:?}");
    assert_eq!(now.iter().map(Vec::len).collect::<Vec<_>>(), before.iter().map(Vec::len).collect::<Vec<_>>());
    window.harness.get_by_label("1 to remove left out");
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    assert_eq!(rows(&window), before);
}

#[test]
fn however_many_of_the_nearest_are_to_be_removed_others_are_found() {
    let mut window = Window::with_images(2000, Setup { size: vec2(1280.0, 1200.0), ..Setup::default() });
    window.act(Choose::LookAt(ImageId(0)));
    let before = near(&window);
    // The nearest to 0 are 7, 14, 21, ...; all within the first thousand of them.
    let gone: Vec<u32> = (1..=1000).map(|step| step * 7 % 2000).collect();
    window.tell([to_remove(&gone)]);
    window.settle();
    let next: Vec<u32> = (1001..).map(|step| step * 7 % 2000).take(before.len()).collect();
    assert_eq!(near(&window), next, "as many as before, and the nearest of those that stay");
    window.harness.get_by_label("1,000 to remove left out");
    let wishes = window.sent().into_iter().filter(|sent| matches!(sent, Request::Look(Look::Neighbours(_)))).count();
    assert!(wishes < 8, "they are asked for a few times, and not one more at a time: {wishes}");
    window.click("Every depth");
    let rows = |window: &Window| window.session().opened.depths.rows.values().map(|list| list.neighbours.len()).min();
    assert_eq!(rows(&window), Some(24));
    let is_gone = |window: &Window| {
        let mut lists = window.session().opened.depths.rows.values();
        lists.any(|list| list.neighbours.iter().any(|near| gone.contains(&near.image.0)))
    };
    assert!(!is_gone(&window));
    // Those that are the only others cannot be passed.
    let all: Vec<u32> = (1..2000).collect();
    window.tell([to_remove(&all)]);
    window.settle();
    assert_eq!(near(&window), [] as [u32; 0]);
}

#[test]
fn beside_rows_in_check_others_take_the_places_of_what_is_to_be_removed() {
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(2000, Setup { settings, ..Setup::default() });
    window.click("Place: Check");
    window.click("Suspicious labels");
    let event = findings::suspicious(&window);
    window.tell([event]);
    window.settle();
    let source = window.session().source().expect("the layer is stored");
    let nearest = |window: &Window| {
        let near = window.session().opened.nearest_of(&source, ImageId(3)).expect("it was asked for");
        near.iter().map(|near| near.image.0).collect::<Vec<_>>()
    };
    assert_eq!(nearest(&window), (1..=15).map(|step| 3 + 7 * step).collect::<Vec<u32>>());
    let gone: Vec<u32> = (1..=200).map(|step| 3 + 7 * step).collect();
    window.tell([to_remove(&gone)]);
    window.settle();
    assert_eq!(nearest(&window), (201..=215).map(|step| 3 + 7 * step).collect::<Vec<u32>>());
    let asked = window.sent().into_iter().filter(|sent| matches!(sent, Request::Look(Look::Nearest(_)))).count();
    assert!(asked < 6, "{asked}");
}

#[test]
fn in_check_and_among_groups_what_is_to_be_removed_is_left_out_or_counted() {
    let mut window = findings::shown();
    window.click("Suspicious labels");
    let event = findings::suspicious(&window);
    window.tell([event]);
    window.settle();
    let near = |window: &Window, of: u32, id: u32| {
        let path = |id: u32| window.session().image(ImageId(id)).expect("it is there").path.text.to_owned();
        let (start, end) = (format!("Near {} ", path(of)), format!(": {}, ", path(id)));
        window.names().iter().any(|name| name.starts_with(&start) && name.contains(&end))
    };
    assert!(near(&window, 3, 10));
    window.tell([to_remove(&[10])]);
    window.settle();
    assert!(!near(&window, 3, 10) && near(&window, 3, 17), "{:?}", window.names());

    let mut window = clusters::grouped_in(Setup { size: vec2(1280.0, 2000.0), ..Setup::default() });
    window.tell([to_remove(&[3, 41, 42])]);
    window.settle();
    window.harness.get_by_label("Cluster 0: 1 to remove  ·  all checks");
    window.harness.get_by_label("Cluster 1: 2 to remove  ·  all checks");
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    window.harness.get_by_label("Cluster 1: all checks");
}
