//! The pipeline and buffers behind [`super::points`].

use std::sync::Arc;

use bytemuck::{NoUninit, Pod, Zeroable};
use eframe::egui_wgpu::wgpu::util::DeviceExt;
use eframe::egui_wgpu::{CallbackResources, ScreenDescriptor, wgpu};

use super::effort::note_upload;
use super::points::{PointState, Points};
use super::target::{Target, viewport_px};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Uniforms {
    viewport_radius_pass: [f32; 4],
    camera: [f32; 4],
    rim: [f32; 4],
    opacity: [f32; 4],
    size: [f32; 4],
}

/// Which points a draw is about.
const BACK: f32 = 0.0;
const FRONT: f32 = 1.0;
const ALL: f32 = 2.0;

/// Radii of faint, grey, plain and selected points beside each other.
const SIZES: [f32; 4] = [0.8, 0.85, 1.0, 1.45];

/// An array as it was last uploaded.
struct Uploaded<T> {
    source: Arc<Vec<T>>,
    buffer: wgpu::Buffer,
}

struct Pass {
    uniforms: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// Lives in egui's renderer.
pub(super) struct PointsGpu {
    pipeline: wgpu::RenderPipeline,
    passes: [Pass; 2],
    positions: Option<Uploaded<[f32; 2]>>,
    states: Option<Uploaded<PointState>>,
    has_back: bool,
}

impl PointsGpu {
    pub(super) fn new(device: &wgpu::Device, resources: &CallbackResources) -> Self {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("points"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let positions = wgpu::VertexBufferLayout {
            array_stride: size_of::<[f32; 2]>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![0 => Float32x2],
        };
        let states = wgpu::VertexBufferLayout {
            array_stride: size_of::<PointState>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &wgpu::vertex_attr_array![1 => Uint8x4],
        };
        let shader = include_str!("../../../shaders/points.wgsl");
        let buffers = [Some(positions), Some(states)];
        let pipeline = Target::of(resources).quad_pipeline(device, "points", shader, &layout, &buffers);
        let passes = [(); 2].map(|()| Pass::new(device, &layout));
        Self { pipeline, passes, positions: None, states: None, has_back: false }
    }

    pub(super) fn prepare(
        &mut self,
        points: &Points,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
    ) {
        let cloud = &points.cloud;
        if upload(&mut self.positions, &cloud.positions, device, queue) {
            // States of other points must not be drawn with these, even if they are as many.
            self.states = None;
        }
        if upload(&mut self.states, &cloud.states, device, queue) {
            self.has_back = cloud.states.iter().any(|state| state.is_back());
        }
        let [_, _, width_px, height_px] = viewport_px(points.rect, screen);
        let px = screen.pixels_per_point;
        let [r, g, b, _] = cloud.rim.to_array().map(|byte| f32::from(byte) / 255.0);
        let which = if self.has_back { [BACK, FRONT] } else { [ALL, ALL] };
        for (pass, which) in self.passes.iter().zip(which) {
            let uniforms = Uniforms {
                viewport_radius_pass: [width_px, height_px, cloud.radius * px, which],
                camera: [cloud.camera_on_map[0], cloud.camera_on_map[1], cloud.zoom * px, 0.0],
                rim: [r, g, b, 1.0],
                opacity: cloud.opacity,
                size: SIZES,
            };
            queue.write_buffer(&pass.uniforms, 0, bytemuck::bytes_of(&uniforms));
        }
    }

    pub(super) fn paint(&self, render_pass: &mut wgpu::RenderPass<'static>) {
        let (Some(positions), Some(states)) = (&self.positions, &self.states) else { return };
        if positions.source.is_empty() {
            return;
        }
        render_pass.set_pipeline(&self.pipeline);
        render_pass.set_vertex_buffer(0, positions.buffer.slice(..));
        render_pass.set_vertex_buffer(1, states.buffer.slice(..));
        for pass in self.passes.iter().take(if self.has_back { 2 } else { 1 }) {
            render_pass.set_bind_group(0, &pass.group, &[]);
            render_pass.draw(0..4, 0..positions.source.len() as u32);
        }
    }
}

impl Pass {
    fn new(device: &wgpu::Device, layout: &wgpu::BindGroupLayout) -> Self {
        let uniforms = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("point uniforms"),
            size: size_of::<Uniforms>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("points"),
            layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() }],
        });
        Self { uniforms, group }
    }
}

/// Brings `source` to the device unless it is there; says whether it had to.
fn upload<T: NoUninit>(
    uploaded: &mut Option<Uploaded<T>>,
    source: &Arc<Vec<T>>,
    device: &wgpu::Device,
    queue: &wgpu::Queue,
) -> bool {
    if uploaded.as_ref().is_some_and(|there| Arc::ptr_eq(&there.source, source)) {
        return false;
    }
    let bytes: &[u8] = bytemuck::cast_slice(source);
    note_upload(bytes.len());
    match uploaded {
        Some(there) if there.source.len() == source.len() && !source.is_empty() => {
            queue.write_buffer(&there.buffer, 0, bytes);
            there.source = source.clone();
        }
        _ => {
            let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("points"),
                contents: if bytes.is_empty() { &[0; 8] } else { bytes },
                usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            });
            *uploaded = Some(Uploaded { source: source.clone(), buffer });
        }
    }
    true
}
