//! A device of the graphics interface, with the way to it.

use super::on_screen::descriptor_for_window;

/// What burn opened, or another device on the same GPU.
#[derive(Clone, Debug)]
pub struct WgpuHandles {
    /// The way into the graphics interface.
    pub instance: wgpu::Instance,
    /// The physical device.
    pub adapter: wgpu::Adapter,
    /// The logical device.
    pub device: wgpu::Device,
    /// Its only queue: what is handed in is done in that order.
    pub queue: wgpu::Queue,
}

impl WgpuHandles {
    /// Another logical device on the same GPU, with a queue of its own.
    pub(super) fn another(&self) -> Result<Self, wgpu::RequestDeviceError> {
        let descriptor = descriptor_for_window(&self.adapter);
        let (device, queue) = pollster::block_on(self.adapter.request_device(&descriptor))?;
        Ok(Self { instance: self.instance.clone(), adapter: self.adapter.clone(), device, queue })
    }
}
