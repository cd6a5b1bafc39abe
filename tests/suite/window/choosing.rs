//! The menu of a picture, how sets join the selection, selections saved by a name, and the history.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{Event as Input, Key, Modifiers, OutputCommand, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Example, Filter, ImageGroup, ImageId, ImageSet, Tags};
use tiramisu::engine::{Event, Look, Request};
use tiramisu::session::{Action, Choose, Combining, Pick, Place};
use tiramisu::ui::Settings;
use tiramisu::ui::desktop::HandOver;
use tiramisu::ui::widgets::ask_with::AGAINST;

use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, THIRD};

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn open_menu(window: &mut Window, name: &str) {
    window.harness.get_by_label(name).click_secondary();
    window.settle();
}

fn pick(ids: &[u32]) -> Choose {
    Choose::PickMany(ids.iter().copied().map(ImageId).collect(), Pick::Replace)
}

/// Does to the tags what was asked of the engine since the last call.
fn store_tags(window: &mut Window, tags: &mut Tags) {
    for request in window.sent() {
        let Request::Tag { images: changed, tag, is_on } = request else { continue };
        let mut all: BTreeMap<String, Vec<ImageId>> =
            tags.iter().map(|(tag, images)| (tag.to_owned(), images.to_vec())).collect();
        let images = all.entry(tag).or_default();
        images.retain(|id| !changed.contains(*id));
        images.extend(changed.iter().filter(|_| is_on));
        *tags = all.into_iter().collect();
    }
    window.forget_sent();
    window.tell([Event::Tags(Arc::new(tags.clone()))]);
    window.settle();
}

#[test]
fn the_menu_of_a_picture_asks_for_its_like_and_leaves_the_selection() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    open_menu(&mut window, SECOND);
    window.click("Find similar");
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)));
    assert_eq!(selected(&window), [0]);
    assert!(!window.has("Find similar"), "it closes");
    open_menu(&mut window, THIRD);
    window.click("Less like it");
    assert_eq!(window.session().opened.chosen.examples, [(Example::Image(ImageId(2)), AGAINST)]);
    open_menu(&mut window, THIRD);
    window.click("Add to the selection");
    assert_eq!(selected(&window), [0, 2]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)), "it is only picked");
    open_menu(&mut window, THIRD);
    window.click("Take out of the selection");
    assert_eq!(selected(&window), [0]);
}

#[test]
fn the_menu_of_one_of_several_that_are_selected_tags_all_of_them() {
    let mut window = Window::with_images(60, Setup::default());
    window.act(pick(&[0, 1]));
    open_menu(&mut window, FIRST);
    window.harness.get_by_label("Tag for the picture of this menu").click();
    window.settle();
    window.harness.get_by_label("Tag for the picture of this menu").type_text("odd");
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    let tag =
        Request::Tag { images: [ImageId(0), ImageId(1)].into_iter().collect(), tag: "odd".to_owned(), is_on: true };
    assert!(window.sent().contains(&tag), "{:?}", window.sent());
}

#[test]
fn files_are_handed_to_other_programs_and_what_fails_is_told() {
    let mut window = Window::with_images(60, Setup::default());
    open_menu(&mut window, SECOND);
    window.click("Open with another program");
    let folder = window.session().collection().expect("a collection").folder.clone();
    let path = folder.join(SECOND);
    assert_eq!(*window.handed.borrow(), [HandOver::Open(path.clone())]);
    open_menu(&mut window, SECOND);
    window.click("Show in the file manager");
    assert!(window.has("This file could not be shown"), "{:?}", window.names());
    open_menu(&mut window, SECOND);
    window.harness.get_by_label("Copy path").click();
    let mut copied = Vec::new();
    for _ in 0..4 {
        window.harness.step();
        copied.extend(window.harness.output().platform_output.commands.clone());
    }
    let is_path = |command: &OutputCommand| *command == OutputCommand::CopyText(path.display().to_string());
    assert!(copied.iter().any(is_path), "{copied:?}");
}

