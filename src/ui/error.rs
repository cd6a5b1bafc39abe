//! What can go wrong in the window itself.

use std::path::PathBuf;

/// Errors of the window.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    /// Nothing says where a window could be.
    #[error(
        "There is no display for the window: neither DISPLAY nor WAYLAND_DISPLAY is set. Without one use the command line: \
         `tiramisu extract FOLDER`"
    )]
    NoDisplay,
    /// The display cannot be reached, or there is no way to draw on it.
    #[error(
        "The window cannot be opened: {0}. Is there a display? Without one use the command line: `tiramisu extract FOLDER`"
    )]
    Open(String),
    /// The settings file cannot be written.
    #[error("The settings cannot be saved: {reason}: {}", path.display())]
    SaveSettings {
        /// What the system said.
        reason: String,
        /// The file.
        path: PathBuf,
    },
}
