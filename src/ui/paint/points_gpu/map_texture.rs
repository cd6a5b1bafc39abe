//! The texture that a map is drawn into, and how it is shown.

use bytemuck::{Pod, Zeroable};
use eframe::egui_wgpu::wgpu;

use crate::ui::paint::effort::note_upload;
use crate::ui::paint::target::Target;

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Pod, Zeroable)]
struct Uniforms {
    origin_px: [f32; 4],
}

/// What shows a texture.
pub struct MapPipeline {
    layout: wgpu::BindGroupLayout,
    pipeline: wgpu::RenderPipeline,
}

impl MapPipeline {
    pub fn new(device: &wgpu::Device, target: Target) -> Self {
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        let uniforms = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        };
        let texture = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("map"),
            entries: &[entry(0, uniforms), entry(1, texture)],
        });
        let shader = include_str!("../../../../shaders/map_texture.wgsl");
        let pipeline = target.quad_pipeline(device, "map", shader, &layout, &[]);
        Self { layout, pipeline }
    }

    /// Lays the texture over what is there.
    pub fn paint(&self, texture: &MapTexture, pass: &mut wgpu::RenderPass<'static>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &texture.group, &[]);
        pass.draw(0..4, 0..1);
    }
}

/// A map as it was last drawn, as large as its place in the window.
pub struct MapTexture {
    view: wgpu::TextureView,
    uniforms: wgpu::Buffer,
    group: wgpu::BindGroup,
    size_px: [u32; 2],
    origin_px: Option<[f32; 2]>,
}

impl MapTexture {
    /// An empty one.
    pub fn new(device: &wgpu::Device, target: Target, pipeline: &MapPipeline, size_px: [u32; 2]) -> Self {
        let most = device.limits().max_texture_dimension_2d;
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("map"),
            size: wgpu::Extent3d {
                width: size_px[0].clamp(1, most),
                height: size_px[1].clamp(1, most),
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: target.format(),
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let uniforms = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("map uniforms"),
            size: size_of::<Uniforms>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("map"),
            layout: &pipeline.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
            ],
        });
        Self { view, uniforms, group, size_px, origin_px: None }
    }

    /// How large the place is.
    pub fn size_px(&self) -> [u32; 2] {
        self.size_px
    }

    /// Bytes that it takes: four a pixel, in every format that a window has.
    pub fn bytes(&self) -> u64 {
        self.size_px.iter().map(|side| u64::from(*side)).product::<u64>() * 4
    }

    /// Says where in the window it is shown.
    pub fn place(&mut self, queue: &wgpu::Queue, origin_px: [f32; 2]) {
        if self.origin_px.replace(origin_px) != Some(origin_px) {
            let uniforms = Uniforms { origin_px: [origin_px[0], origin_px[1], 0.0, 0.0] };
            note_upload(size_of::<Uniforms>());
            queue.write_buffer(&self.uniforms, 0, bytemuck::bytes_of(&uniforms));
        }
    }

    /// Begins to draw it anew.
    pub fn begin<'a>(&self, encoder: &'a mut wgpu::CommandEncoder) -> wgpu::RenderPass<'a> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("map"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: None,
            timestamp_writes: None,
            occlusion_query_set: None,
            multiview_mask: None,
        })
    }
}