#[test]
fn a_file_that_is_not_there_cannot_be_handed_over() {
    let gone = std::path::PathBuf::from("/nowhere/at/all.png");
    let problem = tiramisu::ui::desktop::hand_over(&HandOver::Open(gone)).expect_err("it is not there");
    assert!(problem.why.contains("/nowhere/at/all.png"), "{problem}");
}

#[test]
fn the_menu_opens_by_the_keyboard_and_escape_closes_it() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(SECOND);
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    window.settle();
    assert!(window.has("Copy path"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.has("Copy path"));
}

#[test]
fn a_neighbour_has_the_same_menu_and_is_looked_inside_of_from_it() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    let neighbour = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    let name = window.session().image(neighbour).expect("an image").path.text.to_owned();
    open_menu(&mut window, &format!("Neighbour 1: {name}"));
    window.click("Look inside it");
    assert_eq!(window.session().opened.chosen.probe, Some(neighbour));
    assert_eq!(window.session().lasting.place, Place::LookInside);
}

#[test]
fn sets_replace_join_leave_or_narrow_the_selection_as_was_chosen() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.act(pick(&[1, 2, 3]));
    window.press(Combining::Add.about());
    assert_eq!(window.session().lasting.combining, Combining::Add);
    window.act(pick(&[3, 4]));
    assert_eq!(selected(&window), [1, 2, 3, 4]);
    window.press(Combining::Intersect.about());
    window.act(pick(&[2, 3, 9]));
    assert_eq!(selected(&window), [2, 3]);
    window.press(Combining::Subtract.about());
    window.act(pick(&[2]));
    assert_eq!(selected(&window), [3]);
    window.press(Combining::Replace.about());
    window.act(pick(&[5]));
    assert_eq!(selected(&window), [5]);
    window.act(Choose::SelectOthers);
    assert_eq!(selected(&window).len(), 59);
    window.act(Choose::Undo);
    assert_eq!(selected(&window), [5]);
}

/// What stands above the selection means the same whatever one picks with.
#[test]
fn a_click_on_a_picture_joins_the_selection_as_a_set_does() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.act(pick(&[5]));
    window.press(Combining::Add.about());
    window.click(SECOND);
    assert_eq!(selected(&window), [1, 5]);
    window.act(pick(&[7, 8]));
    assert_eq!(selected(&window), [1, 5, 7, 8]);
    window.press(Combining::Subtract.about());
    window.click(SECOND);
    assert_eq!(selected(&window), [5, 7, 8]);
    window.press(Combining::Intersect.about());
    window.act(pick(&[7, 8, 1]));
    assert_eq!(selected(&window), [7, 8]);
    window.act(Choose::Click(ImageId(8), Pick::Replace));
    assert_eq!((selected(&window), window.session().opened.chosen.probe), (vec![8], Some(ImageId(8))));
    // Keys say what they always say.
    let toggled = |window: &mut Window| window.act(Choose::Click(ImageId(2), Pick::Toggle));
    toggled(&mut window);
    assert_eq!(selected(&window), [2, 8]);
    // Who looks at a picture that is not selected has not wished for an empty selection, nor has who picks such pictures.
    window.click(SECOND);
    assert_eq!((selected(&window), window.session().opened.chosen.probe), (vec![2, 8], Some(ImageId(1))));
    let in_vain = "None of these 2 pictures is selected, so the selection was not narrowed";
    assert!(!window.has(in_vain), "{:?}", window.names());
    window.act(pick(&[5, 6]));
    assert!(selected(&window) == [2, 8] && window.has(in_vain), "{:?}", window.names());
    window.press(Combining::Replace.about());
    window.click(SECOND);
    assert_eq!(selected(&window), [1]);
    let help =
        "Select with a rubber band; with Shift add, with Alt take out, with both narrow: only what is in both stays";
    window.harness.key_press(Key::F1);
    window.settle();
    window.harness.get_by_label(help);
}

