//! All images of the map as points, in one instanced draw.

use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use eframe::egui::epaint::PaintCallbackInfo;
use eframe::egui::{Color32, PaintCallback, Rect};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::points_gpu::PointsGpu;

/// How a point stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PointKind {
    /// Filtered out: hardly there.
    Faint = 0,
    /// Not selected while others are.
    Grey = 1,
    /// Nothing in particular.
    Plain = 2,
    /// Selected: larger, on top, with a rim.
    Selected = 3,
}

/// What changes about a point: four bytes, so that a million are rewritten in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct PointState {
    rgb: [u8; 3],
    kind: u8,
}

impl PointState {
    /// A point of this colour and kind.
    pub fn new(colour: Color32, kind: PointKind) -> Self {
        Self { rgb: [colour.r(), colour.g(), colour.b()], kind: kind as u8 }
    }

    /// Whether it lies under the others.
    pub(super) fn is_back(self) -> bool {
        self.kind < PointKind::Plain as u8
    }
}

/// The points of one map. Positions are uploaded when `positions` is another array than in the last frame, states
/// likewise; a new frame with the same arrays uploads nothing but the camera.
#[derive(Clone, Debug)]
pub struct PointCloud {
    /// On the map; not a number for points that cannot be drawn.
    pub positions: Arc<Vec<[f32; 2]>>,
    /// One for each of `positions`.
    pub states: Arc<Vec<PointState>>,
    /// The middle of the view on the map.
    pub camera_on_map: [f32; 2],
    /// Points of the screen to one unit of the map.
    pub zoom: f32,
    /// Radius of a plain point, in points of the screen.
    pub radius: f32,
    /// The rim of selected points.
    pub rim: Color32,
    /// Opacity of faint, grey, plain and selected points.
    pub opacity: [f32; 4],
}

/// The cloud as a shape that fills `rect`, in points.
///
/// # Panics
/// When there is not one state for each position.
pub fn points(rect: Rect, cloud: PointCloud) -> PaintCallback {
    assert_eq!(cloud.positions.len(), cloud.states.len(), "one state for each position");
    Callback::new_paint_callback(rect, Points { rect, cloud })
}

pub(super) struct Points {
    pub(super) rect: Rect,
    pub(super) cloud: PointCloud,
}

impl CallbackTrait for Points {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if !resources.contains::<PointsGpu>() {
            let gpu = PointsGpu::new(device, resources);
            resources.insert(gpu);
        }
        let gpu = resources.get_mut::<PointsGpu>().expect("inserted above");
        gpu.prepare(self, device, queue, screen);
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        if let Some(gpu) = resources.get::<PointsGpu>() {
            gpu.paint(pass);
        }
    }
}
