//! How the app is set up.

use std::path::PathBuf;

use crate::engine::Request;
use crate::ui::{Chooser, Desktop, Settings, Waker, browser};

/// How the app is set up besides its session.
pub struct AppOptions {
    /// What was remembered.
    pub settings: Settings,
    /// Where settings are kept; `None` keeps nothing.
    pub settings_dir: Option<PathBuf>,
    /// Asks for files and folders.
    pub chooser: Chooser,
    /// Opens the pages of links.
    pub open_page: Box<dyn FnMut(&str)>,
    /// Hands files over to other programs.
    pub desktop: Desktop,
    /// Makes the window look when something outside it happened.
    pub waker: Waker,
    /// A first wish, sent before the first frame.
    pub start: Option<Request>,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            settings_dir: None,
            chooser: Chooser::native(),
            open_page: Box::new(browser::open),
            desktop: Desktop::native(),
            waker: Waker::default(),
            start: None,
        }
    }
}