#[test]
fn a_pick_that_takes_out_or_narrows_and_changes_nothing_or_leaves_nothing_says_so() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let unlike = |window: &Window, words: &str| assert!(!window.says(words), "{words}: {:?}", window.names());
    window.act(pick(&[1, 2, 3, 30]));
    let before = window.session().notices().len();
    window.press(Combining::Intersect.about());
    window.act(pick(&[1, 2, 3, 31]));
    assert_eq!(
        (selected(&window), window.session().notices().len()),
        (vec![1, 2, 3], before),
        "what is seen is not told"
    );
    window.press(Combining::Subtract.about());
    window.act(pick(&[7, 8]));
    assert_eq!(selected(&window), [1, 2, 3]);
    let none = "None of these 2 pictures is selected, so nothing was taken out";
    assert!(window.has(none), "{:?}", window.names());
    assert!(!window.has("Undo what the notice says"), "there is nothing to take back: {:?}", window.names());
    window.press(Combining::Intersect.about());
    window.act(pick(&[1, 2, 3, 4]));
    let all = "All 3 selected pictures are among these 4, so the selection was not narrowed";
    assert!(selected(&window) == [1, 2, 3] && window.has(all), "{:?}", window.names());
    unlike(&window, none);
    window.press(Combining::Subtract.about());
    window.act(pick(&[0, 1, 2, 3]));
    let emptied = "All 3 selected pictures were taken out: nothing is selected now";
    assert!(selected(&window).is_empty() && window.has(emptied), "{:?}", window.names());
    window.picture("picks_emptied");
    window.click("Undo what the notice says");
    assert_eq!(selected(&window), [1, 2, 3]);
    unlike(&window, emptied);
    window.act(Choose::ClearSelection);
    window.act(pick(&[5]));
    assert!(window.has("Nothing is selected, so there is nothing to take out"), "{:?}", window.names());
    // Of a label or a lasso that holds nothing.
    window.act(Action::Combine(Combining::Replace));
    window.act(pick(&[1]));
    window.act(Choose::PickGroup(ImageGroup::Label(Some("nothing is called so".to_owned())), Pick::Remove));
    assert!(window.has("No picture was picked, so nothing was taken out"), "{:?}", window.names());
}

#[test]
fn a_lasso_around_nothing_says_so_and_what_was_selected_is_brought_back() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.act(pick(&[1, 2]));
    let nothing = |pick| Choose::PickSet(ImageSet::default(), pick);
    window.act(nothing(Pick::Add));
    assert!(window.has("No picture was picked, so none was added"), "{:?}", window.names());
    assert_eq!(selected(&window), [1, 2]);
    window.act(nothing(Pick::Replace));
    assert!(window.has("No picture was picked: nothing is selected now"), "{:?}", window.names());
    assert!(selected(&window).is_empty());
    window.click("Undo what the notice says");
    assert_eq!(selected(&window), [1, 2]);
    window.act(Choose::ClearSelection);
    window.act(nothing(Pick::Replace));
    assert!(window.has("No picture was picked, so nothing is selected"), "{:?}", window.names());
    assert!(!window.has("Undo what the notice says"), "there is nothing to take back: {:?}", window.names());
}

/// What was said of a pick is true as long as nothing else is selected.
#[test]
fn what_was_said_of_a_pick_in_vain_goes_with_the_next_one_that_changes_the_selection() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let none = "None of these 2 pictures is selected, so nothing was taken out";
    let changes: [fn(&mut Window); 3] = [
        |window| window.act(Choose::PickMany(vec![ImageId(1)], Pick::Remove)),
        |window| window.act(Choose::Click(ImageId(9), Pick::Toggle)),
        |window| window.act(Choose::ClearSelection),
    ];
    for change in changes {
        window.act(pick(&[1, 2, 3]));
        window.act(Choose::PickMany(vec![ImageId(7), ImageId(8)], Pick::Remove));
        assert!(window.has(none), "{:?}", window.names());
        window.act(Choose::Layer(1));
        window.act(Choose::Layer(0));
        assert!(window.has(none), "it is as true as before: {:?}", window.names());
        change(&mut window);
        assert!(!window.has(none), "{:?}", window.names());
    }
    // That nothing is selected is said no more once something is.
    window.act(pick(&[1]));
    window.act(Choose::PickMany(vec![ImageId(1)], Pick::Remove));
    let emptied = "The selected picture was taken out: nothing is selected now";
    assert!(window.has(emptied), "{:?}", window.names());
    window.act(pick(&[4]));
    assert!(!window.has(emptied), "{:?}", window.names());
}

