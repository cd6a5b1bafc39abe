//! Opening the device that computes.

use std::sync::{Arc, OnceLock};

use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::{Device, FloatDType};

use super::GpuError;
use super::adapters::{enumerate, is_software, names, short_name};

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

impl Compute {
    /// All of them, for menus.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Gpu, Self::Cpu];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }
}

/// What burn opened, for a window that wants to draw with the same device.
#[derive(Clone, Debug)]
pub struct WgpuHandles {
    /// The way into the graphics interface.
    pub instance: wgpu::Instance,
    /// The physical device.
    pub adapter: wgpu::Adapter,
    /// The logical device.
    pub device: wgpu::Device,
    /// Its only queue: burn's kernels and the window's frames run in the order in which they are handed in.
    pub queue: wgpu::Queue,
}

/// The device that computes.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Where tensors live.
    pub device: Device,
    /// Which it is and why, for the status bar.
    pub description: String,
    /// What the window must draw with, if tensors live on a GPU; `None` when they live on the CPU.
    pub shared: Option<WgpuHandles>,
    /// Whether the device is a graphics adapter that is a program. Only ever so when the GPU was asked for by name.
    pub software_adapter: bool,
}

impl OpenDevice {
    /// Whether the device computes in half precision.
    ///
    /// # Errors
    /// When it does not: the processor, and GPUs without numbers of 16 bits.
    pub fn expect_half(&self) -> Result<(), GpuError> {
        match self.device != Device::flex() && self.device.supports_dtype(FloatDType::F16) {
            true => Ok(()),
            false => Err(GpuError::NoHalf { device: self.description.clone() }),
        }
    }
}

/// The device that computes, opened when it is first needed.
#[derive(Clone, Debug, Default)]
pub struct DeviceWhenNeeded(Arc<OnceLock<OpenDevice>>);

impl DeviceWhenNeeded {
    /// One that is open.
    pub fn opened(device: OpenDevice) -> Self {
        Self(Arc::new(OnceLock::from(device)))
    }

    /// The device. If none is open yet it is that of [`Compute::Auto`], which there always is.
    pub fn get(&self) -> &OpenDevice {
        self.0.get_or_init(open_auto)
    }

    /// Which it is and why, if it is open.
    pub fn description(&self) -> Option<&str> {
        self.0.get().map(|device| device.description.as_str())
    }
}

/// Opens the device. Opening the GPU a second time gives the same one.
///
/// # Errors
/// Only when [`Compute::Gpu`] is asked for and there is no adapter, or it does not open. [`Compute::Auto`] falls back to
/// the CPU and says why in the description.
pub fn open(compute: Compute) -> Result<OpenDevice, GpuError> {
    match compute {
        Compute::Cpu => Ok(cpu("as chosen")),
        Compute::Gpu => open_gpu(),
        Compute::Auto => Ok(open_auto()),
    }
}

fn open_auto() -> OpenDevice {
    let adapters = enumerate();
    if adapters.is_empty() {
        return cpu("no graphics adapter of Vulkan, Metal or Direct3D 12 was found");
    }
    if adapters.iter().all(is_software) {
        let which = names(&adapters);
        return cpu(&format!("the only graphics adapter is a software renderer ({which})"));
    }
    match open_gpu() {
        Ok(open) if open.software_adapter => {
            cpu(&format!("the system offered a software renderer ({})", open.description))
        }
        Ok(open) => open,
        Err(error) => {
            tracing::warn!("{error}");
            cpu("the graphics adapter could not be opened; the log says why")
        }
    }
}

fn cpu(why: &str) -> OpenDevice {
    OpenDevice {
        device: Device::flex(),
        description: format!("CPU (flex): {why}"),
        shared: None,
        software_adapter: false,
    }
}

fn open_gpu() -> Result<OpenDevice, GpuError> {
    // burn registers its runtime once per process and refuses to do it again.
    static GPU: OnceLock<Result<OpenDevice, GpuError>> = OnceLock::new();
    GPU.get_or_init(|| {
        let adapters = enumerate();
        let real = adapters.iter().find(|adapter| !is_software(adapter));
        let Some(first) = real.or(adapters.first()) else { return Err(GpuError::NoAdapter) };
        // Left to choose, burn asks OpenGL as well.
        let api = match first.backend {
            wgpu::Backend::Vulkan => WgpuBackend::Vulkan,
            wgpu::Backend::Dx12 => WgpuBackend::Dx12,
            wgpu::Backend::Noop | wgpu::Backend::Metal | wgpu::Backend::Gl | wgpu::Backend::BrowserWebGpu => {
                WgpuBackend::Auto
            }
        };
        let (device, setup) = Device::wgpu_options()
            .graphics_api(api)
            .init_with_setup()
            .map_err(|error| GpuError::NotOpened { adapter: first.name.clone(), why: error.to_string() })?;
        let info = setup.adapter.get_info();
        let software_adapter = is_software(&info);
        let kind = if software_adapter { "GPU (software)" } else { "GPU" };
        Ok(OpenDevice {
            device,
            description: format!("{kind}: {}, {}", short_name(&info.name), info.backend),
            shared: Some(WgpuHandles {
                instance: setup.instance,
                adapter: setup.adapter,
                device: setup.device,
                queue: setup.queue,
            }),
            software_adapter,
        })
    })
    .clone()
}
