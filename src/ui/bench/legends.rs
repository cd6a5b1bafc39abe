//! The script's part with a legend of thousands of names.

use eframe::egui::accesskit::Role;
use eframe::egui::{Rect, vec2};

use super::NotMeasured;
use super::aside::aside;
use super::generated;
use super::measured::{Measuring, Samples};
use super::steps::{moved, wheel};
use super::window::Doing;
use crate::domain::ImageRecord;
use crate::engine::Event;

/// Labels that images get.
const NAMES: usize = 5_000;
/// Images that are given theirs together.
const PORTION: usize = 1 << 12;

/// Every image that is made up gets one of thousands of labels; on the map, frames are measured beside the legend of them.
pub(super) fn of_thousands(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    let Some(canvas) = bench.window.places(Role::Canvas, |name| name == "Map").first().copied() else { return Ok(()) };
    if bench.window.is_answered_elsewhere() {
        bench.remarks.push("Pictures of a folder keep their labels, so no legend of thousands was measured".to_owned());
        return Ok(());
    }
    let mut images = bench.window.session().opened.images.clone();
    for first in (0..images.len()).step_by(PORTION) {
        bench.progress.tell("thousands of labels")?;
        let relabel = || {
            let label = |number: usize| Some(format!("kind {:04}", number % NAMES));
            let relabelled = |number| ImageRecord { label: label(number), ..generated::image(number) };
            let portion: Vec<ImageRecord> = (first..images.len().min(first + PORTION)).map(relabelled).collect();
            images.replace(portion.iter().map(ImageRecord::borrowed));
        };
        aside(relabel);
    }
    // Once: all of them would have to be made anew for another time.
    bench.window.then(Doing::Tell(Event::Images(images)));
    let mut relabelled = Samples::default();
    relabelled.add(bench.until_done("all relabelled")?);
    bench.done.push(relabelled.into_times("all relabelled", false));
    bench.every("idle, 5,000 labels", |_, _| {})?;
    bench.every("hover, 5,000 labels", |window, frame| {
        let turn = frame as f32 * 0.2;
        window.then(moved(canvas.center() + canvas.size() * 0.2 * vec2(turn.cos(), turn.sin())));
    })?;
    let entries = bench.window.places(Role::Button, |name| name.starts_with("Select all of "));
    if let Some(entry) = entries.first().map(Rect::center) {
        bench.window.then(moved(entry));
        bench.until_done("thousands of labels")?;
        bench.every("scroll the legend", |window, frame| {
            window.then(wheel(vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 })));
        })?;
    }
    Ok(())
}