/// Selecting and asking are two things, as wherever files or photos are picked.
#[test]
fn a_click_with_a_key_held_selects_and_leaves_what_is_looked_at_and_asked() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.click(FIRST);
    let asked = window.session().opened.neighbours.clone().expect("neighbours").wish;
    let near = window.session().opened.neighbours.as_ref().expect("neighbours").neighbours[0].image;
    let neighbour = format!("Neighbour 1: {}", window.session().image(near).expect("an image").path.text);
    window.forget_sent();
    for (name, keys) in [(THIRD, Modifiers::COMMAND), (neighbour.as_str(), Modifiers::COMMAND)] {
        window.harness.get_by_label(name).click_modifiers(keys);
        window.settle();
    }
    assert_eq!(selected(&window), [0, 2, near.0]);
    let chosen = &window.session().opened.chosen;
    assert_eq!((chosen.probe, chosen.asked_probe()), (Some(ImageId(0)), Some(ImageId(0))));
    let asks = |request: &Request| matches!(request, Request::Look(Look::Neighbours(_) | Look::Activations { .. }));
    assert!(!window.sent().iter().any(asks), "{:?}", window.sent());
    assert_eq!(window.session().opened.neighbours.as_ref().expect("neighbours").wish, asked);
    // An arrow leads on from the picture that was clicked last.
    window.harness.get_by_label(THIRD).click_modifiers(Modifiers::COMMAND);
    window.settle();
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!((selected(&window), window.session().opened.chosen.probe), (vec![3], Some(ImageId(3))));
}

#[test]
fn a_range_joins_the_selection_as_was_chosen_and_arrows_take_nothing_out_of_it() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let reach = |window: &mut Window, name: &str| {
        window.harness.get_by_label(name).click_modifiers(Modifiers::SHIFT);
        window.settle();
    };
    window.act(pick(&[20, 21]));
    window.press(Combining::Add.about());
    window.click(FIRST);
    reach(&mut window, THIRD);
    assert_eq!(selected(&window), [0, 1, 2, 20, 21]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "it only selects");
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!((selected(&window), window.session().opened.chosen.probe), (vec![0, 1, 2, 20, 21], Some(ImageId(3))));
    window.press(Combining::Subtract.about());
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    reach(&mut window, THIRD);
    assert_eq!(selected(&window), [0, 20, 21]);
    window.press(Combining::Intersect.about());
    window.act(Choose::Click(ImageId(0), Pick::Toggle));
    window.act(Choose::Click(ImageId(0), Pick::Toggle));
    reach(&mut window, THIRD);
    assert_eq!(selected(&window), [0]);
}

#[test]
fn what_is_shown_the_neighbours_and_a_label_are_sources_of_the_selection() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.click(FIRST);
    window.click("Select");
    window.click("The neighbours");
    let mut neighbours: Vec<u32> =
        window.session().opened.neighbours.as_ref().expect("some").neighbours.iter().map(|it| it.image.0).collect();
    neighbours.sort_unstable();
    assert_eq!(selected(&window), neighbours);
    window.click("Select");
    window.click("All the others");
    assert_eq!(selected(&window).len(), 60 - neighbours.len());
    window.click("Select");
    window.click("What is shown");
    assert_eq!(selected(&window).len(), 60);
}

