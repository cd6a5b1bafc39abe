//! A GPU that is lost or has no room, and windows that draw by a device of their own: on a GPU that is a program.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use burn::tensor::Tensor;
use eframe::egui_wgpu::wgpu::PollType;
use tiramisu::domain::{ImageId, Precision};
use tiramisu::engine::{ActivationView, Collection, Engine, EngineOptions, Event, Look, NetworkFile, Request};
use tiramisu::gpu::{self, Compute, GpuFailure, Memory};
use tiramisu::session::Session;

use super::extracted;
use crate::support::listener::{Listener, options};
use crate::support::renderer::adapters;
use crate::support::skipped;

/// Set in the process that may open burn's device: it can be opened once per process, and not every driver survives it.
const CHILD: &str = "TIRAMISU_TEST_LOST_DEVICE_CHILD";

/// Runs a test in a process of its own, where `work` says the last word when all is done.
fn in_a_process(test: &str, word: &str, work: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        work();
        println!("{word}");
        return;
    }
    if adapters().is_empty() {
        skipped!("there is no graphics adapter");
        return;
    }
    let mut command = Command::new(std::env::current_exe().expect("the test knows itself"));
    command.args(["--exact", &format!("engine::lost_device::{test}"), "--nocapture"]).env(CHILD, "1");
    let output = command.output().expect("the test can start itself");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    // What was skipped is seen by who started all tests, too.
    for line in complained.lines().filter(|line| line.starts_with("skipped: ")) {
        writeln!(std::io::stderr(), "{line}").ok();
    }
    // Some software drivers crash when the process ends, after all is done; the word is what counts.
    assert!(said.contains(word), "{said}\n{complained}");
}

