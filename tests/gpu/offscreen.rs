//! A window that is drawn to a texture which nobody reads: what a frame takes, without a display.

use std::iter::once;

use eframe::egui::{Context, FullOutput, TexturesDelta};
use eframe::egui_wgpu::{RenderState, RendererOptions, ScreenDescriptor, WgpuSetup, WgpuSetupExisting, wgpu};
use egui_kittest::TestRenderer;
use egui_kittest::wgpu::create_render_state;
use image::RgbaImage;
use tiramisu::gpu::WgpuHandles;

/// Draws with the device that the networks run on, as the program does.
pub struct Offscreen {
    state: RenderState,
    target: Option<(wgpu::TextureView, [u32; 2])>,
}

impl Offscreen {
    /// On a device.
    pub fn on(handles: &WgpuHandles) -> Self {
        let WgpuHandles { instance, adapter, device, queue } = handles.clone();
        let setup = WgpuSetup::Existing(WgpuSetupExisting { instance, adapter, device, queue });
        Self { state: create_render_state(setup, RendererOptions::default()), target: None }
    }

    fn target(&mut self, [width, height]: [u32; 2]) -> wgpu::TextureView {
        if let Some((view, size)) = &self.target
            && *size == [width, height]
        {
            return view.clone();
        }
        let texture = self.state.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("offscreen window"),
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

impl TestRenderer for Offscreen {
    fn setup_eframe(&self, cc: &mut eframe::CreationContext<'_>, frame: &mut eframe::Frame) {
        cc.wgpu_render_state = Some(self.state.clone());
        frame.wgpu_render_state = Some(self.state.clone());
    }

    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut renderer = self.state.renderer.write();
        for (id, images) in delta.set.drain() {
            for image in images {
                renderer.update_texture(&self.state.device, &self.state.queue, id, &image);
            }
        }
        delta.free.drain().for_each(|id| renderer.free_texture(&id));
    }

    /// Draws and waits until it is drawn. The picture that is returned is none.
    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let size_in_pixels = [size.x.round() as u32, size.y.round() as u32];
        let screen = ScreenDescriptor { pixels_per_point: scale, size_in_pixels };
        let view = self.target(size_in_pixels);
        let RenderState { device, queue, renderer, .. } = &self.state;
        let mut renderer = renderer.write();
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let shapes = ctx.tessellate(output.shapes.clone(), scale);
        let before = renderer.update_buffers(device, queue, &mut encoder, &shapes, &screen);
        let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store };
        let colour = wgpu::RenderPassColorAttachment { view: &view, resolve_target: None, ops, depth_slice: None };
        let pass = wgpu::RenderPassDescriptor { color_attachments: &[Some(colour)], ..Default::default() };
        let mut pass = encoder.begin_render_pass(&pass).forget_lifetime();
        renderer.render(&mut pass, &shapes, &screen);
        drop(pass);
        queue.submit(before.into_iter().chain(once(encoder.finish())));
        device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| error.to_string())?;
        Ok(RgbaImage::new(1, 1))
    }
}
