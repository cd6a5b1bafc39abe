//! The script's part on maps.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Modifiers, Pos2, Rect, vec2};

use super::NotMeasured;
use super::aside::aside;
use super::measured::{Measuring, Samples};
use super::steps::{moved, wheel};
use super::window::Doing;
use crate::domain::{ImageColumn, Projection, ProjectionMethod, ProjectionWish};
use crate::engine::{AnalysisAnswer, Event};
use crate::session::{Choose, ChooseMap, Colouring};

/// The map changes so often while it settles, in frames: five times a second.
const SETTLING_FRAMES: usize = 12;

pub(super) fn on_map(bench: &mut Measuring<'_, '_>, canvas: Rect) -> Result<(), NotMeasured> {
    let around = |turn: f32, share: f32| canvas.center() + canvas.size() * share * vec2(turn.cos(), turn.sin());
    bench.every("idle, map", |_, _| {})?;
    bench.every("hover, map", |window, frame| {
        window.then(moved(around(frame as f32 * 0.2, 0.2)));
    })?;
    bench.every("zoom", |window, frame| {
        window.then(wheel(vec2(0.0, if frame % 40 < 20 { 30.0 } else { -30.0 })));
    })?;
    bench.window.press(around(0.0, 0.2), true, Modifiers::NONE);
    bench.every("pan", |window, frame| {
        window.then(moved(around(frame as f32 * 0.1, 0.2)));
    })?;
    bench.window.press(around(0.0, 0.2), false, Modifiers::NONE);
    if let Some(fit) = bench.window.places(Role::Button, |name| name == "Fit").first() {
        bench.window.click(fit.center());
    }
    bench.until_done("pan")?;
    lasso(bench, &around)?;
    with_lines(bench, &around)?;
    let entries = bench.window.places(Role::Button, |name| name.starts_with("Select all of "));
    match entries.is_empty() {
        true => bench.remarks.push("The map has no legend, so nothing was clicked in it".to_owned()),
        false => bench.longest_after("legend click", Some(Choose::ClearSelection), |window, time| {
            window.click(entries[time % entries.len()].center());
        })?,
    }
    other_colours(bench)?;
    two_maps(bench, &around)?;
    settling(bench)?;
    morph(bench)
}

/// Lines lead from the picture under the pointer to those most like it.
fn with_lines(bench: &mut Measuring<'_, '_>, around: &impl Fn(f32, f32) -> Pos2) -> Result<(), NotMeasured> {
    let Some(lines) = bench.window.places(Role::Button, |name| name == "Lines").first().map(Rect::center) else {
        bench.remarks.push("The button for lines was not found, so hovering with lines was not measured".to_owned());
        return Ok(());
    };
    bench.window.click(lines);
    bench.until_done("hover with lines")?;
    bench.every("hover with lines", |window, frame| {
        window.then(moved(around(frame as f32 * 0.2, 0.2)));
    })?;
    bench.window.click(lines);
    bench.until_done("hover with lines").map(drop)
}

/// All points get other colours, and those they had.
fn other_colours(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    let map = bench.window.session().opened.chosen.maps.first.clone();
    let others = [Colouring::Column(ImageColumn::FileBytes), Colouring::Label, Colouring::Column(ImageColumn::Shape)];
    let choose = |colouring| Doing::Act(Choose::Map(ChooseMap::Colouring(map.number, colouring)).into());
    bench.longest("another colouring", |window, time| {
        window.then(choose(others[time % others.len()]));
    })?;
    bench.window.then(choose(map.colouring));
    bench.until_done("another colouring").map(drop)
}

/// Another map stands beside the first, and the pointer goes over both.
fn two_maps(bench: &mut Measuring<'_, '_>, around: &impl Fn(f32, f32) -> Pos2) -> Result<(), NotMeasured> {
    bench.window.then(Doing::Act(Choose::Map(ChooseMap::Add).into()));
    bench.until_done("two maps")?;
    bench.every("hover, two maps", |window, frame| {
        window.then(moved(around(frame as f32 * 0.2, 0.3)));
    })?;
    bench.window.press(around(0.0, 0.3), true, Modifiers::NONE);
    bench.every("pan, two maps", |window, frame| {
        window.then(moved(around(frame as f32 * 0.05, 0.3)));
    })?;
    bench.window.press(around(0.0, 0.3), false, Modifiers::NONE);
    let last = bench.window.session().opened.chosen.maps.beside.last().map(|map| map.number);
    if let Some(map) = last {
        bench.window.then(Doing::Act(Choose::Map(ChooseMap::Close(map)).into()));
    }
    bench.until_done("two maps").map(drop)
}

