//! How long a frame of the window takes with a large map, at rest and while a network runs on the same GPU.

use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use eframe::egui::{self, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::Precision;
use tiramisu::engine::{Engine, EngineOptions, Event, NetworkFile, OpenWish, Request};
use tiramisu::gpu::{Compute, OpenDevice};
use tiramisu::session::Session;
use tiramisu::ui::{App, AppOptions, Chooser, Settings, Waker};

use crate::extraction::tiramisu;
use crate::large_collection::{opened, ordered, wheel};
use crate::offscreen::Offscreen;
use crate::report::Report;

const SIZE: egui::Vec2 = vec2(1600.0, 1000.0);
const FRAMES: usize = 200;
/// Seconds that one case may take, and that a window may take to show its first map.
const MOST_SECS: f64 = 15.0;
const MOST_OPENING_SECS: f64 = 90.0;
/// What a record and a point take in the window, roughly, with what is made of them on the way.
const BYTES_A_POINT: usize = 1500;
/// Names that each picture is extracted under.
const COPIES: usize = 400;

/// A still map, the pointer over it, zooming; then the same while an extraction runs on the GPU: drawn by a device of the
/// window's own, and by the one that computes.
pub fn time(report: &mut Report, open: &OpenDevice, points: usize) {
    for draws_apart in [true, false] {
        time_drawn(report, &OpenDevice { draws_apart, ..open.clone() }, points);
    }
}

fn time_drawn(report: &mut Report, open: &OpenDevice, points: usize) {
    let whose = if open.draws_apart { "a device of its own" } else { "the device that computes" };
    let what = format!("frame with a map of {} million points, by {whose}", points as f64 / 1e6);
    let Some(handles) = open.for_window() else { return report.skip(&what, "there is no device that draws") };
    if let Some(free) = free_bytes()
        && free < points * BYTES_A_POINT
    {
        return report.skip(&what, &format!("{} MB of memory are free", free >> 20));
    }
    let (events, inbox) = unbounded();
    opened(points).into_iter().for_each(|event| events.send(event).expect("the app listens"));
    let answers = events.clone();
    let send = Box::new(move |request| {
        if let Some(order) = ordered(&request) {
            answers.send(order).ok();
        }
    });
    let mut window = Harness::builder().with_size(SIZE).renderer(Offscreen::on(&handles)).build_eframe(|cc| {
        let options = AppOptions {
            // As it was measured before there were places.
            settings: Settings { layout: Some("all views".into()), hides_inspector: true, ..Settings::default() },
            settings_dir: None,
            chooser: Chooser::new(|_, _| {}),
            desktop: tiramisu::ui::Desktop::new(|_, _| {}),
            open_page: Box::new(|_| {}),
            waker: Waker::default(),
            start: None,
            ..AppOptions::default()
        };
        App::new(&cc.egui_ctx, Session::default(), send, inbox, options)
    });
    let begun = Instant::now();
    let is_there = |window: &Harness<'_, App>| {
        let opened = &window.state().session().opened;
        opened.images.len() == points && opened.projection().is_some()
    };
    while !is_there(&window) {
        window.step();
        if begun.elapsed().as_secs_f64() > MOST_OPENING_SECS {
            return report.skip(&what, &format!("the window had not taken it in after {MOST_OPENING_SECS} s"));
        }
    }
    report.add(&format!("{what}: until all is taken in"), begun.elapsed().as_secs_f64(), "s");
    let tab = window.query_all_by_label("Map").next().map(|tab| tab.click());
    if tab.is_none() {
        return report.skip(&what, "the tab of the map was not found");
    }
    for _ in 0..5 {
        window.step();
        if let Err(error) = window.render() {
            return report.skip(&what, &error);
        }
    }
    cases(report, &what, "at rest", &mut window);
    let home = tempfile::tempdir().expect("a temporary folder");
    match extracting(home.path()) {
        Ok(engine) => {
            cases(report, &what, "while extracting", &mut window);
            if engine.events().try_iter().any(|event| matches!(event, Event::JobEnded { .. })) {
                report.wrong(
                    &format!("{what}, while extracting"),
                    "the extraction was over before the frames were timed",
                );
            }
        }
        Err(why) => report.skip(&format!("{what}, while extracting"), &why),
    }
}

fn cases(report: &mut Report, what: &str, when: &str, window: &mut Harness<'_, App>) {
    time_frames(report, &format!("{what}, {when}, still"), window, |_, _| {});
    time_frames(report, &format!("{what}, {when}, zooming"), window, |window, frame| {
        let delta = vec2(0.0, if frame % 40 < 20 { 30.0 } else { -30.0 });
        window.event(egui::Event::PointerMoved(pos2(SIZE.x * 0.7, SIZE.y * 0.3)));
        window.event(wheel(delta));
    });
}

/// From input to the last pixel drawn: the median, and what 99 of 100 frames stay below.
fn time_frames(
    report: &mut Report,
    what: &str,
    window: &mut Harness<'_, App>,
    mut poke: impl FnMut(&mut Harness<'_, App>, usize),
) {
    let mut times = Vec::new();
    let all = Instant::now();
    while times.len() < FRAMES && all.elapsed().as_secs_f64() < MOST_SECS {
        poke(window, times.len());
        let begun = Instant::now();
        window.step();
        if let Err(error) = window.render() {
            return report.skip(what, &error);
        }
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    report.add(what, times[times.len() / 2], "ms");
    report.add(&format!("{what}, 99 of 100 within"), times[(times.len() * 99).div_ceil(100) - 1], "ms");
}

/// An engine in the middle of an extraction on the GPU; it ends with what is returned.
fn extracting(home: &std::path::Path) -> Result<Engine, String> {
    let folder = home.join("pictures");
    let made = tiramisu().arg("sample").arg(&folder).args(["--count", "220"]).output();
    if !made.is_ok_and(|made| made.status.success()) {
        return Err("the sample pictures were not made".to_owned());
    }
    // The same ones under many names, so that no GPU is done before the frames are timed.
    let pictures: Vec<_> =
        walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|file| file.path().is_file()).collect();
    for copy in 0..COPIES {
        for (number, picture) in pictures.iter().enumerate() {
            let name = folder.join(format!("{copy:03}_{number:03}.jpg"));
            std::fs::hard_link(picture.path(), name).map_err(|error| error.to_string())?;
        }
    }
    let options = EngineOptions {
        compute: Compute::Gpu,
        precision: Precision::Single,
        data_dir: Some(home.to_path_buf()),
        ..EngineOptions::default()
    };
    let engine = Engine::start(options, || {}).map_err(|error| error.to_string())?;
    let workspace = Some(home.join("workspace"));
    engine.send(Request::Open(OpenWish {
        folder,
        workspace,
        network: NetworkFile::Builtin,
        layers: None,
        extract: true,
    }));
    let begun = Instant::now();
    loop {
        match engine.events().recv_timeout(Duration::from_secs(60)) {
            Ok(Event::Committed { .. }) => return Ok(engine),
            Ok(Event::JobEnded { .. }) => return Err("the extraction was over before a frame was timed".to_owned()),
            Ok(Event::Problem { problem, .. }) => return Err(format!("{problem:?}")),
            Ok(_) if begun.elapsed().as_secs() < 60 => {}
            Ok(_) | Err(_) => return Err("the extraction committed nothing within a minute".to_owned()),
        }
    }
}

fn free_bytes() -> Option<usize> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().trim_end_matches(" kB").parse::<usize>().ok().map(|kib| kib << 10)
}
