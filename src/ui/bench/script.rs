//! What is done, step by step. It is always the same, so that two machines, or today and tomorrow, can be compared.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, Rect, vec2};

use super::maps::on_map;
use super::measured::{Measuring, Progress, Samples};
use super::steps::{moved, wheel};
use super::table::in_table;
use super::window::{BenchWindow, Doing};
use super::{NotMeasured, PATIENCE};
use crate::domain::{ARROW_ALONE, AT_REST_ALONE, Filter, OpeningTimes, Sort};
use crate::engine::{self, Event, Problem};
use crate::session::{Choose, Extract, NoticeText, Phase};
use crate::ui::performance::resident::{self, Resident};

/// After so long without any picture none is expected any more: all are broken.
const NO_PICTURE: Duration = Duration::from_secs(5);

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
        // A map in sight is part of what there is to see.
        if !is_open || missing > 0 || !window.is_quiet() || window.is_at_work() {
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

/// Everything else; what the process held when the map was shown for the first time.
pub(super) fn actions(bench: &mut Measuring<'_, '_>) -> Result<Option<Resident>, NotMeasured> {
    let grid = bench.window.places(Role::Pane, |name| name == "Gallery grid").first().copied();
    extracting(bench, grid)?;
    let mapped = show_map(bench)?;
    bench.window.strike(Modifiers::ALT, Key::Num1);
    bench.until_done("waiting for the map")?;
    bench.every("idle", |_, _| {})?;
    match grid {
        Some(grid) => in_gallery(bench, grid)?,
        None => bench.remarks.push("The gallery was not found: there is nothing in it".to_owned()),
    }
    choices(bench)?;
    in_table(bench)?;
    show_map(bench)?;
    let canvas = bench.window.places(Role::Canvas, |name| name == "Map").first().copied();
    match canvas {
        Some(canvas) => on_map(bench, canvas)?,
        None => bench.remarks.push("There is no map, so nothing was measured on it".to_owned()),
    }
    Ok(mapped)
}

/// Goes to the map and waits until it is drawn; what the process holds then.
fn show_map(bench: &mut Measuring<'_, '_>) -> Result<Option<Resident>, NotMeasured> {
    bench.window.strike(Modifiers::ALT, Key::Num3);
    await_map(bench)?;
    let is_there = !bench.window.places(Role::Canvas, |name| name == "Map").is_empty();
    bench.until_done("waiting for the map")?;
    bench.window.rest();
    Ok(resident::now().filter(|_| is_there))
}

fn in_gallery(bench: &mut Measuring<'_, '_>, grid: Rect) -> Result<(), NotMeasured> {
    let over = grid.center();
    bench.window.then(Doing::Input(vec![egui::Event::PointerMoved(over)]));
    bench.window.step();
    bench.every("scroll", |window, frame| {
        let delta = if frame % 60 < 45 { -400.0 } else { 1000.0 };
        window.then(wheel(vec2(0.0, delta)));
    })?;
    bench.every("hover, gallery", |window, frame| {
        let x = grid.left() + grid.width() * (0.1 + 0.8 * (frame % 50) as f32 / 50.0);
        window.then(moved(egui::pos2(x, grid.top() + 60.0)));
    })?;
    bench.window.then(wheel(vec2(0.0, 1e9)));
    bench.until_done("scroll")?;
    // Not always on the same one: a second click changes nothing.
    let tile = |time: usize| grid.min + vec2(50.0 + 110.0 * (time % 4) as f32, 50.0);
    bench.longest("click", |window, time| window.click(tile(time)))?;
    bench.longest("arrow", |window, _| window.strike(Modifiers::NONE, Key::ArrowRight))?;
    bench.window.strike(Modifiers::NONE, Key::End);
    bench.until_done("arrow")?;
    bench.longest("arrow, at the end", |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowLeft);
    })?;
    bench.window.strike(Modifiers::NONE, Key::Home);
    bench.until_done("arrow")?;
    // Nothing else is in sight that follows the image one goes to.
    bench.window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    bench.until_done("arrow")?;
    bench.every(AT_REST_ALONE, |_, _| {})?;
    bench.longest(ARROW_ALONE, |window, _| {
        window.strike(Modifiers::NONE, Key::ArrowRight);
    })?;
    bench.window.strike(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    bench.until_done("arrow").map(drop)
}

