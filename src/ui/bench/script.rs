//! What is done, step by step. It is always the same, so that two machines, or today and tomorrow, can be compared.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, Pos2, Rect, vec2};

use super::measured::{Progress, Samples, every, longest, until_done};
use super::steps::{Pace, moved, wheel};
use super::table::in_table;
use super::window::{BenchWindow, Doing};
use super::{NotMeasured, PATIENCE};
use crate::domain::{ActionTimes, Filter, OpeningTimes, Projection, Sort};
use crate::engine::{self, AnalysisAnswer, Event, Problem};
use crate::session::{Choose, ChooseMap, Extract, NoticeText, Phase};

/// After so long without any picture none is expected any more: all are broken.
const NO_PICTURE: Duration = Duration::from_secs(5);
/// The map changes so often while it settles, in frames: five times a second.
const SETTLING_FRAMES: usize = 12;

/// Draws until everything is there.
pub(super) fn open(window: &mut BenchWindow, progress: &mut Progress<'_>) -> Result<OpeningTimes, NotMeasured> {
    let begun = Instant::now();
    let mut samples = Samples::default();
    let (mut first_picture_secs, mut frames) = (None, 0);
    // Since when nothing is on its way.
    let mut rests_since = Instant::now();
    loop {
        progress.tell("opening")?;
        samples.add(window.step());
        frames += 1;
        let (bytes, missing) = window.pictures();
        if bytes > 0 && first_picture_secs.is_none() {
            first_picture_secs = Some(begun.elapsed().as_secs_f64());
        }
        let opened = &window.session().opened;
        let is_open = matches!(opened.phase, Phase::Open(_)) && opened.is_walked;
        if !is_open || missing > 0 || !window.is_quiet() {
            rests_since = Instant::now();
        } else if bytes > 0 || opened.images.is_empty() || rests_since.elapsed() > NO_PICTURE {
            break;
        }
        let has_failed = matches!(opened.phase, Phase::Welcome) && frames > 2;
        if let Some(problem) = problem(window).filter(|_| has_failed) {
            return Err(NotMeasured::Problem(problem));
        }
        if begun.elapsed() > PATIENCE {
            let why = format!("it was not open after {} s", PATIENCE.as_secs());
            return Err(NotMeasured::Problem(Problem::new("The window could not be measured", why)));
        }
        if window.is_answered_elsewhere() && window.is_quiet() {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    Ok(OpeningTimes { first_picture_secs, all_secs: begun.elapsed().as_secs_f64(), frames: samples.thread() })
}

fn problem(window: &BenchWindow) -> Option<Problem> {
    window.session().notices().iter().find_map(|notice| match &notice.text {
        NoticeText::Problem(problem) => Some(problem.clone()),
        NoticeText::News(_) => None,
    })
}

/// Everything else.
pub(super) fn actions(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    remarks: &mut Vec<String>,
) -> Result<Vec<ActionTimes>, NotMeasured> {
    let mut done = Vec::new();
    let grid = window.places(Role::Pane, |name| name == "Gallery grid").first().copied();
    extracting(window, pace, progress, grid, &mut done, remarks)?;
    done.push(every(window, progress, "idle", pace.frames, |_, _| {})?);
    match grid {
        Some(grid) => in_gallery(window, pace, progress, grid, &mut done)?,
        None => remarks.push("The gallery was not found: there is nothing in it".to_owned()),
    }
    choices(window, pace, progress, &mut done)?;
    in_table(window, pace, progress, &mut done, remarks)?;
    window.strike(Modifiers::ALT, Key::Num3);
    await_map(window, progress)?;
    let canvas = window.places(Role::Canvas, |name| name == "Map").first().copied();
    match canvas {
        Some(canvas) => on_map(window, pace, progress, canvas, &mut done, remarks)?,
        None => remarks.push("There is no map, so nothing was measured on it".to_owned()),
    }
    Ok(done)
}

fn in_gallery(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    grid: Rect,
    done: &mut Vec<ActionTimes>,
) -> Result<(), NotMeasured> {
    let over = grid.center();
    window.then(Doing::Input(vec![egui::Event::PointerMoved(over)]));
    window.step();
    done.push(every(window, progress, "scroll", pace.frames, |window, frame| {
        let delta = if frame % 60 < 45 { -400.0 } else { 1000.0 };
        window.then(wheel(vec2(0.0, delta)));
    })?);
    done.push(every(window, progress, "hover, gallery", pace.frames, |window, frame| {
        let x = grid.left() + grid.width() * (0.1 + 0.8 * (frame % 50) as f32 / 50.0);
        window.then(moved(egui::pos2(x, grid.top() + 60.0)));
    })?);
    window.then(wheel(vec2(0.0, 1e9)));
    until_done(window, progress, "scroll")?;
    // Not always on the same one: a second click changes nothing.
    let tile = |time: usize| grid.min + vec2(50.0 + 110.0 * (time % 4) as f32, 50.0);
    done.push(longest(window, progress, "click", pace.quick, |window, time| window.click(tile(time)))?);
    done.push(longest(window, progress, "arrow", pace.quick, |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowRight)
    })?);
    window.strike(Modifiers::NONE, Key::End);
    until_done(window, progress, "arrow")?;
    done.push(longest(window, progress, "arrow, at the end", pace.quick, |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowLeft);
    })?);
    window.strike(Modifiers::NONE, Key::Home);
    until_done(window, progress, "arrow").map(drop)
}

