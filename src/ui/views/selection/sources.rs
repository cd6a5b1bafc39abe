//! What can be taken into the selection by name, and how it joins what is selected.

use std::sync::Arc;

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{Align, Atom, Atoms, Button, Frame, Label, Layout, RichText, ScrollArea, Sense, TextStyle, Ui};

use super::sign;
use crate::domain::{ImageGroup, saved_tag};
use crate::session::{Action, Choose, Combining, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::label_filter::shown_name;
use crate::ui::widgets::text::{counted, menu_arrow, small, thousands};
use crate::ui::widgets::{tag_dot, tile};

/// So many names are listed; of more the query asks.
const LISTED: usize = 200;

/// How wide a list of them is, in points; longer names are cut at their ends.
const WIDTHS: std::ops::RangeInclusive<f32> = 150.0..=340.0;
/// Room for what stands before and behind a name, in points.
const BESIDE_NAME: f32 = 90.0;

/// From this width on, in points, how what is picked joins the selection stands beside the menu, and else within it: labels and tags
/// need their room.
const WORDS_FROM: f32 = 710.0;

/// From this width on, in points, it is at least said there what a pick does now, and can be changed.
const NOW_FROM: f32 = 470.0;

/// Width of the menu of what selecting does, in points.
const MENU: f32 = 290.0;

/// How it is meant.
const ABOUT: &str = "What becomes of the selection when you select something, be it by a click, a rubber band, a lasso, a legend or \
                     this menu. For once keys say it, too: Alt subtracts; with a band or lasso Shift adds, and both intersect. \
                     A click on a picture with Ctrl, Shift or Alt held only selects: what is looked at and asked with stays";

/// Shows the menu, and how what is picked next joins the selection.
pub(super) fn show(ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
    let is_wide = ui.available_width() > WORDS_FROM;
    let says_now = !is_wide && ui.available_width() > NOW_FROM;
    let combining = session.lasting.combining;
    let text = match is_wide || says_now || combining == Combining::Replace {
        true => "Select".to_owned(),
        // What would surprise is seen with the menu closed, too.
        false => combining.title().to_owned(),
    };
    let has_words = has_words || (combining != Combining::Replace && !says_now);
    let button = MenuButton::new(sign(Icon::Select, &text, has_words));
    let (response, _) = button.ui(ui, |ui| items(ui, session, is_wide || says_now, actions));
    let hint = "Select by label, tag, cluster, or what is shown";
    response.on_hover_text(hint).accessible_name("Select");
    if is_wide {
        // Laid out from the right. One frame around all, since they are no four things to do: one of them is so.
        Frame::new().fill(palette().raised).corner_radius(5.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            for combining in Combining::ALL.into_iter().rev() {
                let is_on = session.lasting.combining == combining;
                let response = ui.add(Button::selectable(is_on, combining.word())).on_hover_text(combining.about());
                if response.accessible_name(combining.about()).clicked() {
                    actions.push(Action::Combine(combining));
                }
            }
        });
        ui.label(RichText::new("Selecting:").small().color(palette().weak)).on_hover_text(ABOUT);
    }
    if says_now {
        show_now(ui, combining, actions);
    }
}

/// What selecting does now, in words, and a menu of what it could do instead.
fn show_now(ui: &mut Ui, combining: Combining, actions: &mut Vec<Action>) {
    // What would surprise stands out.
    let colour = if combining == Combining::Replace { palette().weak } else { palette().accent };
    let words = RichText::new(format!("Selecting: {}", combining.word())).small().color(colour);
    let (response, _) = MenuButton::from_button(small((words, menu_arrow(colour)))).ui(ui, |ui| {
        ui.set_width(MENU);
        ui.label(RichText::new("When you select something").small().color(palette().weak));
        for other in Combining::ALL {
            show_way(ui, other, combining, actions);
        }
    });
    let hint = format!("{}. Click to change that", combining.about());
    response.on_hover_text(hint).accessible_name(format!("When you select: {}", combining.title()));
}

/// One of the ways in which what is selected can join the selection: its name, and below it what it does.
fn show_way(ui: &mut Ui, way: Combining, now: Combining, actions: &mut Vec<Action>) {
    // Menus stretch what is in them, words of a text among it.
    ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        // As wide as the menu: whoever clicks beside a name means it, and below it, too.
        let wide = Layout::top_down_justified(Align::LEFT);
        let response = ui.with_layout(wide, |ui| ui.radio(way == now, way.title()).on_hover_text(ABOUT)).inner;
        let is_chosen = response.accessible_name(format!("{}. {}", way.title(), way.about())).clicked();
        let about = ui.horizontal_top(|ui| {
            ui.add_space(ui.spacing().icon_width + ui.spacing().icon_spacing);
            let about = Label::new(RichText::new(way.about()).small().color(palette().weak)).wrap();
            ui.add(about.halign(Align::LEFT).sense(Sense::CLICK))
        });
        if is_chosen || about.inner.clicked() {
            actions.push(Action::Combine(way));
            ui.close();
        }
        ui.add_space(4.0);
    });
}

