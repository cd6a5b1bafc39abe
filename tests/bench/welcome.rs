//! What somebody waits for who has nothing yet: from the button that welcomes to a collection that can be looked through, by the real
//! window on the real engine, on the processor and without a screen.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use eframe::egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tiramisu::engine::{Engine, EngineOptions, Event};
use tiramisu::gpu::Compute;
use tiramisu::session::Session;
use tiramisu::ui::{App, AppOptions, Waker};

use super::table::{Table, median};

/// Starts of which the median counts, each in a home of its own.
const ROUNDS: usize = 5;
/// A collection that is not there by then is none that can be looked through.
const PATIENCE: Duration = Duration::from_secs(120);
/// What is waited for, in its order.
const MOMENTS: [&str; 4] =
    ["the first picture is drawn", "twelve pictures are drawn", "all 660 are there", "all 660 are extracted"];

/// Seconds from the click to the frame that shows it.
pub fn measure(table: &mut Table) {
    let runs: Vec<[f64; MOMENTS.len()]> = (0..ROUNDS).map(|_| open_sample()).collect();
    for (moment, name) in MOMENTS.into_iter().enumerate() {
        let secs = median(runs.iter().map(|run| run[moment]).collect());
        table.add(format!("from the button of the welcome view: {name}"), secs, "s");
    }
}

fn open_sample() -> [f64; MOMENTS.len()] {
    let home = tempfile::tempdir().expect("a temporary folder");
    let options =
        EngineOptions { compute: Compute::Cpu, data_dir: Some(home.path().to_owned()), ..EngineOptions::default() };
    let wanted = options.sample_images;
    let waker = Waker::default();
    let bell = waker.clone();
    let engine = Engine::start(options, move || bell.wake()).expect("an engine on the CPU starts");
    let send = Box::new(engine.requests());
    let (events, inbox) = unbounded();
    let mut window = Harness::builder().with_size(vec2(1440.0, 900.0)).build_eframe(move |cc| {
        App::new(&cc.egui_ctx, Session::default(), send, inbox, AppOptions { waker, ..AppOptions::default() })
    });
    window.run_steps(3);
    window.get_by_label("Explore the sample collection").click();
    let begun = Instant::now();
    let mut moments = [None; MOMENTS.len()];
    let (mut drawn, mut is_extracted) = (HashSet::new(), false);
    while moments.contains(&None) {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {moments:?}");
        while let Ok(event) = engine.events().try_recv() {
            match &event {
                Event::Thumbnails(pictures) => drawn.extend(pictures.iter().map(|picture| picture.id)),
                Event::JobEnded { .. } => is_extracted = true,
                _ => {}
            }
            events.send(event).expect("the app listens");
        }
        // A frame that shows what has come.
        window.step();
        let on_record = window.state().session().opened.images.len();
        let are_there = [!drawn.is_empty(), drawn.len() >= 12, on_record >= wanted, is_extracted];
        for (moment, is_there) in moments.iter_mut().zip(are_there) {
            if is_there && moment.is_none() {
                *moment = Some(begun.elapsed().as_secs_f64());
            }
        }
    }
    drop(window);
    moments.map(|moment| moment.expect("all came"))
}
