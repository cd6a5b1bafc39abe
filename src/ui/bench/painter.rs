//! Draws frames to a texture that nobody looks at.

use std::iter::once;
use std::time::Instant;

use eframe::egui::epaint::{ClippedPrimitive, Primitive};
use eframe::egui::{Context, FullOutput};
use eframe::egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew,
    WgpuSetupExisting, wgpu,
};

use crate::gpu::WgpuHandles;
use crate::gpu::adapters::is_software;
use crate::ui::paint;
use crate::ui::paint::effort::effort;

/// Seconds that drawing one frame may take before it is held to be stuck.
const MOST_SECS: u64 = 60;

/// What draws, and on what.
pub(super) struct Painter {
    state: RenderState,
    target: Option<(wgpu::TextureView, [u32; 2])>,
}

/// What handing a frame over came to.
pub(super) struct Painted {
    /// Bytes that went to the GPU.
    pub(super) bytes: u64,
    /// Seconds of cutting shapes into triangles.
    pub(super) tessellating_secs: f32,
    /// Seconds of bringing pictures and letters to the GPU.
    pub(super) textures_secs: f32,
    /// Seconds of everything else until it was handed over.
    pub(super) handing_over_secs: f32,
}

impl Painter {
    /// On what a window is to draw with if that is said, else on what it would open by itself.
    pub(super) fn new(handles: Option<WgpuHandles>) -> Result<Self, String> {
        let setup = match handles {
            Some(WgpuHandles { instance, adapter, device, queue }) => {
                WgpuSetup::Existing(WgpuSetupExisting { instance, adapter, device, queue })
            }
            None => WgpuSetup::CreateNew(WgpuSetupCreateNew::without_display_handle()),
        };
        let instance = pollster::block_on(setup.new_instance());
        let configuration = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
        let state = RenderState::create(&configuration, &instance, None, RendererOptions::default());
        let state = pollster::block_on(state).map_err(|error| error.to_string())?;
        paint::install(&state);
        Ok(Self { state, target: None })
    }

    /// The name of what draws.
    pub(super) fn adapter(&self) -> String {
        let info = self.state.adapter.get_info();
        format!("{}, {}", info.name, info.backend)
    }

    /// Whether what draws is a program, and no graphics card.
    pub(super) fn is_program(&self) -> bool {
        is_software(&self.state.adapter.get_info())
    }

    /// The longest side that a texture may have.
    pub(super) fn max_texture_side(&self) -> usize {
        self.state.device.limits().max_texture_dimension_2d as usize
    }

    /// Takes over textures and hands a frame to the GPU.
    pub(super) fn paint(&mut self, ctx: &Context, output: FullOutput) -> Painted {
        // Only what callbacks send while the frame is handed over: textures and meshes are counted below.
        let counted = effort().uploaded_bytes;
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        let size_in_pixels = [size.x.round() as u32, size.y.round() as u32];
        let screen = ScreenDescriptor { pixels_per_point: scale, size_in_pixels };
        let began = Instant::now();
        let shapes = ctx.tessellate(output.shapes, scale);
        let tessellating_secs = began.elapsed().as_secs_f32();
        let began = Instant::now();
        let view = self.target(size_in_pixels);
        let RenderState { device, queue, renderer, .. } = &self.state;
        let mut renderer = renderer.write();
        let mut textures = output.textures_delta;
        let mut bytes = 0;
        let (textures_began, sent) = (Instant::now(), textures.set.len());
        for (id, images) in textures.set.drain() {
            for image in images {
                bytes += (image.image.width() * image.image.height() * 4) as u64;
                renderer.update_texture(device, queue, id, &image);
            }
        }
        let textures_secs = if sent > 0 { textures_began.elapsed().as_secs_f32() } else { 0.0 };
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let before = renderer.update_buffers(device, queue, &mut encoder, &shapes, &screen);
        let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store };
        let colour = wgpu::RenderPassColorAttachment { view: &view, resolve_target: None, ops, depth_slice: None };
        let pass = wgpu::RenderPassDescriptor { color_attachments: &[Some(colour)], ..Default::default() };
        let mut pass = encoder.begin_render_pass(&pass).forget_lifetime();
        renderer.render(&mut pass, &shapes, &screen);
        drop(pass);
        queue.submit(before.into_iter().chain(once(encoder.finish())));
        textures.free.drain().for_each(|id| renderer.free_texture(&id));
        let bytes = bytes + mesh_bytes(&shapes) + (effort().uploaded_bytes - counted);
        Painted {
            bytes,
            tessellating_secs,
            textures_secs,
            handing_over_secs: began.elapsed().as_secs_f32() - textures_secs,
        }
    }

    /// Waits until all that was handed over is drawn.
    ///
    /// # Errors
    /// When that takes too long, or the device is lost.
    pub(super) fn wait(&self) -> Result<(), String> {
        let timeout = Some(std::time::Duration::from_secs(MOST_SECS));
        let wait = wgpu::PollType::Wait { submission_index: None, timeout };
        self.state.device.poll(wait).map(drop).map_err(|error| error.to_string())
    }

    fn target(&mut self, [width, height]: [u32; 2]) -> wgpu::TextureView {
        if let Some((view, size)) = &self.target
            && *size == [width, height]
        {
            return view.clone();
        }
        let texture = self.state.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("window without a screen"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.state.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        self.target = Some((view.clone(), [width, height]));
        view
    }
}

/// Corners and triangles of all that egui draws itself.
fn mesh_bytes(shapes: &[ClippedPrimitive]) -> u64 {
    let of = |shape: &ClippedPrimitive| match &shape.primitive {
        Primitive::Mesh(mesh) => size_of_val(&mesh.vertices[..]) + size_of_val(&mesh.indices[..]),
        Primitive::Callback(_) => 0,
    };
    shapes.iter().map(of).sum::<usize>() as u64
}
