//! The script's part in the table of images.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Rect, pos2, vec2};

use super::NotMeasured;
use super::measured::Measuring;
use super::steps::{moved, wheel};
use super::window::Doing;
use crate::domain::Filter;
use crate::session::Choose;

/// Headers that are clicked: another order each time, of numbers, names and dates.
const HEADERS: [&str; 3] = ["Sort by Size", "Sort by Label", "Sort by Date"];

/// The table takes the whole window, so that it draws as much as it ever does, and gives it back; each column has what it holds
/// counted above it.
pub(super) fn in_table(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    bench.window.strike(Modifiers::ALT, Key::T);
    bench.window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    bench.until_done("table")?;
    let Some(table) = bench.window.places(Role::Table, |name| name == "Table of images").first().copied() else {
        bench.remarks.push("The table was not found, so nothing was measured in it".to_owned());
        return Ok(());
    };
    bench.every("idle, table", |_, _| {})?;
    let row = |time: usize| pos2(table.left() + 120.0, table.top() + table.height() * (0.4 + 0.05 * (time % 8) as f32));
    bench.window.then(moved(row(0)));
    bench.window.step();
    bench.every("scroll, table", |window, frame| {
        window.then(wheel(vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 })));
    })?;
    bench.every("hover, table", |window, frame| {
        window.then(moved(row(frame / 4)));
    })?;
    bench.longest("click, table", |window, time| window.click(row(time)))?;
    bench.longest("arrow, table", |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowDown);
    })?;
    bench.longest_after("select all, table", Some(Choose::ClearSelection), |window, _| {
        window.strike(Modifiers::COMMAND, Key::A);
    })?;
    bench.longest("invert, table", |window, _| {
        window.strike(Modifiers::COMMAND, Key::I);
    })?;
    let headers = bench.window.places(Role::ColumnHeader, |name| HEADERS.contains(&name));
    // Above the rows, and not beyond what is scrolled to sideways.
    let is_in_sight = |rect: &Rect| table.x_range().contains(rect.left()) && table.x_range().contains(rect.right());
    let headers: Vec<Rect> = headers.into_iter().filter(is_in_sight).collect();
    if !headers.is_empty() {
        bench.longest("sort, table", |window, time| {
            window.click(headers[time % headers.len()].center());
        })?;
    }
    let histograms = bench.window.places(Role::Slider, |name| name.starts_with("Histogram of "));
    match histograms.into_iter().find(is_in_sight) {
        None => bench.remarks.push("No histogram was in sight, so none was dragged over".to_owned()),
        Some(bars) => {
            let at = |share: f32| pos2(bars.left() + bars.width() * share, bars.center().y);
            bench.longest("histogram, table", |window, time| {
                // Another part each time, so that each time the filter is another one.
                window.press(at(0.2), true, Modifiers::NONE);
                window.then(moved(at(0.4)));
                window.then(moved(at(0.5 + 0.05 * (time % 8) as f32)));
                window.press(at(0.5 + 0.05 * (time % 8) as f32), false, Modifiers::NONE);
            })?;
        }
    }
    bench.window.then(Doing::Act(Choose::Filter(Filter::default()).into()));
    bench.window.then(Doing::Act(Choose::ClearSelection.into()));
    bench.window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    bench.window.strike(Modifiers::ALT, Key::Num1);
    bench.until_done("table").map(drop)
}
