//! What windows of tests are drawn with: one device for all of them.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::support::skipped;
use eframe::egui_wgpu::wgpu::AdapterInfo;
use eframe::egui_wgpu::{RenderState, RendererOptions, WgpuSetup, WgpuSetupExisting};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use tiramisu::ui::paint::effort;

/// Runs what makes or lists graphics instances while no other test does: neither the Vulkan loader nor Mesa's EGL likes
/// them to come and go on several threads.
pub fn alone<T>(work: impl FnOnce() -> T) -> T {
    static ALONE: Mutex<()> = Mutex::new(());
    let _guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// The adapters of this machine.
pub fn adapters() -> Vec<AdapterInfo> {
    static ADAPTERS: OnceLock<Vec<AdapterInfo>> = OnceLock::new();
    ADAPTERS.get_or_init(|| alone(tiramisu::gpu::adapters::enumerate)).clone()
}

/// Draws with whatever adapter there is, a program included; `None`, with a word about it, where there is none. All
/// tests share one device.
pub fn renderer() -> Option<WgpuTestRenderer> {
    let device = device()?;
    Some(alone(|| WgpuTestRenderer::from_setup(WgpuSetup::Existing(device.clone()))))
}

/// The same, if the adapter is a program: only those draw the same pixels on every machine.
pub fn software_renderer() -> Option<WgpuTestRenderer> {
    let adapter = device()?.adapter.get_info();
    if !tiramisu::gpu::adapters::is_software(&adapter) {
        skipped!("windows are drawn by {}, and pixels are compared on a software renderer only", adapter.name);
        return None;
    }
    renderer()
}

fn device() -> Option<&'static WgpuSetupExisting> {
    static DEVICE: OnceLock<WgpuSetupExisting> = OnceLock::new();
    if adapters().is_empty() {
        skipped!("there is no graphics adapter to draw with");
        return None;
    }
    Some(alone(|| {
        DEVICE.get_or_init(|| {
            let state = create_render_state(default_wgpu_setup(), RendererOptions::PREDICTABLE);
            let RenderState { instance, adapter, device, queue, .. } = state;
            WgpuSetupExisting { instance, adapter, device, queue }
        })
    }))
}

/// Draws until all of it is on the device: what is large is brought there by another thread, or some of it with each frame.
pub fn drawn_whole<S>(harness: &mut Harness<'_, S>) -> image::RgbaImage {
    let begun = Instant::now();
    loop {
        let before = effort();
        let picture = harness.render().expect("the window can be drawn");
        let after = effort();
        if after.begun == after.done && after.uploaded_bytes == before.uploaded_bytes {
            return picture;
        }
        assert!(begun.elapsed().as_secs() < 120, "waited two minutes for what is on its way to the device: {after:?}");
        std::thread::sleep(Duration::from_millis(2));
        // The same frame is not drawn twice.
        harness.step();
    }
}
