//! How the app is set up.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::Request;
use crate::gpu::adapters;
use crate::ui::dialogs::ListAdapters;
use crate::ui::settings::Given;
use crate::ui::{Chooser, Desktop, Settings, Waker, browser};

/// How the app is set up besides its session.
pub struct AppOptions {
    /// What was remembered.
    pub settings: Settings,
    /// Where settings are kept; `None` keeps nothing.
    pub settings_dir: Option<PathBuf>,
    /// What the command line said of that which is remembered.
    pub given: Given,
    /// Says which graphics adapters there are.
    pub list_adapters: ListAdapters,
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
    /// Gives room that is free back to the system; called by a thread of its own while nothing is drawn.
    pub give_back: Option<fn()>,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            settings_dir: None,
            given: Given::default(),
            list_adapters: Arc::new(adapters::known_names),
            chooser: Chooser::native(),
            open_page: Box::new(browser::open),
            desktop: Desktop::native(),
            waker: Waker::default(),
            start: None,
            give_back: None,
        }
    }
}
