//! What can go wrong with a device.

/// Why a device could not be opened, or a tensor's memory not be reached.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum GpuError {
    /// The GPU was asked for and there is none.
    #[error("No graphics adapter was found. Install a Vulkan driver, or compute on the CPU (`--compute cpu`).")]
    NoAdapter,
    /// No adapter has the name that was asked for.
    #[error("No graphics adapter is called {name}. There is {}. Name one of them, or leave out `--adapter`.", if known.is_empty() { "none" } else { known })]
    NoSuchAdapter {
        /// What was asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// An adapter was named where the processor computes.
    #[error("An adapter is no use to the CPU. Leave out `--adapter`, or `--compute cpu`.")]
    AdapterOfCpu,
    /// There is an adapter, but it did not open.
    #[error("The graphics adapter {adapter} could not be opened: {why}. Compute on the CPU instead (`--compute cpu`).")]
    NotOpened {
        /// Its name, as the driver says it.
        adapter: String,
        /// The driver's reason.
        why: String,
    },
    /// No adapter can draw on the screen.
    #[error("No graphics adapter can draw on this screen; there is {}. Install the driver of the card that the screen hangs on.", if known.is_empty() { "none" } else { known })]
    NotPresented {
        /// Those there are.
        known: String,
    },
    /// Half precision was asked for where there is none.
    #[error(
        "Half precision needs a GPU that computes with 16 bits, which this is not: {device}. Leave out `--precision half`."
    )]
    NoHalf {
        /// What computes, and why that.
        device: String,
    },
    /// A tensor's values could not be reached: the device was lost, or the work that should have made them failed.
    #[error("The values of a tensor of shape {shape:?} could not be reached: {why}")]
    Unreachable {
        /// `[c, h, w]` of the tensor.
        shape: [usize; 3],
        /// The device's reason.
        why: String,
    },
}
