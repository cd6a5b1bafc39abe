//! Which graphics adapters there are, and which of them are no GPU at all.

/// Words in the names of adapters that are programs, for those drivers that do not say so in the device type.
const SOFTWARE_WORDS: [&str; 5] = ["llvmpipe", "lavapipe", "swiftshader", "basic render driver", "softpipe"];

/// Whether the adapter is a program that runs on the CPU.
///
/// Drawing works on one, but the kernels of a network do not: lavapipe dies of a segmentation fault while it compiles
/// matrix products and convolutions, and where a software adapter does run them it is slower than burn on the CPU.
pub fn is_software(info: &wgpu::AdapterInfo) -> bool {
    let name = info.name.to_lowercase();
    info.device_type == wgpu::DeviceType::Cpu || SOFTWARE_WORDS.iter().any(|word| name.contains(word))
}

/// Whether `name` occurs in the adapter's name, whatever the case of its letters.
pub fn is_called(info: &wgpu::AdapterInfo, name: &str) -> bool {
    info.name.to_lowercase().contains(&name.trim().to_lowercase())
}

/// Every adapter of Vulkan, Metal and Direct3D 12; empty where there is no driver.
///
/// OpenGL is not asked: opening it means to connect to a desktop (Wayland, X), which a verb must not do and a machine
/// without one does not have. A window that can be drawn by nothing else finds it by itself, and burn computes on the CPU.
pub fn enumerate() -> Vec<wgpu::AdapterInfo> {
    let backends = wgpu::Backends::PRIMARY;
    let descriptor = wgpu::InstanceDescriptor { backends, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    let instance = wgpu::Instance::new(descriptor);
    let adapters = pollster::block_on(instance.enumerate_adapters(backends));
    adapters.iter().map(wgpu::Adapter::get_info).collect()
}

/// The names of all adapters, each once, as one of them is asked for.
pub fn known_names() -> Vec<String> {
    let mut names: Vec<String> = enumerate().iter().map(|info| short_name(&info.name).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The adapters' names, each once, for a sentence.
pub fn names(adapters: &[wgpu::AdapterInfo]) -> String {
    let mut names: Vec<&str> = adapters.iter().map(|info| short_name(&info.name)).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// The name without the driver's remarks: `llvmpipe` for `llvmpipe (LLVM 15.0.6, 256 bits)`.
pub fn short_name(name: &str) -> &str {
    name.split(" (").next().unwrap_or(name).trim()
}