fn items(ui: &mut Ui, session: &Session, has_combining: bool, actions: &mut Vec<Action>) {
    let opened = &session.opened;
    if !has_combining {
        ui.label(RichText::new("When you select something").small().color(palette().weak)).on_hover_text(ABOUT);
        for combining in Combining::ALL {
            let radio = ui.radio(session.lasting.combining == combining, combining.title());
            if radio.on_hover_text(combining.about()).clicked() {
                actions.push(Action::Combine(combining));
            }
        }
        ui.separator();
    }
    let held = tile::pick_held(ui);
    let mut pick =
        |ui: &mut Ui, is_enabled: bool, text: &str, [hint, why_not]: [&str; 2], choice: &dyn Fn() -> Choose| {
            let button =
                ui.add_enabled(is_enabled, Button::new(text)).on_hover_text(hint).on_disabled_hover_text(why_not);
            if button.clicked() {
                actions.push(choice().into());
            }
        };
    let hints = ["All that pass the filter and the query", "No pictures are shown"];
    let shown = || Choose::PickSet(opened.shown.set().clone(), held);
    pick(ui, !opened.shown.is_empty(), "What is shown", hints, &shown);
    let list = opened.neighbours.as_ref();
    let neighbours = || {
        let images = list.iter().flat_map(|list| &list.neighbours).map(|neighbour| neighbour.image);
        Choose::PickMany(images.collect(), held)
    };
    let hints = ["All that the view of neighbours lists", "Click a picture first: then there are neighbours of it"];
    pick(ui, list.is_some(), "The neighbours", hints, &neighbours);
    let hints = ["All that are not selected, also what the filter hides", "There are no pictures yet"];
    pick(ui, !opened.images.is_empty(), "All the others", hints, &|| Choose::SelectOthers);
    ui.separator();
    let labels = opened.images.labels().iter().map(|(label, count)| {
        let group = ImageGroup::Label(Some(label.clone()).filter(|label| !label.is_empty()));
        (shown_name(label).to_owned(), *count, group)
    });
    names(
        ui,
        ["Label", "Labels", "No picture has a label yet"],
        opened.images.labels().len(),
        labels,
        &|_| None,
        actions,
    );
    let tags = opened.tags.words().map(|(tag, images)| {
        let group = ImageGroup::Tag(opened.tags.clone(), tag.to_owned());
        (tag.to_owned(), images.len(), group)
    });
    let dot = |name: &str| Some(tag_dot::atom(session, name));
    let kind = ["Tag", "Tags", "No picture has a tag yet"];
    names(ui, kind, opened.tags.words().count(), tags, &dot, actions);
    let saved = opened.tags.saved_selections().filter_map(|(name, images)| {
        let group = ImageGroup::Tag(opened.tags.clone(), saved_tag(name).ok()?);
        Some((name.to_owned(), images.len(), group))
    });
    let count = opened.tags.saved_selections().count();
    let kind = ["Saved selection", "Saved selections", "None is saved yet"];
    names(ui, kind, count, saved, &|_| Some(Icon::Save.small()), actions);
    let clustering = opened.clustering.as_ref();
    let clusters = clustering.iter().flat_map(|clustering| {
        let cluster = |(index, cluster): (usize, &crate::domain::Cluster)| {
            let group = ImageGroup::Cluster(Arc::clone(clustering), index as u32);
            (cluster.title(index), cluster.size, group)
        };
        clustering.filled().map(cluster)
    });
    let count = clustering.map_or(0, |clustering| clustering.count());
    names(ui, ["Cluster", "Clusters", "Make clusters first, in Groups"], count, clusters, &|_| None, actions);
}

/// How wide a list of names is, in points: one line for each of them, as far as that is to be.
fn width_of<'a>(ui: &Ui, names: impl Iterator<Item = &'a String>) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    let width = |name: &String| ui.painter().layout_no_wrap(name.clone(), font.clone(), palette().text).size().x;
    (names.map(width).fold(0.0, f32::max) + BESIDE_NAME).clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// A menu of names, each of which selects its images, or why there is none; `dot` is what stands before one. A name is one line.
fn names(
    ui: &mut Ui,
    [kind, kinds, why_not]: [&str; 3],
    count: usize,
    groups: impl Iterator<Item = (String, usize, ImageGroup)>,
    dot: &dyn Fn(&str) -> Option<Atom<'static>>,
    actions: &mut Vec<Action>,
) {
    ui.add_enabled_ui(count > 0, |ui| {
        let menu = ui.menu_button(kinds, |ui| {
            let groups: Vec<(String, usize, ImageGroup)> = groups.take(LISTED).collect();
            ui.set_width(width_of(ui, groups.iter().map(|(name, ..)| name)));
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for (name, images, group) in groups {
                    let mut atoms = Atoms::default();
                    dot(&name).into_iter().for_each(|dot| atoms.push_right(dot));
                    atoms.push_right(RichText::new(&name));
                    let number = RichText::new(thousands(images)).color(palette().weak);
                    let button = ui.add(Button::new(atoms).right_text(number).truncate());
                    let button = button.on_hover_text(format!("{name}: {}", counted(images, "image", "images")));
                    if button.accessible_name(format!("{kind} {name}")).clicked() {
                        actions.push(Choose::PickGroup(group, tile::pick_held(ui)).into());
                    }
                }
            });
            if count > LISTED {
                let more = format!("{} more: ask for them in the query", thousands(count - LISTED));
                ui.label(RichText::new(more).small().color(palette().weak));
            }
        });
        menu.response.on_disabled_hover_text(why_not);
    });
}