fn choices(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    done: &mut Vec<ActionTimes>,
) -> Result<(), NotMeasured> {
    done.push(longest(window, progress, "select all", pace.slow, |window, _| {
        window.strike(Modifiers::COMMAND, Key::A)
    })?);
    // Half of them, so that what is inverted is not always nothing.
    done.push(longest(window, progress, "invert selection", pace.slow, |window, _| {
        window.strike(Modifiers::COMMAND, Key::I);
    })?);
    done.push(longest(window, progress, "undo", pace.slow, |window, _| window.strike(Modifiers::COMMAND, Key::Z))?);
    done.push(longest(window, progress, "filter", pace.slow, |window, time| {
        let text = if time.is_multiple_of(2) { "3".to_owned() } else { String::new() };
        window.then(Doing::Act(Choose::Filter(Filter { text, ..Filter::default() }).into()));
    })?);
    let sorts = [Sort::Pixels, Sort::Label, Sort::Newest, Sort::Path];
    done.push(longest(window, progress, "sort", sorts.len(), |window, time| {
        window.then(Doing::Act(Choose::Sort(sorts[time]).into()));
    })?);
    window.then(Doing::Act(Choose::ClearSelection.into()));
    until_done(window, progress, "sort").map(drop)
}

/// The map is made when it is first asked for.
fn await_map(window: &mut BenchWindow, progress: &mut Progress<'_>) -> Result<(), NotMeasured> {
    let begun = Instant::now();
    loop {
        until_done(window, progress, "waiting for the map")?;
        let opened = &window.session().opened;
        if opened.projection().is_some() || opened.projection_asked().is_none() || begun.elapsed() > PATIENCE {
            return Ok(());
        }
    }
}

fn on_map(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    canvas: Rect,
    done: &mut Vec<ActionTimes>,
    remarks: &mut Vec<String>,
) -> Result<(), NotMeasured> {
    let around = |turn: f32, share: f32| canvas.center() + canvas.size() * share * vec2(turn.cos(), turn.sin());
    done.push(every(window, progress, "idle, map", pace.frames, |_, _| {})?);
    done.push(every(window, progress, "hover, map", pace.frames, |window, frame| {
        window.then(moved(around(frame as f32 * 0.2, 0.2)));
    })?);
    done.push(every(window, progress, "zoom", pace.frames, |window, frame| {
        window.then(wheel(vec2(0.0, if frame % 40 < 20 { 30.0 } else { -30.0 })));
    })?);
    window.press(around(0.0, 0.2), true, Modifiers::NONE);
    done.push(every(window, progress, "pan", pace.frames, |window, frame| {
        window.then(moved(around(frame as f32 * 0.1, 0.2)));
    })?);
    window.press(around(0.0, 0.2), false, Modifiers::NONE);
    if let Some(fit) = window.places(Role::Button, |name| name == "Fit").first() {
        window.click(fit.center());
    }
    until_done(window, progress, "pan")?;
    lasso(window, pace, progress, &around, done)?;
    let entries = window.places(Role::Button, |name| name.starts_with("Select all of "));
    match entries.is_empty() {
        true => remarks.push("The map has no legend, so nothing was clicked in it".to_owned()),
        false => done.push(longest(window, progress, "legend click", pace.slow, |window, time| {
            window.click(entries[time % entries.len()].center());
        })?),
    }
    two_maps(window, pace, progress, &around, done)?;
    settling(window, pace, progress, done, remarks)
}

/// Another map stands beside the first, and the pointer goes over both.
fn two_maps(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    around: &impl Fn(f32, f32) -> Pos2,
    done: &mut Vec<ActionTimes>,
) -> Result<(), NotMeasured> {
    window.then(Doing::Act(Choose::Map(ChooseMap::Add).into()));
    until_done(window, progress, "two maps")?;
    done.push(every(window, progress, "hover, two maps", pace.frames, |window, frame| {
        window.then(moved(around(frame as f32 * 0.2, 0.3)));
    })?);
    window.press(around(0.0, 0.3), true, Modifiers::NONE);
    done.push(every(window, progress, "pan, two maps", pace.frames, |window, frame| {
        window.then(moved(around(frame as f32 * 0.05, 0.3)));
    })?);
    window.press(around(0.0, 0.3), false, Modifiers::NONE);
    let last = window.session().opened.chosen.maps.beside.last().map(|map| map.number);
    if let Some(map) = last {
        window.then(Doing::Act(Choose::Map(ChooseMap::Close(map)).into()));
    }
    until_done(window, progress, "two maps").map(drop)
}

