//! Many channels of one activation as heat maps, in one draw.

use eframe::egui::epaint::PaintCallbackInfo;
use eframe::egui::{Id, PaintCallback, Rect};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::ColourMap;
use super::heat_map_gpu::HeatMapGpu;
use crate::gpu::TensorView;

/// One channel and where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatMapCell {
    /// On the screen, in points.
    pub rect: Rect,
    /// Which channel.
    pub channel: usize,
    /// The values at the two ends of the colour map.
    pub range: [f32; 2],
}

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatMapStyle {
    /// Which colours.
    pub colours: ColourMap,
    /// Exponent applied to the share of the range: below 1 brings out what is weak.
    pub gamma: f32,
    /// Blend between values rather than show each as a square.
    pub is_smooth: bool,
    /// Opacity in `0..=1`.
    pub opacity: f32,
    /// Let what is under it shine through where values are low.
    pub is_overlay: bool,
}

impl Default for HeatMapStyle {
    fn default() -> Self {
        Self { colours: ColourMap::default(), gamma: 1.0, is_smooth: false, opacity: 1.0, is_overlay: false }
    }
}

/// All of `cells` as one shape that fills `rect`, in points. Cells may reach beyond it and are cut off.
///
/// `slot` names the place in the window this is drawn at: whatever was bound for it in the last frame is used again as
/// long as the view is the same. Values are neither copied nor uploaded, save once for a view on the host.
pub fn heat_maps(
    slot: Id,
    rect: Rect,
    view: &TensorView,
    cells: Vec<HeatMapCell>,
    style: HeatMapStyle,
) -> PaintCallback {
    Callback::new_paint_callback(rect, HeatMaps { slot, rect, view: view.clone(), cells, style })
}

pub(super) struct HeatMaps {
    pub(super) slot: Id,
    pub(super) rect: Rect,
    /// Held until the frame is drawn, so that the memory stays the tensor's.
    pub(super) view: TensorView,
    pub(super) cells: Vec<HeatMapCell>,
    pub(super) style: HeatMapStyle,
}

impl CallbackTrait for HeatMaps {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if !resources.contains::<HeatMapGpu>() {
            let gpu = HeatMapGpu::new(device, resources);
            resources.insert(gpu);
        }
        let gpu = resources.get_mut::<HeatMapGpu>().expect("inserted above");
        gpu.prepare(self, device, queue, screen);
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        if let Some(gpu) = resources.get::<HeatMapGpu>() {
            gpu.paint(self, pass);
        }
    }
}
