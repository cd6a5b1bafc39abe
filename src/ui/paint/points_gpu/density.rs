//! How densely points lie, beneath the sample of them that is drawn.

use std::collections::HashMap;

use bytemuck::{Pod, Zeroable};
use eframe::egui::Id;
use eframe::egui_wgpu::wgpu;
use eframe::egui_wgpu::wgpu::util::DeviceExt;

use crate::ui::paint::effort::note_upload;
use crate::ui::paint::points::PointCloud;
use crate::ui::paint::target::Target;
use crate::ui::paint::tiles::Density;

/// Opacity where points lie most densely.
const OPACITY: f32 = 0.55;

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Pod, Zeroable)]
struct Uniforms {
    viewport_zoom_opacity: [f32; 4],
    camera: [f32; 4],
    corners: [f32; 4],
    colour: [f32; 4],
}

struct Slot {
    /// Of which points it is, by their address.
    of: usize,
    bytes: u64,
    uniforms: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// The pipeline, and what each map has.
pub struct DensityGpu {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::RenderPipeline,
    sampler: wgpu::Sampler,
    slots: HashMap<Id, Slot>,
}

impl DensityGpu {
    pub fn new(device: &wgpu::Device, target: Target) -> Self {
        let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
        let uniforms = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        };
        let texture = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let sampler = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("density"),
            entries: &[
                entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, uniforms),
                entry(1, wgpu::ShaderStages::FRAGMENT, texture),
                entry(2, wgpu::ShaderStages::FRAGMENT, sampler),
            ],
        });
        let shader = include_str!("../../../../shaders/density.wgsl");
        let pipeline = target.quad_pipeline(device, "density", shader, &layout, &[]);
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("density"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..wgpu::SamplerDescriptor::default()
        });
        Self { layout, pipeline, sampler, slots: HashMap::new() }
    }

    /// Uploads what was counted, once, and says where it is seen.
    #[expect(clippy::too_many_arguments, reason = "what is drawn, where, and with what")]
    pub fn prepare(
        &mut self,
        slot: Id,
        density: &Density,
        cloud: &PointCloud,
        [width_px, height_px]: [f32; 2],
        px: f32,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
    ) {
        let of = std::ptr::from_ref(density) as usize;
        if self.slots.get(&slot).is_none_or(|slot| slot.of != of) {
            let made = self.upload(of, density, device, queue);
            self.slots.insert(slot, made);
        }
        let Some(slot) = self.slots.get(&slot) else { return };
        let uniforms = Uniforms {
            viewport_zoom_opacity: [width_px, height_px, cloud.zoom * px, OPACITY],
            camera: [cloud.camera_on_map[0], cloud.camera_on_map[1], 0.0, 0.0],
            corners: [density.lower[0], density.lower[1], density.upper[0], density.upper[1]],
            colour: cloud.looks.grey.to_array().map(|byte| f32::from(byte) / 255.0),
        };
        note_upload(size_of::<Uniforms>());
        queue.write_buffer(&slot.uniforms, 0, bytemuck::bytes_of(&uniforms));
    }

    /// Bytes that all of them take on the device.
    pub fn bytes(&self) -> u64 {
        self.slots.values().map(|slot| slot.bytes).sum()
    }

    /// Draws it, if it was prepared.
    pub fn draw(&self, slot: Id, pass: &mut wgpu::RenderPass<'_>) {
        if let Some(slot) = self.slots.get(&slot) {
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &slot.group, &[]);
            pass.draw(0..4, 0..1);
        }
    }

    fn upload(&self, of: usize, density: &Density, device: &wgpu::Device, queue: &wgpu::Queue) -> Slot {
        let side = density.side as u32;
        note_upload(density.shares.len());
        let texture = device.create_texture_with_data(
            queue,
            &wgpu::TextureDescriptor {
                label: Some("density"),
                size: wgpu::Extent3d { width: side, height: side, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::R8Unorm,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            },
            wgpu::util::TextureDataOrder::default(),
            &density.shares,
        );
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let uniforms = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("density uniforms"),
            size: size_of::<Uniforms>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("density"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        });
        Slot { of, bytes: density.shares.len() as u64, uniforms, group }
    }
}
