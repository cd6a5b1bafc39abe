//! The menus of pictures and of groups are there wherever they are shown.

use eframe::egui::vec2;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;
use tiramisu::engine::{AnalysisWish, Regroup, Request};
use tiramisu::session::{Ask, Choose};

use super::clusters::grouped_in;
use super::{FIRST, SECOND, classes};
use crate::support::window::{Setup, Window};

fn open_menu(window: &mut Window, name: &str) {
    window.harness.get_by_label(name).click_secondary();
    window.settle();
}

/// Which picture the menu is of that opens there.
fn menu_of(window: &mut Window, name: &str) -> u32 {
    window.act(Choose::ClearSelection);
    open_menu(window, name);
    window.click("Add to the selection");
    let selected: Vec<u32> = window.session().opened.chosen.selection.iter().map(|id| id.0).collect();
    assert_eq!(selected.len(), 1, "{name}");
    selected[0]
}

#[test]
fn the_large_pictures_that_are_looked_into_have_the_menu_of_a_picture() {
    let mut window = Window::with_images(60, Setup { size: vec2(1900.0, 1300.0), ..Setup::default() });
    window.click(FIRST);
    window.click("Look inside");
    assert_eq!(menu_of(&mut window, &format!("Looking inside {FIRST}")), 0);
    window.act(Choose::Beside(Some(ImageId(1))));
    assert_eq!(menu_of(&mut window, &format!("Compared with {SECOND}")), 1);
    assert_eq!(menu_of(&mut window, &format!("Looking inside {FIRST}")), 0);
    assert_eq!(window.session().opened.chosen.beside, Some(ImageId(1)), "it chooses nothing else");
}

#[test]
fn both_pictures_that_are_alike_have_the_menu_which_asks_why_of_the_other() {
    let mut window = Window::with_images(60, Setup::default());
    window.act(Choose::LookAt(ImageId(0)));
    window.act(Ask::Why(ImageId(1)));
    let (left, right) = (format!("Why: the left picture, {FIRST}"), format!("Why: the right picture, {SECOND}"));
    assert_eq!((menu_of(&mut window, &left), menu_of(&mut window, &right)), (0, 1));
    for (name, other, pair) in [(&right, FIRST, (0, 1)), (&left, SECOND, (1, 0))] {
        open_menu(&mut window, name);
        window.click(&format!("Why is it similar to {other}?"));
        let why = window.session().opened.why.as_ref().expect("it was asked for");
        assert_eq!((why.a.0, why.b.0), pair);
        window.act(Ask::Why(ImageId(1)));
    }
}

#[test]
fn a_card_opens_what_more_offers_and_its_crops_the_menu_of_their_pictures() {
    let mut window = grouped_in(Setup { size: vec2(1280.0, 2000.0), ..Setup::default() });
    let first_exemplar = |window: &Window| window.session().opened.groups.exemplars(3, 3).expect("known")[0].image.0;
    // Of the group, or of all pictures where none of it is among them.
    let crop = menu_of(&mut window, "Channel of cluster 0: conv 2 #3");
    assert!(crop < 40 || crop == first_exemplar(&window), "{crop}");
    assert!(!window.has("Look inside conv 2 #3"), "the other click shows more of the channel");
    window.forget_sent();
    open_menu(&mut window, "Cluster 0: all checks");
    window.click("Split in two");
    let regroups = window.sent().into_iter().find_map(|request| match request {
        Request::Analyse(AnalysisWish::Regroup(wish)) => Some(wish.how),
        _ => None,
    });
    assert_eq!(regroups, Some(Regroup::Split { cluster: 0, parts: 2 }));
    assert!(!window.has("Split in two"), "it closes");
    // Pictures on it keep the menu of a picture.
    assert_eq!(menu_of(&mut window, &format!("Cluster 0: {FIRST}")), 0);
    // What is shown of a channel has the menu as well.
    window.press("Channel of cluster 0: conv 2 #3");
    let first = first_exemplar(&window);
    let path = window.session().image(ImageId(first)).expect("it is there").path.text.to_owned();
    assert_eq!(menu_of(&mut window, &format!("conv 2 #3: {path}")), first);
}

#[test]
fn a_card_of_a_class_opens_its_menu_too() {
    let mut window = classes::compared_in(Setup { size: vec2(1280.0, 1400.0), ..Setup::default() });
    open_menu(&mut window, "Class blobs: all blobs");
    window.click("Compare with…");
    assert!(window.has("Unmark all"), "{:?}", window.names());
}
