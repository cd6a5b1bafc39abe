//! The device, and tensors drawn where they lie.

use super::fixtures::{adapters, alone};
use crate::support::skipped;
use burn::tensor::{Device, Tensor, TensorData};
use eframe::egui::{self, Rect, pos2, vec2};
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupExisting};
use egui_kittest::Harness;
use egui_kittest::wgpu::WgpuTestRenderer;
use tiramisu::gpu::on_screen::place_of_best;
use tiramisu::gpu::{self, Compute, Memory, TensorView};
use tiramisu::ui::paint::{ColourMap, HeatMapCell, HeatMapStyle, Loss, heat_maps};

/// Set in the process that may open burn's device: it can be opened once per process, and not every driver survives it.
const CHILD: &str = "TIRAMISU_TEST_DEVICE_CHILD";

const SHAPE: [usize; 3] = [6, 5, 7];

fn values() -> Vec<f32> {
    (0..SHAPE.iter().product::<usize>()).map(|i| ((i * 37) % 101) as f32 / 101.0).collect()
}

#[test]
fn the_cpu_can_always_be_opened_and_says_so() {
    let open = gpu::open(Compute::Cpu).expect("the CPU is always there");
    assert!(open.description.starts_with("CPU (flex)"), "{}", open.description);
    assert!(open.graphics.is_none() && !open.software_adapter);
}

#[test]
fn a_software_renderer_never_computes_unless_asked_for() {
    let adapters = adapters();
    if adapters.iter().any(|info| !gpu::adapters::is_software(info)) {
        skipped!("there is a real GPU ({})", gpu::adapters::names(&adapters));
        return;
    }
    let open = alone(|| gpu::open(Compute::Auto)).expect("auto never fails");
    assert!(open.graphics.is_none(), "tensors must live on the CPU: {}", open.description);
    let reason = if adapters.is_empty() { "no graphics adapter" } else { "software renderer" };
    assert!(open.description.contains(reason), "the description gives no reason: {}", open.description);
}

#[test]
fn an_adapter_that_is_named_has_to_be_there_and_is_no_use_to_the_cpu() {
    let adapters = adapters();
    let error = alone(|| gpu::open_with(Compute::Auto, Some("nobody's"))).expect_err("none is called so").to_string();
    let known = if adapters.is_empty() { "none".to_owned() } else { gpu::adapters::names(&adapters) };
    assert!(error.contains("nobody's") && error.contains(&known), "{error}");
    let error = gpu::open_with(Compute::Cpu, Some("any")).expect_err("the CPU has no adapter").to_string();
    assert!(error.contains("Leave out `--adapter`"), "{error}");
}

