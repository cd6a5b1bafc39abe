//! The pipeline and buffers behind [`super::heat_map`].

use std::collections::HashMap;

use bytemuck::{Pod, Zeroable};
use eframe::egui::Id;
use eframe::egui_wgpu::wgpu::util::DeviceExt;
use eframe::egui_wgpu::{CallbackResources, ScreenDescriptor, wgpu};

use super::ColourMap;
use super::effort::note_upload;
use super::heat_map::{HeatMapCell, HeatMaps};
use super::target::{Target, viewport_px};
use crate::gpu::{Memory, TensorView};

/// Views on the host whose upload is kept: the grid and the enlarged channel share one; going back and forth is free.
const UPLOADS_KEPT: usize = 4;

/// Slots unused for so many preparations are given up.
const SLOT_PATIENCE: u64 = 2_000;

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Uniforms {
    viewport_px: [f32; 4],
    strides_base: [u32; 4],
    size_smooth: [u32; 4],
    style: [f32; 4],
    overlay: [f32; 4],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Instance {
    rect_points: [f32; 4],
    range: [f32; 2],
    channel: u32,
}

impl Instance {
    fn new(cell: &HeatMapCell) -> Self {
        let rect = cell.rect;
        Self {
            rect_points: [rect.min.x, rect.min.y, rect.max.x, rect.max.y],
            range: cell.range,
            channel: cell.channel as u32,
        }
    }
}

/// What one place in the window needs.
struct Slot {
    uniforms: wgpu::Buffer,
    instances: wgpu::Buffer,
    instance_capacity: usize,
    bound: Option<(u64, ColourMap, wgpu::BindGroup)>,
    last_used: u64,
}

struct Upload {
    view_id: u64,
    buffer: wgpu::Buffer,
    last_used: u64,
}

/// Lives in egui's renderer.
pub(super) struct HeatMapGpu {
    /// `None` on a device whose fragment shaders cannot read storage buffers.
    pipeline: Option<wgpu::RenderPipeline>,
    layout: wgpu::BindGroupLayout,
    colours: HashMap<ColourMap, wgpu::Buffer>,
    slots: HashMap<Id, Slot>,
    uploads: Vec<Upload>,
    clock: u64,
}

impl HeatMapGpu {
    pub(super) fn new(device: &wgpu::Device, resources: &CallbackResources) -> Self {
        let can_read_storage = device.limits().max_storage_buffers_per_shader_stage > 0;
        let buffer = |ty| wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None };
        let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
        let mut entries = vec![
            entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, buffer(wgpu::BufferBindingType::Uniform)),
            entry(1, wgpu::ShaderStages::FRAGMENT, buffer(wgpu::BufferBindingType::Uniform)),
        ];
        if can_read_storage {
            let storage = wgpu::BufferBindingType::Storage { read_only: true };
            entries.push(entry(2, wgpu::ShaderStages::FRAGMENT, buffer(storage)));
        } else {
            tracing::warn!("this graphics device cannot read storage buffers: heat maps stay empty");
        }
        let layout = device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("heat maps"), entries: &entries });
        let pipeline = can_read_storage.then(|| {
            let instances = wgpu::VertexBufferLayout {
                array_stride: size_of::<Instance>() as u64,
                step_mode: wgpu::VertexStepMode::Instance,
                attributes: &wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x2, 2 => Uint32],
            };
            let shader = include_str!("../../../shaders/heat_map.wgsl");
            Target::of(resources).quad_pipeline(device, "heat maps", shader, &layout, &[Some(instances)])
        });
        Self { pipeline, layout, colours: HashMap::new(), slots: HashMap::new(), uploads: Vec::new(), clock: 0 }
    }

    pub(super) fn prepare(
        &mut self,
        maps: &HeatMaps,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
    ) {
        let bytes = match maps.view.memory() {
            Memory::Device { size, .. } => size,
            Memory::Host(values) => size_of_val(values) as u64,
        };
        let can_bind = bytes <= device.limits().max_storage_buffer_binding_size;
        if self.pipeline.is_none() || maps.cells.is_empty() || !can_bind {
            return;
        }
        self.clock += 1;
        let clock = self.clock;
        self.slots.retain(|_, slot| clock - slot.last_used < SLOT_PATIENCE);
        let mut slot = self.slots.remove(&maps.slot).unwrap_or_else(|| new_slot(device));
        slot.last_used = clock;

        let instances: Vec<Instance> = maps.cells.iter().map(Instance::new).collect();
        if instances.len() > slot.instance_capacity {
            slot.instance_capacity = instances.len().next_power_of_two();
            slot.instances = instance_buffer(device, slot.instance_capacity);
        }
        note_upload(size_of_val(instances.as_slice()) + size_of::<Uniforms>());
        queue.write_buffer(&slot.instances, 0, bytemuck::cast_slice(&instances));
        queue.write_buffer(&slot.uniforms, 0, bytemuck::bytes_of(&uniforms(maps, screen)));

        let key = (maps.view.id(), maps.style.colours);
        if !slot.bound.as_ref().is_some_and(|(view_id, colours, _)| (*view_id, *colours) == key) {
            let group = self.bind(&maps.view, maps.style.colours, &slot.uniforms, device);
            slot.bound = Some((key.0, key.1, group));
        }
        self.slots.insert(maps.slot, slot);
    }

    pub(super) fn paint(&self, maps: &HeatMaps, pass: &mut wgpu::RenderPass<'static>) {
        let (Some(pipeline), Some(slot)) = (&self.pipeline, self.slots.get(&maps.slot)) else { return };
        let Some((view_id, _, group)) = &slot.bound else { return };
        if *view_id != maps.view.id() || maps.cells.is_empty() {
            return;
        }
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, group, &[]);
        pass.set_vertex_buffer(0, slot.instances.slice(..));
        pass.draw(0..4, 0..maps.cells.len() as u32);
    }

    fn bind(
        &mut self,
        view: &TensorView,
        colours: ColourMap,
        uniforms: &wgpu::Buffer,
        device: &wgpu::Device,
    ) -> wgpu::BindGroup {
        let colours = self
            .colours
            .entry(colours)
            .or_insert_with(|| {
                device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: Some("colour map"),
                    contents: bytemuck::cast_slice(&colours.table()),
                    usage: wgpu::BufferUsages::UNIFORM,
                })
            })
            .clone();
        let (buffer, offset, size) = match view.memory() {
            Memory::Device { buffer, offset, size } => (buffer.clone(), offset, wgpu::BufferSize::new(size)),
            Memory::Host(values) => (self.upload(view.id(), values, device), 0, None),
        };
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("heat maps"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: colours.as_entire_binding() },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer: &buffer, offset, size }),
                },
            ],
        })
    }

    /// The buffer with a host view's values: uploaded once, shared by all slots.
    fn upload(&mut self, view_id: u64, values: &[f32], device: &wgpu::Device) -> wgpu::Buffer {
        let clock = self.clock;
        if let Some(upload) = self.uploads.iter_mut().find(|upload| upload.view_id == view_id) {
            upload.last_used = clock;
            return upload.buffer.clone();
        }
        let contents: &[f32] = if values.is_empty() { &[0.0] } else { values };
        note_upload(size_of_val(contents));
        let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("activation"),
            contents: bytemuck::cast_slice(contents),
            usage: wgpu::BufferUsages::STORAGE,
        });
        if self.uploads.len() == UPLOADS_KEPT {
            let oldest = (0..self.uploads.len()).min_by_key(|&place| self.uploads[place].last_used);
            self.uploads.swap_remove(oldest.expect("some are kept"));
        }
        self.uploads.push(Upload { view_id, buffer: buffer.clone(), last_used: clock });
        buffer
    }
}

