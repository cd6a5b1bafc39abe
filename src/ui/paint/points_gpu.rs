//! The pipelines behind [`super::points`], and what each place in the window that shows a map has on the device.

mod density;
mod map_texture;
mod places;
mod sheet;
mod state;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use eframe::egui::Id;
use eframe::egui_wgpu::{CallbackResources, ScreenDescriptor, wgpu};

use super::effort::{note_held, note_map, note_upload};
use super::points::{PointCloud, Points, Prominent};
use super::target::{Target, viewport_px};
use super::tiles::Drawn;
use density::DensityGpu;
use map_texture::{MapPipeline, MapTexture};
use places::{Origins, PlaceBuffers, Places};
use state::State;

/// Slots unused for so many preparations are given up.
const SLOT_PATIENCE: u64 = 2_000;

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Pod, Zeroable)]
struct Uniforms {
    viewport_radius_pass: [f32; 4],
    camera: [f32; 4],
    rim: [f32; 4],
    grey: [f32; 4],
    opacity: [f32; 4],
    size: [f32; 4],
    looks: [u32; 4],
}

/// Which points a draw is about.
const BACK: f32 = 0.0;
const FRONT: f32 = 1.0;
const ALL: f32 = 2.0;

/// Radii of faint, grey, plain and selected points beside each other.
const SIZES: [f32; 4] = [0.8, 0.85, 1.0, 1.45];

/// What one place in the window needs.
struct Slot {
    places: Places,
    origins: Origins,
    state: State,
    passes: [wgpu::Buffer; 2],
    groups: Option<[wgpu::BindGroup; 2]>,
    /// What the passes were last drawn with; the second of them only where some points lie under the others.
    uniforms: Option<[Uniforms; 2]>,
    runs: Vec<std::ops::Range<u32>>,
    texture: Option<MapTexture>,
    last_used: u64,
}

/// Lives in egui's renderer.
pub(super) struct PointsGpu {
    target: Target,
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::RenderPipeline,
    shown: MapPipeline,
    density: DensityGpu,
    slots: HashMap<Id, Slot>,
    clock: u64,
}

impl PointsGpu {
    pub(super) fn new(device: &wgpu::Device, resources: &CallbackResources) -> Self {
        let target = Target::of(resources);
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("points"),
            entries: &[
                wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                },
                sheet(1, wgpu::TextureSampleType::Uint),
                sheet(2, wgpu::TextureSampleType::Uint),
                sheet(3, wgpu::TextureSampleType::Uint),
                sheet(4, wgpu::TextureSampleType::Float { filterable: false }),
            ],
        });
        let positions = wgpu::VertexBufferLayout {
            array_stride: size_of::<[f32; 2]>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![0 => Float32x2],
        };
        let ids = wgpu::VertexBufferLayout {
            array_stride: size_of::<u32>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![1 => Uint32],
        };
        let origins =
            wgpu::VertexBufferLayout { attributes: &wgpu::vertex_attr_array![2 => Float32x2], ..positions.clone() };
        let shader = include_str!("../../../shaders/points.wgsl");
        let buffers = [Some(positions), Some(ids), Some(origins)];
        let pipeline = target.quad_pipeline(device, "points", shader, &layout, &buffers);
        Self {
            target,
            layout,
            pipeline,
            shown: MapPipeline::new(device, target),
            density: DensityGpu::new(device, target),
            slots: HashMap::new(),
            clock: 0,
        }
    }

    /// Brings to the device what changed, and draws the map into its texture if anything did.
    pub(super) fn prepare(
        &mut self,
        points: &Points,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
    ) {
        self.bring_and_draw(points, device, queue, screen, encoder);
        note_held(self.bytes());
    }

    /// Bytes that all maps hold on the device; what two have in common counts once.
    fn bytes(&self) -> u64 {
        let mut places: Vec<&Arc<PlaceBuffers>> = Vec::new();
        let mut all = 0;
        for slot in self.slots.values() {
            if let Some((_, made)) = slot.places.there()
                && !places.iter().any(|known| Arc::ptr_eq(known, made))
            {
                all += made.positions.size() + made.ids.size();
                places.push(made);
            }
            all += slot.origins.there().map_or(0, |(_, origins)| origins.size()) + slot.state.bytes();
            all += slot.texture.as_ref().map_or(0, MapTexture::bytes);
        }
        all + self.density.bytes()
    }

    fn bring_and_draw(
        &mut self,
        points: &Points,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
    ) {
        self.clock += 1;
        let clock = self.clock;
        self.slots.retain(|_, slot| clock - slot.last_used < SLOT_PATIENCE);
        let cloud = &points.cloud;
        let shared = self.slots.values().find_map(|slot| slot.places.of(&cloud.tiles)).cloned();
        let slot = self.slots.entry(points.slot).or_insert_with(|| Slot::new(device));
        slot.last_used = clock;

        let mut has_changed = slot.places.bring_points(&cloud.tiles, shared, &points.ctx, device);
        has_changed |= match &cloud.morph {
            Some(morph) => slot.origins.bring_origins(&morph.from, &points.ctx, device),
            None => slot.origins.clear(),
        };
        let (drawn, share_of_way) = (slot.drawn_of(cloud), slot.share_of_way(cloud));
        let update = slot.state.update(&cloud.tiles, &cloud.looks, device, queue);
        if update.has_more {
            points.ctx.request_repaint();
        }
        has_changed |= update.has_changed;
        if update.is_rebuilt || slot.groups.is_none() {
            let group = |uniforms: &wgpu::Buffer| slot.state.bind(uniforms, &self.layout, device);
            slot.groups = Some([group(&slot.passes[0]), group(&slot.passes[1])]);
        }
        let [left, top, width, height] = viewport_px(points.rect, screen);
        let size_px = [width as u32, height as u32];
        let texture = match slot.texture.take() {
            Some(texture) if texture.size_px() == size_px => slot.texture.insert(texture),
            _ => {
                has_changed = true;
                slot.texture.insert(MapTexture::new(device, self.target, &self.shown, size_px))
            }
        };
        texture.place(queue, [left, top]);
        let px = screen.pixels_per_point;
        let uniforms = passes_of(cloud, share_of_way, [width, height], px);
        if !has_changed && slot.uniforms == Some(uniforms) && slot.runs == drawn.runs {
            return;
        }
        for (buffer, uniforms) in slot.passes.iter().zip(&uniforms) {
            note_upload(size_of::<Uniforms>());
            queue.write_buffer(buffer, 0, bytemuck::bytes_of(uniforms));
        }
        slot.uniforms = Some(uniforms);
        slot.runs.clone_from(&drawn.runs);
        let is_sample = drawn.points < drawn.of;
        let density = slot.places.there().and_then(|(tiles, _)| tiles.density());
        if let Some(density) = density.filter(|_| is_sample) {
            self.density.prepare(points.slot, density, cloud, [width, height], px, device, queue);
        }
        let mut pass = texture.begin(encoder);
        if is_sample {
            self.density.draw(points.slot, &mut pass);
        }
        slot.draw(&self.pipeline, &mut pass);
        note_map(drawn.points);
    }

    pub(super) fn paint(&self, slot: Id, render_pass: &mut wgpu::RenderPass<'static>) {
        if let Some(texture) = self.slots.get(&slot).and_then(|slot| slot.texture.as_ref()) {
            self.shown.paint(texture, render_pass);
        }
    }
}