#[test]
fn half_precision_is_refused_where_there_is_none() {
    let open = gpu::open(Compute::Cpu).expect("the CPU is always there");
    let error = open.expect_half().expect_err("the processor computes in single precision").to_string();
    for part in ["Half precision needs a GPU", "CPU (flex)", "Leave out `--precision half`"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_tensor_on_the_cpu_is_copied_once_in_reading_order() {
    let device = Device::flex();
    let [c, h, w] = SHAPE;
    let tensor = Tensor::<3>::from_data(TensorData::new(values(), SHAPE), &device);
    let view = TensorView::from_tensor(tensor.clone()).expect("host memory is always there");
    assert_eq!(view.shape(), SHAPE);
    let Memory::Host(found) = view.memory() else { panic!("flex tensors live on the host") };
    assert_eq!(found, values());
    let turned = TensorView::from_tensor(tensor.permute([2, 0, 1])).expect("host memory is always there");
    assert_eq!(turned.shape(), [w, c, h]);
    assert_eq!(turned.value(3, 2, 4), Some(values()[2 * h * w + 4 * w + 3]));
    assert_ne!(turned.id(), view.id());
    assert_eq!(turned.clone().id(), turned.id());
}

#[test]
fn tensors_on_the_gpu_are_drawn_from_their_own_buffers() {
    if std::env::var_os(CHILD).is_some() {
        return draw_tensors_of_the_device();
    }
    if adapters().is_empty() {
        skipped!("there is no graphics adapter");
        return;
    }
    let name = "paint::device::tensors_on_the_gpu_are_drawn_from_their_own_buffers";
    let output = std::process::Command::new(std::env::current_exe().expect("the test knows itself"))
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("the test can start itself");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    // Some software drivers crash when the process ends, after all is done; the word below is what counts.
    assert!(said.contains("all tensors were drawn"), "{said}\n{complained}");
}

/// Draws tensors that lie straight, turned and amid another one, and compares with the same values drawn from the host.
fn draw_tensors_of_the_device() {
    let open = gpu::open(Compute::Gpu).expect("there is an adapter");
    let again = gpu::open(Compute::Gpu).expect("opening again gives the same device");
    assert_eq!(open.description, again.description);
    // By its name, in other letters.
    let name = open.graphics.as_ref().map(|shared| shared.adapter.get_info().name.to_uppercase()).unwrap_or_default();
    let named = gpu::open_with(Compute::Auto, Some(&name)).expect("it is there");
    assert_eq!(open.description, named.description);
    println!("{}", open.description);
    let shared = open.graphics.expect("burn opened it");
    let [c, h, w] = SHAPE;
    let straight =
        Tensor::<3>::from_data(TensorData::new(values(), SHAPE), &open.device).mul_scalar(2.0).add_scalar(-0.5);
    let turned = straight.clone().permute([1, 2, 0]);
    let amid = straight.clone().slice([1..4, 0..h, 0..w]);
    let at = |c: usize, y: usize, x: usize| values()[c * h * w + y * w + x] * 2.0 - 0.5;
    let of = |shape: [usize; 3], at: &dyn Fn(usize, usize, usize) -> f32| {
        let mut all = Vec::new();
        for c in 0..shape[0] {
            for y in 0..shape[1] {
                all.extend((0..shape[2]).map(|x| at(c, y, x)));
            }
        }
        TensorView::from_host(shape, all.into())
    };
    let pairs = [
        ("straight", straight, of(SHAPE, &at)),
        ("turned", turned, of([h, w, c], &|a, b, d| at(d, a, b))),
        ("amid", amid, of([3, h, w], &|c, y, x| at(c + 1, y, x))),
    ];
    for (name, tensor, host) in pairs {
        let view = TensorView::from_tensor(tensor).expect("the device is there");
        let Memory::Device { offset, size, .. } = view.memory() else { panic!("{name} was copied to the host") };
        println!("{name}: {size} bytes at {offset}, {:?}", view.layout());
        assert_eq!(view.shape(), host.shape());
        assert_eq!(view.value(0, 0, 0), None, "nothing is read back");
        let [from_device, from_host] = [view, host].map(|view| {
            let setup = WgpuSetupExisting {
                instance: shared.instance.clone(),
                adapter: shared.adapter.clone(),
                device: shared.device.clone(),
                queue: shared.queue.clone(),
            };
            draw(WgpuTestRenderer::from_setup(WgpuSetup::Existing(setup)), view)
        });
        assert!(from_host.pixels().any(|pixel| pixel.0[0] > 200), "{name}: the reference picture is empty");
        assert!(from_device == from_host, "{name}: the picture differs from the one drawn from the host");
    }
    println!("all tensors were drawn");
}

fn draw(renderer: WgpuTestRenderer, view: TensorView) -> image::RgbaImage {
    let mut harness = Harness::builder().with_size([200.0, 60.0]).renderer(renderer).build_ui(move |ui| {
        let cells = (0..view.shape()[0]).map(|channel| HeatMapCell {
            rect: Rect::from_min_size(pos2(2.0 + channel as f32 * 28.0, 2.0), vec2(26.0, 50.0)),
            channel,
            range: [-0.5, 1.5],
        });
        let style = HeatMapStyle { colours: ColourMap::Viridis, ..HeatMapStyle::default() };
        let slot = egui::Id::unique("device test");
        ui.painter().add(heat_maps(slot, ui.ctx().content_rect(), &view, cells.collect(), style));
    });
    harness.render().expect("the window can be drawn")
}

/// An adapter that is made up.
fn adapter(name: &str, device: u32, device_type: wgpu::DeviceType, backend: wgpu::Backend) -> wgpu::AdapterInfo {
    let mut info = wgpu::AdapterInfo::new(device_type, backend);
    (info.name, info.device) = (name.to_owned(), device);
    info
}

#[test]
fn a_window_is_drawn_by_the_gpu_that_computes_unless_no_screen_hangs_on_it() {
    use wgpu::Backend::{Gl, Vulkan};
    use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu, Other};
    let all = [
        adapter("llvmpipe (LLVM 15)", 0, Cpu, Vulkan),
        adapter("Card by OpenGL", 2, Other, Gl),
        adapter("Chip", 1, IntegratedGpu, Vulkan),
        adapter("Card", 2, DiscreteGpu, Vulkan),
        adapter("Card", 3, DiscreteGpu, Vulkan),
    ];
    let best = |computes: Option<usize>, presents: &[usize]| {
        place_of_best(computes.map(|place| &all[place]), &all, |place| presents.contains(&place))
    };
    assert_eq!(best(Some(4), &[0, 1, 2, 3, 4]), Some(4), "the one that computes, of two of a name");
    assert_eq!(best(Some(3), &[0, 1, 2, 3, 4]), Some(3));
    assert_eq!(best(Some(3), &[0, 1, 2]), Some(2), "the screen hangs on the other");
    assert_eq!(best(Some(3), &[0, 1]), Some(1), "a GPU by an interface of before, rather than a program");
    assert_eq!(best(Some(3), &[0]), Some(0));
    assert_eq!(best(Some(3), &[]), None);
    assert_eq!(best(None, &[0, 1, 2, 3, 4]), Some(3), "the strongest, and of equal ones the first");
    // One that was asked for by name draws, too, though it is a program.
    assert_eq!(best(Some(0), &[0, 2, 3]), Some(0));
    let why = gpu::on_screen::adapter_for_window(None, &[], None).expect_err("there is none").to_string();
    assert!(why.contains("No graphics adapter can draw on this screen; there is none."), "{why}");
}

#[test]
fn the_loss_of_the_device_that_draws_is_noted_and_what_fails_afterwards_ends_nothing() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    if adapters().is_empty() {
        skipped!("there is no graphics adapter");
        return;
    }
    alone(|| {
        let state = egui_kittest::wgpu::create_render_state(
            egui_kittest::wgpu::default_wgpu_setup(),
            eframe::egui_wgpu::RendererOptions::default(),
        );
        let (loss, woken) = (Loss::default(), Arc::new(AtomicUsize::new(0)));
        let wakes = woken.clone();
        loss.watch(&state.device, move || {
            wakes.fetch_add(1, Ordering::Relaxed);
        });
        state.queue.submit([]);
        state.device.poll(wgpu::PollType::wait_indefinitely()).expect("it works");
        assert!(!loss.is_there() && woken.load(Ordering::Relaxed) == 0);
        state.device.destroy();
        // What the next frame does, of which each thing fails.
        let buffer = state.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: 64,
            usage: wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let polled = state.device.poll(wgpu::PollType::wait_indefinitely());
        assert!(loss.is_there(), "it is noted: {polled:?}");
        assert_eq!(woken.load(Ordering::Relaxed), 1, "the window is told once");
        state.queue.write_buffer(&buffer, 0, &[1; 64]);
        let mut encoder = state.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.clear_buffer(&buffer, 0, None);
        state.queue.submit([encoder.finish()]);
    });
}