fn uniforms(maps: &HeatMaps, screen: &ScreenDescriptor) -> Uniforms {
    let [_, h, w] = maps.view.shape();
    let layout = maps.view.layout();
    let [c_stride, y_stride, x_stride] = layout.strides;
    let style = &maps.style;
    let flag = |on: bool| if on { 1.0 } else { 0.0 };
    Uniforms {
        viewport_px: viewport_px(maps.rect, screen),
        strides_base: [c_stride as u32, y_stride as u32, x_stride as u32, layout.base as u32],
        size_smooth: [h as u32, w as u32, u32::from(style.is_smooth), 0],
        style: [screen.pixels_per_point, style.gamma, style.opacity.clamp(0.0, 1.0), flag(style.colours.is_signed())],
        overlay: [flag(style.is_overlay), 0.0, 0.0, 0.0],
    }
}

fn new_slot(device: &wgpu::Device) -> Slot {
    Slot {
        uniforms: device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("heat map uniforms"),
            size: size_of::<Uniforms>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }),
        instances: instance_buffer(device, 64),
        instance_capacity: 64,
        bound: None,
        last_used: 0,
    }
}

fn instance_buffer(device: &wgpu::Device, capacity: usize) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("heat map cells"),
        size: (capacity * size_of::<Instance>()) as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}
