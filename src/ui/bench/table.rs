//! The script's part in the table of images.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Rect, pos2, vec2};

use super::NotMeasured;
use super::measured::{Progress, every, longest, until_done};
use super::steps::{Pace, moved, wheel};
use super::window::{BenchWindow, Doing};
use crate::domain::{ActionTimes, Filter};
use crate::session::Choose;

/// Headers that are clicked: another order each time, of numbers, names and dates.
const HEADERS: [&str; 3] = ["Sort by Size", "Sort by Label", "Sort by Date"];

/// The table takes the whole window, so that it draws as much as it ever does, and gives it back; each column has what it holds
/// counted above it.
pub(super) fn in_table(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    done: &mut Vec<ActionTimes>,
    remarks: &mut Vec<String>,
) -> Result<(), NotMeasured> {
    window.strike(Modifiers::ALT, Key::T);
    window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    until_done(window, progress, "table")?;
    let Some(table) = window.places(Role::Table, |name| name == "Table of images").first().copied() else {
        remarks.push("The table was not found, so nothing was measured in it".to_owned());
        return Ok(());
    };
    done.push(every(window, progress, "idle, table", pace.frames, |_, _| {})?);
    let row = |time: usize| pos2(table.left() + 120.0, table.top() + table.height() * (0.4 + 0.05 * (time % 8) as f32));
    window.then(moved(row(0)));
    window.step();
    done.push(every(window, progress, "scroll, table", pace.frames, |window, frame| {
        window.then(wheel(vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 })));
    })?);
    done.push(every(window, progress, "hover, table", pace.frames, |window, frame| {
        window.then(moved(row(frame / 4)));
    })?);
    done.push(longest(window, progress, "click, table", pace.quick, |window, time| window.click(row(time)))?);
    done.push(longest(window, progress, "arrow, table", pace.quick, |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowDown);
    })?);
    done.push(longest(window, progress, "select all, table", pace.slow, |window, _| {
        window.strike(Modifiers::COMMAND, Key::A);
    })?);
    done.push(longest(window, progress, "invert, table", pace.slow, |window, _| {
        window.strike(Modifiers::COMMAND, Key::I);
    })?);
    let headers = window.places(Role::ColumnHeader, |name| HEADERS.contains(&name));
    // Above the rows, and not beyond what is scrolled to sideways.
    let is_in_sight = |rect: &Rect| table.x_range().contains(rect.left()) && table.x_range().contains(rect.right());
    let headers: Vec<Rect> = headers.into_iter().filter(is_in_sight).collect();
    if !headers.is_empty() {
        done.push(longest(window, progress, "sort, table", pace.slow, |window, time| {
            window.click(headers[time % headers.len()].center());
        })?);
    }
    let histograms = window.places(Role::Slider, |name| name.starts_with("Histogram of "));
    match histograms.into_iter().find(is_in_sight) {
        None => remarks.push("No histogram was in sight, so none was dragged over".to_owned()),
        Some(bars) => {
            let at = |share: f32| pos2(bars.left() + bars.width() * share, bars.center().y);
            done.push(longest(window, progress, "histogram, table", pace.slow, |window, time| {
                // Another part each time, so that each time the filter is another one.
                window.press(at(0.2), true, Modifiers::NONE);
                window.then(moved(at(0.4)));
                window.then(moved(at(0.5 + 0.05 * (time % 8) as f32)));
                window.press(at(0.5 + 0.05 * (time % 8) as f32), false, Modifiers::NONE);
            })?);
        }
    }
    window.then(Doing::Act(Choose::Filter(Filter::default()).into()));
    window.then(Doing::Act(Choose::ClearSelection.into()));
    window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    window.strike(Modifiers::ALT, Key::Num1);
    until_done(window, progress, "table").map(drop)
}
