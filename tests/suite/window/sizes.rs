//! What one does in the gallery, in small windows, in large ones, and on screens with two pixels a point.

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, LayerId, MouseWheelSource, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{ExportFormat, ImageId};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Settings;
use tiramisu::ui::command::Command;
use tiramisu::ui::dock::Dock;
use tiramisu::ui::views::Pane;

use super::keyboard::call;
use super::{FIRST, SECOND, THIRD};
use crate::support::input::wheel;
use crate::support::window::{Setup, Window};

/// Points across and down, and pixels for each of them: of 800 x 600 pixels, of 4k, and of each with two pixels a point. In the first
/// two there is room for the gallery alone.
const SIZES: [([f32; 2], f32); 4] =
    [([800.0, 600.0], 1.0), ([400.0, 300.0], 2.0), ([3840.0, 2160.0], 1.0), ([1920.0, 1080.0], 2.0)];

/// Does the same in a window of each size, which shows the gallery alone.
fn at_every_size(count: usize, mut does: impl FnMut(&mut Window, &str)) {
    for ([width, height], pixels_per_point) in SIZES {
        let setup = Setup { size: vec2(width, height), pixels_per_point, ..Setup::default() };
        let mut window = Window::with_images(count, setup);
        window.harness.key_press_modifiers(egui::Modifiers::ALT, Key::Num1);
        window.settle();
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::Enter);
        window.settle();
        does(&mut window, &format!("{width} x {height} at scale {pixels_per_point}"));
    }
}

#[test]
fn a_band_takes_in_what_it_touches_at_every_size() {
    at_every_size(60, |window, size| {
        let from = window.harness.get_by_label(FIRST).rect().center();
        let to = window.harness.get_by_label(SECOND).rect().center() + vec2(5.0, 20.0);
        window.harness.drag_at(from);
        window.harness.run_steps(2);
        window.harness.hover_at(from + (to - from) * 0.5);
        window.harness.run_steps(2);
        window.harness.hover_at(to);
        window.harness.run_steps(2);
        window.harness.drop_at(to);
        window.settle();
        let selected: Vec<ImageId> = window.session().opened.chosen.selection.iter().collect();
        assert_eq!(selected, [ImageId(0), ImageId(1)], "{size}");
    });
}

#[test]
fn wheel_keys_and_letters_lead_through_the_gallery_at_every_size() {
    at_every_size(6_000, |window, size| {
        assert!(window.has(FIRST), "{size}");
        let over = window.harness.get_by_label("Gallery grid").rect().center();
        window.harness.event(egui::Event::PointerMoved(over));
        window.harness.event(wheel(vec2(0.0, -6000.0), MouseWheelSource::Wheel));
        window.harness.run_steps(20);
        window.settle();
        assert!(!window.has(FIRST), "{size}: the wheel scrolls");
        window.harness.event(wheel(vec2(0.0, 6000.0), MouseWheelSource::Wheel));
        window.harness.run_steps(20);
        window.settle();
        window.click(FIRST);
        window.harness.key_press(Key::ArrowRight);
        window.settle();
        assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)), "{size}: an arrow leads on");
        window.harness.key_press(Key::End);
        window.settle();
        assert!(window.has("waves/005999.png"), "{size}: End leads to the end: {:?}", window.names());
        window.click("Go to");
        window.click("w");
        assert!(window.has("waves/005500.png"), "{size}: a letter is gone to: {:?}", window.names());
    });
}

#[test]
fn a_click_with_keys_adds_and_reaches_at_every_size() {
    at_every_size(60, |window, size| {
        window.click(FIRST);
        // Where three have no room beside each other.
        let (last, all) = if window.has(THIRD) { (THIRD, 3) } else { (SECOND, 2) };
        window.harness.get_by_label(last).click_modifiers(egui::Modifiers::COMMAND);
        window.settle();
        assert_eq!(window.session().opened.chosen.selection.len(), 2, "{size}: one is added");
        window.click(FIRST);
        window.harness.get_by_label(last).click_modifiers(egui::Modifiers::SHIFT);
        window.settle();
        assert_eq!(window.session().opened.chosen.selection.len(), all, "{size}: all between are taken in");
    });
}

