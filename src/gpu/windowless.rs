//! Nothing is asked of a window system by who draws nothing.

/// From now on Vulkan's drivers are opened without a look at the desktop.
///
/// A layer of Mesa's, `VK_LAYER_MESA_device_select`, puts the GPU of the desktop first. It connects to Wayland and X to
/// learn which one that is, and where there is no desktop libwayland complains on standard error. The layer stays where the
/// person chooses a device by it.
///
/// # Safety
/// The environment is changed: no other thread may run yet.
pub unsafe fn leave_window_systems_alone() {
    let chosen_by_person = ["MESA_VK_DEVICE_SELECT", "DRI_PRIME", "NODEVICE_SELECT"];
    if chosen_by_person.iter().all(|name| std::env::var_os(name).is_none()) {
        #[expect(clippy::disallowed_methods, reason = "drivers of the system can be told in no other way")]
        // SAFETY: the caller says that no other thread reads or writes the environment.
        unsafe {
            std::env::set_var("NODEVICE_SELECT", "1")
        };
    }
}