fn activation(listener: &mut Listener, layer: usize) -> ActivationView {
    listener.engine.send(Request::Look(Look::Activations { image: ImageId(1), layer }));
    listener.until("an activation", |event| match event {
        Event::Activations(view) => Some(view.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

fn values(view: &ActivationView) -> &[f32] {
    match view.values.memory() {
        Memory::Host(values) => values,
        Memory::Device { .. } => panic!("it lies on the device that computes"),
    }
}

#[test]
fn what_is_looked_at_crosses_to_a_window_that_draws_by_a_device_of_its_own() {
    in_a_process("what_is_looked_at_crosses_to_a_window_that_draws_by_a_device_of_its_own", "it has crossed", || {
        let (dir, workspace, mut listener, collection) = extracted(3);
        let layer = collection.default_layer();
        let plain = activation(&mut listener, layer);
        drop(listener);
        let options = EngineOptions { compute: Compute::Gpu, draws_apart: Some(true), ..options(dir.path()) };
        let mut listener = Listener::start(options);
        let computes = listener.engine.gpu().graphics.clone().expect("it is a GPU");
        let draws = listener.engine.gpu().for_window().expect("the window is to draw with it");
        assert_eq!(draws.adapter.get_info(), computes.adapter.get_info());
        assert!(draws.device != computes.device, "there is one device, and one queue");
        listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
        let crossed = activation(&mut listener, layer);
        assert_eq!(crossed.values.shape(), plain.values.shape());
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 2e-3 * b.abs().max(0.05);
        assert!(values(&crossed).iter().zip(values(&plain)).all(near), "other numbers than the processor's");
    });
}

#[test]
fn a_frame_of_a_window_of_its_own_does_not_wait_for_what_computes() {
    in_a_process("a_frame_of_a_window_of_its_own_does_not_wait_for_what_computes", "the frame was first", || {
        let mut open = gpu::open(Compute::Gpu).expect("there is an adapter");
        open.draws_apart = true;
        let computes = open.graphics.clone().expect("it is a GPU");
        let draws = open.for_window().expect("the window is to draw with it");
        // As a long batch: handed over, and nobody waits for it.
        let mut batch = Tensor::<1>::ones([1 << 22], &open.device);
        for _ in 0..100 {
            batch = batch.sin().exp().mul_scalar(0.5);
        }
        let view = gpu::TensorView::from_tensor(batch.reshape([1, 1 << 11, 1 << 11])).expect("it is computed");
        assert!(matches!(view.memory(), Memory::Device { .. }));
        let is_computed = Arc::new(AtomicBool::new(false));
        let told = is_computed.clone();
        computes.queue.on_submitted_work_done(move || told.store(true, SeqCst));
        let wait = || PollType::Wait { submission_index: None, timeout: None };
        let encoder = draws.device.create_command_encoder(&Default::default());
        draws.queue.submit([encoder.finish()]);
        draws.device.poll(wait()).expect("the frame is drawn");
        computes.device.poll(PollType::Poll).expect("the device is there");
        assert!(!is_computed.load(SeqCst), "the frame came after the batch");
        computes.device.poll(wait()).expect("the batch comes to its end");
        assert!(is_computed.load(SeqCst));
    });
}

#[test]
fn where_the_gpu_is_lost_the_processor_goes_on_and_says_so() {
    in_a_process("where_the_gpu_is_lost_the_processor_goes_on_and_says_so", "the processor went on", || {
        let (dir, workspace, listener, collection) = extracted(6);
        drop(listener);
        let options = EngineOptions { compute: Compute::Gpu, draws_apart: Some(true), ..options(dir.path()) };
        let mut listener = Listener::start(options);
        let draws = listener.engine.gpu().for_window().expect("the window is to draw with it");
        listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
        listener.until("the collection", |event| matches!(event, Event::Opened(_)).then_some(()));
        let layer = collection.default_layer();
        let before = activation(&mut listener, layer);
        // As a driver that is renewed, or a GPU that is pulled out.
        let computes = listener.engine.gpu().graphics.clone().expect("it is a GPU").device;
        computes.destroy();
        computes.poll(PollType::Poll).ok();
        listener.engine.send(Request::Look(Look::Activations { image: ImageId(1), layer }));
        let mut told = None;
        let after = listener.until("an activation", |event| match event {
            Event::DeviceLost { problem, device } => {
                told = Some((problem.to_string(), device.clone()));
                None
            }
            Event::Activations(view) => Some(view.clone()),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        let (problem, device) = told.expect("the person is told");
        assert!(problem.contains("The graphics device was lost") && device.starts_with("CPU"), "{problem}; {device}");
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 2e-3 * b.abs().max(0.05);
        assert!(values(&after).iter().zip(values(&before)).all(near), "the processor sees something else");
        assert!(listener.engine.gpu().graphics.is_none(), "the next one to ask is told of the processor");
        // So does an extraction.
        let folder = &collection.folder;
        std::fs::copy(first_picture(folder), folder.join("another.jpg")).expect("a copy");
        listener.open(folder, &workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        assert_eq!((listener.images.len(), &listener.problems[..]), (7, &[][..]));
        // What draws is another device, and is still there.
        draws.device.poll(PollType::Poll).expect("the window's device is there");
    });
}

#[test]
fn what_a_device_says_that_has_no_room_is_known_for_that_and_nothing_else_is() {
    assert_eq!(gpu::failure_in("The shader did not compile\nat line 3"), None);
    let of = |said: &str| gpu::failure_in(said).map(|(failure, _)| failure);
    assert_eq!(of("Unwritten\n  wgpu error: Out of Memory\nAsked at"), Some(GpuFailure::OutOfMemory));
    in_a_process("what_a_device_says_that_has_no_room_is_known_for_that_and_nothing_else_is", "it is known", || {
        let open = gpu::open(Compute::Gpu).expect("there is an adapter");
        // A terabyte in one piece, which no adapter grants.
        let asked = catch_unwind(AssertUnwindSafe(|| {
            Tensor::<1>::ones([1usize << 38], &open.device).add_scalar(1.0).try_into_vec_as::<f32>()
        }));
        let said = match asked {
            Ok(read) => read.expect_err("there is no such room").to_string(),
            Err(payload) => payload.downcast_ref::<String>().expect("words").clone(),
        };
        assert_eq!(of(&said), Some(GpuFailure::TooLarge), "{said}");
    });
}

/// An engine on a GPU whose tensor thread panics with `words` the first `times` it tells of something, once it is `armed`.
struct Failing {
    listener: Listener,
    armed: Arc<AtomicUsize>,
}

impl Failing {
    fn start(options: EngineOptions, words: &'static str) -> Self {
        let armed = Arc::new(AtomicUsize::new(0));
        let left = armed.clone();
        let engine = Engine::start(options, move || {
            let is_tensor = std::thread::current().name() == Some("tiramisu-tensor");
            if is_tensor && left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
                panic!("{words}");
            }
        });
        let engine = engine.expect("an engine on the GPU starts");
        Self { listener: Listener { engine, images: Vec::new(), problems: Vec::new() }, armed }
    }

    /// Looks at a layer's activation while the GPU fails `times`: what is seen, unless a problem is told, and what is told of the device.
    fn look(&mut self, layer: usize, times: usize) -> (Result<ActivationView, String>, Option<(String, String)>) {
        self.armed.store(times, SeqCst);
        self.listener.engine.send(Request::Look(Look::Activations { image: ImageId(1), layer }));
        let (mut moved, mut failures) = (None, times);
        let seen = self.listener.until("an activation", |event| match event {
            Event::DeviceLost { problem, device } => {
                moved = Some((problem.to_string(), device.clone()));
                None
            }
            // An answer whose bell failed is told once more.
            Event::Activations(_) if failures > 0 => {
                failures -= 1;
                None
            }
            Event::Activations(view) => Some(Ok(view.clone())),
            Event::Problem { problem, .. } => Some(Err(problem.to_string())),
            _ => None,
        });
        (seen, moved)
    }
}

const OUT_OF_MEMORY: &str = "wgpu error: Out of Memory";

/// What a test has of a collection before its GPU fails.
fn before_it_fails(
    words: &'static str,
    precision: Precision,
) -> Option<(tempfile::TempDir, PathBuf, Failing, Arc<Collection>)> {
    let (dir, workspace, listener, collection) = extracted(6);
    drop(listener);
    let open = gpu::open(Compute::Gpu).expect("there is an adapter");
    if precision == Precision::Half && open.expect_half().is_err() {
        return None;
    }
    let options = EngineOptions { compute: Compute::Gpu, draws_apart: Some(true), precision, ..options(dir.path()) };
    let mut failing = Failing::start(options, words);
    failing.listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
    failing.listener.until("the collection", |event| matches!(event, Event::Opened(_)).then_some(()));
    Some((dir, workspace, failing, collection))
}

#[test]
fn a_gpu_whose_memory_runs_out_once_does_its_work_again() {
    in_a_process("a_gpu_whose_memory_runs_out_once_does_its_work_again", "it did", || {
        let (_dir, _workspace, mut failing, collection) =
            before_it_fails(OUT_OF_MEMORY, Precision::Single).expect("single precision");
        let (before, _) = failing.look(collection.default_layer(), 0);
        let (after, moved) = failing.look(collection.default_layer(), 1);
        assert_eq!(moved, None, "the second time there was room");
        let (before, after) = (before.expect("seen"), after.expect("seen again"));
        assert_eq!(values(&before), values(&after));
        assert!(failing.listener.engine.gpu().graphics.is_some(), "the GPU goes on");
    });
}

#[test]
fn where_the_gpu_has_no_memory_left_the_processor_goes_on_and_says_so() {
    in_a_process("where_the_gpu_has_no_memory_left_the_processor_goes_on_and_says_so", "the processor went on", || {
        let (_dir, workspace, mut failing, collection) =
            before_it_fails(OUT_OF_MEMORY, Precision::Single).expect("single precision");
        let layer = collection.default_layer();
        let (before, _) = failing.look(layer, 0);
        let (after, moved) = failing.look(layer, 2);
        let (problem, device) = moved.expect("the person is told");
        let says = |words: &str| assert!(problem.contains(words), "{problem}");
        says("The graphics device had too little memory; networks run on the CPU from now on");
        says(OUT_OF_MEMORY);
        says("Close what else uses its memory");
        assert_eq!(device, "CPU (flex): the graphics device had too little memory");
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 2e-3 * b.abs().max(0.05);
        let (before, after) = (before.expect("seen"), after.expect("seen by the processor"));
        assert_eq!(values(&after).len(), values(&before).len());
        assert!(values(&after).iter().zip(values(&before)).all(near), "the processor sees something else");
        // So does an extraction.
        let folder = &collection.folder;
        std::fs::copy(first_picture(folder), folder.join("another.jpg")).expect("a copy");
        let listener = &mut failing.listener;
        listener.open(folder, &workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        assert_eq!((listener.images.len(), &listener.problems[..]), (7, &[][..]));
    });
}

#[test]
fn what_no_gpu_has_room_for_goes_to_the_processor_at_once() {
    in_a_process("what_no_gpu_has_room_for_goes_to_the_processor_at_once", "it went there", || {
        let words = "can't allocate buffer of size: 1099511627776\n   0: a backtrace";
        let (_dir, _workspace, mut failing, collection) =
            before_it_fails(words, Precision::Single).expect("single precision");
        let (seen, moved) = failing.look(collection.default_layer(), 1);
        let (problem, _) = moved.expect("the person is told");
        assert!(problem.contains("no room for so much at once") && problem.contains("Nothing is lost"), "{problem}");
        assert!(!problem.contains("--batch"), "who looks at one picture has no such choice: {problem}");
        assert!(!problem.contains("backtrace"), "one line says it: {problem}");
        seen.expect("the processor sees it");
    });
}

#[test]
fn a_failure_of_another_kind_leaves_the_gpu_its_work() {
    in_a_process("a_failure_of_another_kind_leaves_the_gpu_its_work", "it has it", || {
        let (_dir, workspace, mut failing, collection) =
            before_it_fails("index out of bounds", Precision::Single).expect("single precision");
        let (seen, moved) = failing.look(collection.default_layer(), 1);
        assert_eq!(moved, None);
        let problem = seen.expect_err("it failed");
        assert!(problem.contains("an internal error, described on the terminal"), "{problem}");
        // Nor is it the device's fault what a file that cannot be read is called.
        let folder = &collection.folder;
        let named = folder.join("Not enough memory left.png");
        std::fs::copy(first_picture(folder), &named).expect("a copy");
        let listener = &mut failing.listener;
        listener.open(folder, &workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        std::fs::write(&named, "no picture any more").expect("it is damaged");
        let (image, layer) = (listener.id("left.png"), collection.default_layer());
        listener.engine.send(Request::Look(Look::Activations { image, layer }));
        let problem = listener.until("its problem", |event| match event {
            Event::DeviceLost { problem, .. } => panic!("{problem}"),
            Event::Problem { problem, .. } => Some(problem.to_string()),
            _ => None,
        });
        assert!(problem.contains("Not enough memory left.png"), "{problem}");
        assert!(listener.engine.gpu().graphics.is_some(), "the GPU goes on");
    });
}

#[test]
fn half_precision_that_has_no_memory_left_is_told_what_helps_it() {
    in_a_process("half_precision_that_has_no_memory_left_is_told_what_helps_it", "it was told", || {
        let Some((_dir, _workspace, mut failing, collection)) = before_it_fails(OUT_OF_MEMORY, Precision::Half) else {
            skipped!("no adapter here computes in half precision");
            println!("it was told");
            return;
        };
        let (seen, moved) = failing.look(collection.default_layer(), 2);
        assert_eq!(moved, None, "the processor has no half precision");
        let problem = seen.expect_err("there is no room");
        assert!(problem.contains("--precision single") && !problem.contains("--compute cpu"), "{problem}");
    });
}

fn first_picture(folder: &Path) -> PathBuf {
    let mut files = walkdir::WalkDir::new(folder).into_iter().flatten();
    files.find(|file| file.file_type().is_file()).expect("a picture").into_path()
}

#[test]
fn the_window_says_that_the_gpu_was_lost_and_what_computes_now() {
    let (_dir, _workspace, listener, collection) = extracted(2);
    drop(listener);
    let mut session = Session::default();
    session.apply(Event::Opened(collection));
    let problem = tiramisu::engine::Problem::new("The graphics device was lost", "it was pulled out");
    session.apply(Event::DeviceLost { problem, device: "CPU (flex): the graphics device was lost".into() });
    assert_eq!(session.collection().expect("it is open").device, "CPU (flex): the graphics device was lost");
    assert!(session.notices().iter().any(|notice| format!("{:?}", notice.text).contains("it was pulled out")));
}
