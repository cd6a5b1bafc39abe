//! What is drawn on, and how a pipeline for it is made.

use std::cell::Cell;

use eframe::egui::{Rect, epaint::ViewportInPixels};
use eframe::egui_wgpu::{CallbackResources, RenderState, ScreenDescriptor, wgpu};

use crate::gpu::adapters;

/// Format of the window's frame buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    format: wgpu::TextureFormat,
}

thread_local! {
    static IS_SOFTWARE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the window is drawn by a program in the place of a graphics device, as far as [`install`] was told.
pub fn is_software() -> bool {
    IS_SOFTWARE.get()
}

/// Tells the paint callbacks what they will draw on. To be called once, before the first frame; without it they assume
/// the format of an off-screen test (`Rgba8Unorm`).
pub fn install(render_state: &RenderState) {
    IS_SOFTWARE.set(adapters::is_software(&render_state.adapter.get_info()));
    let target = Target { format: render_state.target_format };
    render_state.renderer.write().callback_resources.insert(target);
}

impl Target {
    /// What was installed.
    pub(super) fn of(resources: &CallbackResources) -> Self {
        resources.get().copied().unwrap_or(Self { format: wgpu::TextureFormat::Rgba8Unorm })
    }

    /// Its format.
    pub(super) fn format(self) -> wgpu::TextureFormat {
        self.format
    }

    /// A pipeline that draws instances of a quad (a strip of four vertices) over what is there.
    ///
    /// Fragments come out of `fs_main` as egui's do: encoded in sRGB, multiplied by their opacity.
    pub(super) fn quad_pipeline(
        self,
        device: &wgpu::Device,
        label: &str,
        shader: &str,
        layout: &wgpu::BindGroupLayout,
        buffers: &[Option<wgpu::VertexBufferLayout<'_>>],
    ) -> wgpu::RenderPipeline {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(shader.into()),
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(layout)],
            immediate_size: 0,
        });
        let is_linear = if self.format.is_srgb() { 1.0 } else { 0.0 };
        let compilation_options = wgpu::PipelineCompilationOptions {
            constants: &[("is_linear_target", is_linear)],
            ..wgpu::PipelineCompilationOptions::default()
        };
        device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(label),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vs_main"),
                buffers,
                compilation_options: compilation_options.clone(),
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..wgpu::PrimitiveState::default()
            },
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fs_main"),
                targets: &[Some(wgpu::ColorTargetState {
                    format: self.format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
                compilation_options,
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

/// The viewport egui will set for a callback over `rect` (in points): left, top, width and height in pixels.
pub(super) fn viewport_px(rect: Rect, screen: &ScreenDescriptor) -> [f32; 4] {
    let viewport = ViewportInPixels::from_points(&rect, screen.pixels_per_point, screen.size_in_pixels);
    [
        viewport.left_px as f32,
        viewport.top_px as f32,
        (viewport.width_px as f32).max(1.0),
        (viewport.height_px as f32).max(1.0),
    ]
}