#[test]
fn a_selection_is_kept_selected_again_renamed_and_given_up_and_undo_brings_it_back() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let mut tags = Tags::default();
    window.act(pick(&[1, 2, 3]));
    window.forget_sent();
    window.click("Saved selections");
    window.harness.get_by_label("Save the selection as").click();
    window.settle();
    window.harness.get_by_label("Save the selection as").type_text("good ones");
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    store_tags(&mut window, &mut tags);
    let kept = |window: &Window| -> Vec<(String, usize)> {
        let tags = &window.session().opened.tags;
        tags.saved_selections().map(|(name, images)| (name.to_owned(), images.len())).collect()
    };
    assert_eq!(kept(&window), [("good ones".to_owned(), 3)]);
    assert!(!window.has("Remove tag selection:good ones"), "it is no word that was given to pictures");
    window.act(pick(&[3, 4]));
    window.act(Action::Combine(Combining::Intersect));
    window.press("Select saved good ones");
    assert_eq!(selected(&window), [3]);
    window.act(Action::Combine(Combining::Replace));
    window.press("Select saved good ones");
    assert_eq!(selected(&window), [1, 2, 3]);
    window.press("Rename saved good ones");
    let written = |window: &Window| window.harness.get_by_label("New name").accesskit_node().value();
    window.harness.event(Input::Text("better".to_owned()));
    window.settle();
    assert_eq!(written(&window), Some("better".to_owned()), "it has the keys, and what was there gives way");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run_steps(2);
    window.harness.get_by_label("New name").type_text("good ones of May");
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    store_tags(&mut window, &mut tags);
    assert_eq!(kept(&window), [("good ones of May".to_owned(), 3)]);
    window.press("Forget saved good ones of May");
    store_tags(&mut window, &mut tags);
    assert_eq!(kept(&window), []);
    window.act(Choose::Undo);
    store_tags(&mut window, &mut tags);
    assert_eq!(kept(&window), [("good ones of May".to_owned(), 3)]);
}

#[test]
fn the_history_says_what_was_done_and_goes_back_to_any_of_it() {
    let mut window = Window::with_images(60, Setup::default());
    window.act(pick(&[1, 2, 3]));
    window.act(Choose::PickMany(vec![ImageId(4)], Pick::Add));
    window.act(Choose::Tag { ids: vec![ImageId(4)], tag: "odd".to_owned(), is_on: true });
    window.act(Choose::ClearSelection);
    let words = window.history(10);
    let told = [
        "Selected nothing",
        "Tagged 1 picture “odd”",
        "Added 1 picture to the selection, now 4 pictures",
        "Selected 3 pictures",
    ];
    assert_eq!(words, told);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    window.settle();
    window.forget_sent();
    window.click("4. Selected 3 pictures (Explore)");
    assert_eq!(selected(&window), [1, 2, 3]);
    let undone = Request::Tag { images: [ImageId(4)].into_iter().collect(), tag: "odd".to_owned(), is_on: false };
    assert!(window.sent().contains(&undone), "{:?}", window.sent());
    window.act(Choose::Redo);
    assert_eq!(selected(&window), [1, 2, 3, 4]);
}

#[test]
fn what_is_undone_is_told_and_where_it_was_chosen_if_that_is_elsewhere() {
    let settings = Settings { hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(60, Setup { settings, ..Setup::default() });
    window.act(pick(&[1, 2]));
    window.act(Choose::Tag { ids: vec![ImageId(1), ImageId(2)], tag: "cat".to_owned(), is_on: true });
    window.click("Place: Check");
    window.act(Choose::Tag { ids: vec![ImageId(3)], tag: "no copy".to_owned(), is_on: true });
    let undo = |window: &mut Window| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.settle();
    };
    undo(&mut window);
    window.harness.get_by_label("Undone: tagged 1 picture “no copy”");
    undo(&mut window);
    window.harness.get_by_label("Undone: tagged 2 pictures “cat” (in Explore)");
    assert!(!window.says("no copy"), "one line, however many are undone: {:?}", window.names());
    window.act(Choose::Redo);
    window.harness.get_by_label("Done again: tagged 2 pictures “cat” (in Explore)");
    window.act(Choose::BackBy(2));
    window.harness.get_by_label("Undone: the last 2 choices");
    // What is brought back keeps the place in which it was chosen.
    (0..3).for_each(|_| window.act(Choose::Redo));
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    window.settle();
    window.harness.get_by_label("1. Tagged 1 picture “no copy” (Check)");
    window.harness.get_by_label("2. Tagged 2 pictures “cat” (Explore)");
}