/// A loop is drawn around many points, and let go.
fn lasso(bench: &mut Measuring<'_, '_>, around: &impl Fn(f32, f32) -> Pos2) -> Result<(), NotMeasured> {
    let corners = bench.pace.frames.clamp(8, 12);
    let (mut drawing, mut letting_go) = (Samples::default(), Samples::default());
    for _ in 0..bench.pace.times {
        // Whoever takes in what is selected already changes nothing.
        bench.window.then(Doing::Act(Choose::ClearSelection.into()));
        bench.until_done("lasso")?;
        bench.window.press(around(0.0, 0.3), true, Modifiers::SHIFT);
        for corner in 1..corners {
            bench.window.then(moved(around(corner as f32 / corners as f32 * std::f32::consts::TAU, 0.3)));
        }
        for _ in 0..corners {
            bench.progress.tell("lasso")?;
            drawing.add(bench.window.step());
        }
        bench.window.press(around(0.0, 0.3), false, Modifiers::SHIFT);
        letting_go.add(bench.until_done("lasso")?);
    }
    bench.window.then(Doing::Input(vec![egui::Event::ModifiersChanged(Modifiers::NONE)]));
    bench.done.push(drawing.into_times("lasso, drawing", true));
    bench.done.push(letting_go.into_times("lasso, letting go", false));
    bench.window.then(Doing::Act(Choose::ClearSelection.into()));
    bench.until_done("lasso").map(drop)
}

/// The map moves a little, five times a second, as it does while it is made.
fn settling(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    let Some(settled) = bench.window.session().opened.projection().cloned() else { return Ok(()) };
    bench
        .remarks
        .push("The map that settles is the one there is, moved; no processor was busy with computing it".to_owned());
    let mut share_done = 0.1;
    bench.every("settling map", |window, frame| {
        if frame % SETTLING_FRAMES == 0 {
            share_done += 0.05;
            let moved = aside(|| {
                let points = settled.points.iter().map(|[x, y]| [x * (1.0 + share_done), *y]).collect();
                Projection { points, share_done, ..Projection::clone(&settled) }
            });
            let moved = moved.map(|moved| Doing::Tell(Event::Answered(AnalysisAnswer::Map(Arc::new(moved)))));
            moved.into_iter().for_each(|moved| window.then(moved));
        }
    })?;
    bench.window.then(Doing::Tell(Event::Answered(AnalysisAnswer::Map(settled))));
    bench.until_done("settling map").map(drop)
}

/// The points travel to where they were on another map, and back.
fn morph(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    let Some(before) = bench.window.session().opened.projection().cloned() else { return Ok(()) };
    if bench.window.is_answered_elsewhere() {
        bench.remarks.push("No other map was made of a folder, so no morph was measured".to_owned());
        return Ok(());
    }
    // The same places, turned, as if another method had made them: the window takes them up in the same way.
    let number = bench.window.session().opened.chosen.maps.first.number;
    bench.window.then(Doing::Act(Choose::Map(ChooseMap::Method(number, ProjectionMethod::Umap)).into()));
    bench.until_done("morph")?;
    let other = aside(|| {
        let points = before.points.iter().map(|[x, y]| [*y, -*x]).collect();
        let wish = ProjectionWish { method: ProjectionMethod::Umap, ..before.wish.clone() };
        Projection { wish, points, ..Projection::clone(&before) }
    });
    let Some(other) = other else { return Ok(()) };
    bench.window.then(Doing::Tell(Event::Answered(AnalysisAnswer::Map(Arc::new(other)))));
    bench.until_done("morph")?;
    let Some(slider) = bench.window.places(Role::Slider, |name| name == "Back to the map before").first().copied()
    else {
        bench.remarks.push("The slider to the map before was not found, so no morph was measured".to_owned());
        return Ok(());
    };
    let at = |share: f32| egui::pos2(slider.left() + slider.width() * share, slider.center().y);
    bench.window.press(at(0.1), true, Modifiers::NONE);
    // Where the points come from is found once.
    bench.until_done("morph")?;
    bench.every("morph", |window, frame| {
        let there_and_back = 1.0 - (frame as f32 % 60.0 / 30.0 - 1.0).abs();
        window.then(moved(at(0.1 + 0.8 * there_and_back)));
    })?;
    bench.window.press(at(0.0), false, Modifiers::NONE);
    bench.window.then(Doing::Act(Choose::Map(ChooseMap::Method(number, before.wish.method)).into()));
    bench.window.then(Doing::Tell(Event::Answered(AnalysisAnswer::Map(before))));
    bench.until_done("morph").map(drop)
}