/// A control that is seen: what it is called, where it is, and what of that is not cut off.
struct Control {
    name: String,
    layer: LayerId,
    place: Rect,
    seen: Rect,
}

/// All but pictures, on which buttons lie.
fn controls(window: &Window) -> Vec<Control> {
    let is_control = |role| {
        let controls = [
            Role::Button,
            Role::CheckBox,
            Role::ComboBox,
            Role::RadioButton,
            Role::Slider,
            Role::SpinButton,
            Role::TextInput,
        ];
        controls.contains(&role)
    };
    let nodes = window.harness.root().children_recursive().filter(|node| is_control(node.accesskit_node().role()));
    let name = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().or_else(|| node.accesskit_node().value());
    let named: Vec<(String, Rect)> = nodes.filter_map(|node| Some((name(&node)?, node.rect()))).collect();
    let named: Vec<(String, Rect)> = named.into_iter().filter(|(name, _)| !name.contains(".png")).collect();
    let is_same = |a: Rect, b: Rect| a.min.distance(b.min) < 0.6 && a.max.distance(b.max) < 0.6;
    window.harness.ctx.viewport(|viewport| {
        let all = viewport.prev_pass.widgets.layers();
        let all = all.flat_map(|(layer, widgets)| widgets.iter().map(move |widget| (*layer, widget)));
        let found = all.filter_map(|(layer, widget)| {
            let (name, _) = named.iter().find(|(_, place)| is_same(*place, widget.rect))?;
            Some(Control { name: name.clone(), layer, place: widget.rect, seen: widget.interact_rect })
        });
        found.filter(|control| control.seen.is_positive()).collect()
    })
}

/// What is cut off at its sides, or lies over another one. What is below the end of a list is cut off there, and can be scrolled to.
fn what_is_wrong(window: &Window, place: &str) -> Vec<String> {
    let controls = controls(window);
    assert!(controls.len() > 4, "{place}: {:?}", window.names());
    let mut wrong = Vec::new();
    for (number, control) in controls.iter().enumerate() {
        let Control { name, layer, place: whole, seen } = control;
        if seen.width() < whole.width() - 1.0 {
            wrong.push(format!("{place}: {name} is cut off: {whole:?} to {seen:?}"));
        }
        for other in &controls[number + 1..] {
            let both = seen.shrink(1.0).intersect(other.seen.shrink(1.0));
            let is_inside = seen.expand(1.0).contains_rect(other.seen) || other.seen.expand(1.0).contains_rect(*seen);
            if *layer == other.layer && both.is_positive() && !is_inside {
                wrong.push(format!("{place}: {name} at {seen:?} and {} at {:?}", other.name, other.seen));
            }
        }
    }
    wrong
}

/// The smallest window: 800 x 600 pixels, two a point, and one view in it.
fn least(pane: Pane) -> Window {
    let mut dock = Dock::default();
    Pane::ALL.into_iter().filter(|other| *other != pane).for_each(|other| dock.set_open(other, false));
    let settings = Settings { layout: dock.take_change(), hides_inspector: true, ..Settings::default() };
    let mut window = Window::with_images(
        60,
        Setup { size: vec2(400.0, 300.0), pixels_per_point: 2.0, settings, ..Setup::default() },
    );
    window.act(Choose::Click(ImageId(0), Pick::Replace));
    window
}

#[test]
fn no_control_of_a_view_or_a_dialog_is_cut_off_or_lies_over_another_in_the_smallest_window() {
    let mut wrong = Vec::new();
    for pane in Pane::ALL {
        wrong.extend(what_is_wrong(&least(pane), pane.name()));
    }
    let dialogs = [
        Command::Settings,
        Command::Networks,
        Command::Workspace,
        Command::ChooseLayers,
        Command::Jobs,
        Command::History,
        Command::TagColours,
        Command::Shortcuts,
        Command::About,
        Command::Import,
        Command::CutOut,
        Command::Export(ExportFormat::Folders),
        Command::Export(ExportFormat::Png),
    ];
    for command in dialogs {
        let mut window = least(Pane::Gallery);
        call(&mut window, command);
        wrong.extend(what_is_wrong(&window, command.name()));
    }
    let mut window = least(Pane::Gallery);
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::P);
    window.settle();
    wrong.extend(what_is_wrong(&window, "the palette"));
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