#[test]
fn a_row_of_the_table_has_the_same_menu() {
    let mut window = Window::with_images(60, Setup::default());
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    open_menu(&mut window, &format!("Row 2: {SECOND}"));
    window.click("Add to the selection");
    assert_eq!(selected(&window), [1]);
}

#[test]
fn a_tag_gets_a_colour_in_the_list_of_tags_that_is_taken_back_and_shown_wherever_it_is() {
    use tiramisu::domain::{TagColour, TagColours};
    let mut window = Window::with_images(60, Setup::default());
    let tags = [("odd".to_owned(), vec![ImageId(0), ImageId(1)]), ("selection:kept".to_owned(), vec![ImageId(2)])];
    window.tell([Event::Tags(Arc::new(Tags::from(tags)))]);
    window.settle();
    let ask = |window: &mut Window, colour: Option<TagColour>| {
        let request = Request::ColourTag { tag: "odd".to_owned(), colour };
        assert!(window.sent().contains(&request), "{colour:?}: {:?}", window.sent());
        window.forget_sent();
        let chosen = colour.map(|colour| ("odd".to_owned(), colour)).into_iter().collect();
        window.tell([Event::TagColours(Arc::new(TagColours { chosen }))]);
        window.settle();
    };
    let other = TagColour::ALL.into_iter().find(|colour| *colour != TagColour::of_name("odd")).expect("several");
    window.click("Edit");
    window.click("Colours of tags…");
    assert!(!window.names().iter().any(|name| name.contains("Colour of selection:")), "a saved selection is no word");
    window.click(&format!("Colour of odd: {}", other.word()));
    ask(&mut window, Some(other));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert_eq!(window.history(1), [format!("Gave the tag odd {}", other.word())]);
    let painted = |window: &Window| {
        let colour = tiramisu::ui::theme::tag_colour(other);
        crate::support::painted::circles(window.harness.output()).iter().filter(|(_, fill)| *fill == colour).count()
    };
    let on_tiles = painted(&window);
    assert!(on_tiles >= 2, "both tiles of the gallery have a dot, {on_tiles}");
    window.click(FIRST);
    assert!(painted(&window) > on_tiles, "so have the tray's picture and the tag beside it");

    window.act(Choose::Undo);
    window.act(Choose::Undo);
    ask(&mut window, None);
    assert_eq!(painted(&window), 0, "it has the colour of its name again");
    window.act(Choose::Redo);
    ask(&mut window, Some(other));
    // The tag itself offers it as well.
    window.act(pick(&[0]));
    window.harness.get_by_label("Remove tag odd").click_secondary();
    window.settle();
    window.click("Colour of odd: by its name");
    ask(&mut window, None);
}

#[test]
fn colours_chosen_quicker_than_the_engine_answers_are_taken_back_one_by_one() {
    use tiramisu::domain::TagColour;
    let mut window = Window::with_images(24, Setup::default());
    let mut asked = |wish: Choose, colour: Option<TagColour>| {
        window.forget_sent();
        window.act(wish);
        let request = Request::ColourTag { tag: "odd".to_owned(), colour };
        assert!(window.sent().contains(&request), "{colour:?}: {:?}", window.sent());
    };
    let [first, second] = [TagColour::ALL[0], TagColour::ALL[1]];
    let give = |colour| Choose::ColourTag("odd".to_owned(), colour);
    asked(give(Some(first)), Some(first));
    asked(give(Some(second)), Some(second));
    asked(Choose::Undo, Some(first));
    // Back to the colour of its name is a change as well.
    asked(give(None), None);
    asked(Choose::Undo, Some(first));
    asked(Choose::Undo, None);
}