fn choices(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    // Each time it changes what is selected: of all, of none, and back.
    bench.longest_after("select all", Some(Choose::ClearSelection), |window, _| {
        window.strike(Modifiers::COMMAND, Key::A);
    })?;
    bench.longest("invert selection", |window, _| window.strike(Modifiers::COMMAND, Key::I))?;
    bench
        .longest_after("undo", Some(Choose::InvertSelection), |window, _| window.strike(Modifiers::COMMAND, Key::Z))?;
    bench.longest("filter", |window, time| {
        let text = if time.is_multiple_of(2) { "3".to_owned() } else { String::new() };
        window.then(Doing::Act(Choose::Filter(Filter { text, ..Filter::default() }).into()));
    })?;
    let sorts = [Sort::Pixels, Sort::Label, Sort::Newest, Sort::Path];
    bench.longest("sort", |window, time| {
        window.then(Doing::Act(Choose::Sort(sorts[time % sorts.len()]).into()));
    })?;
    bench.window.then(Doing::Act(Choose::Filter(Filter::default()).into()));
    bench.window.then(Doing::Act(Choose::Sort(Sort::Path).into()));
    bench.window.then(Doing::Act(Choose::ClearSelection.into()));
    bench.until_done("sort").map(drop)
}

/// The map is made when it is first asked for.
fn await_map(bench: &mut Measuring<'_, '_>) -> Result<(), NotMeasured> {
    let begun = Instant::now();
    loop {
        bench.until_done("waiting for the map")?;
        let opened = &bench.window.session().opened;
        if opened.projection().is_some() || opened.projection_asked().is_none() || begun.elapsed() > PATIENCE {
            return Ok(());
        }
    }
}

/// Frames while features are extracted, if they are.
fn extracting(bench: &mut Measuring<'_, '_>, grid: Option<Rect>) -> Result<(), NotMeasured> {
    if bench.window.is_answered_elsewhere() {
        if !bench.window.session().is_busy() {
            bench
                .remarks
                .push("Nothing was extracted meanwhile: nothing was missing, or it was not asked for".to_owned());
            return Ok(());
        }
        bench.every("extracting, idle", |_, _| pause())?;
        if let Some(grid) = grid {
            bench.window.then(moved(grid.center()));
            bench.every("extracting, scroll", |window, frame| {
                pause();
                window.then(wheel(vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 })));
            })?;
        }
        if !bench.window.session().is_busy() {
            bench.remarks.push("Extraction was over before its frames were all measured".to_owned());
        }
        bench.window.then(Doing::Act(Extract::Stop.into()));
        let begun = Instant::now();
        while bench.window.session().is_busy() && begun.elapsed() < PATIENCE {
            bench.until_done("stopping the extraction")?;
        }
        return Ok(());
    }
    // What an engine tells meanwhile: of a batch which pictures were read, and now and then what was committed.
    const BATCH: usize = 64;
    let counters = Arc::new(engine::Progress::new("Extracting features"));
    counters.set_total(bench.window.session().opened.images.len(), true);
    bench.window.then(Doing::Tell(Event::JobStarted(counters.clone())));
    bench.every("extracting, told only", |window, frame| {
        counters.add(BATCH, 0);
        if frame % 4 == 0 {
            let known = window.session().opened.images.clone();
            let (first, mut images) = ((frame * BATCH).min(known.len()), known.clone());
            images.replace(known.range(first..known.len().min(first + BATCH)));
            window.then(Doing::Tell(Event::Images(images)));
        }
    })?;
    counters.end();
    bench.window.then(Doing::Tell(Event::JobEnded { cancelled: false }));
    bench.until_done("extracting, told only").map(drop)
}

/// Frames come sixty times a second, and what works beside them has the time between.
fn pause() {
    std::thread::sleep(Duration::from_millis(8));
}
