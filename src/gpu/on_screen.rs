//! What a window on a screen draws by: a device of its own, on an adapter that is chosen when its surface is there. The GPU that
//! computes may be one that no screen hangs on.

use std::cmp::Reverse;

use wgpu::{AdapterInfo, Backend, DeviceType};

use super::GpuError;
use super::adapters::{is_software, names};

/// The adapter by which a window draws: that of the GPU that `computes`, if it can present on the window's surface, else the best of
/// those that can. `adapters` are all there are, `surface` is the window's; without one every adapter will do.
///
/// # Errors
/// When none of them can present on the surface.
pub fn adapter_for_window(
    computes: Option<&AdapterInfo>,
    adapters: &[wgpu::Adapter],
    surface: Option<&wgpu::Surface<'_>>,
) -> Result<wgpu::Adapter, GpuError> {
    let infos: Vec<AdapterInfo> = adapters.iter().map(wgpu::Adapter::get_info).collect();
    let presents = |place: usize| surface.is_none_or(|surface| adapters[place].is_surface_supported(surface));
    let place = place_of_best(computes, &infos, presents);
    let chosen =
        place.and_then(|place| adapters.get(place)).ok_or_else(|| GpuError::NotPresented { known: names(&infos) })?;
    if let (Some(computes), chosen) = (computes, chosen.get_info())
        && !is_same(computes, &chosen)
    {
        tracing::info!("{} computes and cannot draw on this screen: {} draws", computes.name, chosen.name);
    }
    Ok(chosen.clone())
}

/// The device that a window is to draw by.
pub fn descriptor_for_window(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    let required_limits = adapter.limits();
    wgpu::DeviceDescriptor { label: Some("window"), required_limits, ..wgpu::DeviceDescriptor::default() }
}

/// The place of the adapter that is to draw among all there are; `presents` says of one whether it can. That which `computes` comes
/// first, then GPUs before programs, the interfaces of today before OpenGL, and those that have memory of their own.
pub fn place_of_best(
    computes: Option<&AdapterInfo>,
    adapters: &[AdapterInfo],
    presents: impl Fn(usize) -> bool,
) -> Option<usize> {
    let rank = |info: &AdapterInfo| {
        let kind = match info.device_type {
            DeviceType::DiscreteGpu => 3,
            DeviceType::IntegratedGpu => 2,
            DeviceType::VirtualGpu => 1,
            DeviceType::Other | DeviceType::Cpu => 0,
        };
        let is_computing = computes.is_some_and(|computes| is_same(computes, info));
        (is_computing, !is_software(info), info.backend != Backend::Gl, kind)
    };
    let can = (0..adapters.len()).filter(|place| presents(*place));
    // Of equal ones the first.
    can.max_by_key(|place| (rank(&adapters[*place]), Reverse(*place)))
}

/// Whether both are one physical device behind one interface, met by two ways in.
fn is_same(one: &AdapterInfo, other: &AdapterInfo) -> bool {
    let key = |info: &AdapterInfo| (info.backend, info.vendor, info.device, info.device_pci_bus_id.clone());
    key(one) == key(other) && one.name == other.name
}
