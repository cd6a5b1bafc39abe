//! The window: how long a frame takes the processor at 100,000 images, and how soon the first one is there.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, unbounded};
use eframe::egui::{self, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use tiramisu::domain::ImageId;
use tiramisu::engine::{Event, Look, Request, ThumbnailPicture};
use tiramisu::session::Session;
use tiramisu::ui::{App, AppOptions, Chooser, Settings, Waker};

use super::large_collection::{opened, ordered, wheel};
use super::table::Table;

const IMAGES: usize = 100_000;
const FRAMES: usize = 120;
const SIZE: egui::Vec2 = vec2(1600.0, 1000.0);

/// Milliseconds a frame and seconds to the first one.
pub fn measure(table: &mut Table) {
    frames(table);
    first_frame(table);
}

fn frames(table: &mut Table) {
    let (events, inbox) = unbounded();
    opened(IMAGES).into_iter().for_each(|event| events.send(event).expect("the app listens"));
    let answers = events.clone();
    let send = Box::new(move |request| answer(&answers, request));
    let mut harness = Harness::builder().with_size(SIZE).build_eframe(|cc| {
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
    while harness.state().session().opened.images.len() < IMAGES
        || harness.state().session().opened.projection().is_none()
    {
        harness.step();
    }
    report(table, "gallery, still", &mut harness, |_, _| {});
    report(table, "gallery, scrolling", &mut harness, |harness, frame| {
        let over = pos2(SIZE.x * 0.15, SIZE.y * 0.4);
        let delta = vec2(0.0, if frame % 60 < 45 { -400.0 } else { 1000.0 });
        harness.event(egui::Event::PointerMoved(over));

        harness.event(wheel(delta));
    });
    let map = harness.query_all_by_label("Map").next();
    match map.map(|tab| tab.click()) {
        None => table.skip("map", "its tab was not found"),
        Some(()) => {
            (0..5).for_each(|_| harness.step());
            report(table, "gallery and map, still", &mut harness, |_, _| {});
            report(table, "gallery and map, pointer over the map", &mut harness, |harness, frame| {
                let turn = frame as f32 * 0.2;
                let over = pos2(SIZE.x * (0.7 + 0.1 * turn.cos()), SIZE.y * (0.3 + 0.1 * turn.sin()));
                harness.event(egui::Event::PointerMoved(over));
            });
            report(table, "gallery and map, zooming the map", &mut harness, |harness, frame| {
                let delta = vec2(0.0, if frame % 40 < 20 { 30.0 } else { -30.0 });

                harness.event(wheel(delta));
            });
        }
    }
}

/// Median and worst frame: laying out and tessellating, without what the GPU does.
fn report(table: &mut Table, what: &str, harness: &mut Harness<App>, mut poke: impl FnMut(&mut Harness<App>, usize)) {
    let mut times = Vec::new();
    for frame in 0..FRAMES {
        poke(harness, frame);
        harness.step();
        let shapes = harness.output().shapes.clone();
        let begun = Instant::now();
        std::hint::black_box(harness.ctx.tessellate(shapes, 1.0));
        times.push(f64::from(harness.state().last_frame_secs()) + begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    table.add(format!("frame at {IMAGES} images, {what}, median"), times[FRAMES / 2] * 1e3, "ms");
    table.add(format!("frame at {IMAGES} images, {what}, worst"), times[FRAMES - 1] * 1e3, "ms");
}

/// Thumbnails come at once, as from a fast disk.
fn answer(events: &Sender<Event>, request: Request) {
    if let Some(order) = ordered(&request) {
        events.send(order).ok();
        return;
    }
    let Request::Look(Look::Thumbnails(ids)) = request else { return };
    let picture = |id: ImageId| {
        let [r, g, b, _] = id.0.wrapping_mul(0x9E37_79B9).to_le_bytes();
        ThumbnailPicture { id, width: 192, height: 144, rgba: [r, g, b, 255].repeat(192 * 144) }
    };
    events.send(Event::Thumbnails(ids.into_iter().map(picture).collect())).ok();
}

/// From starting the binary to a visible window, which is shown with its first frame.
fn first_frame(table: &mut Table) {
    const WHAT: &str = "start to first frame (welcome view)";
    let has_xdotool = Command::new("xdotool").arg("version").stdout(Stdio::null()).status().is_ok();
    let display = Display::open();
    let (true, Some(display)) = (has_xdotool, display) else {
        return table.skip(WHAT, "needs xdotool and a display or Xvfb");
    };
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut times = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiramisu"));
        for place in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(place, home.path());
        }
        command.env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY").stderr(Stdio::null());
        let mut window = command.spawn().expect("the binary starts");
        let is_there = loop {
            let mut search = Command::new("xdotool");
            search.args(["search", "--onlyvisible", "--name", "^Tiramisu"]).env("DISPLAY", &display.name);
            if search.stderr(Stdio::null()).output().is_ok_and(|found| !found.stdout.is_empty()) {
                break true;
            }
            if begun.elapsed() > Duration::from_secs(60) || window.try_wait().is_ok_and(|ended| ended.is_some()) {
                break false;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let elapsed = begun.elapsed().as_secs_f64();
        window.kill().ok();
        window.wait().ok();
        if !is_there {
            return table.skip(WHAT, "no window appeared");
        }
        times.push(elapsed);
    }
    times.sort_by(f64::total_cmp);
    table.add(WHAT, times[1], "s");
}

/// The display there is, or a virtual one for as long as this lives.
struct Display {
    name: String,
    server: Option<Child>,
}

impl Display {
    fn open() -> Option<Self> {
        if let Ok(name) = std::env::var("DISPLAY") {
            return Some(Self { name, server: None });
        }
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1600x1000x24"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self { name: format!(":{}", number.trim()), server: Some(server) })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
            server.wait().ok();
        }
    }
}