/// A loop is drawn around many points, and let go.
fn lasso(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    around: &impl Fn(f32, f32) -> Pos2,
    done: &mut Vec<ActionTimes>,
) -> Result<(), NotMeasured> {
    let corners = pace.frames.clamp(8, 40);
    let (mut drawing, mut letting_go) = (Samples::default(), Samples::default());
    for _ in 0..pace.slow {
        window.press(around(0.0, 0.3), true, Modifiers::SHIFT);
        for corner in 1..corners {
            window.then(moved(around(corner as f32 / corners as f32 * std::f32::consts::TAU, 0.3)));
        }
        for _ in 0..corners {
            progress.tell("lasso")?;
            drawing.add(window.step());
        }
        window.press(around(0.0, 0.3), false, Modifiers::SHIFT);
        letting_go.add(until_done(window, progress, "lasso")?);
    }
    window.then(Doing::Input(vec![egui::Event::ModifiersChanged(Modifiers::NONE)]));
    done.push(drawing.into_times("lasso, drawing", true));
    done.push(letting_go.into_times("lasso, letting go", false));
    window.then(Doing::Act(Choose::ClearSelection.into()));
    until_done(window, progress, "lasso").map(drop)
}

/// The map moves a little, five times a second, as it does while it is made.
fn settling(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    done: &mut Vec<ActionTimes>,
    remarks: &mut Vec<String>,
) -> Result<(), NotMeasured> {
    let Some(settled) = window.session().opened.projection().cloned() else { return Ok(()) };
    remarks.push("The map that settles is the one there is, moved; no processor was busy with computing it".to_owned());
    let mut share_done = 0.1;
    let times = every(window, progress, "settling map", pace.frames, |window, frame| {
        if frame % SETTLING_FRAMES == 0 {
            share_done += 0.05;
            let points = settled.points.iter().map(|[x, y]| [x * (1.0 + share_done), *y]).collect();
            let moved = Projection { points, share_done, ..Projection::clone(&settled) };
            window.then(Doing::Tell(Event::Answered(AnalysisAnswer::Map(Arc::new(moved)))));
        }
    })?;
    done.push(times);
    window.then(Doing::Tell(Event::Answered(AnalysisAnswer::Map(settled))));
    until_done(window, progress, "settling map").map(drop)
}

/// Frames while features are extracted, if they are.
fn extracting(
    window: &mut BenchWindow,
    pace: Pace,
    progress: &mut Progress<'_>,
    grid: Option<Rect>,
    done: &mut Vec<ActionTimes>,
    remarks: &mut Vec<String>,
) -> Result<(), NotMeasured> {
    if window.is_answered_elsewhere() {
        if !window.session().is_busy() {
            remarks.push("Nothing was extracted meanwhile: nothing was missing, or it was not asked for".to_owned());
            return Ok(());
        }
        done.push(every(window, progress, "extracting, idle", pace.frames, |_, _| pause())?);
        if let Some(grid) = grid {
            window.then(moved(grid.center()));
            done.push(every(window, progress, "extracting, scroll", pace.frames, |window, frame| {
                pause();
                window.then(wheel(vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 })));
            })?);
        }
        if !window.session().is_busy() {
            remarks.push("Extraction was over before its frames were all measured".to_owned());
        }
        window.then(Doing::Act(Extract::Stop.into()));
        let begun = Instant::now();
        while window.session().is_busy() && begun.elapsed() < PATIENCE {
            until_done(window, progress, "stopping the extraction")?;
        }
        return Ok(());
    }
    // What an engine tells meanwhile: of a batch which pictures were read, and now and then what was committed.
    const BATCH: usize = 64;
    let counters = Arc::new(engine::Progress::new("Extracting features"));
    counters.set_total(window.session().opened.images.len(), true);
    window.then(Doing::Tell(Event::JobStarted(counters.clone())));
    done.push(every(window, progress, "extracting, told only", pace.frames, |window, frame| {
        counters.add(BATCH, 0);
        if frame % 4 == 0 {
            let known = window.session().opened.images.clone();
            let (first, mut images) = ((frame * BATCH).min(known.len()), known.clone());
            images.replace(known.range(first..known.len().min(first + BATCH)));
            window.then(Doing::Tell(Event::Images(images)));
        }
    })?);
    counters.end();
    window.then(Doing::Tell(Event::JobEnded { cancelled: false }));
    until_done(window, progress, "extracting, told only").map(drop)
}

/// Frames come sixty times a second, and what works beside them has the time between.
fn pause() {
    std::thread::sleep(Duration::from_millis(8));
}
