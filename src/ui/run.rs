//! Opening the window.

use crossbeam_channel::Receiver;
use eframe::egui::{ViewportBuilder, vec2};
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupExisting};

use super::{App, AppOptions, Chooser, Settings, UiError, Waker};
use crate::engine::{Event, Request};
use crate::session::Session;

/// All the window needs to open.
pub struct Launch {
    /// What is known and chosen at the start; its network is taken from the settings unless [`Launch::start`] names one.
    pub session: Session,
    /// Sends a request to the engine. The window drops it when it closes.
    pub send: Box<dyn FnMut(Request)>,
    /// Where the engine's events arrive.
    pub events: Receiver<Event>,
    /// The waker the engine was given.
    pub waker: Waker,
    /// A first wish, for instance to open the folder named on the command line.
    pub start: Option<Request>,
    /// The device the network runs on, to be shared; `None` lets the window open one of its own.
    pub graphics: Option<WgpuSetupExisting>,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no display or nothing that can draw on it.
pub fn run(launch: Launch) -> Result<(), UiError> {
    let Launch { mut session, send, events, waker, start, graphics } = launch;
    let settings_dir = Settings::default_dir();
    let settings = settings_dir.as_deref().map(Settings::load).unwrap_or_default();
    session.network = settings.network.clone();
    let mut options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Tiramisu")
            .with_app_id("tiramisu")
            .with_inner_size(window_size(&settings))
            .with_min_inner_size(vec2(640.0, 480.0))
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Wgpu,
        ..eframe::NativeOptions::default()
    };
    if let Some(existing) = graphics {
        options.wgpu_options.wgpu_setup = WgpuSetup::Existing(existing);
    }
    let app_options = AppOptions { settings, settings_dir, chooser: Chooser::native(), waker, start };
    let creator: eframe::AppCreator<'_> =
        Box::new(move |cc| Ok(Box::new(App::new(&cc.egui_ctx, session, send, events, app_options))));
    eframe::run_native("Tiramisu", options, creator).map_err(|error| UiError::Open(error.to_string()))
}

/// The size of last time, unless it is none.
fn window_size(settings: &Settings) -> eframe::egui::Vec2 {
    match settings.window_size {
        Some([width, height]) if width.is_finite() && height.is_finite() && width >= 640.0 && height >= 480.0 => {
            vec2(width.min(8192.0), height.min(8192.0))
        }
        _ => vec2(1360.0, 860.0),
    }
}
