//! Names for which there is little room: nothing is left out of them without a sign.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use eframe::egui::{Color32, Galley, Painter};
use egui_kittest::Harness;
use tiramisu::domain::Example;
use tiramisu::session::Choose;
use tiramisu::ui::widgets::ask_with::FOR;
use tiramisu::ui::widgets::cut_name::{file_name, middle_cut};

use crate::support::painted::texts;
use crate::support::window::{Setup, Window};

use super::FIRST;

const SIZE: f32 = 12.0;

/// What is left of a text in each of these shares of the room that all of it takes.
fn left_in(
    text: &'static str,
    shares: &[f32],
    cut: impl Fn(&Painter, &str, f32) -> Arc<Galley> + 'static,
) -> Vec<String> {
    let (shares, left) = (shares.to_vec(), Rc::new(RefCell::new(Vec::new())));
    let noted = left.clone();
    let mut harness = Harness::new_ui(move |ui| {
        let painter = ui.painter();
        let whole = middle_cut(painter, text, SIZE, Color32::WHITE, f32::INFINITY).size().x;
        let cut = shares.iter().map(|share| {
            let galley = cut(painter, text, whole * share);
            assert!(galley.size().x <= whole * share + 0.5, "{} in {share} of {whole}", galley.text());
            galley.text().to_owned()
        });
        *noted.borrow_mut() = cut.collect();
    });
    harness.run();
    left.take()
}

/// The same of a file's name.
fn file_in(name: &'static str, shares: &[f32], could_be_mistaken: bool) -> Vec<String> {
    left_in(name, shares, move |painter, name, width| {
        file_name(painter, name, SIZE, Color32::WHITE, width, could_be_mistaken)
    })
}

#[test]
fn a_files_name_keeps_its_kind_where_there_is_room_and_says_where_it_does_not() {
    assert_eq!(file_in("image_0001.jpg", &[1.01, 0.95], false), ["image_0001.jpg", "image_0001…"]);
    let long = file_in("a_picture_with_quite_a_long_name_of_its_own.jpg", &[0.6, 0.2], false);
    let [in_some, in_little] = &long[..] else { panic!("{long:?}") };
    assert!(in_some.starts_with("a_pict") && in_some.contains('…') && in_some.ends_with("own.jpg"), "{in_some}");
    assert!(in_little.starts_with("a_") && in_little.ends_with('…') && !in_little.contains("jpg"), "{in_little}");
}

#[test]
fn files_of_two_kinds_are_not_called_alike_where_they_could_be_mistaken() {
    let shares = [0.95, 0.8, 0.6, 0.4, 0.3, 0.2];
    let [jpg, png] =
        ["a_picture_with_quite_a_long_name_of_its_own.jpg", "a_picture_with_quite_a_long_name_of_its_own.png"]
            .map(|name| file_in(name, &shares, true));
    for (jpg, png) in jpg.iter().zip(&png) {
        assert!(jpg.ends_with(".jpg") && png.ends_with(".png"), "{jpg} beside {png}");
        assert!(jpg.contains('…') && png.contains('…'), "{jpg} beside {png}");
    }
}

#[test]
fn a_label_loses_nothing_that_only_looks_like_the_kind_of_a_file() {
    let shares = [1.01, 0.9, 0.7, 0.5, 0.3];
    let left = left_in("release candidate v1.5", &shares, |painter, text, width| {
        middle_cut(painter, text, SIZE, Color32::WHITE, width)
    });
    assert_eq!(left[0], "release candidate v1.5");
    for words in &left[1..] {
        assert!(words.starts_with("re") && words.contains('…') && words.ends_with(".5"), "{left:?}");
    }
}

#[test]
fn a_chip_of_a_label_keeps_its_end() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let label = "a label that has far more words than any chip has room for, and ends with v1.5";
    window.act(Choose::AddExample(Example::Label(label.to_owned()), FOR));
    assert!(window.says(label), "{:?}", window.names());
    let painted: Vec<String> = texts(window.harness.output()).into_iter().map(|text| text.text).collect();
    assert!(painted.iter().any(|text| text.contains('…') && text.ends_with("v1.5")), "{painted:?}");
}
