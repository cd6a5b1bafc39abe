//! Scrolling the gallery: by wheel, bar and keys, and to places of its order.

use eframe::egui::{self, Key, MouseWheelSource, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::Sort;
use tiramisu::session::Choose;
use tiramisu::ui::widgets::{GridLayout, RowScroll};

use super::FIRST;
use crate::support::input::wheel;
use crate::support::window::{Setup, Window};

#[test]
fn a_grid_of_ten_million_rows_moves_by_what_the_wheel_says_at_every_place() {
    let height = 700.0;
    let layout = GridLayout { columns: 1, cell: vec2(104.0, 121.0), gap: 6.0, count: 10_000_000 };
    let mut scroll = RowScroll::default();
    for place in [0.0, 1e5, 3.3e7, 1e9, 1.26e9] {
        scroll.push(layout, height, f64::NEG_INFINITY);
        scroll.push(layout, height, place);
        for _ in 0..50 {
            let seen = layout.rows_below(scroll.top(), height);
            let top = |scroll: &RowScroll| layout.rect_below(seen.start + 1, scroll.top()).top();
            let before = top(&scroll);
            scroll.push(layout, height, 0.5);
            let moved = before - top(&scroll);
            assert!((moved - 0.5).abs() < 1e-3, "{moved} points at {place}");
        }
    }
    scroll.push(layout, height, f64::INFINITY);
    let last = layout.rect_below(layout.count - 1, scroll.top());
    assert!((last.bottom() - height).abs() < 1e-2, "the last row is at the lower edge, not {}", last.bottom());
}

#[test]
fn a_band_touches_the_cells_that_it_crosses_however_far_it_reaches() {
    let layout = GridLayout { columns: 3, cell: vec2(100.0, 100.0), gap: 10.0, count: 30_000_000 };
    let touched = |across: [f32; 2], rows: [f64; 2]| -> Vec<usize> {
        layout.touched_by(egui::Rangef::new(across[0], across[1]), rows).places(layout.count).collect()
    };
    let none: [usize; 0] = [];
    assert_eq!(touched([50.0, 130.0], [0.0, 0.5]), [0, 1]);
    assert_eq!(touched([102.0, 108.0], [0.0, 3.0]), none, "between two columns");
    assert_eq!(touched([0.0, 400.0], [0.95, 0.97]), none, "between two rows");
    assert_eq!(touched([0.0, 400.0], [-3.0, -1.0]), none, "above all");
    let far = 9_999_998;
    assert_eq!(touched([230.0, 230.0], [far as f64 + 0.2, f64::from(u32::MAX)]), [far * 3 + 2, far * 3 + 5]);
}

fn turn_wheel(window: &mut Window, points: f32) {
    let over = window.harness.get_by_label("Gallery grid").rect().center();
    window.harness.event(egui::Event::PointerMoved(over));
    window.harness.event(wheel(vec2(0.0, points), MouseWheelSource::Wheel));
    window.harness.run_steps(20);
    window.settle();
}

#[test]
fn the_wheel_and_the_bar_scroll_the_gallery() {
    let mut window = Window::with_images(6_000, Setup::default());
    assert!(window.has(FIRST));
    turn_wheel(&mut window, -2000.0);
    assert!(!window.has(FIRST));
    turn_wheel(&mut window, 3000.0);
    assert!(window.has(FIRST));
    let bar = window.harness.get_by_label("Gallery scroll bar").rect();
    window.harness.drag_at(bar.center_top() + vec2(0.0, 4.0));
    window.harness.run_steps(2);
    window.harness.hover_at(bar.center_bottom());
    window.harness.run_steps(2);
    window.harness.drop_at(bar.center_bottom());
    window.settle();
    assert!(window.has("waves/005999.png") && !window.has(FIRST), "{:?}", window.names());
    window.harness.key_press(Key::Home);
    window.settle();
    assert!(window.has(FIRST), "whoever walks is taken along");
}

#[test]
fn letters_and_months_of_an_order_can_be_gone_to() {
    let mut window = Window::with_images(6_000, Setup::default());
    window.click("Go to");
    window.picture("go_to");
    window.click("w");
    assert!(window.has("waves/005500.png") && !window.has("voronoi/005499.png"), "{:?}", window.names());
    window.act(Choose::Sort(Sort::Newest));
    window.click("Go to");
    // The newest is of 15 November 2023, 6,000 seconds after midnight.
    window.click("2023-11");
    assert!(window.has("waves/005999.png"), "{:?}", window.names());
    window.act(Choose::Sort(Sort::Pixels));
    assert!(!window.has("Go to"), "sizes have no letters");
    let few = Window::with_images(60, Setup::default());
    assert!(!few.has("Go to"), "what is nearly in sight need not be gone to");
}