#[test]
fn a_colour_is_taken_back_to_what_it_was_whoever_changed_it_and_though_its_tag_is_gone() {
    use tiramisu::domain::{TagColour, TagColours};
    let mut window = Window::with_images(24, Setup::default());
    let [first, second, third] = [TagColour::ALL[0], TagColour::ALL[1], TagColour::ALL[2]];
    let give = |colour| Choose::ColourTag("odd".to_owned(), Some(colour));
    let told =
        |colour: TagColour| Event::TagColours(Arc::new(TagColours { chosen: [("odd".to_owned(), colour)].into() }));
    let asked = |window: &mut Window, wish: Choose, colour: Option<TagColour>| {
        window.forget_sent();
        window.act(wish);
        let sent: Vec<Request> =
            window.sent().into_iter().filter(|request| matches!(request, Request::ColourTag { .. })).collect();
        assert_eq!(sent, [Request::ColourTag { tag: "odd".to_owned(), colour }]);
    };
    asked(&mut window, give(first), Some(first));
    window.tell([told(first)]);
    window.settle();
    // Taken back, and another one chosen before the engine says so.
    asked(&mut window, Choose::Undo, None);
    asked(&mut window, give(second), Some(second));
    asked(&mut window, Choose::Undo, None);
    // A file was imported since, with a colour of its own.
    asked(&mut window, give(first), Some(first));
    let none = || Event::TagColours(Arc::default());
    for answer in [none(), told(second), none()] {
        window.tell([answer]);
        window.settle();
        let now = window.session().opened.tag_colours.chosen.get("odd").copied();
        assert_eq!(now, Some(first), "an answer to what was chosen before");
    }
    window.tell([told(first), told(third)]);
    window.settle();
    asked(&mut window, give(second), Some(second));
    window.tell([told(second)]);
    // No picture bears the tag any more: its colour waits for the next that does.
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    asked(&mut window, Choose::Undo, Some(third));
    assert_eq!(window.session().opened.tag_colours.of("odd"), third);
}

#[test]
fn colours_of_tags_are_those_of_their_names_until_one_is_chosen_and_can_be_told_apart() {
    use tiramisu::domain::{TagColour, TagColours};
    // Other machines and later versions draw the same: these are written down.
    let of = TagColour::of_name;
    assert_eq!([of("keep"), of("keep"), of("blurred")], [of("keep"), TagColours::default().of("keep"), of("blurred")]);
    let mut used: Vec<TagColour> = (0..64).map(|number| of(&format!("tag {number}"))).collect();
    used.sort();
    used.dedup();
    assert_eq!(used, TagColour::ALL, "names take all of the colours");
    let chosen = TagColours { chosen: [("keep".to_owned(), TagColour::Teal)].into() };
    assert_eq!(chosen.of("keep"), TagColour::Teal);
    assert_eq!(serde_json::to_string(&chosen).expect("JSON"), r#"{"keep":"teal"}"#);
}

#[test]
fn what_is_selected_and_not_shown_is_told_of() {
    let mut window = Window::with_images(60, Setup::default());
    window.act(Choose::SelectAll);
    window.settle();
    let told = |window: &Window| window.names().into_iter().find(|name| name.ends_with(" not shown"));
    assert_eq!(told(&window), None);
    let filter = Filter { predicate: "id < 12".into(), ..Filter::default() };
    window.act(Choose::Filter(filter));
    window.settle();
    assert_eq!(told(&window).as_deref(), Some("48 not shown"));
    window.act(Choose::ClearSelection);
    window.settle();
    assert_eq!(told(&window), None);
}
