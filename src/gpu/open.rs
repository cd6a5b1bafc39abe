//! Opening the device.

use burn::tensor::Device;

/// Which device is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compute {
    /// The GPU, unless there is none or it is a software renderer.
    #[default]
    Auto,
    /// The GPU, whatever it is.
    Gpu,
    /// The CPU.
    Cpu,
}

/// The device that computes.
pub struct OpenDevice {
    /// Where tensors live.
    pub device: Device,
    /// Which it is and why, for the status bar.
    pub description: String,
}

/// Opens the device.
pub fn open(_compute: Compute) -> OpenDevice {
    OpenDevice { device: Device::flex(), description: "CPU (flex)".into() }
}
