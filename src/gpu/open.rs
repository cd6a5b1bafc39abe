//! Opening the device that computes.

use std::sync::{Mutex, PoisonError};

use burn::tensor::wgpu::WgpuBackend;
use burn::tensor::{Device, DeviceKind, FloatDType};
use serde::{Deserialize, Serialize};

use super::adapters::{enumerate, is_called, is_software, names, short_name};
use super::{GpuError, WgpuHandles};

/// Which device is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

/// The device that computes.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Where tensors live.
    pub device: Device,
    /// Which it is and why, for the status bar.
    pub description: String,
    /// What burn opened, if tensors live on a GPU; `None` when they live on the CPU.
    pub graphics: Option<WgpuHandles>,
    /// Whether windows draw by a device of their own on the same GPU, so that no frame waits for a batch. So it is on a real GPU;
    /// a program that stands for one has nothing to gain. May be changed before the device is handed to an engine.
    pub draws_apart: bool,
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

/// Opens the device. Opening the GPU a second time gives the same one.
///
/// # Errors
/// Only when [`Compute::Gpu`] is asked for and there is no adapter, or it does not open. [`Compute::Auto`] falls back to
/// the CPU and says why in the description.
pub fn open(compute: Compute) -> Result<OpenDevice, GpuError> {
    open_with(compute, None)
}

/// The same by the graphics adapter in whose name `adapter` occurs, whatever it is; the first of several.
///
/// # Errors
/// As [`open`], when no adapter is called so, and when one is named for the CPU.
pub fn open_with(compute: Compute, adapter: Option<&str>) -> Result<OpenDevice, GpuError> {
    match (compute, adapter) {
        (Compute::Cpu, None) => Ok(cpu("as chosen")),
        (Compute::Cpu, Some(_)) => Err(GpuError::AdapterOfCpu),
        (Compute::Gpu | Compute::Auto, Some(name)) => open_gpu(Some(name)),
        (Compute::Gpu, None) => open_gpu(None),
        (Compute::Auto, None) => Ok(open_auto()),
    }
}

pub(super) fn open_auto() -> OpenDevice {
    let adapters = enumerate();
    if adapters.is_empty() {
        return cpu("no graphics adapter of Vulkan, Metal or Direct3D 12 was found");
    }
    if adapters.iter().all(is_software) {
        let which = names(&adapters);
        return cpu(&format!("the only graphics adapter is a software renderer ({which})"));
    }
    match open_gpu(None) {
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

pub(super) fn cpu(why: &str) -> OpenDevice {
    OpenDevice {
        device: Device::flex(),
        description: format!("CPU (flex): {why}"),
        graphics: None,
        draws_apart: false,
        software_adapter: false,
    }
}

/// What burn calls an adapter, and how it is reached.
type Selector = (DeviceKind, wgpu::Backend);

fn open_gpu(name: Option<&str>) -> Result<OpenDevice, GpuError> {
    // burn registers its runtime of an adapter once per process and refuses to do it again.
    static OPENED: Mutex<Vec<(Selector, Result<OpenDevice, GpuError>)>> = Mutex::new(Vec::new());
    let adapters = enumerate();
    let (selector, adapter) = choose(&adapters, name)?;
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, known)) = opened.iter().find(|(known, _)| *known == selector) {
        return known.clone();
    }
    let device = open_adapter(selector.clone(), adapter);
    opened.push((selector, device.clone()));
    device
}

/// The adapter that is called so, or the best there is.
fn choose<'a>(
    adapters: &'a [wgpu::AdapterInfo],
    name: Option<&str>,
) -> Result<(Selector, &'a wgpu::AdapterInfo), GpuError> {
    let Some(name) = name else {
        let real = adapters.iter().find(|adapter| !is_software(adapter));
        let first = real.or(adapters.first()).ok_or(GpuError::NoAdapter)?;
        // burn knows which of several is the strongest.
        return Ok(((DeviceKind::DefaultDevice, first.backend), first));
    };
    let found = adapters.iter().position(|adapter| is_called(adapter, name));
    let missing = || GpuError::NoSuchAdapter { name: name.to_owned(), known: names(adapters) };
    let (place, adapter) = found.and_then(|place| Some((place, adapters.get(place)?))).ok_or_else(missing)?;
    // burn counts those of each kind by themselves, in this order.
    let is_kin = |it: &&wgpu::AdapterInfo| it.backend == adapter.backend && it.device_type == adapter.device_type;
    let nth = adapters.iter().take(place).filter(is_kin).count();
    let kind = match adapter.device_type {
        wgpu::DeviceType::DiscreteGpu => DeviceKind::DiscreteGpu(nth),
        wgpu::DeviceType::IntegratedGpu => DeviceKind::IntegratedGpu(nth),
        wgpu::DeviceType::VirtualGpu => DeviceKind::VirtualGpu(nth),
        wgpu::DeviceType::Cpu => DeviceKind::Cpu,
        wgpu::DeviceType::Other => DeviceKind::DefaultDevice,
    };
    Ok(((kind, adapter.backend), adapter))
}

fn open_adapter((kind, backend): Selector, adapter: &wgpu::AdapterInfo) -> Result<OpenDevice, GpuError> {
    // Left to choose, burn asks OpenGL as well.
    let api = match backend {
        wgpu::Backend::Vulkan => WgpuBackend::Vulkan,
        wgpu::Backend::Dx12 => WgpuBackend::Dx12,
        wgpu::Backend::Noop | wgpu::Backend::Metal | wgpu::Backend::Gl | wgpu::Backend::BrowserWebGpu => {
            WgpuBackend::Auto
        }
    };
    let options = Device::wgpu_options().graphics_api(api);
    let options = if kind == DeviceKind::DefaultDevice { options } else { options.device_kind(kind) };
    let (device, setup) = options
        .init_with_setup()
        .map_err(|error| GpuError::NotOpened { adapter: adapter.name.clone(), why: error.to_string() })?;
    let info = setup.adapter.get_info();
    let software_adapter = is_software(&info);
    let kind = if software_adapter { "GPU (software)" } else { "GPU" };
    Ok(OpenDevice {
        device,
        description: format!("{kind}: {}, {}", short_name(&info.name), info.backend),
        draws_apart: !software_adapter,
        graphics: Some(WgpuHandles {
            instance: setup.instance,
            adapter: setup.adapter,
            device: setup.device,
            queue: setup.queue,
        }),
        software_adapter,
    })
}
