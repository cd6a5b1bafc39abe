//! All images of the map as points: kept on the device, drawn into a texture when something about them changed.

use std::sync::Arc;

use eframe::egui::epaint::PaintCallbackInfo;
use eframe::egui::{Color32, Context, Id, PaintCallback, Rect};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::points_gpu::PointsGpu;
use super::{Classes, Drawn, Tiles};
use crate::domain::ImageSet;

/// Which of the points that are not selected stand out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prominent {
    /// All.
    #[default]
    All,
    /// Those of one class.
    OfClass(u16),
    /// Those of any class but 0.
    OfAnyClass,
    /// None.
    None,
}

/// What decides how each point looks. All of it is kept on the device, where only what differs from the last frame is changed.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// The class of each image.
    pub classes: Classes,
    /// The colour of each class.
    pub palette: Arc<Vec<Color32>>,
    /// Images that are selected: larger, on top, with a rim.
    pub selected: ImageSet,
    /// Images that pass the filter, if there is one. Others are hardly there.
    pub passing: Option<ImageSet>,
    /// Which of the others stand out.
    pub prominent: Prominent,
    /// Whether those that do not keep a breath of their colour.
    pub keeps_colour: bool,
    /// The colour of those that do not keep it, and of those that the filter holds back.
    pub grey: Color32,
    /// The rim of selected points.
    pub rim: Color32,
    /// Opacity of faint, grey, plain and selected points.
    pub opacity: [f32; 4],
}

/// Points on their way from another map to the one that is drawn.
#[derive(Clone, Debug)]
pub struct Morph {
    /// Where each point of the tiles comes from, in their order.
    pub from: Arc<Vec<[f32; 2]>>,
    /// How far it has come, in `0..=1`.
    pub share: f32,
}

/// The points of one map. They are uploaded when `tiles` is another value than in the last frame, by another thread where they are
/// many: until they are there, those before are drawn. A frame in which nothing changed uploads nothing and draws none of them.
#[derive(Clone, Debug)]
pub struct PointCloud {
    /// The points.
    pub tiles: Arc<Tiles>,
    /// Which of them are drawn. Where it is not all that are in view, their density is drawn beneath.
    pub drawn: Drawn,
    /// Where they come from, if they are on their way.
    pub morph: Option<Morph>,
    /// How they look.
    pub looks: Looks,
    /// The middle of the view on the map.
    pub camera_on_map: [f32; 2],
    /// Points of the screen to one unit of the map.
    pub zoom: f32,
    /// Radius of a plain point, in points of the screen.
    pub radius: f32,
}

/// The cloud as a shape that fills `rect`, in points. `slot` names the place in the window that it is drawn at; `ctx` is asked for
/// another frame when more of it can be drawn.
pub fn points(ctx: &Context, slot: Id, rect: Rect, cloud: PointCloud) -> PaintCallback {
    Callback::new_paint_callback(rect, Points { ctx: ctx.clone(), slot, rect, cloud })
}

pub(super) struct Points {
    pub(super) ctx: Context,
    pub(super) slot: Id,
    pub(super) rect: Rect,
    pub(super) cloud: PointCloud,
}

impl CallbackTrait for Points {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if !resources.contains::<PointsGpu>() {
            let gpu = PointsGpu::new(device, resources);
            resources.insert(gpu);
        }
        let gpu = resources.get_mut::<PointsGpu>().expect("inserted above");
        gpu.prepare(self, device, queue, screen, encoder);
        Vec::new()
    }

    fn paint(&self, _: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        if let Some(gpu) = resources.get::<PointsGpu>() {
            gpu.paint(self.slot, pass);
        }
    }
}
