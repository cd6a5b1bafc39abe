//! A long row of numbers as a texture: what every device lets a vertex shader read, and change in any place.

use eframe::egui_wgpu::wgpu;

use crate::ui::paint::effort::note_upload;

/// Texels of a row. No device has narrower textures.
pub const WIDTH: usize = 2048;

/// The texture and how much of it is used.
pub struct Sheet {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    rows: usize,
    texel_bytes: usize,
}

impl Sheet {
    /// Room for `texels` numbers of `texel_bytes` each, all 0; for fewer where the device has no texture so large.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat, texel_bytes: usize, texels: usize) -> Self {
        let rows = texels.div_ceil(WIDTH).clamp(1, device.limits().max_texture_dimension_2d as usize);
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("looks of points"),
            size: wgpu::Extent3d { width: WIDTH as u32, height: rows as u32, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { texture, view, rows, texel_bytes }
    }

    /// What a shader is given.
    pub fn view(&self) -> &wgpu::TextureView {
        &self.view
    }

    /// How many numbers it has room for.
    pub fn texels(&self) -> usize {
        self.rows * WIDTH
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> u64 {
        (self.texels() * self.texel_bytes) as u64
    }

    /// Replaces the numbers from `first` on. What lies beyond the room there is is left out.
    pub fn write(&self, queue: &wgpu::Queue, first: usize, bytes: &[u8]) {
        let mut at = first;
        let last = (first + bytes.len() / self.texel_bytes).min(self.texels());
        let mut rest = bytes;
        while at < last {
            let column = at % WIDTH;
            // Whole rows go together.
            let count = match column {
                0 if last - at >= WIDTH => (last - at) / WIDTH * WIDTH,
                _ => (WIDTH - column).min(last - at),
            };
            let (now, later) = rest.split_at(count * self.texel_bytes);
            note_upload(now.len());
            queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &self.texture,
                    mip_level: 0,
                    origin: wgpu::Origin3d { x: column as u32, y: (at / WIDTH) as u32, z: 0 },
                    aspect: wgpu::TextureAspect::All,
                },
                now,
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some((count.min(WIDTH) * self.texel_bytes) as u32),
                    rows_per_image: None,
                },
                wgpu::Extent3d {
                    width: count.min(WIDTH) as u32,
                    height: count.div_ceil(WIDTH) as u32,
                    depth_or_array_layers: 1,
                },
            );
            rest = later;
            at += count;
        }
    }
}