impl Slot {
    fn new(device: &wgpu::Device) -> Self {
        let uniforms = || {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("point uniforms"),
                size: size_of::<Uniforms>() as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        Self {
            places: Places::default(),
            origins: Origins::default(),
            state: State::default(),
            passes: [uniforms(), uniforms()],
            groups: None,
            uniforms: None,
            runs: Vec::new(),
            texture: None,
            last_used: 0,
        }
    }

    /// Which points are drawn: those that are wanted, or meanwhile, as far as they were seen from here, those before.
    fn drawn_of<'a>(&self, cloud: &'a PointCloud) -> Cow<'a, Drawn> {
        match self.places.there() {
            Some((tiles, _)) if Arc::ptr_eq(tiles, &cloud.tiles) => Cow::Borrowed(&cloud.drawn),
            Some((tiles, _)) => Cow::Owned(tiles.drawn_in(cloud.drawn.seen.0, cloud.drawn.seen.1, cloud.drawn.most)),
            None => Cow::Owned(Drawn::default()),
        }
    }

    /// How far the points have come, as far as it is known where from.
    fn share_of_way(&self, cloud: &PointCloud) -> f32 {
        let is_known = |from: &Arc<Vec<[f32; 2]>>| {
            from.len() == cloud.tiles.len() && self.origins.of(from).is_some() && self.places.of(&cloud.tiles).is_some()
        };
        cloud.morph.as_ref().filter(|morph| is_known(&morph.from)).map_or(1.0, |morph| morph.share)
    }

    fn draw(&self, pipeline: &wgpu::RenderPipeline, pass: &mut wgpu::RenderPass<'_>) {
        let (Some((tiles, places)), Some(groups), Some(uniforms)) = (self.places.there(), &self.groups, &self.uniforms)
        else {
            return;
        };
        pass.set_pipeline(pipeline);
        pass.set_vertex_buffer(0, places.positions.slice(..));
        pass.set_vertex_buffer(1, places.ids.slice(..));
        let origins = self.origins.there().filter(|(from, _)| from.len() == tiles.len());
        pass.set_vertex_buffer(2, origins.map_or(&places.positions, |(_, origins)| origins).slice(..));
        let count = if uniforms[0].viewport_radius_pass[3] == ALL { 1 } else { 2 };
        for group in groups.iter().take(count) {
            pass.set_bind_group(0, group, &[]);
            for run in &self.runs {
                pass.draw(0..4, run.clone());
            }
        }
    }
}

fn sheet(binding: u32, sample_type: wgpu::TextureSampleType) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::VERTEX,
        ty: wgpu::BindingType::Texture {
            sample_type,
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

/// What the passes are drawn with. Where nothing lies under the rest, the first draws all.
fn passes_of(cloud: &PointCloud, share_of_way: f32, [width_px, height_px]: [f32; 2], px: f32) -> [Uniforms; 2] {
    let looks = &cloud.looks;
    let (prominent, class) = match looks.prominent {
        Prominent::All => (0, 0),
        Prominent::OfClass(class) => (1, u32::from(class)),
        Prominent::OfAnyClass => (2, 0),
        Prominent::None => (3, 0),
    };
    let has_back = prominent != 0 || looks.passing.is_some();
    let colour = |colour: eframe::egui::Color32| colour.to_array().map(|byte| f32::from(byte) / 255.0);
    let which = if has_back { [BACK, FRONT] } else { [ALL, ALL] };
    which.map(|which| Uniforms {
        viewport_radius_pass: [width_px, height_px, cloud.radius * px, which],
        camera: [cloud.camera_on_map[0], cloud.camera_on_map[1], cloud.zoom * px, share_of_way],
        rim: colour(looks.rim),
        grey: colour(looks.grey),
        opacity: looks.opacity,
        size: SIZES,
        looks: [prominent, class, u32::from(looks.keeps_colour), u32::from(looks.passing.is_some())],
    })
}
